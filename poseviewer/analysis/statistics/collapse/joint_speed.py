"""Joint speed: how fast the joints of a body move in its world or image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from poseviewer.analysis.statistics.statistic import Judged, Side, differences
from poseviewer.nets.protocols import Array


@dataclass(frozen=True)
class JointSpeed:
    """Mean speed of the joints; NaN in the first frame. Unknown joints are left out."""

    name: ClassVar[str] = "joint speed"
    unit: ClassVar[str] = "m/s"
    side: ClassVar[Side] = "collapse"

    def start(self, seed: Judged | None = None) -> Array | None:
        return None if seed is None else seed.poses[:, -1:]

    def update(self, state: Array | None, frames: Judged) -> tuple[Array, Array]:
        moved, state = differences(state, frames.poses, 1)
        speed = np.linalg.norm(moved, axis=-1) * frames.fps
        known = np.isfinite(speed)
        total, count = np.where(known, speed, 0.0).sum(axis=-1), known.sum(axis=-1)
        return np.where(count, total / np.maximum(count, 1), np.nan), state
