"""Branches of a rollout, kept beside what they left."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.bench.rollouts import Kept
from tests.app.work.making import made, settle


def on_bench(session: Session) -> list[tuple[str, int]]:
    return [(kept.name, kept.rollout.length) for kept in session.keeping.on_bench()]


def test_a_branch_parts_at_the_present_frame_and_leaves_its_parent_untouched(ready: Session, qtbot: QtBot) -> None:
    parent = made(ready, qtbot, 20)
    poses = parent.poses.copy()
    ready.set_time(ready.bench.time_of_relative(12))
    ready.branch()
    assert ready.bench.lane.horizon == 12 and on_bench(ready) == [("", 20), ("from +12", 12)]
    branch = made(ready, qtbot, 2)
    assert branch.shared(parent) == 12 and ready.bench.lane.horizon == 14
    np.testing.assert_array_equal(parent.poses, poses)
    np.testing.assert_allclose(branch.poses[0, 12:14], poses[0, 12:14], atol=1e-5)  # nobody did anything there
    ready.history.undo()
    ready.history.undo()
    assert on_bench(ready) == [("", 20)] and ready.bench.lane.rollout is parent
    ready.history.redo()
    assert on_bench(ready) == [("", 20), ("from +12", 12)]


def test_a_branch_keeps_what_is_in_the_hand(ready: Session, qtbot: QtBot) -> None:
    made(ready, qtbot, 10)
    ready.set_time(ready.bench.time_of_relative(6))
    ready.hold(ready.bench.latent_at() + 0.5)  # type: ignore[operator]
    ready.keep(None)
    held = ready.bench.held
    ready.branch()
    assert held is not None and ready.bench.held is held and ready.bench.held_frame == 6
    assert made(ready, qtbot, 1).recipe.by_hand and ready.bench.lane.horizon == 7


def test_what_was_asked_of_the_parent_is_not_generated_in_its_branch(ready: Session, qtbot: QtBot) -> None:
    made(ready, qtbot, 10)
    ready.set_time(ready.bench.time_of_relative(4))
    ready.stepper.step(20)
    ready.branch()
    settle(ready, qtbot)
    assert ready.bench.lane.horizon == 4 and on_bench(ready) == [("", 10), ("from +4", 4)]


def test_going_on_from_a_hand_in_the_middle_is_a_branch(ready: Session, qtbot: QtBot) -> None:
    parent = made(ready, qtbot, 20)
    ready.set_time(ready.bench.time_of_relative(10))
    latent = ready.bench.latent_at()
    assert latent is not None
    ready.hold(latent + 0.5)
    ready.keep(None)
    branch = made(ready, qtbot, 5)
    assert on_bench(ready) == [("", 20), ("from +10, by hand", 15)]
    assert ready.keeping.on_bench()[1].parent == ready.keeping.on_bench()[0].key
    assert branch is ready.bench.lane.rollout and parent.length == 20 and branch.shared(parent) == 9
    ready.hold(ready.bench.latent_at() + 0.1)  # type: ignore[operator]
    ready.keep(None)
    made(ready, qtbot, 1)  # at the newest frame nothing is left behind: the same rollout goes on
    assert on_bench(ready) == [("", 20), ("from +10, by hand", 16)]


def test_at_the_seed_a_branch_is_another_number(ready: Session, qtbot: QtBot) -> None:
    first = made(ready, qtbot, 5)
    ready.set_time(ready.bench.seed_end)
    ready.branch()
    assert ready.bench.lane.rollout is None and ready.bench.lane.number == 1
    other = made(ready, qtbot, 3)
    assert np.abs(other.poses - first.poses[:, :3]).max() > 1e-3  # it goes another way
    assert sorted(length for _, length in on_bench(ready)) == [3, 5]


def test_a_rollout_is_renamed_and_dropped_and_both_are_undone(ready: Session, qtbot: QtBot) -> None:
    made(ready, qtbot, 5)
    ready.set_time(ready.bench.time_of_relative(3))
    ready.branch()

    def kept(number: int) -> Kept:
        return ready.keeping.on_bench()[number]

    ready.rename(kept(1), "  stumbles ")
    assert kept(1).name == "stumbles"
    made(ready, qtbot, 1)
    assert kept(1).name == "stumbles" and kept(1).parent == kept(0).key
    ready.drop(kept(1))
    assert on_bench(ready) == [("", 5)] and ready.bench.lane.rollout is None
    ready.drop(kept(0))
    assert not on_bench(ready)
    ready.history.undo()
    ready.history.undo()
    assert on_bench(ready) == [("stumbles", 4), ("", 5)] or on_bench(ready) == [("", 5), ("stumbles", 4)]
    assert ready.bench.lane.horizon == 4
    ready.history.undo()
    ready.history.undo()
    assert kept(1).name == "from +3"
