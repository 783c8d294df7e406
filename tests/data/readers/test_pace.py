from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from poseviewer.data.readers.pace import fitting_rate, pace_note
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID
from tests.walking import walk

WALK = Clip(HUMANOID, walk(90).astype(np.float32), 30.0, "walk")


def test_people_s_pace_is_not_remarked():
    assert [pace_note(replace(WALK, fps=fps)) for fps in (15.0, 30.0, 120.0)] == ["", "", ""]


@pytest.mark.parametrize(("fps", "how"), [(1.0, "at 1 frame a second.*slower"), (900.0, "at 900 frames.*faster")])
def test_a_rate_that_no_limb_moves_at_is_remarked_with_one_that_fits(fps, how):
    clip = replace(WALK, fps=fps)
    assert re.match(how, pace_note(clip))
    assert 12.0 <= (fitting_rate(clip) or 0.0) <= 60.0


def test_who_stands_still_is_not_slow():
    still = np.repeat(WALK.positions[:1], 60, axis=0)
    assert pace_note(replace(WALK, positions=still, fps=1.0)) == ""


def test_what_shakes_is_not_fast_and_at_a_usual_rate_nobody_is_too_slow():
    shaken = WALK.positions + np.random.default_rng(0).normal(scale=0.3, size=WALK.positions.shape)
    assert pace_note(replace(WALK, positions=shaken.astype(np.float32))) == ""
    slow = WALK.resample(300.0)
    assert pace_note(replace(slow, fps=30.0)) == "" and pace_note(replace(slow, fps=5.0)) != ""


def test_jumps_of_single_frames_and_unknown_joints_tell_nothing():
    torn = np.array(WALK.positions)
    torn[::20] += 3.0
    torn[:, 3] = np.nan
    assert pace_note(replace(WALK, positions=torn)) == ""
    assert pace_note(replace(WALK, positions=np.full((5, 18, 3), np.nan))) == ""
