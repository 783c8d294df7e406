"""CMU Panoptic as VoxelPose and MMPose prepare it: sequences and people are told apart, cameras are not."""

from __future__ import annotations

import pickle

import numpy as np

from poseviewer.data.readers import read
from poseviewer.motion.joint_sets import joint_set
from tests.data.keypoints.standing import pixels

JOINTS = joint_set("panoptic19").joints[:15]


def test_a_data_base_of_two_sequences_and_two_cameras(tmp_path):
    right, down = (pixels(JOINTS) - (320, 336)).T
    body = np.stack([right, np.zeros(15), -down], axis=1) * 10  # millimetres, z up
    db = [
        {
            "image": f"data/panoptic/{sequence}/hdImgs/{camera}/{camera}_{frame:08d}.jpg",
            "joints_3d": [body + np.array([2.0 * frame, 0, 0]), body + np.array([2000.0, 0, 0])],
            "joints_3d_vis": [np.ones((15, 3))] * 2,
        }
        for sequence in ("160422_ultimatum1", "160906_pizza1")
        for frame in range(0, 18, 3)
        for camera in ("00_03", "00_12")
    ]
    (tmp_path / "group_train_cam5.pkl").write_bytes(pickle.dumps({"sequence_list": [], "interval": 3, "db": db}))
    clips = list(read(tmp_path / "group_train_cam5.pkl"))
    assert [clip.name for clip in clips] == [
        f"{sequence} person {n}" for sequence in ("160422_ultimatum1", "160906_pizza1") for n in (1, 2)
    ]
    first, second = clips[:2]
    assert len(first) == 6 and abs(first.fps - 9.99) < 1e-6 and first.skeleton.joints == JOINTS
    place = dict(zip(JOINTS, first.positions[0], strict=True))
    assert 1.2 < place["nose"][1] - place["left_ankle"][1] < 1.7 and place["left_hip"][0] > place["right_hip"][0]
    np.testing.assert_allclose(second.positions[0, 0] - first.positions[0, 0], (2, 0, 0), atol=1e-5)
