"""The empty window says what can be done, and while files are dragged over it that they are taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app.session import Session
from poseviewer.views.window.main_window import MainWindow
from tests.views.driving.clicking import button

LEFT, NONE, COPY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction


@pytest.fixture
def window(empty_session: Session, qtbot: QtBot) -> MainWindow:
    made = MainWindow(empty_session)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.show()
    return made


def files(*names: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(name)) for name in names])
    return mime


def test_the_empty_window_offers_to_open_and_the_demo(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = window.scene.welcome
    assert page.isVisible() and page.size() == window.scene.view.size()
    asked: list[str] = []
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (asked.append("open") or [], ""))
    QTest.mouseClick(button(page, "Open\N{HORIZONTAL ELLIPSIS}"), LEFT)
    assert asked == ["open"]
    with qtbot.waitSignal(window.session.clip_changed, timeout=10_000):
        QTest.mouseClick(button(page, "Open the demo"), LEFT)
    assert window.playback.playing  # as at the first start
    assert not page.isVisible()
    window.session.close_dataset(window.session.bench.datasets[0])
    assert page.isVisible()


def test_while_files_are_dragged_it_says_drop_to_open(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    page, mime = window.scene.welcome, files(paths.demo())
    assert not page.isVisible()
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(400, 300), COPY, mime, LEFT, NONE))
    assert page.isVisible() and page._headline.text() == "Drop to open"
    assert not any(b.isVisible() for b in page.findChildren(type(button(page, "Open the demo"))))
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not page.isVisible()
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(400, 300), COPY, mime, LEFT, NONE))
    with qtbot.waitSignal(session.datasets_changed, timeout=10_000):
        QApplication.sendEvent(window, QDropEvent(QPointF(400, 300), COPY, mime, LEFT, NONE))
    assert not page.isVisible()


def test_text_that_is_dragged_is_not_taken(window: MainWindow) -> None:
    mime = QMimeData()
    mime.setText("walk")
    enter = QDragEnterEvent(QPoint(400, 300), COPY, mime, LEFT, NONE)
    QApplication.sendEvent(window, enter)
    assert window.scene.welcome._headline.text() == "Nothing on the bench yet"


def test_an_embedding_alone_is_explored_without_the_page(window: MainWindow, qtbot: QtBot) -> None:
    shipped = paths.models() / "humanoid-embedding.safetensors"
    if not shipped.is_file():
        pytest.skip("no shipped models in this checkout")
    window.session.open([shipped])
    qtbot.waitUntil(lambda: window.session.bench.embedding is not None, timeout=20_000)
    assert not window.scene.welcome.isVisible()
