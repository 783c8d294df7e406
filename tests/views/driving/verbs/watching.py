"""Time and the 3D view."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, Qt

from tests.views.driving.clicking import move
from tests.views.driving.hand import LEFT, MIDDLE, RIGHT
from tests.views.driving.verbs.bench import Bench, verb

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


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
    assert at.window.timeline.transport.readout._shown or not at.thing.has_clip


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
    at.hand.wheel(tracks, QPoint((left + right) // 2, y), 2)
    at.hand.press(Key.Key_Z)


@verb
def read_the_classes(at: Bench) -> None:
    tracks, look, size = at.window.timeline.tracks, at.session.look.classes, at.window.size()
    at.window.resize(size.width(), 900)
    for key, lanes in ((Key.Key_C, 0), (Key.Key_C, 1)):
        at.hand.press(key)
        at.hand.settle()
        at.hand.look(0.05)
        assert len(tracks.classes) == (lanes if at.thing.has_clip else 0)
    for box in tracks.classes:
        assert len(box.named.times) or box.named.why, "neither classes nor a sentence"
        move(tracks, QPoint(20, round(box.top + 4)))
        at.hand.look(0.02)
        assert tracks.toolTip()
    at.hand.press(Key.Key_C, SHIFT)
    at.hand.settle()
    at.hand.look(0.05)
    assert len(tracks.classes) == (len(at.state.naming.namers) if at.thing.has_clip else 0)
    at.session.set_look(classes=look)
    at.window.resize(size)


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
    wanted = at.window.scene.actions_by_name["nearest"].isEnabled()
    for on in (True, False):
        at.hand.press(Key.Key_E)
        assert at.session.look.nearest == (on and wanted)
        at.hand.settle()
        at.hand.look(0.02)
    for theme in ("light", "dark"):
        at.hand.press(Key.Key_L, CONTROL)
        assert at.session.look.theme == theme
        at.hand.look(0.02)
