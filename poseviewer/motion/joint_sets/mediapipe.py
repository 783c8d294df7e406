"""MediaPipe's pose landmarks (BlazePose, Bazarevsky et al. 2020), and a hand as MediaPipe and OpenPose have it."""

from __future__ import annotations

from poseviewer.motion.joint_sets.table import JointSet, graph, tree

_FINGERS = " ".join(f"{finger}{bone}" for finger in ("thumb", "index", "middle", "ring", "pinky") for bone in "1234")

SETS: tuple[JointSet, ...] = (
    graph(
        "mediapipe33",
        "MediaPipe Pose",
        "nose left_eye_inner left_eye left_eye_outer right_eye_inner right_eye right_eye_outer left_ear right_ear "
        "mouth_left mouth_right left_shoulder right_shoulder left_elbow right_elbow left_wrist right_wrist "
        "left_pinky right_pinky left_index right_index left_thumb right_thumb left_hip right_hip left_knee right_knee "
        "left_ankle right_ankle left_heel right_heel left_foot_index right_foot_index",
        ((0, 1), (1, 2), (2, 3), (3, 7), (0, 4), (4, 5), (5, 6), (6, 8), (9, 10), (11, 12), (11, 13), (13, 15),
         (15, 17), (15, 19), (15, 21), (17, 19), (12, 14), (14, 16), (16, 18), (16, 20), (16, 22), (18, 20),
         (11, 23), (12, 24), (23, 24), (23, 25), (25, 27), (27, 29), (29, 31), (27, 31),
         (24, 26), (26, 28), (28, 30), (30, 32), (28, 32)),
        columns=(33, 75, 543, 553),  # with hands and face after them
        others=("mediapipe", "blazepose"),
    ),
    tree(
        "hand21",
        "one hand",
        f"wrist {_FINGERS}",
        tuple(-1 if j == 0 else 0 if j % 4 == 1 else j - 1 for j in range(21)),
        others=("hand",),
    ),
)  # fmt: skip
