from __future__ import annotations

import numpy as np
import pytest

from poseviewer.motion.skeleton import HUMANOID, PENN13, Skeleton
from poseviewer.render.body import body_of
from poseviewer.render.capsules import capsule_rows
from poseviewer.render.stage import Body, Figures
from tests.motion.test_trunk import ABOVE, CREATOR


def radius_between(body: Body, a: str, b: str) -> float:
    wanted = {body.names.index(a), body.names.index(b)}
    row = next(k for k, edge in enumerate(body.edges.tolist()) if set(edge) == wanted)
    return float(body.edge_radii[row, 0])


def rig(scale: float = 1.0) -> Skeleton:
    """A BVH rig as tools name it, with a clavicle, a finger and a head's end."""
    joints = (
        ("Hips", -1, 0, 0), ("Spine", 0, 0, 0.2), ("Spine1", 1, 0, 0.2), ("Neck", 2, 0, 0.1),
        ("Head", 3, 0, 0.1), ("HeadEnd", 4, 0, 0.2),
        ("LeftShoulder", 2, 0.05, 0), ("LeftArm", 6, 0.1, 0), ("LeftForeArm", 7, 0.3, 0), ("LeftHand", 8, 0.25, 0),
        ("LeftHandIndex1", 9, 0.1, 0),
        ("RightShoulder", 2, -0.05, 0), ("RightArm", 11, -0.1, 0), ("RightForeArm", 12, -0.3, 0),
        ("RightHand", 13, -0.25, 0),
        ("LeftUpLeg", 0, 0.1, 0), ("LeftLeg", 15, 0, -0.42), ("LeftFoot", 16, 0, -0.41), ("LeftToeBase", 17, 0.1, 0),
        ("RightUpLeg", 0, -0.1, 0), ("RightLeg", 19, 0, -0.42), ("RightFoot", 20, 0, -0.41),
        ("RightToeBase", 21, 0.1, 0),
    )  # fmt: skip
    offsets = np.array([(x * scale, y * scale, 0) for *_, x, y in joints])
    return Skeleton.tree("rig", tuple(j[0] for j in joints), tuple(j[1] for j in joints), offsets)


def test_the_humanoid_has_the_design_s_radii() -> None:
    body = body_of(HUMANOID)
    assert radius_between(body, "left_hip", "left_knee") == pytest.approx(0.056)
    assert radius_between(body, "right_knee", "right_ankle") == pytest.approx(0.043)
    assert radius_between(body, "neck", "head") == pytest.approx(0.040)
    assert body.joint_radii[body.names.index("head")] == pytest.approx(0.092)
    assert body.joint_radii[body.names.index("left_wrist")] == pytest.approx(0.041)
    assert body.sides[body.names.index("left_knee")] == 1 and body.sides[body.names.index("right_knee")] == -1


def test_girdles_have_the_trunk_s_colour() -> None:
    body = body_of(HUMANOID)
    for a, b in body.edges:
        names = {body.names[a], body.names[b]}
        if names & {"pelvis", "neck"} and any("hip" in n or "shoulder" in n for n in names):
            assert body.sides[b] == 0


def test_a_rig_s_limbs_are_found_by_name() -> None:
    body = body_of(rig())
    assert radius_between(body, "LeftUpLeg", "LeftLeg") == pytest.approx(0.056, rel=0.02)
    assert radius_between(body, "RightForeArm", "RightHand") == pytest.approx(0.034, rel=0.02)
    assert radius_between(body, "LeftHand", "LeftHandIndex1") < 0.02
    assert radius_between(body, "Spine1", "LeftShoulder") == pytest.approx(0.046, rel=0.02)


def test_a_rig_in_another_size_is_as_thick_for_its_size() -> None:
    small, large = body_of(rig()), body_of(rig(3.0))
    assert large.edge_radii == pytest.approx(3.0 * small.edge_radii)


def test_an_unknown_skeleton_is_a_fortieth_of_its_size_thick() -> None:
    snake = Skeleton.tree("snake", ("a", "b", "c"), (-1, 0, 1), np.array([[0, 0, 0], [0, 1, 0], [0, 1, 0]]))
    assert body_of(snake).edge_radii == pytest.approx(np.full((2, 2), 0.05))


def test_a_flat_person_is_thinner_than_its_limbs_are_long() -> None:
    body = body_of(PENN13)
    assert body.joint_radii[0] == pytest.approx(0.092 * 0.5 / 1.6)
    assert len(body.edges) == len(PENN13.edges) + 1


def test_shoulders_hang_on_the_neck_in_the_colour_of_the_trunk() -> None:
    joints = ("root", "chest", "neck", "head", "left_hip", "left_knee", "left_ankle", "left_toe", "right_hip")
    joints += ("right_knee", "right_ankle", "right_toe", "left_shoulder", "left_elbow", "left_wrist")
    joints += ("right_shoulder", "right_elbow", "right_wrist")
    body = body_of(Skeleton.tree("rig", joints, HUMANOID.parents or ()))
    neck, shoulder = joints.index("neck"), joints.index("left_shoulder")
    assert [shoulder, neck] in body.edges.tolist()
    assert body.sides[neck] == 0


def test_a_long_head_bone_is_a_skull_with_its_top_at_the_crown() -> None:
    body = body_of(rig())
    head, crown = body.names.index("Head"), body.names.index("HeadEnd")
    row = body.edges.tolist().index([head, crown])
    assert body.spans is not None
    start, end = body.spans[row]
    assert 0.0 < start <= end < 1.0
    assert 0.2 * end + body.edge_radii[row, 1] == pytest.approx(0.2, abs=0.01)  # not a hammer that stands out of it


def test_a_head_without_an_end_has_its_skull_beyond_the_neck() -> None:
    whole = rig()
    assert whole.parents is not None and whole.offsets is not None
    kept = [j for j, joint in enumerate(whole.joints) if joint != "HeadEnd"]
    parents = tuple(kept.index(whole.parents[j]) if whole.parents[j] >= 0 else -1 for j in kept)
    cut = Skeleton.tree("cut", tuple(whole.joints[j] for j in kept), parents, whole.offsets[kept])
    body = body_of(cut)
    assert body.spans is not None
    assert body.spans[-1] == pytest.approx(np.full(2, 1.0 + 0.092 / 0.1))
    head = capsule_rows(figure(body, cut))["end_b"][0, len(body.edges) - 1]
    assert head[:3] == pytest.approx([0.0, 0.6 + 0.092, 0.0], abs=1e-4)


def figure(body: Body, skeleton: Skeleton) -> Figures:
    """One figure in the rest pose."""
    assert skeleton.parents is not None and skeleton.offsets is not None
    rest = np.zeros((len(skeleton.joints), 3), dtype=np.float32)
    for joint, parent in enumerate(skeleton.parents):
        rest[joint] = skeleton.offsets[joint] + (rest[parent] if parent >= 0 else 0.0)
    return Figures(body, rest[None], np.zeros((1, 3, 3), dtype=np.float32), np.ones(1, dtype=np.float32))


def test_fingers_are_thin_and_can_be_left_out() -> None:
    with_them, without = body_of(rig()), body_of(rig(), fine=False)
    finger = with_them.names.index("LeftHandIndex1")
    assert finger in with_them.edges and finger not in without.edges
    hand = with_them.names.index("LeftHand")
    assert without.joint_radii[hand] > with_them.joint_radii[hand] > 0  # a hand in one piece


def test_what_bends_a_skin_is_no_bone() -> None:
    skeleton = Skeleton.tree("creator", CREATOR, ABOVE)
    body = body_of(skeleton)
    drawn = {body.names[j] for j in body.edges.ravel()}
    assert not [name for name in drawn if ("Twist" in name and "Neck" not in name) or "Breast" in name]
    assert {"CC_Base_NeckTwist01", "CC_Base_NeckTwist02", "CC_Base_Head"} <= drawn
