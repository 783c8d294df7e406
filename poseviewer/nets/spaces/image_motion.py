"""Where a 2D pose stands, as three features of a generator's frame: root x and y, image heights, and the logarithm of
its size, image heights. The counterpart of world_motion in the image; a generator changes them from frame to frame.

They say where in the image a pose is, so that a network can learn that people stay in it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from poseviewer.nets.protocols import Array, Placement

SIZE = 3
DOCUMENT: dict[str, str] = {}
_SCALE_WEIGHT = 3.0  # a clip's size changes by about a third; the other numbers have a deviation near 1


def features(at: Placement, floor: float, fps: float, height: Array | float = 0.0) -> Array:
    """The features (F, 3) of a clip's placements."""
    return np.concatenate([at.root, np.log(at.scale)[:, None]], axis=1)


def moved(at: Placement, motion: Array, floor: Array, fps: float, height: Array | float = 0.0) -> Placement:
    """The placements (B) of a frame with the features (B, 3)."""
    motion = np.asarray(motion, dtype=np.float64)
    return replace(at, root=motion[:, :2], scale=np.exp(motion[:, 2]))


def by_hand(motion: Array, at: Placement, floor: Array, height: Array | float = 0.0) -> Array:
    """The features (B, 3) of a frame whose pose was put at `at` by hand."""
    return features(at, 0.0, 0.0)


def floor_of(at: Placement) -> float:
    """There is no floor in an image."""
    return 0.0


def path(at: Placement, known: NDArray[np.bool_], fps: float) -> Array:
    """(F, 3) root and logarithm of the size relative to the clip's mean and size, 0 in frames without a known joint."""
    path = np.zeros((len(at), SIZE))
    if known.any():
        size = np.exp(np.log(at.scale[known]).mean())
        path[known, :2] = (at.root[known] - at.root[known].mean(axis=0)) / size
        path[known, 2] = _SCALE_WEIGHT * np.log(at.scale[known] / size)
    return path
