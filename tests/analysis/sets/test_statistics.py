"""Statistics of sets have the values that are worked out by hand, frame by frame as at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.analysis.sets.statistics import Actions, Pose, SetStatistic, Turning, Way, sets_of, variance
from poseviewer.analysis.statistics.body import Body
from poseviewer.analysis.statistics.statistic import Insight, Judged
from poseviewer.motion.skeleton import HUMANOID, PENN13
from poseviewer.nets.protocols import Array
from tests.walking import walk

FPS = 30.0


def turned(poses: Array, angle: Array) -> Array:
    """Poses (n, J, 3) about y, to the left."""
    c, s = np.cos(angle)[:, None], np.sin(angle)[:, None]
    x, y, z = np.moveaxis(poses, -1, 0)
    return np.stack([c * x + s * z, y, c * z - s * x], axis=-1)


def judged(motions: list[Array]) -> Judged:
    poses = np.stack(motions)
    return Judged(poses, poses[:, :, HUMANOID.root], FPS, None, Body.of(poses[:, :10], HUMANOID))


def values(statistic: SetStatistic, motions: list[Array], group: list[int]) -> Array:
    return statistic.update(statistic.start(), judged(motions), np.array(group))[0]


@pytest.fixture(scope="module")
def standing() -> Array:
    return np.repeat(walk(10)[:1], 60, axis=0)


def test_a_variance_is_over_the_motions_that_are_known_and_summed_over_values():
    ends = np.array([[[0.0, 5.0]], [[2.0, np.nan]], [[4.0, 7.0]]])
    assert variance(ends) == pytest.approx([4.0 + 2.0])
    assert np.isnan(variance(ends[:1])).all()


def test_bodies_that_turn_at_known_rates_differ_by_these(standing):
    after = [turned(standing, np.arange(60) * rate / FPS) for rate in (0.0, 1.0, 4.0)]
    told = values(Turning(), after, [0, 0, 1])
    assert np.isnan(told[:, :30]).all() and told[0, 30:] == pytest.approx(0.5, abs=1e-9)
    assert np.isnan(told[1]).all()  # one alone differs from nobody
    told = values(Turning(), [after[0], after[2]], [0, 0])
    assert told[0, 30:] == pytest.approx(8.0, abs=1e-9)  # more than half a turn in the window, past 180 degrees


def test_a_way_is_seen_from_where_the_body_was_and_faced(standing):
    moved = standing + np.arange(60)[:, None, None] / FPS * np.array([0.0, 0.0, 1.0])
    other = turned(moved, np.full(60, 2.0)) + np.array([5.0, 0.0, 1.0])
    assert values(Way(), [moved, other], [0, 0])[0, 30:] == pytest.approx(0.0, abs=1e-9)
    size = Body.of(standing[None, :10], HUMANOID).size[0]
    assert values(Way(), [moved, standing], [0, 0])[0, 40] == pytest.approx(0.5 / size**2)


def test_shares_of_actions_are_those_of_the_second_before(standing):
    log = np.log(np.clip(np.stack([np.eye(2)[[0] * 60], np.eye(2)[[0] * 45 + [1] * 15]]), 1e-9, 1.0))
    frames = judged([standing, standing])
    told, _ = Actions().update(None, replace(frames, insight=Insight(log_probabilities=log)), np.array([0, 0]))
    assert told[0, 44] == pytest.approx(0.0, abs=1e-6) and told[0, 59] == pytest.approx(2 * 0.5**2 / 2, abs=1e-6)


def test_poses_without_names_are_told_apart_by_the_typical_one_that_is_nearest():
    motions = [walk(60), np.repeat(walk(40)[25:26], 60, axis=0), walk(60, speed=1.5)]
    fitted = Actions().fitted([judged([motion]) for motion in motions])
    assert fitted.centres is not None and fitted.centres.shape == (12, 54)
    assert values(fitted, [motions[1], motions[1]], [0, 0])[0, 40] == pytest.approx(0.0)
    assert values(fitted, motions[:2], [0, 0])[0, 40] > 0.1


@pytest.mark.parametrize("made", [Pose(), Turning(), Way()])
def test_frame_by_frame_they_are_the_same(made):
    frames = judged([walk(50, speed=1.5), walk(50)])
    group, parts, state = np.array([0, 0]), [], made.start()
    for k in range(0, 50, 7):
        poses = frames.poses[:, k : k + 7]
        some = Judged(poses, poses[:, :, HUMANOID.root], FPS, None, frames.body)
        told, state = made.update(state, some, group)
        parts.append(told)
    np.testing.assert_allclose(np.concatenate(parts, axis=1), made.update(None, frames, group)[0], atol=1e-9)


def test_nobody_turns_in_an_image():
    assert [statistic.name for statistic in sets_of(PENN13)] == ["pose", "actions", "place"]
    assert [statistic.name for statistic in sets_of(HUMANOID)] == ["pose", "actions", "turning", "place"]
