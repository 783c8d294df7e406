"""Statistics of motion, frame by frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

POWER_WINDOW = 0.33
"""Seconds over which motion power is averaged: about a third of a walking stride."""


def motion_power(positions: NDArray[np.floating], root: NDArray[np.floating], fps: float) -> NDArray[np.float64]:
    """(F,) mean squared speed of the joints relative to the root, (m/s)^2, over the last third of a second.

    positions (F, J, D) and root (F, D) in metres. The first frame repeats the second; unknown joints are left out.
    """
    relative = positions - root[:, None]
    if len(relative) < 2:
        return np.zeros(len(relative))
    squared = (np.diff(relative, axis=0) ** 2).sum(axis=-1) * fps**2
    known = np.isfinite(squared)
    power = np.where(known, squared, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    power = np.concatenate([power[:1], power]).astype(np.float64)
    width = max(1, round(POWER_WINDOW * fps))
    total = np.concatenate([[0.0], np.cumsum(power)])
    stop = np.arange(1, len(power) + 1)
    start = np.maximum(stop - width, 0)
    return (total[stop] - total[start]) / (stop - start)


def root_distance(root: NDArray[np.floating], origin: NDArray[np.floating]) -> NDArray[np.float64]:
    """(F,) metres on the ground from `origin` (3,) to the root (F, 3)."""
    return np.linalg.norm((root - origin)[:, [0, 2]], axis=-1).astype(np.float64)
