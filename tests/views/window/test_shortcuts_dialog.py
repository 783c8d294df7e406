"""The list of keys."""

from __future__ import annotations

from PySide6.QtGui import QUndoCommand
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.views.window.main_window import MainWindow
from poseviewer.views.window.shortcuts_dialog import ShortcutsDialog


def test_it_lists_undo_by_its_own_name_whatever_it_would_undo(session: Session, qtbot: QtBot) -> None:
    window = MainWindow(session)
    qtbot.addWidget(window)
    session.history.activeStack().push(QUndoCommand("+50"))
    assert "Undo +50" in [action.text() for action in window.actions()]
    words = [label.text() for label in ShortcutsDialog(window.menus, window).findChildren(QLabel)]
    assert "Undo" in words and "Redo" in words and not any("+50" in text and "Undo" in text for text in words)
    assert {"Onion skin", "K", "Filter the library", "Ctrl+F"} <= set(words)
