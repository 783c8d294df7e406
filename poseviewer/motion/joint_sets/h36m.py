"""Human3.6M (Ionescu et al., PAMI 2014): all 32 joints, and the 17 that do not coincide; HumanEva's, MPI-INF-3DHP's."""

from __future__ import annotations

from poseviewer.motion.joint_sets.table import JointSet, graph, tree
from poseviewer.motion.skeleton import bones_of

_HAND = "{0}Shoulder {0}Arm {0}ForeArm {0}Hand {0}HandThumb {0}HandThumb_End {0}WristEnd {0}WristEnd_End"
_LEG = "{0}UpLeg {0}Leg {0}Foot {0}ToeBase {0}ToeBase_End"

_HUMANEVA = (
    "pelvis", "thorax", "left_shoulder", "left_elbow", "left_wrist", "right_shoulder", "right_elbow", "right_wrist",
    "left_hip", "left_knee", "left_ankle", "right_hip", "right_knee", "right_ankle", "head",
)  # fmt: skip
_HUMANEVA_PARENTS = (-1, 0, 1, 2, 3, 1, 5, 6, 0, 8, 9, 0, 11, 12, 1)

SETS: tuple[JointSet, ...] = (
    tree(
        "h36m17",
        "Human3.6M, 17 joints",
        "pelvis right_hip right_knee right_ankle left_hip left_knee left_ankle spine thorax neck head "
        "left_shoulder left_elbow left_wrist right_shoulder right_elbow right_wrist",
        (-1, 0, 1, 2, 0, 4, 5, 0, 7, 8, 9, 8, 11, 12, 8, 14, 15),
        others=("h36m", "human36m"),
    ),
    tree(
        "h36m32",
        "Human3.6M, all 32 joints",
        f"Hips {_LEG.format('Right')} {_LEG.format('Left')} Spine Spine1 Neck Head Head_End "
        f"{_HAND.format('Left')} {_HAND.format('Right')}",
        (-1, 0, 1, 2, 3, 4, 0, 6, 7, 8, 9, 0, 11, 12, 13, 14,
         12, 16, 17, 18, 19, 20, 19, 22, 12, 24, 25, 26, 27, 28, 27, 30),
    ),
    JointSet(
        "humaneva15",
        "HumanEva, as VideoPose3D has it",
        _HUMANEVA,
        _HUMANEVA_PARENTS,
        bones_of(_HUMANEVA_PARENTS),
        3,
        (),  # AMP's humanoid has as many: the format says which
        ("humaneva",),
    ),
    graph(
        "mpi17",
        "MPI-INF-3DHP, the 17 joints of its test set",
        "head_top neck right_shoulder right_elbow right_wrist left_shoulder left_elbow left_wrist "
        "right_hip right_knee right_ankle left_hip left_knee left_ankle pelvis spine head",
        ((0, 16), (16, 1), (1, 2), (2, 3), (3, 4), (1, 5), (5, 6), (6, 7), (1, 15), (15, 14), (14, 8), (8, 9), (9, 10),
         (14, 11), (11, 12), (12, 13)),
        3,
        others=("3dhp17",),
    ),
    graph(
        "mpi28",
        "MPI-INF-3DHP, all 28 joints",
        "spine3 spine4 spine2 spine pelvis neck head head_top left_clavicle left_shoulder left_elbow left_wrist "
        "left_hand right_clavicle right_shoulder right_elbow right_wrist right_hand left_hip left_knee left_ankle "
        "left_foot left_toe right_hip right_knee right_ankle right_foot right_toe",
        ((4, 3), (3, 2), (2, 0), (0, 1), (1, 5), (5, 6), (6, 7), (5, 8), (8, 9), (9, 10), (10, 11), (11, 12),
         (5, 13), (13, 14), (14, 15), (15, 16), (16, 17), (4, 18), (18, 19), (19, 20), (20, 21), (21, 22),
         (4, 23), (23, 24), (24, 25), (25, 26), (26, 27)),
        3,
    ),
)  # fmt: skip
