"""Stand-ins: for a rollout that nobody generated, and for encoding the demo again and again."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer import paths
from poseviewer.analysis.latent_index import LatentIndex, index_dataset
from poseviewer.data.dataset import Dataset
from poseviewer.motion.clip import Clip
from poseviewer.nets.protocols import Embedding, Step
from poseviewer.progress import Progress

_INDEXES: dict[str, LatentIndex] = {}


def indexed_once(dataset: Dataset, embedding: Embedding) -> Generator[Progress, None, LatentIndex]:
    """`index_dataset`, which encodes the demo by an embedding that has an id once in a run."""
    own = getattr(embedding, "id", "")
    if not own or dataset.path != paths.demo():
        return (yield from index_dataset(dataset, embedding))
    if own not in _INDEXES:
        _INDEXES[own] = yield from index_dataset(dataset, embedding)
    return replace(_INDEXES[own], dataset=dataset, embedding=embedding)


class Made:
    """Poses (S, H, J, D) after a seed, told of as a Rollout's are."""

    latents, sample, whole = None, 0, True

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
