"""The error bar: no failure is lost behind a later one."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.views.error_bar import ErrorBar


@pytest.fixture
def bar(session: Session, qtbot: QtBot) -> ErrorBar:
    made = ErrorBar(session)
    qtbot.addWidget(made)
    return made


def test_failures_in_a_row_are_told_one_after_the_other(bar: ErrorBar, session: Session) -> None:
    for name in ("a", "b", "c"):
        session.problem.emit(f"{name}.npz was not opened: damaged", f"report of {name}")
    assert bar.sentence == "a.npz was not opened: damaged"
    assert bar._more.text() == "(2 more)" and not bar._more.isHidden()
    bar.dismiss()
    assert bar.sentence == "b.npz was not opened: damaged"
    assert bar._more.text() == "(1 more)"
    bar.copy_report()
    assert "report of b" in QGuiApplication.clipboard().text()
    bar.dismiss()
    assert bar.sentence.startswith("c.npz") and bar._more.isHidden()
    bar.dismiss()
    assert bar.sentence == "" and bar.isHidden()


def test_the_same_failure_is_told_once_while_it_is_shown_and_again_afterwards(bar: ErrorBar, session: Session) -> None:
    for _ in range(3):
        session.problem.emit("generator: no seed", "")
    assert bar._more.isHidden()
    bar.dismiss()
    assert bar.sentence == ""
    session.problem.emit("generator: no seed", "")
    assert bar.sentence == "generator: no seed"


def test_a_long_sentence_does_not_widen_the_window(bar: ErrorBar, session: Session) -> None:
    session.problem.emit("a: " + "very long " * 200, "")
    assert bar.minimumSizeHint().width() < 400
