"""The status line."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from poseviewer.app import theme
from poseviewer.app.playback import Playback
from poseviewer.app.session import Session
from poseviewer.views.scene.scene_view import SceneView
from poseviewer.views.window.status import StatusLine


@pytest.mark.parametrize("focused", [False, True])
def test_cancel_fits_into_the_line(empty_session: Session, qtbot: QtBot, qapp: QApplication, focused: bool) -> None:
    """A button that reaches below it is drawn without its lower border."""
    theme.apply(qapp, "dark")
    view = SceneView(empty_session)
    line = StatusLine(empty_session, view, Playback(empty_session))
    window = QMainWindow()
    window.setCentralWidget(view)
    window.setStatusBar(line)
    qtbot.addWidget(window)
    window.resize(800, 400)
    window.show()
    line._cancel.show()
    if focused:
        line._cancel.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: line._cancel.x() > 0)
    assert line.rect().contains(line._cancel.geometry())


def test_it_says_how_many_exports_wait(empty_session: Session, qtbot: QtBot) -> None:
    line = StatusLine(empty_session, SceneView(empty_session), Playback(empty_session))
    qtbot.addWidget(line)
    gate = threading.Event()
    for name in "abc":
        empty_session.jobs.submit("export", f"Exporting {name}.mp4", gate.wait, lambda _: None, lambda _: None)
    qtbot.waitUntil(lambda: line.shown is not None)
    assert line._title.text() == "Exporting a.mp4; 2 more wait"
    empty_session.jobs.running[1].cancel()
    line.refresh()
    assert line._title.text() == "Exporting a.mp4; 1 more waits"
    gate.set()
