"""A dock as the theme draws it: a flat title with the view's own tools; it moves, floats, closes and comes back."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

_TITLE = 28


class Dock(QDockWidget):
    """Holds one view. Its title drags it; a right click on the title floats or closes it."""

    def __init__(self, title: str, name: str, parent: QWidget) -> None:
        super().__init__(title, parent)
        self.setObjectName(name)
        self._title = _Title(title, self)
        self.setTitleBarWidget(self._title)

    def hold(self, view: QWidget, actions: list[QAction]) -> None:
        """Put the view in, its tools into the title."""
        self.setWidget(view)
        self._title.set_actions(actions)

    def set_caption(self, text: str) -> None:
        """A quiet line at the right of the title."""
        self._title.caption.setText(text)


class _Title(QWidget):
    def __init__(self, title: str, dock: Dock) -> None:
        super().__init__(dock)
        self.setObjectName("dockTitle")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(_TITLE)
        self._dock = dock
        self.caption = QLabel()
        self.caption.setProperty("quiet", True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 0, 6, 0)
        self._row.setSpacing(2)
        self._row.addWidget(QLabel(title))
        self._row.addStretch()
        self._row.addWidget(self.caption)
        self._buttons: list[QToolButton] = []

    def set_actions(self, actions: list[QAction]) -> None:
        for button in self._buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self._buttons = [tool_button(action) for action in actions]
        for button in self._buttons:
            self._row.addWidget(button)

    def sizeHint(self) -> QSize:
        return QSize(120, _TITLE)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, _TITLE)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        floating = self._dock.isFloating()
        menu.addAction("Dock" if floating else "Float", lambda: self._dock.setFloating(not floating))
        menu.addAction("Close", self._dock.close)
        menu.exec(event.globalPos())


def tool_button(action: QAction) -> QToolButton:
    """A flat icon button of an action, 24 x 24."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(QSize(16, 16))
    button.setFixedSize(24, 24)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
