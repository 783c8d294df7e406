"""Whether the GUI thread breathes: a timer beats on it, and another thread notes when a beat is late, and over what."""

from __future__ import annotations

import faulthandler
import tempfile
import threading
import time
from typing import Any

from PySide6.QtCore import QObject, QTimer

LATE = 0.5
"""Seconds without a beat that a person feels."""
_BEAT_MS, _LOOK = 20, 0.02
_FRAMES = 8  # of the stack, the innermost ones


class Heartbeat:
    """stalls: seconds, what was being done (`doing`), and the innermost lines of Python, of each pause over LATE."""

    def __init__(self, parent: QObject) -> None:
        self.doing = ""
        self.stalls: list[dict[str, Any]] = []
        self._beaten = time.monotonic()
        self._watched = threading.get_ident()
        self._closed = threading.Event()
        self._timer = QTimer(parent)
        self._timer.timeout.connect(self._beat)
        self._timer.start(_BEAT_MS)
        self._thread = threading.Thread(target=self._watch, name="heartbeat", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop watching."""
        self._closed.set()
        self._thread.join()
        self._timer.stop()

    def _beat(self) -> None:
        self._beaten = time.monotonic()

    def _watch(self) -> None:
        while not self._closed.wait(_LOOK):
            beaten = self._beaten
            if time.monotonic() - beaten <= LATE:
                continue
            where, doing = stack_of(self._watched), self.doing
            while self._beaten == beaten and not self._closed.wait(_LOOK):
                continue
            self.stalls.append({"seconds": round(self._beaten - beaten, 2), "doing": doing, "where": where})


def stack_of(thread: int) -> list[str]:
    """The innermost lines of Python that a thread is at, the innermost first.

    A frame taken from the thread would let go of what it holds on this one, which for a QPainter is a crash.
    """
    with tempfile.TemporaryFile("w+") as file:
        faulthandler.dump_traceback(file, all_threads=True)
        file.seek(0)
        part = file.read().partition(f"hread {thread:#018x}")[2].partition("\n\n")[0]
    return [" ".join(line.split()) for line in part.splitlines()[1 : 1 + _FRAMES]]
