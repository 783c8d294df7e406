"""While a latent is dragged: a dotted arrow from the hand on the map to the pose that it decodes to."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from poseviewer.app.session import Session
from poseviewer.bench.planes import held_positions
from poseviewer.render.palette import palette
from poseviewer.views.map.map_canvas import MapCanvas
from poseviewer.views.parts.ink import tinted
from poseviewer.views.scene.scene_view import SceneView

_WIDTH, _OPACITY, _HEAD = 1.6, 0.62, 9.0
_BEND = 0.22  # of the arrow's length, upwards


class Tie(QWidget):
    """Lies over the window where the arrow is, and lets the mouse through; hidden unless the map's handle is held."""

    def __init__(self, canvas: MapCanvas, view: SceneView, session: Session) -> None:
        self._window = view.window()
        super().__init__(self._window)
        self._canvas, self._view, self._session = canvas, view, session
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        session.held_changed.connect(self.follow)
        canvas.released.connect(self.follow)

    def follow(self) -> None:
        """Show the arrow while the handle is dragged, hide it after."""
        ends = self._ends()
        if ends is not None:
            way = self._way(*ends)
            around = way.boundingRect().adjusted(-_HEAD, -_HEAD, _HEAD, _HEAD)
            self.setGeometry(around.toAlignedRect())  # what lies under it is painted at each move of the hand
            self.raise_()
        self.setVisible(ends is not None)
        self.update()

    @staticmethod
    def _way(start: QPointF, end: QPointF) -> QPainterPath:
        way = end - start
        bend = (start + end) / 2.0 - QPointF(0.0, _BEND * float(np.hypot(way.x(), way.y())))
        path = QPainterPath(start)
        path.quadTo(bend, end)
        return path

    def _ends(self) -> tuple[QPointF, QPointF] | None:
        window, canvas, view, bench = self._window, self._canvas, self._view, self._session.bench
        pose = held_positions(bench)
        if not canvas.dragging or bench.held is None or pose is None or bench.projection is None:
            return None
        if canvas.window() is not window or not canvas.isVisible():
            return None  # a floating map is another window
        hand = canvas.px(bench.projection.map(bench.held.latent[None])).reshape(-1)[:2]
        known = pose[np.isfinite(pose).all(axis=-1)]
        if not len(known):
            return None
        pixels, depth = view.camera.project(known.mean(axis=0)[None], (view.width(), view.height()))
        if not np.isfinite(pixels).all() or depth[0] <= 0:
            return None
        start = QPointF(canvas.mapTo(window, QPoint(0, 0))) + QPointF(float(hand[0]), float(hand[1]))
        end = QPointF(view.mapTo(window, QPoint(0, 0))) + QPointF(float(pixels[0, 0]) + 40.0, float(pixels[0, 1]))
        return start, end

    def paintEvent(self, event: object) -> None:
        ends = self._ends()
        if ends is None:
            return
        start, end = ends
        colour = tinted(palette(self._session.look.theme).tokens["accent"], _OPACITY)
        path = self._way(start, end)
        bend = QPointF(path.elementAt(2).x, path.elementAt(2).y)
        painter = QPainter(self)
        painter.translate(-self.pos())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, _WIDTH, Qt.PenStyle.DotLine, Qt.PenCapStyle.RoundCap))
        painter.drawPath(path)
        back = np.array([bend.x() - end.x(), bend.y() - end.y()])
        back = _HEAD * back / max(float(np.linalg.norm(back)), 1e-6)
        side = 0.5 * np.array([-back[1], back[0]])
        painter.setPen(QPen(colour, _WIDTH))
        left, right = back + side, back - side
        painter.drawPolyline(QPolygonF([end + QPointF(*left), end, end + QPointF(*right)]))
