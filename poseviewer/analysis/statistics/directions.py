"""Directions of limbs in the frames of their parents, and a grid of the sphere that they are counted on."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array

CELLS = 1000
LIMBS = 8
_TINY = 1e-8


def _grid() -> Array:
    """(CELLS, 3) evenly spread directions (a Fibonacci lattice: Gonzalez, 2010)."""
    index = np.arange(CELLS) + 0.5
    polar, around = np.arccos(1.0 - 2.0 * index / CELLS), np.pi * (1.0 + 5.0**0.5) * index
    made = np.stack([np.cos(around) * np.sin(polar), np.cos(polar), np.sin(around) * np.sin(polar)], axis=1)
    return np.asarray(made, dtype=np.float32)


GRID = _grid()


def nearest_cells(directions: Array) -> Array:
    """(K, N) the cells of directions (K, N, 3)."""
    return np.stack([(found.astype(np.float32) @ GRID.T).argmax(axis=1) for found in directions])


_MIDDLE = (("right_hip", "left_hip"), ("right_shoulder", "left_shoulder"), ("pelvis", "chest"), ("chest", "neck"))
_OF_A_SIDE = (("hip", "knee"), ("shoulder", "elbow"), ("knee", "ankle"), ("neck", "shoulder"), ("elbow", "wrist"),
              ("ankle", "toe"), ("neck", "head"))  # fmt: skip
_ACROSS, _BACKS, _UPPER, _LOWER = np.array([0, 1]), np.array([2, 3]), np.array([4, 5, 6, 7]), np.array([8, 9])
"""Of bones: _MIDDLE, then left and right _OF_A_SIDE."""
_THIGH, _ARM, _SHIN, _COLLAR, _FOREARM, _FOOT, _HEAD = (np.array([k, k + 1]) for k in range(4, 18, 2))
_TOLD = np.stack([_COLLAR, _ARM, _FOREARM, _THIGH, _SHIN, _FOOT, np.array([3, 3]), _HEAD], axis=1).ravel()
"""(2 LIMBS,) the bones of either side."""
_PARENTS = np.array([1, 1, 4, 0, 2, 6, 0, 1, 1, 1, 5, 0, 3, 7, 0, 1])
_AXES = _PARENTS + 8 * np.arange(3)[:, None]
"""(3, 2 LIMBS) x, y and z of the frames that they are told in: of the pelvis, the chest, the thighs, the upper arms,
the shins.
"""
_MIRRORED = np.ones((3, 2 * LIMBS, 1))
_MIRRORED[0, LIMBS:] = -1.0
_MIRRORED[:, LIMBS + 2, 0] = 1.0, 1.0, -1.0  # the forearm, whose frame looks the other way
_BESIDE, _THIGHS = np.array([0, 0, 3, 3]), np.array([0, 1])
"""What thighs and upper arms are turned by, among x and z of pelvis and chest; and thighs among limbs."""
_NEXT_LAST, _LAST_NEXT = np.array([[1, 2, 0], [2, 0, 1]]), np.array([[2, 0, 1], [1, 2, 0]])


def bone_directions(poses: Array, skeleton: Skeleton) -> Array:
    """(2, LIMBS, N, 3) of poses (N, J, 3) of the `humanoid`: the limbs of the left side, and those of the right
    mirrored: clavicle, upper arm, forearm, thigh, shin, foot; with the spine and the head in both.

    Thighs and spine in the pelvis' frame, arms and head in the chest's, shins and feet in the frame of the bone above.
    A forearm's is turned about the upper arm by the chest.
    """
    ends = poses.transpose(2, 1, 0).take(_ends(skeleton), 1)
    bones = _unit(ends[:, 1] - ends[:, 0])
    y_trunk, y_upper, y_lower = bones.take(_BACKS, 1), -bones.take(_UPPER, 1), -bones.take(_LOWER, 1)
    x_trunk = _beside(bones.take(_ACROSS, 1), y_trunk)
    z_trunk = _cross(x_trunk, y_trunk)
    x_upper = _beside(np.concatenate([x_trunk, z_trunk], axis=1).take(_BESIDE, 1), y_upper)
    x_lower = _beside(x_upper.take(_THIGHS, 1), y_lower)
    x_limbs, y_limbs = np.concatenate([x_upper, x_lower], axis=1), np.concatenate([y_upper, y_lower], axis=1)
    axes = np.concatenate([x_trunk, x_limbs, y_trunk, y_limbs, z_trunk, _cross(x_limbs, y_limbs)], axis=1)
    told = np.add.reduce(axes.take(_AXES, 1) * bones.take(_TOLD, 1)[:, None], axis=0) * _MIRRORED
    return told.reshape(3, 2, LIMBS, len(poses)).transpose(1, 2, 3, 0)


@lru_cache(maxsize=8)
def _ends(skeleton: Skeleton) -> NDArray[np.intp]:
    """(2, bones) the joints that the bones begin and end at."""
    sided = [[f"{side}_{joint}" if f"{side}_{joint}" in skeleton.joints else joint for joint in bone]
             for bone in _OF_A_SIDE for side in ("left", "right")]  # fmt: skip
    return np.array([[skeleton.joints.index(name) for name in ends] for ends in zip(*_MIDDLE, *sided, strict=True)])


def frame(across: Array, up: Array) -> Array:
    """(N, 3, 3) rows: x as near to `across` (N, 3) as y along `up` (N, 3) lets it, y, z."""
    y = _unit(up.T)
    x = _beside(across.T, y)
    return np.stack([x, y, _cross(x, y)]).transpose(2, 0, 1)


def _beside(across: Array, up: Array) -> Array:
    """(3, ...) of length 1, as near to `across` as what stands upright on `up`, of length 1, is."""
    return _unit(across - np.add.reduce(across * up) * up)


def _cross(first: Array, second: Array) -> Array:
    products = first.take(_NEXT_LAST, 0) * second.take(_LAST_NEXT, 0)
    return products[0] - products[1]


def _unit(vectors: Array) -> Array:
    """(3, ...) of length 1 along vectors (3, ...)."""
    length = np.add.reduce(vectors * vectors)
    return vectors / np.maximum(np.sqrt(length, out=length), _TINY, out=length)
