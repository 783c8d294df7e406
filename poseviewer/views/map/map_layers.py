"""The layers of the latent map that stand still while time moves: density, contours, points, paths, markers."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen, QPolygonF, QTransform

from poseviewer.bench.map.density import MapDensity
from poseviewer.bench.map.legend import OTHER, MapColour
from poseviewer.bench.map.paths import MapPath
from poseviewer.bench.map.picture import MapPicture, MapPoints
from poseviewer.render.palette import Palette, palette
from poseviewer.views.map.map_colours import group_colours, mixed
from poseviewer.views.map.map_pyramid import Pyramid
from poseviewer.views.parts.ink import tinted

EXACT = 50_000
"""Points above which a binned image stands for those in view."""
FEW = 8_000
"""Of so many the points in view up to which each is drawn: panning goes on meanwhile."""
_POINT = 3.4  # px, as the other sizes (theme.md)
_PATH, _CASING, _TRUTH_CASING = 2.2, 4.6, 7.0
_MARK, _SEED_END = 7.0, 10.0
_ARROW = 11.0
_GAMMA = 0.55
_FADED = 0.15
_BIN = 1.5
_HEAD = QPainterPath()  # of an arrow that goes to the right
_HEAD.addPolygon(QPolygonF([QPointF(0.5, 0.0), QPointF(-0.4, 0.42), QPointF(-0.2, 0.0), QPointF(-0.4, -0.42)]))
_HEAD.closeSubpath()


class MapLayers:
    """pyqtgraph items in a view box, each made anew only when what it shows is another object."""

    def __init__(self, box: pg.ViewBox) -> None:
        self._box = box
        self._density, self._bins = pg.ImageItem(), pg.ImageItem()
        self._contours = pg.PlotCurveItem(antialias=True, connect="finite")
        self._bins.setVisible(False)
        for item, height in ((self._density, -30), (self._contours, -20), (self._bins, -10)):
            item.setZValue(height)
            box.addItem(item, ignoreBounds=True)
        self._scatter: dict[int, pg.ScatterPlotItem] = {}
        self._paths: list[pg.PlotCurveItem | pg.ScatterPlotItem] = []
        self._picture = MapPicture()
        self._colours = palette("dark")
        self._group_colours: dict[int, QColor] = {}
        self._shown: tuple[object, ...] = (None,) * 7
        self._lit: int | None = None
        self._pyramid: Pyramid | None = None
        self._ratio = 1.0
        self.paths_visible = True

    def show(self, picture: MapPicture, colours: Palette, colour: MapColour, ratio: float) -> bool:
        """Take another picture, theme, colouring or device pixel ratio; whether there is anything else to see."""
        old, self._picture, self._colours = self._shown, picture, colours
        self._ratio = ratio  # a cosmetic pen's width counts in the device's px
        paths = tuple(path for path in picture.paths if path.grown is None)  # the others do not stand still
        self._shown = (picture.density, picture.points, paths, colours, colour, self.paths_visible, ratio)
        new = self._shown
        changed = colours is not old[3] or ratio != old[6]
        if changed or old[0] is not new[0]:
            self._show_density(picture.density, colours)
        if old[1] is not new[1] or old[3:5] != new[3:5]:
            self._group_colours = group_colours(colour, colours)
            self._lit, self._pyramid, points = None, None, picture.points
            self._bins.setVisible(False)
            self._fill({} if points is None or len(points.xy) > EXACT else _grouped(points, slice(None)))
        others = [*map(id, old[2] or ())] != [*map(id, paths)]  # type: ignore[call-overload]
        others = others or old[5] != new[5]
        if changed or others:
            self._show_paths(paths if self.paths_visible else (), colours)
        return changed or others or old[4] != new[4] or any(old[k] is not new[k] for k in (0, 1))

    def light(self, group: int | None) -> bool:
        """Fade the points of all other groups; None fades none. Whether anything changed."""
        if group == self._lit:
            return False
        self._lit = group
        for number, item in self._scatter.items():
            item.setOpacity(self._opacity(number))
        return True

    def _opacity(self, group: int) -> float:
        return 1.0 if self._lit is None or group == self._lit else _FADED

    def suit(self, view: QRectF, size: tuple[int, int]) -> None:
        """Exact points or a binned image, whichever suits what is in view (map units) at a size in px."""
        points = self._picture.points
        if points is None or len(points.xy) <= EXACT:
            self._draw_contours(False)
            return
        if self._pyramid is None:
            brushes = map(self._brush, range(OTHER + 1))
            tints = np.array([(c.red(), c.green(), c.blue()) for c in brushes], dtype=np.float32)
            self._pyramid = Pyramid(points.xy, points.group, tints)
        pyramid = self._pyramid
        if self._lit is None and pyramid.is_fine(view, size[0]) and pyramid.count(view) > 2 * FEW:
            self._fill({})
            self._bins.setVisible(True)
            self._draw_contours(True)
            image, place = pyramid.image(view, size[0])
            self._bins.setImage(image, axisOrder="row-major", levels=(0, 255))
            self._bins.setRect(place)
            return
        near = pyramid.near(view)
        x, y = points.xy[near].T
        inside = near[(x > view.left()) & (x < view.right()) & (y > view.top()) & (y < view.bottom())]
        many = len(inside) > FEW
        self._bins.setVisible(many)
        self._draw_contours(many)
        self._fill({} if many else _grouped(points, inside))
        if many:
            self._bin(points, inside, view, size)

    # density

    def _show_density(self, density: MapDensity | None, colours: Palette) -> None:
        self._density.setVisible(density is not None)
        self._contours.setVisible(density is not None)
        if density is None:
            return
        low, high = (np.array(colours.colour(token)) for token in ("panel", "density"))
        mixed = low + (density.image[..., None] ** _GAMMA) * (high - low)
        left, right, bottom, top = density.extent
        self._density.setImage((255.0 * mixed).round().astype(np.uint8), axisOrder="row-major", levels=(0, 255))
        self._density.setRect(QRectF(left, bottom, right - left, top - bottom))
        gap = np.full((1, 2), np.nan)
        lines = np.concatenate([gap, *(part for line in density.contours for part in (line, gap))])
        self._contours.setData(lines[:, 0], lines[:, 1], connect="finite")

    def _draw_contours(self, above: bool) -> None:
        """Under points that are told apart; over an image of them, which would hide the lines."""
        token, opacity = ("text", 0.55) if above else ("text3", 0.42)
        self._contours.setZValue(-5 if above else -20)
        self._contours.setPen(_pen(tinted(self._colours.tokens[token], opacity), self._ratio))

    # points

    def _fill(self, groups: dict[int, NDArray[np.float32]]) -> None:
        for number in [n for n in self._scatter if n not in groups]:
            self._box.removeItem(self._scatter.pop(number))
        for number, xy in groups.items():
            if number not in self._scatter:
                item = pg.ScatterPlotItem(size=_POINT, pen=None, pxMode=True, antialias=True, useCache=True)
                item.setZValue(-10 if number != OTHER else -11)
                self._box.addItem(item, ignoreBounds=True)
                self._scatter[number] = item
            self._scatter[number].setData(x=xy[:, 0], y=xy[:, 1], brush=self._brush(number))
            self._scatter[number].setOpacity(self._opacity(number))

    def _brush(self, group: int) -> QColor:
        opacity = (0.85 if self._colours.name == "dark" else 0.75) * (0.5 if group == OTHER else 1.0)
        return tinted(self._group_colours.get(group, QColor(self._colours.tokens["text3"])), opacity)

    def _bin(self, points: MapPoints, inside: NDArray[np.int64], view: QRectF, size: tuple[int, int]) -> None:
        """Mean colour and count of the points in each cell of 1.5 px."""
        width, height = (max(8, round(s / _BIN)) for s in size)
        x, y = points.xy[inside].T
        column = ((x - np.float32(view.left())) * np.float32(width / view.width())).astype(np.int32)
        row = ((y - np.float32(view.top())) * np.float32(height / view.height())).astype(np.int32)
        cell = np.minimum(row, height - 1) * width + np.minimum(column, width - 1)
        groups = np.flatnonzero(np.bincount(points.group))
        place = np.zeros(OTHER + 1, dtype=np.int32)
        place[groups] = np.arange(len(groups))
        # one count over (cell, group) costs a fifth of a weighted count for each colour channel
        counts = np.bincount(cell * len(groups) + place[points.group[inside]], minlength=width * height * len(groups))
        counts = counts.reshape(-1, len(groups))
        count = counts.sum(axis=1)
        is_lit = groups == (-1 if self._lit is None else self._lit)
        lit = np.flatnonzero(is_lit)
        if len(lit):  # the other groups are seen where it has no point, and faintly
            counts[counts[:, lit[0]] > 0] *= is_lit
            count = counts.sum(axis=1)
        image = np.zeros((height * width, 4))
        tints = np.array([(c.red(), c.green(), c.blue()) for c in map(self._brush, groups.tolist())])
        image[:, :3] = counts @ tints / np.maximum(count, 1)[:, None]
        usual = max(float(np.percentile(count[count > 0], 95)), 2.0)
        image[:, 3] = np.where(count, 255.0 * np.clip(0.22 + 0.78 * np.log1p(count) / np.log1p(usual), 0.0, 1.0), 0.0)
        if len(lit):
            image[counts[:, lit[0]] == 0, 3] *= _FADED
        self._bins.setImage(image.reshape(height, width, 4).astype(np.uint8), axisOrder="row-major", levels=(0, 255))
        self._bins.setRect(view)

    # paths

    def _show_paths(self, paths: tuple[MapPath, ...], colours: Palette) -> None:
        for item in self._paths:
            self._box.removeItem(item)
        self._paths = []
        for path in paths:
            self._add_line(path, colours)
        for path in paths:
            if not path.faint:
                self._add_marks(path, colours)

    def _add_line(self, path: MapPath, colours: Palette) -> None:
        xy = np.concatenate([path.xy, path.xy[:1]]) if path.closed else path.xy
        if len(xy) < 2:
            return
        line = _pen(QColor(colours.tokens[path.role]), self._ratio * (1.0 if path.faint else _PATH))
        if path.faint:
            line.setColor(tinted(colours.tokens[path.role], 0.35))
        if path.role == "truth":
            line.setColor(mixed(colours, "truth", "text2", 0.5))  # the token itself is as grey as faded points
            line.setDashPattern([2.2 / _PATH, 3.4 / _PATH])
            line.setCapStyle(Qt.PenCapStyle.FlatCap)
        pens = [line] if path.faint else [self._casing(path, colours), line]
        for pen in pens:
            self._add(pg.PlotCurveItem(xy[:, 0], xy[:, 1], pen=pen, antialias=True))

    def _casing(self, path: MapPath, colours: Palette) -> QPen:
        """What keeps the points away from a line; dots alone drown in a cloud of them, so theirs is the stronger."""
        width, opacity = (_TRUTH_CASING, 0.94) if path.role == "truth" else (_CASING, 0.8)
        return _pen(tinted(colours.tokens["panel"], opacity), self._ratio * width)

    def _add_marks(self, path: MapPath, colours: Palette) -> None:
        edge = _pen(QColor(colours.tokens["panel"]), 1.2)
        if path.role != "truth":
            self._add_dots(path.xy[path.marks()], _MARK, QColor(colours.tokens[path.role]), edge)
        if path.role == "seed":
            self._add_arrows(path, QColor(colours.tokens["seed"]), edge)
            ring = _pen(QColor(colours.tokens["seed"]), 2.2)
            self._add_dots(path.xy[-1:], _SEED_END, QColor(colours.tokens["panel"]), ring)

    def _add_arrows(self, path: MapPath, colour: QColor, edge: QPen) -> None:
        """Heads that tell which way the path goes."""
        at, angles = path.arrows()
        if len(at):
            heads = [QTransform().rotate(float(-np.degrees(angle))).map(_HEAD) for angle in angles]  # px go down
            x, y = path.xy[at].T
            self._add(pg.ScatterPlotItem(x=x, y=y, symbol=heads, size=_ARROW, brush=colour, pen=edge, antialias=True))

    def _add_dots(self, xy: NDArray[np.float64], size: float, brush: QColor, pen: QPen) -> None:
        if len(xy):
            self._add(pg.ScatterPlotItem(x=xy[:, 0], y=xy[:, 1], size=size, brush=brush, pen=pen, antialias=True))

    def _add(self, item: pg.PlotCurveItem | pg.ScatterPlotItem) -> None:
        item.setZValue(len(self._paths))
        self._box.addItem(item, ignoreBounds=True)
        self._paths.append(item)


def _grouped(points: MapPoints, inside: NDArray[np.int64] | slice) -> dict[int, NDArray[np.float32]]:
    xy, group = points.xy[inside], points.group[inside]
    return {int(number): xy[group == number] for number in np.unique(group)}


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen
