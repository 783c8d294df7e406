"""A dock as the theme draws it: a flat title with the view's own tools; it moves, floats, closes and comes back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QAction, QColor, QContextMenuEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDockWidget, QLabel, QMenu, QToolButton, QWidget

from poseviewer.app import theme
from poseviewer.render.palette import Palette
from poseviewer.views.parts import on_screen
from poseviewer.views.parts.boxes import in_column, in_row
from poseviewer.views.parts.labels import label

_TITLE = 28


class Dock(QDockWidget):
    """Holds one view. Its title drags it, floats and docks it by a double click, and offers both by a right click.

    A floating dock has a border, and in its title buttons that dock and close it: no window system draws any for it.
    `float_action` is for the window's menu. home: where the design has it. bare: the view's own head is title enough
    while it is docked.
    """

    def __init__(self, name: str, title: str, home: Qt.DockWidgetArea, parent: QWidget, bare: bool = False) -> None:
        super().__init__(title, parent)
        self.setObjectName(name)
        self.home = home
        self._bare = bare
        self._edge = QColor()
        self.float_action = QAction(title, self, checkable=True, toolTip=f"{title} in a window of its own")
        self.float_action.triggered.connect(self._float)
        self._dock_action = QAction("Dock", self, toolTip=f"Put {title} back into the window")
        self._dock_action.triggered.connect(lambda: self._float(False))
        self._close_action = QAction("Close", self, toolTip=f"Close {title} (it comes back by the menu Window)")
        self._close_action.triggered.connect(self.close)
        self._title = _Title(title, self, [self._dock_action, self._close_action])
        self.setTitleBarWidget(self._title)
        self.setWidget(_waiting())
        self.topLevelChanged.connect(self._floated)
        self._floated(False)

    def hold(self, view: QWidget, actions: Sequence[QAction] = ()) -> None:
        """Put the view in, its tools into the title."""
        self.setWidget(view)
        self._title.add_tools(actions)

    def set_caption(self, text: str) -> None:
        """A quiet line at the right of the title."""
        self._title.caption.setText(text)

    def dress(self, colours: Palette) -> None:
        """Icons and border in the theme's colours."""
        self._edge = QColor(colours.tokens["mark"])
        self._dock_action.setIcon(theme.icon("dock", colours))
        self._close_action.setIcon(theme.icon("x", colours))

    def offer(self, at: QPoint) -> None:
        """The menu of the title, at a point of the screen."""
        menu = QMenu(self)
        menu.addAction("Dock" if self.isFloating() else "Float", self.float_action.trigger)
        menu.addAction(self._close_action)
        menu.exec(at)

    def _float(self, floating: bool) -> None:
        self.setFloating(floating)
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.isFloating():
            QPainter(self).fillRect(self.rect(), self._edge)  # what shows of it around title and view is the border

    def _floated(self, floating: bool) -> None:
        if floating:
            self.setFocus()  # else its first button would have it
        self.float_action.setChecked(floating)
        self._title.set_floating(floating, hidden=self._bare and not floating)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and self.isFloating():
            on_screen.bring_inside(self)  # it may have been left on a screen that is gone
        return super().event(event)


class _Title(QWidget):
    def __init__(self, title: str, dock: Dock, frame: Sequence[QAction]) -> None:
        """frame: the buttons of a floating dock."""
        super().__init__(dock)
        self.setObjectName("dockTitle")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._dock = dock
        self._height = _TITLE
        self.caption = label("", "quiet")
        name = QLabel(title)
        name.setToolTip("Drag to move, double click to float or dock")
        self._frame = [tool_button(action) for action in frame]
        parts = name, None, self.caption, *self._frame
        self._row = in_row(*parts, of=self, margins=(12, 0, 6, 0), spacing=2)

    def add_tools(self, actions: Sequence[QAction]) -> None:
        for action in actions:
            self._row.insertWidget(self._row.count() - len(self._frame), tool_button(action))

    def set_floating(self, floating: bool, hidden: bool) -> None:
        """Show the buttons of a window where the dock is one; a hidden title takes no room."""
        for button in self._frame:
            button.setVisible(floating)
        self._height = 0 if hidden else _TITLE
        self.setFixedHeight(self._height)

    def sizeHint(self) -> QSize:
        return QSize(120, self._height)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self._height)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._dock.offer(event.globalPos())


def _waiting() -> QWidget:
    panel = QWidget()
    panel.setObjectName("panel")
    words = "Getting ready\N{HORIZONTAL ELLIPSIS}"
    in_column(label(words, "quiet", alignment=Qt.AlignmentFlag.AlignCenter), of=panel, margins=None)
    return panel


def tool_button(action: QAction) -> QToolButton:
    """A flat icon button of an action, 24 x 24."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(QSize(16, 16))
    button.setFixedSize(24, 24)
    return button
