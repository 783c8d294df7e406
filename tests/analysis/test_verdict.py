"""When a side is entered and left, and from which frame on."""

from __future__ import annotations

import numpy as np

from poseviewer.analysis.verdict import Threshold, alarms, runs

RULE = Threshold(high=2.0, low=1.0, enter=2, leave=3)


def on(*scores: float) -> tuple[list[int], int]:
    made = alarms(np.array([scores]), RULE)
    return made.on[0].astype(int).tolist(), int(made.onset[0])


def test_one_frame_above_high_is_not_enough():
    assert on(0, 3, 0, 3, 0) == ([0, 0, 0, 0, 0], -1)


def test_it_is_entered_after_two_and_begins_where_low_was_passed():
    assert on(0, 1.5, 1.5, 3, 3, 3) == ([0, 1, 1, 1, 1, 1], 1)


def test_a_fall_below_low_breaks_the_run_that_leads_in():
    assert on(1.5, 0, 3, 3) == ([0, 0, 1, 1], 2)


def test_it_is_left_after_three_below_low_and_the_first_onset_stays():
    assert on(3, 3, 0, 0, 1.5, 0, 0, 0, 3, 3) == ([1, 1, 1, 1, 1, 1, 1, 0, 1, 1], 0)


def test_exactly_high_does_not_enter_and_an_unknown_score_is_low():
    assert on(2, 2, 2) == ([0, 0, 0], -1)
    assert on(3, np.nan, 3, np.nan) == ([0, 0, 0, 0], -1)


def test_motions_are_judged_apart():
    made = alarms(np.array([[0.0, 0.0, 3.0, 3.0], [3.0, 3.0, 0.0, 0.0]]), RULE)
    assert made.onset.tolist() == [2, 0]


def test_runs_of_equal_marks():
    assert list(runs(np.array([1, 1, 2, 1]))) == [(1, 0, 2), (2, 2, 3), (1, 3, 4)]
    assert list(runs(np.array([], dtype=int))) == []


def test_a_score_at_the_lower_threshold_is_below_it():
    rule = Threshold(high=2.0, low=1.0, enter=2, leave=2)
    made = alarms(np.array([[3.0, 3.0, 1.0, 1.0, 3.0]]), rule)
    assert made.on.tolist() == [[True, True, True, False, False]]
