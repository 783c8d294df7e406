"""Class probabilities under the curves: one lane a generator and classifier, stacked in the actions' colours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from poseviewer.app.theme import body_font
from poseviewer.bench.classes.lanes import ARROW, Named
from poseviewer.render.palette import Palette, Role
from poseviewer.views.parts.ink import fill, tinted, write
from poseviewer.views.parts.lane_key import paint_key
from poseviewer.views.timeline.time_axis import TimeAxis
from poseviewer.views.timeline.track_layout import COLUMN, GUTTER, MARGIN, NAMES, Plot

TALL, LOW = 28.0, 20.0
"""px of a lane, and of those that are left where there is little room."""
_BETWEEN, _FOOT = 6.0, 4.0  # px from one lane to the next, and under the last
_LEAST_CURVES = {TALL: 92.0, LOW: 64.0}
"""px that two curves keep, with what lies between and under them, beside lanes of a height."""
_OPACITY = 0.82
_WORD = 13.0  # px of a lane's height that a word takes
_FEWEST = 0.003  # of the height: what is thinner is left out
_RIGHT = Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True)
class ClassBox:
    """Where a lane lies: px."""

    named: Named
    top: float
    height: float


def class_boxes(lanes: tuple[Named, ...], focus: Role, height: float, above: float) -> list[ClassBox]:
    """The lanes at the foot of so many px, of which `above` are taken; where the curves had too little only those
    of the generator in focus, then lower, then its first one alone.
    """
    own = tuple(named for named in lanes if named.role == focus)
    tries = ((TALL, lanes), (TALL, own), (LOW, own), (LOW, own[:1]))
    for tall, shown in tries:
        top = height - _FOOT - len(shown) * (tall + _BETWEEN) + _BETWEEN
        if shown and top - above >= _LEAST_CURVES[tall]:
            return [ClassBox(named, top + k * (tall + _BETWEEN), tall) for k, named in enumerate(shown)]
    return []


def foot_of(plots: list[Plot], lanes: list[ClassBox]) -> float:
    """px where the lowest of them ends."""
    return lanes[-1].top + lanes[-1].height if lanes else plots[-1].bottom


class ClassPainter:
    """Paints lanes onto the tracks' resting picture, and what they say at the playhead beside it."""

    def __init__(self, painter: QPainter, width: float, colours: Palette, axis: TimeAxis) -> None:
        self.painter, self.colours, self.tokens, self.axis = painter, colours, colours.tokens, axis
        self.right, self.wide = width - COLUMN, width
        self.note, self.small, self.body = body_font(10), body_font(11), body_font(12)
        self.strong = body_font(11, QFont.Weight.DemiBold)

    def lane(self, box: ClassBox) -> None:
        """Words, scale, and the stack."""
        painter, named, low = self.painter, box.named, box.height < TALL
        title = QRectF(MARGIN, box.top - (0 if low else 1), NAMES, box.height if low else 15)
        self._write(title, named.title, "text", self.body)
        if named.lettered:
            wide = int(QFontMetricsF(self.body).horizontalAdvance(named.title))
            key = QRect(MARGIN + wide + 8, int(title.center().y()) - 8, 18, 16)
            paint_key(painter, key, named.role, QColor(self.tokens[named.role]))
        if not low:
            room, words = QRectF(MARGIN, box.top + 14, NAMES + 18, 14), named.beneath
            if QFontMetricsF(self.small).horizontalAdvance(words) > room.width():
                words = words[max(words.find(ARROW), 0) :]
            self._write(room, words, "text3", self.small)
            for value, y in ((1, box.top + 4), (0, box.top + box.height - 4)):
                self._write(QRectF(GUTTER - 60, y - 8, 50, 16), str(value), "text3", self.small, _RIGHT)
        painter.save()
        painter.setClipRect(QRectF(GUTTER, box.top, self.right - GUTTER, box.height))
        painter.fillRect(QRectF(GUTTER, box.top, self.right - GUTTER, box.height), tinted(self.tokens["text3"], 0.06))
        end = self._stack(box) if len(named.times) else float(GUTTER)
        if named.why:
            room = QRectF(end + 8, box.top, self.right - end - 12, box.height)
            words = QFontMetricsF(self.small).elidedText(named.why, Qt.TextElideMode.ElideRight, room.width())
            self._write(room, words, "text3", self.small)
        painter.restore()

    def _stack(self, box: ClassBox) -> float:
        """The areas; gives the px where they end."""
        x, shares = self._seen(box.named)
        heights = np.concatenate([np.zeros((len(x), 1)), np.cumsum(shares, axis=1)], axis=1)
        edges = box.top + box.height * (1.0 - np.clip(heights, 0.0, 1.0))
        colours = [QColor(self.colours.action(number)) for number in box.named.colours]
        self.painter.setPen(QPen(QColor(self.tokens["panel"]), 0.6))
        for k, colour in enumerate(colours):
            if shares[:, k].max(initial=0.0) >= _FEWEST:
                self.painter.setBrush(tinted(colour, _OPACITY))
                self.painter.drawPolygon(_polygon(x, edges[:, k], edges[:, k + 1]))
        for k, name in enumerate(box.named.names):
            self._word(name, colours[k], x, edges[:, k], edges[:, k + 1])
        return float(x[-1])

    def _seen(self, named: Named) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """px (n,) and probabilities (n, A) of what lies in sight, no more points than every second px."""
        times = named.times
        first, stop = np.searchsorted(times, (self.axis.low, self.axis.high))
        inside = slice(max(0, int(first) - 1), int(stop) + 1)
        x, shares = self.axis.x(times[inside]), named.probabilities[inside]
        step = max(1, round(2 * len(x) / max(self.right - GUTTER, 1.0)))
        rows = np.unique(np.append(np.arange(0, len(x), step), len(x) - 1))
        x, shares = x[rows], shares[rows]
        if len(x) == 1:  # a single answer is seen
            x, shares = np.array([x[0] - 2.0, x[0] + 2.0]), np.repeat(shares, 2, axis=0)
        return x, shares

    def _word(
        self, name: str, colour: QColor, x: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
    ) -> None:
        """The action's name where its area first has room for it, and again wherever it has lost it in between."""
        metrics = QFontMetricsF(self.strong)
        wide = metrics.horizontalAdvance(name)
        for start, stop in _runs(low - high >= _WORD):
            left, right = max(float(x[start]), float(GUTTER)), min(float(x[stop - 1]), self.right)
            if right - left < wide + 24.0:
                continue
            at = left + 14.0
            here, there = (float(np.interp(at + wide / 2, x, edge)) for edge in (low, high))
            bright = 0.299 * colour.redF() + 0.587 * colour.greenF() + 0.114 * colour.blueF() > 0.5
            ink = "#16181B" if bright else "#FFFFFF"
            write(self.painter, QRectF(at, there, wide + 2, here - there), name, ink, self.strong)

    def values(self, boxes: list[ClassBox], time: float) -> None:
        """At the playhead the two most probable actions of each lane, with per cent."""
        left, right = self.wide - COLUMN + 12.0, self.wide - MARGIN
        for box in boxes:
            rows = box.named.at(time)[: 1 if box.height < TALL else 2]
            for k, (name, share, colour) in enumerate(rows):
                y = box.top + box.height / 2 + (14.0 * k - 7.0 * (len(rows) - 1))
                fill(self.painter, self.colours.action(colour))
                self.painter.drawRect(QRectF(left - 10, y - 4, 8, 8))
                number = f"{share:.0%}".replace("%", " %")
                room = QRectF(left + 2, y - 7, right - left - 2, 14)
                space = room.width() - QFontMetricsF(self.small).horizontalAdvance(number) - 5
                font = self.small if QFontMetricsF(self.small).horizontalAdvance(name) <= space else self.note
                # cut in the middle: "baseball pitch" and "baseball swing" differ at their ends
                words = QFontMetricsF(font).elidedText(name, Qt.TextElideMode.ElideMiddle, space)
                write(self.painter, room, words, self.tokens["text2"], font)
                write(self.painter, room, number, self.tokens["text"], self.small, _RIGHT)

    def _write(
        self, box: QRectF, text: str, token: str, font: QFont, align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft
    ) -> None:
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        write(self.painter, box, shown, self.tokens[token], font, align)


def _polygon(x: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]) -> QPolygonF:
    across = np.concatenate([x, x[::-1]]).tolist()
    edge = np.concatenate([low, high[::-1]]).tolist()
    return QPolygonF([QPointF(a, b) for a, b in zip(across, edge, strict=True)])


def _runs(on: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Stretches (start, stop) of what is true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], on, [False]]).astype(int)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
