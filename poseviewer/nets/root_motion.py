"""How a root moves from frame to frame, as four features of a frame that say nothing of where and whither it stands.

Features (F, 4): velocity to the left and ahead, leg lengths a second, in the frame of the previous heading; turning
rate, radians a second; clearance, the height of the lowest joint over the floor, leg lengths.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from poseviewer.nets.pose_space import turn
from poseviewer.nets.protocols import Array, Placement

SIZE = 4
MIRROR = np.array([-1.0, 1.0, -1.0, 1.0])
_DEEPEST_STEP = -0.004  # leg lengths: 99 % of the CMU training frames lie higher over their clip's floor
_DEEPEST_FLOOR = 0.1  # metres: how far a clip's floor may lie from the world's, beyond that its body is in the air


def features(at: Placement, floor: float, fps: float) -> Array:
    """The root features (F, 4) of a clip's placements; frame 0 is given the motion of frame 1."""
    clearance = (at.root[:, 1] - floor) / at.scale
    if len(at) < 2:
        return np.stack([np.zeros(1), np.zeros(1), np.zeros(1), clearance], axis=1)
    step = turn(np.diff(at.root, axis=0), -at.yaw[:-1]) * fps / at.scale[1:, None]
    rate = wrapped(np.diff(at.yaw)) * fps
    motion = np.stack([step[:, 0], step[:, 2], rate], axis=1)
    return np.concatenate([np.concatenate([motion[:1], motion]), clearance[:, None]], axis=1)


def moved(at: Placement, motion: Array, floor: Array, fps: float) -> Placement:
    """The placements (B) one frame later, given the root features (B, 4) of that frame."""
    step = np.stack([motion[:, 0], np.zeros(len(motion)), motion[:, 1]], axis=1) * at.scale[:, None] / fps
    root = at.root + turn(step, at.yaw)
    root[:, 1] = floor + motion[:, 3] * at.scale
    return replace(at, root=root, yaw=wrapped(at.yaw + motion[:, 2] / fps))


def by_hand(motion: Array, at: Placement, floor: Array) -> Array:
    """The root features (B, 4) of a frame whose pose was put at `at` by hand: with its clearance."""
    motion = np.array(motion)
    motion[:, 3] = (at.root[:, 1] - floor) / at.scale
    return motion


def above_floor(motion: Array) -> Array:
    """Root features (B, 4) whose clearance does not let the body sink into the floor.

    For placing a body only: a network that is fed such features instead of its own moves less like a person (measured).
    """
    motion = np.array(motion)
    motion[:, 3] = np.maximum(motion[:, 3], _DEEPEST_STEP)
    return motion


def floor_of(at: Placement) -> float:
    """Height of the floor under a clip, metres: that of its lowest joints, where that is near the world's floor."""
    low = float(np.percentile(at.root[:, 1], 5))
    return float(np.clip(low, -_DEEPEST_FLOOR, _DEEPEST_FLOOR))


def wrapped(angle: Array) -> Array:
    """Angles in -pi..pi."""
    return (angle + np.pi) % (2.0 * np.pi) - np.pi
