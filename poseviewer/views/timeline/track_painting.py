"""The resting picture of ruler, strip and curves: all that does not move while the motion plays."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from poseviewer.app.theme import body_font
from poseviewer.bench.bench import Bench
from poseviewer.bench.curves import Curve, Line
from poseviewer.bench.words import signed
from poseviewer.render.palette import Palette
from poseviewer.views.timeline.time_axis import TimeAxis
from poseviewer.views.timeline.track_layout import (
    COLUMN,
    GRIP,
    GUTTER,
    LOOP,
    MARGIN,
    NAMES,
    NUMBERS,
    REASON,
    SEED_BAR,
    STRIP,
    TICKS,
    Plot,
    gutter_lines,
)

MARKER_EVERY = 15  # generated frames
_CURVE = 1.8  # px
_MIDDLE, _LEFT, _RIGHT = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


def tinted(colour: str, opacity: float) -> QColor:
    """A token at an opacity."""
    result = QColor(colour)
    result.setAlphaF(opacity)
    return result


class TrackPainter:
    """Paints one picture of a bench; `hint` says what generates, empty where nothing can."""

    def __init__(
        self,
        painter: QPainter,
        size: tuple[float, float],
        colours: Palette,
        bench: Bench,
        axis: TimeAxis,
        curves: tuple[Curve, ...],
        boxes: list[Plot],
        loop_range: tuple[float, float] | None,
        hint: str,
    ) -> None:
        self.painter, (self.width, self.height), self.tokens = painter, size, colours.tokens
        self.bench, self.axis, self.curves, self.boxes = bench, axis, curves, boxes
        self.loop_range, self.hint = loop_range, hint
        self.right = self.width - COLUMN
        self.foot = boxes[-1].bottom
        self.small, self.body, self.note = body_font(11), body_font(12), body_font(10)
        self.light = colours.name == "light"

    def paint(self) -> None:
        """Everything, back to front."""
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.fillRect(QRectF(0, 0, self.width, self.height), QColor(self.tokens["panel"]))
        self._names()
        if self.bench.clip is None:
            self._text(QRectF(GUTTER, STRIP[0], 600, STRIP[1]), "Open a clip, or drop one anywhere", "text3")
            for curve, box in zip(self.curves, self.boxes, strict=True):
                self._empty(box, f"{curve.about.title}: {curve.about.meaning}")
            return
        self.numbered, self.ticked = self.axis.ticks(self.bench.seed_end, self.bench.fps)
        self._inside(self._seed_tint)
        self._grid()
        self._ruler()
        self._inside(self._strip)
        self._hint()
        for curve, box in zip(self.curves, self.boxes, strict=True):
            self._tick_labels(box)
            self._inside(lambda curve=curve, box=box: self._plot(curve, box))
        self._inside(self._loop_range, 4.0)
        self._inside(self._seed_bar, 4.0)

    # frame of the picture

    def _inside(self, paint: object, slack: float = 0.0) -> None:
        self.painter.save()
        self.painter.setClipRect(QRectF(GUTTER - slack, 0, self.right - GUTTER + 2 * slack, self.height))
        paint()  # type: ignore[operator]
        self.painter.restore()

    def _text(
        self, box: QRectF, text: str, token: str, align: Qt.AlignmentFlag = _LEFT, font: QFont | None = None
    ) -> None:
        self.painter.setFont(font or self.small)
        self.painter.setPen(QColor(self.tokens[token]))
        self.painter.drawText(box, align | _MIDDLE, text)

    def _names(self) -> None:
        self._text(QRectF(MARGIN, 0, 100, 2 * NUMBERS), "frame", "text3")
        self._text(QRectF(MARGIN, STRIP[0], 100, STRIP[1]), "Motion", "text", font=self.body)
        for curve, box in zip(self.curves, self.boxes, strict=True):
            self._text(QRectF(MARGIN, box.top - 4, NAMES, 16), curve.about.title, "text", font=self.body)
            for i, line in enumerate(gutter_lines(curve.about)):
                self._text(QRectF(MARGIN, box.top + 12 + 14 * i, NAMES, 15), line, "text3")

    def _seed_tint(self) -> None:
        low, high = (self.axis.x(t) for t in self.bench.seed_span)
        top = SEED_BAR[0] + SEED_BAR[1]
        self.painter.fillRect(QRectF(low, top, high - low, self.foot - top), tinted(self.tokens["seed"], 0.08))

    def _grid(self) -> None:
        self.painter.setPen(QPen(tinted(self.tokens["text3"], 0.13), 1.0))
        top = self.boxes[0].top
        for frame in self.numbered:
            x = self._crisp(self.axis.x(self.bench.time_of_relative(frame)))
            self.painter.drawLine(QLineF(x, top, x, self.foot))

    @staticmethod
    def _crisp(at: float) -> float:
        return round(at - 0.5) + 0.5

    def _ruler(self) -> None:
        bottom, short, long = TICKS
        self.painter.setPen(QPen(QColor(self.tokens["mark"]), 1.0))
        for frames, length in ((self.numbered, long), (self.ticked, short)):
            for frame in frames:
                x = self._crisp(self.axis.x(self.bench.time_of_relative(frame)))
                self.painter.drawLine(QLineF(x, bottom - length, x, bottom))
        metrics = QFontMetricsF(self.small)
        for frame in self.numbered:
            text = signed(frame)
            x = self.axis.x(self.bench.time_of_relative(frame))
            wide = metrics.horizontalAdvance(text) + 2
            if x + wide / 2 < self.right + 8:
                self._text(QRectF(x - wide / 2, 0, wide, 2 * NUMBERS), text, "text2", Qt.AlignmentFlag.AlignHCenter)

    def _seed_bar(self) -> None:
        low, high = (self.axis.x(t) for t in self.bench.seed_span)
        top, thick = SEED_BAR
        self.painter.fillRect(QRectF(low, top, high - low, thick), QColor(self.tokens["seed"]))
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(QColor(self.tokens["seed"]))
        for x in (low, high):
            self.painter.drawRoundedRect(grip(x), 1.5, 1.5)

    def _loop_range(self) -> None:
        if self.loop_range is None:
            return
        low, high = (self.axis.x(t) for t in self.loop_range)
        top, thick = LOOP
        accent = QColor(self.tokens["accent"])
        self.painter.setPen(QPen(tinted(self.tokens["accent"], 0.28), 1.0))
        for x in (low, high):
            self.painter.drawLine(QLineF(self._crisp(x), top + thick, self._crisp(x), self.foot))
        self.painter.fillRect(QRectF(low, top, high - low, thick), tinted(self.tokens["accent"], 0.62))
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(accent)
        for x in (low, high):
            self.painter.drawRoundedRect(QRectF(x - 1.5, top - 1, 3.0, 8.0), 1.0, 1.0)

    # the strip

    def _strip(self) -> None:
        bench, axis = self.bench, self.axis
        assert bench.clip is not None and bench.track is not None
        half = 0.5 / bench.clip.fps
        low, high = (axis.x(t) for t in bench.seed_span)
        top, tall = STRIP
        first, last = axis.x(-half), axis.x(bench.track.end + half)
        self._line(first, low, top + tall / 2)
        self._block(low, high, "seed", "seed", 0.36)
        for lane in bench.lanes:
            if lane.track is not None:
                end = axis.x(lane.track.end + 0.5 / lane.track.fps)
                self._block(high, end, lane.role, "generated", 0.34)
        made = bench.clip.seed_frames
        start = last if made is None else max(high, axis.x(made / bench.clip.fps - half))
        # the clip goes on beside what is generated: below it, so that neither hides the other
        y = top + tall + 4.5 if bench.generated else top + tall / 2
        self._clip_goes_on(high, min(start, last), y, "truth", "truth")
        if start < last:
            part = bench.clip_part(bench.track.end)
            self._clip_goes_on(start, last, y, part.role, part.name)

    def _clip_goes_on(self, low: float, high: float, y: float, token: str, word: str) -> None:
        """A line with its word at the end, where there is room for it."""
        wide = QFontMetricsF(self.small).horizontalAdvance(word) + 8
        if high - low > wide + 12:
            self._line(low, high - wide, y, token)
            self._text(QRectF(high - wide + 6, y - 8, wide, 15), word, "text3")
        else:
            self._line(low, high, y, token)

    def _line(self, low: float, high: float, y: float, token: str = "truth") -> None:
        if high - low >= 1.0:
            self.painter.setPen(QPen(QColor(self.tokens[token]), 1.5))
            self.painter.drawLine(QLineF(low, y, high, y))

    def _block(self, low: float, high: float, token: str, word: str, opacity: float) -> None:
        top, tall = STRIP
        self.painter.fillRect(QRectF(low, top, high - low, tall), tinted(self.tokens[token], opacity))
        shown = max(low, GUTTER)
        if high - shown > QFontMetricsF(self.small).horizontalAdvance(word) + 14:
            self._text(QRectF(shown + 7, top, high - shown, tall), word, "text")

    def _hint(self) -> None:
        """What fills the free part of the strip; under the strip where that is too short."""
        if not self.hint or self.bench.generated:
            return
        bench = self.bench
        assert bench.track is not None
        wide = QFontMetricsF(self.small).horizontalAdvance(self.hint)
        taken = max(self.axis.x(max(bench.seed_span[1], bench.track.end)), float(GUTTER)) + 14
        box = QRectF(taken, STRIP[0], self.right - taken, STRIP[1])
        align = Qt.AlignmentFlag.AlignHCenter
        if wide > box.width() - 8:
            start = min(max(self.axis.x(bench.seed_end), float(GUTTER)), max(self.right - wide, float(GUTTER)))
            box, align = QRectF(start, REASON - 8, self.right - start, 16), _LEFT
        text = QFontMetricsF(self.small).elidedText(self.hint, Qt.TextElideMode.ElideRight, box.width())
        self._text(box, text, "text3", align)

    # curves

    def _tick_labels(self, box: Plot) -> None:
        for value in box.ticks:
            text = f"{value:g}" if value >= 1e-4 or value == 0 else f"{value:.0e}".replace("e-0", "e−")
            self._text(QRectF(GUTTER - 60, box.y(value) - 8, 50, 16), text, "text3", _RIGHT)

    def _plot(self, curve: Curve, box: Plot) -> None:
        painter = self.painter
        painter.setPen(QPen(tinted(self.tokens["text3"], 0.13), 1.0))
        for value in box.ticks:
            y = self._crisp(box.y(value))
            painter.drawLine(QLineF(GUTTER, y, self.right, y))
        if np.isfinite(curve.median):
            self._band(curve, box)
        elif not np.isfinite(curve.clip.values).any():
            self._empty(box, f"No {curve.about.title.lower()}: the clip's joints are unknown")
        times, values, seed = curve.clip.times, curve.clip.values, curve.seed
        painter.setBrush(Qt.BrushStyle.NoBrush)
        made = min(max(curve.made, seed.stop), len(times))
        painter.setPen(self._dotted("truth", _CURVE))
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
                painter.setPen(self._solid(lane.role))
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
        places = [QRectF(self.right - 66, y, 62, 14) for y in (top + 1, bottom - 15, bottom + 1, top - 15)]
        roomy = [middle - top > 15, bottom - middle > 15, bottom + 15 < box.bottom + 12, True]
        usable = [place for place, fits in zip(places, roomy, strict=True) if fits]
        place = next((place for place in usable if not self._crossed(place, curve, box)), usable[0])
        if self._crossed(place, curve, box):
            wide = QFontMetricsF(self.note).horizontalAdvance("seed 1–99 %")
            plate = QRectF(place.right() - wide - 3, place.top() + 1, wide + 4, place.height() - 2)
            self.painter.fillRect(plate, tinted(self.tokens["panel"], 0.8))
        self._text(place, "seed 1–99 %", "text3", _RIGHT, self.note)

    def _crossed(self, place: QRectF, curve: Curve, box: Plot) -> bool:
        """Whether a line runs through a place where words would stand."""
        columns = np.arange(place.left() - 4, place.right() + 1)
        for line in (curve.clip, *curve.generated):
            for x, y in _runs(self._xs(line.times), _ys(line.values, box)):  # between its points too
                seen = np.interp(columns, x, y, np.nan, np.nan)
                if ((seen >= place.top() - 2) & (seen <= place.bottom() + 2)).any():
                    return True
        return False

    def _solid(self, token: str) -> QPen:
        return QPen(
            QColor(self.tokens[token]), _CURVE, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin
        )

    def _dotted(self, token: str, width: float) -> QPen:
        pen = QPen(QBrush(QColor(self.tokens[token])), width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([1.5 / width, 4.0 / width])
        return pen

    def _stroke(self, times: NDArray[np.float64], values: NDArray[np.float64], box: Plot) -> None:
        if len(times) < 2:
            return
        inside = slice(
            max(0, int(np.searchsorted(times, self.axis.low)) - 1),
            int(np.searchsorted(times, self.axis.high, side="right")) + 1,
        )
        for x, y in _runs(self._xs(times[inside]), _ys(values[inside], box)):
            x, y = _thinned(x, y, self.right - GUTTER)
            self.painter.drawPolyline(QPolygonF([QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]))

    def _xs(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        return GUTTER + (times - self.axis.low) / self.axis.span * (self.right - GUTTER)

    def _markers(self, line: Line, box: Plot, token: str) -> None:
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(QColor(self.tokens[token]))
        every = MARKER_EVERY
        while every * (self.axis.x(1.0 / line.fps) - self.axis.x(0.0)) < 24.0:
            every *= 2
        for i in range(every - 1, len(line), every):
            if np.isfinite(line.values[i]):
                self.painter.drawEllipse(
                    QPointF(self.axis.x(line.start + i / line.fps), box.y(float(line.values[i]))), 3.0, 3.0
                )


def grip(x: float) -> QRectF:
    """The handle at an end of the seed bar."""
    return QRectF(x - GRIP[0] / 2, SEED_BAR[0] + SEED_BAR[1] / 2 - GRIP[1] / 2, GRIP[0], GRIP[1])


def _ys(values: NDArray[np.float64], box: Plot) -> NDArray[np.float64]:
    if box.log:
        share = np.log10(np.maximum(values, 1e-12) / box.low) / np.log10(box.high / box.low)
    else:
        share = (values - box.low) / (box.high - box.low)
    return box.bottom - np.clip(share, -0.02, 1.02) * (box.bottom - box.top)


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
