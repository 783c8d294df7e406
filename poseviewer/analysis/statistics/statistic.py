"""What a statistic is: values of frames as they come, many motions at once, at a constant cost a frame.

Letters: B motions that go on alike, n frames that have come, J joints, D = 2 or 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.known import nearest, norms
from poseviewer.analysis.statistics.body import Body, local, yaw
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array

LEAD = 10
"""Frames before the newest ones that statistics may look back at without a memory of their own."""
_ORDERS = 4  # of differences that anybody asks for
_GROUND = np.array([0, 2])


@dataclass(frozen=True, eq=False)
class Insight:
    """What networks make of frames (B, n), NaN where they make nothing of one; None without such a network.

    latents: (B, n, Z) along the principal axes of the embedding's data, in deviations from its mean; centres (C, Z): of
    its clusters, likewise. rebuilt (B, n, J, D): the poses as decoded from their latents. log_probabilities (B, n, A)
    of the actions in the last seconds up to each frame, generated ones alone; in_seed (B, A): of those in the seed.
    """

    latents: Array | None = None
    centres: Array | None = None
    rebuilt: Array | None = None
    log_probabilities: Array | None = None
    in_seed: Array | None = None


@dataclass(frozen=True, eq=False)
class Judged:
    """Frames of motions. poses: (B, n, J, D) metres in the world, y up, or image heights; NaN where unknown.

    root: (B, n, D) what is measured as the body's place. fps: their rate. What verdicts are made from knows more: lead
    (B, k, J, D), the k <= LEAD frames right before; body, as the seed shows it; insight: what networks say.
    """

    poses: Array
    root: Array
    fps: float
    lead: Array | None = None
    body: Body | None = None
    insight: Insight = Insight()

    @classmethod
    def of(cls, poses: Array, skeleton: Skeleton, fps: float) -> Judged:
        """Poses (B, n, J, D), or (n, J, D) of one motion, whose root is their skeleton's."""
        poses = poses if poses.ndim == 4 else poses[None]
        return cls(poses, poses[:, :, skeleton.root], fps)

    @cached_property
    def about_root(self) -> Array:
        """(B, n, J, D) the poses from their roots."""
        return self.poses - self.root[:, :, None]

    @property
    def known_body(self) -> Body:
        """The body; only statistics of verdicts ask, whose frames have one."""
        assert self.body is not None
        return self.body

    def difference(self, order: int) -> Array:
        """(B, n, J, D) finite differences a frame, up to the fourth; NaN where too few frames came before."""
        return self._differences[order - 1]

    @cached_property
    def steps(self) -> Array:
        """(3, B, n, J) lengths of the differences of the second to the fourth order."""
        return norms(self._differences[1:])

    def before(self, frames: int) -> Array:
        """(B, n, J, D) the poses so many frames before, at most LEAD; NaN where they are not known."""
        whole = self._whole
        first = max(0, whole.shape[1] - self.poses.shape[1] - frames)
        return padded(whole[:, first : whole.shape[1] - frames], self.poses.shape[1])

    def newest(self, frames: int) -> Array:
        """(B, k, J, D) the last poses, at most so many; those before the frames among them."""
        return self._whole[:, -frames:]

    @cached_property
    def yaw(self) -> Array:
        """(B, n) radians about y of 3D poses, as `body.yaw` has it."""
        return yaw(self.poses, self.known_body.skeleton)

    @cached_property
    def local(self) -> Array:
        """(B, n, J, D) poses from their root, in sizes of the body; of 3D ones in the frame of their heading."""
        body = self.known_body
        return local(self.poses, body, self.yaw if body.skeleton.dims == 3 else None)

    @cached_property
    def lowest(self) -> Array:
        """(B, n) height of the lowest joint."""
        return np.minimum.reduce(self.poses[..., 1], axis=-1)

    def nearest(self, centres: Array) -> NDArray[np.intp]:
        """(B, n) which of centres (C, J D), in sizes of the body, each local pose is nearest to. Kept: many ask."""
        for asked, near in self._near:
            if asked is centres or np.array_equal(asked, centres):
                return near
        found = nearest(self.local.reshape(-1, centres.shape[1]), centres).reshape(self.poses.shape[:2])
        self._near.append((centres, found))
        return found

    @cached_property
    def shared(self) -> dict[object, Any]:
        """What statistics that need the same of these frames leave to one another."""
        return {}

    @cached_property
    def _near(self) -> list[tuple[Array, NDArray[np.intp]]]:
        return []

    @cached_property
    def _differences(self) -> Array:
        """(4, B, n, J, D) of the first to the fourth order."""
        newest = self.poses.shape[1]
        below = padded(self._whole, newest + _ORDERS)
        made = np.empty((_ORDERS, *self.poses.shape), below.dtype)
        for order in range(_ORDERS):
            below = below[:, 1:] - below[:, :-1]
            made[order] = below[:, -newest:]
        return made

    @cached_property
    def _whole(self) -> Array:
        return self.poses if self.lead is None else np.concatenate([self.lead, self.poses], axis=1)


def padded(values: Array, frames: int) -> Array:
    """The last `frames` of values (B, <= frames, ...), NaN in front where there are fewer."""
    missing = frames - values.shape[1]
    if missing <= 0:
        return values[:, -missing:]
    blank = np.full((len(values), missing, *values.shape[2:]), np.nan, dtype=values.dtype)
    return np.concatenate([blank, values], axis=1)


Side = Literal["drift", "collapse"]


@dataclass(frozen=True)
class Statistic:
    """Of frames as they come: what `points` gives of each, or its derivative in time of the `order`th, in one number.

    side: what it means where it is extreme. A statistic with another memory than the last frames' points has an
    `update` of its own. States are not changed in place: keeping one is the way back.
    """

    name: ClassVar[str]
    unit: ClassVar[str]
    side: ClassVar[Side]
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


def on_ground(points: Array) -> Array:
    """Of points (..., 3) the ground's axes (..., 2); points of an image (..., 2) as they are."""
    return points.take(_GROUND, -1) if points.shape[-1] == 3 else points
