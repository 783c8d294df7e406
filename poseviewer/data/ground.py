"""Where the ground is for a body that a file holds from a camera or from its own root: under its feet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_SUNK = 0.02  # of the frames in which the lowest joint may be below the ground: trackers err


def lift(positions: NDArray[np.floating]) -> NDArray[np.float64]:
    """(3,) what positions (F, J, 3), y up, are moved by so that the lowest joint stands on y = 0."""
    height = np.asarray(positions, dtype=np.float64)[..., 1]
    known = np.isfinite(height).any(axis=1)
    lowest = np.nanmin(height[known], axis=1) if known.any() else np.zeros(1)
    return np.array([0.0, -float(np.quantile(lowest, _SUNK)), 0.0])
