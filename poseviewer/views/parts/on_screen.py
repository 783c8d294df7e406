"""The window with its frame lies inside the screen."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QWidget

_DESIGNED = QSize(1600, 1000)
_FRAME = 40  # px that a title bar may take before the window system has told


def first_size(window: QWidget) -> QSize:
    """The design's size, or as much of it as the screen has room for with a frame."""
    return _DESIGNED.boundedTo(window.screen().availableSize() - QSize(0, _FRAME))


def size_first(window: QWidget) -> None:
    """The first size; where it is not the design's, all of the screen."""
    window.resize(first_size(window))
    if first_size(window) != _DESIGNED:
        window.setWindowState(window.windowState() | Qt.WindowState.WindowMaximized)


def bring_inside(window: QWidget) -> None:
    """Move and shrink a window that sticks out of its screen with its frame, which is known once it has been shown."""
    if window.isFullScreen():
        return
    inner, outer = window.geometry(), window.frameGeometry()
    fitted = inside(outer, window.screen().availableGeometry())
    if fitted != outer:
        left, top = inner.left() - outer.left(), inner.top() - outer.top()
        right, bottom = inner.right() - outer.right(), inner.bottom() - outer.bottom()
        window.setGeometry(fitted.adjusted(left, top, right, bottom))


def inside(outer: QRect, room: QRect) -> QRect:
    """A rectangle moved, and where it is too large shrunk, into another one."""
    size = outer.size().boundedTo(room.size())
    left = min(max(outer.left(), room.left()), room.right() + 1 - size.width())
    top = min(max(outer.top(), room.top()), room.bottom() + 1 - size.height())
    return QRect(left, top, size.width(), size.height())
