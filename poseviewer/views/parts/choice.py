"""A list to choose one of."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox


def choice(name: str, tip: str) -> QComboBox:
    """An empty list; `name` is what a screen reader says of it."""
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(tip)
    return box
