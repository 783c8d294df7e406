"""Signs of a person in an image, worked out by hand on bodies whose trunk is 0.2 image heights long."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.analysis.statistics.body import Body, lengths, local
from poseviewer.analysis.statistics.cycle import Cycle
from poseviewer.analysis.statistics.image import (
    CommonJump,
    CommonSlide,
    CycleInImage,
    LongSlide,
    MeanPoseInImage,
    Place,
    ShapeSpread,
    SizeChange,
    SpreadInImage,
    Tremble,
)
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


def slide(usual: float) -> CommonSlide:
    """Beside whose one centre so much is usual."""
    return CommonSlide(centres=np.zeros((1, 26)), usual=np.array([usual]))


def test_a_slide_is_what_every_joint_moves_on_in_one_direction() -> None:
    motion = standing(30)
    motion[:, :, 0] += 0.02 * np.arange(30)[:, None]
    motion[:, WRIST, 0] += 0.01 * np.arange(30)  # faster than all others: it says nothing
    told = over(slide(0.5), judged(motion))[0]
    assert np.isnan(told[:8]).all()
    assert told[8:] == pytest.approx([(0.02 * FPS / SIZE + 0.6) / 0.5] * 22)
    for other in (0.0, -0.02):  # one that rests, or goes the other way
        motion[:, WRIST, 0] = other * np.arange(30)
        assert over(slide(0.5), judged(motion))[0][8:] == pytest.approx([0.6 / 0.5] * 22)


def test_who_slides_for_a_moment_slides_little() -> None:
    motion = standing(40)
    motion[:, :, 1] += 0.02 * np.clip(np.arange(40) - 25, 0, 4)[:, None]
    told = over(slide(1.0), judged(motion))[0]
    spans = np.array([4, 8, 12, 16, 20])
    assert told[24] == pytest.approx(0.6)
    assert told[29] == pytest.approx(np.exp(np.log(4 * 0.02 * FPS / SIZE / spans + 0.6).mean()))


@pytest.mark.parametrize(("still", "share"), [(3, 1.0), (4, 0.0)])
def test_a_body_that_is_put_elsewhere_is_told_for_a_tenth_of_a_second(still: int, share: float) -> None:
    motion = standing(20)
    angles = np.arange(13)  # every joint another way
    motion[10:, still:] += 0.1 * np.stack([np.cos(angles), np.sin(angles)], axis=1)[still:]
    motion[5:, WRIST, 1] += 0.3  # one joint is no body
    told = over(CommonJump(), judged(motion))[0]
    assert told[3:10] == pytest.approx([0.0] * 7)
    assert told[10:14] == pytest.approx([share * 0.1 / SIZE] * 4)  # there and back, each seen in three frames
    assert told[14:] == pytest.approx([0.0] * 6)


@pytest.mark.parametrize(("still", "share"), [(3, 8.0), (4, 0.0)])
def test_trembling_is_what_three_joints_in_four_share(still: int, share: float) -> None:
    motion = standing(30)
    motion[:, still:, 0] += 0.002 * (-1.0) ** np.arange(30)[:, None]  # third differences of 8 times as much
    told = over(Tremble(centres=np.zeros((1, 26)), usual=np.array([0.5])), judged(motion))[0]
    assert np.isnan(told[:7]).all()
    assert told[12:] == pytest.approx([(share * 0.002 / SIZE + 0.002) / 0.5] * 18)


def test_unknown_joints_do_not_tremble() -> None:
    motion = standing(30)
    motion[:, :, 0] += 0.002 * (-1.0) ** np.arange(30)[:, None]
    whole = over(Tremble(), judged(motion))[0]
    motion[:, WRIST] = np.nan
    np.testing.assert_allclose(over(Tremble(), judged(motion))[0], whole)


def test_a_limb_has_grown_where_both_its_bones_have() -> None:
    knee, ankle = (PENN13.joints.index(f"left_{part}") for part in ("knee", "ankle"))
    motion = standing(12)
    motion[6:, ankle, 1] -= 0.12  # a shin alone: a leg that comes out of the image's depth
    assert over(SizeChange(), judged(motion))[0][4:] == pytest.approx([1.0] * 8)
    motion = standing(12)
    motion[6:, knee, 1] -= 0.04
    motion[6:, ankle, 1] -= 0.08
    told = over(SizeChange(), judged(motion))[0]
    grown = (0.16 + 0.1 * SIZE) / (0.12 + 0.1 * SIZE)
    assert told[4:7] == pytest.approx([1.0, 1.0, (4.0 + grown) / 5.0]) and told[-1] == pytest.approx(grown)
    assert SizeChange().strength(told)[-1] == pytest.approx(np.log10(grown))


def test_a_body_has_shrunk_where_all_its_bones_have() -> None:
    motion = standing(12) * np.where(np.arange(12) < 6, 1.0, 0.5)[:, None, None]
    bones = lengths(standing(1)[0], PENN13)
    shares = np.sort((0.5 * bones + 0.1 * SIZE) / (bones + 0.1 * SIZE))
    told = over(SizeChange(), judged(motion))[0]
    assert told[-1] == pytest.approx(shares[-2])
    assert SizeChange().strength(told)[-1] == pytest.approx(-np.log10(shares[-2]) * 2.0 / 3.0)
    motion[6:, WRIST] = standing(1)[0, WRIST] * 3.0  # one bone says nothing: the second longest is the longest other
    assert over(SizeChange(), judged(motion))[0][-1] == pytest.approx(shares[-1])


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
    # 3 sizes a second and the 0.6 added among 40 clips of one pose, a little more than the 0.6 among those of the other
    assert 3.0 < sign.usual.max() < 4.0 and 0.6 < sign.usual.min() < 1.2
    slow = 0.01 * np.arange(40)[:, None, None] * np.array([1.0, 0.0])
    upright, lying = (m.poses[0, :1] + slow for m in (panned[0], held[0]))
    assert over(sign, judged(upright))[0][-1] < 0.7 < 1.8 < over(sign, judged(lying))[0][-1]


def lying(motion: Array) -> Array:
    return motion[..., ::-1] * np.array([1.0, -1.0])


def test_trembling_is_beside_what_is_usual_in_such_a_pose() -> None:
    shaken = standing(30)
    shaken[:, :, 0] += 0.002 * (-1.0) ** np.arange(30)[:, None]
    sign = Tremble().fitted([judged(shaken)] * 3 + [judged(lying(standing(30)))] * 6)
    # 0.08 + 0.002 in three clips, 0.002 in six; nine tenths of all lie below 0.082, which weighs as much as ten clips
    few = np.exp((6.0 * np.log(0.002) + 10.0 * np.log(0.082)) / 16.0)
    assert sorted(sign.usual) == pytest.approx([few, 0.082])
    assert over(sign, judged(shaken))[0][-1] == pytest.approx(1.0)
    assert over(sign, judged(lying(shaken)))[0][-1] == pytest.approx(0.082 / few)


def test_a_cycle_is_beside_what_is_usual_in_such_a_pose() -> None:
    draw = np.random.default_rng(4)
    turns = 2.0 * np.pi * np.arange(90)[:, None] / 20.0
    strumming, bowling = [], []
    for _ in range(20):
        strum, bowl = standing(90), standing(90)
        strum[:, WRIST] += 0.02 * np.concatenate([np.sin(turns), np.cos(turns)], axis=1)
        bowl[:, WRIST] += np.cumsum(draw.normal(0.0, 0.01, (90, 2)), axis=0)
        strumming.append(strum + draw.normal(0.0, 1e-4, (90, 13, 2)))
        bowling.append(lying(bowl))
    sign = CycleInImage().fitted([judged(m) for m in strumming + bowling])
    usual, strange = over(sign, judged(strumming[0]))[0][30:], over(sign, judged(lying(strumming[0])))[0][30:]
    assert usual.min() > 0.3  # what strummers do is a cycle, and usual
    assert strange.max() < 0.1  # nobody who lies does it


def test_a_place_within_reach_is_as_good_as_any() -> None:
    motion = standing(6) - standing(6).mean(axis=1, keepdims=True)
    motion[:, :, 0] += np.array([0.0, 0.3, 0.6, 0.9, 0.0, 0.0])[:, None]
    motion[:, :, 1] += np.array([0.0, 0.0, 0.0, 0.0, 0.4, 0.6])[:, None]
    told = over(Place(reach=np.array([0.6, 0.4])), judged(motion))[0]
    assert told == pytest.approx([1.0, 1.0, 1.0, 1.5, 1.0, 1.5])
    assert Place().strength(told)[:3] == pytest.approx([0.0] * 3)
    near = [judged(0.1 * motion)] * 50
    assert Place().fitted([*near, judged(motion)]).reach == pytest.approx([0.9, 0.6])  # as far as anybody came


def test_the_mean_of_all_poses_decides_in_an_image_alone() -> None:
    motion = standing(20)
    sign = MeanPoseInImage().fitted([judged(motion), judged(-motion), judged(0.5 * motion)])
    body = judged(motion).known_body
    pose = local(motion[None], body)[0, 0]
    far = np.sqrt((pose**2).sum(axis=-1).mean())  # of a pose from the middle; the mean is a sixth of it
    told = over(sign, judged(0.5 * motion))[0]
    assert told[3:] == pytest.approx([far / 3.0 / (5.0 / 6.0 * far + 0.03)] * 17)
    assert over(sign, judged(motion / 6.0))[0][3:] == pytest.approx([0.0] * 17, abs=1e-9)
    names = [[sign.name for sign in signs_of(skeleton) if sign.decides] for skeleton in (PENN13, HUMANOID)]
    assert "mean pose" in names[0] and "mean pose" not in names[1]


def test_a_motion_that_repeats_itself_is_told_within_a_period_and_a_quarter_through_noise_of_all_joints() -> None:
    draw = np.random.default_rng(3)
    time = np.arange(90)
    waving = standing(90)
    waving[:, WRIST] += 0.1 * np.stack([np.sin(2.0 * np.pi * time / 20.0), np.cos(2.0 * np.pi * time / 20.0)], axis=1)
    wandering = standing(90)
    wandering[:, WRIST] += np.cumsum(draw.normal(0.0, 0.02, (90, 2)), axis=0)
    sign = replace(CycleInImage().fitted([judged(waving), judged(wandering)]), usual=np.array([0.5]))
    told = over(sign, judged(waving))[0]
    assert np.isnan(told[:12]).all() and told[24:] == pytest.approx([1e-5 / 0.5] * 66)
    assert np.nanmin(over(sign, judged(wandering))[0][30:]) > 0.02 / 0.5
    noisy = judged(waving + draw.normal(0.0, 0.008, waving.shape))
    assert 0.5 * np.nanmedian(over(sign, noisy)[0]) < 0.6 * np.nanmedian(over(Cycle(), noisy)[0])


def test_who_stays_within_a_spread_for_half_a_second_is_still() -> None:
    motion = standing(60)
    motion[:, :, 0] += 0.02 * np.clip(np.arange(60), 0, 20)[:, None]
    told = over(SpreadInImage(), judged(motion))[0]
    assert np.isnan(told[:19]).all() and np.isfinite(told[19])  # five frames are a place, sixteen places a window
    assert told[38] > 1e-3 and told[39:] == pytest.approx([0.0] * 21, abs=1e-9)


def test_a_slide_that_does_not_end_is_told_by_its_mean_over_a_second() -> None:
    motion = standing(70)
    motion[:, :, 0] += 0.02 * np.minimum(np.arange(70), 40)[:, None]
    once, long = CommonSlide(usual=np.array([0.5])), LongSlide(usual=np.array([0.5]))
    told, mean = over(once, judged(motion))[0], over(long, judged(motion))[0]
    assert np.isnan(mean[:22]).all() and mean[22:41] == pytest.approx([told[20]] * 19)
    assert mean[60] == pytest.approx(np.exp(np.log(told[31:61]).mean())) and told[60] < mean[60] < told[20]
    whole, state = long.update(None, judged(motion))[0], None
    for frames in (motion[:30], motion[30:31], motion[31:]):
        made, state = long.update(state, judged(frames))
        assert made[0, -1] == pytest.approx(whole[0, {30: 29, 1: 30, 39: 69}[len(frames)]])


def test_who_is_rigid_while_the_image_of_him_grows_and_glides_is_found_out() -> None:
    time = np.arange(40.0)
    grown = standing(40) * (1.0 + 0.005 * time)[:, None, None] + 0.01 * time[:, None, None]
    moving = grown.copy()
    moving[:, WRIST, 1] += 0.05 * np.sin(0.5 * time)
    assert over(ShapeSpread(), judged(grown))[0][20:] == pytest.approx([0.0] * 20, abs=1e-9)
    assert over(SpreadInImage(), judged(grown))[0][20:].min() > 0.1
    told = over(ShapeSpread(), judged(moving))[0][20:]
    assert told.min() > 0.02 and over(ShapeSpread(), judged(0.5 * moving))[0][20:] == pytest.approx(told)
