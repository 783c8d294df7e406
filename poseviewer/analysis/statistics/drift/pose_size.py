"""Pose size: what tells in an image that a person shrinks or grows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.statistics.statistic import Judged, Side
from poseviewer.nets.protocols import Array


@dataclass(frozen=True)
class PoseSize:
    """Root mean square distance of the joints that are known from their middle; NaN where none is."""

    name: ClassVar[str] = "pose size"
    unit: ClassVar[str] = "image heights"
    side: ClassVar[Side] = "drift"

    def start(self, seed: Judged | None = None) -> None:
        return None

    def update(self, state: None, frames: Judged) -> tuple[Array, None]:
        known: NDArray[np.bool_] = np.asarray(np.isfinite(frames.poses).all(axis=-1))
        count = np.maximum(known.sum(axis=-1), 1)
        poses = np.where(known[..., None], frames.poses, 0.0)
        middle = poses.sum(axis=-2, keepdims=True) / count[..., None, None]
        squared = np.where(known, ((poses - middle) ** 2).sum(axis=-1), 0.0).sum(axis=-1)
        return np.where(known.any(axis=-1), np.sqrt(squared / count), np.nan), None
