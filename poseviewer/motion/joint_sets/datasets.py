"""Sets of data sets and programs with as many joints as others have: their formats name them, a count does not.

Those of motion prediction stand in plain arrays, and are told by count and bones: LTD, HisRepItself, siMLPe and others
leave out the joints that do not move in a body whose root is fixed, the hips among them.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from poseviewer.motion.joint_sets.smpl import SMPL24
from poseviewer.motion.joint_sets.table import JointSet

_ARMS = "right_shoulder right_elbow right_wrist left_shoulder left_elbow left_wrist"
_SMPL = SMPL24.joints
_LEGS = "right_hip right_knee right_ankle left_hip left_knee left_ankle"


def _chained(
    name: str, about: str, joints: str, chains: str, dims: Literal[2, 3], columns: tuple[int, ...] = ()
) -> JointSet:
    """A set whose bones are chains "a b c; d e" of its joints; one with @ stands for both sides."""
    names = tuple(joints.split())
    index = {joint: j for j, joint in enumerate(names)}
    edges: dict[tuple[int, int], None] = {}
    for chain in chains.split(";"):
        for side in ("left", "right"):
            links = [index[joint.replace("@", side)] for joint in chain.split()]
            edges |= dict.fromkeys(pairwise(links))
    return JointSet(name, about, names, None, tuple(edges), dims, columns)


SETS: tuple[JointSet, ...] = (
    _chained(
        "mpi15",
        "OpenPose MPI",
        f"head neck {_ARMS} {_LEGS} chest",
        "chest neck head; neck @_shoulder @_elbow @_wrist; chest @_hip @_knee @_ankle",
        2,
    ),
    _chained(
        "panoptic15",
        "CMU Panoptic, before 2016",
        "neck head_top pelvis left_shoulder left_elbow left_wrist left_hip left_knee left_ankle "
        "right_shoulder right_elbow right_wrist right_hip right_knee right_ankle",
        "pelvis neck head_top; neck @_shoulder @_elbow @_wrist; pelvis @_hip @_knee @_ankle",
        3,
    ),
    _chained(
        "spin24",
        "SPIN, joints of its data sets",
        "right_ankle right_knee right_hip left_hip left_knee left_ankle right_wrist right_elbow right_shoulder "
        "left_shoulder left_elbow left_wrist neck head_top pelvis thorax spine jaw head "
        "nose left_eye right_eye left_ear right_ear",
        "pelvis spine neck jaw head; neck head_top; thorax neck; neck @_shoulder @_elbow @_wrist; "
        "pelvis @_hip @_knee @_ankle; head nose @_eye @_ear",
        3,
    ),
    _chained(
        "h36m22",
        "Human3.6M, the 22 joints of motion prediction",
        "right_knee right_ankle right_toe right_toe_end left_knee left_ankle left_toe left_toe_end "
        "spine neck head head_top left_shoulder left_elbow left_wrist left_thumb left_hand "
        "right_shoulder right_elbow right_wrist right_thumb right_hand",
        "spine @_knee @_ankle @_toe @_toe_end; spine neck head head_top; neck @_shoulder @_elbow @_wrist @_hand; "
        "@_wrist @_thumb",
        3,
        columns=(22,),
    ),
    _chained(
        "smpl18",
        "SMPL, the 18 joints of motion prediction",
        " ".join(_SMPL[4:22]),
        "spine2 @_knee @_ankle @_foot; spine2 spine3 neck head; spine3 @_collar @_shoulder @_elbow @_wrist",
        3,
        columns=(18,),
    ),
    _chained(
        "smpl23",
        "SMPL without its pelvis, as motion prediction has 3DPW",
        " ".join(_SMPL[1:24]),
        "spine1 @_hip @_knee @_ankle @_foot; spine1 spine2 spine3 neck head; "
        "spine3 @_collar @_shoulder @_elbow @_wrist @_hand",
        3,
        columns=(23,),
    ),
)
