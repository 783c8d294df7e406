"""Directions of limbs in the frames of their parents, and a grid of the sphere that they are counted on."""

from __future__ import annotations

import numpy as np

from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array
from poseviewer.nets.spaces.world import unit

CELLS = 1000
LIMBS = 8


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


def bone_directions(poses: Array, skeleton: Skeleton) -> tuple[Array, Array]:
    """Of poses (N, J, 3) of the `humanoid` two times (K, N, 3): the limbs of the left side, and those of the right
    mirrored: clavicle, upper arm, forearm, thigh, shin, foot; with the spine and the head in both.

    Thighs and spine in the pelvis' frame, arms and head in the chest's, shins and feet in the frame of the bone above.
    A forearm's is turned about the upper arm by the chest.
    """
    at = {name: poses[:, j] for j, name in enumerate(skeleton.joints)}
    pelvis = frame(at["left_hip"] - at["right_hip"], at["chest"] - at["pelvis"])
    chest = frame(at["left_shoulder"] - at["right_shoulder"], at["neck"] - at["chest"])
    return _side(at, "left", pelvis, chest, 1.0), _side(at, "right", pelvis, chest, -1.0)


def _side(at: dict[str, Array], side: str, pelvis: Array, chest: Array, sign: float) -> Array:
    mirror, turned = np.array([sign, 1.0, 1.0]), np.array([1.0, 1.0, sign])

    def bone(first: str, second: str) -> Array:
        return unit(at[f"{side}_{second}"] - at[f"{side}_{first}"])

    thigh, shin, upper = bone("hip", "knee"), bone("knee", "ankle"), bone("shoulder", "elbow")
    knee = frame(pelvis[:, 0], -thigh)
    ankle = frame(knee[:, 0], -shin)
    elbow = frame(chest[:, 2], -upper)
    return np.stack(
        [
            _within(chest, unit(at[f"{side}_shoulder"] - at["neck"])) * mirror,
            _within(chest, upper) * mirror,
            _within(elbow, bone("elbow", "wrist")) * turned,
            _within(pelvis, thigh) * mirror,
            _within(knee, shin) * mirror,
            _within(ankle, bone("ankle", "toe")) * mirror,
            _within(pelvis, unit(at["neck"] - at["chest"])) * mirror,
            _within(chest, unit(at["head"] - at["neck"])) * mirror,
        ]
    )


def frame(across: Array, up: Array) -> Array:
    """(N, 3, 3) rows: x as near to `across` (N, 3) as y along `up` (N, 3) lets it, y, z."""
    y = unit(up)
    x = unit(across - (across * y).sum(axis=-1, keepdims=True) * y)
    return np.stack([x, y, np.cross(x, y)], axis=1)


def _within(axes: Array, vectors: Array) -> Array:
    return np.einsum("nij,nj->ni", axes, vectors)
