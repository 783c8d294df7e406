"""A list to choose one of."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter


def choice(name: str, tip: str) -> QComboBox:
    """An empty list; `name` is what a screen reader says of it."""
    return _named(QComboBox(), name, tip)


def choice_of_names(name: str, tip: str) -> QComboBox:
    """The same for long names, whose beginning and end tell them apart: they are cut in the middle."""
    box = _named(_Names(), name, tip)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.view().setTextElideMode(Qt.TextElideMode.ElideMiddle)
    return box


def _named(box: QComboBox, name: str, tip: str) -> QComboBox:
    box.setAccessibleName(name)
    box.setToolTip(tip)
    return box


class _Names(QComboBox):
    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self).width() - 4
        words = option.currentText or self.placeholderText()
        option.currentText = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, room)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
