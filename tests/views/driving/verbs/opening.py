"""Opening, choosing and filtering clips."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QTreeView

from tests.views.driving.verbs.bench import Bench, verb

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier


def _is_open_again(at: Bench, before: int) -> None:
    at.hand.settle()
    assert len(at.state.datasets) == before, "the file that was open is open twice"
    assert (at.state.clip is not None) == at.thing.has_clip


@verb
def open_by_drop(at: Bench) -> None:
    before = len(at.state.datasets)
    at.hand.drop(at.files)
    _is_open_again(at, before)


@verb
def open_by_menu(at: Bench) -> None:
    before, ask = len(at.state.datasets), QFileDialog.getOpenFileNames
    QFileDialog.getOpenFileNames = lambda *_, **__: ([str(path) for path in at.files], "")  # type: ignore[method-assign]
    try:
        at.hand.press(Key.Key_O, CONTROL)
    finally:
        QFileDialog.getOpenFileNames = ask  # type: ignore[method-assign]
    _is_open_again(at, before)


@verb
def open_damaged(at: Bench) -> None:
    bad, clip = at.folder / "bad.npz", at.state.clip
    bad.write_bytes(b"PK\x03\x04 not an archive")
    at.hand.drop([bad])
    at.hand.settle()
    at.trouble.expect("bad.npz was not opened")
    assert at.window.error_bar.sentence.startswith("bad.npz was not opened")
    assert at.state.clip is clip
    at.hand.press(Key.Key_Escape)
    assert not at.window.error_bar.sentence


@verb
def choose_a_clip(at: Bench) -> None:
    rows, tree = at.hand.clip_rows(), at.hand.named("Clips")
    assert isinstance(tree, QTreeView)
    if at.thing.clips < 2:
        assert len(rows) >= at.thing.clips
        return
    name, where = rows[-1]
    at.hand.click(tree.viewport(), where)
    at.hand.settle()
    assert at.state.clip is not None and at.state.clip.name == name
    at.hand.look(0.05)


@verb
def filter_the_library(at: Bench) -> None:
    field, clip = at.hand.named("Filter"), at.state.clip
    assert isinstance(field, QLineEdit)
    at.hand.press(Key.Key_F, CONTROL)
    at.hand.press("nothing has this name")
    assert field.text() == "nothing has this name" and not at.hand.clip_rows()
    at.hand.settle()
    assert at.state.clip is clip, "a filter changed the clip"
    at.hand.press(Key.Key_Escape)
    assert not field.text()
    if at.thing.has_clip:
        assert at.hand.clip_rows()
    at.hand.press(Key.Key_Escape)
