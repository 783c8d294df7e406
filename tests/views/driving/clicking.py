"""Answers to dialogs, given with the mouse while they run."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QDialog, QWidget


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
