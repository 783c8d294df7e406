"""What files say stands in the window letter by letter: markup, and names that are no UTF-8."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6 import QtGui
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QTreeView, QWidget
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app.session import Session
from poseviewer.data.dataset import Dataset, DatasetWriter
from poseviewer.views.parts.plain import menu_text, message, plain_tip
from poseviewer.views.window.main_window import MainWindow

EVIL = "<b>bold</b> <img src=x> & co"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A dataset whose every name is markup."""
    path = tmp_path / "<i>set<|i> & co.h5"
    with Dataset.open(paths.demo()) as demo, DatasetWriter(path, provenance=EVIL, name=EVIL) as writer:
        clip = demo.clip(0)
        skeleton = replace(clip.skeleton, name=EVIL)
        for number in range(2):
            writer.add(replace(clip, skeleton=skeleton, name=f"{EVIL} {number}", action=EVIL, subject=EVIL))
    return path


@pytest.fixture
def window(empty_session: Session, qtbot: QtBot, file: Path) -> MainWindow:
    made = MainWindow(empty_session)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.show()
    empty_session.open([file])
    qtbot.waitUntil(lambda: bool((clip := empty_session.bench.clip) and clip.name.startswith(EVIL)), timeout=10_000)
    return made


def shown(text: str) -> bool:
    """Whether a text that Qt chooses the format of is shown letter by letter."""
    return not (QtGui.Qt.mightBeRichText(text) and ("<b>" in text or "<i>" in text))


def rows(view: QTreeView) -> Iterator[QModelIndex]:
    """Every row of a tree."""
    model = view.model()
    waiting = [model.index(row, 0) for row in range(model.rowCount())]
    while waiting:
        index = waiting.pop()
        yield index
        waiting += [model.index(row, 0, index) for row in range(model.rowCount(index))]


def test_no_label_and_no_tooltip_reads_a_name_as_markup(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.wait(50)
    told = [label for label in window.findChildren(QLabel) if "<i>" in label.text() or "<b>bold" in label.text()]
    assert told, "no label names the file"
    for label in told:
        assert label.textFormat() == Qt.TextFormat.PlainText, label.text()
    for widget in window.findChildren(QWidget):
        assert shown(widget.toolTip()), widget.toolTip()
    assert EVIL in {index.data() for index in rows(window.findChildren(QTreeView)[0])}
    assert window.findChildren(QAbstractItemView)


def test_a_failure_is_told_letter_by_letter(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    bad = tmp_path / "<b>bold<|b>\udce9.bvh"
    bad.write_bytes(b"HIERARCHY ROOT")
    with qtbot.waitSignal(window.session.problem, timeout=10_000) as signal:
        window.session.open([bad])
    sentence = signal.args[0]
    assert sentence.startswith("<b>bold<|b>\ufffd.bvh") and sentence.encode()
    assert window.error_bar.sentence == sentence and shown(window.error_bar.toolTip())
    assert "&lt;b&gt;bold" in window.error_bar.toolTip()


def test_a_file_whose_name_is_no_utf_8_stands_in_the_library(window: MainWindow, qtbot: QtBot, file: Path) -> None:
    odd = file.with_name("caf\udce9.h5")
    odd.write_bytes(file.read_bytes())
    window.session.open([odd])
    qtbot.waitUntil(lambda: len(window.session.bench.datasets) > 1, timeout=10_000)
    assert "caf\ufffd.h5" in {index.data() for index in rows(window.findChildren(QTreeView)[0])}


def test_the_escapes() -> None:
    assert "&lt;b&gt;" in plain_tip("<b>x\ny") and plain_tip("") == ""
    assert menu_text("a & b") == "a && b"
    assert message("a & b") == "a & b" and "&lt;b&gt;" in message("<b>x")
