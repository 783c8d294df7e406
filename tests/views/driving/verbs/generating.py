"""Stepping, running, and what they depend on."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QSpinBox

from poseviewer.bench.verdicts import placed
from poseviewer.views.timeline.track_layout import STRIP
from tests.views.driving.verbs.bench import Bench, verb

Key = Qt.Key


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
def say_what_was_generated(at: Bench) -> None:
    """From a frame on, by the timeline's menu: it is judged wherever there is a reference, and a click goes there."""
    more, tracks = at.window.timeline.transport.more, at.window.timeline.tracks
    if at.thing.frames < 12 or at.state.clip is None:
        return
    before, seed = at.state.clip.seed_frames, at.state.seed
    at.hand.press(Key.Key_Home)
    at.hand.press(Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    at.hand.in_menu("Generated from here on")
    at.hand.click(more)
    at.hand.settle()
    made = at.state.clip.seed_frames
    assert made is not None and made >= 2 and at.state.seed == (0, made)
    told = placed(at.state)
    if told is None:
        assert at.state.no_reference, "it is not judged, and nothing says why"
    else:
        at.hand.click(tracks, QPoint(round(tracks.axis.x(told.time(1.0))), round(STRIP[0] + 3)))
        assert at.state.shown_at() and at.state.relative_frame() == 1
    at.hand.look(0.05)
    at.undo()
    assert (at.state.clip.seed_frames, at.state.seed) == (before, seed)


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


@verb
def pick_a_sample(at: Bench) -> None:
    """By its way on the ground: its figure under the pointer, then a click, and it stands for the lane."""
    samples, view, generator = at.hand.named("Samples"), at.window.scene.view, at.state.lane.generator
    assert isinstance(samples, QSpinBox)
    if not at.thing.generates or generator is None or not generator.stochastic:
        return
    at.hand.click(samples.lineEdit())
    samples.selectAll()
    at.hand.press("3")
    at.hand.press(Key.Key_Return)
    at.hand.settle()
    assert at.step("step50") == 50
    at.hand.press(Key.Key_H)
    at.hand.look(0.3)
    ways = np.stack([at.state.lane.tracks[sample].root[10:40] for sample in (1, 2)]).reshape(-1, 3)
    ways[:, 1] = at.state.track.ground  # type: ignore[union-attr]
    places, _ = view.camera.project(ways, (view.width(), view.height()))
    seen = [QPoint(round(x), round(y)) for x, y in places.tolist() if np.isfinite([x, y]).all()]
    free = (at_px for at_px in seen if not view._joint_at(QPointF(at_px)) and view._sample_at(QPointF(at_px)))
    place = next(free, None)
    if place is not None:  # bodies hide the ways of what stays where it is
        role, sample = view._sample_at(QPointF(place))  # type: ignore[misc]
        at.hand.click(view, place)
        at.hand.settle()
        assert at.state.lane.role == role and at.state.lane.sample == sample
        told = at.state.lane.verdicts
        assert told is None or told.row == sample
        at.hand.look(0.05)
    at.undo()
    at.undo()
    assert at.state.lane.samples == 1 and at.state.lane.horizon == 0


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
        at.take_misfits()
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
    before = dict(at.session.at_work)
    for row in range(len(at.session.offers)):
        at.hand.click(models, QPoint(90, 24 + 22 * row + 11))
        at.hand.settle()
        at.hand.look(0.02)
    at.take_misfits()
    for source in (before.get("classifier"), before.get("embedding"), before.get("generator")):
        if source is not None:
            at.session.use_model(source)
            at.hand.settle()
