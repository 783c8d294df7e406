"""How strange a value is beside real clips."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.analysis.tails import LEAST, Scale, Scales, Tail, Tails

NUMBERS = st.lists(st.floats(-5.0, 5.0), min_size=LEAST, max_size=60)


def test_what_one_clip_in_ten_reaches_scores_one():
    tail = Tail.of(np.arange(1000.0))
    assert tail is not None
    assert tail.score(np.array(900.0)) == pytest.approx(1.0, abs=0.01)
    assert tail.score(np.array(500.0)) == pytest.approx(0.3, abs=0.01)


def test_beyond_the_largest_the_score_goes_on_by_widths_of_the_tail():
    largest = np.concatenate([np.zeros(90), np.arange(1.0, 11.0)])
    tail = Tail.of(largest)
    assert tail is not None and tail.knee == 0.0
    once, twice = tail.score(np.array([10.0 + tail.width, 10.0 + 2.0 * tail.width]))
    assert twice > once > tail.score(np.array(10.0)) > tail.score(np.array(5.0))
    assert tail.score(np.array(1.0 + tail.width)) - tail.score(np.array(1.0)) < 0.45  # an e-fold is 0.43


def test_too_few_clips_say_nothing():
    assert Tail.of(np.arange(LEAST - 1.0)) is None
    assert not Scale.of(np.zeros(LEAST - 1), np.arange(LEAST - 1.0)).decides


def test_clips_that_reach_no_value_count_as_clips():
    some = np.array([-np.inf] * 54 + [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    tail = Tail.of(some)
    assert tail is not None and tail.clips == 60 and tail.knee == 1.0
    assert tail.score(np.array(0.0)) == pytest.approx(-np.log10(6.5 / 61.0), abs=1e-9)  # six of sixty reach any
    assert tail.width == pytest.approx(3.0 / np.log(2.0)) and tail.score(np.array(1.0)) < tail.score(np.array(2.0))
    assert Tail.of(np.append(some, [-np.inf] * 70)) is None  # six of 130 are too few to say what is usual
    assert Tail.of(np.array([-np.inf] * 20 + [1.0] * 4)) is None
    scale = Scale.of(np.full(60, np.nan), some)
    assert scale.absolute is not None and scale.absolute.clips == 60


def test_a_tail_of_a_few_far_values_among_near_ones_is_as_wide_as_a_fourth_of_their_mean():
    tail = Tail.of(np.array([0.0] * 85 + [0.01] * 8 + [10.0] * 7))
    assert tail is not None and tail.knee == 0.0
    assert tail.width == pytest.approx(0.25 * 70.08 / 15.0)


def test_clips_whose_seeds_are_odd_already_tell_of_ratios_alone():
    seeds = np.append(np.linspace(0.0, 1.0, 99), 100.0)
    scale = Scale.of(seeds, seeds + 1.0)
    assert scale.absolute is not None and scale.absolute.clips == 99 and scale.absolute.steps.max() <= 2.0
    assert scale.relative is not None and scale.relative.clips == 100


@pytest.mark.filterwarnings("error")
def test_values_beyond_all_numbers_have_no_score_and_cause_no_warning():
    tail = Tail.of(np.arange(20.0))
    made = Tails([tail, None]).score(np.array([np.inf, -np.inf, np.nan]), np.arange(2)[:, None])
    assert np.isnan(made).all()


@given(NUMBERS, st.lists(st.floats(-8.0, 8.0), min_size=2, max_size=20))
def test_a_larger_value_never_scores_less(largest, values):
    tail = Tail.of(np.array(largest))
    assert tail is not None
    scores = tail.score(np.sort(values))
    assert (np.diff(scores) >= -1e-9).all() and (scores >= -1e-9).all()


def test_an_unknown_value_has_no_score():
    tail = Tail.of(np.arange(20.0))
    assert tail is not None and np.isnan(tail.score(np.array([np.nan]))).all()


def test_a_seed_outside_the_band_is_judged_by_its_ratio():
    draw = np.random.default_rng(0)
    seeds = draw.normal(0.0, 0.1, 100)
    scale = Scale.of(seeds, seeds + draw.uniform(0.0, 0.2, 100))
    alone = Scales([scale])
    usual, odd = alone.score(np.full((2, 1, 1), 3.1), np.array([[0.0], [3.0]]))[:, 0, 0]
    assert usual > 3.0 and odd < 1.0
    assert alone.score(np.full((1, 1, 1), 6.0), np.array([[3.0]]))[0, 0, 0] > 3.0
    assert alone.score_seeds(np.array([[0.0], [3.0]]))[1, 0] > 3.0 > alone.score_seeds(np.array([[0.0]]))[0, 0]


def test_of_some_signs_a_seed_stranger_than_nine_in_ten_is_judged_by_its_ratio() -> None:
    seeds = np.linspace(0.0, 1.0, 101)
    after = seeds + np.random.default_rng(1).uniform(0.0, 0.2, 101)
    near, tenth = Scale.of(seeds, after), Scale.of(seeds, after, within=90.0)
    assert near.limit > 1.0 and tenth.limit == pytest.approx(0.9)
    strength, seed = np.full((1, 1, 1), 1.05), np.array([[0.95]])  # beyond most; beyond the seed as they
    by_ratio, by_all = (Scales([scale]).score(strength, seed).item() for scale in (tenth, near))
    assert by_ratio < 0.5 < 0.9 < by_all


def test_beside_each_other_each_tail_scores_as_it_does_alone():
    draw = np.random.default_rng(1)
    tails = [Tail.of(draw.normal(k, 0.1 + k, 30 + k).round(1)) for k in range(3)]
    strengths = np.concatenate([draw.normal(1.0, 3.0, 40).round(1), [np.nan, np.inf, -np.inf]])
    made = Tails([*tails, None]).score(strengths, np.arange(4)[:, None])
    for k, tail in enumerate(tails):
        assert tail is not None
        np.testing.assert_array_equal(made[k], tail.score(strengths))
    assert np.isnan(made[3]).all() and np.isnan(made[:, -3:]).all()


def test_a_weight_is_added_to_what_follows_the_seed_alone() -> None:
    draw = np.random.default_rng(4)
    seeds = draw.normal(0.0, 0.1, 100)
    usual = Scale.of(seeds, seeds + draw.uniform(0.0, 0.2, 100))
    light, heavy = (replace(usual, weight=weight) for weight in (-0.3, 0.3))
    strengths, seed = np.array([-1.0, 0.1, 0.2, 5.0, np.nan])[None, None], np.array([[0.0], [3.0]])
    more, less, as_is = (Scales([scale]).score(strengths, seed) for scale in (heavy, light, usual))
    np.testing.assert_allclose(more, as_is + 0.3)
    np.testing.assert_allclose(less, as_is - 0.3)
    np.testing.assert_array_equal(Scales([heavy]).score_seeds(seed), Scales([usual]).score_seeds(seed))


def test_a_sign_that_does_not_decide_has_no_scores():
    few, many = (Scale.of(np.zeros(n), np.arange(float(n))) for n in (LEAST - 1, 50))
    made = Scales([few, many]).score(np.full((1, 2, 1), 40.0), np.zeros((1, 2)))
    assert np.isnan(made[0, 0, 0]) and made[0, 1, 0] > 0.5


def test_values_that_differ_by_less_than_a_tenth_are_alike_where_all_real_ones_are_the_same() -> None:
    tail = Tail.of(np.zeros(40))
    assert tail is not None
    near, far = tail.score(np.array([0.01, 1.0]))
    assert near == pytest.approx(np.log10(41 / 0.5) + 0.2 / np.log(10.0), abs=0.01)  # a fifth of a width beyond
    assert far > 8.0
