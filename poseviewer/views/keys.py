"""Keys that a focused widget keeps for itself although the window has shortcuts on them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

_ARROWS = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End})


class _Keeper(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _ARROWS:
            event.accept()
            return True
        return False


def keep_arrow_keys(widget: QWidget) -> None:
    """Left, Right, Home and End move inside the widget while it has the focus, not along the timeline."""
    widget.installEventFilter(_Keeper(widget))
