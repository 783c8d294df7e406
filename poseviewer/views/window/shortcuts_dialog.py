"""F1: every action that has a key, and what the mouse does in each view."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QMenu, QMenuBar, QScrollArea, QWidget

from poseviewer.views.parts.boxes import in_column
from poseviewer.views.parts.labels import label

MOUSE = {
    "3D view": (
        ("Drag", "orbit"),
        ("Middle drag, Shift+drag", "pan"),
        ("Wheel, right drag", "zoom, the wheel about the cursor"),
        ("Hover over a joint", "its name"),
        ("Click on a joint", "pin or let go its trail"),
        ("Double click", "opening view"),
        ("Click on the cube", "look from that side"),
    ),
    "Latent map": (
        ("Drag the ring", "decode the pose under the hand"),
        ("Drag elsewhere", "pan"),
        ("Wheel", "zoom about the cursor"),
        ("Hover over a point", "its clip; other actions fade"),
        ("Click on a point", "go to that clip and frame"),
        ("Double click", "show all of the map"),
    ),
    "Latent dimensions": (
        ("Drag a knob", "change one dimension of the pose"),
        ("Double click", "put the dimension back"),
    ),
    "Timeline": (
        ("Click, drag", "go to a frame, scrub"),
        ("Wheel", "zoom about the cursor"),
        ("Shift+wheel", "move along"),
        ("Double click", "show all of the timeline"),
        ("Drag an end of the blue bar", "change the seed"),
        ("Shift+drag", "a new loop range"),
        ("Drag the loop range, an end of it", "move it, change it"),
        ("Hover over the verdict strip", "why, in full, and by what it is measured"),
        ("Click on the verdict strip", "go to where that stretch begins"),
        ("Right click", "loop range, seed, time axis"),
    ),
    "Library": (
        ("Click on a clip, a model", "open it, put it to work"),
        ("Double click on an action", "show only its clips, show all again"),
        ("Right click", "what else can be done with it"),
    ),
    "Map joints": (
        ("Drag a joint onto another", "pair them"),
        ("Click on a joint", "select its pair"),
        ("Drag elsewhere", "turn both skeletons"),
        ("Wheel", "zoom"),
    ),
    "Docks and window": (
        ("Drag the title of a dock", "move it"),
        ("Double click on the title", "float or dock it"),
        ("Right click on the title", "float, dock, close"),
        ("Drop files anywhere", "open datasets, motion files, checkpoints"),
    ),
}
"""What the mouse does, by where it is."""
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
        self.setWindowTitle("Keys and mouse")
        self.resize(560, 620)
        page = QWidget()
        grid = QGridLayout(page)
        grid.setVerticalSpacing(4)
        grid.setHorizontalSpacing(24)
        for top in menus.actions():
            menu = top.menu()
            if isinstance(menu, QMenu):
                self._section(grid, top.text(), _keys(menu))
        for where, gestures in MOUSE.items():
            self._section(grid, f"Mouse: {where}", list(gestures))
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
