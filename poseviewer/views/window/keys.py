"""Who gets a key: the window, wherever the focus is, except what a person types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QMainWindow,
    QMenuBar,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QToolButton,
    QTreeView,
    QWidget,
)

_Kind, _Key, _Reason, _Held = QEvent.Type, Qt.Key, Qt.FocusReason, Qt.KeyboardModifier
_ENTER = frozenset({_Key.Key_Return, _Key.Key_Enter})
_ALONG = frozenset({_Key.Key_Left, _Key.Key_Right, _Key.Key_Home, _Key.Key_End})
_IN_TEXT = _ALONG | {_Key.Key_Backspace, _Key.Key_Delete}
_BY_KEYBOARD = frozenset({_Reason.TabFocusReason, _Reason.BacktabFocusReason, _Reason.ShortcutFocusReason})
_AS_BEFORE = frozenset({_Reason.ActiveWindowFocusReason, _Reason.PopupFocusReason, _Reason.MenuBarFocusReason})
_COMMANDS = _Held.ControlModifier | _Held.AltModifier | _Held.MetaModifier
_NUMBER = "0123456789.,-−"
_FROM_TEXT = frozenset({(_Held.ControlModifier, _Key.Key_K)})
"""What text would take for itself, and lose what stands behind the cursor by it."""


class WindowKeys(QObject):
    """One filter over the events of a window and of its floated docks.

    - A key that a menu entry has is the window's wherever the focus is; a letter or Space that none has does nothing.
    - Text keeps its keys: line edits all of them but Ctrl+K, spin boxes those of a number.
    - Enter does what the focused widget is for (presses a button, opens a list, ends typing), then the focus goes home.
    - A mouse press gives the focus to text and to rows of a list, otherwise home; a wheel changes no value that has not
      the focus.
    - From a widget that is disabled or hidden the focus goes home, not to the next one, which may be a text field.
    - Tab goes round as ever. A slider or tab bar that was reached by it is moved by the arrows; a list by Up and Down.
    """

    def __init__(self, window: QMainWindow, home: QWidget, apart: QWidget) -> None:
        """home: the widget that has the focus while nobody types. apart: one that sees to its own keys."""
        super().__init__(window)
        self._window, self._home, self._apart = window, home, apart
        self._by_keyboard = False
        self._handlers: dict[QEvent.Type, Callable[[QWidget, Any], bool]] = {
            _Kind.ShortcutOverride: self._ask_for_key,
            _Kind.KeyPress: self._press_key,
            _Kind.FocusIn: self._note_reason,
            _Kind.MouseButtonPress: self._press_mouse,
            _Kind.Wheel: self._turn_wheel,
            _Kind.Polish: self._mind_the_wheel,
        }
        application = QCoreApplication.instance()
        assert isinstance(application, QApplication)
        application.installEventFilter(self)
        application.focusChanged.connect(self._focus_moved)

    def go_home(self) -> None:
        """Give the focus to the widget that has it while nobody types; in a floating dock to none of its widgets."""
        window = QApplication.activeWindow()
        if isinstance(window, QDockWidget):
            window.setFocus(_Reason.OtherFocusReason)
        self._home.setFocus(_Reason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        handler = self._handlers.get(event.type())
        if handler is None or not isinstance(watched, QWidget) or not self._is_ours(watched):
            return False
        return handler(watched, event)

    def _is_ours(self, widget: QWidget) -> bool:
        top = widget.window()
        if self._apart.isAncestorOf(widget):
            return False
        return top is self._window or (isinstance(top, QDockWidget) and top.parentWidget() is self._window)

    # keys

    def _ask_for_key(self, widget: QWidget, event: QKeyEvent) -> bool:
        """A widget may claim a key before the window's shortcuts: accepted, it is the widget's."""
        if (event.modifiers(), event.key()) in _FROM_TEXT:
            event.ignore()
            return True
        if _typed_into(widget, event):
            if event.key() not in _IN_TEXT:
                return False  # it knows itself what it types
            event.accept()
            return True
        if isinstance(widget, QMenuBar) or (self._by_keyboard and isinstance(widget, QAbstractSlider | QTabBar)):
            event.setAccepted(event.key() in _ALONG)
            return True
        if self._by_keyboard and not isinstance(widget, QAbstractSpinBox):
            return False
        event.ignore()
        return True

    def _press_key(self, widget: QWidget, event: QKeyEvent) -> bool:
        """A key that is no shortcut, or whose action is disabled."""
        if widget is not QApplication.focusWidget():
            return False  # somebody below has had it
        if event.key() in _ENTER:
            return self._enter(widget)
        if event.key() == _Key.Key_Escape:
            QTimer.singleShot(0, self, self.go_home)  # behind what the widget does with the key
        if _typed_into(widget, event) or isinstance(widget, QMenuBar):
            return False
        return event.text().isprintable() and bool(event.text()) and not event.modifiers() & _COMMANDS

    def _enter(self, widget: QWidget) -> bool:
        if isinstance(widget, QComboBox) and not widget.isEditable():
            widget.showPopup()
            return True
        if isinstance(widget, QTreeView) and widget.model().hasChildren(widget.currentIndex()):
            widget.setExpanded(widget.currentIndex(), not widget.isExpanded(widget.currentIndex()))
            return True
        if isinstance(widget, QToolButton) and widget.menu() is not None:
            widget.showMenu()
            return True
        if isinstance(widget, QAbstractButton):
            widget.click()
            self.go_home()
            return True
        QTimer.singleShot(0, self, self.go_home)
        return False

    # focus

    def _note_reason(self, widget: QWidget, event: QFocusEvent) -> bool:
        if event.reason() not in _AS_BEFORE:
            self._by_keyboard = event.reason() in _BY_KEYBOARD
        return False

    def _press_mouse(self, widget: QWidget, event: QEvent) -> bool:
        if not _takes_clicks(widget):
            self.go_home()
        return False

    def _mind_the_wheel(self, widget: QWidget, event: QEvent) -> bool:
        if widget.focusPolicy() == Qt.FocusPolicy.WheelFocus:
            widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return False

    def _turn_wheel(self, widget: QWidget, event: QEvent) -> bool:
        scrolls = widget.focusPolicy() == Qt.FocusPolicy.NoFocus
        if scrolls or widget.hasFocus() or not isinstance(widget, QComboBox | QAbstractSpinBox | QAbstractSlider):
            return False
        event.ignore()  # for what scrolls around it
        return True

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is None or new is None or not self._is_ours(new) or not self._is_ours(old):
            return
        if not old.isEnabled() or not old.isVisible():
            self.go_home()


def _typed_into(widget: QWidget, event: QKeyEvent) -> bool:
    """Whether a key is text, or moves in text, of the widget that has the focus."""
    if isinstance(widget, QAbstractSpinBox):
        number = bool(event.text()) and event.text() in _NUMBER
        return number or event.key() in _IN_TEXT or bool(event.modifiers() & _COMMANDS)
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    return isinstance(widget, QLineEdit | QTextEdit | QPlainTextEdit) and not widget.isReadOnly()


def _takes_clicks(widget: QWidget) -> bool:
    """Whether a mouse press is for text or for rows, by which the focus stays there."""
    if isinstance(widget, QLineEdit | QAbstractSpinBox | QTextEdit | QPlainTextEdit):
        return True
    above = widget.parentWidget()  # rows and long texts get the mouse through their viewport
    return isinstance(above, QAbstractItemView | QTextEdit | QPlainTextEdit) or (
        isinstance(above, QComboBox) and above.isEditable()
    )
