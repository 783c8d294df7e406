"""SIGTERM and SIGINT while Qt's loop runs: Python's own handlers would wait there for the next line of Python."""

from __future__ import annotations

import signal
import socket
from types import FrameType
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot

_NUMBERS = (signal.SIGTERM, signal.SIGINT)


class EndSignals(QObject):
    """asked: somebody outside wants the program to end. Watches from `__init__` to `close`, on the main thread."""

    asked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._near, self._far = socket.socketpair()
        for end in (self._near, self._far):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._near.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._woken)
        self._waker = signal.set_wakeup_fd(self._far.fileno(), warn_on_full_buffer=False)
        self._handlers: dict[signal.Signals, Any] = {number: signal.signal(number, _nothing) for number in _NUMBERS}

    def close(self) -> None:
        """Give the signals back to whoever had them."""
        for number, handler in self._handlers.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._handlers = {}
        signal.set_wakeup_fd(self._waker)
        self._notifier.setEnabled(False)
        self._near.close()
        self._far.close()

    @Slot()
    def _woken(self) -> None:
        came = self._near.recv(256)
        if any(number in came for number in _NUMBERS):
            self.asked.emit()


def _nothing(number: int, frame: FrameType | None) -> None:
    """Python writes the signal to the socket; what follows is done in Qt's loop."""
