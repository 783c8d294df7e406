"""The joints of the SMPL family (Loper et al., SIGGRAPH Asia 2015; Romero et al. 2017; Pavlakos et al., CVPR 2019).

`mean_offsets` are the mean body's, rounded: an approximation of anybody's lengths. Fingers are drawn flat, as at rest.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from poseviewer.motion.joint_sets.table import JointSet, tree

_BODY = (
    "pelvis left_hip right_hip spine1 left_knee right_knee spine2 left_ankle right_ankle spine3 left_foot right_foot "
    "neck left_collar right_collar head left_shoulder right_shoulder left_elbow right_elbow left_wrist right_wrist"
)
_BODY_PARENTS = (-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19)
_FINGERS = ("index", "middle", "pinky", "ring", "thumb")


def _fingers(side: str) -> str:
    return " ".join(f"{side}_{finger}{bone}" for finger in _FINGERS for bone in (1, 2, 3))


def _finger_parents(wrist: int, first: int) -> tuple[int, ...]:
    return tuple(wrist if bone == 0 else first + 3 * finger + bone - 1 for finger in range(5) for bone in range(3))


_SURFACE = (
    "nose right_eye left_eye right_ear left_ear left_big_toe left_small_toe left_heel right_big_toe right_small_toe "
    "right_heel left_thumb left_index left_middle left_ring left_pinky "
    "right_thumb right_index right_middle right_ring right_pinky"
)
_SURFACE_PARENTS = (15, 24, 24, 25, 26, 10, 10, 7, 11, 11, 8, *[22] * 5, *[23] * 5)

SMPL22 = tree("smpl22", "SMPL's body joints, HumanML3D", _BODY, _BODY_PARENTS, others=("humanml3d", "t2m"))
SMPL24 = tree("smpl24", "SMPL", f"{_BODY} left_hand right_hand", (*_BODY_PARENTS, 20, 21), others=("smpl",))
SMPL45 = tree(
    "smpl45",
    "SMPL with face, feet and finger tips, as smplx gives it",
    f"{_BODY} left_hand right_hand {_SURFACE}",
    (*_BODY_PARENTS, 20, 21, *_SURFACE_PARENTS),
)
SMPLH52 = tree(
    "smplh52",
    "SMPL-H: body and hands",
    f"{_BODY} {_fingers('left')} {_fingers('right')}",
    (*_BODY_PARENTS, *_finger_parents(20, 22), *_finger_parents(21, 37)),
    columns=(52, 73),
    others=("smplh",),
)
SMPLX55 = tree(
    "smplx55",
    "SMPL-X: body, jaw, eyes and hands",
    f"{_BODY} jaw left_eye right_eye {_fingers('left')} {_fingers('right')}",
    (*_BODY_PARENTS, 15, 15, 15, *_finger_parents(20, 25), *_finger_parents(21, 40)),
    columns=(55, 127, 144),
    others=("smplx",),
)
SETS: tuple[JointSet, ...] = (SMPL22, SMPL24, SMPL45, SMPLH52, SMPLX55)

PELVIS = (0.0, -0.225, 0.03)
"""Where the mean body's pelvis lies in the model's own frame, metres: a file's translation is added to it."""
PELVIS_OF_SMPLX = (0.0, -0.35, 0.01)

_MEAN = {  # x to the body's left, y up, z forwards; metres in the parent's frame at rest
    "pelvis": (0.0, 0.0, 0.0),
    "left_hip": (0.07, -0.09, -0.005),
    "right_hip": (-0.07, -0.09, -0.005),
    "spine1": (0.0, 0.11, -0.025),
    "left_knee": (0.035, -0.375, -0.005),
    "right_knee": (-0.04, -0.385, -0.01),
    "spine2": (0.005, 0.135, 0.0),
    "left_ankle": (-0.015, -0.4, -0.045),
    "right_ankle": (0.015, -0.4, -0.04),
    "spine3": (0.0, 0.055, 0.025),
    "left_foot": (0.025, -0.055, 0.12),
    "right_foot": (-0.025, -0.05, 0.125),
    "neck": (-0.005, 0.215, -0.045),
    "left_collar": (0.08, 0.12, -0.035),
    "right_collar": (-0.08, 0.12, -0.04),
    "head": (0.005, 0.065, 0.05),
    "left_shoulder": (0.09, 0.03, -0.01),
    "right_shoulder": (-0.095, 0.035, -0.01),
    "left_elbow": (0.26, -0.015, -0.03),
    "right_elbow": (-0.255, -0.015, -0.02),
    "left_wrist": (0.25, 0.01, 0.0),
    "right_wrist": (-0.255, 0.01, -0.005),
    "left_hand": (0.085, -0.01, -0.015),
    "right_hand": (-0.085, -0.005, -0.01),
    "jaw": (0.0, -0.015, 0.015),
    "left_eye": (0.03, 0.07, 0.07),
    "right_eye": (-0.03, 0.07, 0.07),
    "left_index1": (0.1, -0.01, 0.02),
    "left_index2": (0.032, 0.002, 0.003),
    "left_index3": (0.022, -0.002, 0.0),
    "left_middle1": (0.108, -0.008, -0.004),
    "left_middle2": (0.03, 0.0, -0.004),
    "left_middle3": (0.024, -0.002, -0.004),
    "left_pinky1": (0.083, -0.016, -0.044),
    "left_pinky2": (0.016, -0.001, -0.012),
    "left_pinky3": (0.016, -0.002, -0.011),
    "left_ring1": (0.096, -0.011, -0.027),
    "left_ring2": (0.028, 0.002, -0.005),
    "left_ring3": (0.023, -0.002, -0.007),
    "left_thumb1": (0.04, -0.02, 0.026),
    "left_thumb2": (0.017, 0.001, 0.025),
    "left_thumb3": (0.02, -0.005, 0.016),
}


def mean_offsets(joints: tuple[str, ...]) -> NDArray[np.float64]:
    """(J, 3) metres: the mean body's offsets of joints of this family; right fingers mirror the left ones."""
    sides = np.array([-1.0, 1.0, 1.0])
    return np.array(
        [_MEAN[joint] if joint in _MEAN else sides * _MEAN[joint.replace("right_", "left_")] for joint in joints]
    )
