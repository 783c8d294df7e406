"""Samples of a rollout: the one that is picked, what the others show, and where that stays."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer.analysis import rollout
from poseviewer.app.session import Session
from poseviewer.bench import track
from poseviewer.bench.lane import FIRST
from tests.app.work.making import lane, made, settle


def test_a_sample_that_is_picked_stands_for_its_lane_and_stays_picked_while_it_goes_on(
    two: Session, qtbot: QtBot
) -> None:
    two.set_sampling(samples=4, role=FIRST)
    made(two, qtbot, 8)
    settle(two, qtbot)
    before, heard = lane(two, FIRST), []
    two.rollout_changed.connect(lambda: heard.append(lane(two, FIRST).sample))
    two.pick_sample(FIRST, 2)
    settle(two, qtbot)
    picked = lane(two, FIRST)
    assert heard[0] == 2 and picked.rollout is before.rollout
    assert picked.track is picked.tracks[2] and picked.latents is not None and before.latents is not None
    assert np.array_equal(picked.latents.own, before.latents.recent[2])
    at = two.bench.time_of_relative(8)
    assert two.bench.latent_at(at) == pytest.approx(picked.latents.own[7])
    assert picked.verdicts is not None and before.verdicts is not None and picked.verdicts.row == 2
    assert picked.verdicts.words.tolist() == before.verdicts.words.tolist()
    assert not np.array_equal(picked.verdicts.told, before.verdicts.told)
    made(two, qtbot, 3)
    settle(two, qtbot)
    later = lane(two, FIRST)
    assert later.horizon == 11 and later.sample == 2 and later.verdicts is not None
    assert later.verdicts.row == 2 and len(later.verdicts) == 11
    two.pick_sample(FIRST, 4)  # there is none
    assert lane(two, FIRST).sample == 2
    two.set_sampling(samples=2, role=FIRST)
    made(two, qtbot, 1)
    assert lane(two, FIRST).sample == 0


def test_each_rollout_has_the_sample_that_was_picked_of_it(two: Session, qtbot: QtBot) -> None:
    two.set_sampling(samples=4, role=FIRST)
    made(two, qtbot, 8)
    settle(two, qtbot)
    two.pick_sample(FIRST, 2)
    settle(two, qtbot)
    poses = lane(two, FIRST).track.positions  # type: ignore[union-attr]
    two.reset()
    settle(two, qtbot)
    two.history.undo()
    settle(two, qtbot)
    assert lane(two, FIRST).sample == 2
    np.testing.assert_array_equal(lane(two, FIRST).track.positions, poses)  # type: ignore[union-attr]
    two.set_time(two.bench.time_of_relative(4))
    two.branch()
    two.pick_sample(FIRST, 3)
    settle(two, qtbot)
    for title, sample in (("rollout 1", 2), ("from +4", 3)):
        two.keeping.show(next(kept for kept in two.keeping.on_bench() if kept.title == title))
        settle(two, qtbot)
        assert lane(two, FIRST).sample == sample, title
    two.set_sampling(samples=3, role=FIRST)
    made(two, qtbot, 1)
    two.set_sampling(samples=4, role=FIRST)
    settle(two, qtbot)
    assert lane(two, FIRST).sample == 3
def test_a_pick_stays_when_another_rollout_comes_into_its_lane(ready: Session, qtbot: QtBot) -> None:
    ready.set_sampling(samples=4)
    made(ready, qtbot, 8)
    made(ready, qtbot, 3)
    ready.pick_sample(FIRST, 2)
    ready.history.undo()
    settle(ready, qtbot)
    now = ready.bench.lane
    assert (now.horizon, now.sample) == (8, 2) and now.track is now.tracks[2] and now.rollout is not None
    assert now.verdicts is not None and now.verdicts.row == 2 and now.latents is not None and now.latents.sample == 2
    np.testing.assert_allclose(now.track.pose(7), now.rollout.poses_of(2, 7)[0], atol=1e-6)


def test_another_sample_shows_the_poses_that_it_had_when_they_were_made(
    two: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (rollout, track):
        monkeypatch.setattr(module, "RECENT", 8)
    two.stepper.choose(FIRST)
    two.set_sampling(samples=3, role=FIRST)
    seen: dict[int, np.ndarray] = {}
    two.rollout_changed.connect(
        lambda: seen.update({one.horizon - 1: one.tracks[2].pose(one.horizon - 1) for one in two.bench.lanes[:1]})
    )
    made(two, qtbot, 60)
    first = lane(two, FIRST)
    assert sorted(seen) == list(range(4, 60, 5)) and first.rollout is not None and not first.rollout.knows(2)
    assert np.isnan(first.tracks[2].pose(20)).all() and np.isfinite(first.tracks[2].root).all()
    told = [task.title for task in two.jobs.running if not task.quiet]
    two.jobs.changed.connect(lambda: told.extend(task.title for task in two.jobs.running if not task.quiet))
    two.pick_sample(FIRST, 2)
    settle(two, qtbot)
    picked = lane(two, FIRST)
    assert picked.sample == 2 and picked.track is not None and "Computing sample 3 again" in told
    for frame, pose in seen.items():
        np.testing.assert_array_equal(picked.track.pose(frame), pose)
    own = [step.latents for step in picked.rollout.steps_of(2)]  # type: ignore[union-attr]
    assert picked.latents is not None
    np.testing.assert_array_equal(picked.latents.own, np.concatenate(own))  # type: ignore[arg-type]
    assert picked.verdicts is not None and first.verdicts is not None and picked.verdicts.row == 2
    assert picked.verdicts.words.tolist() == first.verdicts.words.tolist()
    made(two, qtbot, 5)
    assert lane(two, FIRST).sample == 2 and lane(two, FIRST).track.pose(64) == pytest.approx(seen[64])
    two.history.undo()  # of frames that the longer rollout has made thin
    shorter = lane(two, FIRST)
    assert shorter.horizon == 60 and shorter.track is not None
    np.testing.assert_array_equal(shorter.track.pose(59), seen[59])
    assert np.isfinite(shorter.tracks[0].pose(59)).all()
    two.stepper.run()
    two.pick_sample(FIRST, 0)
    qtbot.waitUntil(lambda: lane(two, FIRST).sample == 0 and two.stepper.running, timeout=20_000)
    two.stepper.stop()
    settle(two, qtbot)


def test_far_back_the_other_samples_are_seen_where_the_picked_one_is(
    two: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (rollout, track):
        monkeypatch.setattr(module, "RECENT", 8)
    two.stepper.choose(FIRST)
    two.set_sampling(samples=3, role=FIRST)
    made(two, qtbot, 50)
    two.stepper.back(30)
    settle(two, qtbot)
    first = lane(two, FIRST)
    assert first.rollout is not None and first.horizon == 20
    for sample in range(3):
        np.testing.assert_allclose(first.tracks[sample].pose(19), first.rollout.poses_of(sample, 19)[0], atol=1e-6)
