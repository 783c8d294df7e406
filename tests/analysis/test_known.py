"""Lengths, means, medians and nearest ones of what is known."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.analysis.known import are_known, known_mean, known_median, nearest, norms

NAN = np.nan


def test_lengths_are_of_two_and_of_three_coordinates() -> None:
    np.testing.assert_array_equal(norms(np.array([[3.0, 4.0], [NAN, 1.0]])), [5.0, NAN])
    np.testing.assert_array_equal(norms(np.array([[[2.0, 3.0, 6.0]]])), [[7.0]])


def test_many_lengths_are_to_the_last_bit_what_each_is_alone() -> None:
    many = np.random.default_rng(0).normal(size=(1000, 3))
    np.testing.assert_array_equal(norms(many), [norms(vector) for vector in many])


@pytest.mark.parametrize("count", [3, 3000])
def test_values_are_known_where_each_is_a_number(count: int) -> None:
    values = np.ones((2, count))
    assert are_known(values)
    for wrong in (NAN, np.inf, -np.inf):
        values[1, -1] = wrong
        assert not are_known(values)


def test_a_mean_is_that_of_what_is_a_number() -> None:
    values = np.array([[1.0, NAN, 3.0, np.inf], [NAN, np.inf, -np.inf, NAN]])
    np.testing.assert_array_equal(known_mean(values), [2.0, NAN])
    np.testing.assert_array_equal(known_mean(values, axis=0), [1.0, NAN, 3.0, NAN])
    np.testing.assert_array_equal(known_mean(np.array([[1.0, 5.0], [2.0, 4.0]])), [3.0, 3.0])
    assert np.isnan(known_mean(np.zeros((2, 0)))).all()


def test_a_median_is_the_middle_of_what_is_known_or_lies_between_the_middle_two() -> None:
    rows = np.array([[5.0, 1.0, 2.0, 9.0], [7.0, NAN, 1.0, 4.0], [NAN, 6.0, NAN, 2.0], [NAN, NAN, NAN, NAN]])
    np.testing.assert_array_equal(known_median(rows), [3.5, 4.0, 4.0, NAN])
    np.testing.assert_array_equal(known_median(rows[:2]), [3.5, 4.0])
    np.testing.assert_array_equal(known_median(rows.T[None], axis=-2), [[3.5, 4.0, 4.0, NAN]])
    np.testing.assert_array_equal(known_median(rows[:1].T, axis=-2), [3.5])


def test_the_nearest_is_nearest_in_what_is_known() -> None:
    centres = np.array([[0.0, 0.0], [4.0, 1.0]])
    near = [[1.0, 9.0], [3.0, 0.0]]
    np.testing.assert_array_equal(nearest(np.array(near), centres), [1, 1])  # 82 or 73 away, 9 or 2
    np.testing.assert_array_equal(nearest(np.array([*near, [1.0, NAN], [NAN, 9.0]]), centres), [1, 1, 0, 1])
