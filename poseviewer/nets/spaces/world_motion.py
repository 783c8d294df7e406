"""How a root moves from frame to frame, as four features of a frame that say nothing of where and whither it stands.

Features (F, 4): velocity to the left and ahead, leg lengths a second, in the frame of the previous heading; turning
rate, radians a second; height over the floor, leg lengths. Classifiers read that of the lowest joint; generators make
that of the root joint, which moves more evenly: a pose that is a little wrong would lift or sink the whole body.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from poseviewer.nets.protocols import Array, Placement

SIZE = 4
DOCUMENT = {"height": "root joint"}
"""A generator of 3D motions says what its fourth root feature is the height of."""
_DEEPEST_STEP = -0.004  # leg lengths: 99 % of the CMU training frames lie higher over their clip's floor
_HIGHEST_FLOOR = 0.1  # metres: how far a clip's floor may lie over the world's, beyond that its body is in the air


def features(at: Placement, floor: float, fps: float, height: Array | float = 0.0) -> Array:
    """The root features (F, 4) of a clip's placements; frame 0 is given the motion of frame 1. height (F,): metres,
    that of the root joint over the lowest one, or 0 for features of the lowest one.
    """
    over = (at.root[:, 1] + height - floor) / at.scale
    if len(at) < 2:
        return np.stack([np.zeros(1), np.zeros(1), np.zeros(1), over], axis=1)
    step = turn(np.diff(at.root, axis=0), -at.yaw[:-1]) * fps / at.scale[1:, None]
    rate = wrapped(np.diff(at.yaw)) * fps
    motion = np.stack([step[:, 0], step[:, 2], rate], axis=1)
    return np.concatenate([np.concatenate([motion[:1], motion]), over[:, None]], axis=1)


def moved(at: Placement, motion: Array, floor: Array, fps: float, height: Array | float = 0.0) -> Placement:
    """The placements (B) one frame later, given the root features (B, 4) of that frame and the height (B,) of its root
    joint over its lowest one. No body sinks into the floor; the features themselves are not to be changed for that: a
    network that is fed such features instead of its own moves less like a person (measured).
    """
    step = np.stack([motion[:, 0], np.zeros(len(motion)), motion[:, 1]], axis=1) * at.scale[:, None] / fps
    root = at.root + turn(step, at.yaw)
    root[:, 1] = floor + np.maximum(motion[:, 3] * at.scale - height, _DEEPEST_STEP * at.scale)
    return replace(at, root=root, yaw=wrapped(at.yaw + motion[:, 2] / fps))


def by_hand(motion: Array, at: Placement, floor: Array, height: Array | float = 0.0) -> Array:
    """The root features (B, 4) of a frame whose pose was put at `at` by hand: with its own height."""
    motion = np.array(motion)
    motion[:, 3] = (at.root[:, 1] + height - floor) / at.scale
    return motion


def floor_of(at: Placement) -> float:
    """Height of the floor under a clip, metres: that of its lowest joints, where they do not hang in the air.

    No body stands under the world's floor: where a file counts heights from the hips, its floor lies a metre down.
    """
    return min(float(np.percentile(at.root[:, 1], 5)), _HIGHEST_FLOOR)


def path(at: Placement, known: NDArray[np.bool_], fps: float) -> Array:
    """The root features (F, 4) of a whole clip's placements, with the height of the lowest joint."""
    return features(at, floor_of(at), fps)


def turn(vectors: Array, yaw: Array) -> Array:
    """Vectors (B, ..., 3) turned about y by yaw (B,) radians, +z towards +x."""
    shape = (len(yaw),) + (1,) * (vectors.ndim - 2)
    c, s = np.cos(yaw).reshape(shape), np.sin(yaw).reshape(shape)
    x, z = vectors[..., 0], vectors[..., 2]
    turned = np.array(vectors, dtype=np.result_type(vectors, c))
    turned[..., 0], turned[..., 2] = c * x + s * z, c * z - s * x
    return turned


def wrapped(angle: Array) -> Array:
    """Angles in -pi..pi."""
    return (angle + np.pi) % (2.0 * np.pi) - np.pi
