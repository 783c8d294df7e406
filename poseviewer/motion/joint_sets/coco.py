"""Keypoints of COCO (Lin et al., ECCV 2014) and the sets that begin with them; MPII's and Leeds Sports'."""

from __future__ import annotations

from poseviewer.motion.joint_sets.table import JointSet, graph

_COCO = (
    "nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder left_elbow right_elbow "
    "left_wrist right_wrist left_hip right_hip left_knee right_knee left_ankle right_ankle"
)
_FACE = ((0, 1), (0, 2), (1, 3), (2, 4))
_ARMS = ((5, 7), (7, 9), (6, 8), (8, 10))
_LEGS = ((11, 13), (13, 15), (12, 14), (14, 16))
_BODY = (*_FACE, (3, 5), (4, 6), (5, 6), *_ARMS, (5, 11), (6, 12), (11, 12), *_LEGS)

SETS: tuple[JointSet, ...] = (
    graph("coco17", "COCO", _COCO, _BODY, others=("coco",)),
    graph(
        "coco23",
        "COCO-WholeBody, its body and feet",
        f"{_COCO} left_big_toe left_small_toe left_heel right_big_toe right_small_toe right_heel",
        (*_BODY, (15, 17), (15, 18), (15, 19), (16, 20), (16, 21), (16, 22)),
        columns=(23, 133),
        others=("wholebody", "coco_wholebody"),
    ),
    graph(
        "halpe26",
        "Halpe, its body and feet",
        f"{_COCO} head neck hip left_big_toe right_big_toe left_small_toe right_small_toe left_heel right_heel",
        (*_FACE, (0, 17), (0, 18), (18, 5), (18, 6), *_ARMS, (18, 19), (19, 11), (19, 12), *_LEGS,
         (15, 20), (15, 22), (15, 24), (16, 21), (16, 23), (16, 25)),
        columns=(26, 136),
        others=("halpe", "halpe136"),
    ),
    graph(
        "mpii16",
        "MPII",
        "right_ankle right_knee right_hip left_hip left_knee left_ankle pelvis thorax neck head_top "
        "right_wrist right_elbow right_shoulder left_shoulder left_elbow left_wrist",
        ((0, 1), (1, 2), (2, 6), (6, 3), (3, 4), (4, 5), (6, 7), (7, 8), (8, 9),
         (10, 11), (11, 12), (12, 7), (7, 13), (13, 14), (14, 15)),
        others=("mpii",),
    ),
    graph(
        "lsp14",
        "Leeds Sports Pose",
        "right_ankle right_knee right_hip left_hip left_knee left_ankle right_wrist right_elbow right_shoulder "
        "left_shoulder left_elbow left_wrist neck head_top",
        ((0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (6, 7), (7, 8), (8, 12), (12, 9), (9, 10), (10, 11), (12, 13),
         (8, 2), (9, 3)),
        others=("lsp",),
    ),
)  # fmt: skip
