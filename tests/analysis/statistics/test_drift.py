"""Jerk, root, height, feet and size, worked out by hand; what has flown."""

import numpy as np
import pytest

from poseviewer.analysis.statistics.ground import Clearance, FootSlide, is_flown
from poseviewer.analysis.statistics.joints import Jerk, PoseSize
from poseviewer.analysis.statistics.root import RootDistance, RootSpeed
from poseviewer.analysis.statistics.statistic import Judged, over
from poseviewer.motion.skeleton import HUMANOID
from tests.analysis.statistics.motions import PAIR, pair, path

WALK = path(*[(0.3, 0.0, 0.4)] * 5)
HIGH = np.array([0.0, 1.0, 0.0])


def test_jerk_is_the_third_difference_times_the_cubed_rate() -> None:
    cubes = np.arange(6)[:, None] ** 3 * np.array([0.0, 0.001, 0.0])  # third differences of 6 mm
    told = over(Jerk(), pair(WALK, cubes, fps=10.0))[0]
    assert np.isnan(told[:3]).all() and told[3:] == pytest.approx([3.0] * 3)  # 0.006 * 1000, halved by the even root
    assert over(Jerk(), pair(WALK, cubes, fps=20.0))[0][3:] == pytest.approx([24.0] * 3)


def test_jerk_of_the_whole_body_is_none_about_the_root() -> None:
    cubes = np.arange(6)[:, None] ** 3 * np.array([0.001, 0.0, 0.0])
    assert over(Jerk(), pair(cubes, cubes + HIGH))[0][3:] == pytest.approx([6.0] * 3)
    assert over(Jerk(about_root=True), pair(cubes, cubes + HIGH))[0][3:] == pytest.approx([0.0] * 3, abs=1e-9)


def test_root_distance_is_on_the_ground_from_the_seeds_first_known_root() -> None:
    climbing = WALK + np.arange(6)[:, None] * HIGH
    assert over(RootDistance(), pair(climbing, WALK))[0] == pytest.approx([0.0, 0.5, 1.0, 1.5, 2.0, 2.5])
    seed = pair(np.concatenate([np.full((1, 3), np.nan), WALK[2:4]]), WALK[:3])
    assert over(RootDistance(), pair(WALK, WALK), seed)[0] == pytest.approx([1.0, 0.5, 0.0, 0.5, 1.0, 1.5])


def test_root_speed_is_on_the_ground() -> None:
    told = over(RootSpeed(), pair(WALK + np.arange(6)[:, None] * HIGH, WALK))[0]
    assert np.isnan(told[0]) and told[1:] == pytest.approx([5.0] * 5)


def test_clearance_is_that_of_the_lowest_known_joint() -> None:
    toe = np.zeros((3, 3))
    toe[:, 1] = [0.1, np.nan, -0.2]
    assert over(Clearance(), pair(np.zeros((3, 3)) + HIGH, toe))[0] == pytest.approx([0.1, 1.0, -0.2])


@pytest.mark.parametrize(
    ("lift", "pace", "flown"), [(0.0, 0.5, False), (0.55, 0.5, False), (0.65, 0.5, True), (0.0, 0.85, True)]
)
def test_what_leaves_the_ground_or_rushes_has_flown(lift: float, pace: float, flown: bool) -> None:
    root = path(*[(pace, 0.0, 0.0)] * 50)  # at ten frames a second: 5 and 8.5 m/s
    toe = root.copy()
    toe[20, 1] = lift
    assert is_flown(pair(root + HIGH, toe)).tolist() == [flown]


def test_one_joint_on_the_ground_keeps_a_body_from_having_flown() -> None:
    still = np.zeros((10, 3))
    assert not is_flown(pair(still + HIGH, still)).any() and is_flown(pair(still + HIGH, still + HIGH)).all()


def test_a_toe_slides_while_it_stands() -> None:
    toe = path((0.1, 0.0, 0.0), (0.1, 0.02, 0.0), (0.5, 0.2, 0.0), (0.5, -0.22, 0.0), (0.0, 0.0, 0.2))
    slide = FootSlide.of(PAIR)
    told = over(slide, pair(HIGH + 0.0 * toe, toe))[0]
    assert np.isnan(told[[0, 3]]).all()  # nothing before the first, 22 cm up in the fourth
    assert told[[1, 2, 4, 5]] == pytest.approx([1.0, 1.0, 5.0, 2.0])


def test_where_a_toe_stands_is_what_the_seed_says() -> None:
    toe = path((0.1, 0.0, 0.0), (0.1, 0.0, 0.0))
    seed = pair(HIGH + 0.0 * toe, toe - 0.1 * HIGH)
    slide = FootSlide.of(PAIR)
    assert np.isnan(over(slide, pair(HIGH + 0.0 * toe, toe), seed)).all()  # 10 cm over the seed's ground
    low = pair(HIGH + 0.0 * toe, toe + np.array([0.3, -0.1, 0.0]))
    assert over(slide, low, seed)[0] == pytest.approx([1.0, 1.0, 1.0])  # the first from the seed's last frame on


def test_both_toes_count() -> None:
    slide = FootSlide.of(HUMANOID)
    assert [HUMANOID.joints[j] for j in slide.toes] == ["left_toe", "right_toe"]
    poses = np.zeros((1, 3, 18, 3))
    poses[0, :, slide.toes[0], 0] = [0.0, 0.1, 0.2]
    judged = Judged.of(poses, HUMANOID, 10.0)
    assert over(slide, judged)[0][1:] == pytest.approx([0.5, 0.5])
    each = slide.of_each(slide.start(), judged)[0][0]
    assert each[1:] == pytest.approx(np.array([[1.0, 0.0]] * 2))


def test_size_is_the_spread_about_the_middle_of_what_is_seen() -> None:
    poses = np.array([[[0.0, 0.0], [0.6, 0.8]], [[0.0, 0.0], [1.2, 1.6]], [[1.0, 1.0], [np.nan, np.nan]]])
    told = over(PoseSize(), Judged(poses[None], poses[None, :, 0], 30.0))[0]
    assert told == pytest.approx([0.5, 1.0, 0.0])
