"""Directions of limbs in the frames of their parents, and a grid of the sphere that they are counted on."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from poseviewer.analysis.known import norms
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
_LIMBS = np.stack([_COLLAR, _ARM, _FOREARM, _THIGH, _SHIN, _FOOT, _SPINES, _HEADS], axis=1)
"""(2, LIMBS) the bones of either side."""
_PARENTS = np.array([[1, 1, 4, 0, 2, 6, 0, 1], [1, 1, 5, 0, 3, 7, 0, 1]])
"""(2, LIMBS) whose frames they are told in: of the pelvis, the chest, the thighs, the upper arms, the shins."""
_MIRRORED = np.ones((2, LIMBS, 3))
_MIRRORED[1, :, 0] = -1.0
_MIRRORED[1, 2] = 1.0, 1.0, -1.0  # the forearm, whose frame looks the other way
_NEXT, _LAST = np.array([1, 2, 0]), np.array([2, 0, 1])


def bone_directions(poses: Array, skeleton: Skeleton) -> Array:
    """(2, LIMBS, N, 3) of poses (N, J, 3) of the `humanoid`: the limbs of the left side, and those of the right
    mirrored: clavicle, upper arm, forearm, thigh, shin, foot; with the spine and the head in both.

    Thighs and spine in the pelvis' frame, arms and head in the chest's, shins and feet in the frame of the bone above.
    A forearm's is turned about the upper arm by the chest.
    """
    first, second = _ends(skeleton)
    bones = _unit(poses.take(second, 1) - poses.take(first, 1))
    frames = np.empty((len(poses), 8, 3, 3))
    frames[:, :2] = _frame(bones.take([_HIPS, _SHOULDERS], 1), bones.take([_BELLY, _SPINE], 1))
    across = frames[:, [0, 0, 1, 1], [0, 0, 2, 2]]  # x of the pelvis for the thighs, z of the chest for the upper arms
    frames[:, 2:6] = _frame(across, -bones.take([*_THIGH, *_ARM], 1))
    frames[:, 6:] = _frame(frames[:, 2:4, 0], -bones.take(_SHIN, 1))
    told = np.einsum("nskij,nskj->nski", frames.take(_PARENTS, 1), bones.take(_LIMBS, 1)) * _MIRRORED
    return told.transpose(1, 2, 0, 3)


@lru_cache(maxsize=8)
def _ends(skeleton: Skeleton) -> tuple[list[int], list[int]]:
    """The joints that the bones begin and end at."""
    sided = [[f"{side}_{joint}" if f"{side}_{joint}" in skeleton.joints else joint for joint in bone]
             for side in ("left", "right") for bone in _OF_A_SIDE]  # fmt: skip
    first, second = zip(*_MIDDLE, *sided, strict=True)
    return [skeleton.joints.index(name) for name in first], [skeleton.joints.index(name) for name in second]


def frame(across: Array, up: Array) -> Array:
    """(..., 3, 3) rows: x as near to `across` (..., 3) as y along `up` (..., 3) lets it, y, z."""
    return _frame(across, _unit(up))


def _frame(across: Array, up: Array) -> Array:
    """up: of length 1."""
    x = _unit(across - np.add.reduce(across * up, axis=-1, keepdims=True) * up)
    made = np.empty((*x.shape[:-1], 3, 3))
    made[..., 0, :], made[..., 1, :] = x, up
    made[..., 2, :] = x.take(_NEXT, -1) * up.take(_LAST, -1) - x.take(_LAST, -1) * up.take(_NEXT, -1)
    return made


def _unit(vectors: Array) -> Array:
    return vectors / np.maximum(norms(vectors), _TINY)[..., None]
