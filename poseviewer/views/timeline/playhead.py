"""What moves over the tracks: the playhead with its flag, the frame under the mouse, the values at the playhead."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from poseviewer.analysis.verdict import Word
from poseviewer.app.theme import body_font, icon_pixmap
from poseviewer.bench.bench import Bench
from poseviewer.bench.curves import Curve
from poseviewer.bench.verdicts import ICONS, TOKENS, Placed, placed, word_at
from poseviewer.bench.words import signed
from poseviewer.render.palette import Palette
from poseviewer.views.parts.ink import fill, tinted, write
from poseviewer.views.parts.lane_key import paint_marker
from poseviewer.views.timeline.time_axis import TimeAxis
from poseviewer.views.timeline.track_layout import COLUMN, MARGIN, NEXT, NUMBERS, STRIP, Plot, value_text

REACH = 72  # px to either side that a flag, and the numbers that give way to it, may take
_FLAG = (4.0, 16.0)  # top and height
_KEY = 8.0  # px from a lane's key to the words that it stands before
_NUMBER = 44.0  # px that a number of the ruler takes at most


class PlayheadPainter:
    """Paints over the resting picture; everything here is painted at every frame, so there is little of it.

    Where the playhead stands: `time` in seconds on the axis, `frame` relative to the seed's end, `kind` of the motion;
    word: the verdict on that frame, None where none was judged.
    """

    def __init__(self, painter: QPainter, width: int, colours: Palette, bench: Bench, axis: TimeAxis) -> None:
        self.painter, self.tokens, self.bench, self.axis = painter, colours.tokens, bench, axis
        self.time = bench.wrapped(bench.time)
        self.frame, self.kind = bench.relative_frame(self.time), bench.part_at(self.time).kind
        self.judged = [placed(bench, lane) for lane in bench.lanes]
        self.words = [self._word(made) for made in self.judged]
        self.left, self.right = width - COLUMN + 16.0, width - float(MARGIN)
        self.small, self.body, self.strong = body_font(11), body_font(12), body_font(11, QFont.Weight.DemiBold)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _word(self, made: Placed | None) -> Word | None:
        told = None if made is None else word_at(self.bench, made, self.time)
        return None if told is None else told[0]

    def hover(self, frame: int, foot: float) -> None:
        """A faint line and the number of the frame under the mouse."""
        x = self.axis.x(self.bench.time_of_relative(frame))
        self.painter.setPen(QPen(tinted(self.tokens["text2"], 0.45), 1.0))
        self.painter.drawLine(QLineF(round(x) + 0.5, sum(_FLAG), round(x) + 0.5, foot))
        self._flag(x, signed(frame), "raised", "text", self.small)

    def playhead(self, curves: tuple[Curve, ...], boxes: list[Plot], foot: float) -> None:
        """The line down to so many px, its flag, and a dot where it meets each curve."""
        if not self.axis.holds(self.time):
            return
        painter, accent = self.painter, QColor(self.tokens["accent"])
        x, top = self.axis.x(self.time), sum(_FLAG)
        painter.setPen(QPen(accent, 1.4))
        painter.drawLine(QLineF(x, top, x, foot))
        self._flag(x, signed(self.frame), "accent", "on_accent", self.strong)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPolygon(QPolygonF([QPointF(x - 4, top - 0.5), QPointF(x + 4, top - 0.5), QPointF(x, top + 4)]))
        painter.setPen(QPen(QColor(self.tokens["panel"]), 1.5))
        for curve, box in zip(curves, boxes, strict=True):
            for value in (self._value(curve, lane) for lane in self._shown):
                if value == value:
                    painter.drawEllipse(QPointF(x, box.y(value)), 3.6, 3.6)

    def _flag(self, x: float, text: str, ground: str, ink: str, font: QFont) -> None:
        painter = self.painter
        wide = max(26.0, QFontMetricsF(font).horizontalAdvance(text) + 12.0)
        box = QRectF(x - wide / 2, _FLAG[0], wide, _FLAG[1])
        for frame in self.axis.ticks(self.bench.seed_end, self.bench.fps)[0]:  # none peeps out from behind the flag
            at = self.axis.x(self.bench.time_of_relative(frame)) - _NUMBER / 2
            if abs(at + _NUMBER / 2 - x) < (wide + _NUMBER) / 2:
                painter.fillRect(QRectF(at, _FLAG[0] + 1.5, _NUMBER, _FLAG[1] - 1.5), QColor(self.tokens["panel"]))
        fill(painter, self.tokens[ground])
        painter.drawRoundedRect(box, 2.0, 2.0)
        write(painter, box, text, self.tokens[ink], font, Qt.AlignmentFlag.AlignHCenter)

    # the right column

    def values(self, curves: tuple[Curve, ...], boxes: list[Plot]) -> None:
        """The part of the motion, and each curve's value with its unit and the range that it has over the seed."""
        wide, at = self.right - self.left, f"at {signed(self.frame)}"
        write(self.painter, QRectF(self.left, 0, wide, 2 * NUMBERS), at, self.tokens["text3"], self.small)
        for number, word in enumerate(self.words):
            self._write_kind(QRectF(self.left, STRIP[0] + NEXT * number, wide, STRIP[1]), number, word)
        for curve, box in zip(curves, boxes, strict=True):
            self._write_values(curve, box)

    def _write_kind(self, box: QRectF, number: int, word: Word | None) -> None:
        """A lane's verdict on the frame with its icon; where there is none, the part of the motion."""
        ratio = self.painter.device().devicePixelRatioF()
        if word is None:
            lane = self.bench.lanes[number]
            if lane.shows(self.time) or number == 0:
                part = lane.part if lane.shows(self.time) else self.bench.part_at(self.time)
                write(self.painter, box, part.kind, self.tokens["text"], self.body)
            return
        if ICONS[word]:
            icon = icon_pixmap(ICONS[word], self.tokens[TOKENS[word]], 14, ratio)
            self.painter.drawPixmap(QPointF(box.left() - 3, box.center().y() - 7), icon)
            box = box.adjusted(14, 0, 0, 0)
        write(self.painter, box, word, self.tokens["text"], self.body)

    @property
    def _shown(self) -> list[int | None]:
        """The places of the lanes that have a frame there; None alone: the clip."""
        return [k for k, lane in enumerate(self.bench.lanes) if lane.shows(self.time)] or [None]

    def _value(self, curve: Curve, lane: int | None) -> float:
        """At the playhead; what was judged last stands for frames that soon are."""
        made, time = self.judged[lane] if lane is not None and curve.real else None, self.time
        frame = None if made is None else made.frame(time)
        return curve.at(time if made is None or frame is None else made.time(frame), lane)

    def said(self, curve: Curve, lane: int | None = None) -> str:
        """A curve's value at the playhead, or that a statistic has none there: its window is not full yet, say."""
        value, word = self._value(curve, lane), self.words[lane or 0]
        if value != value and curve.real:
            return "not yet judged" if word == "not yet judged" else "not judged"
        if value != value:
            return curve.about.absent
        return value_text(value, curve.about.log or curve.real)

    def _write_values(self, curve: Curve, plot: Plot) -> None:
        """Of each lane that stands there one, with its key where there are several; then the range of real motion where
        it does not run into the next curve's.
        """
        baseline = plot.top + 8.0
        measured = [lane for lane in self._shown if lane is None or len(curve.generated[lane])]
        for lane in measured or self._shown[:1]:
            self._write_value(curve, baseline, lane, len(self.bench.lanes) > 1)
            baseline += 15.0
        fits = baseline + 17.0 <= plot.bottom + 12.0
        for i, line in enumerate(range_lines(curve) if fits else ()):
            box = QRectF(self.left, baseline - 11.0 + 14.0 * i, self.right - self.left, 15)
            write(self.painter, box, line, self.tokens["text3"], self.small, Qt.AlignmentFlag.AlignRight)

    def _write_value(self, curve: Curve, baseline: float, lane: int | None, keyed: bool) -> None:
        painter, words, unit = self.painter, self.said(curve, lane), f" {curve.about.unit}"
        x = self.right
        wide = QFontMetricsF(self.body).horizontalAdvance(words) + QFontMetricsF(self.small).horizontalAdvance(unit)
        if wide > self.right - self.left:  # it stands in the gutter too; here it would run into the curves
            unit, wide = "", 0.0
        if keyed and lane is not None:
            role = self.bench.lanes[lane].role
            fill(painter, self.tokens[role])
            paint_marker(painter, QPointF(min(self.left + 2.0, x - wide - _KEY), baseline - 4.0), 3.4, role)
        for text, token, font in ((unit, "text3", self.small), (words, "text", self.body)):
            x -= QFontMetricsF(font).horizontalAdvance(text)
            painter.setFont(font)
            painter.setPen(QColor(self.tokens[token]))
            painter.drawText(QPointF(x, baseline), text)


def range_lines(curve: Curve) -> tuple[str, ...]:
    """What the seed's own values lie between. It is no verdict: a root that walks leaves where it began."""
    if not np.isfinite([curve.low, curve.high]).all():
        return ()
    low, high = (value_text(value, curve.about.log or curve.real) for value in (curve.low, curve.high))
    return f"{'real' if curve.real else 'seed'} {low}", f"to {high}"
