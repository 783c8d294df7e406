"""The models on offer, under the library's clips."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QWidget

from poseviewer.app import theme
from poseviewer.app.offers import Offer, Source, folders_apart
from poseviewer.app.session import Session
from poseviewer.bench.lane import KINDS
from poseviewer.render.palette import palette
from poseviewer.views.parts.lane_key import paint_marker
from poseviewer.views.parts.plain import plain_tip

_INSTALLED = "installed"
_KINDS = ("generator", "embedding", "classifier")
_TOP, _ROW, _HEAD = 24, 22, 26  # px: where the first row begins, a row, and what is not rows
_NAME = 76  # px: where the names begin
_MARK = 12.0  # px of a lane's mark, with what lies between two
_FAINT = 0.7
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_Row = tuple[str, str, Offer]  # its kind, its name beside it, and itself


class ModelList(QWidget):
    """One row each: kind, name, and its lane's mark where it is at work; a right click has its menu.

    Those that read the clip come first. The others are faint, and their tooltips say why they do not. An installed
    model is "installed" until it has been loaded: only its package knows its kind.
    """

    rows_changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._text = ""
        self._hovered = -1
        self._ranked: list[_Row] = []
        self._misfits: dict[Source, str] = {}
        self.setMouseTracking(True)
        self.setAccessibleName("Models")
        session.models_changed.connect(self._refresh)
        session.clip_changed.connect(self._refresh)
        session.look_changed.connect(self.update)
        self._refresh()

    def set_filter(self, text: str) -> None:
        self._text = text.lower()
        self._refresh()

    def height_of(self, rows: int) -> int:
        """px that the head and so many rows take."""
        return _HEAD + _ROW * rows

    def _rows(self) -> list[_Row]:
        return [row for row in self._ranked if self._text in row[1].lower() or self._text in row[0]]

    @property
    def note(self) -> str:
        """Why no model is shown; empty where one is."""
        if self._rows():
            return ""
        return "none matches the filter" if self._ranked else "none yet: drop a .safetensors"

    def _refresh(self) -> None:
        clip, offers = self._session.bench.clip, list(self._session.offers.values())
        self._misfits = {offer.source: "" if clip is None else offer.misfit(clip) for offer in offers}
        folders = folders_apart(offers)
        rows = [(offer.kind or _INSTALLED, offer.beside(folders[offer.source]), offer) for offer in offers]
        self._ranked = sorted(rows, key=lambda row: self._rank(row[2]))
        height = self.height_of(max(1, len(self._rows())))
        if height != self.height() or self.minimumHeight() != height:
            self.setFixedHeight(height)
            self.rows_changed.emit()
        self.update()

    def _rank(self, offer: Offer) -> tuple[int, int]:
        """What reads the clip as it is, what reads a view of it or may do so, what does not; generators first."""
        fit = 2 if self._misfits[offer.source] else 0 if offer.reads_as_it_is(self._session.bench.clip) else 1
        return fit, _KINDS.index(offer.kind) if offer.kind in _KINDS else len(_KINDS)

    def sizeHint(self) -> QSize:
        return QSize(180, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = palette(self._session.look.theme).tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.body_font(11))
        painter.setPen(QColor(tokens["text3"]))
        head, rows = QRect(4, 2, self.width() - 14, 20), self._rows()
        painter.drawText(head, _MIDDLE, "Models")
        fitting = sum(not self._misfits[offer.source] for _, _, offer in rows)
        if self._session.bench.clip is not None and fitting < len(rows):
            painter.drawText(head, _MIDDLE | Qt.AlignmentFlag.AlignRight, f"{fitting} of {len(rows)} fit the clip")
        painter.setFont(theme.body_font())
        painter.drawText(QRect(4, _TOP, self.width() - 8, _ROW), _MIDDLE, self.note)
        for number, row in enumerate(rows):
            box = QRect(0, _TOP + _ROW * number, self.width(), _ROW)
            if box.intersects(event.rect()):
                self._paint_row(painter, tokens, box, number == self._hovered, row)

    def _paint_row(self, painter: QPainter, tokens: dict[str, str], box: QRect, hovered: bool, row: _Row) -> None:
        kind, name, offer = row
        at_work, misfit = self._session.shelf.is_at_work(offer), bool(self._misfits[offer.source])
        if at_work or hovered:
            painter.fillRect(box, QColor(tokens["raised" if at_work else "control"]))
        if at_work:
            painter.fillRect(QRect(0, box.top(), 2, _ROW), QColor(tokens["accent"]))
        painter.setOpacity(_FAINT if misfit else 1.0)
        painter.setPen(QColor(tokens["text2" if at_work else "text3"]))
        painter.drawText(box.adjusted(8, 0, 0, 0), _MIDDLE, kind)
        painter.setPen(QColor(tokens["text3" if misfit else "text"]))
        leads = [role for role, kind in KINDS.items() if self._session.at_work.get(kind) == offer.source]
        words = box.adjusted(_NAME, 0, -round(6 + _MARK * len(leads)), 0)
        name = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, words.width())
        painter.drawText(words, _MIDDLE, name)
        painter.setOpacity(1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        for place, role in enumerate(reversed(leads), 1):
            painter.setBrush(QColor(tokens[role]))
            at = QPointF(box.right() + 3.0 - _MARK * place, box.top() + _ROW / 2)
            paint_marker(painter, at, 4.0, role)

    # the mouse

    def _row_at(self, y: float) -> int:
        return int(y - _TOP) // _ROW if y >= _TOP else -1

    def _offer_at(self, y: float) -> Offer | None:
        row, rows = self._row_at(y), self._rows()
        return rows[row][2] if 0 <= row < len(rows) else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        y = event.position().y()
        offer = self._offer_at(y)
        self.setToolTip("" if offer is None else plain_tip(self._tooltip(offer)))
        if self._row_at(y) != self._hovered:
            self._hovered = self._row_at(y)
            self.update()

    def _tooltip(self, offer: Offer) -> str:
        return f"{offer.about()}\n{self._misfits[offer.source] or 'Click to put it to work'}"

    def leaveEvent(self, event: object) -> None:
        self._hovered = -1
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        offer = self._offer_at(event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and offer is not None:
            self._session.use_model(offer.source)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        offer = self._offer_at(event.pos().y())
        if offer is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Put to work", lambda: self._session.use_model(offer.source))
        if offer.kind == "generator":
            beside = "Put to work beside it, as B"
            menu.addAction(beside, lambda: self._session.use_model(offer.source, role="generated_b"))
        menu.addAction("Copy its name", lambda: QGuiApplication.clipboard().setText(str(offer.source)))
        menu.popup(event.globalPos())
