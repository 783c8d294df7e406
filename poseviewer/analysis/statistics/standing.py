"""A body and the ground under it: planted feet that slide, a root that glides over feet at rest, a body that hovers or
sinks. Of 3D bodies whose feet have names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.known import norms
from poseviewer.analysis.statistics.body import feet, floor_of, toes
from poseviewer.analysis.statistics.sign import HALF, SIXFOLD, TWICE, Sign, axes, reach, usual
from poseviewer.analysis.statistics.statistic import Judged, on_ground, padded
from poseviewer.analysis.trail import Trail
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array


@dataclass(frozen=True, eq=False)
class _OnGround(Sign):
    side = "drift"
    dims = (3,)

    @classmethod
    def applies(cls, skeleton: Skeleton) -> bool:
        return skeleton.dims == 3 and bool(toes(skeleton))


@dataclass(frozen=True, eq=False)
class PlantedSlide(_OnGround):
    """Speed over the ground of a toe that hardly rises or falls, its mean velocity over two frames, of the slower such
    toe at its least within half a second: whoever walks, runs or lands plants a foot that often. NaN while no toe does,
    or lies half a leg length under the root at least: who lies, sits or rolls plants no foot.
    """

    name = "slide"
    unit = "sizes/s"
    title = "slide of the planted foot"
    weight = SIXFOLD
    words = "the planted foot slides at {value} leg lengths a second"
    floor = 0.2
    seconds = 0.5
    how = "least"
    _MEAN: ClassVar[int] = 2
    _RISING: ClassVar[float] = 0.45  # sizes a second: a toe that rises or falls faster is not planted
    _UNDER: ClassVar[float] = 0.5  # sizes under the root

    def each(self, frames: Judged) -> Array:
        body = frames.known_body
        tips = _toes(body.skeleton)
        moved = (frames.poses - frames.before(self._MEAN)).take(tips, 2)
        velocity = body.in_sizes(moved / self._MEAN * frames.fps)
        under = body.in_sizes(frames.root[..., None, 1] - frames.poses[..., 1].take(tips, 2))
        speed = norms(on_ground(velocity))
        np.putmask(speed, ~((np.abs(velocity[..., 1]) < self._RISING) & (under > self._UNDER)), np.nan)
        return np.fmin.reduce(speed, axis=-1)


@dataclass(frozen=True, eq=False)
class Glide(_OnGround):
    """Speed over the ground that the root and all feet share, over a second and a half in which the feet rest relative
    to the root; NaN while they do not. Of a body that stands, the root sways over feet that stay, at about 0.01 m/s; in
    recordings the feet sometimes slip under a root that stays.
    """

    name = "glide"
    unit = "sizes/s"
    title = "glide"
    weight = TWICE
    words = "the body glides at {value} leg lengths a second over feet at rest"
    floor = 0.01
    seconds = 1.5
    seldom = True
    _STRAY: ClassVar[float] = 0.02  # sizes: half the room that a foot takes, relative to the root, in the window

    def update(self, state: Any, frames: Judged) -> tuple[Array, Any]:
        body, width, count = frames.known_body, self.width(frames.fps), frames.poses.shape[1]
        places = frames.poses.take(_root_and_feet(body.skeleton), 2).swapaxes(0, 1)
        about = places[:, :, 1:] - places[:, :, :1]
        # frames before motions: the largest of a window is then one of long rows
        new = np.concatenate([places.reshape(1, count, -1), about.reshape(1, count, -1)], axis=2)
        past: Trail = (state or Trail(np.full((1, width, new.shape[2]), np.nan))).extended(new)
        kept, split = past.newest(width + count), places.size // count
        room = reach(kept[..., split:], width + 1).reshape(about.shape)
        stray = body.in_sizes(np.maximum.reduce(norms(room), axis=-1).T / 2.0)
        rests = stray < self._STRAY
        if not np.count_nonzero(rests):
            return np.full(rests.shape, np.nan), past
        gone = (new[..., :split] - kept[:, :count, :split]).reshape(places.shape)
        speed = body.in_sizes(np.minimum.reduce(norms(on_ground(gone)), axis=-1).T / width * frames.fps)
        np.putmask(speed, ~rests, np.nan)
        return speed, past


@dataclass(frozen=True, eq=False)
class _OverFloor(_OnGround):
    """Against the floor that the seed stands on, or a seed in the air flies over: it is no higher than the floors of
    real clips are. highest (1,): metres, of 99 % of those.
    """

    highest: Array = field(default_factory=lambda: np.full(1, 1e6), metadata=axes("one"))

    def fitted(self, motions: Sequence[Judged]) -> Self:
        lowest = [floor_of(motion.poses, motion.known_body.skeleton) for motion in motions]
        return replace(self, highest=usual([floor[None] for floor in lowest], 50.0, 99.0))

    def height(self, frames: Judged) -> Array:
        """(B, n) metres of the lowest joint over the floor."""
        return frames.lowest - np.minimum(frames.known_body.floor, self.highest)[:, None]


@dataclass(frozen=True, eq=False)
class Hover(_OverFloor):
    """Height of the lowest joint over the floor, at its least within two thirds of a second; of a body that has gone so
    many metres from where it set out, divided by that and one more: floors of recordings slope.
    """

    name = "hover"
    unit = "m"
    title = "height over the floor"
    words = "no foot comes nearer to the floor, as it was where the body set out, than {value} m"
    floor = 0.02
    seconds = 20.0 / 30.0
    how = "least"

    def each(self, frames: Judged) -> Array:
        body = frames.known_body
        gone = on_ground(frames.root - body.place[:, None])
        return self.height(frames) / (1.0 + norms(gone))


@dataclass(frozen=True, eq=False)
class Sink(_OverFloor):
    """Depth of the lowest joint under the floor, over a sixth of a second."""

    name = "sink"
    unit = "m"
    title = "depth under the floor"
    weight = HALF
    words = "the body sinks {value} m under the floor"
    floor = 0.02
    seconds = 5.0 / 30.0
    how = "least"

    def each(self, frames: Judged) -> Array:
        return -self.height(frames)


@dataclass(frozen=True, eq=False)
class Turning(Sign):
    """Mean size of the turning rate over half a second, radians a second."""

    name = "turning"
    unit = "rad/s"
    side = "drift"
    title = "turning"
    weight = HALF
    words = "the body turns at {value} rad/s"
    floor = 0.2
    dims = (3,)
    seconds = 0.5

    def raw(self, state: Array | None, frames: Judged) -> tuple[Array, Array]:
        angle = frames.yaw
        whole = angle if state is None else np.concatenate([state, angle], axis=1)
        rate = np.abs((whole[:, 1:] - whole[:, :-1] + np.pi) % (2.0 * np.pi) - np.pi) * frames.fps
        return padded(rate, angle.shape[1]), angle[:, -1:]


@dataclass(frozen=True, eq=False)
class Travel(Sign):
    """Speed of the body over the ground, over a quarter of a second."""

    name = "travel"
    unit = "sizes/s"
    side = "drift"
    title = "speed of the body"
    weight = HALF
    words = "the body goes at {value} body sizes a second"
    floor = 0.3
    dims = (3,)
    seconds = 8.0 / 30.0

    def each(self, frames: Judged) -> Array:
        body = frames.known_body
        return norms(on_ground(body.in_sizes(frames.difference(1)[:, :, body.skeleton.root]))) * frames.fps


@lru_cache(maxsize=64)
def _toes(skeleton: Skeleton) -> NDArray[np.intp]:
    return np.array(toes(skeleton))


@lru_cache(maxsize=64)
def _root_and_feet(skeleton: Skeleton) -> NDArray[np.intp]:
    return np.array([skeleton.root, *feet(skeleton)])
