"""What depth cameras see: Kinect v1 (20 joints), v2 as NTU RGB+D has it (Shahroudy et al., CVPR 2016), Azure Kinect."""

from __future__ import annotations

from poseviewer.motion.joint_sets.table import JointSet, graph, tree

SETS: tuple[JointSet, ...] = (
    graph(
        "ntu25",
        "Kinect v2, NTU RGB+D",
        "spine_base spine_mid neck head shoulder_left elbow_left wrist_left hand_left "
        "shoulder_right elbow_right wrist_right hand_right hip_left knee_left ankle_left foot_left "
        "hip_right knee_right ankle_right foot_right spine_shoulder "
        "hand_tip_left thumb_left hand_tip_right thumb_right",
        ((0, 1), (1, 20), (20, 2), (2, 3), (20, 4), (4, 5), (5, 6), (6, 7), (20, 8), (8, 9), (9, 10), (10, 11),
         (0, 12), (12, 13), (13, 14), (14, 15), (0, 16), (16, 17), (17, 18), (18, 19),
         (7, 21), (7, 22), (11, 23), (11, 24)),
        3,
        others=("ntu", "kinect2"),
    ),
    tree(
        "kinect20",
        "Kinect v1",
        "hip_center spine shoulder_center head shoulder_left elbow_left wrist_left hand_left "
        "shoulder_right elbow_right wrist_right hand_right hip_left knee_left ankle_left foot_left "
        "hip_right knee_right ankle_right foot_right",
        (-1, 0, 1, 2, 2, 4, 5, 6, 2, 8, 9, 10, 0, 12, 13, 14, 0, 16, 17, 18),
    ),
    tree(
        "kinect32",
        "Azure Kinect",
        "pelvis spine_navel spine_chest neck clavicle_left shoulder_left elbow_left wrist_left hand_left hand_tip_left "
        "thumb_left clavicle_right shoulder_right elbow_right wrist_right hand_right hand_tip_right thumb_right "
        "hip_left knee_left ankle_left foot_left hip_right knee_right ankle_right foot_right "
        "head nose eye_left ear_left eye_right ear_right",
        (-1, 0, 1, 2, 2, 4, 5, 6, 7, 8, 7, 2, 11, 12, 13, 14, 15, 14, 0, 18, 19, 20, 0, 22, 23, 24,
         3, 26, 26, 26, 26, 26),
    ),
)  # fmt: skip
