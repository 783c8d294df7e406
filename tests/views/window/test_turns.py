"""A lane that works in Python does not slow the window down."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.views.window.launch import open_window

_CALLS = 200


@pytest.fixture
def busy_lane() -> Iterator[None]:
    """A thread that never lets the interpreter go by itself."""
    going = [True]

    def work() -> None:
        while going[0]:
            sum(range(1000))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    going[0] = False
    thread.join()


def test_many_small_calls_to_qt_do_not_wait_for_a_busy_lane_each_time(
    empty_session: Session, qtbot: QtBot, busy_lane: None
) -> None:
    usual = sys.getswitchinterval()
    try:
        qtbot.addWidget(open_window(empty_session, []))
        assert min(painted() for _ in range(5)) < 0.4 * _CALLS * usual
    finally:
        sys.setswitchinterval(usual)


def painted() -> float:
    """Seconds of as many calls as a repaint makes."""
    picture = QImage(64, 64, QImage.Format.Format_ARGB32)
    painter = QPainter(picture)
    began = time.perf_counter()
    for _ in range(_CALLS):
        painter.drawText(2, 20, "0.5 s")
    painter.end()
    return time.perf_counter() - began
