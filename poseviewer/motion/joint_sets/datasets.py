"""Sets of data sets and programs with as many joints as others have: their formats name them, a count does not."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from poseviewer.motion.joint_sets.table import JointSet

_ARMS = "right_shoulder right_elbow right_wrist left_shoulder left_elbow left_wrist"
_LEGS = "right_hip right_knee right_ankle left_hip left_knee left_ankle"


def _chained(name: str, about: str, joints: str, chains: str, dims: Literal[2, 3]) -> JointSet:
    """A set whose bones are chains "a b c; d e" of its joints; one with @ stands for both sides."""
    names = tuple(joints.split())
    index = {joint: j for j, joint in enumerate(names)}
    edges: dict[tuple[int, int], None] = {}
    for chain in chains.split(";"):
        for side in ("left", "right"):
            links = [index[joint.replace("@", side)] for joint in chain.split()]
            edges |= dict.fromkeys(pairwise(links))
    return JointSet(name, about, names, None, tuple(edges), dims, ())


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
)
