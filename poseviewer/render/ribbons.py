"""Trails as ribbons: two vertices a point, triangles between."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from poseviewer.render.stage import Trail

VERTEX = np.dtype([("point", "f4", 3), ("tangent", "f4", 3), ("colour", "f4", 4), ("shape", "f4", 4)])


def ribbons(trails: Sequence[Trail]) -> tuple[NDArray, NDArray[np.uint32], int]:
    """Vertices, triangle indices, and how many indices belong to the trails on the ground, which come first."""
    drawn = sorted((trail for trail in trails if len(trail.points) > 1), key=lambda trail: not trail.on_ground)
    if not drawn:
        return np.zeros(0, VERTEX), np.zeros(0, np.uint32), 0
    counts = np.array([len(trail.points) for trail in drawn])
    starts = np.cumsum(counts) - counts
    points = np.concatenate([np.asarray(trail.points, dtype=np.float32) for trail in drawn])
    known = np.isfinite(points.sum(axis=1))
    joined = known[:-1] & known[1:]
    joined[starts[1:] - 1] = False
    steps = np.where(joined[:, None], points[1:] - points[:-1], np.float32(0.0))
    tangents = np.zeros_like(points)
    tangents[:-1] += steps
    tangents[1:] += steps
    size = _lengths(tangents)[:, None]
    along = np.concatenate([[0.0], np.cumsum(_lengths(steps), dtype=np.float64)])
    rows = np.zeros((len(points), 2), dtype=VERTEX)
    left = rows[:, 0]
    left["point"] = np.where(known[:, None], points, np.float32(0.0))
    left["tangent"] = np.where(size > 1e-9, tangents / np.maximum(size, 1e-9), np.array([1, 0, 0], np.float32))
    for trail, start, count in zip(drawn, starts.tolist(), counts.tolist(), strict=True):
        part = left[start : start + count]
        part["colour"][:, :3] = trail.colour
        part["colour"][:, 3] = 1.0 if trail.opacity is None else trail.opacity
        part["shape"] = (-1.0, trail.width / 2.0, 0.0, trail.dash_length if trail.dashed else 0.0)
        part["shape"][:, 2] = along[start : start + count] - along[start]
    numbers = rows.view(np.float32).reshape(len(points), 2, -1)  # row by row it would take three times as long
    numbers[:, 1] = numbers[:, 0]
    rows["shape"][:, 1, 0] = 1.0
    first = np.flatnonzero(joined)
    ground = sum(len(trail.points) for trail in drawn if trail.on_ground)
    triangles = (2 * first[:, None] + np.array([0, 1, 2, 2, 1, 3])).astype(np.uint32)
    return rows.ravel(), triangles.ravel(), 6 * int(np.searchsorted(first, ground))


def _lengths(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N,) of vectors (N, 3)."""
    return np.sqrt(np.einsum("nd,nd->n", vectors, vectors))
