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


_MIDDLE = (("right_hip", "left_hip"), ("right_shoulder", "left_shoulder"), ("pelvis", "chest"), ("chest", "neck"),
           ("neck", "head"))  # fmt: skip
_OF_A_SIDE = (("neck", "shoulder"), ("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"),
              ("ankle", "toe"))  # fmt: skip
_HIPS, _SHOULDERS, _BELLY, _SPINE, _HEAD = range(5)  # places of bones: _MIDDLE, then _OF_A_SIDE of the left, the right
_COLLAR, _ARM, _FOREARM, _THIGH, _SHIN, _FOOT = (np.array([k, k + 6]) for k in range(5, 11))
_SPINES, _HEADS = np.full(2, _SPINE), np.full(2, _HEAD)
_ACROSS, _BACKS, _UPPER, _LOWER = np.array([_HIPS, _SHOULDERS]), np.array([_BELLY, _SPINE]), np.r_[_THIGH, _ARM], _SHIN
_LIMBS = np.stack([_COLLAR, _ARM, _FOREARM, _THIGH, _SHIN, _FOOT, _SPINES, _HEADS], axis=1).ravel()
"""(2 LIMBS,) the bones of either side."""
_PARENTS = np.array([1, 1, 4, 0, 2, 6, 0, 1, 1, 1, 5, 0, 3, 7, 0, 1])
"""(2 LIMBS,) whose frames they are told in: of the pelvis, the chest, the thighs, the upper arms, the shins."""
_PAIR = np.arange(2)
_AXES, _TOLD = _PARENTS + 8 * np.arange(3)[:, None], np.tile(_LIMBS, (3, 1))
_MIRRORED = np.ones((1, 3, 2 * LIMBS))
_MIRRORED[:, 0, LIMBS:] = -1.0
_MIRRORED[..., LIMBS + 2] = 1.0, 1.0, -1.0  # the forearm, whose frame looks the other way
_PELVIS_X, _CHEST_Z = 0, 3  # places of axes beside each other, x of both and z of both
_BESIDE = np.array([_PELVIS_X, _PELVIS_X, _CHEST_Z, _CHEST_Z])  # what thighs and upper arms are turned by
_NEXT_LAST, _LAST_NEXT = np.array([[1, 2, 0], [2, 0, 1]]), np.array([[2, 0, 1], [1, 2, 0]])


def bone_directions(poses: Array, skeleton: Skeleton) -> Array:
    """(2, LIMBS, N, 3) of poses (N, J, 3) of the `humanoid`: the limbs of the left side, and those of the right
    mirrored: clavicle, upper arm, forearm, thigh, shin, foot; with the spine and the head in both.

    Thighs and spine in the pelvis' frame, arms and head in the chest's, shins and feet in the frame of the bone above.
    A forearm's is turned about the upper arm by the chest.
    """
    points, (first, second) = poses.transpose(2, 0, 1), _ends(skeleton)
    bones = _unit(points.take(second, 2) - points.take(first, 2))
    y_trunk = bones.take(_BACKS, 2)
    y_upper, y_lower = np.negative(bones.take(_UPPER, 2)), np.negative(bones.take(_LOWER, 2))
    x_trunk = _beside(bones.take(_ACROSS, 2), y_trunk)
    z_trunk = _cross(x_trunk, y_trunk)
    x_upper = _beside(np.concatenate([x_trunk, z_trunk], axis=2).take(_BESIDE, 2), y_upper)
    x_lower = _beside(x_upper.take(_PAIR, 2), y_lower)
    z_limbs = _cross(np.concatenate([x_upper, x_lower], axis=2), np.concatenate([y_upper, y_lower], axis=2))
    axes = np.concatenate([x_trunk, x_upper, x_lower, y_trunk, y_upper, y_lower, z_trunk, z_limbs], axis=2)
    told = np.add.reduce(axes.take(_AXES, 2) * bones.take(_TOLD, 2), axis=0) * _MIRRORED
    return told.reshape(len(poses), 3, 2, LIMBS).transpose(2, 3, 0, 1)


@lru_cache(maxsize=8)
def _ends(skeleton: Skeleton) -> NDArray[np.intp]:
    """(2, bones) the joints that the bones begin and end at."""
    sided = [[f"{side}_{joint}" if f"{side}_{joint}" in skeleton.joints else joint for joint in bone]
             for side in ("left", "right") for bone in _OF_A_SIDE]  # fmt: skip
    return np.array([[skeleton.joints.index(name) for name in ends] for ends in zip(*_MIDDLE, *sided, strict=True)])


def frame(across: Array, up: Array) -> Array:
    """(N, 3, 3) rows: x as near to `across` (N, 3) as y along `up` (N, 3) lets it, y, z."""
    y = _unit(up.T)
    x = _beside(across.T, y)
    return np.stack([x, y, _cross(x, y)]).transpose(2, 0, 1)


def _beside(across: Array, up: Array) -> Array:
    """(3, ...) of length 1, as near to `across` as what stands upright on `up`, of length 1, is."""
    return _unit(across - np.add.reduce(across * up, axis=0) * up)


def _cross(first: Array, second: Array) -> Array:
    products = first.take(_NEXT_LAST, 0) * second.take(_LAST_NEXT, 0)
    return products[0] - products[1]


def _unit(vectors: Array) -> Array:
    """(3, ...) of length 1 along vectors (3, ...)."""
    return vectors / np.maximum(np.sqrt(np.add.reduce(vectors * vectors, axis=0)), _TINY)
