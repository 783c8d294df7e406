"""The pairs as a list: a row for each joint of the target, with what it is made of and how that is known."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from poseviewer.app import theme
from poseviewer.app.session import Session
from poseviewer.render.palette import palette
from poseviewer.views.mapping.mapping import Mapping, Row
from poseviewer.views.parts.choice import choice_of_names
from poseviewer.views.parts.ink import write

ROW = 23
"""px of a row."""
_ICONS = {
    "by name": "circle-check", "by hand": "hand", "by place": "circle-question-mark", "interpolated": "spline",
    "missing": "triangle-alert",
}  # fmt: skip
_NONE = "none"


class PairList(QWidget):
    """decided: a joint of the target, and the one of the source that it is to be (-1 none); confirmed: a joint whose
    guessed pair is right. chosen, hovered: a row.
    """

    decided = Signal(int, int)
    confirmed = Signal(int)
    chosen = Signal(int)
    hovered = Signal(int)

    def __init__(self, session: Session, mapping: Mapping) -> None:
        super().__init__()
        self._session, self.mapping = session, mapping
        self.selected, self._under = -1, -1
        self._rows: list[Row] = []
        self.combo = choice_of_names("Joint of this rig", "The joint of this rig that it is")
        self.combo.setParent(self)
        self.combo.addItem(_NONE, -1)
        for joint, name in enumerate(mapping.source.joints):
            self.combo.addItem(name, joint)
        self.combo.hide()
        self.combo.currentIndexChanged.connect(self._choose)
        self.combo.installEventFilter(self)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Pairs")
        self.show_mapping(mapping)

    def sizeHint(self) -> QSize:
        return QSize(420, ROW * len(self._rows))

    def show_mapping(self, mapping: Mapping) -> None:
        """Show other pairs, or another target."""
        self.mapping, self._rows = mapping, mapping.rows()
        self.setFixedHeight(max(1, ROW * len(self._rows)))
        self.select(self.selected if self.selected < len(self._rows) else -1)

    def select(self, joint: int) -> None:
        """Put the choice of joints into a row; -1 none."""
        self.selected = joint
        self.combo.setVisible(joint >= 0)
        if joint >= 0:
            pair = self.mapping.found.pairs[joint]
            self.combo.setGeometry(self._column(joint, 1).adjusted(-9, 0, -6, 0))
            with QSignalBlocker(self.combo):
                self.combo.setCurrentIndex(0 if pair is None else 1 + pair.first)
        self.update()

    def row_box(self, joint: int) -> QRect:
        """Where a joint's row is."""
        return QRect(0, ROW * joint, self.width(), ROW)

    def _column(self, joint: int, column: int) -> QRect:
        edges = (14, int(0.28 * self.width()), int(0.67 * self.width()), self.width() - 8)
        return QRect(edges[column], ROW * joint, edges[column + 1] - edges[column], ROW)

    def _choose(self, row: int) -> None:
        self.decided.emit(self.selected, int(self.combo.itemData(row)))

    # mouse and keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel goes through the rows, and chooses no joint on its way."""
        if watched is self.combo and event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _joint_at(self, y: float) -> int:
        joint = int(y // ROW)
        return joint if 0 <= joint < len(self._rows) else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.chosen.emit(self._joint_at(event.position().y()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._joint_at(event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, joint: int) -> None:
        if joint != self._under:
            self._under = joint
            self.hovered.emit(joint)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.key() in steps:
            self.chosen.emit(min(max(self.selected + steps[Qt.Key(event.key())], 0), len(self._rows) - 1))
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.selected >= 0:
            self.decided.emit(self.selected, -1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selected in self.mapping.found.guessed:
            self.confirmed.emit(self.selected)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: object) -> None:
        self.select(self.selected)

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), palette(self._session.look.theme).tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row in self._rows:
            if self.row_box(row.joint).intersects(event.rect()):
                self._paint_row(painter, tokens, row)

    def _paint_row(self, painter: QPainter, tokens: dict[str, str], row: Row) -> None:
        box, weight = self.row_box(row.joint), QFont.Weight.Normal if row.settled else QFont.Weight.DemiBold
        if row.joint in (self.selected, self._under):
            painter.fillRect(box, QColor(tokens["raised" if row.joint == self.selected else "control"]))
        if row.joint == self.selected:
            painter.fillRect(QRect(0, box.top(), 2, ROW), QColor(tokens["accent"]))
        if row.joint and self._group(row.joint) != self._group(row.joint - 1):
            painter.fillRect(QRect(14, box.top(), self.width() - 22, 1), QColor(tokens["hairline"]))
        ink = tokens["text2" if row.settled else "text"]
        self._write(painter, self._column(row.joint, 0), row.name, tokens["text"], QFont.Weight.Normal)
        if row.joint != self.selected:
            self._write(painter, self._column(row.joint, 1), row.made_of or "-", ink, QFont.Weight.Normal)
        how = self._column(row.joint, 2)
        ratio = self.devicePixelRatioF()
        painter.drawPixmap(how.left(), how.top() + (ROW - 14) // 2, theme.icon_pixmap(_ICONS[row.how], ink, 14, ratio))
        words = "by place, Enter if so" if row.how == "by place" and row.joint == self.selected else row.how
        self._write(painter, how.adjusted(20, 0, 0, 0), words, ink, weight)

    def _write(self, painter: QPainter, box: QRect, text: str, ink: str, weight: QFont.Weight) -> None:
        painter.setFont(theme.body_font(12, weight))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, box.width() - 8)
        write(painter, QRectF(box), shown, ink, painter.font())

    def _group(self, joint: int) -> str:
        """The limb that a joint is of, by its name; none where the target's joints go to and fro between the sides."""
        if self.mapping.target.parents is None:
            return ""
        side, _, part = self._rows[joint].name.rpartition("_")
        return side + ("arm" if part in ("shoulder", "elbow", "wrist", "collar") else "")
