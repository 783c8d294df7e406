"""Ruler, strip and curves: a picture that rests, a playhead that moves over it, a mouse that scrubs and zooms."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QPainter, QPixmap, QWheelEvent
from PySide6.QtWidgets import QWidget

from poseviewer.app.playback import Playback
from poseviewer.app.seldom import PICTURES_MS, Seldom
from poseviewer.app.session import Session
from poseviewer.bench.classes.lanes import class_lanes
from poseviewer.bench.curves import Curve, Curves
from poseviewer.bench.verdicts import placed, reason, segment_words, verdict_curves
from poseviewer.render.palette import palette
from poseviewer.views.parts.ink import still
from poseviewer.views.parts.plain import plain_tip
from poseviewer.views.timeline.class_painting import ClassBox, ClassPainter, class_boxes, foot_of
from poseviewer.views.timeline.curve_painting import CurvePainter
from poseviewer.views.timeline.playhead import REACH, PlayheadPainter
from poseviewer.views.timeline.time_axis import TimeAxis, room
from poseviewer.views.timeline.track_layout import (
    COLUMN,
    GRIP_HIT,
    GUTTER,
    LOOP,
    NEXT,
    REASON,
    SEED_BAR,
    STRIP,
    Plot,
    nearest_frame,
    plots,
    plots_top,
    room_for,
    strip_at,
)
from poseviewer.views.timeline.track_painting import TrackPainter

Handle = Literal["scrub", "seed start", "seed stop", "loop", "loop start", "loop stop", "new loop"]
_NOTCH = 120.0  # wheel units
# between two paints of the resting picture while frames are generated without end: so many times what one takes
_BREATH_MS, _LONGEST_MS, _PART = 200, 1500, 12.0
_ZOOM, _SCROLL = 0.8, 0.12  # what a notch of the wheel shows of the span, and with Shift moves it by
_TIPS: dict[Handle, str] = {
    "seed start": "Drag the seed's beginning",
    "seed stop": "Drag the seed's end: generated frames follow it",
    "loop": "Drag the loop range",
    "loop start": "Drag the loop range's beginning (I)",
    "loop stop": "Drag the loop range's end (O)",
    "scrub": "",
}


@dataclass
class Drag:
    """A drag in progress: what is held, where it was taken hold of, and the seed and the loop range as they were."""

    handle: Handle
    time: float
    seed: tuple[int, int]
    loop_range: tuple[float, float] | None


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
        self.classes: list[ClassBox] = []
        self._picture: QPixmap | None = None
        self._stale = True
        self._has = 0.0  # seconds up to which the resting picture shows what is generated
        self._breath = QTimer(self, singleShot=True)
        self._breath.timeout.connect(self._changed)
        self._drag: Drag | None = None
        self._hover: float | None = None
        running = lambda: session.stepper.running and self._drag is None  # noqa: E731
        self._seldom = Seldom(self, self._refresh_moving, running, PICTURES_MS)
        self._painted: list[QRect] = []  # where playhead and hover were painted last, whatever made that necessary
        session.clip_changed.connect(self.fit)
        for signal in (session.rollout_changed, session.seed_changed, session.models_changed, session.verdicts_changed):
            signal.connect(self._changed)
        session.classes_changed.connect(self._changed)
        session.look_changed.connect(self._look_changed)
        session.loop_range_changed.connect(self._repaint_all)
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
        if self._drag is None or not self._drag.handle.startswith("seed"):  # the axis rests while the seed is dragged
            bench = self._session.bench
            shown = self.axis.low, self.axis.high
            self.axis.set_extent(*room(bench.end, bench.seed_end, bench.track.end if bench.track is not None else 0.0))
            if self._breath.isActive() and shown == (self.axis.low, self.axis.high):
                self._seldom.ask()  # of a run the picture is painted anew now and then, what is new over it soon
                return
        self._repaint_all()

    def _look_changed(self) -> None:
        self._stale = True
        self._repaint_all()

    def _repaint_all(self) -> None:
        self._picture = None
        self.update()

    def _moved(self) -> None:
        bench = self._session.bench
        if self.axis.reveal(bench.wrapped(bench.time), page=self._playback.playing or self._session.stepper.running):
            self._repaint_all()
        else:
            self._seldom.ask()

    def _refresh_moving(self) -> None:
        """Repaint where playhead and hover were, where they are now, and the values."""
        for box in (*self._painted, *self._moving()):
            self.update(box)
        end = self._session.bench.end
        if end > self._has:
            first, last = int(self.axis.x(self._has)) - 8, int(self.axis.x(end)) + 8
            self.update(QRect(first, 0, max(0, last - first), self.height()))
        self.update(QRect(self.width() - COLUMN, 0, COLUMN, self.height()))

    def _moving(self) -> list[QRect]:
        bench, places, boxes = self._session.bench, [self._hover], []
        now = bench.wrapped(bench.time)
        if bench.clip is not None and self.axis.holds(now):
            places.append(self.axis.x(now))
        for x in (int(place) for place in places if place is not None):
            boxes += [QRect(x - REACH, 0, 2 * REACH, 24), QRect(x - 6, 24, 12, self.height() - 24)]
        return boxes

    def _refresh(self) -> None:
        """Make curves and picture true again, where something changed since."""
        if self._stale:
            bench, first = self._session.bench, plots_top(len(self._session.bench.lanes))
            self.curves = verdict_curves(bench) or self._made.of(bench)
            if self._picture is None or not self._breath.isActive():  # they are painted with the resting picture alone
                self.classes = class_boxes(class_lanes(bench), bench.lane.role, self.height(), first)
            foot = self.classes[0].top if self.classes else float(self.height())
            errors = self._made.errors(bench) if self._session.look.errors else None
            if errors is not None and room_for(len(self.curves) + 1, foot, len(bench.lanes)):
                self.curves = (*self.curves, errors)
            boxes, self._stale = plots(self.curves, foot, len(bench.lanes)), False
            if boxes != self._boxes or not self._breath.isActive():
                self._boxes, self._picture = boxes, None
        if self._picture is None or self._picture.devicePixelRatio() != self.devicePixelRatioF():
            self._picture, session, began = still(self), self._session, time.perf_counter()
            hint = "" if session.stepper.obstacle else "Step or +15 generates from here"
            size, colours = (self.width(), self.height()), palette(session.look.theme)
            with QPainter(self._picture) as painter:
                shown = self.curves, self._boxes, self.classes, session.loop_range, hint
                TrackPainter(painter, size, colours, session.bench, self.axis, *shown).paint()
            self._has, spent = session.bench.end, time.perf_counter() - began
            if session.stepper.running:
                self._breath.start(round(min(max(_BREATH_MS, _PART * 1000.0 * spent), _LONGEST_MS)))

    def resizeEvent(self, event: object) -> None:
        self.axis.resize(float(GUTTER), float(self.width() - COLUMN))
        self._picture, self._stale = None, True

    # painting

    def paintEvent(self, event: object) -> None:
        self._refresh()
        self._painted = self._moving()
        assert self._picture is not None
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        bench = self._session.bench
        if bench.clip is None:
            return
        moving = PlayheadPainter(painter, self.width(), palette(self._session.look.theme), bench, self.axis)
        foot = foot_of(self._boxes, self.classes)
        if bench.end > self._has:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            size, colours = (self.width(), self.height()), palette(self._session.look.theme)
            CurvePainter(painter, size, colours, bench, self.axis).paint_fresh(self.curves, self._boxes, self._has)
        if self._hover is not None and self._drag is None:
            moving.hover(nearest_frame(bench, self.axis.time(self._hover)), foot)
        moving.playhead(self.curves, self._boxes, foot)
        moving.values(self.curves, self._boxes)
        lanes = ClassPainter(painter, self.width(), palette(self._session.look.theme), self.axis)
        lanes.values(self.classes, moving.time)

    # mouse

    def handle_at(self, at: QPointF) -> Handle:
        """What a press at a place would take hold of."""
        bench, x, y = self._session.bench, at.x(), at.y()
        if bench.clip is None:
            return "scrub"
        if abs(y - SEED_BAR[0] - SEED_BAR[1] / 2) <= GRIP_HIT[1] / 2:
            low, high = (abs(x - self.axis.x(t)) for t in bench.seed_span)
            if min(low, high) <= GRIP_HIT[0] / 2:
                return "seed start" if low <= high else "seed stop"
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
        handle = self.handle_at(at)
        if handle == "scrub" and self._to_segment(at):
            return
        if handle == "scrub" and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            handle = "new loop"
        self._drag = Drag(handle, self.axis.time(at.x()), bench.seed, self._session.loop_range)
        if handle == "scrub":
            self._drag_to(at.x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._drag is not None:
            self._drag_to(x)
            return
        handle = self.handle_at(event.position())
        self.setCursor(Qt.CursorShape.ArrowCursor if handle == "scrub" else Qt.CursorShape.SizeHorCursor)
        self.setToolTip(_TIPS[handle] or self._verdict_tip(event.position()) or self._class_tip(event.position()))
        inside = GUTTER <= x <= self.width() - COLUMN and handle == "scrub"
        self._set_hover(x if inside else None)

    def _to_segment(self, at: QPointF) -> bool:
        """Go to the first frame of the stretch of the verdict strip that lies at a place; whether there is one."""
        bench = self._session.bench
        number = strip_at(bench, at.y())
        top = STRIP[0] + NEXT * number
        made = placed(bench, bench.lanes[number]) if top <= at.y() <= top + STRIP[1] else None
        segment = None if made is None else made.segment_at(self.axis.time(at.x()))
        if made is None or segment is None:
            return False
        self._session.set_time(self._on_frame(made.time(segment.begin)))
        return True

    def _verdict_tip(self, at: QPointF) -> str:
        """What the strip's stretch at a place says in full, or the line under it; left of it, what the measure is."""
        bench = self._session.bench
        number = strip_at(bench, at.y())
        y = at.y() - NEXT * number
        if not STRIP[0] <= y <= REASON + 8 or at.x() > self.width() - COLUMN:
            return ""
        made = placed(bench, bench.lanes[number])
        if made is None or (made.of_clip and bench.no_reference):
            return plain_tip(bench.no_reference)
        judged_by = f"Judged {bench.judged_by}"
        if at.x() < GUTTER:
            return plain_tip(judged_by)
        told = reason(bench, made) if y > STRIP[0] + STRIP[1] else None
        if told is not None:
            return plain_tip(f"{told.side}: {told.words}")
        segment = made.segment_at(self.axis.time(at.x()))
        return "" if segment is None else plain_tip(f"{segment_words(bench, made, segment)}\n{judged_by}")

    def _class_tip(self, at: QPointF) -> str:
        """What a class lane says at a place, and of the whole seed and rollout."""
        named = next((box.named for box in self.classes if box.top <= at.y() <= box.top + box.height), None)
        if named is None:
            return ""
        inside = GUTTER <= at.x() <= self.width() - COLUMN
        here = named.at(self._on_frame(self.axis.time(at.x()))) if inside else []
        told = ", ".join(f"{name} {share:.0%}".replace("%", " %") for name, share, _ in here)
        return plain_tip("\n".join(filter(None, (told, named.about))))

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
            x = self.axis.x(self._on_frame(self.axis.time(x)))
        if x != self._hover:
            self._hover = x
            self._refresh_moving()

    def _drag_to(self, x: float) -> None:
        session, bench, drag = self._session, self._session.bench, self._drag
        assert drag is not None
        time = self.axis.time(min(max(x, self.axis.left), self.axis.right))
        if drag.handle == "scrub":
            session.set_time(self._on_frame(time))
        elif drag.handle.startswith("seed"):
            assert bench.clip is not None
            by = round((time - drag.time) * bench.clip.fps)
            if drag.handle == "seed start":
                session.set_seed(min(drag.seed[0] + by, bench.seed[1] - 1), bench.seed[1], drag)
            else:
                session.set_seed(bench.seed[0], max(drag.seed[1] + by, bench.seed[0] + 1), drag)
        elif drag.handle == "new loop":
            session.set_loop_range((self._on_frame(drag.time), self._on_frame(time)))
        elif drag.loop_range is not None:
            self._drag_loop(drag, drag.loop_range, time)

    def _drag_loop(self, drag: Drag, loop_range: tuple[float, float], time: float) -> None:
        low, high = loop_range
        if drag.handle == "loop":
            end = self._session.bench.end
            by = min(max(time - drag.time, -low), end - high)
            low, high = self._on_frame(low + by), self._on_frame(high + by)
        elif drag.handle == "loop start":
            low = min(self._on_frame(low + time - drag.time), high - 1.0 / self._session.bench.fps)
        else:
            high = max(self._on_frame(high + time - drag.time), low + 1.0 / self._session.bench.fps)
        self._session.set_loop_range((low, high))

    def _on_frame(self, time: float) -> float:
        bench = self._session.bench
        return bench.time_of_relative(nearest_frame(bench, time))

    def wheelEvent(self, event: QWheelEvent) -> None:
        along, across = event.angleDelta().y() / _NOTCH, event.angleDelta().x() / _NOTCH
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or abs(across) > abs(along):
            self.axis.scroll(-_SCROLL * (along or across))
        else:
            self.axis.zoom(_ZOOM**along, event.position().x(), self._session.bench.fps)
        self._hover = None
        self._repaint_all()
        event.accept()
