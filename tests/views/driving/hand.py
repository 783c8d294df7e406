"""A hand at the real window: mouse, keys, wheel, drops and menus as events, and patience for what follows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QDockWidget, QMenu, QTreeView, QWidget

from poseviewer.app.session import Session
from poseviewer.views.window.main_window import MainWindow

LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier
PATIENCE = 30.0
"""Seconds that nothing which is waited for takes, on a machine however busy."""


class Hand:
    """Drives one window. Widgets are found by the names that screen readers tell."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.session: Session = window.session

    # waiting

    def wait(self, until: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
        """Let the event loop run until something is true."""
        end = time.monotonic() + seconds
        while not until():
            if time.monotonic() > end:
                raise AssertionError(f"waited in vain: {what}")
            QApplication.processEvents()
            time.sleep(0.002)

    def look(self, seconds: float = 0.0) -> None:
        """Let everything that is due happen and be painted."""
        end = time.monotonic() + seconds
        while True:
            QApplication.processEvents()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            if time.monotonic() >= end:
                return
            time.sleep(0.002)

    def settle(self) -> None:
        """Until no lane works and nothing more is to be generated."""
        self.wait(lambda: not self.session.jobs.running, "an end of the work")
        self.look()

    def bring(self, widget: QWidget) -> bool:
        """Bring a dock's tab to the front, as a person must who wants what is in it; whether it is to be seen then."""
        dock: QWidget | None = widget
        while dock is not None and not isinstance(dock, QDockWidget):
            dock = dock.parentWidget()
        if dock is not None and dock.visibleRegion().isEmpty():
            dock.raise_()
            self.look(0.02)
        return widget.isVisible()

    def _reach(self, widget: QWidget) -> None:
        assert self.bring(widget), f"{widget} is not to be seen"

    # finding

    def named(self, name: str, inside: QWidget | None = None) -> QWidget:
        """The widget of that accessible name."""
        (found,) = [w for w in (inside or self.window).findChildren(QWidget) if w.accessibleName() == name]
        return found

    def combo(self, name: str, inside: QWidget | None = None) -> QComboBox:
        """The list of that accessible name."""
        found = self.named(name, inside)
        assert isinstance(found, QComboBox)
        return found

    # doing

    def press(self, key: Qt.Key | str | QKeySequence.StandardKey, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """A key, where the focus is; a text is typed."""
        if QApplication.activeWindow() is None:  # without a window manager nobody is active when a dialog has gone
            self.window.activateWindow()
            QTest.qWaitForWindowActive(self.window, 5000)
        at = QApplication.focusWidget() or self.window
        if isinstance(key, str):
            QTest.keyClicks(at, key)
        elif isinstance(key, QKeySequence.StandardKey):
            QTest.keySequence(at, QKeySequence(key))
        else:
            QTest.keyClick(at, key, modifiers)
        self.look()

    def click(self, widget: QWidget, at: QPoint | None = None, button: Qt.MouseButton = LEFT) -> None:
        """Press and release in the middle, or at a place."""
        self._reach(widget)
        QTest.mouseClick(widget, button, NONE, widget.rect().center() if at is None else at)
        self.look()

    def drag(
        self,
        widget: QWidget,
        start: QPoint,
        stop: QPoint,
        button: Qt.MouseButton = LEFT,
        modifiers: Qt.KeyboardModifier = NONE,
        steps: int = 4,
    ) -> None:
        """Press, move with the button down, release. QTest would move the real pointer, which has no button down."""
        self._reach(widget)
        QTest.mousePress(widget, button, modifiers, start)
        for k in range(1, steps + 1):
            at = start + (stop - start) * k / steps
            where, everywhere = QPointF(at), QPointF(widget.mapToGlobal(at))
            none = Qt.MouseButton.NoButton
            event = QMouseEvent(QEvent.Type.MouseMove, where, everywhere, none, button, modifiers)
            QApplication.sendEvent(widget, event)
            self.look(0.01)
        QTest.mouseRelease(widget, button, modifiers, stop)
        self.look(0.02)

    def wheel(self, widget: QWidget, at: QPoint, notches: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """Turn the wheel over a place."""
        turn, still = QPoint(0, 120 * notches), Qt.ScrollPhase.NoScrollPhase
        where, everywhere = QPointF(at), QPointF(widget.mapToGlobal(at))
        none = Qt.MouseButton.NoButton
        QApplication.sendEvent(widget, QWheelEvent(where, everywhere, QPoint(), turn, none, modifiers, still, False))
        self.look()

    def drop(self, files: Iterable[Path]) -> None:
        """Drag files over the window and let them fall."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in files])
        copy, middle = Qt.DropAction.CopyAction, self.window.rect().center()
        enter = QDragEnterEvent(middle, copy, mime, LEFT, NONE)
        QApplication.sendEvent(self.window, enter)
        assert enter.isAccepted(), "the window takes no files"
        self.look()
        QApplication.sendEvent(self.window, QDropEvent(QPointF(middle), copy, mime, LEFT, NONE))
        self.look()

    def choose(self, combo: QComboBox, row: int) -> None:
        """Open a list and click a row of it; a list just opened is deaf for a double click's time, so that is none."""
        self._reach(combo)
        usual = QApplication.doubleClickInterval()
        QApplication.setDoubleClickInterval(0)
        combo.showPopup()
        self.look()
        view = combo.view()
        index = combo.model().index(row, combo.modelColumn(), combo.rootModelIndex())
        view.scrollTo(index)
        self.look()
        pos = view.visualRect(index).center()
        QTest.mouseClick(view.viewport(), LEFT, NONE, pos)
        self.look()
        QApplication.setDoubleClickInterval(usual)

    def answer(self, call: Callable[[QDialog], object]) -> None:
        """Do something to the dialog that the next call opens."""
        self._while_open(lambda: QApplication.activeModalWidget(), call)

    def in_menu(self, text: str) -> None:
        """Go to the entry that begins with a text, in the menu that the next call opens, and choose it."""

        def choose(menu: QMenu) -> None:
            found = [action for action in menu.actions() if action.text().replace("&", "").startswith(text)]
            if found:
                for _ in menu.actions():  # by its keys: a menu is deaf to a mouse that was not seen to enter
                    if menu.activeAction() is not found[0]:
                        QTest.keyClick(menu, Qt.Key.Key_Down)
                QTest.keyClick(menu, Qt.Key.Key_Return)
            else:
                menu.close()
                raise AssertionError(f"no entry {text!r} but {[action.text() for action in menu.actions()]}")

        self._while_open(lambda: QApplication.activePopupWidget(), choose)

    def _while_open(self, find: Callable[[], QWidget | None], call: Callable[..., object]) -> None:
        end = time.monotonic() + PATIENCE

        def look() -> None:
            box = find()
            if box is not None and box.isVisible():
                try:
                    call(box)
                except BaseException:
                    box.close()  # nobody else would, and the run would wait for ever
                    raise
            elif time.monotonic() < end:
                QTimer.singleShot(10, look)

        QTimer.singleShot(10, look)

    # places

    def clip_rows(self) -> list[tuple[str, QPoint]]:
        """Names and places of the library's clips that a click can reach."""
        tree = self.named("Clips")
        assert isinstance(tree, QTreeView)
        tree.expandAll()
        self.look()
        rows, index = [], tree.model().index(0, 0)
        while index.isValid():
            if not tree.model().hasChildren(index):
                rows.append((str(index.data()), tree.visualRect(index).center()))
            index = tree.indexBelow(index)
        return [row for row in rows if tree.viewport().rect().contains(row[1])]

    def dataset_row(self, number: int) -> QPoint:
        """The place of a dataset's row."""
        tree = self.named("Clips")
        assert isinstance(tree, QTreeView)
        tree.scrollToTop()
        tree.collapseAll()
        self.look()
        return tree.visualRect(tree.model().index(number, 0)).center()

    def ring(self) -> QPoint | None:
        """Where the map's handle is, in px; None where the map has none."""
        bench, canvas = self.session.bench, self.window.map.canvas
        here = canvas._here
        if here is None or bench.projection is None:
            return None
        x, y = canvas.px(np.asarray(here.xy)).reshape(-1)[:2]
        return QPoint(round(float(x)), round(float(y)))
