"""Trails as ribbons: two vertices a point, triangles between."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from poseviewer.render.stage import Trail

VERTEX = np.dtype([("point", "f4", 3), ("tangent", "f4", 3), ("colour", "f4", 4), ("shape", "f4", 4)])


def ribbons(trails: Sequence[Trail]) -> tuple[NDArray, NDArray[np.uint32], int]:
    """Vertices, triangle indices, and how many indices belong to the trails on the ground, which come first."""
    vertices, indices = [np.zeros(0, VERTEX)], [np.zeros((0, 6), np.uint32)]
    start = on_ground = 0
    for trail in sorted(trails, key=lambda trail: not trail.on_ground):
        if len(trail.points) < 2:
            continue
        rows, triangles = _ribbon(trail)
        indices.append((triangles + start).astype(np.uint32))
        vertices.append(rows)
        start += len(rows)
        on_ground += triangles.size if trail.on_ground else 0
    return np.concatenate(vertices), np.concatenate(indices).ravel(), on_ground


def _ribbon(trail: Trail) -> tuple[NDArray, NDArray[np.int64]]:
    points = np.asarray(trail.points, dtype=np.float32)
    known = np.isfinite(points.sum(axis=1))
    steps = np.nan_to_num(np.diff(points, axis=0))
    tangents = np.zeros_like(points)
    tangents[:-1] += steps
    tangents[1:] += steps
    size = np.linalg.norm(tangents, axis=1, keepdims=True)
    tangents = np.where(size > 1e-9, tangents / np.maximum(size, 1e-9), np.array([1, 0, 0], np.float32))
    rows = np.zeros((len(points), 2), dtype=VERTEX)
    rows["point"] = np.nan_to_num(points)[:, None]
    rows["tangent"] = tangents[:, None]
    rows["colour"][..., :3] = trail.colour
    rows["colour"][..., 3] = 1.0 if trail.opacity is None else np.asarray(trail.opacity)[:, None]
    rows["shape"][..., 0] = (-1.0, 1.0)
    rows["shape"][..., 1] = trail.width / 2.0
    rows["shape"][..., 2] = np.concatenate([[0.0], np.cumsum(np.linalg.norm(steps, axis=1))])[:, None]
    rows["shape"][..., 3] = trail.dash_length if trail.dashed else 0.0
    joined = np.flatnonzero(np.logical_and(known[:-1], known[1:]))[:, None]
    return rows.ravel(), 2 * joined + np.array([0, 1, 2, 2, 1, 3])
