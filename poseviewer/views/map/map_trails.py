"""The ways of what is generated over the map: the last seconds painted anew at each frame, what is older only once."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from poseviewer.bench.map.paths import RECENT, MapPath
from poseviewer.motion.growing import goes_on
from poseviewer.render.palette import Palette, Role
from poseviewer.views.parts.ink import tinted

STRONG, THREAD, OTHER = 2.2, 1.1, 1.0  # px across: of the last seconds, of what is older, of other samples
_CASING = 4.6
_FADED, _OTHER_FADED, _OTHER_STRONG = 0.5, 0.3, 0.4  # opacities; that of others is in the thread's
_FADING = 4  # stretches in which a way becomes a thread, of so many frames each
_STRETCH = 5
_MARK, _TRIANGLE = 7.0, 8.5
_DASHES: dict[Role, tuple[float, ...]] = {"generated_b": (5.0, 3.0)}  # px; its markers are triangles, too

_Px = NDArray[np.float64]


class Trails:
    """Keeps the picture of the older part of all ways, and adds to it what has become old."""

    def __init__(self) -> None:
        self._threads: QPixmap | None = None
        self._held: tuple[object, ...] = ()  # what the picture was painted for
        self._done: list[tuple[NDArray[np.float64], int]] = []  # of each lane's ways, and up to which point it has them

    def paint(
        self, painter: QPainter, paths: list[MapPath], scale: _Px, shift: _Px, surface: QPixmap, colours: Palette
    ) -> None:
        """Paint ways onto a surface, map units by scale and shift to its px."""
        self._make_old(paths, scale, shift, surface, colours)
        if self._threads is not None:
            painter.setOpacity(_FADED)
            painter.drawPixmap(0, 0, self._threads)
            painter.setOpacity(1.0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        recent = [(path, path.xy[max(0, _old(path) - 1) :] * scale + shift) for path in paths]
        for role in {path.role for path in paths if path.faint}:
            ways = [px for path, px in recent if path.faint and path.role == role]
            _lines(painter, ways, OTHER, tinted(QColor(colours.tokens[role]), _OTHER_STRONG))
        for path, px in recent:
            if not path.faint and len(px) > 1:
                colour, dashes = QColor(colours.tokens[path.role]), _DASHES.get(path.role, ())
                self._paint_recent(painter, px, colour, QColor(colours.tokens["panel"]), _old(path) > 0, dashes)
        for path in paths:
            if not path.faint:
                marks = path.xy[path.marks()] * scale + shift
                _marks(painter, marks, QColor(colours.tokens[path.role]), colours, path.role in _DASHES)

    def _paint_recent(
        self, painter: QPainter, px: _Px, colour: QColor, panel: QColor, fading: bool, dashes: tuple[float, ...]
    ) -> None:
        """A line with a casing; where it goes on as a thread it becomes one, stretch by stretch."""
        bends = [k * _STRETCH for k in range(_FADING + 1)] if fading and len(px) > _FADING * _STRETCH + 1 else [0]
        _line(painter, px[bends[-1] :], _CASING, tinted(panel, 0.8))
        for k, (start, stop) in enumerate(pairwise(bends)):
            share = (k + 1) / (_FADING + 1)
            width, opacity = THREAD + share * (STRONG - THREAD), _FADED + share * (1.0 - _FADED)
            _line(painter, px[start : stop + 1], width, tinted(colour, opacity))
        _line(painter, px[bends[-1] :], STRONG, colour, dashes)

    def _make_old(self, paths: list[MapPath], scale: _Px, shift: _Px, surface: QPixmap, colours: Palette) -> None:
        held = (*scale, *shift, surface.size(), surface.devicePixelRatio(), colours, len(paths))
        known = [done for _, done in self._done]
        # what has been painted may be older than what is old now: some frames were taken back
        pairs = list(zip(paths, self._done, strict=False))
        grown = {(id(path.grown), id(before)): (path.grown, before) for path, (before, _) in pairs}
        same = (
            held == self._held
            and len(self._done) == len(paths)
            and all(now is not None and goes_on(now, before, 1) for now, before in grown.values())
            and all(done <= max(1, _old(path)) for path, (_, done) in pairs)
        )
        if not same:
            self._held, self._threads, known = held, None, [1] * len(paths)
        old = [max(1, _old(path)) for path in paths]
        if self._threads is None and max(old, default=1) > 1:
            self._threads = QPixmap(surface.size())
            self._threads.setDevicePixelRatio(surface.devicePixelRatio())
            self._threads.fill(Qt.GlobalColor.transparent)
        if self._threads is not None and old != known:
            with QPainter(self._threads) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                for path, done, stop in zip(paths, known, old, strict=True):
                    px = path.xy[done - 1 : stop] * scale + shift
                    colour = QColor(colours.tokens[path.role])
                    _line(
                        painter,
                        px,
                        OTHER if path.faint else THREAD,
                        tinted(colour, _OTHER_FADED if path.faint else 1.0),
                    )
        self._done = [
            (path.xy if path.grown is None else path.grown, stop) for path, stop in zip(paths, old, strict=True)
        ]


def _old(path: MapPath) -> int:
    """How many points of a way are older than what is strong; none where they would be a few alone."""
    first = int(np.searchsorted(path.frames, path.frames[-1] - RECENT))
    return first if first > _FADING * _STRETCH else 0


def _line(painter: QPainter, px: _Px, width: float, colour: QColor, dashes: tuple[float, ...] = ()) -> None:
    if len(px) > 1:
        cap, join = Qt.PenCapStyle.FlatCap if dashes else Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        pen = QPen(colour, width, Qt.PenStyle.SolidLine, cap, join)
        if dashes:
            pen.setDashPattern([length / width for length in dashes])
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in px.tolist()]))


def _lines(painter: QPainter, ways: list[_Px], width: float, colour: QColor) -> None:
    """Many lines alike as one path, made in one go."""
    gap = np.full((1, 2), np.nan)
    px = np.concatenate([part for way in ways for part in (way, gap)])
    painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.drawPath(pg.arrayToQPath(px[:, 0], px[:, 1], connect="finite"))


def _marks(painter: QPainter, px: _Px, colour: QColor, colours: Palette, triangles: bool) -> None:
    painter.setPen(QPen(QColor(colours.tokens["panel"]), 1.2))
    painter.setBrush(colour)
    for x, y in px.tolist():
        if triangles:
            half, foot = _TRIANGLE / 2, y + 0.4 * _TRIANGLE
            painter.drawPolygon([QPointF(x, y - half), QPointF(x - half, foot), QPointF(x + half, foot)])
        else:
            painter.drawEllipse(QPointF(x, y), _MARK / 2, _MARK / 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
