"""F1: every action that has a key."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QMenu, QMenuBar, QScrollArea, QWidget

from poseviewer.views.parts.boxes import in_column
from poseviewer.views.parts.labels import label

MOUSE = (
    ("Drag", "orbit"),
    ("Middle drag, Shift+drag", "pan"),
    ("Wheel, right drag", "zoom about the cursor"),
    ("Click on a joint", "pin or let go its trail"),
    ("Double click", "opening view"),
    ("Drag the ring on the map", "decode the pose under the hand"),
    ("Drag the title of a dock", "move it; double click to float or dock"),
)
FOCUS = (
    ("Esc, Enter", "end typing; all keys are the window's again"),
    ("Tab", "go through buttons, lists and sliders"),
    ("Enter", "press the button, open the list"),
    ("Up, Down", "go through the clips of the library"),
    ("Arrows", "move a slider that Tab has reached"),
)


class ShortcutsDialog(QDialog):
    """Reads the menus, so that it is never out of date."""

    def __init__(self, menus: QMenuBar, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(560, 620)
        page = QWidget()
        grid = QGridLayout(page)
        grid.setVerticalSpacing(4)
        grid.setHorizontalSpacing(24)
        for top in menus.actions():
            menu = top.menu()
            if isinstance(menu, QMenu):
                self._section(grid, top.text(), _keys(menu))
        self._section(grid, "Mouse", list(MOUSE))
        self._section(grid, "Typing and focus", list(FOCUS))
        grid.setColumnStretch(1, 1)
        area = QScrollArea(widgetResizable=True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(page)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        in_column((area, 1), buttons, of=self, margins=None)

    @staticmethod
    def _section(grid: QGridLayout, title: str, rows: list[tuple[str, str]]) -> None:
        if not rows:
            return
        head = QLabel(f"<b>{title}</b>")
        head.setContentsMargins(0, 10, 0, 2)
        grid.addWidget(head, grid.rowCount(), 0, 1, 2)
        for key, text in rows:
            row = grid.rowCount()
            grid.addWidget(label(key, "middle"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(QLabel(text), row, 1)


def _keys(menu: QMenu) -> list[tuple[str, str]]:
    shown = [action for action in menu.actions() if not action.shortcut().isEmpty()]
    return [(action.shortcut().toString(), action.objectName() or action.text().replace("&", "")) for action in shown]
