"""The checkpoints on offer, under the library's clips."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from poseviewer.app import theme
from poseviewer.app.model_shelf import misfit
from poseviewer.app.session import Session
from poseviewer.render.palette import palette


class ModelList(QWidget):
    """The checkpoints on offer, one row each: kind, name, and a dot in its role's colour where it is at work."""

    rows_changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._text = ""
        self._hovered = -1
        self.setMouseTracking(True)
        self.setAccessibleName("Models")
        session.models_changed.connect(self._refresh)
        session.look_changed.connect(self.update)
        self._refresh()

    def set_filter(self, text: str) -> None:
        self._text = text.lower()
        self._refresh()

    def _rows(self) -> list[tuple[str, str, Path]]:
        rows = [(card.kind, short_name(path.stem, card.kind), path) for path, card in self._session.cards.items()]
        return [row for row in rows if self._text in row[1].lower() or self._text in row[0]]

    @property
    def note(self) -> str:
        """Why no model is shown; empty where one is."""
        if self._rows():
            return ""
        return "none matches the filter" if self._session.cards else "none yet: drop a .safetensors"

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
        for number, (kind, name, path) in enumerate(self._rows()):
            self._paint_row(painter, tokens, number, kind, name, path)

    def _paint_row(
        self, painter: QPainter, tokens: dict[str, str], number: int, kind: str, name: str, path: Path
    ) -> None:
        at_work = path in self._session.shelf.at_work.values()
        box = QRect(0, 24 + 22 * number, self.width(), 22)
        if at_work or number == self._hovered:
            painter.fillRect(box, QColor(tokens["raised" if at_work else "control"]))
        if at_work:
            painter.fillRect(QRect(0, box.top(), 2, 22), QColor(tokens["accent"]))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(tokens["text2" if at_work else "text3"]))
        painter.drawText(box.adjusted(8, 0, 0, 0), middle, kind)
        painter.setPen(QColor(tokens["text"]))
        words = box.adjusted(78, 0, -20, 0)
        painter.drawText(
            words, middle, painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, words.width())
        )
        if path == self._session.generator_path:
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

    def _tooltip(self, path: Path) -> str:
        card = self._session.cards[path]
        clip = self._session.bench.clip
        why = misfit(card, clip) if clip is not None else ""
        size = f", {card.latent}-D latent" if card.latent else ""
        rate = f", {card.fps:g} fps" if card.fps else ""
        return f"{path.stem}: {card.architecture}{size}, {card.skeleton.name}{rate}\n{why or 'Click to put it to work'}"

    def leaveEvent(self, event: object) -> None:
        self._hovered = -1
        self.update()

    def mousePressEvent(self, event: Any) -> None:
        row = int(event.position().y() - 24) // 22
        rows = self._rows()
        if 0 <= row < len(rows):
            self._session.use_model(rows[row][2])


def short_name(stem: str, kind: str) -> str:
    """A checkpoint's name beside its kind: "humanoid-generator-latent" of a generator is "humanoid latent"."""
    return stem.replace(f"-{kind}", "").replace("-", " ").strip() or stem
