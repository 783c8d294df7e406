import numpy as np
import pytest

from poseviewer.measure.intervals import interval, macro_weights, paired, resampled_weights

ACTIONS = ["walk"] * 6 + ["run"] * 2
CLIPS = [0, 0, 0, 1, 1, 1, 2, 2]
BLOCKS = [0, 0, 1, 0, 1, 1, 0, 1]


def test_actions_count_alike_however_many_windows_they_have():
    weights = macro_weights(ACTIONS)
    assert weights.sum() == pytest.approx(1.0) and weights[:6].sum() == pytest.approx(0.5)


def test_every_resample_is_a_mean_over_the_same_actions():
    weights = resampled_weights(ACTIONS, CLIPS, BLOCKS, resamples=50)
    np.testing.assert_allclose(weights[:, :6].sum(axis=1), 0.5)
    assert len(np.unique(weights.round(9), axis=0)) > 10
    assert (weights[:, 0] == weights[:, 1]).all()  # one block


def test_an_interval_covers_the_mean_and_a_paired_difference_is_sharper():
    draw = np.random.default_rng(1)
    actions, clips = ["a"] * 60, np.repeat(np.arange(20), 3).tolist()
    hard = draw.normal(10.0, 3.0, 60)
    weights = resampled_weights(actions, clips, [0, 1, 2] * 20, resamples=400)
    low, high = interval(weights @ hard, 6)
    assert low < hard.mean() < high and 0.5 < high - low < 4.0
    better = interval(weights @ (hard - 0.5 - hard), 9)
    assert better[1] - better[0] < 1e-6


def test_pairs_are_compared_by_difference_and_ratio():
    drawn = np.array([1.0, 2.0, 3.0])
    told = paired((2.0, drawn), (4.0, 2.0 * drawn), 2, 3)
    assert (told["difference"], told["ratio"]) == (-2.0, 0.5)
    assert told["difference_interval"] == pytest.approx([-2.95, -1.05]) and told["ratio_interval"] == [0.5, 0.5]
