"""Docks float with a border and buttons of their own, close, and come back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.render.palette import palette
from poseviewer.views.parts.dock import Dock
from poseviewer.views.window.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(session: Session, qtbot: QtBot) -> MainWindow:
    made = MainWindow(session)
    qtbot.addWidget(made)
    made.resize(1600, 1000)
    made.show()
    qtbot.waitUntil(lambda: made.arrangement.words == "large")
    return made


def button(dock: Dock, words: str) -> QToolButton:
    (found,) = [b for b in dock.titleBarWidget().findChildren(QToolButton) if b.toolTip().startswith(words)]
    return found


def entry(window: MainWindow, *words: str) -> QAction:
    """An entry of the menu Window, or of its menu Float."""
    (menu,) = [top.menu() for top in window.menus.actions() if top.text() == "Window"]
    for word in words:
        (found,) = [action for action in menu.actions() if action.text() == word]
        menu = found.menu() if isinstance(found.menu(), QMenu) else menu
    return found


@pytest.mark.parametrize("name", ["library", "timeline", "map", "dimensions", "generator"])
def test_a_floating_dock_has_a_title_buttons_and_a_border(window: MainWindow, qtbot: QtBot, name: str) -> None:
    dock = window.docks[name]
    title = dock.titleBarWidget()
    assert (title.height() == 0) == (name == "timeline")
    entry(window, "Float", dock.windowTitle()).trigger()
    qtbot.waitUntil(dock.isFloating)
    qtbot.waitUntil(lambda: title.height() == 28)
    assert button(dock, "Put").isVisible() and button(dock, "Close").isVisible()
    assert QApplication.focusWidget() is None or not dock.isAncestorOf(QApplication.focusWidget())
    edge = QColor(dock.grab().toImage().pixel(0, dock.height() // 2))
    assert edge.name().upper() == palette("dark").tokens["mark"].upper()
    QTest.mouseClick(button(dock, "Put"), LEFT)
    assert not dock.isFloating() and not button(dock, "Put").isVisible()


def test_a_double_click_on_the_title_floats_and_docks(window: MainWindow, qtbot: QtBot) -> None:
    dock = window.docks["library"]
    for floating in (True, False):
        QTest.mouseDClick(dock.titleBarWidget(), LEFT, pos=QPoint(60, 14))
        qtbot.waitUntil(lambda floating=floating: dock.isFloating() is floating)
        assert dock.float_action.isChecked() is floating


def test_a_closed_dock_comes_back_as_it_was(window: MainWindow, qtbot: QtBot) -> None:
    dock = window.docks["generator"]
    entry(window, "Float", "Generator").trigger()
    qtbot.waitUntil(lambda: button(dock, "Close").isVisible())
    QTest.mouseClick(button(dock, "Close"), LEFT)
    assert dock.isHidden() and not entry(window, "Generator").isChecked()
    entry(window, "Generator").trigger()
    assert dock.isVisible() and dock.isFloating()
    window.actions_by_name["layout"].trigger()
    assert dock.isVisible() and not dock.isFloating()


def test_keys_work_from_a_floating_dock(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    dock = window.docks["generator"]
    entry(window, "Float", "Generator").trigger()
    qtbot.waitUntil(lambda: dock.isFloating() and dock.isVisible())
    dock.activateWindow()
    reset = window.generator.button("reset")
    reset.setEnabled(True)
    QTest.mouseClick(reset, LEFT)
    assert not reset.hasFocus()
    QTest.keyClick(dock, Qt.Key.Key_Right)
    assert round(session.bench.time * session.bench.fps) == 1


def test_what_is_on_has_a_mark_in_its_menu_and_a_pressed_button(window: MainWindow, session: Session) -> None:
    named = {a.text(): a for top in window.menus.actions() for a in top.menu().actions()}
    loop, skins = named["Loop"], named["Onion skin"]
    pressed = {b.defaultAction(): b for b in window.findChildren(QToolButton)}
    for action in (loop, skins):
        assert action.isCheckable() and not action.isIconVisibleInMenu()
        assert action.isChecked() and pressed[action].isChecked()
        QTest.mouseClick(pressed[action], LEFT)
        assert not action.isChecked() and not pressed[action].isChecked()
    assert not session.look.skins and not window.playback.loop
    QTest.keyClick(window, Qt.Key.Key_L)
    assert loop.isChecked() and window.playback.loop
