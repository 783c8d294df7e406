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
    chain = skeleton.up_from(_first_fork(skeleton) if foot is None else foot)
    some = positions[:: max(1, len(positions) // _ASKED)]
    for joint, parent in pairwise(chain):
        if not _is_bone(some, joint, parent, _extent(some, skeleton, joint)):
            return np.array([joint in skeleton.up_from(other) for other in range(len(body))])
    return body


def pelvis_path(skeleton: Skeleton, positions: NDArray[np.floating]) -> NDArray[np.floating]:
    """(F, D) of positions (F, J, D): midway between the hips, or the topmost joint of the body where it has no hips."""
    left, right = skeleton.pelvis
    if left != right:
        return 0.5 * (positions[:, left] + positions[:, right])
    body = body_joints(skeleton, positions)
    return positions[:, skeleton.root if body[skeleton.root] else int(np.argmax(body))]


def _first_fork(skeleton: Skeleton) -> int:
    """The first joint from the root on that does not have one child alone; the root where none follows."""
    assert skeleton.parents is not None
    joint = skeleton.root
    while skeleton.parents.count(joint) == 1:
        joint = skeleton.parents.index(joint)
    return joint if skeleton.parents.count(joint) else skeleton.root


def _extent(positions: NDArray[np.floating], skeleton: Skeleton, top: int) -> float:
    """Metres that the joints at and below `top` extend, median over the frames."""
    below = [joint for joint in range(len(skeleton.joints)) if top in skeleton.up_from(joint)]
    points = positions[:, below]
    points = points[np.asarray(np.isfinite(points)).all(axis=(1, 2))]
    return float(np.median(np.ptp(points, axis=1).max(axis=-1))) if len(points) else 0.0


def _is_bone(positions: NDArray[np.floating], joint: int, parent: int, height: float) -> bool:
    length = np.linalg.norm(positions[:, joint] - positions[:, parent], axis=-1)
    length = length[np.isfinite(length)]
    if not len(length) or height <= 0.0:
        return True
    return bool(np.ptp(length) <= _STRETCH * height and np.median(length) <= _LONGEST * height)
