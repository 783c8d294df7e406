"""Rows and columns of widgets, each laid out in one call."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QBoxLayout, QFormLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

Part = QWidget | QLayout | tuple[QWidget | QLayout, int] | int | None
"""A widget or a layout, with its share of the room that is left where it has one; px of room; None is room that
stretches."""
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


def in_form(*rows: tuple[str, QWidget | QLayout], of: QWidget | None = None) -> QFormLayout:
    """Named rows from top to bottom, their fields as wide as there is room. of: the widget that they fill."""
    form = QFormLayout(of)
    if of is not None:
        form.setContentsMargins(0, 0, 0, 0)
    form.setHorizontalSpacing(12)
    form.setVerticalSpacing(8)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    for name, field in rows:
        form.addRow(name, field)
    return form


def _filled(box: _Box, parts: tuple[Part, ...], margins: Margins | None, spacing: int) -> _Box:
    if margins is not None:
        box.setContentsMargins(*margins)
        box.setSpacing(spacing)
    for part in parts:
        inside, share = part if isinstance(part, tuple) else (part, 0)
        if inside is None:
            box.addStretch()
        elif isinstance(inside, int):
            box.addSpacing(inside)
        elif isinstance(inside, QLayout):
            box.addLayout(inside, share)
        else:
            box.addWidget(inside, share)
    return box
