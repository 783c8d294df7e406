"""What a statistic is: values of frames as they come, many motions at once, at a constant cost a frame.

Letters: B motions that go on alike, n frames that have come, J joints, D = 2 or 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array


@dataclass(frozen=True, eq=False)
class Judged:
    """Frames of motions. poses: (B, n, J, D) metres in the world, y up, or image heights; NaN where unknown.

    root: (B, n, D) what is measured as the body's place. fps: their rate.
    """

    poses: Array
    root: Array
    fps: float

    @classmethod
    def of(cls, poses: Array, skeleton: Skeleton, fps: float) -> Judged:
        """Poses (B, n, J, D), or (n, J, D) of one motion, whose root is their skeleton's."""
        poses = poses if poses.ndim == 4 else poses[None]
        return cls(poses, poses[:, :, skeleton.root], fps)

    @property
    def about_root(self) -> Array:
        """(B, n, J, D) the poses from their roots."""
        return self.poses - self.root[:, :, None]


@dataclass(frozen=True)
class Statistic:
    """Of frames as they come: what `points` gives of each, or its derivative in time of the `order`th, in one number.

    side: what it means where it is extreme. A statistic with another memory than the last frames' points has an
    `update` of its own. States are not changed in place: keeping one is the way back.
    """

    name: ClassVar[str]
    unit: ClassVar[str]
    side: ClassVar[Literal["drift", "collapse"]]
    order: ClassVar[int] = 0

    def start(self, seed: Judged | None = None) -> Any:
        """The state before the first frame; seed: the frames that it follows on."""
        return None if seed is None else self.update(None, seed)[1]

    def update(self, state: Any, frames: Judged) -> tuple[Array, Any]:
        """The values (B, n) of the next frames, and the state after them."""
        made, state = differences(state, self.points(frames), self.order)
        return self.measured(made) * frames.fps**self.order, state

    def points(self, frames: Judged) -> Array:
        """(B, n, ...) what is measured of each frame: the places of the joints."""
        return frames.poses

    def measured(self, made: Array) -> Array:
        """(B, n) of the points (B, n, ...), or of their differences of the `order`th."""
        raise NotImplementedError


def over(statistic: Statistic, frames: Judged, seed: Judged | None = None) -> Array:
    """The values (B, n) of whole motions. seed: what the statistic is told to start from."""
    return statistic.update(statistic.start(seed), frames)[0]


def differences(before: Array | None, values: Array, order: int) -> tuple[Array, Array | None]:
    """Finite differences (B, n, ...) of values (B, n, ...), NaN where too few came before, and what the next follow on.

    before: the last `order` values that came, fewer at the beginning, None before the first.
    """
    if not order:
        return values, None
    whole = values if before is None else np.concatenate([before, values], axis=1)
    made = np.diff(whole, order, axis=1)[:, -values.shape[1] :]
    missing = np.full((len(values), values.shape[1] - made.shape[1], *values.shape[2:]), np.nan, dtype=values.dtype)
    return np.concatenate([missing, made], axis=1), whole[:, -order:]


def known_mean(values: Array, axis: int = -1) -> Array:
    """Means along an axis of what is known; NaN where nothing is."""
    known = np.isfinite(values)
    count = known.sum(axis=axis)
    return np.where(count, np.where(known, values, 0.0).sum(axis=axis) / np.maximum(count, 1), np.nan)


def on_ground(points: Array) -> Array:
    """Of points (..., 3) the ground's axes (..., 2); points of an image (..., 2) as they are."""
    return points[..., [0, 2]] if points.shape[-1] == 3 else points
