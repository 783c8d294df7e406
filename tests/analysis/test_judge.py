"""Motions watched frame by frame: in one go, in steps and side by side they say the same."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.analysis.calibration import calibrated, control, seed_frames
from poseviewer.analysis.judge import Watch, by_side, strangeness
from poseviewer.analysis.statistics.body import Body
from poseviewer.analysis.statistics.shape import NearestPose
from poseviewer.analysis.statistics.signs import signs_of
from poseviewer.analysis.statistics.statistic import Judged
from poseviewer.analysis.statistics.steadiness import Shake
from poseviewer.analysis.statistics.stillness import MeanPose, Still
from poseviewer.analysis.tails import Scale, Scales
from poseviewer.analysis.verdict import SIDES
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import HUMANOID, PENN13
from poseviewer.progress import finished
from tests.judged import learnt_once

FPS = 30.0


@pytest.fixture(scope="module")
def motions() -> list[np.ndarray]:
    with Dataset.open(paths.demo()) as demo:
        return [np.asarray(clip.onto(HUMANOID).positions, dtype=np.float64) for clip in demo if len(clip) >= 34]


@pytest.fixture(scope="module")
def calibration(motions):
    return finished(learnt_once(motions, HUMANOID, FPS))


@pytest.fixture(scope="module")
def signs(calibration):
    return calibration.signs


def test_steps_of_any_length_say_what_one_go_says(motions, signs):
    walk = max(motions, key=len)
    seed, rest = walk[None, :20], walk[None, 20:]
    whole = Watch(signs, seed, HUMANOID, FPS).extend(rest)
    watch, parts, at = Watch(signs, seed, HUMANOID, FPS), [], 0
    for step in (1, 1, 5, 30, 2, 1000):
        if at < rest.shape[1]:
            parts.append(watch.extend(rest[:, at : at + step]).strengths)
            at += step
    np.testing.assert_allclose(np.concatenate(parts, axis=2), whole.strengths, atol=1e-5)


def test_a_floor_that_is_known_lowers_that_of_a_seed_in_the_air_alone(motions):
    seeds = np.stack([motions[0][:20], motions[0][:20] + np.array([0.0, 0.5, 0.0])])
    own = Watch([Still()], seeds, HUMANOID, FPS).body.floor
    known = Watch([Still()], seeds, HUMANOID, FPS, floor=own[:1].repeat(2) + 0.1).body.floor
    assert own[1] == pytest.approx(own[0] + 0.5) and known == pytest.approx([own[0], own[0] + 0.1])
    unknown = Watch([Still()], seeds, HUMANOID, FPS, floor=np.full(2, np.nan)).body.floor
    np.testing.assert_array_equal(unknown, own)


def test_a_sign_that_is_only_shown_decides_on_no_side():
    scores = np.array([[[9.0], [1.0], [2.0]]])
    sides, deciding = by_side((MeanPose(), Still(), Shake()), scores)
    assert sides[:, 0, 0].tolist() == [2.0, 1.0] and deciding[:, 0, 0].tolist() == [2, 1]


def test_a_seed_is_unlike_real_ones_by_signs_of_the_pose_alone():
    real = Scale.of(np.linspace(0.0, 1.0, 50), np.linspace(0.0, 1.0, 50))
    seen = np.array([[0.5, 100.0], [100.0, 0.5]])
    usual, odd = strangeness((NearestPose(), Still()), Scales([real, real]), seen)
    assert usual == pytest.approx(-np.log10(25.5 / 51.0)) and odd > 3.0


def test_side_by_side_each_is_judged_as_it_is_alone(motions, signs):
    first, second = (m[:34] for m in motions[:2])
    both = Watch(signs, np.stack([first, second])[:, :10], HUMANOID, FPS)
    made = both.extend(np.stack([first, second])[:, 10:])
    for row, motion in enumerate((first, second)):
        alone = Watch(signs, motion[None, :10], HUMANOID, FPS)
        np.testing.assert_allclose(made.strengths[row], alone.extend(motion[None, 10:]).strengths[0], atol=1e-5)
        np.testing.assert_allclose(both.seen[row], alone.seen[0], atol=1e-5)


def test_no_window_mixes_seed_and_generated_frames(motions, signs):
    walk = max(motions, key=len)
    made = Watch(signs, walk[None, :40], HUMANOID, FPS).extend(walk[None, 40:])
    for k, sign in enumerate(signs):
        if sign.seconds and sign.full == 1.0:
            assert np.isnan(made.values[0, k, : sign.width(FPS) - 1]).all(), sign.name


def test_what_stands_still_has_collapsed_and_what_stretches_drifts(motions, calibration):
    def scores(motion):
        made, seen = control(calibration.signs, motion, HUMANOID, FPS)
        sides, _ = by_side(calibration.signs, Scales(calibration.scales).score(made.strengths, seen[None]))
        return {side: sides[k, 0].max() - calibration.thresholds[side].high for k, side in enumerate(SIDES)}

    walk = max(motions, key=len)
    cut = seed_frames(len(walk)) + 5
    frozen, stretched = walk.copy(), walk.copy()
    frozen[cut:] = walk[cut]
    elbow, wrist = (HUMANOID.joints.index(f"left_{part}") for part in ("elbow", "wrist"))
    stretched[cut:, wrist] += 0.5 * (walk[cut:, wrist] - walk[cut:, elbow])
    assert scores(frozen)["collapse"] > 0.0 and scores(stretched)["drift"] > 0.0
    assert scores(frozen)["drift"] <= 0.0 and scores(stretched)["collapse"] <= scores(walk)["collapse"]


def test_of_as_few_clips_as_there_may_be_a_real_one_seldom_alarms(motions):
    """The sign that has ten clips is told by the nine others."""
    calibration = finished(calibrated(motions[:10], HUMANOID, FPS))
    for threshold in calibration.thresholds.values():
        assert threshold.high >= threshold.low > 0.3
    assert all(n >= 10 or not scale.decides for scale, n in zip(calibration.scales, calibration.n_eff, strict=True))


def test_progress_is_told_while_a_sign_learns(motions, monkeypatch):
    quick = NearestPose.fitted
    monkeypatch.setattr(NearestPose, "fitted", lambda self, motions: time.sleep(1.0) or quick(self, motions))
    job, times = calibrated(motions, HUMANOID, FPS), [time.perf_counter()]
    for progress in job:
        times.append(time.perf_counter())
        if progress.text.startswith("learns") and times[-1] - times[0] > 1.5:
            break
    assert max(np.diff(times)) < 0.7
    job.close()


def test_few_clips_are_no_reference(motions):
    with pytest.raises(PoseviewerError, match="give 10 or more"):
        finished(calibrated(motions[:9], HUMANOID, FPS))


def test_a_body_in_an_image_is_watched_with_unknown_joints():
    draw = np.random.default_rng(3)
    motion = np.cumsum(draw.normal(0.0, 0.002, (80, 13, 2)), axis=0) + draw.normal(0.0, 0.1, (13, 2))
    motion[:, 4] = np.nan
    motion[50:, 6] = np.nan
    judged = Judged.of(motion, PENN13, FPS)
    signs = tuple(sign.fitted([replace(judged, body=Body.of(motion[None, :20], PENN13))]) for sign in signs_of(PENN13))
    made = Watch(signs, motion[None, :20], PENN13, FPS).extend(motion[None, 20:])
    names = [sign.name for sign in signs]
    for name in ("size", "slide", "tremble", "spread"):
        assert np.isfinite(made.values[0, names.index(name), -1]), name
