"""Garbage collection on the GUI thread alone, and memory that goes back to the system.

Python collects cycles on whatever thread happens to allocate. A cycle that holds a QObject, collected on a lane's
thread, deletes that object on the wrong thread, and the process dies. So automatic collection is off while a window is
open, and a timer does what it would have done.

glibc keeps what was freed: a heap for each thread that ever allocated, cut only at its end. An hour of work with many
lanes looks like a leak of 100 MB. So there are two heaps, large arrays lie outside them, and what is free goes back.
"""

from __future__ import annotations

import ctypes
import gc
import sys

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 500
_GIVEN_BACK_EVERY_MS = 20_000
_HEAPS = (-8, 2)  # M_ARENA_MAX (malloc.h)
_OUTSIDE, _SPARE = (-3, 1 << 20), (-1, 1 << 24)
"""M_MMAP_THRESHOLD and M_TRIM_THRESHOLD, bytes: most of what a step works with is not asked of the system and cleared
by it again at each frame. With larger arrays in the heap ten minutes of two lanes of 64 samples hold 150 MB more."""


class GuiThreadGarbage(QObject):
    """Collects by Python's own thresholds, on the thread that made it."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()
        self._glibc = _glibc()
        if self._glibc is not None:
            for option, value in (_HEAPS, _OUTSIDE, _SPARE):
                self._glibc.mallopt(option, value)
            giving = QTimer(self, interval=_GIVEN_BACK_EVERY_MS)
            giving.timeout.connect(self.give_back)
            giving.start()

    def collect(self) -> None:
        """Collect the oldest generation whose threshold is passed."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > gc.get_threshold()[generation] > 0:
                gc.collect(generation)
                return

    def give_back(self) -> None:
        """Give freed memory back to the system, where its library would keep it."""
        if self._glibc is not None:
            self._glibc.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    """The C library whose allocator can be told so; None on other systems."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None
