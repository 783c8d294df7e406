"""Root speed: how fast a body goes over the ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from poseviewer.analysis.statistics.statistic import Judged, Side, differences, on_ground
from poseviewer.nets.protocols import Array


@dataclass(frozen=True)
class RootSpeed:
    """Speed of the root on the ground; NaN in the first frame."""

    name: ClassVar[str] = "root speed"
    unit: ClassVar[str] = "m/s"
    side: ClassVar[Side] = "drift"

    def start(self, seed: Judged | None = None) -> Array | None:
        return None if seed is None else on_ground(seed.root)[:, -1:]

    def update(self, state: Array | None, frames: Judged) -> tuple[Array, Array]:
        moved, state = differences(state, on_ground(frames.root), 1)
        return np.linalg.norm(moved, axis=-1) * frames.fps, state
