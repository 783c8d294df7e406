"""Verdicts of motions as they go on, and as frames are taken back."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.analysis.calibration import calibrated
from poseviewer.analysis.judgement import Judgement
from poseviewer.analysis.verdict import WORDS
from poseviewer.data.dataset import Dataset
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.progress import finished

FPS = 30.0


@pytest.fixture(scope="module")
def motions() -> list[np.ndarray]:
    with Dataset.open(paths.demo()) as demo:
        return [np.asarray(clip.onto(HUMANOID).positions, dtype=np.float64) for clip in demo if len(clip) >= 34]


@pytest.fixture(scope="module")
def calibration(motions):
    return finished(calibrated(motions, HUMANOID, FPS))


@pytest.fixture
def frozen(motions):
    """The longest motion, standing still from frame 45 on."""
    walk = max(motions, key=len)
    return np.concatenate([walk[:45], np.repeat(walk[45:46], 60, axis=0)])[None]


def test_a_motion_that_stops_is_collapsed_from_then_on(calibration, frozen):
    judgement = Judgement(calibration, frozen[:, :20])
    judgement.extend(frozen[:, 20:])
    verdict = judgement.verdict()
    assert verdict.word == "collapsed" and verdict.findings[0].side == "collapse"
    assert 20 <= verdict.onset <= 60  # it stopped at the 25th; of twenty wild clips one is no clear reference
    assert verdict.findings[0].reason.endswith(f"since frame +{verdict.onset + 1}")
    words = [WORDS[k] for k in judgement.words[0]]
    assert words[0] == "not yet judged" or words[0] == "realistic"
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
        judgement = Judgement(calibration, motion[None, :12])
        judgement.extend(motion[None, 12:])
        found.append(judgement.verdict().word)
    assert found.count("realistic") + found.count("unlike") >= len(found) - 2
