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
    x = box.left() + box.width() / 2
    if first:
        painter.drawEllipse(QPointF(x, middle), 3.6, 3.6)
    else:
        corners = (x - 4, middle + 3.4), (x, middle - 4), (x + 4, middle + 3.4)
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
