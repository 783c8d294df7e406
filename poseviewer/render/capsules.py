"""Figures as rows of capsules, and how the translucent ones are packed into an atlas, each to become one layer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from poseviewer.render.camera import Camera
from poseviewer.render.stage import Body, Figures

ROW = np.dtype(
    [
        ("end_a", "f4", 4),  # world x, y, z, radius
        ("end_b", "f4", 4),
        ("colour_a", "u1", 4),  # sRGB, opacity
        ("colour_b", "u1", 4),  # sRGB, flattening
        ("window", "f4", 4),  # the figure's rectangle on the screen, px from the lower left
        ("shift", "f4", 2),  # from there to its place in the atlas
        ("weight", "f4"),  # of its shadow
    ]
)
LAYER = np.dtype([("window", "f4", 4), ("place", "f4", 3)])

_FADED = 0.30  # opacity of a joint that is known but not visible
_SKIN_THINNER, _SKIN_FLATTENED = 0.94, 0.25
_OPAQUE = 0.999
_COUNTED = 500  # capsules whose pixels are counted


@dataclass(frozen=True, eq=False)
class _Table:
    """A body's C capsules (bones, then spheres): joints at both ends, radii, colour (0 trunk, 1 left, 2 right).

    spans: (C, 2) where between the joints the ends lie; None where they are the joints.
    """

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    radii: NDArray[np.float32]
    side: NDArray[np.intp]
    spans: NDArray[np.float32] | None


@lru_cache(maxsize=64)
def _table(body: Body) -> _Table:
    spheres = np.flatnonzero(body.joint_radii > 0)
    second = np.concatenate([body.edges[:, 1], spheres])
    radii = np.concatenate([body.edge_radii, np.repeat(body.joint_radii[spheres, None], 2, axis=1)])
    side = np.where(body.sides[second] > 0, 1, np.where(body.sides[second] < 0, 2, 0))
    spans = body.spans
    if spans is not None:
        spans = np.concatenate([spans, np.tile(np.array([0.0, 1.0], dtype=np.float32), (len(spheres), 1))])
    return _Table(np.concatenate([body.edges[:, 0], spheres]), second, radii.astype(np.float32), side, spans)


def capsule_rows(figures: Figures) -> NDArray:
    """(N, C) rows of ROW, unplaced; a capsule with an unknown end has radius NaN."""
    table, positions = _table(figures.body), np.asarray(figures.positions, dtype=np.float32)
    skin = figures.layer == "skin"
    rows = np.zeros((len(positions), len(table.first)), dtype=ROW)
    scale = np.ones(len(positions), dtype=np.float32) if figures.scale is None else figures.scale
    thinner = scale * (_SKIN_THINNER if skin else 1.0)
    colours = np.rint(np.clip(figures.colours, 0.0, 1.0) * 255.0)
    for end, (joints, column) in {"a": (table.first, 0), "b": (table.second, 1)}.items():
        rows[f"end_{end}"][..., :3] = positions[:, joints]
        if table.spans is not None:
            along = positions[:, table.second] - positions[:, table.first]
            rows[f"end_{end}"][..., :3] = positions[:, table.first] + table.spans[:, column, None] * along
        rows[f"end_{end}"][..., 3] = table.radii[:, column] * thinner[:, None]
        rows[f"colour_{end}"][..., :3] = colours[:, joints if figures.per_joint else table.side]
    rows["colour_a"][..., 3] = 255
    if figures.faded is not None:
        faded = figures.faded[:, table.first] | figures.faded[:, table.second]
        rows["colour_a"][..., 3] = np.where(faded, round(255 * _FADED), 255)
    rows["colour_b"][..., 3] = round(255 * _SKIN_FLATTENED) if skin else 0
    rows["weight"] = (figures.opacity * figures.shadow)[:, None] * (rows["colour_a"][..., 3] / np.float32(255.0))
    unknown = ~np.isfinite(rows["end_a"] + rows["end_b"]).all(axis=-1)
    rows["end_a"][unknown, 3] = np.nan
    return rows


def translucent(figures: Figures) -> NDArray[np.bool_]:
    """(N,) which poses are drawn as a layer of their own rather than straight into the picture."""
    if figures.layer != "current":
        return np.ones(len(figures.positions), dtype=bool)
    layered = figures.opacity < _OPAQUE
    return layered if figures.faded is None else layered | figures.faded.any(axis=1)


def known(rows: NDArray) -> NDArray:
    """The rows of known capsules, flat."""
    flat = rows.reshape(-1)
    return flat[np.isfinite(flat["end_a"][:, 3])]


def back_to_front(rows: NDArray, camera: Camera) -> NDArray:
    """Rows ordered so that an edge is blended over what lies behind it."""
    back = camera.axes[2].astype(np.float32)
    depth = (rows["end_a"][:, :3] + rows["end_b"][:, :3]) @ back
    return rows[np.argsort(depth, kind="stable")]


def windows(rows: NDArray, camera: Camera, size: tuple[int, int]) -> NDArray[np.float32]:
    """(N, 4) left, bottom, right, top px of each pose's rows (N, C) on the screen; right < left where nothing shows."""
    width, height = size
    ends = np.concatenate([rows["end_a"], rows["end_b"]], axis=1)
    px, depth = camera.project(ends[..., :3], size)
    reach = (ends[..., 3] * height / 2.0 / camera.half_height_at(np.maximum(depth, 1e-3))) * 1.3 + 2.0
    behind = (depth < 2.0 * ends[..., 3] + 0.02) & ~np.bool_(camera.orthographic)
    x, y = px[..., 0], height - px[..., 1]
    bones = rows.shape[1]
    gone = np.tile(behind[:, :bones] & behind[:, bones:], (1, 2))
    some = np.isfinite(ends).all(axis=-1) & ~gone
    box = np.empty((len(rows), 4), dtype=np.float32)
    for column, (low, high) in enumerate(((x, width), (y, height))):
        first = np.where(behind, 0.0, low - reach)
        last = np.where(behind, high, low + reach)
        box[:, column] = np.min(np.where(some, first, np.inf), axis=1, initial=np.inf)
        box[:, column + 2] = np.max(np.where(some, last, -np.inf), axis=1, initial=-np.inf)
    box[:, :2] = np.floor(np.clip(box[:, :2], 0, size))
    box[:, 2:] = np.ceil(np.clip(box[:, 2:], 0, size))
    return box


def covered(rows: NDArray, camera: Camera, size: tuple[int, int]) -> float:
    """Pixels on the screen of the boxes around capsules (N,) of ROW, overlaps counted as often as they are drawn.

    Of very many some stand for all, not the same ones of each figure.
    """
    some = rows if len(rows) <= _COUNTED else rows[np.linspace(0, len(rows) - 1, _COUNTED).astype(int)]
    left, bottom, right, top = windows(some[:, None], camera, size).T.astype(np.float64)
    pixels = float((np.maximum(right - left, 0.0) * np.maximum(top - bottom, 0.0)).sum())
    return pixels * len(rows) / max(len(some), 1)


def shelves(boxes: NDArray[np.float32], size: tuple[int, int]) -> tuple[NDArray[np.float32], int, int]:
    """Places (K, 2) in an atlas for the first K boxes (N, 4) that fit, K, and the height that they use."""
    places = np.zeros((len(boxes), 2), dtype=np.float32)
    x = y = tall = 0
    for k, (left, bottom, right, top) in enumerate(boxes):
        width, height = int(right - left), int(top - bottom)
        if x + width > size[0]:
            x, y, tall = 0, y + tall, 0
        if y + height > size[1]:
            return places[:k], k, y + tall
        places[k] = x, y
        x, tall = x + width, max(tall, height)
    return places, len(boxes), y + tall
