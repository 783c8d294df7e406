"""Rollouts stay with their clip, seed, model and samples; Undo returns to every earlier state, whatever the order."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app.session import Session
from poseviewer.app.settings import Settings
from poseviewer.app.work.history import Work
from poseviewer.bench.rollout_file import SUFFIX
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError

RAW = paths.models() / "humanoid-generator-raw.safetensors"
LATENT = paths.models() / "humanoid-generator-latent.safetensors"


def settle(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not session.stepper.busy and not session.jobs.running, timeout=60_000)


def made(session: Session, qtbot: QtBot, frames: int) -> Any:
    session.step(frames)
    settle(session, qtbot)
    return session.bench.lane.rollout


def choose(session: Session, qtbot: QtBot, model: Path) -> None:
    session.use_model(model)
    settle(session, qtbot)
    assert session.generator_source == model


def test_each_model_keeps_its_rollout(ready: Session, qtbot: QtBot) -> None:
    of_latent = made(ready, qtbot, 5)
    choose(ready, qtbot, RAW)
    assert ready.bench.lane.rollout is None
    of_raw = made(ready, qtbot, 3)
    choose(ready, qtbot, LATENT)
    assert ready.bench.lane.rollout is of_latent
    choose(ready, qtbot, RAW)
    assert ready.bench.lane.rollout is of_raw


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


def test_each_number_of_samples_keeps_its_rollout(ready: Session, qtbot: QtBot) -> None:
    one = made(ready, qtbot, 5)
    ready.set_sampling(samples=4)
    assert ready.bench.lane.rollout is None
    four = made(ready, qtbot, 2)
    assert four.samples == 4
    ready.set_sampling(samples=1)
    assert ready.bench.lane.rollout is one
    ready.history.undo()
    assert (ready.bench.lane.samples, ready.bench.lane.rollout) == (4, four)


def test_each_seed_keeps_its_rollout_by_hand_too(ready: Session, qtbot: QtBot) -> None:
    seed, rollout = ready.bench.seed, made(ready, qtbot, 5)
    ready.set_seed(0, 20)
    assert ready.bench.lane.rollout is None
    ready.set_seed(*seed)
    assert ready.bench.lane.rollout is rollout


def test_a_clip_s_history_comes_back_with_it(ready: Session, qtbot: QtBot) -> None:
    dataset, index = ready.bench.dataset, ready.bench.clip_index
    assert dataset is not None
    rollout = made(ready, qtbot, 5)
    ready.reset()
    for wanted in (index + 1, index):
        with qtbot.waitSignal(ready.clip_changed, timeout=5000):
            ready.select_clip(dataset, wanted)
        settle(ready, qtbot)
        assert ready.bench.lane.rollout is None
        if wanted != index:
            assert not ready.history.canUndo()
    ready.history.undo()
    assert ready.bench.lane.rollout is rollout


def test_a_closed_and_opened_dataset_has_its_rollouts(ready: Session, qtbot: QtBot) -> None:
    dataset = ready.bench.dataset
    assert dataset is not None and dataset.path is not None
    rollout = made(ready, qtbot, 5)
    ready.close_dataset(dataset)
    assert ready.bench.clip is None and ready.bench.lane.rollout is None
    with qtbot.waitSignal(ready.clip_changed, timeout=5000):
        ready.open_motion(dataset.path, remember=False)
    settle(ready, qtbot)
    assert ready.bench.lane.rollout is rollout


def test_a_kept_rollout_opens_its_closed_dataset_again(
    ready: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    ready.problem.connect(lambda sentence, _: told.append(sentence))
    made(ready, qtbot, 3)
    (kept,) = ready.keeping.rollouts
    dataset, index = ready.bench.dataset, ready.bench.clip_index
    assert dataset is not None
    for changed in (False, True):
        ready.close_dataset(ready.bench.datasets[0])
        assert ready.bench.clip is None
        if changed:
            monkeypatch.setattr(Dataset, "digest", lambda self, index: 0)
        ready.keeping.show(kept)
        settle(ready, qtbot)
        assert len(ready.bench.datasets) == 1
        if changed:
            assert ready.bench.lane.rollout is None and "another motion" in told[0] and len(told) == 1
        else:
            assert ready.bench.lane.rollout is kept.rollout and ready.bench.clip_index == index and not told


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
        session.back(2)
    else:
        session.step({"step": 1, "+15": 15}[verb])
    settle(session, qtbot)


@pytest.mark.parametrize("number", range(3))
def test_undo_returns_to_every_earlier_state(ready: Session, qtbot: QtBot, number: int) -> None:
    order = random.Random(number)
    verbs = ["step", "+15", "hold", "step", "back", "reset", "seed", "model", "samples", "hold", "+15", "model", "step"]
    if number:
        order.shuffle(verbs)
    states = [Work.of(ready)]
    for verb in verbs:
        do(ready, qtbot, verb)
        now = Work.of(ready)
        if now != states[-1]:
            states.append(now)
    assert len(states) > 8
    seen = [Work.of(ready)]
    while ready.history.canUndo():
        ready.history.undo()
        seen.append(Work.of(ready))
    for state in states[::-1]:
        assert state in seen
    assert seen[-1] == states[0]
    back = []
    while ready.history.canRedo():
        ready.history.redo()
        back.append(Work.of(ready))
    assert back[-1] == states[-1] and back[:-1] == seen[1:-1][::-1]


def test_undo_while_it_generates_drops_what_is_under_way(ready: Session, qtbot: QtBot) -> None:
    rollout = made(ready, qtbot, 5)
    ready.step(50)
    ready.history.undo()
    ready.history.redo()
    settle(ready, qtbot)
    assert ready.bench.lane.rollout is rollout


def test_a_run_is_one_edit(ready: Session, qtbot: QtBot) -> None:
    ready.stepper.run()
    qtbot.waitUntil(lambda: ready.bench.lane.horizon > 4, timeout=20_000)
    ready.stepper.stop()
    settle(ready, qtbot)
    ready.history.undo()
    assert ready.bench.lane.rollout is None


def test_the_oldest_rollout_goes_into_a_file_and_comes_back(ready: Session, qtbot: QtBot) -> None:
    ready.keeping.rollouts.limit = 1  # beside the newest one
    first = made(ready, qtbot, 5)
    ready.set_sampling(samples=2)
    with qtbot.waitSignal(ready.keeping.files.offered, timeout=5000) as told:
        ready.step(2)
    settle(ready, qtbot)
    assert told.args is not None and "+5" in told.args[0]
    ready.keeping.files.restore()
    settle(ready, qtbot)
    assert ready.bench.lane.rollout is not first
    np.testing.assert_array_equal(ready.bench.lane.rollout.poses, first.poses)  # type: ignore[union-attr]


@pytest.fixture
def left(ready: Session, qtbot: QtBot) -> Session:
    """A session that is left with a rollout whose tenth frame was set by hand."""
    made(ready, qtbot, 10)
    latent = ready.bench.latent_at()
    assert latent is not None
    ready.hold(latent + 0.5)
    ready.keep(None)
    made(ready, qtbot, 6)
    ready.keeping.files.save()
    return ready


@pytest.fixture
def next_start(left: Session, qtbot: QtBot) -> Any:
    """The next session with the same files."""
    session = Session(Settings())
    session.offer_models()
    with qtbot.waitSignal(session.keeping.files.offered, timeout=20_000) as told:
        session.open_motion(paths.demo(), remember=False)
    assert told.args is not None
    assert told.args[0].startswith("1 rollout of demo was kept")
    settle(session, qtbot)
    yield session
    session.close()


def test_what_was_left_is_offered_and_made_again(left: Session, next_start: Session, qtbot: QtBot) -> None:
    assert next_start.bench.lane.rollout is None
    next_start.keeping.files.restore()
    settle(next_start, qtbot)
    bench, before = next_start.bench, left.bench.lane.rollout
    assert bench.lane.rollout is not None and before is not None and bench.lane.horizon == 16
    np.testing.assert_allclose(bench.lane.rollout.poses, before.poses, atol=1e-6)
    next_start.step(1)  # it can go on
    settle(next_start, qtbot)
    assert bench.lane.horizon == 17


def test_a_rollout_that_was_restored_and_reset_is_not_kept_again(next_start: Session, qtbot: QtBot) -> None:
    from poseviewer.app.work.kept_files import folder

    next_start.keeping.files.restore()
    settle(next_start, qtbot)
    next_start.reset()
    next_start.keeping.files.save()
    assert not list(folder().glob(f"*{SUFFIX}"))


def test_what_does_not_come_out_the_same_is_refused_and_stays(next_start: Session, qtbot: QtBot) -> None:
    from poseviewer.app.work.kept_files import folder

    path = next(folder().glob(f"*{SUFFIX}"))
    with np.load(path) as arrays:
        changed = {name: arrays[name] for name in arrays.files}
    changed["poses"] = changed["poses"] + 0.5
    with path.open("wb") as file:
        np.savez(file, **changed)
    with qtbot.waitSignal(next_start.problem, timeout=20_000) as told:
        next_start.keeping.files.restore()
    settle(next_start, qtbot)
    assert told.args is not None and "not what it was" in told.args[0]
    assert next_start.bench.lane.rollout is None and path.exists()


def retold(path: Path, **changes: Any) -> None:
    """A kept rollout's file that says something else of itself, beside another one of poses."""
    with np.load(path) as arrays:
        changed = {name: arrays[name] for name in arrays.files}
    about = json.loads(str(changed["about"])) | {k: v for k, v in changes.items() if k not in ("poses", "temperatures")}
    arrays_too = {k: v for k, v in changes.items() if k in ("poses", "temperatures")}
    with path.open("wb") as file:
        np.savez(file, **{**changed, "about": np.array(json.dumps(about)), **arrays_too})


@pytest.mark.parametrize("other", ["humanoid-embedding", "humanoid-classifier-raw", "none"])
def test_one_that_cannot_be_made_again_holds_no_other_one_up(left: Session, qtbot: QtBot, other: str) -> None:
    from poseviewer.app.work.kept_files import folder

    path = next(folder().glob(f"*{SUFFIX}"))
    twin = path.with_name("twin" + SUFFIX)
    twin.write_bytes(path.read_bytes())
    if other == "none":  # many samples of no frames
        empty = np.zeros((10**9, 0, 18, 3), np.float32)
        retold(twin, samples=10**9, frames=0, poses=empty, temperatures=np.zeros(0))
    else:
        retold(twin, model=str(paths.models() / f"{other}.safetensors"))
    session = Session(Settings())
    session.offer_models()
    with qtbot.waitSignal(session.keeping.files.offered, timeout=20_000):
        session.open_motion(paths.demo(), remember=False)
    settle(session, qtbot)
    with qtbot.waitSignal(session.problem, timeout=20_000) as told:
        session.keeping.files.restore()
    settle(session, qtbot)
    assert told.args is not None and told.args[0].startswith("A rollout was not restored: twin")
    assert session.bench.lane.horizon == 16 and twin.exists()
    session.close()


def test_what_still_finds_room_is_kept(ready: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    from poseviewer.app.work import kept_files

    made(ready, qtbot, 5)
    ready.set_sampling(samples=2)
    made(ready, qtbot, 3)
    write = kept_files._write

    def full(kept: Any) -> Path:
        if kept.key.samples == 1:
            raise PoseviewerError("rollout", "", "the disk is full", "make room")
        return write(kept)

    monkeypatch.setattr(kept_files, "_write", full)
    with pytest.raises(PoseviewerError, match="the disk is full"):
        ready.keeping.files.save()
    assert len(list(kept_files.folder().glob(f"*{SUFFIX}"))) == 1


def test_a_damaged_file_is_passed_over(left: Session, qtbot: QtBot) -> None:
    from poseviewer.app.work.kept_files import folder

    path = next(folder().glob(f"*{SUFFIX}"))
    path.write_bytes(path.read_bytes()[:200])
    session = Session(Settings())
    with qtbot.waitSignal(session.clip_changed, timeout=20_000):
        session.open_motion(paths.demo(), remember=False)
    settle(session, qtbot)
    assert not session.keeping.files.waiting and path.exists()
    session.close()


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


def test_what_is_restored_stands_beside_what_was_generated_since(next_start: Session, qtbot: QtBot) -> None:
    since = made(next_start, qtbot, 3)
    next_start.keeping.files.restore()
    settle(next_start, qtbot)
    assert next_start.bench.lane.horizon == 16
    assert len(next_start.keeping.rollouts) == 2
    next_start.step(1)
    settle(next_start, qtbot)
    assert next_start.bench.lane.horizon == 17
    next_start.keeping.show(next(kept for kept in next_start.keeping.rollouts if kept.rollout is since))
    assert next_start.bench.lane.rollout is since
    next_start.history.undo()
    assert next_start.bench.lane.horizon == 17


def test_an_offer_that_was_passed_over_is_made_again(next_start: Session, qtbot: QtBot) -> None:
    made(next_start, qtbot, 3)
    next_start.keeping.files.save()
    third = Session(Settings())
    with qtbot.waitSignal(third.keeping.files.offered, timeout=20_000) as told:
        third.open_motion(paths.demo(), remember=False)
    assert told.args is not None and told.args[0].startswith("2 rollouts of demo were")
    settle(third, qtbot)
    third.close()


def test_what_is_discarded_goes_when_the_program_is_left_and_can_be_taken_back(
    next_start: Session, qtbot: QtBot
) -> None:
    from poseviewer.app.work.kept_files import folder

    files = next_start.keeping.files
    assert files.discard() == 1 and not files.waiting
    with qtbot.waitSignal(files.offered, timeout=1000):
        files.take_back()
    assert len(files.waiting) == 1
    files.discard()
    next_start.open_motion(paths.demo(), remember=False)
    settle(next_start, qtbot)
    assert not files.waiting  # it is not offered again
    assert list(folder().glob(f"*{SUFFIX}"))
    files.save()
    assert not list(folder().glob(f"*{SUFFIX}"))


def test_a_restored_rollout_is_not_offered_again_with_its_dataset(next_start: Session, qtbot: QtBot) -> None:
    next_start.keeping.files.restore()
    settle(next_start, qtbot)
    next_start.open_motion(paths.demo(), remember=False)
    settle(next_start, qtbot)
    assert not next_start.keeping.files.waiting and len(next_start.keeping.rollouts) == 1


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
    ready.back(10)
    settle(ready, qtbot)
    assert ready.bench.lane.rollout is None and not len(ready.keeping.rollouts)
    ready.history.undo()
    assert ready.bench.lane.horizon == 3 and len(ready.keeping.rollouts) == 1
