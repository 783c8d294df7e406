"""Power and joint speed, worked out by hand; what has frozen."""

import numpy as np
import pytest

from poseviewer.analysis.statistics.joints import JointSpeed
from poseviewer.analysis.statistics.power import Power, is_frozen
from poseviewer.analysis.statistics.statistic import Judged, over
from tests.analysis.statistics.motions import FPS, PAIR, pair, path

WALK = path(*[(0.3, 0.0, 0.4)] * 6)
UP = path(*[(0.0, y, 0.0) for y in (0.1, 0.1, 0.2, 0.2, 0.2, 0.0)])


def test_power_is_the_squared_speed_about_the_root_over_a_third_of_a_second() -> None:
    # (0.1 m * 10 / s)^2 = 1 and (0.2 m * 10 / s)^2 = 4, halved by the resting root; three frames at 10 a second
    told = over(Power(), pair(WALK, WALK + UP))[0]
    assert told == pytest.approx([0.5, 0.5, 0.5, 1.0, 1.5, 2.0, 4.0 / 3.0])
    assert over(Power(0.0), pair(WALK, WALK + UP))[0] == pytest.approx([0.5, 0.5, 0.5, 2.0, 2.0, 2.0, 0.0])


def test_power_goes_with_the_square_of_the_rate() -> None:
    once, twice = (over(Power(0.0), pair(WALK, WALK + UP, fps))[0] for fps in (FPS, 2.0 * FPS))
    assert twice == pytest.approx(4.0 * once)


def test_unknown_joints_are_left_out_of_power() -> None:
    toe = WALK + UP
    toe[3] = np.nan
    told = over(Power(0.0), pair(WALK, toe))[0]
    assert told == pytest.approx([0.5, 0.5, 0.5, 0.0, 0.0, 2.0, 0.0])  # the root's, which rests about itself


def test_one_frame_alone_has_no_power() -> None:
    assert over(Power(), pair(WALK[:1], WALK[:1])).tolist() == [[0.0]]


def test_joint_speed_is_that_in_the_world() -> None:
    # the root's 0.5 m a frame is 5 m/s; the toe's sqrt(0.25 + 0.01) m a frame
    told = over(JointSpeed(), pair(WALK, WALK + UP))[0]
    assert np.isnan(told[0]) and told[1] == pytest.approx((5.0 + 10.0 * np.sqrt(0.26)) / 2.0)
    toe = WALK + UP
    toe[2:4] = np.nan
    assert over(JointSpeed(), pair(WALK, toe))[0][2:5] == pytest.approx([5.0, 5.0, 5.0])


@pytest.mark.parametrize(("still", "frozen"), [(100, True), (90, False)])
def test_ten_seconds_of_rest_are_frozen_and_nine_are_not(still: int, frozen: bool) -> None:
    moves = [(0.0, 0.1 * (-1) ** k, 0.0) for k in range(40)]
    toe = path(*moves, *[(0.0, 0.0, 0.0)] * still, *moves)
    root = np.zeros_like(toe)
    assert is_frozen(pair(root, toe)).tolist() == [frozen]
    both = Judged.of(np.stack([np.stack([root, toe], axis=1), np.stack([root, root], axis=1)]), PAIR, FPS)
    assert is_frozen(both).tolist() == [frozen, True]


def test_a_gliding_body_is_frozen_however_far_it_goes() -> None:
    glide = path(*[(0.1, 0.0, 0.0)] * 120)
    assert is_frozen(pair(glide, glide + np.array([0.0, 1.0, 0.0]))).all()
    assert not is_frozen(pair(glide[:60], np.zeros((60, 3)))).any()
