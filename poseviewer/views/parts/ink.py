"""What is painted by hand: colours that let through what lies below, shapes without an outline, words in a box."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap
from PySide6.QtWidgets import QWidget


def tinted(colour: str | QColor, opacity: float) -> QColor:
    """A colour at an opacity from 0 to 1."""
    result = QColor(colour)
    result.setAlphaF(opacity)
    return result


def fill(painter: QPainter, colour: str | QColor) -> None:
    """Let what is drawn next be filled with a colour, without an outline."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))


def write(
    painter: QPainter,
    box: QRectF,
    text: str,
    colour: str,
    font: QFont,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """Words in the middle of a box's height."""
    painter.setFont(font)
    painter.setPen(QColor(colour))
    painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter, text)


def still(widget: QWidget) -> QPixmap:
    """A picture to paint once and show again: of a widget's size, in its screen's pixels.

    Paint it within `with QPainter(picture)`: where painting fails, the painter must not outlive the picture.
    """
    ratio = widget.devicePixelRatioF()
    made = QPixmap(round(widget.width() * ratio), round(widget.height() * ratio))
    made.setDevicePixelRatio(ratio)
    return made
