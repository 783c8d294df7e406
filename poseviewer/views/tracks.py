"""Ruler, strip and curves: a picture that rests, a playhead that moves over it, a mouse that scrubs and zooms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPen, QPixmap, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QWidget

from poseviewer.app.playback import Playback
from poseviewer.app.session import Session
from poseviewer.app.theme import body_font
from poseviewer.bench.compose import signed
from poseviewer.bench.curves import Curve, Curves
from poseviewer.render.palette import palette
from poseviewer.views.time_axis import TimeAxis, room
from poseviewer.views.track_layout import (
    COLUMN,
    GRIP_HIT,
    GUTTER,
    LOOP,
    MARGIN,
    NUMBERS,
    SEED_BAR,
    STRIP,
    Plot,
    grip_frames,
    nearest_frame,
    plots,
    seed_span,
    value_text,
)
from poseviewer.views.track_painting import TrackPainter, tinted

Part = Literal["scrub", "seed start", "seed stop", "loop", "loop start", "loop stop", "new loop"]
_NOTCH = 120.0  # wheel units
_ZOOM, _SCROLL = 0.8, 0.12  # what a notch of the wheel shows of the span, and moves it by
_FLAG = (4.0, 16.0)  # top and height
_TIPS: dict[Part, str] = {
    "seed start": "Drag the seed's beginning",
    "seed stop": "Drag the seed's end: generated frames follow it",
    "loop": "Drag the loop range",
    "loop start": "Drag the loop range's beginning (I)",
    "loop stop": "Drag the loop range's end (O)",
    "scrub": "",
}


@dataclass
class Drag:
    """A drag in progress: what is held, and for a loop range where it was."""

    part: Part
    time: float
    loop_range: tuple[float, float] | None = None


@dataclass(frozen=True)
class Moment:
    """Where the playhead stands: seconds on the axis, the frame relative to the seed's end, the part of the motion."""

    time: float
    frame: int
    part: Literal["before the seed", "seed", "truth", "generated"]


class Tracks(QWidget):
    """Paints its resting picture once into a pixmap; a new time repaints the playhead's strip and the values."""

    def __init__(self, session: Session, playback: Playback) -> None:
        super().__init__()
        self.setMinimumHeight(160)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Timeline")
        self._session, self._playback = session, playback
        self.axis = TimeAxis()
        self.curves: tuple[Curve, ...] = ()
        self._made = Curves()
        self._boxes: list[Plot] = []
        self._picture: QPixmap | None = None
        self._stale = True
        self._drag: Drag | None = None
        self._hover: float | None = None
        self._old: list[QRect] = []
        self._panel = QColor()
        self._flag_font, self._small, self._body = body_font(11, QFont.Weight.DemiBold), body_font(11), body_font(12)
        session.clip_changed.connect(self.fit)
        for signal in (session.rollout_changed, session.seed_changed, session.models_changed):
            signal.connect(self._changed)
        for signal in (session.look_changed, session.loop_range_changed):
            signal.connect(self._repaint_all)
        session.time_changed.connect(self._moved)

    def sizeHint(self) -> QSize:
        return QSize(1196, 276)

    # what it shows

    def fit(self) -> None:
        """Show the whole time axis."""
        self.axis.fitted = True
        self._changed()

    def _changed(self) -> None:
        self._stale = True
        if self._drag is None or not self._drag.part.startswith("seed"):  # the axis rests while the seed is dragged
            bench = self._session.bench
            self.axis.set_extent(*room(bench.end, bench.seed_end, bench.track.end if bench.track is not None else 0.0))
        self._repaint_all()

    def _repaint_all(self) -> None:
        self._picture = None
        self.update()

    def _moved(self) -> None:
        bench = self._session.bench
        if self.axis.reveal(bench.wrapped(bench.time), page=self._playback.playing):
            self._repaint_all()
            return
        self._refresh_moving()

    def _refresh_moving(self) -> None:
        """Repaint where playhead and hover were, where they are now, and the values."""
        now = self._moving()
        for box in (*self._old, *now):
            self.update(box)
        self.update(QRect(self.width() - COLUMN, 0, COLUMN, self.height()))
        self._old = now

    def _moving(self) -> list[QRect]:
        boxes = []
        for x in (self._playhead(), self._hover):
            if x is not None:
                boxes += [QRect(int(x) - 60, 0, 120, 24), QRect(int(x) - 6, 24, 12, self.height() - 24)]
        return boxes

    def _playhead(self) -> float | None:
        time = self._moment().time
        return self.axis.x(time) if self._session.bench.clip is not None and self.axis.holds(time) else None

    def _moment(self) -> Moment:
        bench = self._session.bench
        time = bench.wrapped(bench.time)
        frame = bench.relative_frame(time)
        low, high = seed_span(bench)
        if bench.generated and frame > 0:
            return Moment(time, frame, "generated")
        return Moment(time, frame, "before the seed" if time < low else "seed" if time <= high else "truth")

    def _refresh(self) -> None:
        """Make curves and picture true again, where something changed since."""
        if self._stale:
            self.curves = self._made.of(self._session.bench)
            self._boxes = plots(self.curves, self.height())
            self._picture, self._stale = None, False
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatio() != ratio:
            self._picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
            self._picture.setDevicePixelRatio(ratio)
            session = self._session
            painter = QPainter(self._picture)
            TrackPainter(
                painter,
                (self.width(), self.height()),
                palette(session.look.theme),
                session.bench,
                self.axis,
                self.curves,
                self._boxes,
                session.loop_range,
                session.stepper.obstacle or "Step or +15 generates from here",
            ).paint()
            painter.end()

    def resizeEvent(self, event: object) -> None:
        self.axis.resize(float(GUTTER), float(self.width() - COLUMN))
        self._stale = True

    # painting

    def paintEvent(self, event: object) -> None:
        self._refresh()
        assert self._picture is not None
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        if self._session.bench.clip is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = palette(self._session.look.theme).tokens
        self._panel = QColor(tokens["panel"])
        moment = self._moment()
        values = [curve.at(moment.time, moment.part == "generated") for curve in self.curves]
        self._paint_hover(painter, tokens)
        self._paint_playhead(painter, tokens, moment, values)
        self._paint_values(painter, tokens, moment, values)

    def _paint_hover(self, painter: QPainter, tokens: dict[str, str]) -> None:
        if self._hover is None or self._drag is not None:
            return
        bench = self._session.bench
        frame = nearest_frame(bench, self.axis, self._hover)
        x = self.axis.x(bench.time_of_relative(frame))
        painter.setPen(QPen(tinted(tokens["text2"], 0.45), 1.0))
        painter.drawLine(QLineF(round(x) + 0.5, _FLAG[0] + _FLAG[1], round(x) + 0.5, self._boxes[-1].bottom))
        self._paint_flag(painter, x, signed(frame), tokens["raised"], tokens["text"], self._small)

    def _paint_playhead(self, painter: QPainter, tokens: dict[str, str]) -> None:
        x = self._playhead()
        if x is None:
            return
        accent = QColor(tokens["accent"])
        painter.setPen(QPen(accent, 1.4))
        top = _FLAG[0] + _FLAG[1]
        painter.drawLine(QLineF(x, top, x, self._boxes[-1].bottom))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(accent)
        painter.drawPolygon(QPolygonF([QPointF(x - 4, top - 0.5), QPointF(x + 4, top - 0.5), QPointF(x, top + 4)]))
        words = signed(self._session.bench.relative_frame())
        self._paint_flag(painter, x, words, tokens["accent"], tokens["on_accent"], self._flag_font)
        for curve, box in zip(self.curves, self._boxes, strict=True):
            value = self._value(curve)
            if value == value:
                painter.setPen(QPen(QColor(tokens["panel"]), 1.5))
                painter.setBrush(accent)
                painter.drawEllipse(QPointF(x, box.y(value)), 3.6, 3.6)

    def _paint_flag(self, painter: QPainter, x: float, text: str, fill: str, ink: str, font: QFont) -> None:
        wide = max(26.0, QFontMetricsF(font).horizontalAdvance(text) + 12.0)
        box = QRectF(x - wide / 2, _FLAG[0], wide, _FLAG[1])
        bench = self._session.bench
        for frame in self.axis.ticks(bench.seed_end, bench.fps)[0]:  # no number peeps out from behind the flag
            number = QRectF(self.axis.x(bench.time_of_relative(frame)) - 22, _FLAG[0] + 1.5, 44, _FLAG[1] - 1.5)
            if number.intersects(box):
                painter.fillRect(number, self._panel)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(box, 2.0, 2.0)
        painter.setFont(font)
        painter.setPen(QColor(ink))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_values(self, painter: QPainter, tokens: dict[str, str]) -> None:
        """The right column: what the playhead stands on."""
        bench, left, right = self._session.bench, self.width() - COLUMN + 16.0, self.width() - float(MARGIN)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(self._small)
        painter.setPen(QColor(tokens["text3"]))
        painter.drawText(QRectF(left, 0, right - left, 2 * NUMBERS), middle, f"at {signed(bench.relative_frame())}")
        painter.setFont(self._body)
        painter.setPen(QColor(tokens["text"]))
        painter.drawText(QRectF(left, STRIP[0], right - left, STRIP[1]), middle, self.part_at_playhead)
        for curve, box in zip(self.curves, self._boxes, strict=True):
            value = self._value(curve)
            self._paint_value(painter, tokens, curve, value, left, right, box.top - 4)

    def _paint_value(
        self,
        painter: QPainter,
        tokens: dict[str, str],
        curve: Curve,
        value: float,
        left: float,
        right: float,
        top: float,
    ) -> None:
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        unit, number = f" {curve.about.unit}", value_text(value, curve.about.log)
        wide = QFontMetricsF(self._small).horizontalAdvance(unit)
        painter.setFont(self._small)
        painter.setPen(QColor(tokens["text3"]))
        painter.drawText(QPointF(right - wide, top + 12), unit)
        wide += QFontMetricsF(self._body).horizontalAdvance(number)
        painter.setFont(self._body)
        painter.setPen(QColor(tokens["text"]))
        painter.drawText(QPointF(right - wide, top + 12), number)
        # its own frames make the range, the two outermost of a hundred too
        standing = "within" if self.part_at_playhead == "seed" else curve.standing(value)
        if standing == "unknown":
            return
        painter.setFont(self._small)
        painter.setPen(QColor(tokens["text3" if standing == "within" else "text"]))
        for i, line in enumerate((f"{standing} the", "seed's range")):
            painter.drawText(QRectF(left, top + 16 + 14 * i, right - left, 15), align, line)

    # mouse

    def part_at(self, at: QPointF) -> Part:
        """What a press at a place would take hold of."""
        bench, x, y = self._session.bench, at.x(), at.y()
        if bench.clip is None:
            return "scrub"
        if abs(y - SEED_BAR[0] - SEED_BAR[1] / 2) <= GRIP_HIT[1] / 2:
            low, high = (self.axis.x(t) for t in seed_span(bench))
            side, distance = min((("seed start", abs(x - low)), ("seed stop", abs(x - high))), key=lambda p: p[1])
            if distance <= GRIP_HIT[0] / 2:
                return side  # type: ignore[return-value]
        if self._session.loop_range is not None and y <= LOOP[0] + LOOP[1] + 5:
            low, high = (self.axis.x(t) for t in self._session.loop_range)
            if abs(x - low) <= 6 or abs(x - high) <= 6:
                return "loop start" if abs(x - low) < abs(x - high) else "loop stop"
            if low < x < high and y <= LOOP[0] + LOOP[1] + 3:
                return "loop"
        return "scrub"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        bench, at = self._session.bench, event.position()
        if event.button() != Qt.MouseButton.LeftButton or bench.clip is None:
            return
        if at.x() < GUTTER - GRIP_HIT[0] / 2 or at.x() > self.width() - COLUMN + GRIP_HIT[0] / 2:
            return
        part = self.part_at(at)
        if part == "scrub" and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            part = "new loop"
        self._drag = Drag(part, self.axis.time(at.x()), self._session.loop_range)
        if part == "scrub":
            self._drag_to(at.x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._drag is not None:
            self._drag_to(x)
            return
        part = self.part_at(event.position())
        self.setCursor(Qt.CursorShape.ArrowCursor if part == "scrub" else Qt.CursorShape.SizeHorCursor)
        self.setToolTip(_TIPS[part])
        inside = GUTTER <= x <= self.width() - COLUMN and part == "scrub"
        self._set_hover(x if inside else None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None and event.button() == Qt.MouseButton.LeftButton:
            self._drag = None
            self._changed()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = None
            self.fit()

    def leaveEvent(self, event: object) -> None:
        self._set_hover(None)

    def _set_hover(self, x: float | None) -> None:
        if x is not None and self._session.bench.clip is not None:
            bench = self._session.bench
            x = self.axis.x(bench.time_of_relative(nearest_frame(bench, self.axis, x)))
        if x != self._hover:
            self._hover = x
            self._refresh_moving()

    def _drag_to(self, x: float) -> None:
        session, bench, drag = self._session, self._session.bench, self._drag
        assert drag is not None
        x = min(max(x, self.axis.left), self.axis.right)
        time = self.axis.time(x)
        if drag.part == "scrub":
            session.set_time(bench.time_of_relative(nearest_frame(bench, self.axis, x)))
        elif drag.part == "seed start":
            session.set_seed(min(grip_frames(bench, time), bench.seed[1] - 1), bench.seed[1], drag)
        elif drag.part == "seed stop":
            session.set_seed(bench.seed[0], max(grip_frames(bench, time), bench.seed[0] + 1), drag)
        elif drag.part == "new loop":
            session.set_loop_range((self._on_frame(drag.time), self._on_frame(time)))
        elif drag.loop_range is not None:
            self._drag_loop(drag, drag.loop_range, time)

    def _drag_loop(self, drag: Drag, loop_range: tuple[float, float], time: float) -> None:
        low, high = loop_range
        if drag.part == "loop":
            end = self._session.bench.end
            by = min(max(time - drag.time, -low), end - high)
            low, high = self._on_frame(low + by), self._on_frame(high + by)
        elif drag.part == "loop start":
            low = min(self._on_frame(time), high - 1.0 / self._session.bench.fps)
        else:
            high = max(self._on_frame(time), low + 1.0 / self._session.bench.fps)
        self._session.set_loop_range((low, high))

    def _on_frame(self, time: float) -> float:
        bench = self._session.bench
        return bench.time_of_relative(nearest_frame(bench, self.axis, self.axis.x(time)))

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta()
        notches = (delta.y() or delta.x()) / _NOTCH
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.axis.zoom(_ZOOM**notches, event.position().x(), self._session.bench.fps)
        else:
            self.axis.scroll(-_SCROLL * notches)
        self._hover = None
        self._repaint_all()
        event.accept()
