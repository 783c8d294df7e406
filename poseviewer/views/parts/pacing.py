"""From the hand to the paint: of what a hand asks for, the newest is passed on, once a paint."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

_WAIT = 0.1  # seconds after which a drag no longer waits for its paint


class Pacing(QObject):
    """A mouse moves faster than a pose is decoded and drawn: what was asked for meanwhile is passed over.

    The widget says `painted` at the end of each of its paints.
    """

    def __init__(self, parent: QObject, announce: Callable[[float, float], None]) -> None:
        """announce: gets what the hand asks for, px of the widget."""
        super().__init__(parent)
        self._announce = announce
        self._asked: tuple[float, float] | None = None
        self._awaiting_paint = 0.0

    def ask(self, x: float, y: float = 0.0) -> None:
        """The hand has moved: pass it on, behind the paint under way."""
        self._asked = (x, y)
        if not self._awaiting_paint or time.monotonic() - self._awaiting_paint > _WAIT:
            QTimer.singleShot(0, self, self.settle)

    def settle(self) -> None:
        """Pass on at once what has not been."""
        if self._asked is not None:
            asked, self._asked = self._asked, None
            self._awaiting_paint = time.monotonic()
            self._announce(*asked)

    def forget(self) -> None:
        """The hand has let go, without a word."""
        self._asked = None

    def painted(self) -> None:
        """What was passed on can be seen: the next may follow."""
        self._awaiting_paint = 0.0
        if self._asked is not None:
            QTimer.singleShot(0, self, self.settle)
