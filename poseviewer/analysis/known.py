"""Lengths of vectors, and means, medians and nearest ones of what is known of values, at little cost a call.

What is judged while somebody looks is one frame: numpy's own (`linalg.norm`, `nanmean`, `nanmedian`) cost three to a
thousand times as much there as the arithmetic does.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from poseviewer.nets.protocols import Array

_FEW = 200  # numbers


def norms(vectors: Array) -> Array:
    """(...) lengths of vectors (..., D) of two or three coordinates."""
    squares = vectors * vectors
    if squares.size <= _FEW:  # one call is quicker then; the order of the sum is the same
        return np.sqrt(np.add.reduce(squares, -1))
    total = squares[..., 0] + squares[..., 1]
    if vectors.shape[-1] == 3:
        total += squares[..., 2]
    return np.sqrt(total, out=total)


def are_known(values: Array) -> bool:
    """Whether all of values are: one sum tells it in one call."""
    if values.size <= _FEW:
        return isfinite(np.vdot(values, values))
    return isfinite(np.add.reduce(values, axis=None))


def joined(parts: Sequence[Array], axis: int = 0) -> Array:
    """One array of parts along an axis; of one part itself."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=axis)


def known_mean(values: Array, axis: int = -1) -> Array:
    """Means along an axis of what is known; NaN where nothing is."""
    made = np.add.reduce(values, axis=axis) / max(1, values.shape[axis])
    if values.shape[axis] and are_known(made):
        return made
    known = np.isfinite(values)
    count = known.sum(axis=axis)
    return np.where(count, np.where(known, values, 0.0).sum(axis=axis) / np.maximum(count, 1), np.nan)


def known_median(values: Array, axis: int = -1) -> Array:
    """Medians along the last axis, or the last but one (-2), of what is known; NaN where nothing is."""
    ranked = np.sort(values.swapaxes(axis, -1), axis=-1)  # unknown ones last
    most = ranked.shape[-1]
    if are_known(ranked[..., -1]):
        return 0.5 * (ranked[..., (most - 1) // 2] + ranked[..., most // 2])
    count = most - np.isnan(ranked).sum(axis=-1, keepdims=True)
    low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, most - 1)
    return 0.5 * (np.take_along_axis(ranked, low, axis=-1) + np.take_along_axis(ranked, high, axis=-1))[..., 0]


def nearest(values: Array, centres: Array) -> NDArray[np.intp]:
    """(N,) which of centres (C, K) is nearest to each of values (N, K) in the coordinates that are known."""
    squares, products = (centres**2).T, values @ centres.T
    if are_known(products):  # every value is known
        return np.asarray((squares.sum(axis=0) - 2.0 * products).argmin(axis=1))
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0)
    return np.asarray((known.astype(np.float64) @ squares - 2.0 * filled @ centres.T).argmin(axis=1))
