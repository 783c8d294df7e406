"""Where labels go that would lie over each other: a little apart, or away; the weightier one stays where it is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from poseviewer.render.camera import Camera, Size
from poseviewer.render.stage import Figures

_GAP = 3.0  # px at a pixel ratio of 1 between two labels, one over the other
_GAP_ASIDE = 12.0  # and beside each other, so that they do not read as one
_STEPS = 3  # lines that a label may be moved down
_ALONG = np.linspace(0.0, 1.0, 5, dtype=np.float32)[:, None]  # places on a bone that are asked for
_MOST, _SEEN = 24, 0.2  # poses of a group that are asked for; opacity below which one does not disturb a text
_ASIDE = 0.8  # of its width that it may be moved aside


class Box(NamedTuple):
    """A rectangle in px, y down."""

    left: float
    top: float
    right: float
    bottom: float

    def moved(self, x: float, y: float) -> Box:
        return Box(self.left + x, self.top + y, self.right + x, self.bottom + y)

    def meets(self, other: Box, gap: float = 0.0) -> bool:
        """Whether two boxes come nearer to each other than a gap."""
        across = self.left < other.right + gap and other.left < self.right + gap
        return across and self.top < other.bottom + gap and other.top < self.bottom + gap


def laid_out(
    wanted: Sequence[Box], weights: Sequence[int], taken: Iterable[Box], ratio: float = 1.0, foot: float = math.inf
) -> list[tuple[float, float] | None]:
    """How far each box is moved (right, down), None where it is left out. taken: boxes that stand already; foot: px
    down to where the picture ends, beyond which none is moved.

    Of equal weights the later box stands. One of weight 2 and more goes up, too, and stands whatever lies there.
    """
    standing, gap = list(taken), _GAP * ratio
    moves: list[tuple[float, float] | None] = [None] * len(wanted)
    for k in sorted(range(len(wanted)), key=lambda k: (-weights[k], -k)):
        ways = _tries(wanted[k], standing, ratio, up=weights[k] >= 2)
        tries = ((way, wanted[k].moved(*way)) for way in ways if way[1] <= max(0.0, foot - wanted[k].bottom))
        free = (way for way, box in tries if not any(box.meets(other, gap - 1e-6) for other in standing))
        moves[k] = move = next(free, (0.0, 0.0) if weights[k] >= 2 else None)
        if move is not None:
            standing.append(wanted[k].moved(*move))
    return moves


def _tries(box: Box, standing: Sequence[Box], ratio: float, up: bool) -> list[tuple[float, float]]:
    """Ways to move a box: not at all, aside of what it meets, down by lines, the shortest first; then up, if asked."""
    gap, aside_gap = _GAP * ratio, _GAP_ASIDE * ratio
    met = [other for other in standing if box.meets(other, gap)]
    if not met:
        return [(0.0, 0.0)]
    line = box.bottom - box.top + gap
    aside = [max(other.right for other in met) + aside_gap - box.left]
    aside += [min(other.left for other in met) - aside_gap - box.right]
    aside = [x for x in aside if abs(x) <= _ASIDE * (box.right - box.left)]
    ways = [(x, 0.0) for x in aside] + [(0.0, step * line) for step in range(1, _STEPS)]
    above = [(0.0, -step * line) for step in range(1, _STEPS + 1)] if up else []
    return sorted(ways, key=lambda way: abs(way[0]) + abs(way[1])) + above


class FiguresOnScreen:
    """Where the figures of a stage lie in the picture, asked for by the box."""

    def __init__(self, figures: Sequence[Figures], camera: Camera, size: Size) -> None:
        self._figures, self._camera, self._size = figures, camera, size

    def meet(self, box: Box) -> bool:
        """Whether any bone that is well seen reaches into a box."""
        if not self._around.meets(box):
            return False
        x, y, radius = self._discs
        away_x = np.maximum(np.maximum(box.left - x, x - box.right), 0.0)
        away_y = np.maximum(np.maximum(box.top - y, y - box.bottom), 0.0)
        return bool((away_x * away_x + away_y * away_y < radius * radius).any())

    @cached_property
    def _around(self) -> Box:
        """All that any bone reaches."""
        x, y, radius = self._discs
        if not len(x):
            return Box(0.0, 0.0, 0.0, 0.0)
        ends = (x - radius).min(), (y - radius).min(), (x + radius).max(), (y + radius).max()
        return Box(*map(float, ends))

    @cached_property
    def _discs(self) -> NDArray[np.float32]:
        """(3, K) px from the top left, and radius in px, of discs along every bone that is known and before the eye."""
        parts = [np.zeros((3, 0), dtype=np.float32)]
        for figures in self._figures:
            seen = np.flatnonzero(figures.opacity >= _SEEN)[-_MOST:]
            px, depth = self._camera.project(figures.positions[seen], self._size)
            per_metre = self._size[1] / 2.0 / self._camera.half_height_at(np.where(depth > 0.0, depth, np.nan))
            parts.append(_discs(figures, seen, np.concatenate([px, per_metre[..., None]], axis=-1).astype(np.float32)))
        discs = np.concatenate(parts, axis=1)
        return np.ascontiguousarray(discs[:, np.isfinite(discs).all(axis=0)])


def _discs(figures: Figures, seen: NDArray[np.intp], joints: NDArray[np.float32]) -> NDArray[np.float32]:
    """(3, K) discs of poses of a group; joints (N, J, 3): px, and px a metre there. Lines are lines on a screen."""
    body = figures.body
    scale = 1.0 if figures.scale is None else figures.scale[seen, None, None]
    first, second = joints[:, body.edges[:, 0], None], joints[:, body.edges[:, 1], None]
    along = _ALONG if body.spans is None else body.spans[:, :1, None] + _ALONG * np.diff(body.spans)[:, :, None]
    bones = first + along * (second - first)
    bones[..., 2] *= body.edge_radii.max(axis=1)[:, None] * scale
    spheres = np.flatnonzero(body.joint_radii)
    balls = joints[:, spheres, None].copy()
    balls[..., 2] *= body.joint_radii[spheres, None] * scale
    return np.concatenate([bones.reshape(-1, 3), balls.reshape(-1, 3)]).T
