"""A stand-in for a rollout that nobody generated."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.motion.clip import Clip


class Made:
    """Poses (S, H, J, D) after a seed, told of as a Rollout's are."""

    latents = None

    def __init__(self, seed: Clip, poses: NDArray[Any], generator: Any = None, fps: float | None = None) -> None:
        self.seed, self.poses, self.generator, self.fps = seed, poses, generator, fps or seed.fps
        self.samples, self.length = poses.shape[:2]
        self.skeleton = seed.skeleton

    def shared(self, other: Made) -> int:
        """How many frames at the beginning are the same."""
        count = min(self.length, other.length)
        same = [np.array_equal(self.poses[:, k], other.poses[:, k]) for k in range(count)]
        return same.index(False) if False in same else count

    def poses_from(self, first: int, stop: int | None = None) -> NDArray[Any]:
        return self.poses[:, first:stop]

    def latents_from(self, first: int) -> None:
        return None
