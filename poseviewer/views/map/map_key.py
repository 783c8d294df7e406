"""The line over the latent map that says what its points' colours mean."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QLinearGradient, QMouseEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from poseviewer.app.theme import body_font
from poseviewer.bench.map.legend import OTHER, LegendKey, LegendScale
from poseviewer.render.palette import Palette, palette
from poseviewer.text import counted
from poseviewer.views.parts.ink import fill, write

_HEIGHT, _SIDE, _GAP = 20, 12.0, 12.0  # px
_DOT, _AFTER_DOT = 7.0, 5.0
_LONGEST = 150.0  # px of a name, the others should be seen too
_SCALE = 120.0


class MapKey(QWidget):
    """As many names as the width has room for, and how many more there are. lit: the group under the mouse, or None."""

    lit = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName("What the colours mean")
        self._keys: tuple[LegendKey, ...] = ()
        self._scale: LegendScale | None = None
        self._steps: tuple[QColor, ...] = ()
        self._colours = palette("dark")
        self._font = body_font(11)
        self._over: int | None = None
        self._told: object = None

    def tell(
        self,
        keys: tuple[LegendKey, ...],
        colours: Palette,
        scale: LegendScale | None = None,
        steps: tuple[QColor, ...] = (),
    ) -> None:
        """Show what groups of points are called, or a scale of colours with its steps."""
        told = keys, colours, scale, steps
        if told == self._told:
            return
        self._told, (self._keys, self._colours, self._scale, self._steps) = told, told
        self.setVisible(bool(keys or scale))
        self.setAccessibleDescription(", ".join(key.name for key in keys) if scale is None else scale.said)
        self._light(None)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    # where things stand

    def chips(self) -> list[tuple[QRectF, LegendKey]]:
        """What is shown, and where."""
        found: list[tuple[QRectF, LegendKey]] = []
        x, end = _SIDE, self.width() - _SIDE
        for number, key in enumerate(self._keys):
            left = len(self._keys) - number - 1
            rest = self._width(_more(left)) + _GAP if left else 0.0
            wide = _DOT + _AFTER_DOT + min(self._width(key.name), _LONGEST)
            if x + wide + rest > end:
                if found:
                    break
                wide = max(end - x - rest, 40.0)  # the first name is elided rather than left out
            found.append((QRectF(x, 0, wide, _HEIGHT), key))
            x += wide + _GAP
        return found

    def _width(self, text: str) -> float:
        return QFontMetricsF(self._font).horizontalAdvance(text)

    # painting

    def paintEvent(self, event: object) -> None:
        painter, tokens = QPainter(self), self._colours.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._scale is not None:
            self._paint_scale(painter, self._scale, tokens["text2"])
            return
        chips = self.chips()
        for box, key in chips:
            fill(painter, self._colours.action(key.group) if key.group != OTHER else tokens["text3"])
            painter.drawEllipse(QRectF(box.left(), box.center().y() - _DOT / 2, _DOT, _DOT))
            words = box.adjusted(_DOT + _AFTER_DOT, 0, 1, 0)
            name = QFontMetricsF(self._font).elidedText(key.name, Qt.TextElideMode.ElideMiddle, words.width())
            write(painter, words, name, tokens["text" if key.group == self._over else "text2"], self._font)
        left = len(self._keys) - len(chips)
        if left:
            x = chips[-1][0].right() + _GAP if chips else _SIDE
            write(painter, QRectF(x, 0, self.width() - x, _HEIGHT), _more(left), tokens["text3"], self._font)

    def _paint_scale(self, painter: QPainter, scale: LegendScale, colour: str) -> None:
        x = _SIDE
        if scale.begin:
            wide = self._width(scale.begin)
            write(painter, QRectF(x, 0, wide + 1, _HEIGHT), scale.begin, colour, self._font)
            x += wide + _AFTER_DOT
            gradient = QLinearGradient(x, 0, x + _SCALE, 0)
            for number, step in enumerate(self._steps):
                gradient.setColorAt(number / max(len(self._steps) - 1, 1), step)
            painter.fillRect(QRectF(x, (_HEIGHT - _DOT) / 2, _SCALE, _DOT), gradient)
            x += _SCALE + _AFTER_DOT
        room = self.width() - x
        words = QFontMetricsF(self._font).elidedText(scale.end, Qt.TextElideMode.ElideRight, room)
        write(painter, QRectF(x, 0, room, _HEIGHT), words, colour, self._font)

    # the mouse

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip(event.pos().x()), self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        key = self._at(event.position().x())
        self._light(None if key is None else key.group)

    def leaveEvent(self, event: object) -> None:
        self._light(None)

    def _at(self, x: float) -> LegendKey | None:
        return next((key for box, key in self.chips() if box.left() - 2 <= x <= box.right() + 2), None)

    def _tip(self, x: float) -> str:
        """Of a name its frames, behind the names those that have no room; of a scale what it is."""
        if self._scale is not None:
            return escape(self._scale.said)
        key, chips = self._at(x), self.chips()
        told = [key] if key is not None else [] if chips and x < chips[-1][0].right() else self._keys[len(chips) :]
        return "<br>".join(f"{escape(key.name)}, {counted(key.frames, 'frame')}" for key in told)

    def _light(self, group: int | None) -> None:
        if group != self._over:
            self._over = group
            self.lit.emit(group)
            self.update()


def _more(count: int) -> str:
    return f"+{count} more"
