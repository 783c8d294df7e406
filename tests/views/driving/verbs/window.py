"""The window as a whole."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QTreeView

from poseviewer import paths
from tests.views.driving.verbs.bench import Bench, verb

Key = Qt.Key


@verb
def resize_and_rearrange(at: Bench) -> None:
    size = at.window.size()
    for width, height in ((1280, 720), (1000, 640), (size.width(), size.height())):
        at.window.resize(width, height)
        at.hand.look(0.05)
    for dock in at.window.docks.values():
        dock.toggleViewAction().trigger()
        at.hand.look()
    at.window.actions_by_name["layout"].trigger()
    at.hand.look(0.05)
    assert all(not dock.isHidden() for dock in at.window.docks.values())


@verb
def drop_a_checkpoint(at: Bench) -> None:
    at.hand.drop([paths.models() / "penn-embedding.safetensors"])
    at.hand.settle()
    at.take_misfits()
    assert at.session.embedding_source == paths.models() / "penn-embedding.safetensors"
    at.hand.look(0.05)


@verb
def close_the_dataset(at: Bench) -> None:
    tree = at.hand.named("Clips")
    assert isinstance(tree, QTreeView)
    for _ in range(len(at.state.datasets)):
        where, before = at.hand.dataset_row(0), len(at.state.datasets)
        at.hand.in_menu("Close ")
        viewport = tree.viewport()
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, viewport.mapToGlobal(where))
        QApplication.sendEvent(viewport, event)
        at.hand.wait(
            lambda before=before: len(at.state.datasets) == before - 1, f"one of {before} datasets is closed", 10.0
        )
        at.hand.settle()
        at.hand.look(0.05)
    assert at.state.clip is None and at.state.lane.horizon == 0
    if at.thing.has_clip:
        assert at.says_why_not()
    for key in (Key.Key_Space, Key.Key_Right, Key.Key_G, Key.Key_Home, Key.Key_H):
        at.hand.press(key)
    at.hand.settle()
