"""Foot slide: how fast feet move over the ground that they stand on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from poseviewer.analysis.statistics.statistic import Judged, Side, differences, on_ground
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array

STANDING = 0.025  # metres over a toe's lowest place
_LOWEST = 5.0  # percentile of a toe's height over the seed


@dataclass(frozen=True, eq=False)
class _Slide:
    """floor (B, K): where each toe stands, metres, None until frames have come; newest (B, 1, K, 2) on the ground."""

    floor: Array | None = None
    newest: Array | None = None


@dataclass(frozen=True)
class FootSlide:
    """Mean speed on the ground of the toes (K joints) that stand; NaN where none does. A toe stands within 2.5 cm of
    its lowest place in the seed, or without one in the first frames that come.
    """

    toes: tuple[int, ...]
    name: ClassVar[str] = "foot slide"
    unit: ClassVar[str] = "m/s"
    side: ClassVar[Side] = "drift"

    @classmethod
    def of(cls, skeleton: Skeleton) -> FootSlide:
        """Of the toes that a skeleton has."""
        return cls(tuple(j for j, joint in enumerate(skeleton.joints) if joint.endswith("toe")))

    def start(self, seed: Judged | None = None) -> _Slide:
        if seed is None:
            return _Slide()
        toes = seed.poses[:, :, list(self.toes)]
        return _Slide(_floor(toes), on_ground(toes)[:, -1:])

    def update(self, state: _Slide, frames: Judged) -> tuple[Array, _Slide]:
        each, state = self.of_each(state, frames)
        standing = np.isfinite(each)
        count = standing.sum(axis=-1)
        return np.where(count, np.where(standing, each, 0.0).sum(axis=-1) / np.maximum(count, 1), np.nan), state

    def of_each(self, state: _Slide, frames: Judged) -> tuple[Array, _Slide]:
        """(B, n, K) the speed of each toe, NaN where it does not stand and in the first frame."""
        toes = frames.poses[:, :, list(self.toes)]
        floor = _floor(toes) if state.floor is None else state.floor
        moved, newest = differences(state.newest, on_ground(toes), 1)
        speed = np.linalg.norm(moved, axis=-1) * frames.fps
        return np.where(toes[..., 1] < floor[:, None] + STANDING, speed, np.nan), _Slide(floor, newest)


def _floor(toes: Array) -> Array:
    return np.percentile(toes[..., 1], _LOWEST, axis=1)
