"""Which joints of a motion are its body, and where its pelvis is: what is followed, measured as root and drawn.

Many rigs stand on a joint of the world, which stays at the origin, or goes along on the ground, while the hips walk
away from it. What leads from there to the hips is no bone.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from poseviewer.motion.skeleton import Skeleton

_STRETCH = 0.05  # of the body's height: no bone grows or shrinks by that
_LONGEST = 0.4  # of the body's height: no bone at the pelvis is that long
_ASKED = 200  # frames, spread over the motion, that tell


def body_joints(skeleton: Skeleton, positions: NDArray[np.floating]) -> NDArray[np.bool_]:
    """(J,) which joints of positions (F, J, D) belong to the body: all but those of the world above the pelvis."""
    body = np.ones(len(skeleton.joints), dtype=bool)
    if skeleton.parents is None:
        return body
    foot = skeleton.trunk_foot
    foot = _first_fork(skeleton) if foot is None else foot
    if foot == skeleton.root:
        return body
    some = positions[:: max(1, len(positions) // _ASKED)]
    height = _extent(some[:, _under(skeleton, foot)])
    for joint, parent in pairwise(skeleton.up_from(foot)):
        if not _is_bone(some, joint, parent, height):
            return _under(skeleton, joint)
    return body


def pelvis_path(skeleton: Skeleton, positions: NDArray[np.floating]) -> NDArray[np.floating]:
    """(F, D) of positions (F, J, D): midway between the hips, or the topmost joint of the body where it has no hips;
    the middle of the joints that are known where none is above the others.
    """
    left, right = skeleton.pelvis
    if left != right:
        return 0.5 * (positions[:, left] + positions[:, right])
    if skeleton.parents is None:
        known = np.isfinite(positions).all(axis=-1, keepdims=True)
        number = known.sum(axis=1)
        middle = np.where(known, positions, 0).sum(axis=1) / np.maximum(number, 1)
        return np.where(number > 0, middle, np.nan).astype(positions.dtype)
    body = body_joints(skeleton, positions)
    return positions[:, skeleton.root if body[skeleton.root] else int(np.argmax(body))]


def _first_fork(skeleton: Skeleton) -> int:
    """The first joint from the root on that does not have one child alone; the root where none follows."""
    children: list[list[int]] = [[] for _ in skeleton.joints]
    for joint, parent in enumerate(skeleton.parents or ()):
        if parent >= 0:
            children[parent].append(joint)
    joint = skeleton.root
    while len(children[joint]) == 1:
        joint = children[joint][0]
    return joint if children[joint] else skeleton.root


def _under(skeleton: Skeleton, top: int) -> NDArray[np.bool_]:
    """(J,) which joints are `top` or below it."""
    under = np.zeros(len(skeleton.joints), dtype=bool)
    for joint, parent in enumerate(skeleton.parents or ()):
        under[joint] = joint == top or (parent >= 0 and under[parent])
    return under


def _extent(points: NDArray[np.floating]) -> float:
    """Metres that poses (F, J, D) extend, median over those that are known."""
    points = points[np.asarray(np.isfinite(points)).all(axis=(1, 2))]
    return float(np.median(np.ptp(points, axis=1).max(axis=-1))) if len(points) else 0.0


def _is_bone(positions: NDArray[np.floating], joint: int, parent: int, height: float) -> bool:
    length = np.linalg.norm(positions[:, joint] - positions[:, parent], axis=-1)
    length = length[np.isfinite(length)]
    if not len(length) or height <= 0.0:
        return True
    return bool(np.ptp(length) <= _STRETCH * height and np.median(length) <= _LONGEST * height)
