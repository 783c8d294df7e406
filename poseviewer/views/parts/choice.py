"""A list to choose one of."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter

_Box = TypeVar("_Box", bound=QComboBox)


def choice(name: str, tip: str) -> QComboBox:
    """An empty list; `name` is what a screen reader says of it."""
    return _named(QComboBox(), name, tip)


def choice_of_names(name: str, tip: str) -> NamesBox:
    """The same for long names, whose beginning and end tell them apart: they are cut in the middle."""
    box = _named(NamesBox(), name, tip)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.view().setTextElideMode(Qt.TextElideMode.ElideMiddle)
    return box


def _named(box: _Box, name: str, tip: str) -> _Box:
    box.setAccessibleName(name)
    box.setToolTip(tip)
    return box


class NamesBox(QComboBox):
    """A list that cuts the chosen name in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("names", True)  # the style keeps room for them

    @property
    def shown(self) -> str:
        """The chosen name as far as there is room for it."""
        return self._option().currentText

    def _option(self) -> QStyleOptionComboBox:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self).width() - 2
        words = option.currentText or self.placeholderText()
        option.currentText = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, room)
        return option

    def paintEvent(self, event: QPaintEvent) -> None:
        option = self._option()
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
