"""Signs of a person in an image, worked out by hand on bodies whose trunk is 0.2 image heights long."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.analysis.statistics.body import Body
from poseviewer.analysis.statistics.image import CommonJump, CommonSlide, MeanPoseInImage, Place, Tremble
from poseviewer.analysis.statistics.sign import Sign
from poseviewer.analysis.statistics.signs import signs_of
from poseviewer.analysis.statistics.statistic import Judged, over
from poseviewer.motion.skeleton import HUMANOID, PENN13
from poseviewer.nets.protocols import Array

FPS = 30.0
SIZE = 0.2
WRIST = PENN13.joints.index("left_wrist")


def standing(frames: int) -> Array:
    """(frames, 13, 2) somebody who stands still."""
    across = {"head": 0.0, "shoulder": 0.05, "elbow": 0.07, "wrist": 0.08, "hip": 0.04, "knee": 0.04, "ankle": 0.04}
    height = {"head": 0.28, "shoulder": 0.2, "elbow": 0.1, "wrist": 0.0, "hip": 0.0, "knee": -0.12, "ankle": -0.24}
    parts = [name.split("_")[-1] for name in PENN13.joints]
    sides = [-1.0 if name.startswith("left") else 1.0 for name in PENN13.joints]
    pose = np.array([[side * across[part], height[part]] for side, part in zip(sides, parts, strict=True)])
    return np.repeat(pose[None], frames, axis=0)


def judged(motion: Array) -> Judged:
    return Judged(motion[None], motion[None, :, PENN13.root], FPS, None, Body.of(standing(5)[None], PENN13))


def beside(sign: type[Sign], usual: float) -> Sign:
    """A sign beside whose one centre so much is usual."""
    return sign(centres=np.zeros((1, 26)), usual=np.array([usual]))


def test_a_slide_is_what_the_stillest_joint_comes_in_four_tenths_of_a_second() -> None:
    motion = standing(20)
    motion[:, :, 0] += 0.02 * np.arange(20)[:, None]
    motion[:, WRIST, 0] += 0.01 * np.arange(20)  # faster than all others: it says nothing
    told = over(beside(CommonSlide, 0.5), judged(motion))[0]
    assert np.isnan(told[:12]).all()
    assert told[12:] == pytest.approx([(0.02 * FPS / SIZE + 0.1) / 0.5] * 8)
    motion[:, WRIST] = standing(20)[:, WRIST]  # one that rests
    assert over(beside(CommonSlide, 0.5), judged(motion))[0][12:] == pytest.approx([0.2] * 8)


def test_a_body_that_is_put_elsewhere_is_told_for_a_tenth_of_a_second() -> None:
    motion = standing(20)
    motion[10:, :, 1] += 0.1
    motion[5:, WRIST, 1] += 0.3  # one joint is no body
    told = over(beside(CommonJump, 10.0), judged(motion))[0]
    jump = 0.1 * FPS**2 / SIZE
    assert told[3:10] == pytest.approx([1.0] * 7)
    assert told[10:14] == pytest.approx([(jump + 10.0) / 10.0] * 4)  # there and back, each seen in three frames
    assert told[14:] == pytest.approx([1.0] * 6)


@pytest.mark.parametrize(("still", "share"), [(3, 16.0), (4, 0.0)])
def test_trembling_is_what_three_joints_in_four_share(still: int, share: float) -> None:
    motion = standing(30)
    motion[:, still:, 0] += 0.002 * (-1.0) ** np.arange(30)[:, None]  # fourth differences of 16 times as much
    told = over(beside(Tremble, 0.01), judged(motion))[0]
    assert np.isnan(told[:8]).all()
    assert told[14:] == pytest.approx([(share * 0.002 / SIZE + 0.005) / 0.01] * 16)


def test_unknown_joints_do_not_tremble() -> None:
    motion = standing(30)
    motion[:, :, 0] += 0.002 * (-1.0) ** np.arange(30)[:, None]
    whole = over(beside(Tremble, 0.01), judged(motion))[0]
    motion[:, WRIST] = np.nan
    np.testing.assert_allclose(over(beside(Tremble, 0.01), judged(motion))[0], whole)


def test_what_is_usual_is_that_of_poses_alike() -> None:
    draw = np.random.default_rng(2)
    panned, held = [], []
    for _ in range(40):
        upright = standing(40) + draw.normal(0.0, 0.001, (40, 13, 2))
        lying = upright[..., ::-1] * np.array([1.0, -1.0])
        panned.append(judged(upright + 0.02 * np.arange(40)[:, None, None] * np.array([1.0, 0.0])))
        held.append(judged(lying))
    sign = CommonSlide().fitted(panned + held)
    assert len(sign.centres) > 2 and len(sign.usual) == len(sign.centres)
    # about 3 sizes a second among 40 clips of one pose, a little more than the 0.1 added among those of the other
    assert 2.0 < sign.usual.max() < 3.5 and 0.1 < sign.usual.min() < 0.3
    slow = 0.01 * np.arange(40)[:, None, None] * np.array([1.0, 0.0])
    upright, lying = (m.poses[0, :1] + slow for m in (panned[0], held[0]))
    assert over(sign, judged(upright))[0][-1] < 1.0 < 4.0 < over(sign, judged(lying))[0][-1]


def test_a_place_within_reach_is_as_good_as_any() -> None:
    motion = standing(6) - standing(6).mean(axis=1, keepdims=True)
    motion[:, :, 0] += np.array([0.0, 0.3, 0.6, 0.9, 0.0, 0.0])[:, None]
    motion[:, :, 1] += np.array([0.0, 0.0, 0.0, 0.0, 0.4, 0.6])[:, None]
    told = over(Place(reach=np.array([0.6, 0.4])), judged(motion))[0]
    assert told == pytest.approx([1.0, 1.0, 1.0, 1.5, 1.0, 1.5])
    assert Place().strength(told)[:3] == pytest.approx([0.0] * 3)
    assert Place().fitted([judged(motion)] * 3).reach == pytest.approx([0.9, 0.6])


def test_the_mean_of_all_poses_decides_in_an_image_alone() -> None:
    motion = standing(20)
    sign = MeanPoseInImage().fitted([judged(motion), judged(-motion), judged(0.5 * motion)])
    assert over(sign, judged(0.5 * motion))[0][10:] == pytest.approx([0.0] * 10)  # the median of the three
    assert over(sign, judged(motion))[0][10] > 0.3
    names = [[sign.name for sign in signs_of(skeleton) if sign.decides] for skeleton in (PENN13, HUMANOID)]
    assert "mean pose" in names[0] and "mean pose" not in names[1]
