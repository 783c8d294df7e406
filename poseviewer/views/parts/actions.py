"""Actions with their keys, and why one cannot be done now."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

_WHY = {"Undo": "There is nothing to undo.", "Redo": "There is nothing to redo."}
"""Of those that Qt enables."""


def action(parent: QObject, text: str, key: str, call: Callable[..., object] | None, tip: str = "") -> QAction:
    """An action that does something when it is triggered; its tooltip, by default its text, names its key."""
    made = QAction(text, parent)
    made.setShortcut(QKeySequence(key))
    made.setToolTip(f"{tip or text} ({key})" if key else tip or text)
    if call is not None:
        made.triggered.connect(call)
    return made


def allow(made: QAction, why: str = "") -> None:
    """Enable an action, or say why it cannot be done now."""
    made.setProperty("why", why)
    made.setEnabled(not why)


def why_not(made: QAction) -> str:
    """Why an action cannot be done now; empty where it can."""
    return "" if made.isEnabled() else made.property("why") or _WHY.get(made.objectName(), "It cannot be done now.")
