"""What the map's foot says of the latent under the hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.bench import Bench

_ASKED = 200_000  # indexed frames that can be asked for the nearest while a hand moves


@dataclass(frozen=True)
class HandFacts:
    """axes: what the map's are called; components: along them, in standard deviations of the training data; kept: those
    outside the plane.

    distance: Mahalanobis, from the training data's mean; training: the root mean square of that
    distance over the training data, which is the square root of the latent's size; nearest: clip and frame.
    """

    axes: tuple[str, str]
    components: tuple[float, float]
    kept: int
    distance: float
    training: float
    nearest: tuple[str, int] | None


class HandMeasure:
    """Measures held latents; what depends on the embedding and the dataset alone is kept."""

    def __init__(self) -> None:
        self._key: tuple[Any, Any] = (None, None)
        self._whiten: NDArray[np.float64] = np.zeros((0, 0))
        self._plane: tuple[NDArray[np.float64], NDArray[np.float64]] = (np.zeros(2), np.ones(2))

    def facts(self, bench: Bench) -> HandFacts | None:
        """Of the held latent; None where nothing is held or the embedding has no statistics."""
        held, embedding, projection = bench.held, bench.embedding, bench.projection
        if held is None or projection is None or not bench.has_statistics:
            return None
        self._prepare(bench)
        mean: NDArray[np.float64] = np.asarray(embedding.latent_mean, dtype=np.float64)  # type: ignore[union-attr]
        centre, scale = self._plane
        first, second = (projection.map(held.latent[None])[0] - centre) / scale
        size, distance = len(held.latent), float(np.linalg.norm((held.latent - mean) @ self._whiten))
        components, nearest = (float(first), float(second)), _nearest(bench, held.latent)
        return HandFacts(projection.names, components, max(size - 2, 0), distance, float(np.sqrt(size)), nearest)

    def _prepare(self, bench: Bench) -> None:
        embedding: Any = bench.embedding
        projection: Any = bench.projection
        if self._key[0] is embedding and self._key[1] is projection:
            return
        self._key = embedding, projection
        mean = np.asarray(embedding.latent_mean, dtype=np.float64)
        covariance = np.asarray(embedding.latent_covariance, dtype=np.float64)
        values, vectors = np.linalg.eigh(covariance)
        self._whiten = vectors / np.sqrt(np.maximum(values, 1e-6 * max(float(values.max()), 1e-12)))
        variances = np.einsum("kz,zy,ky->k", projection.axes, covariance, projection.axes)
        self._plane = projection.map(mean[None])[0], np.sqrt(np.maximum(variances, 1e-12))


def _nearest(bench: Bench, latent: NDArray[np.floating]) -> tuple[str, int] | None:
    """The indexed frame whose latent is nearest; None where there are too many to ask while a hand moves."""
    index = bench.index
    if index is None or not 0 < len(index.latents) <= _ASKED:
        return None
    away = index.latents - np.asarray(latent, dtype=np.float32)
    best = int(np.einsum("nz,nz->n", away, away).argmin())
    return index.dataset.infos[int(index.clip[best])].name, int(index.frame[best])
