"""Sliders of latent dimensions in one widget: what stands still is kept as a pixmap, knobs and values lie over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget

from poseviewer.app.session import Session
from poseviewer.app.theme import body_font
from poseviewer.bench import words
from poseviewer.bench.bench import Bench, Held
from poseviewer.render.palette import Palette, Role, palette
from poseviewer.views.parts.ink import fill, still, tinted, write
from poseviewer.views.parts.lane_key import paint_marker
from poseviewer.views.parts.pacing import Pacing

ROW = 26
"""px, as the other sizes (theme.md)."""
REACH = 3.0
"""Standard deviations from the middle of a groove to its ends."""
_NAME, _KL_END, _TRACK = 12, 84, 96  # from the left
_TRACK_END, _VALUE_END, _UNIT_END = 88, 30, 16  # from the right
_COLUMN = 46  # px of another lane's value
_HISTOGRAM, _GROOVE_AT, _GROOVE = 17, 18.5, 2.0
_RIGHT = Qt.AlignmentFlag.AlignRight
_KNOB = (9.0, 15.0)
_CORE = (2.4, 8.0)
_NUDGE, _LEAP = 0.05, 0.5  # standard deviations an arrow key, and with Shift
_ROWS: dict[int, int] = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -5, Qt.Key.Key_PageDown: 5}
_SIDEWAYS, _ENDS = (Qt.Key.Key_Left, Qt.Key.Key_Right), (Qt.Key.Key_Home, Qt.Key.Key_End)
_BACK = Qt.Key.Key_Delete, Qt.Key.Key_Backspace
_KEYS = (*_ROWS, *_SIDEWAYS, *_ENDS, *_BACK)


@dataclass(frozen=True, eq=False)
class _Scale:
    """Of each dimension (Z,): mean and standard deviation of the training data; order: by falling KL (nats)."""

    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    kl: NDArray[np.float64]
    order: NDArray[np.int64]
    outlines: tuple[NDArray[np.float64], ...]
    """Of each histogram (P, 2): standard deviations from the mean, and height from 0 to 1."""

    @classmethod
    def of(cls, embedding: Any) -> _Scale:
        mean = np.asarray(embedding.latent_mean, dtype=np.float64)
        variance = np.diag(np.asarray(embedding.latent_covariance, dtype=np.float64))
        deviation, kl = np.sqrt(np.maximum(variance, 1e-12)), np.asarray(embedding.kl, dtype=np.float64)
        histogram = getattr(embedding, "histogram", None)
        outlines = [] if histogram is None else [
            _outline(counts, (np.asarray(edges) - m) / s)
            for counts, edges, m, s in zip(histogram.counts, histogram.edges, mean, deviation, strict=True)
        ]  # fmt: skip
        return cls(mean, deviation, kl, np.argsort(-kl, kind="stable"), tuple(outlines))


class SliderRows(QWidget):
    """One row a dimension. A drag holds the latent, its end keeps it; a double click puts a dimension back."""

    grabbed = Signal()
    row_focused = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Latent dimensions")
        self.setToolTip("Drag to change a dimension of the pose, double click to put it back")
        self._session = session
        self._model: object = None
        self._scale: _Scale | None = None
        self._still: QPixmap | None = None
        self._now: NDArray[np.floating] | None = None
        self._others: list[tuple[Role, NDArray[np.floating]]] = []  # what other lanes show at the same time
        self._focused = 0
        self._dragged: int | None = None  # the dimension under the hand
        self._before: Held | None = None
        self._nudging = False
        self._offset = 0.0
        self._pacing = Pacing(self, self._announce)

    @property
    def count(self) -> int:
        """How many dimensions there are."""
        return 0 if self._scale is None else len(self._scale.order)

    def sizeHint(self) -> QSize:
        return QSize(320, self.count * ROW + 6)

    def refresh(self) -> None:
        """Take the embedding, the seed and the theme as they are."""
        embedding = self._session.bench.embedding
        if embedding is not self._model:
            self._model = embedding
            self._scale = _Scale.of(embedding) if self._session.bench.has_statistics else None
            self._focused = 0
            self.setMinimumHeight(self.count * ROW + 6)
        self._still = None
        self.follow()

    def follow(self) -> None:
        """The knobs to the present frame's latent."""
        bench, before = self._session.bench, len(self._others)
        self._now = bench.latent_at()
        shown = bench.shown_lane()
        others = [lane for lane in bench.focused_first if lane is not shown and lane.shows(bench.time)]
        known = ((lane.role, lane.latent_at(bench.time)) for lane in others)
        self._others = [(role, latent) for role, latent in known if latent is not None]
        if len(self._others) != before:
            self._still = None
        self.update()

    def held_changed(self) -> None:
        """Somebody let go while a knob was in the hand."""
        if self._session.bench.held is None:
            self._dragged = None
            self._pacing.forget()
            self._nudging = False

    def reset_all(self) -> None:
        """Put every dimension back to the frame's own value."""
        before = self._session.bench.held
        if before is not None:
            self._session.let_go()
            self._session.keep(before)

    def reset(self, dimension: int) -> None:
        """Put one dimension back to the frame's own value."""
        before = self._session.bench.held
        if before is None:
            return
        latent = np.array(before.latent)
        latent[dimension] = before.origin[dimension]
        if np.allclose(latent, before.origin, atol=1e-6):
            self.reset_all()
        else:
            self._session.hold(latent)
            self._session.keep(before)

    def sigmas(self, dimension: int) -> float | None:
        """Where a knob stands, in standard deviations."""
        return None if self._now is None else self._in_sigmas(self._now, dimension)

    def _in_sigmas(self, latent: NDArray[np.floating], dimension: int) -> float | None:
        if self._scale is None:
            return None
        return float((latent[dimension] - self._scale.mean[dimension]) / self._scale.deviation[dimension])

    def knob(self, row: int) -> QPointF:
        """The middle of a row's knob in px."""
        return QPointF(self._x(self.sigmas(self.dimension(row)) or 0.0), row * ROW + _GROOVE_AT)

    def dimension(self, row: int) -> int:
        """Which latent dimension a row shows."""
        assert self._scale is not None
        return int(self._scale.order[row])

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._scale is not None:
            colours = palette(self._session.look.theme)
            if self._still is None or self._still.devicePixelRatio() != self.devicePixelRatioF():
                self._still = self._painted_still(self._scale, colours)
            painter = QPainter(self)
            painter.drawPixmap(0, 0, self._still)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            first, last = event.rect().top() // ROW, event.rect().bottom() // ROW
            for row in range(max(first - 1, 0), min(last + 1, self.count)):
                self._paint_row(painter, row, colours)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(colours.tokens["accent"]), 2.0))
                painter.drawRoundedRect(QRectF(5, self._focused * ROW + 1, self.width() - 10, ROW - 2), 3, 3)
            painter.end()
        self._pacing.painted()

    def _painted_still(self, scale: _Scale, colours: Palette) -> QPixmap:
        pixmap = still(self)
        pixmap.fill(colours.tokens["panel"])
        with QPainter(pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            seed = _last_seed_latent(self._session.bench)
            tokens, font = colours.tokens, body_font()
            for row, dimension in enumerate(scale.order.tolist()):
                top, base = row * ROW, row * ROW + _GROOVE_AT
                write(painter, QRectF(_NAME, top, 60, ROW), f"z {dimension + 1}", tokens["text"], font)
                write(
                    painter, QRectF(0, top, _KL_END, ROW), f"{scale.kl[dimension]:.2f}", tokens["text3"], font, _RIGHT
                )
                if scale.outlines:
                    fill(painter, tinted(tokens["text3"], 0.5))
                    inside = [
                        (self._x(x), base - _HISTOGRAM * y) for x, y in scale.outlines[dimension] if abs(x) <= REACH
                    ]
                    foot = [(x, base) for x, _ in (inside[-1:] + inside[:1])]
                    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in inside + foot]))
                fill(painter, tokens["mark"])
                painter.drawRect(QRectF(_TRACK, base - _GROOVE / 2, self._track_width(), _GROOVE))
                if seed is not None:
                    sigmas = (seed[dimension] - scale.mean[dimension]) / scale.deviation[dimension]
                    fill(painter, tokens["seed"])
                    painter.drawRect(QRectF(self._x(float(sigmas)) - 1.0, base - _HISTOGRAM + 1, 2.0, _HISTOGRAM - 2))
        return pixmap

    def _paint_row(self, painter: QPainter, row: int, colours: Palette) -> None:
        dimension = self.dimension(row)
        sigmas = self.sigmas(dimension)
        if sigmas is None:
            return
        unit = QRectF(0, row * ROW, self.width() - _UNIT_END, ROW)
        write(painter, unit, "σ", colours.tokens["text3"], body_font(11), _RIGHT)
        value = QRectF(0, row * ROW, self.width() - _VALUE_END, ROW)
        write(painter, value, words.sigmas(sigmas), colours.tokens["text"], body_font(), _RIGHT)
        for place, (role, latent) in enumerate(self._others, 1):
            other = self._in_sigmas(latent, dimension) or 0.0
            fill(painter, colours.tokens[role])
            paint_marker(painter, QPointF(self._x(other), row * ROW + _GROOVE_AT + 6.0), 3.4, role)
            column = QRectF(0, row * ROW, self.width() - _VALUE_END - _COLUMN * place, ROW)
            write(painter, column, words.sigmas(other), colours.tokens["text3"], body_font(), _RIGHT)
        centre = self.knob(row)
        knob = QRectF(centre.x() - _KNOB[0] / 2, centre.y() - _KNOB[1] / 2, *_KNOB)
        painter.setPen(QPen(QColor(colours.tokens["panel"]), 2.0))
        painter.setBrush(QColor(colours.tokens["accent"]))
        painter.drawRoundedRect(knob.adjusted(-0.5, -0.5, 0.5, 0.5), 2.5, 2.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(knob, 2, 2)
        fill(painter, colours.tokens[_role(self._session.bench)])
        painter.drawRoundedRect(QRectF(centre.x() - _CORE[0] / 2, centre.y() - _CORE[1] / 2, *_CORE), 0.8, 0.8)

    def _track_width(self) -> float:
        return max(self.width() - _TRACK - _TRACK_END - _COLUMN * len(self._others), 20)

    def _x(self, sigmas: float) -> float:
        return _TRACK + (min(max(sigmas, -REACH), REACH) / REACH + 1.0) / 2.0 * self._track_width()

    def _sigmas_at(self, x: float) -> float:
        return float(np.clip(((x - _TRACK) / self._track_width() * 2.0 - 1.0) * REACH, -REACH, REACH))

    def resizeEvent(self, event: object) -> None:
        self._still = None

    # the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row, x = self._row_at(event), event.position().x()
        inside = _TRACK - 8 <= x <= _TRACK + self._track_width() + 8
        if event.button() != Qt.MouseButton.LeftButton or row is None or self._now is None or not inside:
            return
        self._dragged, self._before = self.dimension(row), self._session.bench.held
        knob = self.knob(row).x()
        self._offset = knob - x if abs(knob - x) <= _KNOB[0] else 0.0
        self.grabbed.emit()
        if not self._offset and abs(knob - x) > 0.5:
            self._pacing.ask(x)
            self._pacing.settle()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged is not None:
            self._pacing.ask(event.position().x() + self._offset)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragged is not None:
            self._pacing.settle()
            self._dragged = None
            self._session.keep(self._before)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event)
        if row is not None:
            self.reset(self.dimension(row))

    def _row_at(self, event: QMouseEvent) -> int | None:
        row = int(event.position().y()) // ROW
        return row if 0 <= row < self.count else None

    def _announce(self, x: float, _: float) -> None:
        if self._dragged is not None:
            self._set(self._dragged, self._sigmas_at(x))

    def _set(self, dimension: int, sigmas: float) -> None:
        if self._scale is None or self._now is None:
            return
        latent = np.array(self._now)
        latent[dimension] = self._scale.mean[dimension] + sigmas * self._scale.deviation[dimension]
        self._session.hold(latent)

    # the keyboard

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _KEYS:
            event.accept()  # with the focus on a slider the arrows are its own, not the transport's
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, dimension = event.key(), self.dimension(self._focused) if self.count else 0
        if key not in _KEYS or not self.count:
            event.ignore()
        elif key in _SIDEWAYS:
            step = _LEAP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _NUDGE
            self._nudge(dimension, step if key == Qt.Key.Key_Right else -step)
        elif key in _BACK:
            self.reset(dimension)
        else:
            self._focus(self._focused + _ROWS.get(key, -self.count if key == Qt.Key.Key_Home else self.count))

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            self._end_nudge()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._focus(self._focused)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._end_nudge()
        self.update()

    def _end_nudge(self) -> None:
        if self._nudging:
            self._nudging = False
            self._session.keep(self._before)

    def _nudge(self, dimension: int, by: float) -> None:
        sigmas = self.sigmas(dimension)
        if sigmas is None:
            return
        if not self._nudging:
            self._nudging, self._before = True, self._session.bench.held
            self.grabbed.emit()
        self._set(dimension, float(np.clip(sigmas + by, -REACH, REACH)))
        self._describe()

    def _focus(self, row: int) -> None:
        self._focused = min(max(row, 0), max(self.count - 1, 0))
        self._describe()
        self.row_focused.emit(self._focused)
        self.update()

    def _describe(self) -> None:
        if self.count:
            dimension = self.dimension(self._focused)
            told = f"z {dimension + 1}, {words.sigmas(self.sigmas(dimension) or 0.0)} standard deviations"
            self.setAccessibleDescription(told)


def _last_seed_latent(bench: Bench) -> NDArray[np.floating] | None:
    latents = bench.clip_latents
    return None if latents is None or not len(latents) else latents[min(bench.seed[1], len(latents)) - 1]


def _role(bench: Bench) -> str:
    if bench.held is not None:
        return "on_accent"
    if bench.from_the_mean:
        return "accent"  # no core: no frame lies there
    return bench.part_at().role


def _outline(counts: NDArray[np.floating], edges: NDArray[np.floating]) -> NDArray[np.float64]:
    """(P, 2) the silhouette of a histogram, a little smoothed, 1 at its highest."""
    padded = np.pad(np.asarray(counts, dtype=np.float64), 2, mode="edge")
    smooth = np.convolve(padded, [0.1, 0.2, 0.4, 0.2, 0.1], "valid")
    return np.stack([0.5 * (edges[1:] + edges[:-1]), smooth / max(float(smooth.max()), 1e-12)], axis=1)
