"""The library: datasets, their actions and clips with a filter; the models below."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QIcon,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPixmap,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QScrollArea,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from poseviewer.app import theme
from poseviewer.app.session import Session
from poseviewer.motion.actions import action_name
from poseviewer.render.palette import palette
from poseviewer.views.model_list import ModelList
from poseviewer.views.panel import Panel
from poseviewer.views.tooltips import plain_tip

if TYPE_CHECKING:
    from poseviewer.data.dataset import Dataset

_DATASET, _CLIP, _ACTION = (Qt.ItemDataRole.UserRole + i for i in range(3))
_SWATCH = 8
_UNNAMED = "other"
_MODELS_AT_MOST = 184  # px; more models scroll

Index = QModelIndex | QPersistentModelIndex


class LibraryView(Panel):
    """Reads the session's datasets and models; a click puts a clip on the bench or a model to work."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._model = QStandardItemModel(0, 2, self)
        self._filter = _Filter(self)
        self._filter.setSourceModel(self._model)
        self._field = _Field(placeholderText="Filter clips, actions, models", clearButtonEnabled=True)
        self._field.setAccessibleName("Filter")
        self._expanded: list[QPersistentModelIndex] | None = None  # source rows, from before the filter had a text
        self._tree = _tree(session)
        self._tree.setModel(self._filter)
        self._tree.setAccessibleName("Clips")
        self._tree.setItemDelegate(_Row(session, self._tree))
        self._models = ModelList(session)
        self._models_area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        self._models_area.setWidget(self._models)
        self._models.rows_changed.connect(self._fit_models)
        self._fit_models()
        self._hint = QLabel("Drop clips or checkpoints anywhere")
        self._hint.setProperty("quiet", True)
        self._hint.setMinimumWidth(1)  # it is cut rather than keeping the dock wide
        self._hint_icon = QLabel()
        self._lay_out()
        self._field.textChanged.connect(self._filtered)
        self._tree.picked.connect(self._chosen)
        self._tree.doubleClicked.connect(self._isolate)
        session.datasets_changed.connect(self._rebuild)
        session.look_changed.connect(self._retint)
        session.clip_changed.connect(self._follow)
        session.keeping.changed.connect(self._tree.viewport().update)
        self._retint()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 0)
        layout.setSpacing(8)
        layout.addWidget(self._field)
        head = QHBoxLayout()
        head.setContentsMargins(4, 0, 12, 0)
        for text in ("Clips", "frames"):
            label = QLabel(text)
            label.setProperty("quiet", True)
            head.addWidget(label)
            if text == "Clips":
                head.addStretch()
        layout.addLayout(head)
        layout.addWidget(self._tree, 1)
        line = QFrame()
        line.setFixedHeight(1)
        line.setStyleSheet("background: palette(mid);")
        layout.addWidget(line)
        layout.addWidget(self._models_area)
        foot = QHBoxLayout()
        foot.setContentsMargins(4, 2, 4, 10)
        foot.setSpacing(8)
        foot.addWidget(self._hint_icon)
        foot.addWidget(self._hint, 1)
        layout.addLayout(foot)

    def _fit_models(self) -> None:
        self._models_area.setFixedHeight(min(self._models.height(), _MODELS_AT_MOST))

    def title_actions(self) -> list[QAction]:
        return []

    def focus_filter(self) -> None:
        """Put the cursor into the filter."""
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()

    # filling

    def _rebuild(self) -> None:
        self._model.clear()
        self._model.setColumnCount(2)
        for dataset in self._session.bench.datasets:
            self._model.appendRow(self._dataset_row(dataset))
        self._size_columns()
        self._follow()
        for row in range(self._filter.rowCount()):
            self._tree.expand(self._filter.index(row, 0))
        if self._field.text():
            tops = (self._model.index(row, 0) for row in range(self._model.rowCount()))
            self._expanded = [QPersistentModelIndex(top) for top in tops]
            self._tree.expandAll()

    def _dataset_row(self, dataset: Dataset) -> list[QStandardItem]:
        top = _row(dataset.path.name if dataset.path is not None else dataset.name, dataset.frames)
        top[0].setData("database", Qt.ItemDataRole.DecorationRole)
        top[0].setToolTip(plain_tip(_about(dataset)))
        groups: dict[str, list[tuple[int, str, int]]] = {}
        for index, info in enumerate(dataset.infos):
            groups.setdefault(action_name(info.action) or _UNNAMED, []).append((index, info.name, info.frames))
        flat = len(groups) == 1 and _UNNAMED in groups
        for number, (action, clips) in enumerate(groups.items()):
            parent = top
            if not flat:
                parent = _row(action, sum(frames for _, _, frames in clips))
                parent[0].setData(number, _ACTION)
                top[0].appendRow(parent)
            for index, name, frames in clips:
                row = _row(name, frames)
                row[0].setData(index, _CLIP)
                row[0].setData(dataset, _DATASET)
                parent[0].appendRow(row)
        return top

    def _size_columns(self) -> None:
        header = self._tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(1, 56)

    def _retint(self) -> None:
        colours = palette(self._session.look.theme)
        self._hint_icon.setPixmap(theme.icon_pixmap("import", colours.tokens["text3"], 14, self.devicePixelRatioF()))
        search = theme.icon("search", colours, "text3")
        for action in self._field.actions():
            if action.objectName() == "search":
                self._field.removeAction(action)
        added = self._field.addAction(search, QLineEdit.ActionPosition.LeadingPosition)
        added.setObjectName("search")
        self._tree.viewport().update()

    # choosing

    def _chosen(self, current: QModelIndex) -> None:
        index = current.siblingAtColumn(0).data(_CLIP)
        dataset = current.siblingAtColumn(0).data(_DATASET)
        bench = self._session.bench
        if index is not None and (dataset, index) != (bench.dataset, bench.clip_index):
            self._session.select_clip(dataset, index)

    def _isolate(self, index: QModelIndex) -> None:
        """A double click on an action leaves only it; once more brings the others back."""
        if index.siblingAtColumn(0).data(_ACTION) is not None:
            name = str(index.siblingAtColumn(0).data())
            self._field.setText("" if self._field.text() == name else name)

    def _follow(self) -> None:
        """Select the clip that lies on the bench, and bring it into sight."""
        self._mark()
        if self._tree.currentIndex().isValid():
            self._tree.scrollTo(self._tree.currentIndex())

    def _mark(self) -> None:
        """Select the clip that lies on the bench; no row where the filter hides it."""
        bench = self._session.bench
        found = self._find(bench.dataset, bench.clip_index)
        proxy = QModelIndex() if found is None else self._filter.mapFromSource(found.index())
        self._tree.setCurrentIndex(proxy)

    def _find(self, dataset: Dataset | None, index: int) -> QStandardItem | None:
        stack = [self._model.item(row) for row in range(self._model.rowCount())]
        while stack:
            item = stack.pop()
            if item.data(_CLIP) == index and item.data(_DATASET) is dataset:
                return item
            stack += [item.child(row) for row in range(item.rowCount())]
        return None

    def _filtered(self, text: str) -> None:
        if text and self._expanded is None:
            rows = self._parents()
            self._expanded = [
                QPersistentModelIndex(r) for r in rows if self._tree.isExpanded(self._filter.mapFromSource(r))
            ]
        self._filter.setFilterFixedString(text)
        self._models.set_filter(text)
        if text:
            self._tree.expandAll()
        elif self._expanded is not None:
            self._tree.collapseAll()
            for row in self._expanded:
                self._tree.expand(self._filter.mapFromSource(row))
            self._expanded = None
        self._mark()

    def _parents(self) -> list[QModelIndex]:
        """Datasets and actions, in the source model."""
        tops = [self._model.index(row, 0) for row in range(self._model.rowCount())]
        below = [self._model.index(row, 0, top) for top in tops for row in range(self._model.rowCount(top))]
        return tops + below

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at = self._tree.viewport().mapFrom(self, event.pos())
        if not self._tree.viewport().rect().contains(at):
            return
        index = self._filter.mapToSource(self._tree.indexAt(at))
        while index.parent().isValid():
            index = index.parent()
        datasets = self._session.bench.datasets
        if index.isValid() and index.row() < len(datasets):
            menu = QMenu(self)
            dataset = datasets[index.row()]
            menu.addAction(f"Close {dataset.name}", lambda: self._session.close_dataset(dataset))
            menu.exec(event.globalPos())


class _Field(QLineEdit):
    """Esc empties it before the window's shortcut on Esc has its turn."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and self._empties(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._empties(event):
            self.clear()
        else:
            super().keyPressEvent(event)

    def _empties(self, event: QEvent) -> bool:
        return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and bool(self.text())


class _Filter(QSortFilterProxyModel):
    """Keeps rows whose name, action or dataset holds the text."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setRecursiveFilteringEnabled(True)
        self.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        return super().filterAcceptsRow(row, parent) or (parent.isValid() and self._accepts(parent))

    def _accepts(self, index: Index) -> bool:
        text = self.filterRegularExpression().pattern().replace("\\", "").lower()
        above = index.parent()
        return text in str(index.data()).lower() or (above.isValid() and self._accepts(above))


class _Row(QStyledItemDelegate):
    """Paints swatch or icon, name, and the frames right-aligned; an accent bar marks the selected row."""

    def __init__(self, session: Session, tree: QTreeView) -> None:
        super().__init__(tree)
        self._session = session

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = palette(self._session.look.theme)
        tokens = colours.tokens
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(rect, QColor(tokens["raised"]))
        if index.column() == 1:
            painter.setPen(QColor(tokens["text2" if selected else "text3"]))
            painter.drawText(
                rect.adjusted(0, 0, -10, 0),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                str(index.data()),
            )
            return
        left = rect.left() + 2
        action = index.data(_ACTION)
        if action is not None:
            box = QRect(left + 2, rect.center().y() - _SWATCH // 2 + 1, _SWATCH, _SWATCH)
            painter.fillRect(box, QColor(colours.action(int(action))))
            left += _SWATCH + 8
        elif index.data(Qt.ItemDataRole.DecorationRole):
            ratio = painter.device().devicePixelRatioF()
            pixmap: QPixmap = theme.icon_pixmap("database", tokens["text2"], 14, ratio)
            painter.drawPixmap(left, rect.center().y() - 7, pixmap)
            left += 20
        painter.setPen(QColor(tokens["text"]))
        right = rect.right()
        if index.data(_CLIP) is not None and self._session.keeping.of_clip(index.data(_DATASET), index.data(_CLIP)):
            right -= 14
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens["generated_a"]))
            painter.drawEllipse(right + 4, rect.center().y() - 2, 6, 6)
            painter.setPen(QColor(tokens["text"]))
        words = QRect(left, rect.top(), right - left, rect.height())
        name = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, name)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(60, 22)


class _Tree(QTreeView):
    """Draws its own chevrons: a style sheet cannot tint an icon.

    picked: a person went to a row, by the left button or the keyboard; a filter or another session's news never does.
    """

    picked = Signal(QModelIndex)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._in_hand = False

    @contextmanager
    def _hand(self) -> Iterator[None]:
        self._in_hand = True
        try:
            yield
        finally:
            self._in_hand = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:  # the right one opens a menu and selects nothing
            with self._hand():
                super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        with self._hand():
            super().mouseMoveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        with self._hand():
            super().keyPressEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if self._in_hand:
            self.picked.emit(current)

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        tokens = palette(self._session.look.theme).tokens
        if self.selectionModel().isRowSelected(index.row(), index.parent()):
            painter.fillRect(rect, QColor(tokens["raised"]))
            painter.fillRect(QRect(0, rect.top(), 2, rect.height()), QColor(tokens["accent"]))
        if index.model().hasChildren(index):
            name = "chevron-down" if self.isExpanded(index) else "chevron-right"
            pixmap = theme.icon_pixmap(name, tokens["text3"], 14, self.devicePixelRatioF())
            painter.drawPixmap(rect.right() - 14, rect.center().y() - 6, pixmap)


def _tree(session: Session) -> _Tree:
    tree = _Tree(session)
    tree.setHeaderHidden(True)
    tree.setUniformRowHeights(True)
    tree.setIndentation(16)
    tree.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
    tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    tree.setExpandsOnDoubleClick(False)
    tree.setIconSize(QSize(0, 0))
    return tree


def _row(name: str, frames: int) -> list[QStandardItem]:
    left, right = QStandardItem(name), QStandardItem(f"{frames:,}".replace(",", "\N{THIN SPACE}"))
    left.setIcon(QIcon())
    return [left, right]


def _about(dataset: Dataset) -> str:
    lines = [str(dataset.path or dataset.name), f"{len(dataset)} clips, {dataset.frames} frames"]
    return "\n".join(lines + [dataset.provenance[:400]] * bool(dataset.provenance))
