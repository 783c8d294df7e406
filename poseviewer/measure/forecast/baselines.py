"""What every forecast is measured against, 2D and 3D: the last frame, constant velocity, and ridge regression.

Letters: W windows, C context frames, K context values, H predicted frames, N values of a frame.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poseviewer.measure.forecast.windows import Windows
from poseviewer.nets.protocols import Array

BASELINES = ("copy_last", "constant_velocity", "ridge")

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


Forecast = Callable[[Windows, str], Array]
"""Windows and a kind -> poses (W, H, J, D) of that kind."""


def baselines(
    learned: Sequence[Windows],
    inputs: Callable[[Windows], Array],
    error: Callable[[Array, Array, NDArray[np.bool_]], Array],
) -> dict[str, Forecast]:
    """The baselines by name; ridge only where there are windows to fit it to and to choose its penalty by.

    learned: both, or none. inputs: windows -> what ridge reads (W, K). error: predicted and true changes (W, H, J, D)
    and which joints count (W, H, J) -> errors (W, H).
    """
    simple: dict[str, Forecast] = {
        "copy_last": lambda windows, kind: copy_last(windows.before(kind), windows.ahead),
        "constant_velocity": lambda windows, kind: constant_velocity(windows.before(kind), windows.ahead),
    }
    if not learned or not all(map(len, learned)):
        return simple
    fitted, chosen = learned

    def fit(kind: str, steps: list[int]) -> Ridge:
        """Of some steps, on the windows whose clips go that far."""

        def sides(windows: Windows) -> tuple[Array, Array]:
            rows = windows.known[:, steps].all(axis=1)
            change = windows.after(kind)[rows][:, steps] - windows.before(kind)[rows, -1:]
            return inputs(windows)[rows], change.reshape(*change.shape[:2], -1)

        counted = chosen.counted[chosen.known[:, steps].all(axis=1)][:, steps]

        def apart(made: Array, true: Array) -> Array:
            shape = (*counted.shape, -1)
            return error(made.reshape(shape), true.reshape(shape), counted)

        return Ridge.fit(*sides(fitted), sides(chosen), apart)

    whole = all(windows.known.all() for windows in learned)
    steps = list(range(len(fitted.ahead)))
    parts = [steps] if whole else [[k] for k in steps]  # one fit where every window goes as far
    fits = {kind: [fit(kind, part) for part in parts] for kind in fitted.poses}

    def ridge(windows: Windows, kind: str) -> Array:
        read = inputs(windows)
        change = np.concatenate([fit(read) for fit in fits[kind]], axis=1)
        return windows.before(kind)[:, -1:] + change.reshape(windows.after(kind).shape)

    return {**simple, "ridge": ridge}
