from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.data.reading import AS_FOUND, Reading
from poseviewer.data.upright import METRES, doubts, told
from poseviewer.motion import kinematics, rotation
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID, Skeleton
from tests.walking import walk

UPS = ("x", "-x", "y", "-y", "z", "-z")
WALK = walk(60)


def settled(positions, skeleton, reading=AS_FOUND, **stated):
    """Positions (F, J, 3) in metres, y up, and what was assumed."""
    stand = told(positions, skeleton, reading, **stated)
    return stand.points(positions), stand.notes


def lying(up):
    """(3, 3) that lays what stands y up along another axis, by a proper rotation."""
    axis = np.zeros(3)
    axis["xyz".index(up[-1])] = -1.0 if up[0] == "-" else 1.0
    side = np.roll(np.abs(axis), 1)
    return np.stack([side, axis, np.cross(side, axis)], axis=1)


def test_a_walk_in_any_axes_and_unit_comes_out_upright_in_metres():
    for up in UPS:
        for unit, metres in METRES.items():
            made, notes = settled(WALK @ lying(up).T / metres, HUMANOID)
            assert np.allclose(made[..., 1], WALK[..., 1], atol=1e-6), (up, unit)
            bones = np.linalg.norm(made[:, 1:] - made[:, [HUMANOID.parents[j] for j in range(1, 18)]], axis=-1)
            assert bones.max() < 0.6
            assert notes[1] == f"{up} up by the body"


def test_sides_stay_sides():
    """Left stays left of somebody who walks: axes are turned, never mirrored."""
    left, right = HUMANOID.joints.index("left_hip"), HUMANOID.joints.index("right_hip")
    for up in UPS:
        made, _ = settled(WALK @ lying(up).T, HUMANOID)
        forward = made[-1, 0] - made[0, 0]
        across = made[0, left] - made[0, right]
        assert np.cross([0.0, 1.0, 0.0], forward) @ across > 0, up


def test_who_is_mirrored_is_remarked():
    plain = Clip(HUMANOID, WALK.astype(np.float32), 30.0, "walk")
    mirrored = replace(plain, positions=plain.positions * np.float32([-1, 1, 1]))
    assert doubts(plain) == [] and "left and right are swapped" in doubts(mirrored)[0]
    ankle, toe = (HUMANOID.joints.index(f"left_{part}") for part in ("ankle", "toe"))
    turned = np.array(plain.positions)  # one foot alone points back
    turned[:, toe, [0, 2]] = 2.0 * turned[:, ankle][:, [0, 2]] - turned[:, toe][:, [0, 2]]
    assert doubts(replace(plain, positions=turned)) == []


def test_who_is_counted_from_his_own_hips_stands_as_he_is():
    """There is no floor under him: squats move the feet up and down and leave the head where it is."""
    squats = WALK - WALK[:, :1]
    legs = [j for j, joint in enumerate(HUMANOID.joints) if any(part in joint for part in ("knee", "ankle", "foot"))]
    squats[:, legs] *= 1.0 - 0.4 * np.sin(np.arange(60) * 0.2)[:, None, None] ** 2
    for up in UPS:
        made, notes = settled(squats @ lying(up).T, HUMANOID)
        assert np.allclose(made[..., 1], squats[..., 1], atol=1e-6), up
        assert notes[1] == f"{up} up by the body"


def test_what_somebody_says_comes_before_what_the_body_tells():
    made, notes = settled(WALK, HUMANOID, Reading(up="z", unit="cm"))
    assert np.allclose(made[..., 1], WALK[..., 2] * 0.01)
    assert notes == ("in centimetres as given", "z up as given")


def test_what_a_format_states_leaves_no_note():
    made, notes = settled(WALK[..., [2, 0, 1]] * 1000.0, HUMANOID, up="z", unit="mm")
    assert np.allclose(made[..., 1], WALK[..., 1]) and notes == ()


def test_who_lies_or_crawls_is_not_stood_up():
    """A floor under them that they do not leave tells it from a walk in other axes."""
    frames = np.arange(60)[:, None]
    crawl = WALK - WALK[:, :1]
    crawl = np.stack([crawl[..., 0], 0.3 - crawl[..., 2], crawl[..., 1]], axis=-1)
    crawl[..., 2] += 0.02 * frames + 0.01 * np.sin(frames)
    crawl[..., 1] -= crawl[..., 1].min(axis=1, keepdims=True)
    made, notes = settled(crawl, HUMANOID)
    assert np.allclose(made, crawl)
    assert notes[1] == "taken to be y up though the body does not stand in it"


def test_a_size_that_fits_no_unit_is_drawn_as_tall_as_people_are():
    stand = told(WALK * 26.0, HUMANOID)
    height = np.ptp(stand.points(WALK * 26.0)[..., 1], axis=1).mean()
    assert 1.4 < height < 1.8
    assert "fits no usual unit" in stand.note


def test_an_animal_on_four_legs_keeps_its_size_and_is_called_no_person():
    """Its hands are feet: as long as a giant, and still in metres."""
    beast = np.array(WALK)
    front = ("chest", "neck", "head", "left_shoulder", "right_shoulder")
    trunk = [HUMANOID.joints.index(name) for name in front]
    beast[:, trunk, 1], beast[:, trunk, 2] = beast[:, :1, 1], beast[:, :1, 2] + 1.0
    made, notes = settled(beast * 2.5, HUMANOID)
    assert np.allclose(made, beast * 2.5)
    assert notes[0] == "taken to be in metres by its size"


def test_points_without_names_stand_on_what_moves_least():
    points = Skeleton("points", tuple(f"p{j}" for j in range(18)), None, (), tuple(range(18)))
    swaying = WALK + 0.1 * np.sin(np.arange(60) / 5.0)[:, None, None] * [1.0, 0.0, 0.0]
    squats = WALK - WALK[:, :1] * [1.0, 0.0, 1.0]
    squats[..., 1] = (squats[..., 1] - squats[..., 1].min(axis=1, keepdims=True)) * np.linspace(1.0, 0.7, 60)[:, None]
    for motion, up in ((swaying, "z"), (squats, "-y")):
        made, notes = settled(motion @ lying(up).T * 1000.0, points)
        assert np.allclose(made[..., 1], motion[..., 1])
        assert notes == ("taken to be in millimetres by its size", f"{up} up by the body")


def test_nothing_known_is_said_and_left_as_it_is():
    made, notes = settled(np.full((3, 18, 3), np.nan), HUMANOID)
    assert np.isnan(made).all() and notes == ("taken to be in metres by its size", "taken to be y up")


STANDING = np.stack([WALK[0, j] - (WALK[0, p] if p >= 0 else WALK[0, 0]) for j, p in enumerate(HUMANOID.parents)])
"""(J, 3) offsets of the walk's first pose, metres, y up."""


@pytest.mark.parametrize("rest_stands", [True, False])
def test_rotations_turn_with_the_positions(rest_stands):
    """A rig in other axes is the same rig, whether its rest pose stands in them or only its root is turned."""
    parents, rng = HUMANOID.parents, np.random.default_rng(0)
    swaying = rotation.from_expmap(rng.normal(scale=0.05, size=(20, 18, 3)))
    for up in UPS:
        laid, turns = lying(up), np.array(swaying)
        offsets = STANDING @ laid.T if rest_stands else STANDING
        if not rest_stands:
            turns[:, 0] = rotation.multiply(rotation.from_matrix(laid), turns[:, 0])
        root = np.linspace((0.0, 0.93, 0.0), (1.0, 0.93, 1.0), 20) @ laid.T
        skeleton = Skeleton.tree("rig", HUMANOID.joints, parents, offsets)
        positions = kinematics.forward(root, turns, offsets, parents)
        stand = told(positions, skeleton, Reading(up=up))
        assert stand.rest is (rest_stands or up == "y")
        upright = stand.rotations(turns, skeleton), stand.skeleton(skeleton).offsets
        again = kinematics.forward(stand.points(root), *upright, parents)
        assert np.allclose(again, stand.points(positions), atol=1e-9), up


def test_a_rig_that_stands_at_rest_may_climb():
    """Its lowest joint does not stay at one height, and the axis that it stands along at rest is up."""
    skeleton = Skeleton.tree("rig", HUMANOID.joints, HUMANOID.parents, STANDING @ lying("z").T)
    climb = WALK - WALK[:, :1] + np.linspace(0.0, 3.0, 60)[:, None, None] * [0.0, 1.0, 0.0]
    assert told(climb @ lying("z").T, skeleton).up == "z"


def test_who_sits_throughout_is_as_tall_as_their_rig_at_rest():
    bent = np.array(WALK)
    trunk = [HUMANOID.joints.index(name) for name in ("chest", "neck", "head", "left_shoulder", "right_shoulder")]
    bent[:, trunk, 1], bent[:, trunk, 2] = bent[:, :1, 1], bent[:, :1, 2] + 0.5
    skeleton = Skeleton.tree("rig", HUMANOID.joints, HUMANOID.parents, STANDING / METRES["in"])
    assert told(bent / METRES["in"], skeleton).metres == METRES["in"]


def test_who_lies_or_is_a_giant_where_a_format_states_its_axes_is_remarked():
    walks = Clip(HUMANOID, WALK.astype(np.float32), 30.0, "walk")
    assert doubts(walks) == []
    assert doubts(replace(walks, positions=walks.positions[..., [0, 2, 1]])) == [
        "nobody stands upright in it, but along z"
    ]
    (giant,) = doubts(replace(walks, positions=walks.positions * 10.0))
    assert giant.endswith(" m tall") and 15.0 < float(giant.split()[0]) < 19.0
    assert doubts(replace(walks, positions=walks.positions * 10.0), about_size=False) == []


def test_joints_that_all_lie_in_one_point_are_remarked():
    still = Clip(HUMANOID, np.ones((9, 18, 3), np.float32), 30.0, "still")
    assert doubts(still, about_size=False) == ["all its joints lie in one point"]
