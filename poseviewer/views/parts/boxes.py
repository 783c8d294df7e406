"""Rows and columns of widgets, each laid out in one call."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

Part = QWidget | QLayout | tuple[QWidget | QLayout, int] | None
"""A widget or a layout, with its share of the room that is left where it has one; None is room that stretches."""
Margins = tuple[int, int, int, int]
"""Left, top, right, bottom, px."""
_Box = TypeVar("_Box", bound=QBoxLayout)


def in_row(
    *parts: Part, of: QWidget | None = None, margins: Margins | None = (0, 0, 0, 0), spacing: int = 0
) -> QHBoxLayout:
    """From left to right. of: the widget that it fills; margins None: as the style has them, and the spacing too."""
    return _filled(QHBoxLayout() if of is None else QHBoxLayout(of), parts, margins, spacing)


def in_column(
    *parts: Part, of: QWidget | None = None, margins: Margins | None = (0, 0, 0, 0), spacing: int = 0
) -> QVBoxLayout:
    """From top to bottom, else as `in_row`."""
    return _filled(QVBoxLayout() if of is None else QVBoxLayout(of), parts, margins, spacing)


def _filled(box: _Box, parts: tuple[Part, ...], margins: Margins | None, spacing: int) -> _Box:
    if margins is not None:
        box.setContentsMargins(*margins)
        box.setSpacing(spacing)
    for part in parts:
        inside, share = part if isinstance(part, tuple) else (part, 0)
        if inside is None:
            box.addStretch()
        elif isinstance(inside, QLayout):
            box.addLayout(inside, share)
        else:
            box.addWidget(inside, share)
    return box
