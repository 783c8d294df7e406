"""The latent map's surface: still layers kept as a pixmap, over it a second one with what is generated, and over that
the handle and the hovered point.
"""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from poseviewer.bench.map.glimpse import Glimpse
from poseviewer.bench.map.legend import MapColour
from poseviewer.bench.map.paths import MapPath
from poseviewer.bench.map.picture import MapHere, MapPicture
from poseviewer.render.palette import Palette, palette
from poseviewer.views.map import map_marks
from poseviewer.views.map.map_figure import paint_figure
from poseviewer.views.map.map_layers import MapLayers
from poseviewer.views.map.map_trails import Trails
from poseviewer.views.parts.ink import still
from poseviewer.views.parts.pacing import Pacing

HIT = 14.0
"""px from its centre at which the handle is taken."""
_RIM = 12.0  # px between the border and a dragged handle
_PICK = 6.0  # px from a point at which it is hovered
_CLICK = 4.0  # px that a press may move and still be a click
_WHEEL = 1.0015  # zoom factor a wheel unit; a notch has 120
_NEAREST, _FARTHEST = 1.0 / 400.0, 12.0  # of the fitted view's width


class MapCanvas(pg.GraphicsView):
    """Draws a MapPicture and lets its handle be dragged; it knows no session."""

    grabbed = Signal()
    dragged = Signal(float, float)
    """The handle's new place in map units, at most once a paint."""
    released = Signal()
    cancelled = Signal()
    clicked = Signal(int)
    """The number of a background point."""
    clicked_path = Signal(object, int)
    """A path and the number of one of its places."""
    asked = Signal(QPointF, object)
    """A right click, px, and the number of the background point there, None where none is."""
    pointed = Signal()
    """The pointer is over something else, or elsewhere on a map without points."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Latent map")
        self.setMinimumSize(120, 100)
        self.box = pg.ViewBox(lockAspect=1.0, enableMenu=False, enableMouse=False, defaultPadding=0.0)
        self.box.disableAutoRange()
        self.setCentralItem(self.box)
        self._layers = MapLayers(self.box)
        self._picture = MapPicture()
        self._colours = palette("dark")
        self._colour: MapColour = "action"
        self._here: MapHere | None = None
        self._labels: tuple[map_marks.Label, ...] = ()
        self._ground: QPixmap | None = None
        self._trails = Trails()
        self._still: QPixmap | None = None
        self._fitted = True
        self.labels_visible = True
        self.covered = 0
        """px at the lower edge that something else may lie over."""
        self.hovered: int | None = None
        self.hovered_path: tuple[MapPath, int] | None = None
        self.pointer: tuple[float, float] | None = None
        """Where in map units the mouse points while no button is down; None away from the map."""
        self._over: QPointF | None = None  # where the mouse hovers, px
        self._glimpse: Glimpse | None = None
        self._pointed_at = ""
        self._pressed: QPointF | None = None
        self._panned_to: QPointF | None = None
        self._grab: QPointF | None = None  # from the hand to the handle's centre, px
        self._pacing = Pacing(self, self._announce)

    # what it shows

    def show_picture(self, picture: MapPicture, colours: Palette, colour: MapColour, paths: bool) -> None:
        """Take another picture, theme or colouring."""
        gone = self.hovered_path is not None and picture.paths is not self._picture.paths
        moved = gone or picture.points is not self._picture.points
        self._picture, self._colours, self._colour = picture, colours, colour
        self._layers.paths_visible = paths
        if self._layers.show(picture, colours, colour, self.devicePixelRatioF()):
            self._ground = None
        self._still = None
        if moved:
            self._point_at(self._over)
        self.viewport().update()

    def set_here(self, here: MapHere | None) -> None:
        """Move the handle: nothing but its surroundings is painted anew."""
        before, self._here = self._here, here
        for place in (before, here):
            if place is not None:
                self.viewport().update(map_marks.handle_area(self.px(place.xy), self._origin(place)))

    def show_glimpse(self, glimpse: Glimpse | None, words: str = "") -> None:
        """Show the pose that the pointer is over, and what is to be said of a place of a path."""
        self._glimpse, self._pointed_at = glimpse, words
        self.viewport().update()

    def light(self, group: int | None) -> None:
        """Fade the points of all groups but one; None fades none."""
        if self._layers.light(group):
            self.invalidate()

    @property
    def dragging(self) -> bool:
        """Whether the handle is in the hand."""
        return self._grab is not None

    def drop(self) -> None:
        """Take the handle out of the hand, without a word."""
        self._grab = self._pressed = None
        self._pacing.forget()
        self.unsetCursor()

    def fit(self) -> None:
        """Everything that matters into the view."""
        left, right, bottom, top = self._picture.bounds
        self.box.setRange(QRectF(left, bottom, right - left, top - bottom), padding=0.0)
        self._fitted = True
        self.invalidate()
        self._point_at(self._over)

    @property
    def outgrown(self) -> bool:
        """Whether a path has left the view that shows everything; who zoomed or moved the map keeps what he sees."""
        shown = [path.corners for path in self._picture.paths if not path.faint]
        if not self._fitted or not shown:
            return False
        view = self.box.viewRect()
        low, high = np.min(shown, axis=(0, 1)), np.max(shown, axis=(0, 1))
        return bool((low < (view.left(), view.top())).any() or (high > (view.right(), view.bottom())).any())

    def invalidate(self) -> None:
        """Paint the still layers anew."""
        self._ground = self._still = None
        self.viewport().update()

    # map units and px

    def px(self, xy: NDArray[np.floating]) -> NDArray[np.float64]:
        """Map points (..., 2) -> px in the widget."""
        scale, shift = self._scale()
        return np.asarray(xy, dtype=np.float64) * scale + shift

    def map_point(self, at: QPointF) -> tuple[float, float]:
        """A place in px -> map units."""
        scale, shift = self._scale()
        return (at.x() - shift[0]) / scale[0], (at.y() - shift[1]) / scale[1]

    def _scale(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        turned = self.box.childTransform()
        return np.array([turned.m11(), turned.m22()]), np.array([turned.dx(), turned.dy()])

    def _origin(self, here: MapHere) -> NDArray[np.float64] | None:
        return None if here.origin is None else self.px(here.origin)

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        if self._still is None or self._still.devicePixelRatio() != self.devicePixelRatioF():
            self._still = self._painted_still()
        painter.setClipRect(event.rect())
        painter.drawPixmap(0, 0, self._still)
        self._paint_moving(painter)
        painter.end()
        self._pacing.painted()

    def _painted_ground(self) -> QPixmap:
        """Points, density, and the paths of the clip."""
        pixmap, colours = still(self), self._colours
        pixmap.fill(colours.tokens["panel"])
        self._layers.show(self._picture, colours, self._colour, pixmap.devicePixelRatio())
        self._layers.suit(self.box.viewRect(), (pixmap.width(), pixmap.height()))
        with QPainter(pixmap) as painter:
            size = QRectF(0, 0, self.width(), self.height())
            self.render(painter, size, size.toRect())
        return pixmap

    def _painted_still(self) -> QPixmap:
        """What is generated, and the words, over the ground."""
        if self._ground is None or self._ground.devicePixelRatio() != self.devicePixelRatioF():
            self._ground = self._painted_ground()
        pixmap, colours = QPixmap(self._ground), self._colours
        with QPainter(pixmap) as painter:
            size = QRectF(0, 0, self.width(), self.height())
            handle = None if self._here is None else self.px(self._here.xy)
            paths = self._picture.paths if self._layers.paths_visible else ()
            self._trails.paint(
                painter, [path for path in paths if path.grown is not None], *self._scale(), pixmap, colours
            )
            clear = [path for path in paths if not path.faint and self.labels_visible]
            self._labels = map_marks.place_labels(clear, self.px, size, handle, self._picture.captions)
            map_marks.paint_words(painter, size, self._picture, self._labels, colours)
        return pixmap

    def _paint_moving(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size, colours = QRectF(0, 0, self.width(), self.height()), self._colours
        self._paint_pointed(painter, size)
        if self._here is not None:
            at, origin = self.px(self._here.xy), self._origin(self._here)
            map_marks.paint_handle(painter, self._here, at, origin, colours, self._labels)

    def _paint_pointed(self, painter: QPainter, size: QRectF) -> None:
        points, at = self._picture.points, None if self.pointer is None else self.px(np.array(self.pointer))
        if self.hovered_path is not None:
            path, place = self.hovered_path
            at = self.px(path.xy[place])
            map_marks.paint_hovered(painter, size, at, self._pointed_at, self._colours)
        elif self.hovered is not None and points is not None:
            at = self.px(points.xy[self.hovered])
            map_marks.paint_hovered(painter, size, at, points.name(self.hovered), self._colours)
        if self._glimpse is not None and at is not None:
            paint_figure(painter, size, at, self._glimpse, self._colours)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_fitted"):  # the base class resizes itself while it is made
            self._ground = self._still = None
            if self._fitted:
                self.fit()

    # the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        self._pressed = at
        if event.button() == Qt.MouseButton.LeftButton and self._over_handle(at) and self._here is not None:
            centre = self.px(self._here.xy)
            self._grab = QPointF(centre[0], centre[1]) - at
            self._point_at(None)
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.grabbed.emit()
        else:
            self._panned_to = at
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._grab is not None:
            self._pacing.ask(*(at + self._grab).toTuple())
        elif self._pressed is not None and self._panned_to is not None:
            if (at - self._pressed).manhattanLength() > _CLICK or self._panned_to != self._pressed:
                self._pan(at - self._panned_to)
                self._panned_to = at
        else:
            self._hover(at)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._grab is not None:
            self._pacing.settle()
            self.drop()
            self.released.emit()
        elif self._pressed is not None and event.button() == Qt.MouseButton.LeftButton:
            path, point = self._on_path(event.position()), self._nearest(event.position())
            if (event.position() - self._pressed).manhattanLength() > _CLICK:
                pass
            elif path is not None:
                self.clicked_path.emit(*path)
            elif point is not None:
                self.clicked.emit(point)
        self._pressed = self._panned_to = None
        self._hover(event.position())
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self._over_handle(event.position()):
            self.fit()
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._pressed = self._panned_to = None  # the menu takes the release
        at = QPointF(event.pos())
        self.asked.emit(at, self._nearest(at))
        event.accept()

    def leaveEvent(self, event: object) -> None:
        self._point_at(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        factor = _WHEEL ** -event.angleDelta().y()
        left, right, bottom, top = self._picture.bounds
        usual, now = max(right - left, top - bottom), self.box.viewRect().width()
        factor = float(np.clip(factor, _NEAREST * usual / now, _FARTHEST * usual / now))
        self.box.scaleBy((factor, factor), center=QPointF(*self.map_point(event.position())))
        self._fitted = False
        self.invalidate()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            event.ignore()

    def _announce(self, x: float, y: float) -> None:
        self.dragged.emit(*self.map_point(self._inside(QPointF(x, y))))

    def _inside(self, at: QPointF) -> QPointF:
        """The nearest place where the handle is still seen whole."""
        right, bottom = self.width() - _RIM, self.height() - _RIM - self.covered
        return QPointF(min(max(at.x(), _RIM), right), min(max(at.y(), _RIM), bottom))

    def _pan(self, by: QPointF) -> None:
        scale, _ = self._scale()
        self.box.translateBy(x=-by.x() / scale[0], y=-by.y() / scale[1])
        self._fitted = False
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.invalidate()

    def _over_handle(self, at: QPointF) -> bool:
        if self._here is None:
            return False
        return float(np.hypot(*(self.px(self._here.xy) - (at.x(), at.y())))) <= HIT

    def _hover(self, at: QPointF) -> None:
        if self._over_handle(at):
            self._point_at(None)
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            return
        self._point_at(at)
        something = self.hovered is not None or self.hovered_path is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if something else Qt.CursorShape.ArrowCursor)

    def _nearest(self, at: QPointF) -> int | None:
        """The background point under the cursor, if any."""
        points = self._picture.points
        if points is None:
            return None
        x, y = self.map_point(at)
        reach = _PICK / abs(float(self._scale()[0][0]))
        away = (points.xy[:, 0] - np.float32(x)) ** 2 + (points.xy[:, 1] - np.float32(y)) ** 2
        best = int(away.argmin())
        return best if away[best] <= reach**2 else None

    def _on_path(self, at: QPointF) -> tuple[MapPath, int] | None:
        """The place of a path under the cursor, if any: of what is drawn last first."""
        if not self._layers.paths_visible:
            return None
        here, reach = np.array(self.map_point(at)), _PICK / abs(float(self._scale()[0][0]))
        for path in reversed(self._picture.paths):
            if path.faint:
                continue
            away = np.hypot(*(path.xy - here).T)
            best = int(away.argmin())
            if away[best] <= reach:
                return path, best
        return None

    def _point_at(self, at: QPointF | None) -> None:
        """Take what is at a place in px for what the pointer is over; nothing where None."""
        self._over = at
        path = None if at is None else self._on_path(at)
        point = None if at is None or path is not None else self._nearest(at)
        before, points = (self.hovered, self.hovered_path, self.pointer), self._picture.points
        free = at is not None and points is None and path is None and self._here is not None
        self.hovered, self.hovered_path = point, path
        self.pointer = self.map_point(at) if free and at is not None else None
        if before != (self.hovered, self.hovered_path, self.pointer):
            self.light(None if point is None or points is None else int(points.group[point]))
            self._glimpse = None
            self.pointed.emit()
            self.viewport().update()
