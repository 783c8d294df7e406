"""Actions with their keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence


def action(parent: QObject, text: str, key: str, call: Callable[..., object] | None, tip: str = "") -> QAction:
    """An action that does something when it is triggered; its tooltip, by default its text, names its key."""
    made = QAction(text, parent)
    made.setShortcut(QKeySequence(key))
    made.setToolTip(f"{tip or text} ({key})" if key else tip or text)
    if call is not None:
        made.triggered.connect(call)
    return made
