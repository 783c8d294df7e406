"""Opens the real window by the command line's own `main`, makes it busy, and leaves it.

python -m tests.views.driving.leaving BUSY HOW
BUSY: what is under way (`BUSY_WITH`). HOW: "button" closes the window, "keys" types Ctrl+Q, "signal" waits for one from
outside. Prints "busy" when it is. The exit code is the program's own. Run by test_leaving.py.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMessageBox

from poseviewer.cli import main
from poseviewer.export.options import Options
from poseviewer.views.window import launch
from poseviewer.views.window.main_window import MainWindow

OUT = "never.mp4"
"""What "exporting" would write, in the present folder."""
LARGE = "large.bvh"
"""What "reading" reads there."""


def _multiply() -> None:
    """What cannot be stopped: a long computation in one C++ call after another, without the interpreter's lock."""
    import torch

    square, end = torch.rand(1200, 1200), time.monotonic() + 30.0
    while time.monotonic() < end:
        square @ square


def _start_nothing(window: MainWindow) -> None:
    """The window is closed as soon as it is there: torch is imported, cards are read, models loaded behind it."""


def _start_computing(window: MainWindow) -> None:
    window.session.submit("models", "Loading a slow model", _multiply, print)


def _start_running(window: MainWindow) -> None:
    window.session.set_sampling(samples=64)
    window.session.stepper.run()


def _start_exporting(window: MainWindow) -> None:
    window.exports.exporting.begin(Path(OUT), Options(size=(640, 480), seconds=60.0))


def _start_reading(window: MainWindow) -> None:
    window.session.open([Path(LARGE)])


def _start_encoding(window: MainWindow) -> None:
    from poseviewer.data.dataset import Dataset
    from tests.linear_world import clips

    dataset = Dataset.of([clip for _ in range(500) for clip in clips()], "many")
    window.session.bench.datasets.append(dataset)
    window.session.datasets_changed.emit()
    window.session.select_clip(dataset, 0)


def _works(title: str) -> Callable[[MainWindow], bool]:
    return lambda window: any(task.started and task.title.startswith(title) for task in window.session.jobs.running)


BUSY_WITH: dict[str, tuple[Callable[[MainWindow], None], Callable[[MainWindow], bool]]] = {
    "starting": (_start_nothing, lambda window: True),
    "computing": (_start_computing, _works("Loading a slow model")),
    "running": (_start_running, lambda window: window.session.bench.lane.horizon > 3),
    "exporting": (_start_exporting, lambda window: bool(list(Path().glob(f".{Path(OUT).stem}*")))),
    "reading": (_start_reading, _works(f"Opening {LARGE}")),
    "encoding": (_start_encoding, _works("Encoding many")),
}
"""What makes the window busy, and whether it is."""


class Leaver:
    """Waits until the window is ready, makes it busy, leaves."""

    def __init__(self, window: MainWindow, busy: str, how: str) -> None:
        self._window, self._how = window, how
        self._start, self._is_busy = BUSY_WITH[busy]
        self._ready = busy == "starting"
        self._needs_model = busy in ("running", "encoding")
        self._timer = QTimer(window)
        self._timer.timeout.connect(self._look)
        self._timer.start(10)

    def _look(self) -> None:
        window, bench = self._window, self._window.session.bench
        if not self._ready and bench.clip is not None and (bench.lane.generator is not None or not self._needs_model):
            self._ready = True
            self._start(window)
        elif self._ready and window.isVisible() and self._is_busy(window):
            self._timer.stop()
            print("busy", flush=True)
            if self._how == "signal":
                return
            QTimer.singleShot(100, self._answer)
            if self._how == "keys":
                window.activateWindow()
                QTest.qWaitForWindowActive(window, 5000)
                QTest.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
            else:
                window.close()

    def _answer(self) -> None:
        """To a question whether to drop what is not finished: yes."""
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            roles = QMessageBox.ButtonRole
            given = [b for b in box.buttons() if box.buttonRole(b) in (roles.YesRole, roles.DestructiveRole)]
            QTest.mouseClick(_first(given), Qt.MouseButton.LeftButton)
        elif self._window.isVisible():
            QTimer.singleShot(100, self._answer)


def _first(buttons: list[QAbstractButton]) -> QAbstractButton:
    assert buttons, "the question has no button that drops the work"
    return buttons[0]


if __name__ == "__main__":
    opened = launch.open_window

    def open_and_leave(*given: object) -> MainWindow:
        window = opened(*given)  # type: ignore[arg-type]
        window._leaver = Leaver(window, sys.argv[1], sys.argv[2])  # type: ignore[attr-defined]
        return window

    launch.open_window = open_and_leave
    sys.exit(main([]))
