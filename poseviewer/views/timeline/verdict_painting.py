"""The verdict strip: stretches in colour and hatch, and under it the line that says what failed, and why."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from poseviewer.analysis.verdict import Word
from poseviewer.app.theme import body_font, icon_pixmap
from poseviewer.bench.bench import Bench
from poseviewer.bench.verdicts import ICONS, TOKENS, Placed, Reason, reason
from poseviewer.render.palette import Palette
from poseviewer.views.parts.ink import tinted, write
from poseviewer.views.timeline.time_axis import TimeAxis
from poseviewer.views.timeline.track_layout import GUTTER, REASON, STRIP

_SLANTED, _LEVEL = 6.0, 4.0  # px from one line of a hatch to the next
_ICON, _GAP, _HOOK = 14.0, 5.0, 10.0
_LEAST = 12  # letters of a statistic that say something


class VerdictPainter:
    """Paints verdicts onto the tracks' resting picture; right: px where the time axis ends."""

    def __init__(self, painter: QPainter, colours: Palette, bench: Bench, axis: TimeAxis, right: float) -> None:
        self.painter, self.colours, self.bench, self.axis, self.right = painter, colours, bench, axis, right

    def strip(self, made: Placed) -> None:
        """A block a stretch: colour, hatch, and a line inside its edge. The caller clips it to the time axis."""
        for word, begin, end in made.verdicts.stretches:
            low, high = self.axis.x(made.time(begin - 0.5)), self.axis.x(made.time(end - 0.5))
            low, high = max(low, GUTTER - 2.0), min(high, self.right + 2.0)
            if high > low:
                self._block(QRectF(low, STRIP[0], high - low, STRIP[1]), word)

    def _block(self, box: QRectF, word: Word) -> None:
        painter, tokens, token = self.painter, self.colours.tokens, TOKENS[word]
        if word in ("not yet judged", "unlike"):
            painter.fillRect(box, tinted(tokens[token], 0.22 if word == "not yet judged" else 0.5))
        else:
            painter.fillRect(box, QColor(tokens[f"{token}_fill"]))
        painter.save()
        painter.setClipRect(box, Qt.ClipOperation.IntersectClip)
        if word in ("drifting", "both", "unlike"):
            self._hatch(box, lambda x: QLineF(x, box.bottom(), x + box.height(), box.top()), _SLANTED)
        if word == "both":
            self._hatch(box, lambda x: QLineF(x, box.top(), x + box.height(), box.bottom()), _SLANTED)
        if word == "collapsed":
            painter.setPen(QPen(tinted(tokens["panel"], 0.62), 1.2))
            y = box.top() + 3.0
            while y < box.bottom() - 1:
                painter.drawLine(QLineF(box.left(), y, box.right(), y))
                y += _LEVEL
        painter.restore()
        if word != "not yet judged" and box.width() > 3.0:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens[token]), 1.0))
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))

    def _hatch(self, box: QRectF, line: Callable[[float], QLineF], pitch: float) -> None:
        self.painter.setPen(QPen(tinted(self.colours.tokens["panel"], 0.62), 1.6))
        x = (box.left() - box.height()) // pitch * pitch  # counted from the widget's edge: it rests while it grows
        while x < box.right():
            self.painter.drawLine(line(x))
            x += pitch * 2**0.5

    def reason(self, made: Placed) -> bool:
        """What failed first and why, tied by a hook to its first frame; whether there is anything to say."""
        told = reason(self.bench, made)
        if told is None:
            return False
        word = told.word
        painter, tokens = self.painter, self.colours.tokens
        strong, plain = body_font(12, QFont.Weight.DemiBold), body_font(12)
        head = f"{told.side}: "
        before = _ICON + _GAP + QFontMetricsF(strong).horizontalAdvance(head)
        metrics, at = QFontMetricsF(plain), self.axis.x(made.time(told.onset - 0.5))
        wide = before + metrics.horizontalAdvance(told.words) + 2
        hook = min(max(at, GUTTER + 1.0), self.right - 1.0)
        left_room, right_room = hook - _HOOK - GUTTER, self.right - hook - _HOOK
        on_the_left = wide <= left_room or (wide > right_room and left_room > right_room)
        wide = min(wide, left_room if on_the_left else right_room)
        x = hook - _HOOK - wide if on_the_left else hook + _HOOK
        if GUTTER <= at <= self.right:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens[TOKENS[word]]), 1.2))
            end = hook - _HOOK + 4 if on_the_left else hook + _HOOK - 4
            bend = QPointF(round(hook) + 0.5, round(REASON) + 0.5)
            top = QPointF(bend.x(), STRIP[0] + STRIP[1])
            painter.drawPolyline(QPolygonF([top, bend, QPointF(end, bend.y())]))
        ratio = painter.device().devicePixelRatioF()
        icon = icon_pixmap(ICONS[word], tokens[TOKENS[word]], round(_ICON), ratio)
        painter.drawPixmap(QPointF(round(x), round(REASON - _ICON / 2)), icon)
        x += _ICON + _GAP
        write(painter, QRectF(x, REASON - 9, before, 18), head, tokens["text"], strong)
        x += QFontMetricsF(strong).horizontalAdvance(head)
        room = wide - before
        text = shortened(told, metrics, room + 1)
        write(painter, QRectF(x, REASON - 9, room + 2, 18), text, tokens["text"], plain)
        return True


def shortened(told: Reason, metrics: QFontMetricsF, room: float) -> str:
    """A reason in so many px: first what real motion has is left out, then the statistic's end; since
    when it is stays as long as anything does.
    """
    if metrics.horizontalAdvance(told.words) <= room:
        return told.words
    since = f", {told.since}"
    left = room - metrics.horizontalAdvance(since)
    if left < metrics.horizontalAdvance(told.told[:_LEAST]):
        return metrics.elidedText(told.since, Qt.TextElideMode.ElideRight, room)
    return metrics.elidedText(told.told, Qt.TextElideMode.ElideRight, left) + since
