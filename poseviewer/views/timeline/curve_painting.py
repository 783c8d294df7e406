"""One statistic over time: its lines, the range that it has over the seed, and the numbers beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from poseviewer.app.theme import body_font
from poseviewer.bench.bench import Bench
from poseviewer.bench.curves import Curve, Line
from poseviewer.bench.lane import FIRST
from poseviewer.render.palette import Palette
from poseviewer.views.parts.ink import fill, tinted, write
from poseviewer.views.parts.lane_key import paint_marker
from poseviewer.views.timeline.time_axis import TimeAxis
from poseviewer.views.timeline.track_layout import COLUMN, GUTTER, Plot

MARKER_EVERY = 15  # generated frames
_CURVE = 1.8  # px
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


@dataclass
class CurvePainter:
    """Paints curves into their boxes, all on one time axis; size: px of the whole picture."""

    painter: QPainter
    size: tuple[float, float]
    colours: Palette
    bench: Bench
    axis: TimeAxis

    def __post_init__(self) -> None:
        (self.width, self.height), self.tokens = self.size, self.colours.tokens
        self.right = self.width - COLUMN
        self.small, self.body, self.note = body_font(11), body_font(12), body_font(10)

    def paint_curve(self, curve: Curve, box: Plot) -> None:
        """A curve with its scale."""
        for value in box.ticks:
            text = f"{value:g}" if value >= 1e-4 or value == 0 else f"{value:.0e}".replace("e-0", "e−")
            self._text(QRectF(GUTTER - 60, box.y(value) - 8, 50, 16), text, "text3", _RIGHT)
        self._inside(lambda: self._plot(curve, box))

    def _inside(self, paint: Callable[[], object], slack: float = 0.0) -> None:
        self.painter.save()
        self.painter.setClipRect(QRectF(GUTTER - slack, 0, self.right - GUTTER + 2 * slack, self.height))
        paint()
        self.painter.restore()

    def _text(
        self, box: QRectF, text: str, token: str, align: Qt.AlignmentFlag = _LEFT, font: QFont | None = None
    ) -> None:
        write(self.painter, box, text, self.tokens[token], font or self.small, align)

    @staticmethod
    def _crisp(at: float) -> float:
        return round(at - 0.5) + 0.5

    def _plot(self, curve: Curve, box: Plot) -> None:
        painter = self.painter
        painter.setPen(QPen(tinted(self.tokens["text3"], 0.13), 1.0))
        for value in box.ticks:
            y = self._crisp(box.y(value))
            painter.drawLine(QLineF(GUTTER, y, self.right, y))
        if np.isfinite(curve.median):
            self._band(curve, box)
            self._beyond(curve, box)
        elif not any(np.isfinite(line.values).any() for line in (curve.clip, *curve.generated)):
            self._empty(box, f"No {curve.about.title.lower()}: the clip's joints are unknown")
        times, values, seed = curve.clip.times, curve.clip.values, curve.seed
        painter.setBrush(Qt.BrushStyle.NoBrush)
        made = min(max(curve.made, seed.stop), len(times))
        dotted = QPen(QColor(self.tokens["truth"]), _CURVE)
        dotted.setCapStyle(Qt.PenCapStyle.FlatCap)
        dotted.setDashPattern([1.5 / _CURVE, 4.0 / _CURVE])
        painter.setPen(dotted)
        self._stroke(times[: seed.start + 1], values[: seed.start + 1], box)
        self._stroke(times[seed.stop - 1 : made], values[seed.stop - 1 : made], box)
        if made < len(times):
            painter.setPen(self._solid(self.bench.clip_part(times[-1]).role))
            self._stroke(times[made - 1 :], values[made - 1 :], box)
        painter.setPen(self._solid("seed"))
        self._stroke(times[seed], values[seed], box)
        join = slice(seed.stop - 1, seed.stop)  # the lines leave from the seed's last point
        for lane, line in zip(self.bench.lanes, curve.generated, strict=True):
            if len(line):
                painter.setPen(self._solid(lane.role) if lane.role == FIRST else self._dashed(lane.role))
                after = np.concatenate([times[join], line.times]), np.concatenate([values[join], line.values])
                self._stroke(*after, box)
                self._markers(line, box, lane.role)

    def _empty(self, box: Plot, sentence: str) -> None:
        self.painter.setPen(QPen(tinted(self.tokens["text3"], 0.13), 1.0))
        self.painter.drawLine(QLineF(GUTTER, self._crisp(box.bottom), self.right, self._crisp(box.bottom)))
        self._text(QRectF(GUTTER, box.top - 4, self.right - GUTTER, 16), sentence[0].upper() + sentence[1:], "text3")

    def _band(self, curve: Curve, box: Plot) -> None:
        top, bottom, middle = box.y(curve.high), box.y(curve.low), box.y(curve.median)
        wide = self.right - GUTTER
        self.painter.fillRect(QRectF(GUTTER, top, wide, bottom - top), tinted(self.tokens["text2"], 0.13))
        self.painter.setPen(QPen(tinted(self.tokens["text2"], 0.45), 1.0))
        for y in {self._crisp(top), self._crisp(bottom)}:
            self.painter.drawLine(QLineF(GUTTER, y, self.right, y))
        pen = QPen(tinted(self.tokens["text2"], 0.55), 1.0)
        pen.setDashPattern([2.0, 3.0])
        self.painter.setPen(pen)
        self.painter.drawLine(QLineF(GUTTER, self._crisp(middle), self.right, self._crisp(middle)))
        words = "real 1–99 %" if curve.real else "seed 1–99 %"
        places = [QRectF(self.right - 66, y, 62, 14) for y in (top + 1, bottom - 15, bottom + 1, top - 15)]
        roomy = [middle - top > 15, bottom - middle > 15, bottom + 15 < box.bottom + 8, top - 15 > box.top - 8]
        usable = [place for place, fits in zip(places, roomy, strict=True) if fits]
        if not usable:  # the curves lie close together
            return
        place = next((place for place in usable if not self._crossed(place, curve, box)), usable[0])
        if self._crossed(place, curve, box):
            wide = QFontMetricsF(self.note).horizontalAdvance(words)
            plate = QRectF(place.right() - wide - 3, place.top() + 1, wide + 4, place.height() - 2)
            self.painter.fillRect(plate, tinted(self.tokens["panel"], 0.8))
        self._text(place, words, "text3", _RIGHT, self.note)

    def _beyond(self, curve: Curve, box: Plot) -> None:
        """The area between the range of real motion and a line that leaves it on the strange side."""
        if not curve.real or curve.side is None:
            return
        edge = box.y(curve.low if curve.low_is_strange else curve.high)
        painter, (far, tall) = self.painter, (edge, box.bottom + 4) if curve.low_is_strange else (box.top - 4, edge)
        painter.save()
        painter.setClipRect(QRectF(GUTTER, far, self.right - GUTTER, tall - far), Qt.ClipOperation.IntersectClip)
        fill(painter, tinted(self.tokens[f"{curve.side}_fill"], 0.3))
        for line in (curve.clip, *curve.generated):
            for x, y in self._seen(line.times, line.values, box):
                points = [QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
                ends = QPointF(float(x[-1]), edge), QPointF(float(x[0]), edge)
                painter.drawPolygon(QPolygonF([*points, *ends]))
        painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _crossed(self, place: QRectF, curve: Curve, box: Plot) -> bool:
        """Whether a line runs through a place where words would stand."""
        columns = np.arange(place.left() - 4, place.right() + 1)
        for line in (curve.clip, *curve.generated):
            for x, y in self._seen(line.times, line.values, box):  # between its points too
                seen = np.interp(columns, x, y, np.nan, np.nan)
                if ((seen >= place.top() - 2) & (seen <= place.bottom() + 2)).any():
                    return True
        return False

    def _solid(self, token: str) -> QPen:
        cap, join = Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin
        return QPen(QColor(self.tokens[token]), _CURVE, Qt.PenStyle.SolidLine, cap, join)

    def _dashed(self, token: str) -> QPen:
        pen = self._solid(token)
        pen.setDashPattern([5.0 / _CURVE, 3.0 / _CURVE])
        return pen

    def _stroke(self, times: NDArray[np.float64], values: NDArray[np.float64], box: Plot) -> None:
        for x, y in self._seen(times, values, box):
            self.painter.drawPolyline(QPolygonF([QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]))

    def _seen(
        self, times: NDArray[np.float64], values: NDArray[np.float64], box: Plot
    ) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
        """px of the stretches of a line that lie in sight, no more points than can be told apart."""
        first, stop = int(np.searchsorted(times, self.axis.low)), int(np.searchsorted(times, self.axis.high, "right"))
        inside = slice(max(0, first - 1), stop + 1)
        for x, y in _runs(self.axis.x(times[inside]), box.ys(values[inside])):
            yield _thinned(x, y, self.right - GUTTER)

    def paint_fresh(self, curves: tuple[Curve, ...], boxes: list[Plot], since: float) -> None:
        """What the lanes generated since a time in seconds, over a picture that does not have it yet."""
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        for curve, box in zip(curves, boxes, strict=True):
            for lane, line in zip(self.bench.lanes, curve.generated, strict=True):
                fresh = slice(max(0, int((since - line.start) * line.fps) - 1), None)
                self.painter.setPen(self._solid(lane.role))
                self._stroke(line.times[fresh], line.values[fresh], box)

    def _markers(self, line: Line, box: Plot, token: str) -> None:
        fill(self.painter, self.tokens[token])
        every = MARKER_EVERY
        while every * (self.axis.x(1.0 / line.fps) - self.axis.x(0.0)) < 24.0:
            every *= 2
        first = max(0, int((self.axis.low - line.start) * line.fps) // every) * every
        for i in range(first + every - 1, len(line), every):
            if np.isfinite(line.values[i]):
                at = QPointF(self.axis.x(line.start + i / line.fps), box.y(float(line.values[i])))
                paint_marker(self.painter, at, 3.0, token)


def _runs(x: NDArray[np.float64], y: NDArray[np.float64]) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Stretches of two or more known points."""
    known = np.isfinite(y)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(int)))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        if stop - start > 1:
            yield x[start:stop], y[start:stop]


def _thinned(
    x: NDArray[np.float64], y: NDArray[np.float64], pixels: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """More points than pixels become the lowest and the highest of every two pixels: long lines are slow to paint."""
    if len(x) <= pixels:
        return x, y
    size = -(-2 * len(x) // int(pixels))
    short = len(x) // size * size
    low, high = (f(y[:short].reshape(-1, size), axis=1) for f in (np.min, np.max))
    return np.repeat(x[:short:size], 2), np.stack([low, high], axis=1).ravel()
