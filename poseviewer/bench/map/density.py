"""How frames spread over the map: a density image with contours, of a dataset's points or as a checkpoint holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.density import LEVELS, contour_levels, kernel_density
from poseviewer.analysis.projection import PCAProjection, Projection
from poseviewer.bench.map.contours import contour
from poseviewer.nets.models.reference import Density

Extent = tuple[float, float, float, float]
"""left, right, bottom, top in map units."""

_CENTRE_BANDWIDTH = 0.9  # of Scott's rule
_BRIGHTEST = 0.05  # of the frames lie where the image is at its brightest
_SPECK = 10  # points of a contour that is too small to be seen


@dataclass(frozen=True, eq=False)
class MapDensity:
    """How the frames spread: image (H, W), row 0 at the bottom, 1 where the densest twentieth of the frames lies.

    contours: closed lines (P, 2) that hold 50, 80 and 95 % of the frames.
    """

    image: NDArray[np.float64]
    extent: Extent
    contours: tuple[NDArray[np.float64], ...]
    of_dataset: bool


def of_points(xy: NDArray[np.float32]) -> MapDensity:
    """The density of a dataset's map points (N, 2)."""
    return _drawn(kernel_density(xy), of_dataset=True)


def stored(embedding: Any, projection: Projection) -> MapDensity | None:
    """The density that the checkpoint carries: its image where the plane is the image's, else that of its centres."""
    stored = getattr(embedding, "density", None)
    if stored is None:  # a checkpoint brings it together with the moments
        return None
    own = PCAProjection.from_moments(embedding.latent_mean, embedding.latent_covariance)
    if np.allclose(projection.axes, own.axes, atol=1e-4) and np.allclose(projection.mean, own.mean, atol=1e-4):
        return _drawn(stored, of_dataset=False)
    centres = getattr(embedding, "centres", None)
    if centres is None or len(centres) < 8:
        return None
    return _drawn(kernel_density(projection.map(centres), _CENTRE_BANDWIDTH), of_dataset=False)


def _drawn(density: Density, of_dataset: bool) -> MapDensity:
    image = np.asarray(density.image, dtype=np.float64)
    left, right, bottom, top = density.extent
    cell = np.array([(right - left) / image.shape[1], (top - bottom) / image.shape[0]])
    brightest, *levels = contour_levels(image, (_BRIGHTEST, *LEVELS))
    lines = [line for level in levels for line in contour(image, float(level)) if len(line) > _SPECK]
    contours = tuple(np.array([left, bottom]) + (line + 0.5) * cell for line in lines)
    return MapDensity(np.minimum(image / max(float(brightest), 1e-12), 1.0), density.extent, contours, of_dataset)
