"""Reference statistics of an embedding, stored in its checkpoint so that it can be explored without its dataset.

No frame of the training data is among them: the centres are means of many frames of several clips.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poseviewer.errors import PoseviewerError
from poseviewer.nets.protocols import Array

BINS = 64  # of the histogram of each dimension
PIXELS = 128  # of the density image's longer side
_BLUR = 1.6  # pixels
_MARGIN = 0.06  # of the points' reach
_LEAST_CELLS = 8  # along a side
_LARGEST = 1e6  # of a latent
_CENTRES = 400
LEAST_FRAMES = 20
LEAST_CLIPS = 3


@dataclass(frozen=True, eq=False)
class Density:
    """Share of the reference's frames in each cell: image (H, W), row 0 at the bottom, sums to 1.

    extent: left, right, bottom, top in map units, the image's outer edges.
    """

    image: Array
    extent: tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Histogram:
    """counts (Z, BINS) of the reference's frames between edges (Z, BINS + 1) of each latent dimension."""

    counts: Array
    edges: Array


def principal_axes(covariance: Array) -> tuple[Array, Array]:
    """Axes (Z, Z), rows by falling variance, and their variances (Z,); each axis' largest entry is positive."""
    values, vectors = np.linalg.eigh(np.asarray(covariance, dtype=np.float64))
    axes = vectors.T[::-1]
    largest = np.abs(axes).argmax(axis=1)
    sign = np.sign(axes[np.arange(len(axes)), largest])
    return axes * sign[:, None], np.maximum(values[::-1], 0.0)


def density(points: Array, low: Array, high: Array, width: Array, pixels: int) -> Density:
    """The density of map points (N, 2) from one corner (2,) to another or a little beyond, in square cells.

    width: (2,) of the Gaussian that blurs it, map units; pixels: cells along the longer side.
    """
    cell = max(float((high - low).max()) / pixels, 1e-9)
    columns, rows = (int(count) for count in np.maximum(np.ceil((high - low) / cell - 1e-9), _LEAST_CELLS))
    at = np.floor((points - low) / cell).astype(np.int64)
    x, y = at[((at >= 0) & (at < (columns, rows))).all(axis=1)].T
    counts = np.bincount(y * columns + x, minlength=rows * columns).reshape(rows, columns)
    image = _blur(rows, width[1] / cell) @ counts @ _blur(columns, width[0] / cell).T
    left, bottom = (float(edge) for edge in low)
    return Density(image / max(float(image.sum()), 1e-12), (left, left + columns * cell, bottom, bottom + rows * cell))


def _blur(size: int, sigma: float) -> Array:
    """(size, size) the matrix that blurs a column of cells and loses nothing over the edges."""
    cells = np.arange(size)
    weights = np.exp(-0.5 * ((cells[:, None] - cells) / max(sigma, 0.5)) ** 2)
    return np.asarray(weights / weights.sum(axis=0))


def statistics(mean: Array, kl: Array, clips: NDArray[np.integer], seed: int) -> dict[str, Array]:
    """The tensors that a checkpoint stores, of posterior means (N, Z), divergences (N, Z) and clip numbers (N,)."""
    centre, covariance = mean.mean(axis=0), np.cov(mean, rowvar=False)
    axes, _ = principal_axes(covariance)
    points = (mean - centre) @ axes[:2].T
    reach = np.ptp(points, axis=0)
    margin, blur = _MARGIN * np.maximum(reach, 1e-6), np.full(2, _BLUR * float(reach.max()) / PIXELS)
    picture = density(points, points.min(axis=0) - margin, points.max(axis=0) + margin, blur, PIXELS)
    low, high = np.percentile(mean, [0.05, 99.95], axis=0)
    edges = np.linspace(low, high, BINS + 1).T
    counts = np.stack([np.histogram(mean[:, k], edges[k])[0] for k in range(mean.shape[1])])
    tensors = {
        "latent_mean": centre,
        "latent_covariance": covariance,
        "kl": kl.mean(axis=0),
        "histogram_counts": counts,
        "histogram_edges": edges,
        "density": picture.image,
        "density_extent": np.array(picture.extent),
        "centres": cluster_centres(mean, clips, seed),
    }
    return {name: np.asarray(tensor, dtype=np.float32) for name, tensor in tensors.items()}


def cluster_centres(points: Array, clips: NDArray[np.integer], seed: int) -> Array:
    """(K, Z) means of clusters of points (N, Z), as `cluster_means` has them."""
    return cluster_means(points, clips, min(_CENTRES, len(points) // (2 * LEAST_FRAMES)), seed, 30)


def cluster_means(points: Array, clips: NDArray[np.integer], count: int, seed: int, rounds: int) -> Array:
    """(K, Z) means of those of `count` clusters of points (N, Z) that hold enough frames out of enough clips (N,)."""
    from sklearn.cluster import MiniBatchKMeans

    if count < 1:
        return np.zeros((0, points.shape[1]), points.dtype)
    label = MiniBatchKMeans(count, random_state=seed, n_init=1, batch_size=2048, max_iter=rounds).fit_predict(points)
    groups = [np.flatnonzero(label == k) for k in range(count)]
    kept = [g for g in groups if len(g) >= LEAST_FRAMES and len(np.unique(clips[g])) >= LEAST_CLIPS]
    return np.array([points[g].mean(axis=0) for g in kept], points.dtype).reshape(-1, points.shape[1])


def require_reference(path: Path, tensors: Mapping[str, Array]) -> None:
    """Raise PoseviewerError where the statistics of a checkpoint, whose shapes are right, can be of no data."""
    covariance, extent = tensors["latent_covariance"], tensors["density_extent"]
    scale = float(np.abs(covariance).max())
    faults = {
        "latent_covariance": not np.allclose(covariance, covariance.T, atol=1e-4 * scale)
        or float(np.diagonal(covariance).min()) < 0.0
        or not 0.0 < scale <= _LARGEST,
        "latent_mean": float(np.abs(tensors["latent_mean"]).max()) > _LARGEST,
        "kl": float(tensors["kl"].min()) < -1e-3,
        "histogram_counts": float(tensors["histogram_counts"].min()) < 0.0,
        "histogram_edges": bool((np.diff(tensors["histogram_edges"], axis=1) < 0.0).any()),
        "density": not tensors["density"].size or float(tensors["density"].min()) < 0.0,
        "density_extent": not (extent[0] < extent[1] and extent[2] < extent[3]),
    }
    for name, wrong in faults.items():
        if wrong:
            raise PoseviewerError(path, f"reference {name!r}", "it can be of no data", "train it again")
