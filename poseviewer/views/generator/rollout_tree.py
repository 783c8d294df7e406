"""The clip's rollouts as a tree: a branch under what it left. A click looks, a double click renames, Delete removes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QKeySequence, QPainter, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from poseviewer.app import theme
from poseviewer.app.seldom import Seldom
from poseviewer.app.session import Session
from poseviewer.bench.lane import FIRST, Lane
from poseviewer.bench.rollouts import ClipKey, Kept
from poseviewer.bench.verdicts import ICONS, TOKENS
from poseviewer.bench.words import signed
from poseviewer.render.palette import Role, palette
from poseviewer.views.parts.lane_key import paint_key
from poseviewer.views.parts.plain import plain_tip

_KEPT = Qt.ItemDataRole.UserRole
_ROW, _LEAST_ROWS, _MOST_ROWS = 22, 3, 8
_NAME, _VERDICT, _FRAMES = range(3)
_BESIDE = 34  # px of a row that are not its name
_WORDS, _ICON, _COUNT = 108, 22, 56  # px across: a verdict, its icon alone, a number of frames


class RolloutTree(QTreeWidget):
    """What has been generated from the clip on the bench, whatever the seed and the model."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows: list[tuple[int, Kept]] = []
        self.shown: list[QTreeWidgetItem] = []
        """An item a row."""
        self.setAccessibleName("Rollouts")
        self.setHeaderLabels(["Rollouts", "verdict", "frames"])
        self.headerItem().setTextAlignment(_FRAMES, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setIndentation(14)
        self.setUniformRowHeights(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setItemDelegate(_Rows(session, self))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask)
        head = self.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in ((_VERDICT, _WORDS), (_FRAMES, _COUNT)):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            head.resizeSection(column, width)
        self.itemClicked.connect(lambda item: self._show(item))
        self.itemChanged.connect(self._renamed)
        for key in (QKeySequence.StandardKey.Delete, QKeySequence(Qt.Key.Key_Backspace)):
            shortcut = QShortcut(key, self)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(self._remove)
        self._seldom = Seldom(self, self.refresh, lambda: session.stepper.running)
        session.rollout_changed.connect(self._seldom.ask)
        session.stepper.running_changed.connect(self._seldom.ask)
        for signal in (session.clip_changed, session.keeping.changed, session.models_changed):
            signal.connect(self.refresh)
        session.verdicts_changed.connect(self.viewport().update)
        session.look_changed.connect(self.viewport().update)
        self.refresh()

    def sizeHint(self) -> QSize:
        rows = max(_LEAST_ROWS, min(_MOST_ROWS, len(self._rows)))
        return QSize(260, 22 + _ROW * rows + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 22 + _ROW * _LEAST_ROWS)

    def refresh(self) -> None:
        """Fill it anew where other rollouts are kept; of those that grow or are renamed only the words change: an item
        whose name is being edited must outlive that.
        """
        bench, kept = self._session.bench, self._session.keeping.rollouts
        rows = [] if bench.clip is None else kept.tree(ClipKey.of(bench.dataset, bench.clip_index))
        rows = [(depth, one) for depth, one in rows]
        before, self._rows = self._rows, rows
        with QSignalBlocker(self):
            if [(depth, one.key) for depth, one in before] == [(depth, one.key) for depth, one in rows]:
                for item, (_, one) in zip(self.shown, rows, strict=True):
                    self._write(item, one)
            else:
                self._fill()
                self.updateGeometry()
            if [one.title for _, one in before] != [one.title for _, one in rows]:
                self._share()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        """Names have the room that they need; where little is left verdicts are icons alone."""
        metrics, step = QFontMetrics(theme.body_font()), self.indentation()
        names = (metrics.horizontalAdvance(kept.title) + step * (depth + 1) for depth, kept in self._rows)
        left = self.viewport().width() - _COUNT - _BESIDE - max(names, default=0)
        width = max(_ICON, min(_WORDS, left))
        self.header().resizeSection(_VERDICT, width)
        self.headerItem().setText(_VERDICT, "verdict" if width > _WORDS // 2 else "")

    def viewportEvent(self, event: QEvent) -> bool:
        item = self.itemAt(event.pos()) if isinstance(event, QHelpEvent) else None
        if item is not None:  # what a narrow column does not say is in the tooltip, as it is now
            with QSignalBlocker(self):
                self._write(item, item.data(_NAME, _KEPT))
        return super().viewportEvent(event)

    def _fill(self) -> None:
        self.shown = []
        self.clear()
        above: list[QTreeWidgetItem] = []
        for depth, kept in self._rows:
            item = QTreeWidgetItem()
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setTextAlignment(_FRAMES, Qt.AlignmentFlag.AlignRight)
            self._write(item, kept)
            del above[depth:]
            if above:
                above[-1].addChild(item)
            else:
                self.addTopLevelItem(item)
            above.append(item)
            self.shown.append(item)
        self.expandAll()

    def _write(self, item: QTreeWidgetItem, kept: Kept) -> None:
        item.setData(_NAME, _KEPT, kept)
        item.setText(_NAME, kept.title)
        item.setText(_FRAMES, str(kept.rollout.length))
        said = said_of(self._session, kept)[1]
        for column in range(3):
            item.setToolTip(column, plain_tip(f"{kept.words()}\n{said}\nDouble click renames, Delete removes"))

    # what a person does

    def _show(self, item: QTreeWidgetItem) -> None:
        kept = item.data(_NAME, _KEPT)
        if lane_of(self._session, kept) is None:
            self._session.keeping.show(kept)

    def _renamed(self, item: QTreeWidgetItem, column: int) -> None:
        if column == _NAME:
            self._session.rename(item.data(_NAME, _KEPT), item.text(_NAME))
            self.refresh()  # a name that was wiped out is the old one again

    def _remove(self) -> None:
        item = self.currentItem()
        if item is not None:
            self._session.drop(item.data(_NAME, _KEPT))

    def _ask(self, at: QPoint) -> None:
        item = self.itemAt(at)
        if item is None:
            return
        self.setCurrentItem(item)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Show", lambda: self._show(item))
        menu.addAction("Rename", lambda: self.editItem(item, _NAME))
        menu.addSeparator()
        menu.addAction("Remove", self._remove)
        menu.popup(self.viewport().mapToGlobal(at))


def lane_of(session: Session, kept: Kept) -> Lane | None:
    """The lane that shows a kept rollout; None where none does."""
    return next((lane for lane in session.bench.lanes if lane.rollout is kept.rollout), None)


def said_of(session: Session, kept: Kept) -> tuple[tuple[str, str] | None, str]:
    """Icon with its colour, and words, of what a rollout is judged to be."""
    said = session.judging.said_of(kept.rollout)
    if said is None or not len(said):
        return None, "not judged"
    verdict = said.verdict()
    words = verdict.word if verdict.onset is None else f"from {signed(verdict.onset + 1)}"
    return (ICONS[verdict.word], TOKENS[verdict.word]) if ICONS[verdict.word] else None, words


class _Rows(QStyledItemDelegate):
    """A row: what shows it, its name, what it is called, how long it is."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(40, _ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        session, tokens = self._session, palette(self._session.look.theme).tokens
        box: QRect = option.rect
        kept: Kept = index.sibling(index.row(), _NAME).data(_KEPT)
        lane = lane_of(session, kept)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if lane is not None:
            painter.fillRect(box, QColor(tokens["raised"]))
        painter.setFont(theme.body_font())
        middle = Qt.AlignmentFlag.AlignVCenter
        if index.column() == _NAME:
            if lane is not None:
                painter.fillRect(QRect(box.left(), box.top(), 2, box.height()), QColor(tokens["accent"]))
            role = lane.role if lane is not None else self._made_by(kept)
            faded = QColor(tokens[role or "text3"])
            faded.setAlphaF(1.0 if lane is not None else 0.6)
            paint_key(painter, box.adjusted(6, 3, 6 + 18 - box.width(), -3), role or FIRST, faded)
            painter.setPen(QColor(tokens["text" if lane is not None else "text2"]))
            room = box.adjusted(30, 0, -4, 0)
            words = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideMiddle, room.width())
            painter.drawText(room, middle, words)
        elif index.column() == _VERDICT:
            icon, words = said_of(session, kept)
            painter.setPen(QColor(tokens["text2" if icon else "text3"]))
            if icon:
                name, token = icon
                painter.drawPixmap(QPoint(box.left(), box.top() + 3), theme.icon_pixmap(name, tokens[token], 16, 2.0))
            if painter.fontMetrics().horizontalAdvance(words) <= box.width() - 20:
                painter.drawText(box.adjusted(20, 0, 0, 0), middle, words)
        else:
            painter.setPen(QColor(tokens["text2"]))
            painter.drawText(box.adjusted(0, 0, -6, 0), middle | Qt.AlignmentFlag.AlignRight, str(index.data()))
        painter.restore()

    def _made_by(self, kept: Kept) -> Role | None:
        """The role of a lane whose generator made it; None where none did."""
        lanes = self._session.bench.focused_first
        return next((lane.role for lane in lanes if lane.generator is kept.rollout.generator), None)
