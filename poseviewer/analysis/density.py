"""How points spread over the map: a kernel density, and the heights of the contours that hold shares of it."""

from __future__ import annotations

import numpy as np

from poseviewer.nets.models.reference import Density, density
from poseviewer.nets.protocols import Array

LEVELS = (0.5, 0.8, 0.95)
BANDWIDTH = 0.65
"""Of Scott's rule, which is for one blob: motions are many."""
_PIXELS = 220  # of the density's longer side
_MARGIN = 0.16  # of the extent, so that the outermost contour closes inside the image
_ENOUGH = 50_000  # points for quantiles


def kernel_density(points: Array, bandwidth: float = BANDWIDTH) -> Density:
    """The density of map points (N, 2), blurred by the more the fewer there are. Outliers may lie outside its image."""
    low, left, right, high = np.quantile(evenly(points), (0.002, 0.16, 0.84, 0.998), axis=0)
    width = bandwidth * np.maximum((right - left) / 2.0, 1e-4) * max(len(points), 2) ** (-1.0 / 6.0)
    margin = np.maximum(_MARGIN * (high - low), 3.0 * width)
    return density(points, low - margin, high + margin, width, _PIXELS)


def contour_levels(image: Array, shares: tuple[float, ...] = LEVELS) -> Array:
    """The values of a density image whose contours hold these shares of the points, in the order of the shares."""
    falling = np.sort(np.asarray(image, dtype=np.float64).ravel())[::-1]
    held = np.cumsum(falling) / max(falling.sum(), 1e-12)
    return falling[np.minimum(np.searchsorted(held, shares), len(falling) - 1)]


def evenly(points: Array) -> Array:
    """At most about 50,000 of many points (N, 2), evenly: enough for their quantiles."""
    return points[:: max(1, len(points) // _ENOUGH)]
