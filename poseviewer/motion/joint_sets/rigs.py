"""Sets that motion capture is given out with as bare positions: KIT-ML and LAFAN1."""

from __future__ import annotations

from poseviewer.motion.joint_sets.table import JointSet, tree

SETS: tuple[JointSet, ...] = (
    tree(  # the Master Motor Map's BP, BT, BLN, BUN, LS, LE, LW, ..., LH, LK, LA, LMrot, LF (Terlemez et al. 2014)
        "kit21",
        "KIT-ML",
        "root pelvis torso neck head left_shoulder left_elbow left_wrist right_shoulder right_elbow right_wrist "
        "left_hip left_knee left_ankle left_foot left_toe right_hip right_knee right_ankle right_foot right_toe",
        (-1, 0, 1, 2, 3, 3, 5, 6, 3, 8, 9, 0, 11, 12, 13, 14, 0, 16, 17, 18, 19),
        others=("kit", "mmm"),
    ),
    tree(
        "lafan22",
        "LAFAN1",
        "Hips LeftUpLeg LeftLeg LeftFoot LeftToe RightUpLeg RightLeg RightFoot RightToe Spine Spine1 Spine2 Neck Head "
        "LeftShoulder LeftArm LeftForeArm LeftHand RightShoulder RightArm RightForeArm RightHand",
        (-1, 0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11, 12, 11, 14, 15, 16, 11, 18, 19, 20),
        others=("lafan1", "lafan"),
    ),
)
