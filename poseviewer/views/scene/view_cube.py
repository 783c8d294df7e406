"""The cube in the 3D view's corner: it turns with the camera, and a click on a face looks from there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPainterPath, QPen, QPixmap, QPolygonF, QTransform
from PySide6.QtWidgets import QWidget

from poseviewer.app.theme import body_font
from poseviewer.render.camera import Preset
from poseviewer.render.palette import Palette, palette
from poseviewer.views.parts.ink import still

_Face = tuple[Preset, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
_SIDE = 76
_HALF = 19.0  # px from the cube's centre to a face
_FACES: tuple[tuple[Preset, tuple[float, float, float], tuple[float, float, float]], ...] = (
    ("front", (0, 0, 1), (0, 1, 0)),
    ("back", (0, 0, -1), (0, 1, 0)),
    ("left", (1, 0, 0), (0, 1, 0)),
    ("right", (-1, 0, 0), (0, 1, 0)),
    ("top", (0, 1, 0), (0, 0, -1)),
)


class ViewCube(QWidget):
    """Painted with QPainter over the GL view; faces are the camera's presets."""

    face_clicked = Signal(str)
    """A face's preset."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._axes = np.eye(3)
        self._colours = palette("dark")
        self._hovered: Preset | None = None
        self._picture: QPixmap | None = None
        self.setFixedSize(_SIDE, _SIDE)
        self.setMouseTracking(True)
        self.setToolTip("Click a face to look from there")
        self.setAccessibleName("View cube")

    def show_turn(self, axes: NDArray[np.float64], heading: float, colours: Palette) -> None:
        """Take a camera's axes (3, 3), rows right, up and towards the eye, and a figure's yaw (rad) in the world."""
        c, s = np.cos(heading), np.sin(heading)
        turned = axes @ np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])  # columns: its left, up and ahead
        if colours is not self._colours or not np.array_equal(turned, self._axes):
            self._axes, self._colours = turned, colours
            self._show_anew()

    def _show_anew(self) -> None:
        self._picture = None
        self.update()

    def _visible(self) -> list[_Face]:
        """Name, centre, right and up (px, y down) of the faces turned to the eye, furthest first."""
        faces = []
        to_px = np.array([_HALF, -_HALF])
        for name, normal, up in _FACES:
            n, u = self._axes @ np.array(normal, float), self._axes @ np.array(up, float)
            if n[2] > 0.02:
                r = np.cross(u, n)
                faces.append((n[2], (name, _SIDE / 2 + n[:2] * to_px, r[:2] * to_px, u[:2] * to_px)))
        return [face for _, face in sorted(faces, key=lambda nearer: nearer[0])]

    def paintEvent(self, event: object) -> None:
        if self._picture is None or self._picture.devicePixelRatio() != self.devicePixelRatioF():
            self._picture = self._painted()  # it is shown at each repaint of the view under it
        QPainter(self).drawPixmap(0, 0, self._picture)

    def _painted(self) -> QPixmap:
        colours, picture = self._colours, still(self)
        picture.fill(Qt.GlobalColor.transparent)
        with QPainter(picture) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            for face in self._visible():
                fill = QColor(colours.tokens["raised" if face[0] == self._hovered else "control"])
                fill.setAlpha(245)
                painter.setBrush(fill)
                painter.setPen(QPen(QColor(colours.tokens["mark"]), 1.0))
                painter.drawPolygon(_polygon(face))
                self._letter(painter, face, QColor(colours.tokens["text"]))
        return picture

    def _letter(self, painter: QPainter, face: _Face, colour: QColor) -> None:
        name, centre, r, u = face
        area = abs(r[0] * u[1] - r[1] * u[0]) / _HALF**2
        if area < 0.3:
            return  # too foreshortened to read
        path = QPainterPath()
        path.addText(0, 0, body_font(11, QFont.Weight.Medium), name.capitalize())
        box = path.boundingRect()
        scale = min(1.0, 30.0 / box.width()) / _HALF
        across, down = r * scale, -u * scale
        path.translate(-box.center())
        painter.fillPath(QTransform(*across, *down, *centre).map(path), colour)

    def _face_at(self, at: QPointF) -> Preset | None:
        for face in reversed(self._visible()):
            if _polygon(face).containsPoint(at, Qt.FillRule.OddEvenFill):
                return face[0]
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        face = self._face_at(event.position())
        if face != self._hovered:
            self._hovered = face
            self._show_anew()

    def leaveEvent(self, event: object) -> None:
        self._hovered = None
        self._show_anew()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        face = self._face_at(event.position())
        if face is not None and event.button() == Qt.MouseButton.LeftButton:
            self.face_clicked.emit(face)
        else:
            event.ignore()


def _polygon(face: _Face) -> QPolygonF:
    _, c, r, u = face
    return QPolygonF([QPointF(*corner) for corner in (c + r + u, c - r + u, c - r - u, c + r - u)])
