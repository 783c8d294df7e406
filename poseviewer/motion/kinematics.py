"""Forward kinematics."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from poseviewer.motion import rotation
from poseviewer.motion.rotation import Array


def forward(
    root: ArrayLike,
    rotations: ArrayLike,
    offsets: ArrayLike,
    parents: tuple[int, ...],
    moving: Mapping[int, Array] | None = None,
) -> Array:
    """World joint positions (F, J, 3) in metres.

    root (F, 3): the root joint's world position; rotations (F, J, 4): unit quaternions w, x, y, z, each local to its
    parent's frame, the root's in the world; offsets (J, 3): each joint's place in its parent's frame, metres;
    parents (J,): -1 for the root, otherwise an earlier joint. moving: places (F, 3) of the joints that move in their
    parent's frame, in the place of their offsets.
    """
    root, offsets = np.asarray(root, dtype=np.float64), np.asarray(offsets, dtype=np.float64)
    rotations = np.asarray(rotations, dtype=np.float64)
    frames, joints = rotations.shape[:2]
    positions = np.empty((frames, joints, 3))
    places = moving or {}
    turned: list[Array] = []
    for joint, parent in enumerate(parents):
        if parent < 0:
            turned.append(rotations[:, joint])
            positions[:, joint] = root
            continue
        turned.append(rotation.multiply(turned[parent], rotations[:, joint]))
        positions[:, joint] = positions[:, parent] + rotation.rotate(turned[parent], places.get(joint, offsets[joint]))
    return positions


def rest_positions(offsets: Array, parents: tuple[int, ...]) -> Array:
    """Where the joints (J, 3) of a skeleton at rest are, in the unit of its offsets (J, 3)."""
    rest = np.zeros((len(parents), 3))
    for joint, parent in enumerate(parents):
        rest[joint] = offsets[joint] + (rest[parent] if parent >= 0 else 0.0)
    return rest


def rest_extent(offsets: Array, parents: tuple[int, ...]) -> float:
    """The largest side of the box around a skeleton at rest, in the unit of its offsets (J, 3)."""
    return float(np.ptp(rest_positions(offsets, parents), axis=0).max())
