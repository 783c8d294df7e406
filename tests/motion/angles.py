from __future__ import annotations

import numpy as np

from poseviewer.motion.rotation import conjugate, multiply


def angle_between(a, b):
    """The angle (...) in radians between two rotations given as unit quaternions, exact also for tiny angles."""
    delta = multiply(conjugate(a), b)
    return 2.0 * np.arctan2(np.linalg.norm(delta[..., 1:], axis=-1), np.abs(delta[..., 0]))
