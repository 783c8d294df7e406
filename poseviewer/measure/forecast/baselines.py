"""What every forecast is measured against: the last frame, constant velocity, and ridge regression.

Letters: W windows, C context frames, K context values, H predicted frames, N values of a frame.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from poseviewer.nets.protocols import Array

ALPHAS = tuple(10.0**k for k in range(-4, 5))
"""Ridge penalties to choose from, in units of the mean variance of the context's values."""


def copy_last(context: Array, ahead: Sequence[int]) -> Array:
    """Context (W, C, ...) -> its last frame, repeated (W, H, ...)."""
    return np.repeat(context[:, -1:], len(ahead), axis=1)


def constant_velocity(context: Array, ahead: Sequence[int]) -> Array:
    """Context (W, C, ...) -> the frames (W, H, ...) `ahead` of the last one, at the velocity of the last two."""
    steps = np.asarray(ahead, dtype=np.float64).reshape((1, -1) + (1,) * (context.ndim - 2))
    return context[:, -1:] + steps * (context[:, -1:] - context[:, -2:-1])


@dataclass(frozen=True, eq=False)
class Ridge:
    """Linear regression of the change since the last frame on the whole context: mean (K,), weights (K + 1, H, N)."""

    mean: Array
    weights: Array
    alphas: tuple[float, ...]

    @classmethod
    def fit(
        cls, context: Array, change: Array, held: tuple[Array, Array], error: Callable[[Array, Array], Array]
    ) -> Ridge:
        """Fit contexts (W, K) to changes (W, H, N), with the penalty of each predicted frame that is best on held ones.

        held: contexts and changes to choose by; error: predicted and true changes (W, H, N) -> errors (W, H).
        """
        mean, middle = context.mean(axis=0), change.mean(axis=0)
        x = context - mean
        values, vectors = np.linalg.eigh(x.T @ x / len(x))
        covariance = np.einsum("wk,whn->khn", x, change - middle, optimize=True) / len(x)
        turned = np.einsum("kj,khn->jhn", vectors, covariance, optimize=True)
        candidates = []
        for alpha in ALPHAS:
            shrunk = turned / (np.maximum(values, 0.0) + alpha * values.mean())[:, None, None]
            slopes = np.einsum("jk,khn->jhn", vectors, shrunk, optimize=True)
            candidates.append(cls(mean, np.concatenate([slopes, middle[None]]), (alpha,) * change.shape[1]))
        errors = np.stack([error(candidate(held[0]), held[1]).mean(axis=0) for candidate in candidates])
        best = errors.argmin(axis=0)
        weights = np.stack([candidates[k].weights[:, h] for h, k in enumerate(best)], axis=1)
        return cls(mean, weights, tuple(ALPHAS[k] for k in best))

    def __call__(self, context: Array) -> Array:
        """Contexts (W, K) -> changes since the last frame (W, H, N)."""
        return np.einsum("wk,khn->whn", context - self.mean, self.weights[:-1], optimize=True) + self.weights[-1]
