"""Data sets of images with 3D joints: which images are a clip, upright and in metres."""

from __future__ import annotations

import io

import numpy as np

from poseviewer.data.readers import read
from poseviewer.motion.joint_sets import joint_set
from tests.data.damage import npz_bytes
from tests.data.keypoints.files import images


def test_images_of_a_sequence_are_a_clip_and_others_alone(tmp_path):
    joints = joint_set("3dhp17").joints
    names = [f"S1_Seq2_Cam0_{n:06d}.jpg" for n in (1, 6, 11, 16)] + ["S8_Seq1_Cam8_002165.jpg"]
    (tmp_path / "mpi_inf_3dhp_train.npz").write_bytes(images(joints, names))
    walk, alone = read(tmp_path / "mpi_inf_3dhp_train.npz")
    assert (walk.name, len(walk), walk.fps, walk.subject) == ("S1_Seq2_Cam0", 4, 10.0, "S1")
    assert (alone.name, len(alone), alone.fps) == ("S8_Seq1_Cam8_002165", 1, 25.0) and walk.fps_known
    place = dict(zip(walk.skeleton.joints, walk.positions[0], strict=True))
    assert 1.6 < place["head_top"][1] < 1.8 and abs(place["left_ankle"][1]) < 1e-5
    assert place["left_hip"][0] > place["right_hip"][0]


def test_joints_that_are_not_known_in_spin(tmp_path):
    joints = joint_set("spin24").joints
    arrays = np.load(io.BytesIO(images(joints, ["a_1.jpg"])))
    table = arrays["S"].copy()
    table[0, 3, 3] = 0
    (tmp_path / "h36m.npz").write_bytes(npz_bytes(imgname=arrays["imgname"], S=table))
    (clip,) = read(tmp_path / "h36m.npz")
    assert clip.skeleton.joints == joints and np.isnan(clip.positions[0, 3]).all() and not clip.visible[0, 3]
