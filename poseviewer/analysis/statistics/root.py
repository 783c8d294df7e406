"""Where a body goes over the ground: how fast its root is, and how far it has gone."""

from __future__ import annotations

import numpy as np

from poseviewer.analysis.statistics.statistic import Judged, Statistic, on_ground
from poseviewer.nets.protocols import Array


class RootSpeed(Statistic):
    """Speed of the root on the ground; NaN in the first frame."""

    name = "root speed"
    unit = "m/s"
    side = "drift"
    order = 1

    def points(self, frames: Judged) -> Array:
        return on_ground(frames.root)

    def measured(self, made: Array) -> Array:
        return np.linalg.norm(made, axis=-1)


class RootDistance(Statistic):
    """Distance of the root on the ground from where the seed, or without one the motion, has its first known root."""

    name = "root distance"
    unit = "m"
    side = "drift"

    def update(self, state: Array | None, frames: Judged) -> tuple[Array, Array]:
        origin = _first_known(frames.root) if state is None else state
        away = on_ground(frames.root - origin[:, None])
        return np.linalg.norm(away, axis=-1).astype(np.float64), origin


def _first_known(root: Array) -> Array:
    """(B, D) the first known of roots (B, n, D); the first of all where none is."""
    first = np.isfinite(root).all(axis=-1).argmax(axis=1)
    return root[np.arange(len(root)), first]
