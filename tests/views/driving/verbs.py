"""What a person does with the window: each verb as a function that does it with real events and says what must follow.

A verb is done to every thing of things.py, from the same rest: the thing's first clip at its first frame, nothing held,
nothing generated. It raises AssertionError where a person would not see what the verb promises, or, where the thing
allows no such thing, no sentence that says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QSpinBox, QTreeView

from poseviewer import paths
from poseviewer.views.export.export_dialog import ExportDialog
from tests.views.driving.clicking import button, click
from tests.views.driving.hand import LEFT, MIDDLE, RIGHT, Hand
from tests.views.driving.things import Thing
from tests.views.driving.trouble import Trouble

Key, Standard = Qt.Key, QKeySequence.StandardKey
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@dataclass
class Bench:
    """Where a verb is done: the hand, the thing and its files, what is heard, a folder to write into."""

    hand: Hand
    thing: Thing
    files: list[Path]
    trouble: Trouble
    folder: Path

    def __post_init__(self) -> None:
        self.window = self.hand.window
        self.session = self.window.session
        self.state = self.session.bench

    @property
    def frame(self) -> int:
        """The frame at which the playhead stands, from the clip's first one."""
        return self.state.relative_frame() - self.state.first_frame

    def undo(self) -> None:
        self.hand.press(Standard.Undo)
        self.hand.settle()

    def redo(self) -> None:
        self.hand.press(Standard.Redo)
        self.hand.settle()

    def says_why_not(self) -> bool:
        """Whether the generator's panel has its steps off and gives a reason."""
        return not self.window.generator.button("step").isEnabled() and bool(self.session.stepper.obstacle)

    def step(self, name: str) -> int:
        """Click a button of the generator; the generated frames after it."""
        self.hand.click(self.window.generator.button(name))
        self.hand.settle()
        return self.state.lane.horizon


Verb = Callable[[Bench], None]
VERBS: dict[str, Verb] = {}


def verb(function: Verb) -> Verb:
    """Into the matrix, in the order of this file."""
    VERBS[function.__name__.replace("_", " ")] = function
    return function


# opening


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


# time


@verb
def scrub_with_keys(at: Bench) -> None:
    at.hand.press(Key.Key_Home)
    assert at.frame == 0
    last = at.state.relative_frame(at.state.end) - at.state.first_frame
    for key, modifiers, due in (
        (Key.Key_Right, Qt.KeyboardModifier.NoModifier, 1),
        (Key.Key_Right, SHIFT, 11),
        (Key.Key_Left, Qt.KeyboardModifier.NoModifier, 10),
        (Key.Key_End, Qt.KeyboardModifier.NoModifier, last),
    ):
        at.hand.press(key, modifiers)
        assert at.frame == min(due, last), f"frame {at.frame} after {key}, not {due} of {last}"
    assert at.window.timeline.transport.readout.words[0] or not at.thing.has_clip


@verb
def scrub_with_the_mouse(at: Bench) -> None:
    tracks = at.hand.named("Timeline")
    axis = at.window.timeline.tracks.axis
    y = tracks.height() // 2
    left, right = round(axis.x(0.0)), round(axis.x(at.state.end))
    at.hand.click(tracks, QPoint(max(right, left + 1), y))
    at.hand.drag(tracks, QPoint(left + 2, y), QPoint(max(left + 4, (left + right) // 2), y))
    if at.thing.frames > 2:
        assert 0 < at.state.time < at.state.end
    else:
        assert at.state.time == 0.0
    at.hand.wheel(tracks, QPoint((left + right) // 2, y), 2, CONTROL)
    at.hand.press(Key.Key_Z)


@verb
def play_and_pause(at: Bench) -> None:
    at.hand.press(Key.Key_Home)
    at.hand.press(Key.Key_Space)
    if not at.thing.has_clip:
        assert not at.window.playback.playing
        return
    assert at.window.playback.playing
    if at.thing.frames > 1:
        at.hand.wait(lambda: at.state.time > 0.05, "the playhead moves")
    else:
        at.hand.look(0.1)
    at.hand.click(at.window.timeline.transport.play)
    assert not at.window.playback.playing


@verb
def loop_and_seed_range(at: Bench) -> None:
    if at.thing.frames < 12:
        return
    for key in (Key.Key_Right, Key.Key_I):
        at.hand.press(key)
    at.hand.press(Key.Key_Right, SHIFT)
    at.hand.press(Key.Key_O)
    assert at.session.loop_range is not None
    at.hand.press(Key.Key_L, SHIFT)
    assert at.session.loop_range is None
    before = at.state.seed
    at.hand.press(Key.Key_O, SHIFT)
    assert at.state.seed != before and at.state.seed[1] - at.state.seed[0] >= 1
    chosen = at.state.seed
    at.undo()
    assert at.state.seed == before
    at.redo()
    assert at.state.seed == chosen
    at.undo()


# the 3D view


@verb
def orbit_pan_and_zoom(at: Bench) -> None:
    view = at.window.scene.view
    middle = view.rect().center()
    camera = view.camera
    for mouse, modifiers in ((LEFT, Qt.KeyboardModifier.NoModifier), (MIDDLE, SHIFT), (RIGHT, SHIFT)):
        at.hand.drag(view, middle, middle + QPoint(60, 25), mouse, modifiers)
        assert view.camera != camera
        camera = view.camera
    at.hand.wheel(view, middle, -3)
    assert view.camera.distance != camera.distance
    at.hand.press(Key.Key_1, Qt.KeyboardModifier.AltModifier)
    at.hand.look(0.25)
    at.hand.click(view.cube)
    at.hand.look(0.25)
    at.hand.press(Key.Key_P)
    assert view.camera.orthographic
    at.hand.choose(at.hand.combo("Projection", at.window.scene), 0)
    assert not view.camera.orthographic
    at.hand.press(Key.Key_F, SHIFT)
    at.hand.press(Key.Key_H)
    at.hand.look(0.25)
    assert np.isfinite(view.camera.target).all() and np.isfinite(view.camera.distance)


@verb
def pin_a_joint(at: Bench) -> None:
    view = at.window.scene.view
    if not at.thing.has_clip:
        at.hand.click(view)
        return
    figure = next(figure for figure in view.stage().figures if figure.layer == "current")
    pixels, _ = view.camera.project(figure.positions.reshape(-1, 3), (view.width(), view.height()))
    seen = pixels[np.isfinite(pixels).all(axis=1)]
    at.hand.look()
    before = at.state.pins
    at.hand.click(view, QPoint(round(float(seen[-1, 0])), round(float(seen[-1, 1]))))
    assert at.state.pins != before
    pinned = at.state.pins
    at.undo()
    assert at.state.pins == before
    at.redo()
    assert at.state.pins == pinned
    at.undo()


@verb
def change_colour_theme_and_what_is_drawn(at: Bench) -> None:
    combo = at.hand.combo("Colour by")
    for row in (*range(1, combo.count()), 0):
        at.hand.choose(combo, row)
        assert at.session.look.colour_by == combo.itemText(row)
    for key in (Key.Key_F, Key.Key_K, Key.Key_T, Key.Key_U, Key.Key_N):
        before = at.session.look
        at.hand.press(key)
        assert at.session.look != before
        at.hand.press(key)
        assert at.session.look == before
    for theme in ("light", "dark"):
        at.hand.press(Key.Key_L, CONTROL)
        assert at.session.look.theme == theme
        at.hand.look(0.02)


# the map and the sliders


def _holds(at: Bench) -> None:
    """A drag is over: the pose is held; Undo lets it go, Redo brings it back, Esc lets it go."""
    held = at.state.held
    assert held is not None and np.isfinite(held.latent).all()
    assert np.isfinite(held.pose).any()
    at.undo()
    assert at.state.held is None
    at.redo()
    assert at.state.held is not None and np.array_equal(at.state.held.latent, held.latent)
    at.hand.press(Key.Key_Escape)
    assert at.state.held is None


@verb
def drag_on_the_map(at: Bench) -> None:
    canvas = at.hand.named("Latent map")
    surface = at.window.map.canvas.viewport()
    at.hand.look(0.05)
    ring = at.hand.ring()
    if not at.thing.mapped:
        assert ring is None and at.window.map._picture.sentence
        at.hand.drag(surface, canvas.rect().center(), canvas.rect().center() + QPoint(20, 10))
        assert at.state.held is None
        return
    assert ring is not None
    at.hand.drag(surface, ring, ring + QPoint(24, -18))
    _holds(at)


@verb
def look_about_on_the_map(at: Bench) -> None:
    canvas, surface = at.window.map.canvas, at.window.map.canvas.viewport()
    corner, middle = QPoint(18, 60), canvas.rect().center()
    at.hand.drag(surface, corner, corner + QPoint(30, 20))
    at.hand.wheel(surface, middle, 4)
    at.hand.wheel(surface, middle, -8)
    for k in range(1, 6):
        at.hand.click(surface, QPoint(k * canvas.width() // 6, k * canvas.height() // 6))
        at.hand.settle()
    canvas.fit()
    at.hand.look(0.02)


@verb
def change_fit_and_colour(at: Bench) -> None:
    view = at.window.map
    for combo in (view.fit_to, view.colour, view.projection):
        for row in (*range(combo.count() - 1, -1, -1),):
            if combo.isEnabled():
                at.hand.choose(combo, row)
                at.hand.settle()
                assert combo.currentIndex() == row
                at.hand.look(0.02)
    if at.thing.has_clip and at.thing.mapped:
        assert at.state.fit_to == view.fit_to.itemData(0)
        assert at.state.projection is not None


@verb
def drag_a_slider(at: Bench) -> None:
    rows = at.window.sliders.rows
    if not rows.count or not at.thing.mapped:
        assert at.state.latent_at() is None or not at.state.has_statistics
        return
    at.hand.look(0.02)
    knob = rows.knob(0).toPoint()
    at.hand.drag(rows, knob, knob + QPoint(24, 0))
    _holds(at)


# generating


@verb
def step_back_and_reset(at: Bench) -> None:
    if not at.thing.generates:
        assert at.says_why_not()
        at.hand.press(Key.Key_G)
        at.hand.settle()
        assert at.state.lane.horizon == 0
        return
    made = [at.step("step"), at.step("step50"), at.step("back"), at.step("back10")]
    assert made == [1, 51, 50, 40], made
    assert at.frame > 0 and at.state.shows_generated()
    at.hand.look(0.05)
    assert at.step("reset") == 0
    back = []
    for _ in range(5):
        at.undo()
        back.append(at.state.lane.horizon)
    assert back == [40, 50, 51, 1, 0], back
    forth = []
    for _ in range(5):
        at.redo()
        forth.append(at.state.lane.horizon)
    assert forth == [1, 51, 50, 40, 0], forth
    assert not at.window.generator.button("back").isEnabled()


@verb
def run_and_stop(at: Bench) -> None:
    run = at.window.generator.button("run")
    if not at.thing.generates:
        assert not run.isEnabled()
        return
    at.hand.click(run)
    at.hand.wait(lambda: at.state.lane.horizon >= 4, "Run generates")
    at.hand.press(Key.Key_R)
    at.hand.settle()
    assert at.state.lane.horizon >= 4 and not at.session.stepper.running
    assert at.step("reset") == 0


@verb
def step_from_a_held_pose(at: Bench) -> None:
    ring = at.hand.ring()
    if not at.thing.generates or ring is None:
        return
    assert at.step("step5") == 5
    at.hand.look(0.05)
    ring = at.hand.ring()
    if ring is None:
        return  # what this model generates lies on no map
    newest = at.state.lane.rollout.poses[0, -1].copy()  # type: ignore[union-attr]
    at.hand.drag(at.window.map.canvas.viewport(), ring, ring + QPoint(-20, 16))
    assert at.state.held is not None
    assert at.step("step") == 6
    assert np.abs(at.state.lane.rollout.poses[0, 4] - newest).max() > 1e-4  # type: ignore[union-attr]
    at.undo()
    assert at.state.held is not None and at.state.lane.horizon == 5
    at.undo()
    assert at.state.held is None
    assert np.allclose(at.state.lane.rollout.poses[0, -1], newest)  # type: ignore[union-attr]


@verb
def change_samples_and_temperature(at: Bench) -> None:
    samples = at.hand.named("Samples")
    assert isinstance(samples, QSpinBox)
    generator = at.state.lane.generator
    if generator is None or not generator.stochastic:
        assert not samples.isEnabled()
        return
    if at.thing.generates:
        assert at.step("step5") == 5
    at.hand.click(samples.lineEdit())
    samples.selectAll()
    at.hand.press("3")
    at.hand.press(Key.Key_Return)
    at.hand.settle()
    assert at.state.lane.samples == 3, f"{at.state.lane.samples}: {samples.value()}"
    if at.thing.generates:
        assert at.step("step5") == 5
        assert at.state.lane.rollout is not None and at.state.lane.rollout.samples == 3
        at.hand.look(0.05)
        at.undo()
    at.undo()
    assert at.state.lane.samples == 1
    assert at.state.lane.horizon == (5 if at.thing.generates else 0)


def _take_misfits(at: Bench) -> None:
    """A model that does not read the clip says so, and how to go on."""
    for sentence in list(at.trouble.told):
        assert " reads " in sentence or " maps onto " in sentence, sentence
        at.trouble.expect(sentence)


@verb
def change_the_model(at: Bench) -> None:
    combo = at.hand.combo("Model A")
    if combo.count() < 2:
        return
    if at.thing.generates:
        at.step("step5")
    before = combo.currentIndex()
    others = [row for row in range(combo.count()) if row != before]
    for row in others if at.thing.models else others[-1:]:
        at.hand.choose(combo, row)
        at.hand.settle()
        at.hand.look(0.02)
        assert combo.currentIndex() == row
        _take_misfits(at)
        if at.state.lane.generator is not None and not at.session.stepper.obstacle:
            at.step("step5")
            at.hand.look(0.02)
    if before >= 0:
        at.hand.choose(combo, before)
        at.hand.settle()
        assert combo.currentIndex() == before
        assert at.state.lane.horizon == (5 if at.thing.generates else 0), "the rollout is gone with the model"


@verb
def click_every_model(at: Bench) -> None:
    """In the library; what each is for may be told in a sentence."""
    if not at.thing.models:
        return
    models = at.hand.named("Models")
    before = dict(at.session.shelf.at_work)
    for row in range(len(at.session.offers)):
        at.hand.click(models, QPoint(90, 24 + 22 * row + 11))
        at.hand.settle()
        at.hand.look(0.02)
    _take_misfits(at)
    for source in (before.get("classifier"), before.get("embedding"), before.get("generator")):
        if source is not None:
            at.session.use_model(source)
            at.hand.settle()


# the library's filter


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


# exporting


def _export(at: Bench, suffix: str) -> Path | None:
    """The file written; None where the dialog said why that cannot be, and was left."""
    out, refused = at.folder / f"out{suffix}", []

    def fill(dialog: QDialog) -> None:
        field = at.hand.named("File", dialog)
        assert isinstance(field, QLineEdit) and isinstance(dialog, ExportDialog)
        field.setText(str(out))
        for name, pixels in (("Width", 96), ("Height", 64)):
            number = at.hand.named(name, dialog)
            assert isinstance(number, QSpinBox)
            number.setValue(pixels)
        at.hand.look(0.02)
        if button(dialog, "Export").isEnabled():
            click(dialog, "Export")
        else:
            refused.append(dialog.sentence)
            click(dialog, "Cancel")

    at.hand.answer(fill)
    at.hand.press(Key.Key_E, CONTROL)
    at.hand.settle()
    assert all(refused), "the dialog refuses without a word"
    return None if refused else out


@verb
def export(at: Bench) -> None:
    if not at.thing.has_clip:
        at.hand.press(Key.Key_E, CONTROL)
        at.trouble.expect("Nothing to export")
        return
    if at.thing.generates:
        at.step("step5")
    for suffix in (".gif", ".npz"):
        out = _export(at, suffix)
        assert out is not None and out.is_file() and out.stat().st_size > 0, f"no {suffix}"
        assert out.name in at.window.notice_bar.words
    at.step("reset")
    out = _export(at, ".bvh")
    assert (out is not None and out.is_file()) == at.thing.turns
    while at.window.notice_bar.words:
        at.window.notice_bar.dismiss()


@verb
def save_the_picture(at: Bench) -> None:
    out, ask = at.folder / "picture.png", QFileDialog.getSaveFileName
    QFileDialog.getSaveFileName = lambda *_, **__: (str(out), "")  # type: ignore[method-assign]
    try:
        at.hand.press(Key.Key_P, CONTROL | SHIFT)
    finally:
        QFileDialog.getSaveFileName = ask  # type: ignore[method-assign]
    at.hand.settle()
    assert out.is_file()
    out.unlink()


# the window


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
    _take_misfits(at)
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
