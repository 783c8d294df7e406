"""Known sets of joints: what stands in the tables hangs together; a count that several have is told by the bones."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.errors import PoseviewerError
from poseviewer.motion import kinematics, rotation
from poseviewer.motion.joint_sets import SETS, bone_variation, by_count, chosen, joint_set, robots, smpl
from poseviewer.motion.matching import match
from poseviewer.motion.skeleton import HUMANOID, Skeleton


def spanning(skeleton: Skeleton) -> list[tuple[int, int]]:
    """Bones (from, to) that reach every joint once from joint 0, none where the bones do not hang together."""
    reached, walk = {0}, []
    while len(reached) < len(skeleton.joints):
        step = next(
            ((a, b) for e in skeleton.edges for a, b in (e, e[::-1]) if a in reached and b not in reached), None
        )
        assert step is not None, f"{skeleton.name}: {set(range(len(skeleton.joints))) - reached} hang in the air"
        walk.append(step)
        reached.add(step[1])
    return walk


def moving(skeleton: Skeleton, frames: int = 40) -> np.ndarray:
    """(F, J, 3) of a body whose bones keep their lengths and whose sides are alike, each joint turning on its own."""
    rng = np.random.default_rng(3)
    positions = np.zeros((frames, len(skeleton.joints), 3))
    lengths: dict[int, float] = {}
    for a, b in spanning(skeleton):
        length = lengths.setdefault(b, lengths.get(skeleton.mirror[b], rng.uniform(0.1, 0.4)))
        way = rng.normal(size=3) + 0.5 * np.cumsum(rng.normal(size=(frames, 3)), axis=0)
        positions[:, b] = positions[:, a] + length * way / np.linalg.norm(way, axis=-1, keepdims=True)
    return positions


@pytest.mark.parametrize("name", SETS)
def test_every_set_hangs_together_and_is_the_same_on_both_sides(name):
    skeleton = joint_set(name)
    if name != "mediapipe33":  # which draws head and mouth apart from the body
        spanning(skeleton)
    bones = {frozenset(edge) for edge in skeleton.edges}
    for a, b in skeleton.edges:
        assert frozenset((skeleton.mirror[a], skeleton.mirror[b])) in bones, (skeleton.joints[a], skeleton.joints[b])
    for joint, other in enumerate(skeleton.mirror):
        sided = any(word in skeleton.joints[joint].lower() for word in ("left", "right"))
        assert sided == (other != joint), skeleton.joints[joint]


@pytest.mark.parametrize("count, names", [
    (17, ("h36m17", "mpi17", "coco17")), (18, ("openpose18", "humanoid")), (21, ("kit21", "hand21")),
    (22, ("smpl22", "lafan22")), (25, ("ntu25", "openpose25")), (30, ("g1_mujoco", "g1_isaac")),
    (32, ("h36m32", "kinect32")),
])  # fmt: skip
def test_bones_that_keep_their_length_tell_which_set_a_count_is_of(count, names):
    for name in names:
        found = by_count(count, 3, moving(joint_set(name, 3)))
        assert found is not None and (found.name, found.dims) == (name, 3)


def test_one_pose_tells_its_set_by_sides_that_are_alike_and_bones_that_are_short():
    for names in (("h36m17", "mpi17", "coco17"), ("smpl22", "lafan22"), ("ntu25", "openpose25")):
        for name in names:
            assert by_count(len(joint_set(name).joints), 3, moving(joint_set(name, 3), 1)).name == name


def test_a_count_alone_is_the_set_that_most_files_have():
    assert [by_count(count, dims).name for count, dims in ((17, 2), (17, 3), (25, 2), (25, 3), (21, 3))] == [
        "coco17", "h36m17", "openpose25", "ntu25", "kit21",
    ]  # fmt: skip
    assert by_count(97, 3) is None


def test_of_points_with_face_and_fingers_the_body_comes_first():
    assert [len(by_count(count, 2).joints) for count in (133, 136, 137)] == [23, 26, 25]


def test_unknown_points_do_not_keep_a_set_from_being_told():
    positions = moving(joint_set("coco17", 3))
    positions[::3, 4] = np.nan
    assert by_count(17, 3, positions).name == "coco17"
    assert by_count(17, 3, np.full((4, 17, 3), np.nan)) is not None


def test_bones_that_do_not_keep_their_length_are_told():
    skeleton = joint_set("smpl22")
    assert bone_variation(skeleton, moving(skeleton)) < 1e-6
    assert bone_variation(skeleton, moving(joint_set("lafan22"))) > 0.1


def test_a_set_is_found_by_the_names_that_people_use():
    names = [joint_set(name).name for name in ("SMPL-X", "openpose", "humanml3d")]
    assert names == ["smplx55", "openpose25", "smpl22"]
    assert chosen("coco", 3).dims == 3
    with pytest.raises(PoseviewerError, match=r"no set of joints is named 'smpl99'.*smpl22.*json"):
        chosen("smpl99")


def test_the_mean_body_stands_upright_and_is_as_tall_as_people():
    skeleton = joint_set("smplx55")
    rest = np.zeros((55, 3))
    for joint, (parent, offset) in enumerate(zip(skeleton.parents, smpl.mean_offsets(skeleton.joints), strict=True)):
        rest[joint] = offset + (rest[parent] if parent >= 0 else 0.0)
    place = dict(zip(skeleton.joints, rest, strict=True))
    assert 1.35 < place["head"][1] - place["left_foot"][1] < 1.65
    assert place["left_wrist"][0] > 0.6 and place["right_wrist"][0] < -0.6 and place["left_foot"][2] > 0.05
    assert np.allclose(place["left_index3"] * [-1, 1, 1], place["right_index3"], atol=0.03)
    assert np.linalg.norm(place["left_middle3"] - place["left_wrist"]) == pytest.approx(0.16, abs=0.02)


def test_the_robot_stands_on_both_feet_at_rest():
    links = robots.G1_LINKS
    turns = np.array([[link.turn for link in links]])
    offsets = np.array([link.offset for link in links])
    rest = kinematics.forward(np.zeros((1, 3)), rotation.normalise(turns), offsets, robots.parents_of(links))[0]
    place = dict(zip((link.name for link in links), rest, strict=True))
    assert place["left_toe_link"][2] == pytest.approx(place["right_toe_link"][2]) == pytest.approx(-0.78, abs=0.03)
    assert place["left_wrist_yaw_link"][1] == pytest.approx(-place["right_wrist_yaw_link"][1])
    assert place["left_ankle_roll_link"][1] > 0.05 and place["head_link"][2] > 0.4
    assert sum(link.axis is not None for link in links) == 29


def test_the_other_robot_is_taller_and_stands_too():
    links = robots.H1_LINKS
    turns = rotation.normalise(np.array([[link.turn for link in links]]))
    offsets = np.array([link.offset for link in links])
    rest = kinematics.forward(np.zeros((1, 3)), turns, offsets, robots.parents_of(links))[0]
    place = dict(zip((link.name for link in links), rest, strict=True))
    assert place["left_toe_link"][2] == pytest.approx(place["right_toe_link"][2]) == pytest.approx(-1.02, abs=0.02)
    assert (
        place["left_hand_link"][1] == pytest.approx(-place["right_hand_link"][1]) and place["left_ankle_link"][1] > 0.1
    )
    assert place["left_hand_link"][0] > 0.2 and sum(link.axis is not None for link in links) == 19


def test_a_canonical_set_is_the_canonical_skeleton():
    assert joint_set("humanoid").same_as(HUMANOID)
    assert len(match(joint_set("smpl22"), HUMANOID).first) == 18
