"""A stand-in for a rollout that nobody generated."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.motion.clip import Clip
from poseviewer.nets.protocols import Step


class Made:
    """Poses (S, H, J, D) after a seed, told of as a Rollout's are."""

    latents, sample = None, 0

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

    def poses_of(self, sample: int, first: int = 0, stop: int | None = None) -> NDArray[Any]:
        return self.poses[sample, first:stop]

    def steps(self, first: int = 0, stop: int | None = None) -> list[Step]:
        return [Step(poses) for poses in self.poses[:, first:stop].transpose(1, 0, 2, 3)]

    def at_hand(self, first: int) -> int:
        return first
