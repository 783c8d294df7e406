"""What is painted over the two bodies: dots of joints, their names, and the arrow of a pair that is being made."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from poseviewer.app import theme
from poseviewer.views.parts.ink import tinted

_RADIUS = {"paired": 4.5, "guessed": 4.5, "interpolated": 5.0, "missing": 5.5, "left out": 2.5}


def dot(painter: QPainter, tokens: dict[str, str], at: QPointF, kind: str, token: str, marked: bool) -> None:
    """A joint: filled where it is paired, a ring of its colour where that is guessed, a dashed ring where it is
    interpolated, a ring where it is missing, a small one where it is left out. token: the colour of its skeleton;
    marked: with a ring of the accent around it.
    """
    radius = _RADIUS[kind]
    if kind == "paired":
        painter.setPen(QPen(QColor(tokens["window"]), 1.2))
        painter.setBrush(QColor(tokens[token]))
    elif kind == "guessed":
        painter.setPen(QPen(QColor(tokens[token]), 2.2))
        painter.setBrush(QColor(tokens["window"]))
    elif kind == "left out":
        painter.setPen(QPen(QColor(tokens["text3"]), 1.2))
        painter.setBrush(tinted(tokens["window"], 0.5))
    else:
        pen = QPen(QColor(tokens["text"]), 1.8)
        if kind == "interpolated":
            pen.setDashPattern([1.6, 1.4])
        painter.setPen(pen)
        painter.setBrush(tinted(tokens["window"], 0.7))
    painter.drawEllipse(at, radius, radius)
    if marked:
        painter.setPen(QPen(QColor(tokens["accent"]), 2.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(at, radius + 4.0, radius + 4.0)


def word(
    painter: QPainter, tokens: dict[str, str], at: QPointF, text: str, left: bool, bold: bool, box: QRectF
) -> None:
    """A joint's name beside it with a halo, kept inside a box. left: at its left."""
    font = theme.body_font(11, QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    width = QFontMetricsF(font).horizontalAdvance(text)
    x = at.x() - 14 - width if left else at.x() + 14
    x = min(max(x, box.left() + 6), box.right() - 6 - width)
    path = QPainterPath()
    path.addText(QPointF(x, at.y() + 4), font, text)
    halo = QPen(tinted(tokens["panel"], 0.85), 4.0)
    halo.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, halo)
    painter.fillPath(path, QColor(tokens["text"]))


def arrow(painter: QPainter, start: QPointF, end: QPointF, colour: str) -> None:
    """The dotted way from a held joint to where it is to go, bent downwards."""
    middle = (start + end) / 2.0 + QPointF(0.0, 0.16 * math.hypot(end.x() - start.x(), end.y() - start.y()))
    path = QPainterPath(start)
    path.quadTo(middle, end)
    pen = QPen(tinted(colour, 0.75), 1.8)
    pen.setDashPattern([1.6, 2.4])
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    painter.drawPath(path)
    way = end - middle
    length = max(math.hypot(way.x(), way.y()), 1e-6)
    along, across = way / length * 9.0, QPointF(-way.y(), way.x()) / length * 5.0
    painter.setPen(QPen(QColor(colour), 1.8))
    painter.drawPolyline([end - along + across, end, end - along - across])
