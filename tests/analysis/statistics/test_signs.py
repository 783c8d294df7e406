"""Signs on motions whose values can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.analysis.networks import KINDS
from poseviewer.analysis.statistics.body import Body, local
from poseviewer.analysis.statistics.cycle import Cycle, CycleOfMovement, QuickCycle
from poseviewer.analysis.statistics.image import CommonJump
from poseviewer.analysis.statistics.shape import BoneLength, JointRange, NearestPose
from poseviewer.analysis.statistics.sign import Windows, reach, windowed
from poseviewer.analysis.statistics.signs import SIGNS, signs_of
from poseviewer.analysis.statistics.standing import Glide, Hover, PlantedSlide, Sink, Travel, Turning
from poseviewer.analysis.statistics.statistic import Judged
from poseviewer.analysis.statistics.steadiness import Acceleration, Jump, Shake, WholeJump
from poseviewer.analysis.statistics.stillness import Fading, Spread, Still, Stop
from poseviewer.data.dataset import Dataset
from poseviewer.motion.skeleton import HUMANOID, PENN13

FPS = 30.0
LEFT_WRIST = HUMANOID.joints.index("left_wrist")


@pytest.fixture(scope="module")
def pose() -> np.ndarray:
    """(J, 3) the first of the demo's walk, the lowest joint on the floor."""
    with Dataset.open(paths.demo()) as demo:
        made = np.asarray(demo.clip(demo.find("walk")).onto(HUMANOID).positions[0], dtype=np.float64)
    return made - [0.0, made[:, 1].min(), 0.0]


def judged(motion: np.ndarray, seed: int = 10) -> Judged:
    """A motion (F, J, 3) of the body in its first frames."""
    return Judged(motion[None], motion[None, :, HUMANOID.root], FPS, None, Body.of(motion[None, :seed], HUMANOID))


def values(sign, motion: np.ndarray) -> np.ndarray:
    return sign.update(sign.start(), judged(motion))[0][0]


def held(pose: np.ndarray, frames: int) -> np.ndarray:
    return np.repeat(pose[None], frames, axis=0)


def test_windows_are_means_leasts_and_largests_of_full_windows():
    row = np.array([[1.0, 2.0, 6.0, np.nan, 0.0, 4.0]])
    assert windowed(row, 3, 6, "mean")[0, 2:] == pytest.approx([3.0, 4.0, 3.0, 2.0])
    assert np.isnan(windowed(row, 3, 6, "mean")[0, :2]).all()
    assert windowed(row, 3, 2, "least").tolist() == [[0.0, 0.0]]
    assert windowed(row, 4, 6, "largest", 0.5)[0, 1] == 2.0 and np.isnan(windowed(row, 4, 6, "largest", 0.5)[0, 0])


@pytest.mark.parametrize("steps", [(1,) * 40, (3, 1, 25, 1, 1, 9)])
def test_windows_side_by_side_are_those_of_each_sign_alone(steps):
    signs = (Shake(), Acceleration(), Hover(), CommonJump(), Travel(), Stop(), PlantedSlide())
    draw = np.random.default_rng(3)
    values = draw.normal(size=(2, len(signs), sum(steps)))
    values[draw.random(values.shape) < 0.2] = np.nan
    windows, states, begin = Windows(signs, FPS), [None] * len(signs), 0
    for step in steps:
        each = values[:, :, begin : begin + step]
        new, wanted = each.copy(), each.copy()
        for k in windows.plain:
            wanted[:, k], states[k] = signs[k].over(states[k], each[:, k], FPS)
        windows.extend(new)
        np.testing.assert_array_equal(new, wanted)
        begin += step
    assert windows.plain == {0, 1, 2, 3, 4, 6} and np.isfinite(new[:, 6]).any()


def test_what_is_reached_in_a_window_is_its_largest_less_its_least():
    row = np.array([[1.0, 4.0, 2.0, 2.0, -1.0, 0.0]])
    assert reach(row, 3).tolist() == [[3.0, 2.0, 3.0, 3.0]] and reach(row, 5).tolist() == [[5.0, 5.0]]
    assert reach(row, 1).tolist() == [[0.0] * 6] and np.isnan(reach(np.array([[1.0, np.nan]]), 2)).all()


def test_a_body_is_as_large_as_its_legs_are_long_and_stands_on_its_feet(pose):
    body = Body.of(held(pose, 5)[None], HUMANOID)
    at = {name: pose[j] for j, name in enumerate(HUMANOID.joints)}
    leg = np.linalg.norm(at["left_knee"] - at["left_hip"]) + np.linalg.norm(at["left_ankle"] - at["left_knee"])
    assert body.size[0] == pytest.approx(leg, rel=1e-6) and body.floor[0] == pytest.approx(0.0, abs=1e-9)
    growing = held(pose, 70) * np.linspace(1.0, 2.0, 70)[:, None, None]
    grown = Body.of(growing[None], HUMANOID)
    assert grown.longest[0] == pytest.approx(2.0 * body.bones[0]) and grown.seed.shape[1] == 60
    assert np.array_equal(grown.seed[0, -1], growing[-1])


def test_a_local_pose_is_the_same_wherever_it_stands_and_faces(pose):
    angle = 0.7
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    body = Body.of(pose[None, None], HUMANOID)
    moved = pose @ turn.T + [3.0, 0.5, -2.0]
    assert local(moved[None, None], body) == pytest.approx(local(pose[None, None], body), abs=1e-9)


def test_a_bone_half_as_long_again_is_half_a_change(pose):
    motion = held(pose, 20)
    elbow = HUMANOID.joints.index("left_elbow")
    motion[15:, LEFT_WRIST] += 0.5 * (pose[LEFT_WRIST] - pose[elbow])
    made = values(BoneLength(), motion)
    assert made[:15] == pytest.approx(0.0, abs=1e-9) and made[15:] == pytest.approx(0.5)


def test_an_edge_that_bends_in_real_motion_is_no_bone(pose):
    head, elbow = HUMANOID.joints.index("head"), HUMANOID.joints.index("left_elbow")
    real = held(pose, 40)
    real[20:, head, 1] -= 0.03
    sign = BoneLength().fitted([judged(real)])
    nod, stretch = held(pose, 20), held(pose, 20)
    nod[15:, head, 1] -= 0.06
    stretch[15:, LEFT_WRIST] += 0.05 * (pose[LEFT_WRIST] - pose[elbow])
    assert values(sign, nod)[-1] < 0.01
    assert values(sign, stretch)[-1] == pytest.approx(5.0)  # in hundredths of its length


def test_a_direction_that_was_never_seen_lies_as_far_away_as_it_is_turned(pose):
    sign = JointRange().fitted([judged(held(pose, 12))])
    motion = held(pose, 30)
    elbow = HUMANOID.joints.index("left_elbow")
    bone = pose[LEFT_WRIST] - pose[elbow]
    side = np.cross(bone, [1.0, 0.3, 0.2])
    motion[10:, LEFT_WRIST] = pose[elbow] + np.linalg.norm(bone) * side / np.linalg.norm(side)  # a right angle away
    made = values(sign, motion)
    assert made[:10][np.isfinite(made[:10])].max() < 0.6
    assert made[-1] * 8.0 == pytest.approx(90.0, abs=5.0)  # in eights of a degree


def test_the_nearest_pose_is_near_where_poses_were_seen(pose):
    sign = NearestPose().fitted([judged(held(pose, 12))])
    motion = held(pose, 12)
    motion[6:, LEFT_WRIST, 1] += 0.3
    made = values(sign, motion)
    assert made[:6] == pytest.approx(0.0, abs=1e-3) and made[6:].min() > 0.03


def test_a_planted_foot_that_is_moved_slides_at_that_speed(pose):
    step = np.array([0.6, 0.0, 0.0]) / FPS
    motion = held(pose, 80) + np.arange(80)[:, None, None] * step
    size = judged(motion).known_body.size[0]
    assert values(PlantedSlide(), motion)[-1] * size == pytest.approx(0.6)
    assert values(Glide(), motion)[-1] * size == pytest.approx(0.6)
    assert values(Travel(), motion)[-1] * size == pytest.approx(0.6)
    assert values(PlantedSlide(), held(pose, 80))[-1] == pytest.approx(0.0)
    right = HUMANOID.joints.index("right_toe")
    motion[:, right, 0] = pose[right, 0]  # one foot stays
    assert values(PlantedSlide(), motion)[-1] == pytest.approx(0.0)
    motion[:, right, 1] += np.arange(80) * 0.6 * size / FPS  # and no longer as it rises
    assert values(PlantedSlide(), motion)[-1] * size == pytest.approx(0.6)
    crouched, lying = (held(pose * [1.0, low, 1.0], 80) + motion - held(pose, 80) for low in (0.75, 0.2))
    for made in (crouched, lying):
        made[:, right] = made[:, HUMANOID.joints.index("left_toe")]
    assert np.isfinite(values(PlantedSlide(), crouched)[-1])
    assert np.isnan(values(PlantedSlide(), lying)).all()  # who lies plants no foot


FEET = [j for j, name in enumerate(HUMANOID.joints) if name.endswith(("toe", "ankle"))]


def test_a_body_that_stands_and_moves_as_a_whole_glides_at_that_speed(pose):
    motion = held(pose, 60) + np.arange(60)[:, None, None] * np.array([0.06, 0.0, 0.08]) / FPS
    size = judged(motion).known_body.size[0]
    made = values(Glide(), motion)
    assert np.isnan(made[:45]).all() and made[45:] * size == pytest.approx(0.1)  # a second and a half, none before


def test_a_body_that_sways_over_its_feet_and_feet_that_slip_under_it_do_not_glide(pose):
    shift = 0.03 * np.linspace(0.0, 1.0, 60)[:, None, None] * np.array([1.0, 0.0, 0.0])
    sways, slips = held(pose, 60) + shift, held(pose, 60)
    sways[:, FEET], slips[:, FEET] = pose[FEET], pose[FEET] + shift
    assert values(Glide(), sways)[-1] == pytest.approx(0.0, abs=1e-9)
    assert values(Glide(), slips)[-1] == pytest.approx(0.0, abs=1e-9)


def test_feet_that_take_more_room_than_standing_ones_do_not_rest(pose):
    motion = held(pose, 60)
    size = judged(motion).known_body.size[0]
    for room, rests in ((0.039, True), (0.041, False)):  # twice 0.02
        motion[30:, FEET[0]] = pose[FEET[0]] + [room * size, 0.0, 0.0]
        assert np.isfinite(values(Glide(), motion)[-1]) == rests


def test_feet_that_move_under_the_root_are_no_glide(pose):
    motion = held(pose, 60) + np.arange(60)[:, None, None] * np.array([0.02, 0.0, 0.0])
    ankle = HUMANOID.joints.index("left_ankle")
    motion[:, ankle, 2] += 0.1 * np.sin(np.arange(60.0))
    assert np.isnan(values(Glide(), motion)).all()


def test_a_body_in_the_air_hovers_and_one_in_the_ground_sinks(pose):
    motion = held(pose, 60)
    motion[20:, :, 1] += 0.08
    assert values(Hover(), motion)[-1] == pytest.approx(0.08, rel=0.03)  # the root is not quite over the middle
    motion[20:, :, 1] -= 0.13
    assert values(Sink(), motion)[-1] == pytest.approx(0.05)


def test_a_body_that_has_gone_three_metres_hovers_a_quarter_as_much(pose):
    way = np.concatenate([np.zeros(20), np.linspace(0.0, 3.0, 20), np.full(40, 3.0)])
    motion = held(pose, 80) + way[:, None, None] * [0.6, 0.0, 0.8]
    motion[20:, :, 1] += 0.08
    assert values(Hover(), motion)[-1] == pytest.approx(0.08 / 4.0, rel=0.03)


def test_a_seed_in_the_air_has_no_higher_floor_than_real_motion(pose):
    ground = [judged(held(pose, 20) + np.array([0.0, height, 0.0])) for height in (0.0, 0.01, 0.02)]
    motion = held(pose, 60) + np.array([0.0, 0.4, 0.0])
    motion[10:, :, 1] -= 0.3
    assert values(Sink(), motion)[-1] == pytest.approx(0.3)  # it lands under what it knows of the floor
    assert values(Sink().fitted(ground), motion)[-1] < 0.0
    floor = 0.02 - 0.01 * 0.02  # 99 % of three
    assert values(Hover().fitted(ground), motion)[-1] == pytest.approx(0.1 - floor, abs=5e-3)
    low = held(pose, 60) + np.array([0.0, -0.5, 0.0])
    assert values(Hover().fitted(ground), low)[-1] == pytest.approx(0.0, abs=1e-9)  # nothing raises a low floor


def test_turning_is_the_rate_of_the_heading(pose):
    angles = 2.0 * np.arange(40) / FPS
    turns = np.array([[[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]] for a in angles])
    motion = np.einsum("fij,kj->fki", turns, pose)
    assert values(Turning(), motion)[-1] == pytest.approx(2.0, rel=1e-6)


def test_a_jump_of_one_joint_is_the_largest_and_of_all_the_common_one(pose):
    motion = held(pose, 30)
    motion[20:, LEFT_WRIST, 0] += 0.3
    size = judged(motion).known_body.size[0]
    assert values(Acceleration(), motion)[20] == pytest.approx(0.3 * FPS**2 / size)
    assert np.nanmax(values(Jump(), motion)) == pytest.approx(3.0 * 0.3 * FPS**4 / size)  # 1 -3 3 -1
    assert np.nanmax(values(WholeJump(), motion)) == pytest.approx(0.0, abs=1e-6)
    motion = held(pose, 30)
    motion[20:, :, 0] += 0.3
    assert values(WholeJump(), motion)[20] == pytest.approx(0.3 * FPS**2 / size)
    assert np.nanmax(values(Shake(), motion)) > 100.0 and values(Shake(), held(pose, 30))[-1] == 0.0


def test_what_stands_still_has_not_moved_and_what_stops_has_stopped(pose):
    motion = held(pose, 60)
    motion[:40, LEFT_WRIST, 1] += 0.2 * np.sin(0.5 * np.arange(40.0))
    motion[40:, LEFT_WRIST] = motion[39, LEFT_WRIST]
    size = judged(motion).known_body.size[0]
    still = values(Still(), motion)
    assert still[50] == 0.0 and still[30] == pytest.approx(np.abs(motion[30] - motion[24]).max() / size)


def test_what_stops_at_once_has_stopped_and_one_joint_that_is_thrown_has_not(pose):
    step, size = 0.6 / FPS, judged(held(pose, 40)).known_body.size[0]
    motion = held(pose, 40) + np.minimum(np.arange(40.0), 20.0)[:, None, None] * [step, 0.0, 0.0]
    made = values(Stop(), motion)
    going = 3.0 * step / size
    assert np.isnan(made[:9]).all() and made[20] == pytest.approx((going + 5e-4) / (going + 1e-3))
    assert made[24] == pytest.approx(5e-4 / (going + 1e-3))
    motion = held(pose, 40)
    motion[20:, LEFT_WRIST, 0] += 0.3
    assert np.nanmin(values(Stop(), motion)) == pytest.approx(0.5)


def test_a_pose_fades_when_all_joints_near_the_mean_pose_straight(pose):
    body = judged(held(pose, 10)).known_body
    sign = Fading(local(pose[None, None], body)[0, 0])
    motion = held(pose, 60)
    left = np.clip(1.0 - np.arange(-20.0, 40.0) / 18.0, 0.0, 1.0)
    motion[:, LEFT_WRIST, 1] += 0.3 * left
    made, whole = values(sign, motion), 0.3 / body.size[0]
    assert np.isnan(made[:9]).all() and np.isfinite(made[9:]).all() and made[20] == pytest.approx(1.0, abs=2e-3)
    faster = (whole / 6.0 + 0.02) / 0.02  # it stood still before
    assert made[29] == pytest.approx(faster * (0.5 * whole + 0.01) / (whole + 0.01), rel=0.02)
    assert made[38] == pytest.approx(0.01 / (0.5 * whole + 0.01), rel=0.02) and made[-1] > made[39] > made[38]
    motion[38:, LEFT_WRIST, 2] += 0.1  # as near, and beside the way
    beside = 0.1 / body.size[0]
    far = (beside + 0.01 + 5.0 * beside / np.sqrt(len(pose))) / (0.5 * whole + 0.01)
    faster = (np.hypot(whole / 6.0, beside) + 0.02) / (whole / 6.0 + 0.02)
    assert values(sign, motion)[38] == pytest.approx(faster * far, rel=0.02)
    thrown = held(pose, 60)
    thrown[:, LEFT_WRIST, 1] += 0.3 * np.where(left > 0.0, 1.0 - (1.0 - left) ** 3, 0.0)  # faster and faster through it
    assert np.nanmin(values(sign, thrown)[29:39]) > 1.5 * made[38]


def test_spread_is_the_deviation_from_the_place_over_the_window(pose):
    motion = held(pose, 60)
    motion[:, LEFT_WRIST, 0] += np.where(np.arange(60) // 5 % 2, 0.1, -0.1)
    smooth = np.convolve(motion[:, LEFT_WRIST, 0], np.ones(5) / 5.0, "valid")[-20:]
    size = judged(motion).known_body.size[0]
    per_coordinate = np.sqrt(smooth.var() / (3 * len(HUMANOID.joints)))
    assert values(Spread(), motion)[-1] == pytest.approx(per_coordinate / size, rel=1e-6)
    assert values(Spread(), held(pose, 60))[-1] == pytest.approx(0.0, abs=1e-9)


CYCLES = [(Cycle(), 0.03), (QuickCycle(), 0.01), (CycleOfMovement(), 0.3)]  # verdicts call 0.002, 0.002 and 0.08 cycles


@pytest.mark.parametrize(("sign", "least"), CYCLES)
def test_a_motion_that_repeats_itself_exactly_is_a_cycle_and_one_that_wanders_is_none(pose, sign, least):
    time = np.arange(150)
    motion = held(pose, 150)
    motion[:, LEFT_WRIST, 1] += 0.5 * np.sin(2.0 * np.pi * time / 25.0)
    assert values(sign, motion)[-1] == pytest.approx(0.0, abs=1e-9)
    wander = np.cumsum(np.random.default_rng(0).normal(0.0, 0.05, 150))
    motion[:, LEFT_WRIST, 1] = pose[LEFT_WRIST, 1] + wander
    assert np.nanmin(values(sign, motion)[-40:]) > least
    assert np.isnan(values(sign, held(pose, 150))[-1])  # rest is no cycle


@pytest.mark.parametrize(("sign", "periods"), [(Cycle(), 2.0), (QuickCycle(), 1.25)])
def test_a_cycle_is_told_when_a_part_of_a_period_has_come_back(pose, sign, periods):
    motion = held(pose, 150)
    motion[:, LEFT_WRIST, 1] += 0.5 * np.sin(2.0 * np.pi * np.arange(150) / 24.0)
    told = np.flatnonzero(values(sign, motion) < 1e-6)
    assert told[0] == pytest.approx(periods * 24 - 1)


@pytest.mark.parametrize(("sign", "least"), [(Cycle(), 0.5), (QuickCycle(), 0.15), (CycleOfMovement(), 0.5)])
def test_who_comes_to_rest_repeats_nothing(pose, sign, least):
    motion = held(pose, 120)
    motion[:60, LEFT_WRIST, 1] += 0.3 * np.sin(2.0 * np.pi * np.arange(60) / 60.0)  # up, down and back, then at rest
    assert np.nanmin(values(sign, motion)) > least


def test_every_sign_has_a_name_and_words_of_its_own():
    for skeleton in (HUMANOID, PENN13):
        names = [sign.name for sign in signs_of(skeleton, KINDS)]
        assert len(set(names)) == len(names) > 10
    assert all("{value}" in sign.words and sign.title and sign.unit for sign in SIGNS)
