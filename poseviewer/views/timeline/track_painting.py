"""The resting picture of ruler, strip and curves: all that does not move while the motion plays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QLineF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from poseviewer.bench.curves import Curve
from poseviewer.bench.lane import Lane
from poseviewer.bench.verdicts import Placed, placed
from poseviewer.bench.words import signed
from poseviewer.views.parts.ink import fill, tinted
from poseviewer.views.parts.lane_key import paint_key
from poseviewer.views.timeline.class_painting import ClassBox, ClassPainter, foot_of
from poseviewer.views.timeline.curve_painting import CurvePainter
from poseviewer.views.timeline.track_layout import (
    GRIP,
    GUTTER,
    LOOP,
    MARGIN,
    NAMES,
    NEXT,
    NUMBERS,
    REASON,
    SEED_BAR,
    STRIP,
    TICKS,
    Plot,
    gutter_lines,
)
from poseviewer.views.timeline.verdict_painting import VerdictPainter


@dataclass
class TrackPainter(CurvePainter):
    """Paints one picture of a bench; `hint` says what generates, empty where nothing can."""

    curves: tuple[Curve, ...]
    boxes: list[Plot]
    classes: list[ClassBox]
    loop_range: tuple[float, float] | None
    hint: str

    def paint(self) -> None:
        """Everything, back to front."""
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.fillRect(QRectF(0, 0, self.width, self.height), QColor(self.tokens["panel"]))
        self.foot = foot_of(self.boxes, self.classes)
        self.every = [placed(self.bench, lane) for lane in self.bench.lanes]
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
        self.reasons = VerdictPainter(self.painter, self.colours, self.bench, self.axis, self.right)
        for lane, made in zip(self.bench.lanes, self.every, strict=True):
            self._inside(partial(self._strip, lane, made))
            if (made is None or not self.reasons.reason(made)) and lane is self.bench.lane:
                self._hint()
            self.painter.translate(0.0, NEXT)
        self.painter.translate(0.0, -NEXT * len(self.bench.lanes))
        for curve, box in zip(self.curves, self.boxes, strict=True):
            self.paint_curve(curve, box)
        classes = ClassPainter(self.painter, self.width, self.colours, self.axis)
        for class_box in self.classes:
            classes.lane(class_box)
        self._inside(self._loop_range, 4.0)
        self._inside(self._seed_bar, 4.0)

    def _names(self) -> None:
        self._text(QRectF(MARGIN, 0, 100, 2 * NUMBERS), "frame", "text3")
        for number, (lane, made) in enumerate(zip(self.bench.lanes, self.every, strict=True)):
            top, title = STRIP[0] + NEXT * number, "Motion" if made is None else "Verdict"
            if len(self.bench.lanes) == 1:
                self._text(QRectF(MARGIN, top, 100, STRIP[1]), title, "text", font=self.body)
                if made is not None:
                    self._judged_by()
                continue
            self._text(QRectF(MARGIN, top, 100, STRIP[1]), f"{title} {lane.name}", "text", font=self.body)
            wide = int(QFontMetricsF(self.body).horizontalAdvance(f"{title} {lane.name}"))
            key = QRect(MARGIN + wide + 8, int(top) - 1, 18, 16)
            paint_key(self.painter, key, lane.role, QColor(self.tokens[lane.role]))
            self.painter.setBrush(Qt.BrushStyle.NoBrush)
        for curve, box in zip(self.curves, self.boxes, strict=True):
            self._text(QRectF(MARGIN, box.top - 4, NAMES, 16), curve.about.title, "text", font=self.body)
            for i, line in enumerate(gutter_lines(curve.about, box.bottom - box.top)):
                self._text(QRectF(MARGIN, box.top + 12 + 14 * i, NAMES, 15), line, "text3")

    def _judged_by(self) -> None:
        """What the verdicts are measured by, on two lines where it is long."""
        metrics, room = QFontMetricsF(self.small), GUTTER - 2.0 * MARGIN
        words, first = self.bench.judged_by.split(" "), ""
        while words and metrics.horizontalAdvance(f"{first} {words[0]}") <= room:
            first = f"{first} {words.pop(0)}".lstrip()
        if first in ("", "by"):  # a long name: its end is the count
            first, *words = f"{first} {words[0]}", *words[1:]
        for i, line in enumerate((first, " ".join(words))):
            shown = metrics.elidedText(line, Qt.TextElideMode.ElideMiddle, room)
            self._text(QRectF(MARGIN, STRIP[0] + STRIP[1] - 2 + 13 * i, room + 2, 15), shown, "text3")

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
        fill(self.painter, self.tokens["seed"])
        for x in (low, high):
            self.painter.drawRoundedRect(grip(x), 1.5, 1.5)

    def _loop_range(self) -> None:
        if self.loop_range is None:
            return
        low, high = (self.axis.x(t) for t in self.loop_range)
        top, thick = LOOP
        self.painter.setPen(QPen(tinted(self.tokens["accent"], 0.28), 1.0))
        for x in (low, high):
            self.painter.drawLine(QLineF(self._crisp(x), top + thick, self._crisp(x), self.foot))
        self.painter.fillRect(QRectF(low, top, high - low, thick), tinted(self.tokens["accent"], 0.62))
        fill(self.painter, self.tokens["accent"])
        for x in (low, high):
            self.painter.drawRoundedRect(QRectF(x - 1.5, top - 1, 3.0, 8.0), 1.0, 1.0)

    # the strip

    def _strip(self, lane: Lane, placed_here: Placed | None) -> None:
        """The seed and what a lane generated; beside the first one how the clip itself goes on."""
        bench, axis = self.bench, self.axis
        assert bench.clip is not None and bench.track is not None
        half = 0.5 / bench.clip.fps
        low, high = (axis.x(t) for t in bench.seed_span)
        top, tall = STRIP
        first, last = axis.x(-half), axis.x(bench.track.end + half)
        self._block(low, high, "seed", "seed", 0.36)
        if lane.track is not None:
            end = axis.x(lane.track.end + 0.5 / lane.track.fps)
            self._block(high, end, lane.role, "" if lane.verdicts is not None else "generated", 0.34)
        if lane is bench.lanes[0]:
            self._line(first, low, top + tall / 2, "truth")
            self._clip_behind(high, last)
        if placed_here is not None:
            self.reasons.strip(placed_here)

    def _clip_behind(self, high: float, last: float) -> None:
        """How the clip goes on behind the seed, from px `high` to `last`: as truth, or as what was made elsewhere."""
        bench, (top, tall) = self.bench, STRIP
        assert bench.clip is not None and bench.track is not None
        made = bench.clip.seed_frames
        start = last if made is None else max(high, self.axis.x((made - 0.5) / bench.clip.fps))
        # the clip goes on beside what is generated: below it, so that neither hides the other
        y = top + tall + 2.5 if bench.generated else top + tall / 2
        self._clip_goes_on(high, min(start, last), y, "truth", "truth")
        if start < last:
            part = bench.clip_part(bench.track.end)
            self._clip_goes_on(start, last, y, part.role, part.name)

    def _clip_goes_on(self, low: float, high: float, y: float, token: str, word: str) -> None:
        """A line with its word at the end, where there is room for it."""
        wide = QFontMetricsF(self.small).horizontalAdvance(word) + 8
        if self.every[0] is not None:  # there stands the reason
            self._line(low, high, y, token)
        elif high - low > wide + 12:
            self._line(low, high - wide, y, token)
            self._text(QRectF(high - wide + 6, y - 8, wide, 15), word, "text3")
        else:
            self._line(low, high, y, token)

    def _line(self, low: float, high: float, y: float, token: str) -> None:
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
        hint = self.bench.no_reference or ("" if self.bench.generated else self.hint)
        if not hint:
            return
        bench = self.bench
        assert bench.track is not None
        wide = QFontMetricsF(self.small).horizontalAdvance(hint)
        taken = max(self.axis.x(max(bench.seed_span[1], bench.end)), float(GUTTER)) + 14
        box = QRectF(taken, STRIP[0], self.right - taken, STRIP[1])
        align = Qt.AlignmentFlag.AlignHCenter
        if wide > box.width() - 8:
            start = min(max(self.axis.x(bench.seed_end), float(GUTTER)), max(self.right - wide, float(GUTTER)))
            box, align = QRectF(start, REASON - 8, self.right - start, 16), Qt.AlignmentFlag.AlignLeft
        text = QFontMetricsF(self.small).elidedText(hint, Qt.TextElideMode.ElideRight, box.width())
        self._text(box, text, "text3", align)


def grip(x: float) -> QRectF:
    """The handle at an end of the seed bar."""
    return QRectF(x - GRIP[0] / 2, SEED_BAR[0] + SEED_BAR[1] / 2 - GRIP[1] / 2, GRIP[0], GRIP[1])
