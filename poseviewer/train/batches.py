"""Batches of motions to learn from, and other motions made of them: mirrored, turned, stretched, hidden, faster.

Arrays (B, F, J, D), D = 2 in the image or 3 in the world, NaN where a joint is unknown. `augment` has what one
clip at a time can be turned into on the way to a pose embedding.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array


def padded(motions: Sequence[Array], frames: int) -> tuple[Array, Array]:
    """Motions (F, J, D) as one array (B, frames, J, D), NaN after their ends, and which frames are theirs."""
    poses = np.full((len(motions), frames, *motions[0].shape[1:]), np.nan)
    known = np.zeros((len(motions), frames))
    for row, motion in enumerate(motions):
        poses[row, : len(motion)] = motion
        known[row, : len(motion)] = 1.0
    return poses, known


def warped(motion: Array, frames: int, draw: np.random.Generator, speed: float) -> Array:
    """`frames` frames, or fewer where it ends, of one motion (F, J, D), from a random one on, played at a random speed:
    1 / (1 + speed) to 1 + speed times as fast.
    """
    rate = (1.0 + speed) ** draw.uniform(-1.0, 1.0)
    count = int(np.floor((len(motion) - 1) / rate)) + 1
    first = int(draw.integers(0, max(count - frames, 0) + 1))
    at = np.minimum((first + np.arange(min(count, frames))) * rate, len(motion) - 1)
    low = at.astype(int)
    high = np.minimum(low + 1, len(motion) - 1)
    weight = (at - low)[:, None, None]
    return np.where(weight > 0, (1.0 - weight) * motion[low] + weight * motion[high], motion[low])


def mirrored(poses: Array, rows: NDArray[np.bool_], skeleton: Skeleton) -> Array:
    """The motions of some rows (B,) bool with left and right exchanged."""
    return np.where(rows[:, None, None, None], skeleton.mirrored(poses), poses)


def reshaped(poses: Array, draw: np.random.Generator, *, turn: float, stretch: float, shift: float) -> Array:
    """Each 2D motion turned in the image (standard deviation `turn`, radians), stretched along x and along y (logarithm
    of the factor, standard deviation `stretch`) and shifted (`shift`, image heights).
    """
    rows = len(poses)
    angle = draw.normal(0.0, turn, rows)
    c, s = np.cos(angle), np.sin(angle)
    rotation = np.stack([np.stack([c, -s], axis=-1), np.stack([s, c], axis=-1)], axis=1)
    factors = np.exp(draw.normal(0.0, stretch, (rows, 2)))
    places = draw.normal(0.0, shift, (rows, 1, 1, 2))
    return np.einsum("bij,bfkj->bfki", rotation * factors[:, None], poses) + places


def without_joints(poses: Array, draw: np.random.Generator, share: float) -> Array:
    """The motions with some joints hidden: each one, throughout, with probability `share`."""
    hidden = draw.random((len(poses), 1, poses.shape[2], 1)) < share
    return np.where(hidden, np.nan, poses)
