"""The library: datasets, their actions and clips with a filter; the models below."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QKeyEvent,
    QResizeEvent,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from poseviewer.app import theme
from poseviewer.app.session import Session
from poseviewer.motion.actions import action_name
from poseviewer.render.palette import palette
from poseviewer.text import counted, printable
from poseviewer.views.library.library_tree import ABOUT, ACTION, CLIP, DATASET, ROW, ClipTree, RowFilter
from poseviewer.views.library.model_list import ModelList
from poseviewer.views.parts.kept_menu import KeptMenu
from poseviewer.views.parts.labels import label
from poseviewer.views.parts.panel import Panel

if TYPE_CHECKING:
    from poseviewer.data.dataset import Dataset

_UNNAMED = "other"
_LONG = 24  # letters of a filter that are said again
_HEAD = 22  # px, as the other sizes
_CLIPS_FIRST, _MODELS_FIRST = 8, 3  # rows that each of the two has before the other gets more
_MODELS_LEAST, _MODELS_MOST = 0.34, 0.42  # of the height, where there is too little or enough of it
_NARROWEST = 180  # px in which names can be told apart
_LOW = 440  # the height below which the drop hint gives way


class LibraryView(Panel):
    """Reads the session's datasets and models; a click puts a clip on the bench or a model to work."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._model = QStandardItemModel(0, 2, self)
        self._filter = RowFilter(self)
        self._filter.setSourceModel(self._model)
        self._field = _Field(placeholderText="Filter clips, actions, models", clearButtonEnabled=True)
        self._field.setAccessibleName("Filter")
        self._expanded: list[QPersistentModelIndex] | None = None  # source rows, from before the filter had a text
        self._tree = ClipTree(session)
        self._tree.setModel(self._filter)
        self._no_clip = QLabel(textFormat=Qt.TextFormat.RichText, wordWrap=True, margin=4)
        self._no_clip.setProperty("quiet", True)
        self._no_clip.linkActivated.connect(self._field.clear)
        self._no_clip.hide()
        self._models = ModelList(session)
        self._models_area = QScrollArea(widgetResizable=True)
        self._models_area.setFrameShape(QFrame.Shape.NoFrame)
        self._models_area.setWidget(self._models)
        self._models_area.setMinimumHeight(ROW)
        self._split_by_hand = False
        self._parts = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False, handleWidth=1)
        self._foot = QWidget()
        self._hint = label("Drop clips or models anywhere", "quiet")
        self._hint.setMinimumWidth(1)  # it is cut rather than keeping the dock wide
        self._hint_icon = QLabel()
        self._lay_out()
        self.setMinimumWidth(_NARROWEST)
        self._field.textChanged.connect(self._filtered)
        self._parts.splitterMoved.connect(self._moved_by_hand)
        self._models.rows_changed.connect(self._share)
        self._tree.picked.connect(self._chosen)
        self._tree.doubleClicked.connect(self._isolate)
        session.datasets_changed.connect(self._rebuild)
        session.look_changed.connect(self._retint)
        session.clip_changed.connect(self._follow)
        session.keeping.changed.connect(self._tree.viewport().update)
        self._retint()

    def _lay_out(self) -> None:
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 0)
        layout.setSpacing(8)
        layout.addWidget(self._field)
        head = QHBoxLayout()
        head.setContentsMargins(4, 0, 12, 0)
        for text in ("Clips", "frames"):
            word = label(text, "quiet")
            word.setFixedHeight(_HEAD)
            head.addWidget(word)
            if text == "Clips":
                head.addStretch()
        clips = QWidget()
        column = QVBoxLayout(clips)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._no_clip)
        column.addWidget(self._tree, 1)
        self._parts.addWidget(clips)
        self._parts.addWidget(self._models_area)
        layout.addWidget(self._parts, 1)
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(4, 2, 4, 10)
        foot.setSpacing(8)
        foot.addWidget(self._hint_icon)
        foot.addWidget(self._hint, 1)
        layout.addWidget(self._foot)

    # clips and models share the height

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._foot.setVisible(self.height() >= _LOW)
        self._column.activate()
        self._share()
        self._show_current()

    def _share(self) -> None:
        """Give the clips eight rows, then the models what they need, until a person has moved the line between."""
        if self._split_by_hand:
            return
        room = self._parts.height() - self._parts.handleWidth()
        left = room - _HEAD - _CLIPS_FIRST * ROW
        least = min(self._models.height_of(_MODELS_FIRST), round(_MODELS_LEAST * room))
        models = min(self._models.height(), max(left, least), round(_MODELS_MOST * room))
        in_sight = self._tree.viewport().rect().intersects(self._tree.visualRect(self._tree.currentIndex()))
        self._parts.setSizes([room - models, models])
        if in_sight:
            self._show_current()

    def _moved_by_hand(self) -> None:
        self._split_by_hand = True

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
        self._tree.size_columns(max((d.frames for d in self._session.bench.datasets), default=0))
        for row in range(self._filter.rowCount()):
            self._tree.expand(self._filter.index(row, 0))
        if self._field.text():
            tops = (self._model.index(row, 0) for row in range(self._model.rowCount()))
            self._expanded = [QPersistentModelIndex(top) for top in tops]
            self._tree.expandAll()
        self._tell_of_hits()
        self._follow()

    def _dataset_row(self, dataset: Dataset) -> list[QStandardItem]:
        top = _row(printable(dataset.path.name) if dataset.path is not None else dataset.name, dataset.frames)
        top[0].setData("database", Qt.ItemDataRole.DecorationRole)
        top[0].setData(_about(dataset), ABOUT)
        groups: dict[str, list[tuple[int, str, int]]] = {}
        for index, info in enumerate(dataset.infos):
            groups.setdefault(action_name(info.action) or _UNNAMED, []).append((index, info.name, info.frames))
        flat = len(groups) == 1 and _UNNAMED in groups
        for number, (action, clips) in enumerate(groups.items()):
            parent = top
            if not flat:
                parent = _row(action, sum(frames for _, _, frames in clips))
                parent[0].setData(number, ACTION)
                top[0].appendRow(parent)
            for index, name, frames in clips:
                row = _row(name, frames)
                row[0].setData(index, CLIP)
                row[0].setData(dataset, DATASET)
                parent[0].appendRow(row)
        return top

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
        index = current.siblingAtColumn(0).data(CLIP)
        dataset = current.siblingAtColumn(0).data(DATASET)
        bench = self._session.bench
        if index is not None and (dataset, index) != (bench.dataset, bench.clip_index):
            self._session.select_clip(dataset, index)

    def _isolate(self, index: QModelIndex) -> None:
        """A double click on an action leaves only it; once more brings the others back."""
        if index.siblingAtColumn(0).data(ACTION) is not None:
            name = str(index.siblingAtColumn(0).data())
            self._field.setText("" if self._field.text() == name else name)

    def _follow(self) -> None:
        """Select the clip that lies on the bench, and bring it into sight."""
        self._mark()
        self._show_current()

    def _show_current(self) -> None:
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
            if item.data(CLIP) == index and item.data(DATASET) is dataset:
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
        self._tell_of_hits()
        self._mark()

    def _tell_of_hits(self) -> None:
        """Say so where the filter hides every clip, and offer to clear it."""
        text = self._field.text()
        shown = text if len(text) <= _LONG else f"{text[:_LONG]}…"
        self._no_clip.setText(f"No clip has '{escape(shown)}' in its name. <a href='clear'>Clear</a>")
        self._no_clip.setVisible(bool(text) and self._model.rowCount() > 0 and not self._filter.rowCount())

    def _parents(self) -> list[QModelIndex]:
        """Datasets and actions, in the source model."""
        tops = [self._model.index(row, 0) for row in range(self._model.rowCount())]
        below = [self._model.index(row, 0, top) for top in tops for row in range(self._model.rowCount(top))]
        return tops + below

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at = self._tree.viewport().mapFrom(self, event.pos())
        row = self._filter.mapToSource(self._tree.indexAt(at)).siblingAtColumn(0)
        if not row.isValid() or not self._tree.viewport().rect().contains(at):
            return
        session, menu = self._session, QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if row.data(CLIP) is not None:
            dataset, index = row.data(DATASET), row.data(CLIP)
            menu.addAction("Open", lambda: session.select_clip(dataset, index))
            if session.keeping.of_clip(dataset, index):
                menu.addMenu(KeptMenu(session, menu, lambda: session.keeping.of_clip(dataset, index)))
            menu.addSeparator()
        while row.parent().isValid():
            row = row.parent()
        closing = session.bench.datasets[row.row()]
        menu.addAction(f"Close {closing.name}".replace("&", "&&"), lambda: session.close_dataset(closing))
        menu.popup(event.globalPos())


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


def _row(name: str, frames: int) -> list[QStandardItem]:
    left, right = QStandardItem(name), QStandardItem()
    right.setData(frames, Qt.ItemDataRole.DisplayRole)
    return [left, right]


def _about(dataset: Dataset) -> str:
    lines = [
        printable(str(dataset.path or dataset.name)),
        f"{counted(len(dataset), 'clip')}, {counted(dataset.frames, 'frame')}",
    ]
    return "\n".join(lines + [dataset.provenance[:400]] * bool(dataset.provenance))
