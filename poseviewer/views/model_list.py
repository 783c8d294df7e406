"""The models on offer, under the library's clips."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from poseviewer.app import theme
from poseviewer.app.offers import Offer
from poseviewer.app.session import Session
from poseviewer.render.palette import palette

_INSTALLED = "installed"


class ModelList(QWidget):
    """One row each: kind, name, and a dot in its role's colour where it is at work; faint where it misfits the clip.

    An installed model is "installed" until it has been loaded: only its package knows its kind.
    """

    rows_changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._text = ""
        self._hovered = -1
        self.setMouseTracking(True)
        self.setAccessibleName("Models")
        session.models_changed.connect(self._refresh)
        session.clip_changed.connect(self.update)
        session.look_changed.connect(self.update)
        self._refresh()

    def set_filter(self, text: str) -> None:
        self._text = text.lower()
        self._refresh()

    def _rows(self) -> list[tuple[str, str, Offer]]:
        offers = self._session.offers.values()
        rows = [(offer.kind or _INSTALLED, short_name(offer.name, offer.kind), offer) for offer in offers]
        return [row for row in rows if self._text in row[1].lower() or self._text in row[0]]

    @property
    def note(self) -> str:
        """Why no model is shown; empty where one is."""
        if self._rows():
            return ""
        return "none matches the filter" if self._session.offers else "none yet: drop a .safetensors"

    def _refresh(self) -> None:
        self.setFixedHeight(26 + 22 * max(1, len(self._rows())))
        self.update()
        self.rows_changed.emit()

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def paintEvent(self, event: object) -> None:
        tokens = palette(self._session.look.theme).tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.body_font(11))
        painter.setPen(QColor(tokens["text3"]))
        painter.drawText(QRect(4, 2, 120, 20), Qt.AlignmentFlag.AlignVCenter, "Models")
        painter.setFont(theme.body_font())
        painter.drawText(QRect(4, 24, self.width() - 8, 22), Qt.AlignmentFlag.AlignVCenter, self.note)
        for number, (kind, name, offer) in enumerate(self._rows()):
            self._paint_row(painter, tokens, number, kind, name, offer)

    def _paint_row(
        self, painter: QPainter, tokens: dict[str, str], number: int, kind: str, name: str, offer: Offer
    ) -> None:
        at_work = self._session.shelf.is_at_work(offer)
        box = QRect(0, 24 + 22 * number, self.width(), 22)
        if at_work or number == self._hovered:
            painter.fillRect(box, QColor(tokens["raised" if at_work else "control"]))
        if at_work:
            painter.fillRect(QRect(0, box.top(), 2, 22), QColor(tokens["accent"]))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(tokens["text2" if at_work else "text3"]))
        painter.drawText(box.adjusted(8, 0, 0, 0), middle, kind)
        painter.setPen(QColor(tokens["text3" if self._misfit(offer) else "text"]))
        words = box.adjusted(78, 0, -20, 0)
        painter.drawText(
            words, middle, painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, words.width())
        )
        if offer.source == self._session.generator_source:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens["generated_a"]))
            painter.drawEllipse(box.right() - 14, box.center().y() - 3, 8, 8)

    def mouseMoveEvent(self, event: Any) -> None:
        hovered = int(event.position().y() - 24) // 22
        rows = self._rows()
        self.setToolTip(self._tooltip(rows[hovered][2]) if 0 <= hovered < len(rows) else "")
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()

    def _misfit(self, offer: Offer) -> str:
        clip = self._session.bench.clip
        return "" if clip is None else offer.misfit(clip)

    def _tooltip(self, offer: Offer) -> str:
        return f"{offer.about()}\n{self._misfit(offer) or 'Click to put it to work'}"

    def leaveEvent(self, event: object) -> None:
        self._hovered = -1
        self.update()

    def mousePressEvent(self, event: Any) -> None:
        row = int(event.position().y() - 24) // 22
        rows = self._rows()
        if event.button() == Qt.MouseButton.LeftButton and 0 <= row < len(rows):
            self._session.use_model(rows[row][2].source)


def short_name(name: str, kind: str) -> str:
    """A model's name beside its kind: "humanoid-generator-latent" of a generator is "humanoid latent"."""
    return name.replace(f"-{kind}", "").replace("-", " ").strip() or name if kind else name
