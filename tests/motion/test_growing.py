"""Arrays that grow: what comes out is what concatenating gives, what was given out stays, and it is not copied."""

import numpy as np
import pytest

from poseviewer.motion.growing import Row, appended, goes_on


def test_frames_are_appended_and_those_given_out_stay():
    random, axis = np.random.default_rng(0), 1
    whole, grown, given = np.empty((3, 0, 2)), np.empty((3, 0, 2)), []
    for count in (1, 5, 200, 1, 7):
        fresh = random.normal(size=(3, count, 2))
        whole, grown = np.concatenate([whole, fresh], axis), appended(grown, fresh, axis)
        given.append((grown, whole))
    for made, expected in given:
        np.testing.assert_array_equal(made, expected)


def test_a_branch_leaves_what_it_left_from_as_it_was():
    trunk = appended(np.empty(0), np.arange(10.0))
    longer = appended(trunk, np.full(3, -1.0))
    branch = appended(trunk[:8], np.full(5, 7.0))
    np.testing.assert_array_equal(longer, [*range(10), -1, -1, -1])
    np.testing.assert_array_equal(branch, [*range(8), 7, 7, 7, 7, 7])
    assert goes_on(longer, trunk) and not goes_on(trunk, longer)
    assert not goes_on(branch, trunk) and not goes_on(longer.copy(), trunk)


def test_a_frame_more_is_not_a_copy_of_all_before():
    grown = appended(np.empty((64, 0, 54), np.float32), np.zeros((64, 1, 54), np.float32), 1)
    buffers = set()
    for _ in range(1000):
        grown = appended(grown, np.ones((64, 1, 54), np.float32), 1)
        buffers.add(grown.ctypes.data)
    assert len(buffers) < 10


def test_another_kind_of_numbers_is_not_written_into_the_buffer():
    whole = appended(appended(np.empty(0, int), np.arange(3)), np.array([0.5]))
    np.testing.assert_array_equal(whole, [0, 1, 2, 0.5])


def test_rows_that_part_have_their_beginning_in_common_and_go_their_own_ways() -> None:
    row = Row("abc")
    other = row.copy()
    other.append("d")
    assert other._shared is row._shared and list(row) == ["a", "b", "c"] and row[-1] == "c"
    row.append("e")  # another one went on from here
    other.cut(2)
    other.cut(9)
    assert (list(row), list(other), other[:5], len(other)) == (["a", "b", "c", "e"], ["a", "b"], ["a", "b"], 2)
    other.append("f")
    assert other[2] == "f" and row[1:] == ["b", "c", "e"]
    assert other[::-1] == ["f", "b", "a"] and row[-2:0:-1] == ["c", "b"]
    with pytest.raises(IndexError):
        other[3]


def test_what_outgrows_its_buffer_goes_on_and_a_branch_of_before_does_not() -> None:
    trunk = appended(np.empty(0), np.arange(60.0))
    longer = appended(trunk, np.arange(40.0))  # there is no room for them
    branch = appended(trunk, np.full(2, 7.0))  # for these there would be
    assert goes_on(longer, trunk) and goes_on(longer, longer[:70]) and not goes_on(longer, branch)
    np.testing.assert_array_equal(longer[:62], [*range(60), 0, 1])
    np.testing.assert_array_equal(branch, [*range(60), 7, 7])
