"""What cycles look back at: those that go on from the same frames do not see one another."""

from __future__ import annotations

import numpy as np

from poseviewer.analysis.statistics.body import Body
from poseviewer.analysis.statistics.cycle import Cycle, CycleOfMovement, QuickCycle, SuddenCycle
from poseviewer.analysis.statistics.statistic import Judged
from poseviewer.analysis.trail import Trail
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.nets.protocols import Array


def told(trail: Trail, frames: int) -> list[float]:
    return trail.newest(frames)[0, :, 0].tolist()


def values(*numbers: float) -> Array:
    return np.array(numbers)[None, :, None]


def test_a_trail_goes_on_and_another_way_from_the_same_frames_is_its_own() -> None:
    first = Trail(values(1.0, 2.0))
    there = first.extended(values(3.0))
    one, other = there.extended(values(4.0, 5.0)), there.extended(values(6.0))
    assert told(first, 2) == [1.0, 2.0] and told(there, 3) == [1.0, 2.0, 3.0]
    assert told(one, 4) == [2.0, 3.0, 4.0, 5.0] and told(other, 3) == [2.0, 3.0, 6.0]


def test_a_trail_outlives_the_room_that_it_is_in() -> None:
    trail = Trail(values(0.0, 0.0, 0.0))
    for k in range(1, 1000):
        trail = trail.extended(values(float(k)))
    assert told(trail, 3) == [997.0, 998.0, 999.0]
    assert trail.extended(np.zeros((1, 200, 1))).newest(200).shape == (1, 200, 1)


def test_what_cycles_share_is_what_each_finds_alone() -> None:
    draw = np.random.default_rng(0)
    phase = 2.0 * np.pi * np.arange(140) / 20.0
    poses = draw.normal(0.0, 0.3, (1, 1, 19, 3)) * (1.0 + np.sin(phase)[None, :, None, None])
    poses = poses + draw.normal(0.0, 0.01, poses.shape)
    body = Body.of(poses, HUMANOID)
    signs = (Cycle(), QuickCycle(), CycleOfMovement(), SuddenCycle())
    alone = [sign.update(None, _frames(poses, body))[0] for sign in signs]
    states: list[object] = [None] * len(signs)
    parts: list[list[Array]] = [[] for _ in signs]
    for begin, end in ((0, 50), (50, 51), (51, 54), (54, 140)):
        frames = _frames(poses[:, begin:end], body)
        for k, sign in enumerate(signs):
            made, states[k] = sign.update(states[k], frames)
            parts[k].append(made)
            afresh = sign.update(None, frames)[0]  # from another state, the same frames say something else
            assert begin == 0 or not np.array_equal(afresh, made, equal_nan=True)
    for k in range(len(signs)):
        assert np.isfinite(alone[k]).any()
        np.testing.assert_allclose(np.concatenate(parts[k], axis=1), alone[k], rtol=1e-9)


def test_noise_of_all_joints_hides_a_cycle_less_from_the_directions_in_which_poses_vary() -> None:
    draw = np.random.default_rng(1)
    waves = 2.0 * np.pi * np.arange(140)[:, None] / (20.0, 20.0, 27.0)
    ways = draw.normal(0.0, 0.1, (3, 18 * 3))
    pose = draw.normal(0.0, 0.3, 18 * 3)
    moving, cycling = ((pose + np.sin(waves[:, :n]) @ ways[:n]).reshape(1, 140, 18, 3) for n in (3, 2))
    noisy = cycling + draw.normal(0.0, 0.03, cycling.shape)
    fitted = Cycle().fitted([_frames(moving, Body.of(moving, HUMANOID))])
    assert fitted.basis.shape == (54, 24)
    unfitted, told = (np.nanmedian(sign.update(None, _frames(noisy, Body.of(noisy, HUMANOID)))[0])
                      for sign in (Cycle(), fitted))  # fmt: skip
    assert told < 0.6 * unfitted


def test_slow_noise_hides_a_cycle_from_the_poses_and_not_from_the_movement() -> None:
    draw, time = np.random.default_rng(2), np.arange(180.0)
    ways = draw.normal(0.0, 0.1, (6, 54)) / np.arange(1, 7)[:, None]
    strides = time + 0.4 * np.sin(time / 11.0)  # of a person some are slower
    walking, cycling = (np.sin(2.0 * np.pi * t[:, None] * np.arange(1, 7) / 24.0) @ ways for t in (strides, time))
    slow = 0.02 * np.sin(time[:, None] / (9.0, 13.0, 17.0, 23.0)) @ draw.normal(size=(4, 54))
    person, loop = (
        (draw.normal(0.0, 0.3, 54) + made).reshape(1, 180, 18, 3) for made in (walking, cycling + slow)
    )  # fmt: skip

    def least(sign: Cycle, poses: Array) -> float:
        return float(np.nanmin(sign.update(None, _frames(poses, Body.of(poses, HUMANOID)))[0]))

    assert least(Cycle(), loop) > least(Cycle(), person)
    assert least(CycleOfMovement(), loop) < 0.25 * least(CycleOfMovement(), person)


def test_a_cycle_that_begins_at_once_is_told_within_half_a_period_of_its_second_one() -> None:
    draw, time, period, onset = np.random.default_rng(3), np.arange(200.0), 24, 100
    ways = draw.normal(0.0, 0.1, (6, 54)) / np.arange(1, 7)[:, None]
    beats = np.arange(1, 7) / period
    person, regular = (
        np.sin(2.0 * np.pi * time[:, None] * each) @ ways for each in (beats + draw.normal(0.0, 0.006, 6), beats)
    )
    caught = person.copy()
    caught[onset:] = person[onset - period :][(np.arange(len(time) - onset)) % period]
    noise = 0.004 * np.sin(time[:, None] / (5.0, 9.0, 13.0, 17.0)) @ draw.normal(size=(4, 54))
    told = {}
    for name, made in (("person", person), ("regular", regular), ("caught", caught)):
        poses = (draw.normal(0.0, 0.3, 54) + made + noise).reshape(1, 200, 18, 3)
        told[name] = SuddenCycle().update(None, _frames(poses, Body.of(poses, HUMANOID)))[0][0]
    least = np.nanmin(told["caught"][onset : onset + int(1.5 * period)])
    assert least < 0.3 * np.nanmin(told["person"])
    assert np.nanmin(told["caught"][onset + 2 * period :]) > 2.0 * least  # only as it begins
    assert np.nanmin(told["regular"]) > 2.0 * least  # who walks in time is not caught


def _frames(poses: Array, body: Body) -> Judged:
    return Judged(poses, poses[:, :, 0], 30.0, None, body)
