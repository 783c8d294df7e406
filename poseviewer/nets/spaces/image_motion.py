"""Where a 2D pose stands, as three features of a generator's frame: root x and y, image heights, and the logarithm of
its size, image heights. The counterpart of root_motion in the image; a generator changes them from frame to frame.

They say where in the image a pose is, so that a network can learn that people stay in it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from poseviewer.nets.protocols import Array, Placement

SIZE = 3


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
