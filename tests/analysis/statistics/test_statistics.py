"""What holds for every statistic: frames one by one, in pieces or all at once, and many motions together, are alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from poseviewer.analysis.statistics.ground import Clearance, FootSlide
from poseviewer.analysis.statistics.joints import Jerk, JointSpeed, PoseSize
from poseviewer.analysis.statistics.power import Power
from poseviewer.analysis.statistics.root import RootDistance, RootSpeed
from poseviewer.analysis.statistics.statistic import Judged, differences, over
from poseviewer.motion.skeleton import HUMANOID

ALL: list[Any] = [Power(), Power(0.0), JointSpeed(), Jerk(), Jerk(about_root=True), RootDistance(), RootSpeed(),
                  Clearance(), FootSlide.of(HUMANOID), PoseSize()]  # fmt: skip


def moving(motions: int = 3, frames: int = 40) -> Judged:
    steps = np.random.default_rng(4).normal(0.0, 0.02, (motions, frames, 18, 3))
    return Judged.of(np.cumsum(steps, axis=1), HUMANOID, 30.0)


def part(motion: Judged, start: int, stop: int) -> Judged:
    return Judged(motion.poses[:, start:stop], motion.root[:, start:stop], motion.fps)


@pytest.mark.parametrize("statistic", ALL, ids=repr)
@pytest.mark.parametrize("size", [1, 7])
def test_frames_that_come_later_are_measured_as_if_all_had_come_at_once(statistic: Any, size: int) -> None:
    seed, motion = part(moving(), 0, 12), part(moving(), 12, 40)
    whole = over(statistic, motion, seed)
    assert whole.shape == (3, 28)
    state, values = statistic.start(seed), []
    for start in range(0, 28, size):
        made, after = statistic.update(state, part(motion, start, start + size))
        again, _ = statistic.update(state, part(motion, start, start + size))
        np.testing.assert_array_equal(made, again)  # the state is not changed in place
        values.append(made)
        state = after
    np.testing.assert_allclose(np.concatenate(values, axis=1), whole, rtol=1e-9, atol=1e-12)


def test_power_of_one_frame_at_a_time_without_a_seed_repeats_the_second_too() -> None:
    """0 is told of the first frame, as long as it is alone; the averages after it are those of the whole motion."""
    motion, power, state = moving(frames=20), Power(), None
    values = []
    for k in range(20):
        made, state = power.update(state, part(motion, k, k + 1))
        values.append(made)
    np.testing.assert_allclose(np.concatenate(values[1:], axis=1), over(power, motion)[:, 1:], rtol=1e-9)


@pytest.mark.parametrize("statistic", ALL, ids=repr)
def test_motions_are_measured_each_for_itself(statistic: Any) -> None:
    motion = moving()
    together = over(statistic, motion)
    for b in range(3):
        alone = Judged(motion.poses[b : b + 1], motion.root[b : b + 1], motion.fps)
        np.testing.assert_allclose(over(statistic, alone)[0], together[b], rtol=1e-12)


@pytest.mark.parametrize("statistic", ALL, ids=repr)
def test_a_seed_is_what_the_frames_follow_on(statistic: Any) -> None:
    motion = moving()
    if not isinstance(statistic, FootSlide | RootDistance):  # a seed alone says where the floor and the origin are
        whole = over(statistic, motion)[:, 12:]
        np.testing.assert_allclose(over(statistic, part(motion, 12, 40), part(motion, 0, 12)), whole, rtol=1e-9)


def test_the_first_frames_have_no_difference() -> None:
    values = np.array([[1.0, 2.0, 4.0, 8.0]])
    made, after = differences(None, values, 2)
    np.testing.assert_array_equal(made, [[np.nan, np.nan, 1.0, 2.0]])
    np.testing.assert_array_equal(after, [[4.0, 8.0]])
    np.testing.assert_array_equal(differences(after, np.array([[16.0]]), 2)[0], [[4.0]])
    np.testing.assert_array_equal(differences(None, values[:, :1], 3)[0], [[np.nan]])
