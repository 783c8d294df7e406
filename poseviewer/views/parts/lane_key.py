"""The mark of a lane beside its letter: what its colour is, and its line, for those who do not tell colours apart."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from poseviewer.bench.lane import FIRST
from poseviewer.render.palette import Role


def paint_key(painter: QPainter, box: QRect, role: Role, colour: QColor) -> None:
    """A stretch of the lane's line with its marker in the middle: solid and round of A, dashed and a triangle of B."""
    first, middle = role == FIRST, box.center().y() + 0.5
    pen = QPen(colour, 2.0)
    if not first:
        pen.setDashPattern([2.0, 1.2])
    painter.setPen(pen)
    painter.drawLine(QPointF(box.left(), middle), QPointF(box.right(), middle))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    paint_marker(painter, QPointF(box.left() + box.width() / 2, middle), 3.6, role)


def paint_marker(painter: QPainter, at: QPointF, radius: float, role: str) -> None:
    """A dot; of other lanes than the first a triangle. The painter's brush fills it."""
    if role != FIRST and role.startswith("generated"):
        x, y, wide = at.x(), at.y(), radius * 1.15
        corners = (x - wide, y + radius), (x, y - wide), (x + wide, y + radius)
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
    else:
        painter.drawEllipse(at, radius, radius)
