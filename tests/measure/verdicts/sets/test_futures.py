"""One future whatever the seed: it is the donor's, on each one's own body, from where each is, and is found."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.analysis.statistics.body import Body, lengths, local, yaw
from poseviewer.measure.verdicts.controls import Part
from poseviewer.measure.verdicts.injections import usual_of
from poseviewer.measure.verdicts.sets.futures import one_future, set_figures, sets_tried
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID, PENN13
from poseviewer.nets.protocols import Array
from poseviewer.progress import finished
from tests.analysis.sets.test_statistics import turned
from tests.moving_figures import figures
from tests.walking import walk

FPS = 30.0


def seen(motion: Array, cut: int) -> Array:
    return local(motion[None], Body.of(motion[None, :cut], HUMANOID))[0]


def test_bodies_do_what_one_of_them_does_from_where_they_are():
    donor = walk(80, speed=1.5)
    small = turned(0.8 * walk(100, speed=0.9), np.full(100, 1.0)) + np.array([3.0, 0.0, -2.0])
    usual = usual_of([donor, small], HUMANOID)
    made = one_future([donor, small], [20, 30], 0, usual, HUMANOID, FPS, np.random.default_rng(0))
    np.testing.assert_allclose(made[0], donor, atol=0.02)
    own = made[1]
    assert len(own) == 30 + 60
    np.testing.assert_array_equal(own[:30], small[:30])
    np.testing.assert_allclose(lengths(own, HUMANOID), lengths(small[:90], HUMANOID), atol=1e-6)
    np.testing.assert_allclose(seen(own, 30)[45:], seen(donor, 20)[35:], atol=0.03)
    quickest, theirs = (np.linalg.norm(np.diff(motion, axis=0), axis=-1).max() for motion in (own, donor))
    assert quickest < 1.3 * 0.8 * theirs
    gone = own[-1, HUMANOID.root] - own[45, HUMANOID.root]
    assert np.linalg.norm(gone[[0, 2]]) == pytest.approx(0.8 * 1.5 * 44 / FPS, rel=0.05)
    facing = yaw(own[None, 45:], HUMANOID)[0].mean()
    assert np.arctan2(gone[0], gone[2]) == pytest.approx(facing, abs=0.1)


def test_in_an_image_too_and_what_is_unknown_stays_so():
    motions = [np.asarray(clip.positions, np.float64) for clip in figures(2, 60)]
    motions[1][:, 3] = np.nan
    usual = usual_of(motions, PENN13)
    made = one_future(motions, [20, 20], 0, usual, PENN13, FPS, np.random.default_rng(0))
    np.testing.assert_array_equal(made[1][:20], motions[1][:20])
    assert np.isnan(made[1][:, 3]).all() and np.isfinite(np.delete(made[1], 3, axis=1)).all()
    moved = np.delete(made[1], 3, axis=1)[[30, 59]] - np.delete(made[0], 3, axis=1)[[30, 59]]
    assert np.ptp(moved.mean(axis=1), axis=0).max() < 0.01


def test_sets_with_one_future_are_found_and_untouched_ones_are_not():
    draw = np.random.default_rng(5)
    clips = []
    for k in range(54):
        poses = walk(90, draw.uniform(0.8, 1.6), draw.uniform(0.9, 1.2), draw.uniform(0.1, 0.3))
        poses = poses + draw.normal(0.0, 0.001, poses.shape)
        clips.append(Clip(HUMANOID, poses.astype(np.float32), FPS, f"{k}", action="walk"))
    part = Part(clips[:42], clips[42:])
    usual = usual_of([clip.positions for clip in part.reference], HUMANOID)
    told = set_figures(finished(sets_tried(part, usual, HUMANOID, FPS, 6)))
    assert told["injected"] == 6 and told["auc"] == 1.0 and told["detected"] == 1.0 and told["false_alarms"] <= 0.2
    assert 0 <= told["delay"] <= 20
    assert finished(sets_tried(Part(clips[:20], clips[42:]), usual, HUMANOID, FPS, 6)) == []  # too few to decide by
    assert set_figures([]) == {}
