"""Colours that let through what lies below."""

from __future__ import annotations

from PySide6.QtGui import QColor


def tinted(colour: str | QColor, opacity: float) -> QColor:
    """A colour at an opacity from 0 to 1."""
    result = QColor(colour)
    result.setAlphaF(opacity)
    return result
