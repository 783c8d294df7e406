"""Shares that have not failed yet, against a textbook's."""

import numpy as np
import pytest

from poseviewer.measure.verdicts.survival import Survival, by_clip, table

WEEKS = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
FAILED = [True] * 9 + [False] * 12
"""Remission under 6-mercaptopurine (Freireich et al., 1963), the standard example of survival curves."""


def test_the_textbook_has_these_shares_errors_and_bands():
    found = Survival.of(np.array(WEEKS), np.array(FAILED))
    assert found.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    np.testing.assert_allclose(found.share, [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], atol=1e-4)
    np.testing.assert_allclose(found.error, [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346], atol=1e-4)
    assert found.at(6) == pytest.approx((0.8571, 0.6197, 0.9516), abs=1e-4)
    assert found.at(30) == pytest.approx((0.4482, 0.1881, 0.6801), abs=1e-4)
    assert found.median() == 23


def test_before_any_failure_all_are_left_and_beyond_the_last_watched_nothing_is_known():
    found = Survival.of(np.array(WEEKS), np.array(FAILED))
    share, low, high = found.at(5)
    assert share == high == 1.0 and low == pytest.approx(0.025 ** (1 / 21))
    assert found.at(36) is None and found.at(35) is not None
    told = table(found, [5, 23, 36])
    assert told["share"] == [1.0, 0.4482, None] and told["watched"] == [21, 6, 0]


def test_when_all_have_failed_none_is_left_for_good():
    found = Survival.of(np.array([3, 5, 5]), np.array([True, True, True]))
    assert found.at(3)[0] == pytest.approx(2 / 3) and found.at(4)[0] == pytest.approx(2 / 3)
    assert found.at(100)[:2] == (0.0, 0.0) and 0.0 < found.at(100)[2] < 1.0
    assert found.median() == 5


def test_those_that_never_fail_have_no_median():
    found = Survival.of(np.array([10, 20]), np.array([False, False]))
    assert found.median() is None and found.at(20)[0] == 1.0


def test_a_band_over_clips_does_not_take_the_samples_of_one_for_many():
    frames, failed = np.repeat([10, 40, 40, 40], 50), np.repeat([True, False, False, False], 50)
    clips = np.repeat(list("abcd"), 50)
    ((low, high),) = by_clip(frames, failed, clips, [20])
    assert low == pytest.approx(0.25) and high == 1.0  # three, or none, of four clips drawn fail
    alone = by_clip(frames, failed, [str(k) for k in range(200)], [20])[0]
    assert alone == pytest.approx((0.69, 0.81), abs=0.02)
    told = table(Survival.of(frames, failed), [20], [(low, high)])
    assert (told["share"], told["low"], told["high"]) == ([0.75], [0.25], [1.0])


def test_clips_that_all_agree_have_the_band_that_so_many_leave():
    ((low, high),) = by_clip(np.full(6, 30), np.zeros(6, bool), list("aabbcc"), [20])
    assert low == pytest.approx(0.025 ** (1 / 3)) and high == 1.0
    ((low, _),) = by_clip(np.array([20, 20, 30, 30, 30, 30]), np.zeros(6, bool), list("aabbcc"), [20])
    assert low == pytest.approx(0.025 ** (1 / 3))  # the last frame of a clip is one that it was watched at
    ((low, high),) = by_clip(np.full(6, 3), np.ones(6, bool), list("aabbcc"), [20])
    assert low == 0.0 and high == pytest.approx(1.0 - 0.025 ** (1 / 3))
