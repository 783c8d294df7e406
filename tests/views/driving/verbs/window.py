"""The window as a whole."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QListView, QTreeView

from poseviewer import paths
from poseviewer.motion import by_hand
from poseviewer.views.commands.command_palette import FOUND
from poseviewer.views.mapping.mapping_dialog import MappingDialog, offered_targets
from tests.views.driving.clicking import click, pick
from tests.views.driving.verbs.bench import Bench, verb

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier


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
def find_by_letters(at: Bench) -> None:
    skins, palette = at.session.look.skins, at.window.commands
    at.hand.press(Key.Key_K, CONTROL)
    assert palette.isVisible()
    at.hand.press("onsk")
    at.hand.press(Key.Key_Return)
    assert at.session.look.skins is not skins and not palette.isVisible()
    at.hand.press(Key.Key_K, CONTROL)
    at.hand.press("seedfrom")
    told = palette.list.currentIndex().data(FOUND).entry
    assert told.text == "Seed from here" and bool(told.why) is not at.thing.has_clip
    if at.thing.has_clip:
        at.hand.press(Key.Key_A, CONTROL)
        at.hand.press(at.state.datasets[-1].infos[0].name)
        assert any(row.data(FOUND).entry.colour is not None for row in rows(palette.list))
    at.hand.press(Key.Key_Escape)
    assert not palette.isVisible() and at.session.look.skins is not skins
    at.session.set_look(skins=skins)


def rows(view: QListView) -> list[QModelIndex]:
    """What a list shows."""
    model = view.model()
    return [model.index(row, 0) for row in range(model.rowCount())]


@verb
def map_the_joints(at: Bench) -> None:
    """One is paired by hand, used, taken back and used again; where nothing is to be paired a sentence says so."""
    clip = at.state.clip
    if clip is None or not offered_targets(at.session, clip):
        at.hand.press(Key.Key_J, CONTROL)
        at.hand.settle()
        at.trouble.expect("Map joints: ")
        return
    rig, used = clip.skeleton.joints, []

    def pair(dialog: QDialog) -> None:
        assert isinstance(dialog, MappingDialog)
        rows = dialog.pairs
        QTest.mouseClick(rows, Qt.MouseButton.LeftButton, pos=rows.row_box(0).center())
        pick(rows.combo, rig[-1])
        assert dialog.mapping.rows()[0].how == "by hand"
        used.append(dialog.apply.isEnabled())
        click(dialog, "Use these pairs" if used[0] else "Cancel")

    at.hand.answer(pair)
    at.hand.press(Key.Key_J, CONTROL)
    at.hand.settle()
    assert used and bool(by_hand.of_rig(rig)) == used[0]
    if used[0]:
        at.hand.look(0.05)
        at.undo()
        assert not by_hand.of_rig(rig)
        at.redo()
        assert by_hand.of_rig(rig)
        at.undo()
        assert not by_hand.of_rig(rig)
    at.take_misfits()


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
