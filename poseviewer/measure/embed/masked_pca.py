"""PCA fitted where numbers are missing: probabilistic PCA by expectation-maximisation (Tipping and Bishop, 1999)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poseviewer.nets.protocols import Array

_ITERATIONS = 60
_LEAST_NOISE = 1e-6


@dataclass(frozen=True, eq=False)
class MaskedPCA:
    """Vectors (B, N), NaN where unknown <-> latents (B, Z). mean (N,), loadings (N, Z), noise: variance of the rest."""

    mean: Array
    loadings: Array
    noise: float

    @classmethod
    def fit(cls, x: Array, size: int, iterations: int = _ITERATIONS) -> MaskedPCA:
        """The model of `size` dimensions under which the known numbers of vectors x (B, N) are likeliest."""
        known: NDArray[np.bool_] = np.asarray(np.isfinite(x))
        count = np.maximum(known.sum(axis=0), 1)
        mean = np.where(known, x, 0.0).sum(axis=0) / count
        filled = np.where(known, x - mean, 0.0)
        _, values, axes = np.linalg.svd(filled, full_matrices=False)  # begins as PCA of vectors filled with the mean
        loadings = axes[:size].T * values[:size] / len(x) ** 0.5
        noise = float((values[size:] ** 2).sum()) / filled.size + _LEAST_NOISE
        for _ in range(iterations):
            latent, covariance = _posterior(filled, known, loadings, noise)
            loadings, mean_shift, noise = _maximised(filled, known, latent, covariance)
            mean = mean + mean_shift
            filled = np.where(known, filled - mean_shift, 0.0)
        return cls(mean, loadings, noise)

    def encode(self, x: Array) -> Array:
        """Vectors (B, N), NaN where unknown -> the means (B, Z) of their posteriors."""
        known: NDArray[np.bool_] = np.asarray(np.isfinite(x))
        return _posterior(np.where(known, x - self.mean, 0.0), known, self.loadings, self.noise)[0]

    def decode(self, latent: Array) -> Array:
        """Latents (B, Z) -> vectors (B, N)."""
        return latent @ self.loadings.T + self.mean


def _posterior(filled: Array, known: NDArray[np.bool_], loadings: Array, noise: float) -> tuple[Array, Array]:
    """Means (B, Z) and covariances (B, Z, Z) of the latents, given centred vectors (B, N), 0 where unknown."""
    size = loadings.shape[1]
    products = (loadings[:, :, None] * loadings[:, None, :]).reshape(len(loadings), -1)
    precision = (known.astype(np.float64) @ products).reshape(-1, size, size) + noise * np.eye(size)
    inverse = np.linalg.inv(precision)
    latent = np.einsum("bij,bj->bi", inverse, filled @ loadings)
    return latent, noise * inverse


def _maximised(filled: Array, known: NDArray[np.bool_], latent: Array, covariance: Array) -> tuple[Array, Array, float]:
    """Loadings (N, Z), how far the mean (N,) moves and the noise, given the latents' posteriors."""
    rows, size = latent.shape
    extended = np.concatenate([latent, np.ones((rows, 1))], axis=1)  # the last loading is the mean
    second = extended[:, :, None] * extended[:, None, :]
    second[:, :size, :size] += covariance
    moments = (known.T.astype(np.float64) @ second.reshape(rows, -1)).reshape(-1, size + 1, size + 1)
    both = np.linalg.solve(moments + 1e-9 * np.eye(size + 1), (filled.T @ extended)[:, :, None])[:, :, 0]
    explained = np.einsum("ni,nij,nj->", both, moments, both)
    crossed = np.einsum("ni,ni->", both, filled.T @ extended)
    noise = (float((filled**2).sum()) - 2.0 * crossed + explained) / max(1, int(known.sum()))
    return both[:, :size], both[:, size], max(noise, _LEAST_NOISE)
