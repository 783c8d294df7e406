"""Clearance: how high over the ground a body's lowest joint is. What stays up, or rushes over the ground, has flown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from poseviewer.analysis.statistics.drift.root_speed import RootSpeed
from poseviewer.analysis.statistics.statistic import Judged, Side, over
from poseviewer.nets.protocols import Array

HIGH = 0.6  # metres: a body wholly above that has flown
FAST = 8.0  # metres a second of the root, on the ground


@dataclass(frozen=True)
class Clearance:
    """Height of the lowest joint that is known over y = 0; NaN where none is."""

    name: ClassVar[str] = "clearance"
    unit: ClassVar[str] = "m"
    side: ClassVar[Side] = "drift"

    def start(self, seed: Judged | None = None) -> None:
        return None

    def update(self, state: None, frames: Judged) -> tuple[Array, None]:
        height = frames.poses[..., 1]
        lowest = np.where(np.isfinite(height), height, np.inf).min(axis=-1)
        return np.where(np.isfinite(lowest), lowest, np.nan), None


def is_flown(motion: Judged) -> Array:
    """(B,) whether motions leave the ground with every joint, or rush over it."""
    fastest = np.nanpercentile(over(RootSpeed(), motion), 99, axis=1)
    return np.asarray((np.nanmax(over(Clearance(), motion), axis=1) > HIGH) | (fastest > FAST))
