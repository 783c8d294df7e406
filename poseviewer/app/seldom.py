"""What need not follow every frame of a run: it is told of a few times a second."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

WORDS_MS, PICTURES_MS = 250, 100
"""Between two looks at what is read, and at what is seen to move."""


class Seldom(QObject):
    """Calls a function at once; while something runs on only a few times a second."""

    def __init__(
        self, parent: QObject, call: Callable[[], None], running: Callable[[], bool], pause: int = WORDS_MS
    ) -> None:
        super().__init__(parent)
        self._call, self._running, self._due = call, running, False
        self._pause = QTimer(self, singleShot=True, interval=pause)
        self._pause.timeout.connect(self._go_on)

    def ask(self) -> None:
        """What it tells of has changed."""
        if self._running() and self._pause.isActive():
            self._due = True
        else:
            self._tell()

    def _tell(self) -> None:
        self._due = False
        self._call()
        if self._running():
            self._pause.start()

    def _go_on(self) -> None:
        if self._due:
            self._tell()
