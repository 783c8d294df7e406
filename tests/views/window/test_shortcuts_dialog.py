"""The list of keys and of what the mouse does."""

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


def test_each_view_that_hears_the_mouse_says_what_it_does(session: Session, qtbot: QtBot) -> None:
    window = MainWindow(session)
    qtbot.addWidget(window)
    words = [label.text() for label in ShortcutsDialog(window.menus, window).findChildren(QLabel)]
    for dock in window.docks.values():
        if dock is not window.docks["generator"]:  # a panel of buttons
            assert f"<b>Mouse: {dock.windowTitle()}</b>" in words
    assert "<b>Mouse: 3D view</b>" in words
    assert words[words.index("Shift+wheel") + 1] == "move along"


def test_no_two_actions_have_one_key(session: Session, qtbot: QtBot) -> None:
    window = MainWindow(session)
    qtbot.addWidget(window)
    keys = [key.toString() for action in window.actions() for key in action.shortcuts()]
    assert len(keys) > 40 and sorted(keys) == sorted(set(keys))
