"""Verdicts of motions as they go on, and as frames are taken back."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.analysis.calibration import calibrated
from poseviewer.analysis.judgement import Judgement
from poseviewer.analysis.verdict import WORDS
from poseviewer.data.dataset import Dataset
from poseviewer.motion.clip import unrolled
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.progress import finished

FPS = 30.0


@pytest.fixture(scope="module")
def motions() -> list[np.ndarray]:
    """People who walk and run, each a little slower or faster than the others, for three seconds."""
    draw, made = np.random.default_rng(5), []
    with Dataset.open(paths.demo()) as demo:
        for name in ("walk", "run"):
            clip = unrolled(demo.clip(demo.find(name)).onto(HUMANOID), 200)
            motion = np.asarray(clip.positions, dtype=np.float64)
            for _ in range(14):
                times = 10.0 * draw.random() + np.cumsum(draw.uniform(0.9, 1.2) + 0.08 * np.sin(np.arange(90) / 9.0))
                low = times.astype(int)
                between = (times - low)[:, None, None]
                made.append((1.0 - between) * motion[low] + between * motion[low + 1])
    return made


@pytest.fixture(scope="module")
def calibration(motions):
    return finished(calibrated(motions, HUMANOID, FPS))


@pytest.fixture
def frozen(motions):
    """Somebody who walks and stands still from frame 45 on."""
    walk = motions[0]
    return np.concatenate([walk[:45], np.repeat(walk[45:46], 60, axis=0)])[None]


def test_a_motion_that_stops_is_collapsed_from_then_on(calibration, frozen):
    judgement = Judgement(calibration, frozen[:, :20])
    judgement.extend(frozen[:, 20:])
    verdict = judgement.verdict()
    assert verdict.word == "collapsed" and verdict.findings[0].side == "collapse"
    assert 20 <= verdict.onset <= 40  # it stopped at the 25th
    assert verdict.findings[0].reason.endswith(f"since frame +{verdict.onset + 1}")
    words = [WORDS[k] for k in judgement.words[0]]
    assert words[0] == "realistic"
    assert words[-1] == "collapsed" and "collapsed" not in words[:20]


def test_frames_taken_back_and_made_again_are_judged_the_same(calibration, frozen):
    made = frozen[:, 20:]
    whole = Judgement(calibration, frozen[:, :20])
    whole.extend(made)
    again = Judgement(calibration, frozen[:, :20])
    again.extend(made)
    again.cut(31, made)
    assert len(again) == 31 and again.words.tolist() == whole.words[:, :31].tolist()
    for frame in range(31, made.shape[1]):
        again.extend(made[:, frame : frame + 1])
    np.testing.assert_allclose(again.scores, whole.scores, atol=1e-6)
    again.cut(0, made)
    assert len(again) == 0 and again.verdict().word == "not yet judged"
    again.extend(made)
    np.testing.assert_allclose(again.scores, whole.scores, atol=1e-6)


def test_a_real_motion_of_the_reference_is_realistic(calibration, motions):
    found = []
    for motion in motions:
        judgement = Judgement(calibration, motion[None, :30])
        judgement.extend(motion[None, 30:])
        found.append(judgement.verdict().word)
    assert found.count("realistic") >= len(found) - 2
