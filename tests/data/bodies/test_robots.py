"""Robots and simulated bodies: joint angles on known links, poselib's own skeletons, logged bodies in any order."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from poseviewer.data.readers import open_dataset, read
from poseviewer.data.reading import Reading
from poseviewer.errors import PoseviewerError
from poseviewer.motion import kinematics, rotation
from poseviewer.motion.clip import Clip
from poseviewer.motion.joint_sets import joint_set
from tests.data.bodies.made import FRAMES as F
from tests.data.bodies.made import LINKS, MOVED, bodies, logged, poselib, rows, text

Y_UP = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]])


def clips(path: Path, found, **reading) -> list[Clip]:
    if path.suffix == ".npz":
        np.savez(path, **found)
    elif path.suffix == ".npy":
        np.save(path, found)
    else:
        path.write_bytes(found if isinstance(found, bytes) else pickle.dumps(found))
    return list(read(path, Reading(**reading)))


def leads_back(clip: Clip) -> bool:
    """Whether its rotations lead to its positions."""
    skeleton = clip.skeleton
    led = kinematics.forward(clip.positions[:, 0], clip.rotations, skeleton.offsets, skeleton.parents)
    return bool(np.allclose(led, clip.positions, atol=1e-4))


table = rows()
split = {"fps": 50, "root_pos": table[:, :3], "root_rot": table[:, 3:7], "dof_pos": table[:, 7:]}
backwards = split | {"dof_pos": table[:, :6:-1], "joint_names": [f"{name[:-5]}_joint" for name in reversed(MOVED)]}
backwards["joint_names"][backwards["joint_names"].index("torso_joint")] = "waist_pitch_joint"  # as Unitree calls it
qpos = table[:, [0, 1, 2, 6, 3, 4, 5, *range(7, 36)]]


@pytest.mark.parametrize("name, found", [
    ("g1.csv", text(table)),
    ("header.csv", text(table, "x,y,z,qx,qy,qz,qw,angles\n")),
    ("gmr.pkl", split | {"local_body_pos": None, "link_body_list": None}),
    ("swapped.pkl", split | {"root_rot": qpos[:, 3:7] * [1, 1, 1, 1] + 0}),
    ("named.npz", backwards),
    ("qpos.npy", qpos),
    ("qpos.npz", {"qpos": qpos, "fps": 50}),
])  # fmt: skip
def test_joint_angles_move_the_robot_s_own_links(tmp_path, name, found):
    (clip,) = clips(tmp_path / name, found)
    positions = bodies(table)[0] @ Y_UP.T
    if name != "swapped.pkl":  # w first where it is usually last: nearly upright both ways, so it goes by the usual
        assert np.allclose(clip.positions, positions, atol=2e-4)
    assert clip.skeleton.joints == tuple(link.name for link in LINKS) and leads_back(clip)
    assert clip.fps == (50 if name in ("gmr.pkl", "swapped.pkl", "named.npz", "qpos.npz") else 30)
    assert clip.fps_known == (clip.fps == 50)


def test_a_quaternion_in_the_other_order_is_told_by_the_robot_that_falls(tmp_path):
    leaning = rows()
    turn = rotation.multiply(leaning[:, [6, 3, 4, 5]], rotation.from_expmap([0, 0, 0.9]))
    leaning[:, 3:7] = turn[:, [1, 2, 3, 0]]
    found = split | {"root_rot": turn}
    (clip,) = clips(tmp_path / "wxyz.pkl", found)
    assert np.allclose(clip.positions, bodies(leaning)[0] @ Y_UP.T, atol=1e-4)


@pytest.mark.parametrize("angles, name, ankle", [(19, "h1", "left_ankle_link"), (27, "h1_2", "left_ankle_pitch_link")])
def test_as_many_angles_are_those_of_another_robot(tmp_path, angles, name, ankle):
    (clip,) = clips(tmp_path / "robot.csv", text(rows(angles)))
    assert clip.skeleton.name == name and "Unitree H1" in clip.source and leads_back(clip)
    joint = clip.skeleton.joints.index
    bend = np.linalg.norm(clip.positions[:, joint("left_hip_pitch_link")] - clip.positions[:, joint(ankle)], axis=1)
    assert np.allclose(bend, 0.8 * np.cos(rows(angles)[:, 7 + 3] / 2), atol=1e-4)  # the fourth is the left knee's
    assert clip.positions[0, joint("head_link"), 1] > clip.positions[0, joint("pelvis"), 1] + 0.3


def test_23_angles_leave_the_wrists_at_rest_and_motions_have_names(tmp_path):
    wrists = [number for number, name in enumerate(MOVED) if "wrist" in name]
    still = table.copy()
    still[:, [7 + number for number in wrists]] = 0
    one = {"root_trans_offset": table[:, :3], "root_rot": table[:, 3:7], "fps": 30}
    one["dof"] = np.delete(table[:, 7:], wrists, axis=1)
    one |= {"pose_aa": np.zeros((F, 27, 3)), "smpl_joints": np.zeros((F, 24, 3))}
    first, second = clips(tmp_path / "asap.pkl", {"walk": one, "run": one})
    assert (first.name, second.name) == ("asap walk", "asap run")
    assert np.allclose(first.positions, bodies(still)[0] @ Y_UP.T, atol=1e-4)


@pytest.mark.parametrize("content, said", [
    (text(table).replace(b"0.020000", b"word", 1), "frame 2"),
    (text(table)[:2000], "36 numbers"),
    (text(np.where(np.arange(36) == 6, 0, table)[:1]) + text(np.zeros((2, 36))), "quaternion"),
])  # fmt: skip
def test_a_damaged_table_is_refused_with_its_frame(tmp_path, content, said):
    path = tmp_path / "g1.csv"
    path.write_bytes(text(table[:2]) + content if said == "quaternion" else content)
    with pytest.raises(PoseviewerError, match=said):
        list(read(path))


def test_poselib_brings_its_skeleton_and_rotations_local_or_in_the_world(tmp_path):
    (local,) = clips(tmp_path / "local.npy", poselib())
    (world,) = clips(tmp_path / "world.npy", poselib(local=False))
    assert local.skeleton.name == "amp15" and (local.fps, local.fps_known) == (60.0, True)
    assert np.allclose(local.positions, world.positions, atol=1e-5) and leads_back(local) and leads_back(world)
    assert np.allclose(local.positions[:, 0], rows()[:, :3] @ Y_UP.T, atol=1e-6)


def test_a_pose_of_poselib_is_a_clip_of_one_frame(tmp_path):
    whole = poselib()
    pose = whole | {key: {"arr": whole[key]["arr"][3]} for key in ("rotation", "root_translation")}
    del pose["fps"]
    (clip,) = clips(tmp_path / "tpose.npy", pose)
    (moving,) = clips(tmp_path / "walk.npy", whole)
    assert np.allclose(clip.positions, moving.positions[3:4], atol=1e-6) and not clip.fps_known


@pytest.mark.parametrize("key, value, said", [
    ("rotation", {"arr": np.zeros((F, 14, 4))}, r"rotation.*\(30, 14, 4\), not \(frames, 15, 4\)"),
    ("root_translation", {"arr": np.full((F, 3), np.nan)}, "root_translation.*not finite"),
    ("skeleton_tree", {"node_names": []}, "node_names"),
    ("rotation", None, "rotation.*no numbers"),
])  # fmt: skip
def test_poselib_that_does_not_fit_says_where(tmp_path, key, value, said):
    with pytest.raises(PoseviewerError, match=said):
        clips(tmp_path / "bad.npy", poselib() | {key: value})


ISAAC = joint_set("g1_isaac").joints
FEW = ("pelvis", "left_knee_link", "left_ankle_roll_link", "torso_link", "left_elbow_link", "left_wrist_yaw_link")


@pytest.mark.parametrize("names, changes, skeleton", [
    (ISAAC, {}, "g1_isaac"),
    (joint_set("g1_mujoco").joints, {}, "g1_mujoco"),
    (ISAAC, {"body_names": np.array(ISAAC)}, "g1_isaac"),
    (ISAAC, {"body_quat_w": bodies(rows())[1][:, [[x.name for x in LINKS].index(n) for n in ISAAC]][..., [1, 2, 3, 0]]},
     "g1_isaac"),
    (FEW, {"body_names": np.array(FEW)}, "pelvis, 6 bodies"),
])  # fmt: skip
def test_logged_bodies_hang_together_and_have_rotations(tmp_path, names, changes, skeleton):
    found = logged(names, **changes)
    (clip,) = clips(tmp_path / "motion.npz", found)
    assert clip.skeleton.name == skeleton and clip.skeleton.joints == names and clip.fps == 50
    assert np.allclose(clip.positions, found["body_pos_w"] @ Y_UP.T, atol=1e-5)
    if names == FEW:  # a knee is not fixed to the pelvis: there is nothing that rotations could lead along
        assert clip.skeleton.parents == (-1, 0, 1, 0, 3, 4) and clip.rotations is None
    else:
        assert leads_back(clip) and clip.skeleton.parents == joint_set(skeleton).parents


def test_what_a_robot_nobody_knows_hangs_on_is_told_by_what_stays_fixed(tmp_path):
    tree = joint_set("amp15")
    file = poselib()
    table = file["skeleton_tree"]["local_translation"]["arr"]
    local = rotation.normalise(file["rotation"]["arr"][..., [3, 0, 1, 2]])
    positions = kinematics.forward(rows()[:, :3], local, table, tree.parents)
    turns = local.copy()
    for j, parent in enumerate(tree.parents):
        turns[:, j] = turns[:, j] if parent < 0 else rotation.multiply(turns[:, parent], turns[:, j])
    for rotations in ({"body_rotations": turns}, {}):
        names = np.array([f"part_{j}" for j in range(15)])
        found = {"body_positions": positions, "body_names": names, "fps": 60, **rotations}
        (clip,) = clips(tmp_path / "unknown.npz", found)
        assert clip.skeleton.parents == tree.parents and "told by the motion" in clip.source
        assert (clip.rotations is not None) == bool(rotations)


def test_bodies_in_the_frame_of_a_root_that_moves(tmp_path):
    positions, turns = bodies(rows())
    local = rotation.rotate(rotation.conjugate(turns[:, :1]), positions - positions[:, :1])
    found = split | {"dof_pos": rows()[:, 7:20], "local_body_pos": local, "link_body_list": [x.name for x in LINKS]}
    (clip,) = clips(tmp_path / "other.pkl", found)
    assert clip.skeleton.name == "g1" and np.allclose(clip.positions, positions @ Y_UP.T, atol=1e-5)


@pytest.mark.parametrize("changes, said", [
    ({"body_pos_w": np.zeros((F, 30))}, "frames, bodies, 3"),
    ({"body_quat_w": np.ones((F, 29, 4))}, r"\(30, 29, 4\)"),
    ({"body_pos_w": np.zeros((2, 400, 3))}, "frames, bodies, 3"),
])  # fmt: skip
def test_logged_bodies_that_do_not_fit_are_refused(tmp_path, changes, said):
    with pytest.raises(PoseviewerError, match=said):
        clips(tmp_path / "bad.npz", logged(ISAAC, **changes))


def test_real_files_stand_and_go_to_their_front(real_data):
    for name, height, fps in (
        ("isaaclab_amp_walk.npz", 1.26, 60), ("poselib_amp_humanoid_walk.npy", 1.26, 60), ("unitree_g1.csv", 1.18, 30),
    ):  # fmt: skip
        with open_dataset(real_data / "formats" / name) as dataset:
            (clip,) = dataset
        assert np.median(np.ptp(clip.positions[..., 1], axis=1)) == pytest.approx(height, abs=0.05)
        assert 0.0 <= clip.positions[..., 1].min() < 0.05 and clip.fps == fps and clip.rotations is not None
        assert leads_back(clip)
        if "walk" in name:
            joint = clip.skeleton.joints.index
            side = clip.positions[:, joint("left_thigh")] - clip.positions[:, joint("right_thigh")]
            step = np.gradient(clip.positions[:, 0], axis=0)
            assert (np.cross(side, [0, 1, 0]) * step).sum(axis=1).mean() > 0


@pytest.mark.parametrize("found", [split | {"dof_pos": [[1.0], [1.0, 2.0]]}, {"qpos": [[1.0], [1.0, 2.0]]}])
def test_angles_of_uneven_frames_are_refused_in_a_sentence(tmp_path, found):
    with pytest.raises(PoseviewerError, match="no array of positions is known in it"):
        clips(tmp_path / "a.pkl", found)
