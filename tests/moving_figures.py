"""A little 2D dataset with two actions that are easy to tell apart, for tests of training and evaluation."""

from __future__ import annotations

import numpy as np

from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import PENN13

STANDING = np.array(
    [
        [0, 0.3], [0.06, 0.2], [-0.06, 0.2], [0.1, 0.1], [-0.1, 0.1], [0.1, 0], [-0.1, 0],
        [0.04, 0], [-0.04, 0], [0.04, -0.15], [-0.04, -0.15], [0.04, -0.3], [-0.04, -0.3],
    ]
)  # fmt: skip
"""(13, 2) a figure in the image, arms hanging."""
ARMS, LEGS = [3, 4, 5, 6], [9, 10, 11, 12]


def figures(count: int = 12, frames: int = 40, seed: int = 0) -> list[Clip]:
    """Figures that wave or that kick, here and there in the image, some of their joints hidden; every fourth one is a
    test clip."""
    draw = np.random.default_rng(seed)
    clips = []
    for number in range(count):
        action, joints = (("wave", ARMS), ("kick", LEGS))[number % 2]
        swing = 0.1 * np.sin(np.arange(frames) * draw.uniform(0.3, 0.6) + draw.uniform(0.0, 6.0))
        poses = np.repeat(STANDING[None], frames, axis=0)
        poses[:, joints, 0] += swing[:, None]
        poses = draw.uniform(0.5, 1.5) * poses + draw.normal(0.0, 0.2, 2) + draw.normal(0.0, 0.003, poses.shape)
        visible = draw.random((frames, 13)) > 0.05
        split = "test" if number % 8 in (6, 7) else "train"
        clips.append(
            Clip(PENN13, poses.astype(np.float32), 30.0, f"{number:03d}", visible=visible, action=action, split=split)
        )
    return clips
