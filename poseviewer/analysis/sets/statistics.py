"""Statistics of sets: how much motions differ from each other, at each frame, by what they are in the window up to it.

A small value says that motions end alike. Letters: B motions that go on alike, G groups of them, n frames, V values, J
joints, D = 2 or 3.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.known import known_mean, nearest
from poseviewer.analysis.statistics.statistic import Judged
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array

_CENTRES = 12
_ROUNDS = 20
_MOST_POSES = 4000


@dataclass(frozen=True, eq=False)
class SetStatistic:
    """The variance over a group's motions of what each of them is, `ends`, summed over its values.

    title: what differs. seconds: of the window that tells it; until it is full the value is NaN. States are not changed
    in place: keeping one is the way back.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    dims: ClassVar[tuple[int, ...]] = (2, 3)
    seconds: ClassVar[float] = 1.0

    def fitted(self, motions: Sequence[Judged]) -> Self:
        """It as real motions have it to be."""
        return self

    def start(self) -> Any:
        return None

    def update(self, state: Any, frames: Judged, group: NDArray[np.intp]) -> tuple[Array, Any]:
        """The values (G, n) of the next frames, and the state after them. group (B,): of each motion its seed, from 0,
        where samples of one seed are compared; 0 of all where seeds are.
        """
        made, state = self.ends(state, frames)
        return np.stack([variance(made[group == g]) for g in range(int(group.max()) + 1)]), state

    def ends(self, state: Any, frames: Judged) -> tuple[Array, Any]:
        """(B, n, V) what each motion is in the window up to each of the next frames, and the state after them."""
        points, width = self.points(frames), round(self.seconds * frames.fps)
        whole = points if state is None else np.concatenate([state, points], axis=1)
        full = whole.shape[1] > width
        made = self.summary(whole, width if full else 0, frames.fps)[:, -points.shape[1] :]
        made = np.pad(made, ((0, 0), (points.shape[1] - made.shape[1], 0), (0, 0)), constant_values=np.nan)
        return made if full else np.full_like(made, np.nan), whole[:, max(0, whole.shape[1] - width) :]

    def points(self, frames: Judged) -> Array:
        """(B, n, U) what is remembered of each frame."""
        raise NotImplementedError

    def summary(self, points: Array, width: int, fps: float) -> Array:
        """(B, n - width, V) of points (B, n, U), each of those `width` before it and itself."""
        raise NotImplementedError


class Pose(SetStatistic):
    """The pose, seen from the body, in its sizes."""

    name, title, seconds = "pose", "pose", 0.0

    def points(self, frames: Judged) -> Array:
        return _flat(frames).reshape(*frames.poses.shape[:2], -1)

    def summary(self, points: Array, width: int, fps: float) -> Array:
        return points


@dataclass(frozen=True, eq=False)
class Actions(SetStatistic):
    """What is done: the shares of the window that actions have, by their probabilities where they are known, else by
    which of the reference's typical poses (K, JD) is nearest.
    """

    name, title = "actions", "action"
    centres: Array | None = None

    def fitted(self, motions: Sequence[Judged]) -> Self:
        poses = np.nan_to_num(np.concatenate([_flat(motion) for motion in motions]))
        return replace(self, centres=_centres(poses[:: max(1, len(poses) // _MOST_POSES)]))

    def points(self, frames: Judged) -> Array:
        if frames.insight.log_probabilities is not None:
            return np.exp(frames.insight.log_probabilities)
        assert self.centres is not None
        poses = _flat(frames)
        made = np.eye(len(self.centres))[nearest(np.nan_to_num(poses), self.centres)]
        made[~np.isfinite(poses).any(axis=1)] = np.nan
        return made.reshape(*frames.poses.shape[:2], -1)

    def summary(self, points: Array, width: int, fps: float) -> Array:
        total = np.cumsum(points, axis=1)
        return (total[:, width:] - total[:, : total.shape[1] - width]) / max(1, width)


class Turning(SetStatistic):
    """How fast the body turns, radians a second, to the left."""

    name, title = "turning", "turning rate"
    dims = (3,)

    def points(self, frames: Judged) -> Array:
        return frames.yaw[..., None]

    def summary(self, points: Array, width: int, fps: float) -> Array:
        angle = np.unwrap(points, axis=1)
        return (angle[:, width:] - angle[:, : angle.shape[1] - width]) * fps / max(1, width)


class Way(SetStatistic):
    """Where the body goes, in its sizes, seen from where it was and faced when the window began."""

    name, title = "place", "way"

    def points(self, frames: Judged) -> Array:
        size = frames.known_body.size[:, None, None]
        if frames.poses.shape[-1] == 2:
            return known_mean(frames.poses, axis=2) / size
        return np.concatenate([frames.root[..., [0, 2]] / size, frames.yaw[..., None]], axis=-1)

    def summary(self, points: Array, width: int, fps: float) -> Array:
        moved = points[:, width:] - points[:, : points.shape[1] - width]
        if points.shape[-1] == 2:
            return moved
        angle = points[:, : points.shape[1] - width, 2]
        c, s = np.cos(angle), np.sin(angle)
        return np.stack([c * moved[..., 0] - s * moved[..., 1], s * moved[..., 0] + c * moved[..., 1]], axis=-1)


SETS: tuple[type[SetStatistic], ...] = (Pose, Actions, Turning, Way)


def sets_of(skeleton: Skeleton) -> tuple[SetStatistic, ...]:
    """Those that bodies of a skeleton have, before they are fitted."""
    return tuple(made() for made in SETS if skeleton.dims in made.dims)


def variance(ends: Array) -> Array:
    """(n,) of ends (B, n, V) over their motions, summed over values; NaN where no two motions are known."""
    known = np.isfinite(ends)
    count = known.sum(axis=0)
    filled = np.where(known, ends, 0.0)
    away = np.where(known, filled - filled.sum(axis=0) / np.maximum(count, 1), 0.0)
    made = ((away**2).sum(axis=0) / np.maximum(count - 1, 1)).sum(axis=1)
    return np.where((count >= 2).any(axis=1), made, np.nan)


def _flat(frames: Judged) -> Array:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of frames without a known joint
        return frames.local.reshape(-1, frames.poses.shape[2] * frames.poses.shape[3])


def _centres(poses: Array) -> Array:
    """(K, V) means of parts of poses (N, V), each nearest to its own (Lloyd, 1982), from far apart ones on."""
    centres = [poses.mean(axis=0)]
    away = np.full(len(poses), np.inf)
    for _ in range(min(_CENTRES, len(poses))):
        away = np.minimum(away, ((poses - centres[-1]) ** 2).sum(axis=1))
        centres.append(poses[int(np.argsort(away)[int(0.98 * (len(away) - 1))])])
    made = np.stack(centres[1:])
    for _ in range(_ROUNDS):
        part = nearest(poses, made)
        made = np.stack([poses[part == k].mean(axis=0) if (part == k).any() else made[k] for k in range(len(made))])
    return made
