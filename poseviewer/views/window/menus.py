"""The menus: every action of the window has its entry here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from poseviewer.views.parts.kept_menu import KeptMenu

if TYPE_CHECKING:
    from poseviewer.views.window.main_window import MainWindow

_DOTS = "\N{HORIZONTAL ELLIPSIS}"
_PRESETS = ("front", "right", "left", "back", "top", "three-quarter")
_TOGGLES = ("follow", "skins", "trails", "truth", "labels", "fine")

Entry = QAction | QMenu | None
"""None is a separator."""


def fill_menus(window: MainWindow) -> None:
    """Put every action into a menu and onto the window, so that its key works whatever dock has the focus."""
    undo = window.session.history.createUndoAction(window, "Undo")
    undo.setShortcut(QKeySequence.StandardKey.Undo)
    redo = window.session.history.createRedoAction(window, "Redo")
    redo.setShortcut(QKeySequence.StandardKey.Redo)
    scene = window.scene.actions_by_name
    clip, generator = window.timeline.actions_by_name, window.generator.actions_by_name
    menus: dict[str, list[Entry]] = {
        "File": _file(window),
        "Edit": [undo, redo, None, *_edit(window)],
        "View": [
            scene["home"],
            scene["fit"],
            *_presets(window),
            scene["orthographic"],
            scene["side"],
            None,
            *(scene[name] for name in _TOGGLES),
        ],
        "Clip": list(clip.values()),
        "Generator": [*generator.values(), None, KeptMenu(window.session, window)],
        "Window": _window(window),
        "Help": _help(window),
    }
    for title, entries in menus.items():
        window.menus.addMenu(_menu(window, title, entries))
    own = window.actions_by_name.values()
    for action in (*own, *scene.values(), *clip.values(), *generator.values(), undo, redo):
        window.addAction(action)


def _file(window: MainWindow) -> list[Entry]:
    tip = "Export the motion as film, pictures, BVH or arrays"
    window.scene.actions_by_name["picture"].triggered.connect(window.ask_for_picture)
    return [
        _add(
            window, "open", f"Open{_DOTS}", "Ctrl+O", window.ask_to_open, "Open datasets, motion files and checkpoints"
        ),
        window.recent,
        _add(window, "demo", "Open the demo", "", window.open_demo),
        None,
        _add(window, "export", f"Export{_DOTS}", "Ctrl+E", window.ask_to_export, tip),
        window.scene.actions_by_name["picture"],
        None,
        _add(window, "quit", "Quit", "Ctrl+Q", window.close),
    ]


def _edit(window: MainWindow) -> list[Entry]:
    tip = "Let go of the held pose, or close the error"
    return [
        _add(window, "find", "Filter the library", "Ctrl+F", window.show_filter),
        _add(window, "let_go", "Let go of the held pose", "Esc", window.let_go, tip),
    ]


def _presets(window: MainWindow) -> list[Entry]:
    def look(name: Any) -> Any:
        return lambda: window.scene.view.preset(name)

    names = {name: f"From the {name}" for name in _PRESETS} | {"three-quarter": "Three-quarter view"}
    return [_add(window, f"view_{name}", names[name], f"Alt+{i}", look(name)) for i, name in enumerate(_PRESETS, 1)]


def _window(window: MainWindow) -> list[Entry]:
    light = _add(window, "light", "Light theme", "Ctrl+L", window.flip_theme)
    light.setCheckable(True)
    layout = _add(window, "layout", "Default layout", "", window.reset_layout)
    float_ = [dock.float_action for dock in window.docks.values()]
    toggles = [dock.toggleViewAction() for dock in window.docks.values()]
    return [*toggles, None, _menu(window, "Float", float_), None, light, layout]


def _help(window: MainWindow) -> list[Entry]:
    return [
        _add(window, "shortcuts", "Keyboard shortcuts", "F1", window.show_shortcuts),
        _add(window, "cards", "Show the models' cards", "", window.show_cards),
        None,
        _add(window, "about", "About poseviewer", "", window.show_about),
    ]


def _add(window: MainWindow, name: str, text: str, key: str, call: Any, tip: str = "") -> QAction:
    action = QAction(text, window)
    if key:
        action.setShortcut(QKeySequence(key))
    action.setToolTip(f"{tip or text}{f' ({key})' if key else ''}")
    action.triggered.connect(call)
    window.actions_by_name[name] = action
    return action


def _menu(window: MainWindow, title: str, entries: Sequence[Entry]) -> QMenu:
    menu = QMenu(title, window)
    menu.setToolTipsVisible(True)
    for entry in entries:
        if entry is None:
            menu.addSeparator()
        elif isinstance(entry, QMenu):
            menu.addMenu(entry)
        else:
            if entry.isCheckable():
                entry.setIconVisibleInMenu(False)  # its place is the mark's
            menu.addAction(entry)
    return menu
