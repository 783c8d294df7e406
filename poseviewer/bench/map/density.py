"""How frames spread over the map: a density image with contours, of a dataset's points or as a checkpoint holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.map.contours import contour

if TYPE_CHECKING:
    from poseviewer.analysis.projection import PCAProjection

Extent = tuple[float, float, float, float]
"""left, right, bottom, top in map units."""

_PIXELS = 220  # of the density's longer side
_BANDWIDTH = 0.65  # of Scott's rule, which is for one blob: motions are many
_CENTRE_BANDWIDTH = 0.9
_DENSITY_MARGIN = 0.16  # of the extent, so that the outermost contour closes inside the image
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
    return _of_points(xy, _BANDWIDTH, of_dataset=True)


def stored(embedding: Any, projection: PCAProjection) -> MapDensity | None:
    """The density that the checkpoint carries: its image where the plane is the image's, else that of its centres."""
    from poseviewer.analysis.projection import PCAProjection

    stored = getattr(embedding, "density", None)
    if stored is None:  # a checkpoint brings it together with the moments
        return None
    own = PCAProjection.from_moments(embedding.latent_mean, embedding.latent_covariance)
    if np.allclose(projection.axes, own.axes, atol=1e-4) and np.allclose(projection.mean, own.mean, atol=1e-4):
        return _of_image(np.asarray(stored.image, dtype=np.float64), stored.extent, of_dataset=False)
    centres = getattr(embedding, "centres", None)
    if centres is None or len(centres) < 8:
        return None
    return _of_points(projection.map(centres).astype(np.float32), _CENTRE_BANDWIDTH, of_dataset=False)


def _of_points(xy: NDArray[np.float32], bandwidth: float, of_dataset: bool) -> MapDensity:
    """A kernel density of map points (N, 2)."""
    low, left, right, high = np.quantile(evenly(xy), (0.002, 0.16, 0.84, 0.998), axis=0)
    spread = (right - left) / 2.0
    width = bandwidth * np.maximum(spread, 1e-4) * max(len(xy), 2) ** (-1.0 / 6.0)
    margin = np.maximum(_DENSITY_MARGIN * (high - low), 3.0 * width)
    low, high = low - margin, high + margin
    cell = max(float((high - low).max()) / _PIXELS, 1e-9)
    shape = np.maximum(np.ceil((high - low) / cell).astype(int), 8)
    at = ((xy - low) / cell).astype(np.int64)
    inside = ((at >= 0) & (at < shape)).all(axis=1)
    flat = at[inside, 1] * shape[0] + at[inside, 0]
    image = np.bincount(flat, minlength=int(shape.prod())).reshape(shape[1], shape[0]).astype(np.float64)
    image = _kernel(shape[1], width[1] / cell) @ image @ _kernel(shape[0], width[0] / cell)
    extent = (float(low[0]), float(low[0] + shape[0] * cell), float(low[1]), float(low[1] + shape[1] * cell))
    return _of_image(image, extent, of_dataset)


def _of_image(image: NDArray[np.float64], extent: Extent, of_dataset: bool) -> MapDensity:
    from poseviewer.analysis.latent_index import LEVELS, contour_levels

    left, right, bottom, top = extent
    cell = np.array([(right - left) / image.shape[1], (top - bottom) / image.shape[0]])
    brightest, *levels = contour_levels(image, (_BRIGHTEST, *LEVELS))
    lines = [line for level in levels for line in contour(image, float(level)) if len(line) > _SPECK]
    contours = tuple(np.array([left, bottom]) + (line + 0.5) * cell for line in lines)
    return MapDensity(np.minimum(image / max(float(brightest), 1e-12), 1.0), extent, contours, of_dataset)


def evenly(xy: NDArray[np.float32]) -> NDArray[np.float32]:
    """At most about 50,000 of many points, evenly: enough for their quantiles."""
    return xy[:: max(1, len(xy) // 50_000)]


def _kernel(size: int, sigma: float) -> NDArray[np.float64]:
    """(size, size) the matrix that blurs a line of pixels."""
    steps = np.arange(size)
    weights = np.exp(-0.5 * ((steps[:, None] - steps[None]) / max(sigma, 0.5)) ** 2)
    return weights / weights.sum(axis=0)
