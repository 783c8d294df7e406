"""Lines of equal height in an image, by marching squares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def contour(image: NDArray[np.floating], level: float) -> list[NDArray[np.float64]]:
    """Closed lines [(P, 2)] around all that is higher than `level`, as (column, row) of pixel centres.

    Beyond its edges the image counts as lower, so that every line closes; the last point repeats the first.
    """
    outside = min(float(image.min()), level) - 1e-9 * max(abs(level), 1e-300)
    padded = np.pad(np.asarray(image, dtype=np.float64), 1, constant_values=outside)
    high = padded > level
    points, pairs = _crossings(padded, level), _segments(padded, high, level)
    return [points[line] - 1.0 for line in _chained(pairs)]


def _crossings(image: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    """(2 H W, 2) where the line crosses the edges from each pixel to the right (first half) and upwards, if it does."""
    height, width = image.shape
    row, column = np.mgrid[0:height, 0:width].astype(np.float64)
    points = np.zeros((2, height, width, 2))
    points[..., 0], points[..., 1] = column, row
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        points[0, :, :-1, 0] += (level - image[:, :-1]) / (image[:, 1:] - image[:, :-1])
        points[1, :-1, :, 1] += (level - image[:-1]) / (image[1:] - image[:-1])
    return points.reshape(-1, 2)


def _segments(image: NDArray[np.float64], high: NDArray[np.bool_], level: float) -> NDArray[np.int64]:
    """(M, 2) pairs of edge numbers that the line joins inside a cell of four pixels."""
    height, width = image.shape
    number = np.arange(height * width).reshape(height, width)
    bottom, left = number[:-1, :-1], number[:-1, :-1] + height * width
    top, right = number[1:, :-1], number[:-1, 1:] + height * width
    a, b, c, d = high[:-1, :-1], high[:-1, 1:], high[1:, 1:], high[1:, :-1]
    centre = 0.25 * (image[:-1, :-1] + image[:-1, 1:] + image[1:, 1:] + image[1:, :-1]) > level
    saddle = (a == c) & (b == d) & (a != b)
    around_b = saddle & (centre == a)  # a and c are joined through the middle: the line cuts b and d off
    cut_b, cut_d = ((a == c) & (a == d) & (a != b)) | around_b, ((a == b) & (a == c) & (a != d)) | around_b
    around_a = saddle & ~around_b
    cut_a, cut_c = ((b == c) & (b == d) & (a != b)) | around_a, ((a == b) & (a == d) & (a != c)) | around_a
    level_line, upright = (a == b) & (c == d) & (a != c), (a == d) & (b == c) & (a != b)
    found = [
        np.stack([first[where], second[where]], axis=1)
        for where, first, second in (
            (cut_a, bottom, left), (cut_b, bottom, right), (cut_c, top, right), (cut_d, top, left),
            (level_line, left, right), (upright, bottom, top),
        )
    ]  # fmt: skip
    return np.concatenate(found)


def _chained(pairs: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Closed chains of the edges that pairs (M, 2) join; each edge is in two pairs."""
    joined: dict[int, list[int]] = {}
    for first, second in pairs.tolist():
        joined.setdefault(first, []).append(second)
        joined.setdefault(second, []).append(first)
    chains = []
    while joined:
        start, neighbours = joined.popitem()
        chain, before, at = [start], start, neighbours[0]
        while at != start:
            chain.append(at)
            first, second = joined.pop(at)
            before, at = at, second if first == before else first
        chains.append(np.array([*chain, start]))
    return chains
