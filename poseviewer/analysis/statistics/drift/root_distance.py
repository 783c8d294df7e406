"""Root distance: how far a body has gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from poseviewer.analysis.statistics.statistic import Judged, Side, on_ground
from poseviewer.nets.protocols import Array


@dataclass(frozen=True)
class RootDistance:
    """Distance of the root on the ground from where the seed, or without one the motion, has its first known root."""

    name: ClassVar[str] = "root distance"
    unit: ClassVar[str] = "m"
    side: ClassVar[Side] = "drift"

    def start(self, seed: Judged | None = None) -> Array | None:
        return None if seed is None else _first_known(seed.root)

    def update(self, state: Array | None, frames: Judged) -> tuple[Array, Array]:
        origin = _first_known(frames.root) if state is None else state
        away = on_ground(frames.root - origin[:, None])
        return np.linalg.norm(away, axis=-1).astype(np.float64), origin


def _first_known(root: Array) -> Array:
    """(B, D) the first known of roots (B, n, D); the first of all where none is."""
    first = np.isfinite(root).all(axis=-1).argmax(axis=1)
    return root[np.arange(len(root)), first]
