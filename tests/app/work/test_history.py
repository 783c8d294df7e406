"""Undo returns to every earlier state, whatever the order, and holds nothing of what is closed."""

from __future__ import annotations

import gc
import random
import weakref
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app.session import Session
from poseviewer.motion import by_hand
from poseviewer.motion.skeleton import HUMANOID
from tests.app.work.making import LATENT, RAW, choose, made, settle


def test_another_model_can_be_undone_at_once(ready: Session, qtbot: QtBot) -> None:
    rollout, generator = made(ready, qtbot, 5), ready.bench.lane.generator
    choose(ready, qtbot, RAW)
    ready.history.undo()
    assert ready.bench.lane.rollout is rollout and ready.bench.lane.generator is generator
    assert ready.generator_source == LATENT
    settle(ready, qtbot)
    assert ready.bench.lane.latents is not None
    ready.history.redo()
    assert ready.bench.lane.rollout is None and ready.generator_source == RAW


def test_undo_returns_to_the_pose_held_at_the_last_frame(ready: Session, qtbot: QtBot) -> None:
    before = made(ready, qtbot, 10)
    bench = ready.bench
    last = before.poses[0, -1].copy()
    latent = bench.latent_at()
    assert latent is not None
    ready.hold(latent + 1.0)
    ready.keep(None)
    held = bench.held
    replaced = made(ready, qtbot, 1)
    assert np.abs(replaced.poses[0, 9] - last).max() > 0.01
    made(ready, qtbot, 15)
    ready.history.undo()
    assert bench.lane.rollout is replaced and bench.held is None
    ready.history.undo()
    assert bench.lane.rollout is before and bench.held is held
    np.testing.assert_array_equal(bench.lane.tracks[0].positions[-1], last)
    ready.history.undo()
    assert bench.lane.rollout is before and bench.held is None


def do(session: Session, qtbot: QtBot, verb: str) -> None:
    bench = session.bench
    if verb == "hold":
        latent = bench.latent_at()
        if latent is not None:
            before = bench.held
            session.hold(latent + 0.7)
            session.keep(before)
    elif verb == "model":
        session.use_model(RAW if session.generator_source == LATENT else LATENT)
    elif verb == "samples":
        session.set_sampling(samples=3 if bench.lane.samples == 1 else 1)
    elif verb == "seed":
        session.set_seed(0, 24 if bench.seed[1] != 24 else 18)
    elif verb == "reset":
        session.reset()
    elif verb == "back":
        session.stepper.back(2)
    else:
        session.stepper.step({"step": 1, "+15": 15}[verb])
    settle(session, qtbot)


@pytest.mark.parametrize("number", range(3))
def test_undo_returns_to_every_earlier_state(ready: Session, qtbot: QtBot, number: int) -> None:
    order = random.Random(number)
    verbs = ["step", "+15", "hold", "step", "back", "reset", "seed", "model", "samples", "hold", "+15", "model", "step"]
    if number:
        order.shuffle(verbs)
    states = [ready.history.work()]
    for verb in verbs:
        do(ready, qtbot, verb)
        now = ready.history.work()
        if now != states[-1]:
            states.append(now)
    assert len(states) > 8
    seen = [ready.history.work()]
    while ready.history.canUndo():
        ready.history.undo()
        seen.append(ready.history.work())
    for state in states[::-1]:
        assert state in seen
    assert seen[-1] == states[0]
    back = []
    while ready.history.canRedo():
        ready.history.redo()
        back.append(ready.history.work())
    assert back[-1] == states[-1] and back[:-1] == seen[1:-1][::-1]


def test_undo_while_it_generates_drops_what_is_under_way(ready: Session, qtbot: QtBot) -> None:
    rollout = made(ready, qtbot, 5)
    ready.stepper.step(50)
    ready.history.undo()
    ready.history.redo()
    settle(ready, qtbot)
    assert ready.bench.lane.rollout is rollout


def test_a_watched_training_run_keeps_one_edit(ready: Session, qtbot: QtBot, tmp_path: Path) -> None:
    before = made(ready, qtbot, 5)
    target = tmp_path / "new.safetensors"
    for model in (RAW, LATENT, RAW):
        target.write_bytes(model.read_bytes())
        ready.open_model(target, reroll=True)
        settle(ready, qtbot)
    assert ready.bench.lane.horizon == 5 and ready.bench.lane.rollout is not before
    assert len(ready.keeping.rollouts) == 2
    ready.history.undo()
    assert ready.bench.lane.rollout is before


def test_undo_and_redo_go_where_the_person_looked(ready: Session, qtbot: QtBot) -> None:
    ready.set_time(0.4)
    made(ready, qtbot, 5)
    assert ready.bench.relative_frame() == 5
    ready.history.undo()
    assert ready.bench.time == pytest.approx(0.4)
    ready.history.redo()
    assert ready.bench.relative_frame() == 5


def test_a_pin_is_undone_alone_and_seen_at_once(ready: Session, qtbot: QtBot) -> None:
    rollout, pins = made(ready, qtbot, 5), ready.bench.pins
    ready.toggle_pin("head")
    assert ready.bench.pins == pins | {"head"}
    with qtbot.waitSignal(ready.pins_changed, timeout=1000):
        ready.history.undo()
    assert ready.bench.pins == pins and ready.bench.lane.rollout is rollout


def test_what_makes_no_other_work_is_no_edit(ready: Session, qtbot: QtBot) -> None:
    made(ready, qtbot, 5)
    edits = ready.history.count()
    ready.set_time(0.1)
    ready.set_sampling(temperature=0.5)
    ready.set_sampling(samples=1)
    ready.set_seed(*ready.bench.seed)
    ready.keep(ready.bench.held)
    assert ready.history.count() == edits


def test_back_to_the_seed_leaves_no_rollout(ready: Session, qtbot: QtBot) -> None:
    made(ready, qtbot, 3)
    ready.stepper.back(10)
    settle(ready, qtbot)
    assert ready.bench.lane.rollout is None and not len(ready.keeping.rollouts)
    ready.history.undo()
    assert ready.bench.lane.horizon == 3 and len(ready.keeping.rollouts) == 1


def test_neighbours_of_one_key_are_one_edit(ready: Session, qtbot: QtBot) -> None:
    bench, history, drag = ready.bench, ready.history, object()
    seed = bench.seed
    assert history.count() == 0 and not history.goes_on(drag)
    for stop in (10, 12, 15):
        ready.set_seed(0, stop, drag)
    assert history.count() == 1 and history.goes_on(drag)
    ready.toggle_pin("head")
    ready.set_seed(0, 18, drag)
    assert history.count() == 3 and history.undoText() == "seed range"
    history.undo()
    assert bench.seed == (0, 15) and not history.goes_on(drag) and history.undoText() == "pin head"
    history.undo()
    assert history.goes_on(drag) and history.count() == 3
    history.undo()
    assert bench.seed == seed and not history.canUndo() and not history.goes_on(drag)
    for stop in (15, 15, 18):
        history.redo()
        assert bench.seed == (0, stop)
    for stop in (20, 25):  # without a key each is an edit of its own
        ready.set_seed(0, stop)
    assert history.count() == 5


def test_the_edits_of_a_closed_dataset_go_with_it(ready: Session, qtbot: QtBot) -> None:
    dataset, index = ready.bench.dataset, ready.bench.clip_index
    assert dataset is not None and dataset.path is not None
    only_undo_holds_it = weakref.ref(made(ready, qtbot, 3))
    ready.reset()
    with qtbot.waitSignal(ready.clip_changed, timeout=5000):
        ready.select_clip(dataset, index + 1)  # another clip drops nothing
    settle(ready, qtbot)
    assert only_undo_holds_it() in list(ready.history.rollouts())
    ready.close_dataset(dataset)
    settle(ready, qtbot)
    gc.collect()
    assert only_undo_holds_it() is None and not list(ready.history.rollouts())
    with qtbot.waitSignal(ready.clip_changed, timeout=5000):
        ready.open_motion(dataset.path, remember=False)
    assert not ready.history.canUndo() and ready.history.count() == 0


def test_a_file_that_is_opened_again_keeps_its_edits(ready: Session, qtbot: QtBot) -> None:
    dataset, index = ready.bench.dataset, ready.bench.clip_index
    assert dataset is not None and dataset.path is not None
    ready.toggle_pin("head")
    with qtbot.waitSignal(ready.clip_changed, timeout=5000):
        ready.open_motion(dataset.path, remember=False)
    assert ready.bench.clip_index == index and ready.history.undoText() == "pin head"


def test_bytes_count_what_only_undo_holds(ready: Session, qtbot: QtBot) -> None:
    size = made(ready, qtbot, 4).nbytes
    assert ready.keeping.nbytes == size > 0
    ready.reset()
    assert not len(ready.keeping.rollouts) and ready.keeping.nbytes == size


def test_bytes_count_what_the_oldest_edit_began_with(ready: Session, qtbot: QtBot) -> None:
    size = made(ready, qtbot, 4).nbytes
    ready.history.activeStack().clear()
    ready.reset()
    assert ready.keeping.nbytes == size


def test_samples_come_back_without_a_rollout_too(ready: Session, qtbot: QtBot) -> None:
    ready.set_sampling(samples=4)
    with qtbot.waitSignal(ready.rollout_changed, timeout=1000):  # the number is shown beside the buttons
        ready.history.undo()
    assert ready.bench.lane.samples == 1


def test_a_clip_of_no_dataset_keeps_its_edits_when_a_dataset_is_opened(session: Session, qtbot: QtBot) -> None:
    dataset, clip = session.bench.datasets[0], session.bench.clip
    session.place(clip)
    session.toggle_pin("head")
    session.place(clip, dataset, 0)
    with qtbot.waitSignal(session.clip_changed, timeout=5000):
        session.open_motion(paths.demo(), remember=False)
    assert session.history.undoText() == ""
    session.place(clip)
    assert session.history.undoText() == "pin head"


def test_what_an_edit_became_on_its_way_does_not_stay_in_memory(ready: Session, qtbot: QtBot) -> None:
    made(ready, qtbot, 5)
    on_the_way = weakref.ref(ready.bench.lane.rollout)
    edit = object()
    for _ in range(3):
        ready.stepper.step(5, edit)
        settle(ready, qtbot)
    assert ready.history.count() == 2 and on_the_way() is not None  # Undo brings it back
    middle: list[weakref.ref[object]] = []
    ready.stepper.moved.connect(lambda *_: middle.append(weakref.ref(ready.bench.lane.rollout)))
    ready.stepper.step(20, edit)
    settle(ready, qtbot)
    gc.collect()
    assert ready.history.count() == 2 and sum(seen() is not None for seen in middle) <= 2 < len(middle)


def test_what_went_on_from_other_joints_goes_when_they_are_paired_anew(ready: Session, qtbot: QtBot) -> None:
    """Rollouts began at poses that the model sees no more; undone, they are back."""
    rollout, rig = made(ready, qtbot, 3), ready.bench.clip.skeleton.joints  # type: ignore[union-attr]
    ready.map_joints(HUMANOID, {"head": rig[0]}, keep=False)
    assert ready.bench.lane.rollout is None and not ready.keeping.on_bench()
    ready.history.undo()
    assert ready.bench.lane.rollout is rollout and [kept.rollout for kept in ready.keeping.on_bench()] == [rollout]
    settle(ready, qtbot)
    by_hand.forget()
