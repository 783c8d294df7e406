"""Rollouts outlive the program in files, are offered with their dataset, and are made again bit for bit or not."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app.session import Session
from poseviewer.app.settings import Settings
from poseviewer.app.work import kept_files
from poseviewer.app.work.kept_files import folder
from poseviewer.bench.rollout_file import SUFFIX
from poseviewer.errors import PoseviewerError
from tests.app.work.making import made, settle


def test_the_oldest_rollout_goes_into_a_file_and_comes_back(ready: Session, qtbot: QtBot) -> None:
    ready.keeping.rollouts.limit = 1  # beside the newest one
    first = made(ready, qtbot, 5)
    ready.set_sampling(samples=2)
    with qtbot.waitSignal(ready.keeping.files.offered, timeout=5000) as told:
        ready.stepper.step(2)
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
    next_start.stepper.step(1)  # it can go on
    settle(next_start, qtbot)
    assert bench.lane.horizon == 17


def test_a_rollout_that_was_restored_and_reset_is_not_kept_again(next_start: Session, qtbot: QtBot) -> None:
    next_start.keeping.files.restore()
    settle(next_start, qtbot)
    next_start.reset()
    next_start.keeping.files.save()
    assert not list(folder().glob(f"*{SUFFIX}"))


def test_what_does_not_come_out_the_same_is_refused_and_stays(next_start: Session, qtbot: QtBot) -> None:
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
    made(ready, qtbot, 5)
    ready.set_sampling(samples=2)
    made(ready, qtbot, 3)
    write = kept_files._write

    def full(kept: Any, about: Any) -> Path:
        if kept.key.samples == 1:
            raise PoseviewerError("rollout", "", "the disk is full", "make room")
        return write(kept, about)

    monkeypatch.setattr(kept_files, "_write", full)
    with pytest.raises(PoseviewerError, match="the disk is full"):
        ready.keeping.files.save()
    assert len(list(folder().glob(f"*{SUFFIX}"))) == 1


def test_what_takes_too_much_of_the_disk_is_removed_with_a_word(
    left: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = next(folder().glob(f"*{SUFFIX}"))
    oldest = newest.with_name("oldest" + SUFFIX)
    oldest.write_bytes(newest.read_bytes())
    os.utime(oldest, ns=(1, 1))
    monkeypatch.setattr(kept_files, "_MOST_ON_DISK", newest.stat().st_size + 1)
    left.keeping.files.save()
    assert oldest.exists()  # nobody would be told
    session = Session(Settings())
    with qtbot.waitSignal(session.problem, timeout=20_000) as told:
        session.open_motion(paths.demo(), remember=False)
    settle(session, qtbot)
    assert told.args is not None and told.args[0].startswith("1 rollout was removed, the oldest: kept rollouts took")
    assert not oldest.exists() and list(session.keeping.files.waiting) == [newest]
    session.close()


def test_a_damaged_file_is_passed_over(left: Session, qtbot: QtBot) -> None:
    path = next(folder().glob(f"*{SUFFIX}"))
    path.write_bytes(path.read_bytes()[:200])
    session = Session(Settings())
    with qtbot.waitSignal(session.clip_changed, timeout=20_000):
        session.open_motion(paths.demo(), remember=False)
    settle(session, qtbot)
    assert not session.keeping.files.waiting and path.exists()
    session.close()


def test_what_is_restored_stands_beside_what_was_generated_since(next_start: Session, qtbot: QtBot) -> None:
    since = made(next_start, qtbot, 3)
    next_start.keeping.files.restore()
    settle(next_start, qtbot)
    assert next_start.bench.lane.horizon == 16
    assert len(next_start.keeping.rollouts) == 2
    next_start.stepper.step(1)
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
