"""The library's rows: how clips are drawn, picked by a person, and told of."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QTreeView,
)

from poseviewer.app import theme
from poseviewer.app.session import Session
from poseviewer.render.palette import palette
from poseviewer.text import compact, counted
from poseviewer.views.parts.plain import plain_tip

DATASET, CLIP, ACTION, ABOUT = (Qt.ItemDataRole.UserRole + i for i in range(4))
"""Of a clip's row: its dataset and index. Of an action's: its number. Of any: what the tooltip says more than usual."""
ROW = 22
"""px, as the other sizes."""
_SWATCH, _RIGHT = 8, 8
_COUNT = "8\N{THIN SPACE}888"  # is always as wide as it may get

Index = QModelIndex | QPersistentModelIndex


def cut(index: Index, metrics: QFontMetrics, room: int) -> str:
    """A row's name in so many px: clips of an action begin alike and are told apart by how they end."""
    of_action = index.data(CLIP) is not None and index.parent().data(ACTION) is not None
    mode = Qt.TextElideMode.ElideLeft if of_action else Qt.TextElideMode.ElideMiddle
    return metrics.elidedText(str(index.data()), mode, room)


class _RowPainter(QStyledItemDelegate):
    """Paints swatch or icon, name, and the frames right-aligned; an accent bar marks the selected row."""

    def __init__(self, session: Session, tree: QTreeView) -> None:
        super().__init__(tree)
        self._session = session

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = palette(self._session.look.theme)
        tokens = colours.tokens
        rect: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(rect, QColor(tokens["raised"]))
        if index.column() == 1:
            painter.setPen(QColor(tokens["text2" if selected else "text3"]))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(rect.adjusted(0, 0, -_RIGHT, 0), right, compact(index.data()))
            return
        left = rect.left() + 2
        action = index.data(ACTION)
        if action is not None:
            box = QRect(left + 2, rect.center().y() - _SWATCH // 2 + 1, _SWATCH, _SWATCH)
            painter.fillRect(box, QColor(colours.action(int(action))))
            left += _SWATCH + 8
        elif index.data(Qt.ItemDataRole.DecorationRole):
            ratio = painter.device().devicePixelRatioF()
            pixmap: QPixmap = theme.icon_pixmap("database", tokens["text2"], 14, ratio)
            painter.drawPixmap(left, rect.center().y() - 7, pixmap)
            left += 20
        words = QRect(left, rect.top(), rect.right() - left, rect.height())
        if index.data(CLIP) is not None and self._session.keeping.of_clip(index.data(DATASET), index.data(CLIP)):
            words.adjust(0, 0, -14, 0)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens["generated_a"]))
            painter.drawEllipse(rect.right() - 10, rect.center().y() - 2, 6, 6)
        painter.setPen(QColor(tokens["text"]))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, cut(index, painter.fontMetrics(), words.width()))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(60, ROW)

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        if not index.isValid():
            return super().helpEvent(event, view, option, index)
        row = index.model().sibling(index.row(), 0, index)
        frames = index.model().sibling(index.row(), 1, index).data()
        words = row.data(ABOUT) or f"{row.data()}\n{counted(frames, 'frame')}"
        QToolTip.showText(event.globalPos(), plain_tip(words), view)
        return True


class ClipTree(QTreeView):
    """Draws its own chevrons: a style sheet cannot tint an icon.

    picked: a person went to a row, by the left button or the keyboard; a filter or another session's news never does.
    """

    picked = Signal(QModelIndex)

    def __init__(self, session: Session) -> None:
        super().__init__(headerHidden=True, uniformRowHeights=True, indentation=14, expandsOnDoubleClick=False)
        self._session = session
        self.setAccessibleName("Clips")
        self.setItemDelegate(_RowPainter(session, self))
        self.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setIconSize(QSize(0, 0))

    def size_columns(self, most: int) -> None:
        """The frames as wide as the largest count of them; the names get the rest."""
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(1, self.fontMetrics().horizontalAdvance(max(compact(most), _COUNT, key=len)) + _RIGHT + 4)

    def _by_hand(self, handle: Callable[..., None], event: QMouseEvent | QKeyEvent) -> None:
        before = self.currentIndex()
        handle(event)
        if self.currentIndex() != before:
            self.picked.emit(self.currentIndex())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:  # the right one opens a menu and selects nothing
            self._by_hand(super().mousePressEvent, event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._by_hand(super().mouseMoveEvent, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._by_hand(super().keyPressEvent, event)

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        tokens = palette(self._session.look.theme).tokens
        if self.selectionModel().isRowSelected(index.row(), index.parent()):
            painter.fillRect(rect, QColor(tokens["raised"]))
            painter.fillRect(QRect(0, rect.top(), 2, rect.height()), QColor(tokens["accent"]))
        if index.model().hasChildren(index):
            name = "chevron-down" if self.isExpanded(index) else "chevron-right"
            pixmap = theme.icon_pixmap(name, tokens["text3"], 14, self.devicePixelRatioF())
            painter.drawPixmap(rect.right() - 14, rect.center().y() - 6, pixmap)
