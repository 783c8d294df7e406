"""The error bar: no failure is lost behind a later one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.errors import PoseviewerError
from poseviewer.views.window.error_bar import ErrorBar


@pytest.fixture
def bar(session: Session, qtbot: QtBot) -> ErrorBar:
    made = ErrorBar(session)
    qtbot.addWidget(made)
    return made


def test_the_newest_failure_is_shown_and_the_others_come_back(bar: ErrorBar, session: Session) -> None:
    for name in ("a", "b", "c"):
        session.problem.emit(f"{name}.npz was not opened: damaged", f"report of {name}")
    assert bar.sentence == "c.npz was not opened: damaged"
    assert bar._more.text() == "2 more" and not bar._more.isHidden()
    bar.dismiss()
    assert bar.sentence == "b.npz was not opened: damaged"
    assert bar._more.text() == "1 more"
    bar.copy_report()
    assert "report of b" in QGuiApplication.clipboard().text()
    bar.dismiss()
    assert bar.sentence.startswith("a.npz") and bar._more.isHidden()
    bar.dismiss()
    assert bar.sentence == "" and bar.isHidden()


def test_every_failure_is_reached_by_the_menu(bar: ErrorBar, session: Session, qtbot: QtBot) -> None:
    bar.resize(900, 36)
    for name in ("a", "b", "<b>c</b>"):
        session.problem.emit(f"{name}.npz was not opened: damaged", f"report of {name}")
    QTimer.singleShot(100, lambda: QTest.keyClick(bar._others, Qt.Key.Key_Down))
    QTimer.singleShot(200, lambda: QTest.keyClick(bar._others, Qt.Key.Key_Down))
    QTimer.singleShot(300, lambda: QTest.keyClick(bar._others, Qt.Key.Key_Return))
    QTest.mouseClick(bar._more, Qt.MouseButton.LeftButton)
    assert bar.sentence == "a.npz was not opened: damaged"
    bar._list_others()
    assert [action.text() for action in bar._others.actions() if action.text()] == [
        "<b>c</b>.npz was not opened: damaged",
        "b.npz was not opened: damaged",
        "Close all",
    ]
    bar._others.actions()[-1].trigger()
    assert bar.sentence == ""


def test_what_fails_again_is_told_once_as_it_failed_last(bar: ErrorBar, session: Session) -> None:
    for sentence in ("a.npz was not opened: damaged", "b.npz was not opened: empty", "a.npz was not opened: gone"):
        session.problem.emit(sentence, "")
    assert bar.sentence == "a.npz was not opened: gone" and bar._more.text() == "1 more"
    bar.dismiss()
    assert bar.sentence == "b.npz was not opened: empty" and bar._more.isHidden()


def test_a_sentence_names_its_file_once(bar: ErrorBar, session: Session) -> None:
    error = PoseviewerError("walk.npz", "array 'poses'", "it is empty", "export it again")
    session.report(error, "walk.npz was not opened")
    assert bar.sentence == "walk.npz was not opened: array 'poses': it is empty; export it again."
    session.report(PoseviewerError("walk.npz", "", "it is empty", "export it again"), "walk.npz was not opened")
    assert bar.sentence == "walk.npz was not opened: it is empty; export it again."
    session.report(error, "Nothing was generated")
    assert bar.sentence == "Nothing was generated: walk.npz, array 'poses': it is empty; export it again."


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
