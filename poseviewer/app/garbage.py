"""Garbage collection on the GUI thread alone.

Python collects cycles on whatever thread happens to allocate. A cycle that holds a QObject, collected on a lane's
thread, deletes that object on the wrong thread, and the process dies. So automatic collection is off while a window is
open, and a timer does what it would have done.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 500


class GuiThreadGarbage(QObject):
    """Collects by Python's own thresholds, on the thread that made it."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect the oldest generation whose threshold is passed."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > gc.get_threshold()[generation] > 0:
                gc.collect(generation)
                return
