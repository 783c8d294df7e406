"""Jerk: the rate at which acceleration changes. What shakes has much of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from poseviewer.analysis.statistics.statistic import Judged, Side, differences
from poseviewer.nets.protocols import Array


@dataclass(frozen=True)
class Jerk:
    """Mean size of the joints' jerk, of the last four frames; NaN before. about_root: of the joints from their root."""

    about_root: bool = False
    name: ClassVar[str] = "jerk"
    unit: ClassVar[str] = "m/s³"
    side: ClassVar[Side] = "drift"

    def start(self, seed: Judged | None = None) -> Array | None:
        return None if seed is None else self._points(seed)[:, -3:]

    def update(self, state: Array | None, frames: Judged) -> tuple[Array, Array]:
        third, state = differences(state, self._points(frames), 3)
        return np.linalg.norm(third, axis=-1).mean(axis=-1) * frames.fps**3, state

    def _points(self, frames: Judged) -> Array:
        return frames.about_root if self.about_root else frames.poses
