"""OpenPose (Cao et al., PAMI 2019): BODY_25 and its COCO model of 18 keypoints; CMU Panoptic's 19 (Joo et al. 2015)."""

from __future__ import annotations

from poseviewer.motion.joint_sets.table import JointSet, tree

_ARMS = "nose neck right_shoulder right_elbow right_wrist left_shoulder left_elbow left_wrist"

SETS: tuple[JointSet, ...] = (
    tree(
        "openpose25",
        "OpenPose BODY_25",
        f"{_ARMS} mid_hip right_hip right_knee right_ankle left_hip left_knee left_ankle "
        "right_eye left_eye right_ear left_ear "
        "left_big_toe left_small_toe left_heel right_big_toe right_small_toe right_heel",
        (-1, 0, 1, 2, 3, 1, 5, 6, 1, 8, 9, 10, 8, 12, 13, 0, 0, 15, 16, 14, 19, 14, 11, 22, 11),
        2,
        columns=(25, 44, 49, 118, 135, 137),  # with SMPL's own, or hands and face, after them
        others=("openpose", "body25"),
    ),
    tree(
        "openpose18",
        "OpenPose COCO, 18 keypoints",
        f"{_ARMS} right_hip right_knee right_ankle left_hip left_knee left_ankle right_eye left_eye right_ear left_ear",
        (-1, 0, 1, 2, 3, 1, 5, 6, 1, 8, 9, 1, 11, 12, 0, 0, 14, 15),
        2,
        others=("coco18",),
    ),
    tree(
        "panoptic19",
        "CMU Panoptic",
        "neck nose pelvis left_shoulder left_elbow left_wrist left_hip left_knee left_ankle "
        "right_shoulder right_elbow right_wrist right_hip right_knee right_ankle "
        "left_eye left_ear right_eye right_ear",
        (-1, 0, 0, 0, 3, 4, 2, 6, 7, 0, 9, 10, 2, 12, 13, 1, 15, 1, 17),
        others=("panoptic",),
    ),
)
