"""Where the docks stand, how large they are, and what gives way in a small window."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import QMainWindow

from poseviewer.views.parts.dock import Dock

_NARROW, _LOW = 1500, 800
"""px of the window under which its docks are those of a small screen."""
_TINY = 1100
"""px under which the library has no column of its own."""
_AREA = Qt.DockWidgetArea
_ACROSS, _DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical


class Arrangement(QObject):
    """The design's layout, large or small as the window is.

    In a low window all of the generator's column but the map are tabs of the generator, in a tiny one the library is a
    tab of the map. The size is followed whenever the window becomes small or large, at the start too; in between, and
    where a dock has been put elsewhere, a person's own layout stays.
    """

    def __init__(self, window: QMainWindow, docks: Mapping[str, Dock]) -> None:
        super().__init__(window)
        self._window, self._docks = window, docks
        self._small: tuple[bool, bool, bool] | None = None  # narrow, low, tiny: what the docks have been laid out for
        self._tabbed: set[str] = set()  # by this class, not by hand
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self.follow_size)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._soon.start(0)  # docks can be sized once Qt has laid the window out
        return False

    def reset(self) -> None:
        """Every dock where the design has it."""
        window = self._window
        window.setCorner(Qt.Corner.BottomRightCorner, _AREA.RightDockWidgetArea)
        window.setCorner(Qt.Corner.BottomLeftCorner, _AREA.BottomDockWidgetArea)
        for dock in self._docks.values():
            dock.setFloating(False)
            window.addDockWidget(dock.home, dock)
            dock.show()
        self._small, self._tabbed = None, set()
        self._soon.start(0)

    @property
    def words(self) -> str:
        """What `restore` reads: the size that the docks are laid out for."""
        if self._small is None:
            return ""
        small = [word for word, so in zip(("narrow", "low", "tiny"), self._small, strict=True) if so]
        return " ".join([*small, *sorted(self._tabbed)]) or "large"

    def restore(self, words: str) -> None:
        """The docks have been put back as they were when `words` were told."""
        told = words.split()
        self._small = ("narrow" in told, "low" in told, "tiny" in told) if told else None
        self._tabbed = self._docks.keys() & told

    def foresee(self, size: QSize) -> None:
        """Make room for a window that is about to be shown in a size: docks side by side would keep it larger."""
        if self._small is None:
            self._tab_or_split(size.height() < _LOW)
            self._put_library(size.width() < _TINY)

    def follow_size(self) -> None:
        """Lay the docks out anew where the window has become small or large."""
        window = self._window
        small = (window.width() < _NARROW, window.height() < _LOW, window.width() < _TINY)
        if small == self._small or not window.isVisible():
            return
        before, self._small = self._small, small
        self._tab_or_split(small[1])
        self._put_library(small[2])
        across = before is None or (small[0], small[2]) != (before[0], before[2])
        QTimer.singleShot(0, self, lambda: self._size_docks(across))  # once Qt has laid out what was put elsewhere

    def _size_docks(self, across: bool) -> None:
        narrow, low, _ = self._small or (False, False, False)
        if across:
            self._size({"library": 240, "map": 320 if narrow else 400}, _ACROSS)
        self._size({"timeline": 248 if low else 336}, _DOWN)
        column = {"map": 310, "generator": 330} if low else {"map": 400, "dimensions": 170, "generator": 370}
        self._size(column, _DOWN)

    def _tab_or_split(self, low: bool) -> None:
        generator, plan = self._docks["generator"], self._docks["map"]
        column = [name for name, dock in self._docks.items() if dock.home == generator.home]
        for name in reversed([name for name in column if name not in ("generator", "map")]):
            dock = self._docks[name]
            tabbed = dock in self._window.tabifiedDockWidgets(generator)
            if low and not tabbed and self._in_place("generator") and self._in_place(name):
                self._window.tabifyDockWidget(generator, dock)
                generator.raise_()
                self._tabbed.add(name)
            elif not low and tabbed and name in self._tabbed:
                self._window.splitDockWidget(plan, dock, _DOWN)
                self._tabbed.remove(name)

    def _put_library(self, tiny: bool) -> None:
        library, plan = self._docks["library"], self._docks["map"]
        tabbed = library in self._window.tabifiedDockWidgets(plan)
        if tiny and self._in_place("library") and self._in_place("map"):
            self._window.tabifyDockWidget(plan, library)
            plan.raise_()
        elif not tiny and tabbed:
            self._window.addDockWidget(library.home, library)

    def _size(self, sizes: dict[str, int], along: Qt.Orientation) -> None:
        if all(self._in_place(name) for name in sizes):
            self._window.resizeDocks([self._docks[name] for name in sizes], list(sizes.values()), along)

    def _in_place(self, name: str) -> bool:
        dock = self._docks[name]
        return not dock.isFloating() and self._window.dockWidgetArea(dock) == dock.home
