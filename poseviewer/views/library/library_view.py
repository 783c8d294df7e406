"""The library: datasets, their actions and clips with a filter; the models below."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtGui import QContextMenuEvent, QIcon, QKeyEvent, QResizeEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QMenu, QScrollArea, QSplitter, QWidget

from poseviewer.app import theme
from poseviewer.app.session import Session
from poseviewer.motion.actions import action_name
from poseviewer.render.palette import palette
from poseviewer.text import counted, printable
from poseviewer.views.library.library_tree import ABOUT, ACTION, CLIP, DATASET, ROW, ClipTree
from poseviewer.views.library.model_list import ModelList
from poseviewer.views.library.reading_line import ReadingLine, ReadOtherwiseMenu
from poseviewer.views.parts.boxes import in_column, in_row
from poseviewer.views.parts.kept_menu import KeptMenu
from poseviewer.views.parts.labels import label
from poseviewer.views.parts.panel import Panel
from poseviewer.views.parts.plain import menu_text

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
        self._filter = QSortFilterProxyModel(self, recursiveFilteringEnabled=True, autoAcceptChildRows=True)
        self._filter.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._filter.setSourceModel(self._model)
        self._field = _Field(placeholderText="Filter clips, actions, models", clearButtonEnabled=True)
        self._field.setAccessibleName("Filter")
        self._search = self._field.addAction(QIcon(), QLineEdit.ActionPosition.LeadingPosition)
        self._expanded: list[QPersistentModelIndex] | None = None  # source rows, from before the filter had a text
        self._tree = ClipTree(session)
        self._tree.setModel(self._filter)
        self._no_clip = label("", "quiet", textFormat=Qt.TextFormat.RichText, wordWrap=True, margin=4)
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
        self._hint = label("Drop clips or models anywhere", "quiet", minimumWidth=1)  # it is cut in a narrow dock
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
        words = label("Clips", "quiet"), label("frames", "quiet")
        for word in words:
            word.setFixedHeight(_HEAD)
        clips = QWidget()
        head = in_row(words[0], None, words[1], margins=(4, 0, 10, 0))
        in_column(head, self._no_clip, (self._tree, 1), ReadingLine(self._session), of=clips)
        self._parts.addWidget(clips)
        self._parts.addWidget(self._models_area)
        in_row(self._hint_icon, (self._hint, 1), of=self._foot, margins=(4, 2, 4, 10), spacing=8)
        parts = self._field, (self._parts, 1), self._foot
        self._column = in_column(*parts, of=self, margins=(8, 8, 8, 0), spacing=8)

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
        self._tree.expandToDepth(0)
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
        self._search.setIcon(theme.icon("search", colours, "text3"))
        self._tree.viewport().update()

    # choosing

    def _chosen(self, current: QModelIndex) -> None:
        row, bench = current.siblingAtColumn(0), self._session.bench
        dataset, index = row.data(DATASET), row.data(CLIP)
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
        bench, everywhere = self._session.bench, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive
        rows = self._model.match(self._model.index(0, 0), CLIP, bench.clip_index, -1, everywhere)
        found = (row for row in rows if row.data(DATASET) is bench.dataset)
        self._tree.setCurrentIndex(self._filter.mapFromSource(next(found, QModelIndex())))

    def _filtered(self, text: str) -> None:
        if text and self._expanded is None:
            shown = self._filter.mapFromSource
            rows = (row for row in self._parents() if self._tree.isExpanded(shown(row)))
            self._expanded = [QPersistentModelIndex(row) for row in rows]
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
        if closing.reading is not None:
            menu.addMenu(ReadOtherwiseMenu(session, closing, menu))
        menu.addAction(menu_text(f"Close {closing.name}"), lambda: session.close_dataset(closing))
        menu.popup(event.globalPos())


class _Field(QLineEdit):
    """Esc empties it before the window's shortcut on Esc has its turn."""

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self.text():
            event.accept()  # before the shortcut has it, by which it comes back as a key that is pressed
            if event.type() == QEvent.Type.KeyPress:
                self.clear()
            return True
        return super().event(event)


def _row(name: str, frames: int) -> list[QStandardItem]:
    left, right = QStandardItem(name), QStandardItem()
    right.setData(frames, Qt.ItemDataRole.DisplayRole)
    return [left, right]


def _about(dataset: Dataset) -> str:
    counts = f"{counted(len(dataset), 'clip')}, {counted(dataset.frames, 'frame')}"
    return "\n".join(filter(None, (printable(str(dataset.path or dataset.name)), counts, dataset.provenance[:400])))
