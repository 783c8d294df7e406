"""What a statistic is: values of frames as they come, many motions at once, at a constant cost a frame.

Letters: B motions that go on alike, n frames that have come, J joints, D = 2 or 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

import numpy as np

from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array

Side = Literal["drift", "collapse"]


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


class Statistic(Protocol):
    """`start` gives the state before the first frame, `update` the values (B, n) of the next ones and the state after.

    States are not changed in place: keeping one is the way back. side: what it means where it is extreme.
    """

    name: ClassVar[str]
    unit: ClassVar[str]
    side: ClassVar[Side]

    def start(self, seed: Judged | None = None) -> Any: ...
    def update(self, state: Any, frames: Judged) -> tuple[Array, Any]: ...


def over(statistic: Statistic, frames: Judged, seed: Judged | None = None) -> Array:
    """The values (B, n) of whole motions. seed: what the statistic is told to start from."""
    return statistic.update(statistic.start(seed), frames)[0]


def differences(before: Array | None, values: Array, order: int) -> tuple[Array, Array]:
    """Finite differences (B, n, ...) of values (B, n, ...), NaN where too few came before, and what the next follow on.

    before: the last `order` values that came, fewer at the beginning, None before the first.
    """
    whole = values if before is None else np.concatenate([before, values], axis=1)
    made = np.diff(whole, order, axis=1)[:, -values.shape[1] :]
    missing = np.full((len(values), values.shape[1] - made.shape[1], *values.shape[2:]), np.nan, dtype=values.dtype)
    return np.concatenate([missing, made], axis=1), whole[:, -order:]


def on_ground(points: Array) -> Array:
    """Of points (..., 3) the ground's axes (..., 2); points of an image (..., 2) as they are."""
    return points[..., [0, 2]] if points.shape[-1] == 3 else points
