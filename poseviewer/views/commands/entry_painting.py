"""A line of the command palette: icon, text with the letters that were typed, where it stands, its key or why not."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QIcon, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from poseviewer.app.session import Session
from poseviewer.app.theme import body_font, icon_pixmap
from poseviewer.render.palette import palette
from poseviewer.views.commands.entries import Entry, Found
from poseviewer.views.parts.ink import write

ROW = 28
"""px."""
_ICON, _TEXT, _RIGHT, _GAP = 14, 40, 14, 12  # px: where icon and text begin, what is free at the right and between
_SWATCH = 8
_FAINT = 0.7  # of what cannot be done now
_LEAST = 60.0  # px that are left for where an entry stands
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class EntryPainter(QStyledItemDelegate):
    """Paints rows whose data are `Found`."""

    def __init__(self, session: Session, rows: QListView) -> None:
        super().__init__(rows)
        self._session = session
        weight = QFont.Weight.DemiBold
        self._body, self._strong = body_font(12), body_font(12, weight)
        self._small, self._small_strong = body_font(11), body_font(11, weight)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(60, ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        found, box = index.data(), option.rect
        found = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(found, Found):
            return
        tokens, entry = palette(self._session.look.theme).tokens, found.entry
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if chosen or hovered:
            painter.fillRect(box, QColor(tokens["raised" if chosen else "control"]))
        if chosen:
            painter.fillRect(QRect(box.left(), box.top(), 2, box.height()), QColor(tokens["accent"]))
        quiet = tokens["text2" if chosen else "text3"]  # the quietest cannot be read on what is raised
        painter.save()
        painter.setOpacity(_FAINT if entry.why else 1.0)
        self._icon(painter, box, entry, tokens)
        right = float(box.right() - _RIGHT)
        if entry.key:
            right -= QFontMetricsF(self._small).horizontalAdvance(entry.key)
            write(painter, QRectF(right, box.top(), 120, ROW), entry.key, quiet, self._small)
            right -= _GAP
        x = float(box.left() + _TEXT)
        inks = (tokens["text" if chosen else "text2"], tokens["accent"])
        fonts = self._body, self._strong
        x = self._runs(painter, QRectF(x, box.top(), right - x - _LEAST, ROW), entry.text, found.marks, fonts, inks)
        behind = frozenset(mark - len(entry.text) - 1 for mark in found.marks)
        room = QRectF(x + _GAP, box.top(), right - x - _GAP, ROW)
        if entry.why:
            words = QFontMetricsF(self._small).elidedText(entry.why, Qt.TextElideMode.ElideRight, room.width())
            write(painter, room, words, quiet, self._small, Qt.AlignmentFlag.AlignRight)
        else:
            fonts = self._small, self._small_strong
            self._runs(painter, room, entry.about, behind, fonts, (quiet, inks[1]))
        painter.restore()

    def _icon(self, painter: QPainter, box: QRect, entry: Entry, tokens: dict[str, str]) -> None:
        y = box.center().y()
        if entry.colour is not None:
            colours = palette(self._session.look.theme)
            swatch = QRect(box.left() + _ICON + 4, y - _SWATCH // 2 + 1, _SWATCH, _SWATCH)
            painter.fillRect(swatch, QColor(colours.action(entry.colour)))
        elif isinstance(entry.icon, QIcon):
            entry.icon.paint(painter, QRect(box.left() + _ICON, y - 7, 16, 16))
        elif entry.icon:
            ratio = painter.device().devicePixelRatioF()
            painter.drawPixmap(box.left() + _ICON, y - 7, icon_pixmap(entry.icon, tokens["text2"], 16, ratio))

    def _runs(
        self,
        painter: QPainter,
        room: QRectF,
        text: str,
        marks: frozenset[int],
        fonts: tuple[QFont, QFont],
        inks: tuple[str, str],
    ) -> float:
        """Write a text, the marked letters stronger; gives where it ends. What has no room ends in dots."""
        x = room.left()
        for marked, letters in groupby(range(len(text)), key=lambda k: k in marks):
            run, font = "".join(text[k] for k in letters), fonts[marked]
            metrics, left = QFontMetricsF(font), room.right() - x
            wide = metrics.horizontalAdvance(run)
            if wide > left:
                run = metrics.elidedText(run, Qt.TextElideMode.ElideRight, left)
                wide = metrics.horizontalAdvance(run)
            painter.setFont(font)
            painter.setPen(QColor(inks[marked]))
            painter.drawText(QPointF(x, room.center().y() + metrics.capHeight() / 2), run)
            x += wide
            if wide > left or run.endswith("\N{HORIZONTAL ELLIPSIS}"):
                break
        return x
