"""The menus: entries laid out, and their keys given to the window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

Entry = QAction | QMenu | None
"""None is a separator."""


def fill(bar: QMenuBar, menus: Mapping[str, Sequence[Entry]], window: QWidget) -> None:
    """Every action into its menu and onto the window, so that its key works whatever dock has the focus."""
    for title, entries in menus.items():
        bar.addMenu(menu(title, entries, window))
        window.addActions([entry for entry in entries if isinstance(entry, QAction)])


def menu(title: str, entries: Sequence[Entry], parent: QWidget) -> QMenu:
    """A menu of its entries."""
    made = QMenu(title, parent)
    made.setToolTipsVisible(True)
    for entry in entries:
        if entry is None:
            made.addSeparator()
        elif isinstance(entry, QMenu):
            made.addMenu(entry)
        else:
            if entry.isCheckable():
                entry.setIconVisibleInMenu(False)  # its place is the mark's
            made.addAction(entry)
    return made
