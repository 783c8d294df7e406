"""Words beside what a person reads first."""

from __future__ import annotations

from typing import Literal

from PySide6.QtWidgets import QLabel


def label(text: str, tone: Literal["middle", "quiet"]) -> QLabel:
    """Words in one of the theme's two quieter inks."""
    made = QLabel(text)
    made.setProperty(tone, True)
    return made
