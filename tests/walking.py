"""A synthetic walk of the `humanoid`, on rigid bones, for tests of what judges motion."""

from __future__ import annotations

import numpy as np

from poseviewer.motion.skeleton import HUMANOID
from poseviewer.nets.protocols import Array

_REST = {
    "chest": (0.0, 0.25, 0.0), "neck": (0.0, 0.25, 0.0), "head": (0.0, 0.15, 0.02),
    "left_hip": (0.1, 0.0, 0.0), "left_knee": (0.0, -0.42, 0.0), "left_ankle": (0.0, -0.42, 0.0),
    "left_toe": (0.0, -0.05, 0.13), "right_hip": (-0.1, 0.0, 0.0), "right_knee": (0.0, -0.42, 0.0),
    "right_ankle": (0.0, -0.42, 0.0), "right_toe": (0.0, -0.05, 0.13),
    "left_shoulder": (0.18, 0.2, 0.0), "left_elbow": (0.0, -0.3, 0.0), "left_wrist": (0.0, -0.25, 0.0),
    "right_shoulder": (-0.18, 0.2, 0.0), "right_elbow": (0.0, -0.3, 0.0), "right_wrist": (0.0, -0.25, 0.0),
}  # fmt: skip
"""Metres from the parent."""
_SWINGS = {
    "left_knee": (0.5, 0.0), "left_ankle": (0.6, 0.3), "right_knee": (0.5, 0.5), "right_ankle": (0.6, 0.8),
    "left_elbow": (0.5, 0.5), "left_wrist": (0.7, 0.5), "right_elbow": (0.5, 0.0), "right_wrist": (0.7, 0.0),
}  # fmt: skip
"""Radians about x, and where in the stride it begins."""


def walk(frames: int, speed: float = 1.2, stride: float = 1.05, uneven: float = 0.15) -> Array:
    """(frames, 18, 3) metres, y up, along z at `speed` m/s; a stride takes so many seconds, each a little other."""
    time = np.arange(frames) / 30.0
    phase = time / stride + uneven * np.sin(1.7 * time) / 3.0
    at = np.zeros((frames, 18, 3))
    at[:, 0, 1] = 0.93 + 0.02 * np.sin(4.0 * np.pi * phase)
    at[:, 0, 2] = speed * time
    for j, name in enumerate(HUMANOID.joints):
        if not j:
            continue
        size, begin = _SWINGS.get(name, (0.0, 0.0))
        angle = size * np.sin(2.0 * np.pi * (phase + begin)) * (1.0 + uneven * np.sin(0.9 * time))
        x, y, z = _REST[name]
        c, s = np.cos(angle), np.sin(angle)
        at[:, j] = at[:, HUMANOID.parents[j]] + np.stack([x + 0.0 * c, c * y - s * z, s * y + c * z], axis=1)
    return at
