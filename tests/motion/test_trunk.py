"""What of a rig is the body: a joint of the world above the hips is not."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.data.readers import open_dataset
from poseviewer.motion.clip import Clip, loop_travel
from poseviewer.motion.skeleton import HUMANOID, Skeleton
from poseviewer.motion.trunk import body_joints, pelvis_path

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


def test_every_clip_of_a_character_creator_rig_maps_with_limbs_of_one_length(real_data, tmp_path):
    import zipfile

    with zipfile.ZipFile(real_data / "cmu_varied_bvh.zip") as archive:
        names = [name for name in archive.namelist() if name.endswith(".bvh")]
        assert len(names) == 54
        archive.extractall(tmp_path, names[:3])
    for name in names[:3]:
        clip = open_dataset(tmp_path / name).clip(0)
        mapped = clip.onto(HUMANOID)
        assert not body_joints(clip.skeleton, clip.positions)[0]
        at = {joint: mapped.positions[:, j] for j, joint in enumerate(HUMANOID.joints)}
        for bone in (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist")):
            ends = [(at[f"{side}_{bone[0]}"], at[f"{side}_{bone[1]}"]) for side in ("left", "right")]
            left, right = (np.linalg.norm(a - b, axis=1) for a, b in ends)
            assert np.ptp(left) < 1e-3 * left.mean()
            assert left.mean() == pytest.approx(right.mean(), rel=0.05)
