"""Words beside what a person reads first."""

from __future__ import annotations

from typing import Any, Literal

from PySide6.QtWidgets import QLabel


def label(text: str, tone: Literal["middle", "quiet"], **properties: Any) -> QLabel:
    """Words in one of the theme's two quieter inks. properties: the label's, as Qt names them."""
    made = QLabel(text, **properties)
    made.setProperty(tone, True)
    return made
