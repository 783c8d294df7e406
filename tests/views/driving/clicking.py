"""A widget on its own under the mouse, and answers to dialogs, given while they run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QDialog, QWidget
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.views.window.main_window import MainWindow

_Widget = TypeVar("_Widget", bound=QWidget)


def put_up(widget: _Widget, qtbot: QtBot, width: int = 400, height: int = 420) -> _Widget:
    """Show a widget on its own and wait until it stands there."""
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def put_up_window(session: Session, qtbot: QtBot) -> MainWindow:
    """The whole window, active, with the focus on its 3D view."""
    made = put_up(MainWindow(session), qtbot, 1280, 720)
    session.datasets_changed.emit()
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is made)
    made.scene.view.setFocus()
    return made


def move(surface: QWidget, at: QPoint | None = None, held: Qt.MouseButton = Qt.MouseButton.NoButton) -> None:
    """Move the mouse to a place. QTest would move the pointer, of which nothing is told where it lies there already."""
    at = surface.rect().center() if at is None else at
    where, everywhere = QPointF(at), QPointF(surface.mapToGlobal(at))
    none, no_key = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(surface, QMouseEvent(QEvent.Type.MouseMove, where, everywhere, none, held, no_key))


def drag(surface: QWidget, start: QPoint, stop: QPoint, release: bool = True) -> None:
    """Press at one place, move to another in five steps, and let go there."""
    left, no_key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(surface, left, no_key, start)
    for k in range(1, 6):
        move(surface, start + (stop - start) * k / 5, left)
        QApplication.processEvents()
    if release:
        QTest.mouseRelease(surface, left, no_key, stop)


def button(box: QWidget, words: str) -> QAbstractButton:
    """The button of a window that says something."""
    (found,) = [b for b in box.findChildren(QAbstractButton) if b.text().replace("&", "") == words]
    return found


def click(box: QWidget, words: str) -> None:
    """Click the button that says something."""
    QTest.mouseClick(button(box, words), Qt.MouseButton.LeftButton)


def pick(combo: QComboBox, words: str) -> None:
    """Open a combo box and click one of its lines."""
    row = combo.findText(words)
    assert row >= 0, [combo.itemText(i) for i in range(combo.count())]
    QTest.mouseClick(combo, Qt.MouseButton.LeftButton)
    lines = combo.view()
    lines.scrollTo(combo.model().index(row, 0))
    at = lines.visualRect(combo.model().index(row, 0)).center()
    QTest.qWait(1)
    QTest.mouseClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=at)
    if combo.currentIndex() != row:  # the list swallows a release too soon after it came up
        combo.hidePopup()
        combo.setCurrentIndex(row)


def answer(call: Callable[[QDialog], None]) -> None:
    """Do something to the next modal dialog that comes up."""

    def look() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QDialog) and box.isVisible():
            try:
                call(box)
            except BaseException:
                box.reject()  # nobody else would, and the test would wait for ever
                raise
        else:
            QTimer.singleShot(20, look)

    QTimer.singleShot(20, look)
