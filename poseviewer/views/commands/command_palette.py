"""Ctrl+K: every action, model and clip by a few letters, over the window, without leaving what one was at."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, QTimer
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QListView, QMenuBar, QWidget

from poseviewer.app import theme
from poseviewer.app.session import Session
from poseviewer.render.palette import palette
from poseviewer.text import grouped
from poseviewer.views.commands.entries import Finder, Found
from poseviewer.views.commands.entry_painting import ROW, EntryPainter
from poseviewer.views.parts.boxes import in_column, in_row
from poseviewer.views.parts.labels import label

FOUND = Qt.ItemDataRole.UserRole
MOST = 100
"""Entries that are listed; who wants another one types one more letter."""
_ROWS = 12  # that are seen at once
_WIDE, _EDGE, _ABOVE = 640, 24, 48  # px: its width, what is left of the window beside it, how far it hangs down
_HEAD, _FOOT = 40, 28
_UP_DOWN = {
    Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: 1 - _ROWS, Qt.Key.Key_PageDown: _ROWS - 1,
}  # fmt: skip
_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_TEXT_KEYS = frozenset({Qt.Key.Key_A, Qt.Key.Key_C, Qt.Key.Key_V, Qt.Key.Key_X, Qt.Key.Key_Z})


class CommandPalette(QFrame):
    """Lies over the window. The focus comes from where it was and goes back there, and what was typed stays, chosen
    whole, for the next time. Enter or a click does what is chosen; Esc, Ctrl+K or a click elsewhere closes it.
    """

    def __init__(self, session: Session, menus: QMenuBar, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("commandPalette")
        self.setAccessibleName("Command palette")
        self._session, self._menus, self._window = session, menus, window
        self._finder = Finder(session, menus)
        self._before: QWidget | None = None  # had the focus
        self._leaving = False
        self.field = _Field(self)
        self._search = self.field.addAction(QIcon(), QLineEdit.ActionPosition.LeadingPosition)
        self._rows = _Rows(self)
        self.list = QListView(uniformItemSizes=True)
        self.list.setAccessibleName("Commands, models and clips")
        self.list.setModel(self._rows)
        self.list.setItemDelegate(EntryPainter(session, self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self._told = label("", "quiet", textFormat=Qt.TextFormat.PlainText, minimumWidth=1)
        self._count = label("", "quiet")
        foot = in_row((self._told, 1), self._count, margins=(14, 0, 14, 0), spacing=16)
        in_column(self.field, (self.list, 1), foot, of=self, margins=(1, 1, 1, 1))
        self.field.setFixedHeight(_HEAD)
        self._told.setFixedHeight(_FOOT)
        self.hide()
        self.field.textChanged.connect(self._look)
        self.list.clicked.connect(self._choose)
        self.list.selectionModel().currentChanged.connect(self._tell)
        session.look_changed.connect(self._dress)
        window.installEventFilter(self)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_moved)

    def toggle(self) -> None:
        """Open it, or close it."""
        if self.isVisible():
            self.dismiss()
            return
        self._before = QApplication.focusWidget()
        self._finder.refresh()
        self._dress()
        self.field.selectAll()
        self._look()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)  # what is being typed elsewhere stays as it is

    def dismiss(self) -> None:
        """Close it; the focus goes back to where it was."""
        self._before, before, self._leaving = None, self._before, True
        try:
            back = before if before is not None and before.isVisible() else self._window
        except RuntimeError:  # Qt has deleted it meanwhile
            back = self._window
        back.setFocus(Qt.FocusReason.PopupFocusReason)
        self.hide()
        self._leaving = False

    # looking

    def _look(self) -> None:
        self._rows.show(self._finder.find(self.field.text(), MOST))
        self.list.setCurrentIndex(self._rows.index(0, 0))
        self.list.scrollToTop()
        self._place()
        self._tell()

    def _tell(self) -> None:
        """What the chosen entry does, or why it cannot; how many entries were found."""
        found = self.list.currentIndex().data(FOUND)
        none = "Nothing has these letters in this order"
        self._told.setText(found.entry.why or found.entry.tip if isinstance(found, Found) else none)
        count = self._rows.rowCount()
        self._count.setText(f"{'first ' * (count == MOST)}{count} of {grouped(len(self._finder))}")

    def _place(self) -> None:
        """Under the menu, in the middle; as high as its rows, as far as the window has room for them."""
        window = self._window
        wide = min(_WIDE, window.width() - 2 * _EDGE)
        top = self._menus.mapTo(window, self._menus.rect().bottomLeft()).y() + 1
        top += min(_ABOVE, max(0, window.height() // 3 - _HEAD))
        room = (window.height() - top - _EDGE - _HEAD - _FOOT) // ROW
        rows = max(1, min(_ROWS, self._rows.rowCount(), room))
        self.setGeometry((window.width() - wide) // 2, top, wide, _HEAD + rows * ROW + _FOOT + 2)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _dress(self) -> None:
        self._search.setIcon(theme.icon("search", palette(self._session.look.theme), "text3"))
        self.list.viewport().update()

    # choosing

    def step(self, rows: int) -> None:
        """Choose an entry so many rows further on; one row beyond an end is the other end."""
        count, row = self._rows.rowCount(), self.list.currentIndex().row()
        if count:
            row = (row + rows) % count if abs(rows) == 1 else min(max(row + rows, 0), count - 1)
            self.list.setCurrentIndex(self._rows.index(row, 0))

    def choose(self) -> None:
        """Do what is chosen."""
        self._choose(self.list.currentIndex())

    def _choose(self, index: QModelIndex) -> None:
        found = index.data(FOUND)
        if isinstance(found, Found) and found.entry.run is not None:
            self.dismiss()
            QTimer.singleShot(0, self, found.entry.run)

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        """Somebody went on elsewhere."""
        if self.isVisible() and new is not None and not self.isAncestorOf(new) and not self._leaving:
            self._before = None
            self.hide()


class _Field(QLineEdit):
    """Its keys are its own, but for commands; Up and Down choose."""

    def __init__(self, box: CommandPalette) -> None:
        super().__init__(box, placeholderText="Actions, models, clips")
        self.setObjectName("commandField")
        self.setAccessibleName("What to look for")
        self._box = box

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if not event.modifiers() & _COMMANDS or event.key() in _TEXT_KEYS:
                event.accept()
                return True
            event.ignore()  # Ctrl+K cuts off what stands behind the cursor
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _UP_DOWN:
            self._box.step(_UP_DOWN[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._box.choose()
        elif key == Qt.Key.Key_Escape:
            self._box.dismiss()
        elif key not in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            super().keyPressEvent(event)

    def focusNextPrevChild(self, on: bool) -> bool:
        return False  # Tab does not leave it


class _Rows(QAbstractListModel):
    """What was found."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._found: list[Found] = []

    def show(self, found: list[Found]) -> None:
        self.beginResetModel()
        self._found = found
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return len(self._found)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = FOUND) -> object:
        if not index.isValid():
            return None
        found = self._found[index.row()]
        if role == FOUND:
            return found
        if role == Qt.ItemDataRole.DisplayRole:  # a screen reader's
            return ", ".join(filter(None, (found.entry.text, found.entry.about, found.entry.key, found.entry.why)))
        return QSize(10, ROW) if role == Qt.ItemDataRole.SizeHintRole else None
