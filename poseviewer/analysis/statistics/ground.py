"""A body and the ground: how high its lowest joint is, what has flown, and how fast feet move where they stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from poseviewer.analysis.known import known_mean
from poseviewer.analysis.statistics.root import RootSpeed
from poseviewer.analysis.statistics.statistic import Judged, Statistic, differences, on_ground, over
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array

HIGH = 0.6  # metres: a body wholly above that has flown
FAST = 8.0  # metres a second of the root, on the ground
STANDING = 0.025  # metres over a toe's lowest place
_LOWEST = 5.0  # percentile of a toe's height over the seed
_State = tuple[Array, Array | None]
"""Where each toe stands (B, K), metres, and the newest toes (B, 1, K, 2) on the ground."""


class Clearance(Statistic):
    """Height of the lowest joint that is known over y = 0; NaN where none is."""

    name = "clearance"
    unit = "m"
    side = "drift"

    def measured(self, made: Array) -> Array:
        lowest = np.where(np.isfinite(made[..., 1]), made[..., 1], np.inf).min(axis=-1)
        return np.where(np.isfinite(lowest), lowest, np.nan)


def is_flown(motion: Judged) -> Array:
    """(B,) whether motions leave the ground with every joint, or rush over it."""
    fastest = np.nanpercentile(over(RootSpeed(), motion), 99, axis=1)
    return np.asarray((np.nanmax(over(Clearance(), motion), axis=1) > HIGH) | (fastest > FAST))


@dataclass(frozen=True)
class FootSlide(Statistic):
    """Mean speed on the ground of the toes (K joints) that stand; NaN where none does. A toe stands within 2.5 cm of
    its lowest place in the seed, or without one in the first frames that come.
    """

    toes: tuple[int, ...]
    name = "foot slide"
    unit = "m/s"
    side = "drift"

    @classmethod
    def of(cls, skeleton: Skeleton) -> FootSlide:
        """Of the toes that a skeleton has."""
        return cls(tuple(j for j, joint in enumerate(skeleton.joints) if joint.endswith("toe")))

    def update(self, state: _State | None, frames: Judged) -> tuple[Array, _State]:
        each, state = self.of_each(state, frames)
        return known_mean(each), state

    def of_each(self, state: _State | None, frames: Judged) -> tuple[Array, _State]:
        """(B, n, K) the speed of each toe, NaN where it does not stand and in the first frame."""
        toes = frames.poses[:, :, list(self.toes)]
        floor, before = (np.percentile(toes[..., 1], _LOWEST, axis=1), None) if state is None else state
        moved, newest = differences(before, on_ground(toes), 1)
        speed = np.linalg.norm(moved, axis=-1) * frames.fps
        return np.where(toes[..., 1] < floor[:, None] + STANDING, speed, np.nan), (floor, newest)
