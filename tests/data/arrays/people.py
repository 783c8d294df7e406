"""A person that walks, as arrays of positions without names."""

from __future__ import annotations

import numpy as np

from poseviewer.motion import kinematics, rotation
from poseviewer.motion.joint_sets import joint_set
from poseviewer.motion.joint_sets.smpl import mean_offsets

SMPL = joint_set("smpl22")


def person(frames: int = 40, seed: int = 0, steps: int = 20) -> np.ndarray:
    """(F, 22, 3) metres, y up: limbs swing, `steps` frames a step, and the body goes a metre and a half a second."""
    generator = np.random.default_rng(seed)
    phase = 2 * np.pi * (np.arange(frames) / steps + generator.uniform())
    swing = generator.normal(scale=0.3, size=(22, 3)) * np.array([1.0, 0.3, 0.3])
    angles = np.sin(phase)[:, None, None] * swing + generator.normal(scale=0.1, size=(22, 3))
    angles[:, 0, 1] = generator.uniform(-3, 3)  # which way it goes
    way = np.array([np.sin(angles[0, 0, 1]), 0.0, np.cos(angles[0, 0, 1])])
    root = np.array([0.0, 0.93, 0.0]) + np.arange(frames)[:, None] * 0.075 * way
    rotations = rotation.from_expmap(angles)
    assert SMPL.parents is not None
    return kinematics.forward(root, rotations, mean_offsets(SMPL.joints), SMPL.parents)
