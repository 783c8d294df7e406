"""Where a side alarms: at what few real clips exceed, those too that no network looked at."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.analysis.calibration import _threshold


def rows(*tops: float) -> list[np.ndarray]:
    """Scores of clips that reach a value for two frames each."""
    return [np.array([0.0, top, top, 0.0]) for top in tops]


def test_one_more_clip_in_forty_would_lie_above_it_and_three_in_a_hundred_above_low():
    tops = np.arange(1.0, 81.0)
    everywhere = np.ones(80, dtype=bool)
    made = _threshold(rows(*tops), rows(*tops), everywhere, 30.0)
    assert (made.high, made.low) == pytest.approx((81.0 * 0.975, 81.0 * 0.97)) and (made.enter, made.leave) == (2, 3)
    few = _threshold(rows(*tops[:11]), rows(*tops[:11]), everywhere[:11], 30.0)
    assert few.high == few.low == 11.0, "one in twelve lies above the largest"
    assert _threshold([np.zeros(1)] * 11, [np.zeros(1)] * 11, everywhere[:11], 30.0).high == 0.0


def test_what_networks_add_on_the_clips_that_they_may_look_at_counts_for_all():
    """Of 80 clips 20 are looked at through networks, and one of these has 100 by them: four of all would."""
    bare = np.arange(1.0, 81.0)
    through = np.arange(80) % 4 == 0
    whole = bare.copy()
    made = _threshold(rows(*whole), rows(*bare), through, 30.0)
    assert made == _threshold(rows(*bare), rows(*bare), np.ones(80, dtype=bool), 30.0), "they add nothing"
    whole[0] = 100.0
    assert _threshold(rows(*whole), rows(*bare), through, 30.0).high == 100.0, "four are more than two"
    whole[through] = 100.0
    assert _threshold(rows(*whole), rows(*bare), through, 30.0).low == 100.0
    everywhere = np.ones(80, dtype=bool)
    once = bare.copy()
    once[0] = 100.0
    assert _threshold(rows(*once), rows(*bare), everywhere, 30.0).high == pytest.approx(79.975)
