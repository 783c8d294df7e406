"""What of a rig is the body: a joint of the world above the hips is not."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest

from poseviewer.data.readers import open_dataset
from poseviewer.motion.clip import Clip, loop_travel
from poseviewer.motion.matching import match
from poseviewer.motion.skeleton import HUMANOID, Skeleton
from poseviewer.motion.trunk import body_joints, pelvis_path
from tests.conftest import WHOLE

JOINTS = ("joint_Root", "Hips", "Spine", "Chest", "Neck", "Head",
          "UpperLeg_L", "LowerLeg_L", "Foot_L", "Toes_L", "UpperLeg_R", "LowerLeg_R", "Foot_R", "Toes_R",
          "UpperArm_L", "LowerArm_L", "Hand_L", "UpperArm_R", "LowerArm_R", "Hand_R")  # fmt: skip
PARENTS = (-1, 0, 1, 2, 3, 4, 1, 6, 7, 8, 1, 10, 11, 12, 3, 14, 15, 3, 17, 18)
PLACES = ((0, 0, 0), (0, 1, 0), (0, 1.1, 0), (0, 1.3, 0), (0, 1.5, 0), (0, 1.6, 0),
          (0.1, 0.95, 0), (0.1, 0.5, 0), (0.1, 0.1, 0), (0.1, 0.05, 0.1),
          (-0.1, 0.95, 0), (-0.1, 0.5, 0), (-0.1, 0.1, 0), (-0.1, 0.05, 0.1),
          (0.2, 1.4, 0), (0.2, 1.1, 0), (0.2, 0.9, 0), (-0.2, 1.4, 0), (-0.2, 1.1, 0), (-0.2, 0.9, 0))  # fmt: skip


def standing_root(frames: int = 60, still: bool = True, loop: bool = False) -> Clip:
    """A person whose first joint stays at the origin while it walks along z, or goes along on the ground."""
    travel = np.arange(frames)[:, None, None] * np.array([0.0, 0.0, 0.05])
    positions = np.array(PLACES, dtype=np.float32) + travel
    if still:
        positions[:, 0] = 0.0
    return Clip(Skeleton.tree("world", JOINTS, PARENTS), positions.astype(np.float32), 30.0, "walk", loop=loop)


@pytest.mark.parametrize("still", [True, False])
def test_a_joint_of_the_world_is_no_part_of_the_body(still):
    clip = standing_root(still=still)
    assert body_joints(clip.skeleton, clip.positions).tolist() == [False] + [True] * 19


def test_a_joint_of_the_world_at_the_hips_is_known_by_its_changing_distance():
    clip = standing_root()
    positions = clip.positions - clip.positions[:, 1:2]
    positions[:, 1:, 2] += 0.2 * np.sin(np.arange(len(clip)))[:, None]  # to and fro over the spot, never far from it
    positions[:, 0] = (0.0, 0.1, 0.0)
    assert body_joints(clip.skeleton, positions).tolist() == [False] + [True] * 19


def test_every_joint_of_a_rig_that_starts_at_its_hips_is():
    clip = standing_root()
    own = Skeleton.tree("own", JOINTS[1:], tuple(max(parent - 1, -1) for parent in PARENTS[1:]))
    assert body_joints(own, clip.positions[:, 1:]).all()


def test_an_animal_keeps_its_tail_above_the_legs():
    joints = ("Pelvis", "Tail", "Spine", "LeftUpLeg", "LeftFoot", "RightUpLeg", "RightFoot", "Neck", "Head")
    parents = (-1, 0, 0, 2, 3, 2, 5, 2, 7)
    places = [(0, 1, 0), (0, 1, -0.5), (0, 1, 0.1), (0.2, 0.9, 0.1), (0.2, 0, 0.1), (-0.2, 0.9, 0.1), (-0.2, 0, 0.1),
              (0, 1.2, 0.6), (0, 1.4, 0.8)]  # fmt: skip
    assert body_joints(Skeleton.tree("animal", joints, parents), np.array([places] * 5, dtype=float)).all()


def test_the_pelvis_is_what_moves():
    clip = standing_root()
    path = pelvis_path(clip.skeleton, clip.positions)
    assert path[-1, 2] - path[0, 2] == pytest.approx(59 * 0.05, abs=1e-4)
    assert path[0] == pytest.approx([0.0, 0.95, 0.0])


def test_without_names_it_is_the_topmost_joint_of_the_body():
    positions = standing_root().positions
    nameless = Skeleton.tree("nameless", tuple(f"j{k}" for k in range(20)), PARENTS)
    assert pelvis_path(nameless, positions) == pytest.approx(positions[:, 1])


def test_a_loop_is_carried_on_by_its_pelvis():
    assert loop_travel(standing_root(loop=True))[2] == pytest.approx(60 * 0.05, abs=1e-3)


CREATOR = ("RL_BoneRoot", "CC_Base_Hip", "CC_Base_Pelvis", "CC_Base_L_Thigh", "CC_Base_L_Calf", "CC_Base_L_Foot",
           "CC_Base_L_ToeBase", "CC_Base_L_CalfTwist01", "CC_Base_L_ThighTwist01", "CC_Base_L_KneeShareBone",
           "CC_Base_R_Thigh", "CC_Base_R_ThighTwist01", "CC_Base_R_Calf", "CC_Base_R_Foot", "CC_Base_R_ToeBase",
           "CC_Base_Waist", "CC_Base_Spine01", "CC_Base_Spine02", "CC_Base_NeckTwist01", "CC_Base_NeckTwist02",
           "CC_Base_Head", "CC_Base_L_Eye", "CC_Base_L_Clavicle", "CC_Base_L_Upperarm", "CC_Base_L_Forearm",
           "CC_Base_L_ForearmTwist01", "CC_Base_L_Hand", "CC_Base_R_Clavicle", "CC_Base_R_Upperarm",
           "CC_Base_R_UpperarmTwist01", "CC_Base_R_Forearm", "CC_Base_R_Hand", "CC_Base_R_Breast")  # fmt: skip
ABOVE = (-1, 0, 1, 2, 3, 4, 5, 4, 3, 4, 2, 10, 10, 12, 13, 1, 15, 16, 17, 18, 19, 20, 17, 22, 23, 24, 24, 17, 27, 28,
         28, 30, 17)  # fmt: skip


def test_a_character_creator_rig_maps_onto_humanoid_beside_its_twist_bones():
    rig = Skeleton.tree("creator", CREATOR, ABOVE)
    mapped = match(rig, HUMANOID)
    found = {joint: CREATOR[mapped.first[j]] for j, joint in enumerate(HUMANOID.joints)}
    assert found["neck"] == "CC_Base_NeckTwist01" and found["head"] == "CC_Base_Head"
    assert found["left_hip"] == "CC_Base_L_Thigh" and found["right_knee"] == "CC_Base_R_Calf"
    assert found["left_shoulder"] == "CC_Base_L_Upperarm" and found["right_elbow"] == "CC_Base_R_Forearm"
    assert rig.trunk_foot == 1 and rig.pelvis == (3, 10)


def test_clips_of_the_character_creator_archive_map_with_limbs_of_one_length(archive, tmp_path):
    with zipfile.ZipFile(archive("cmu_varied_bvh.zip", 6, "002_01.bvh")) as files:
        names = sorted(name for name in files.namelist() if name.endswith(".bvh"))
        files.extractall(tmp_path, names)
    assert len(names) == 54 if WHOLE else len(names) >= 9
    for name in names:
        clip = open_dataset(tmp_path / name).clip(0)
        at = dict(zip(HUMANOID.joints, np.moveaxis(clip.onto(HUMANOID).positions, 1, 0), strict=True))
        for bone in (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist")):
            ends = [(at[f"{side}_{bone[0]}"], at[f"{side}_{bone[1]}"]) for side in ("left", "right")]
            left, right = (np.linalg.norm(a - b, axis=1) for a, b in ends)
            assert np.ptp(left) < 1e-3 * left.mean()
            assert left.mean() == pytest.approx(right.mean(), rel=0.05)
        ahead = at["left_toe"] - at["left_ankle"] + at["right_toe"] - at["right_ankle"]
        left_of_it = np.cross([0.0, 1.0, 0.0], ahead)
        assert ((at["left_hip"] - at["right_hip"]) * left_of_it).sum(axis=1).mean() > 0
        assert 0.12 < np.median(np.linalg.norm(at["head"] - at["neck"], axis=1)) < 0.22
    clip = open_dataset(tmp_path / "002_01.bvh").clip(0)  # its first joint goes along on the ground
    assert body_joints(clip.skeleton, clip.positions).tolist() == [False] + [True] * 100


def test_where_no_joint_is_above_the_others_the_middle_is_followed():
    animal = Skeleton("mouse", ("snout", "body", "tail"), None, ((0, 1), (1, 2)), (0, 1, 2), 2)
    positions = np.array([[[0, 0], [1, 3], [5, 0]], [[np.nan, np.nan], [1, 3], [5, 1]], [[np.nan, np.nan]] * 3])
    path = pelvis_path(animal, positions)
    np.testing.assert_allclose(path[:2], [[2, 1], [3, 2]])
    assert np.isnan(path[2]).all()
