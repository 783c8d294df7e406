"""The words under the latent map: phrases that flow over as many lines as the dock's width makes them take."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from poseviewer.app.theme import body_font
from poseviewer.render.palette import Palette, palette
from poseviewer.views.parts.ink import write

Phrase = tuple[tuple[str, bool], ...]
"""Runs of text, each with whether it stands out: what was measured does, what it is called does not."""

LINE = 18
"""px from a line to the next one."""
HEIGHT = 27
"""px of one line with the room around it."""
_MOST = 3  # lines
_SIDE, _GAP = 12.0, 14.0  # px


class MapFoot(QWidget):
    """Lies over the map's lower edge and grows upwards: were it laid out, the map would move under the hand."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("What the map shows")
        self._phrases: tuple[Phrase, ...] = ()
        self._apart = False
        self._colours = palette("dark")
        self._lines: list[list[Phrase]] = []
        self._plain, self._strong = body_font(11), body_font(11, QFont.Weight.Medium)

    def tell(self, phrases: list[Phrase], colours: Palette, apart: bool = False) -> None:
        """Say phrases, the most important first. apart: the last of a line stands at its right end."""
        told = tuple(phrase for phrase in phrases if any(text for text, _ in phrase))
        self._phrases, self._colours, self._apart = told, colours, apart
        self.arrange()

    def arrange(self) -> None:
        """Fit into the parent's width, at its lower edge."""
        parent = self.parentWidget()
        wide = parent.width() if parent is not None else self.width()
        room, lines = wide - 2 * _SIDE, list[list[Phrase]]()
        for phrase in self._phrases:
            if lines and self._length([*lines[-1], phrase]) <= room:
                lines[-1].append(phrase)
            elif len(lines) < _MOST:
                lines.append([phrase])
        self._lines = lines
        said = [phrase for line in lines for phrase in line]
        whole = len(said) == len(self._phrases) and all(self._length([phrase]) <= room for phrase in said)
        self.setToolTip("" if whole else "<br>".join(escape(_text(phrase)) for phrase in self._phrases))
        self.setAccessibleDescription(", ".join(map(_text, self._phrases)))
        tall = HEIGHT + LINE * max(len(lines) - 1, 0)
        if parent is not None:
            self.setGeometry(0, parent.height() - tall, wide, tall)
        self.update()

    @property
    def words(self) -> list[str]:
        """What it says, line by line."""
        return [", ".join(map(_text, line)) for line in self._lines]

    def _length(self, line: list[Phrase]) -> float:
        return sum(self._width(run) for phrase in line for run in phrase) + _GAP * (len(line) - 1)

    def _width(self, run: tuple[str, bool]) -> float:
        return QFontMetricsF(self._strong if run[1] else self._plain).horizontalAdvance(run[0])

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._colours.tokens["panel"]))
        room = self.width() - 2 * _SIDE
        for number, line in enumerate(self._lines):
            middle = 5.0 + LINE * number + LINE / 2
            x = _SIDE
            for place, phrase in enumerate(line):
                if self._apart and place and place == len(line) - 1:
                    x = self.width() - _SIDE - self._length([phrase])
                x = self._paint(painter, phrase, x, middle, room) + _GAP

    def _paint(self, painter: QPainter, phrase: Phrase, x: float, middle: float, room: float) -> float:
        if self._length([phrase]) > room:  # the beginning says what it is, the end often which
            text = QFontMetricsF(self._plain).elidedText(_text(phrase), Qt.TextElideMode.ElideMiddle, room)
            phrase = ((text, False),)
        for text, strong in phrase:
            wide = self._width((text, strong))
            token, font = ("text", self._strong) if strong else ("text3", self._plain)
            write(painter, QRectF(x, middle - LINE / 2, wide + 2, LINE), text, self._colours.tokens[token], font)
            x += wide
        return x


def plain(text: str) -> Phrase:
    """A phrase in which nothing stands out."""
    return ((text, False),)


def _text(phrase: Phrase) -> str:
    return "".join(text for text, _ in phrase)
