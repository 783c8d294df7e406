"""How little a body moves: what stands still, what stops at once, what gathers about one pose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, ClassVar, Self

import numpy as np

from poseviewer.analysis.known import are_known, known_mean, norms
from poseviewer.analysis.statistics.sign import TWICE, Sign, axes, windowed
from poseviewer.analysis.statistics.statistic import Judged, padded
from poseviewer.analysis.trail import Trail
from poseviewer.nets.protocols import Array

_FEW = 8  # frames whose windows are summed one by one


@dataclass(frozen=True, eq=False)
class Still(Sign):
    """How far the joint has come that has moved most over a fifth of a second."""

    name = "still"
    unit = "sizes"
    side = "collapse"
    low = True
    title = "motion over a fifth of a second"
    words = "no joint has moved by more than {value} body sizes in a fifth of a second"
    floor = 1e-3
    dims = (3,)
    _LAG: ClassVar[int] = 6

    def each(self, frames: Judged) -> Array:
        moved = norms(frames.poses - frames.before(self._LAG))
        return frames.known_body.in_sizes(np.fmax.reduce(moved, axis=-1))


@dataclass(frozen=True, eq=False)
class Stop(Sign):
    """Motion over a tenth of a second, of the most that it was within the tenth before: people need time to stop. It is
    the motion of the joint that a sixth of the joints move farther than: one joint that is thrown stops nobody.
    """

    name = "stop"
    unit = "share"
    side = "collapse"
    low = True
    title = "suddenness of the stop"
    words = "the motion has stopped at once: {value} of what it was a tenth of a second before"
    floor = 0.0
    dims = (3,)
    _LAG: ClassVar[int] = 3
    _PAST: ClassVar[float] = 0.1
    _NOISE: ClassVar[float] = 5e-4  # sizes: what no motion is less than
    _LEAST: ClassVar[float] = 1e-3  # sizes: less motion than that cannot stop

    def update(self, state: Array | None, frames: Judged) -> tuple[Array, Array]:
        whole = padded(frames.newest(frames.poses.shape[1] + self._LAG + 1), frames.poses.shape[1] + self._LAG + 1)
        twice = whole[:, 1:] + whole[:, :-1]  # means of two frames, against the sensor's noise
        away = norms((twice[:, self._LAG :] - twice[:, : -self._LAG]) / 2.0)
        far = 5 * away.shape[2] // 6
        moved = frames.known_body.in_sizes(np.partition(away, far, axis=2)[:, :, far])
        count, past = moved.shape[1], round(self._PAST * frames.fps)
        whole = moved if state is None else np.concatenate([state, moved], axis=1)
        most = windowed(whole[:, : -self._LAG - 1], past, count, "largest")
        return (moved + self._NOISE) / (most + self._LEAST), whole[:, -past - self._LAG - 1 :]


@dataclass(frozen=True, eq=False)
class Spread(Sign):
    """How far the joints lie from where they are on average over a window; each place a mean of five frames, which
    takes the sensor's noise out.
    """

    name = "spread"
    unit = "sizes"
    side = "collapse"
    low = True
    title = "motion over two thirds of a second"
    words = "the joints stay within {value} body sizes for two thirds of a second"
    floor = 2e-4
    dims = (3,)
    seconds = 20.0 / 30.0
    _MEAN: ClassVar[int] = 5

    def followed(self, poses: Array, frames: Judged) -> Array:
        """(B, m, J, D) what may stay where it is, of poses that end with the frames."""
        return poses

    def update(self, state: Any, frames: Judged) -> tuple[Array, Any]:
        count, width = frames.poses.shape[1], self.width(frames.fps)
        raw = self.followed(frames.newest(count + self._MEAN - 1), frames)
        fresh = _rolling_mean(raw, self._MEAN, count).reshape(len(raw), count, -1)
        seen, past = state or (1 - self._MEAN, Trail(np.full((len(raw), width - 1, fresh.shape[2]), np.nan)))
        if seen < 0:  # what they are means of came before
            fresh[:, :-seen] = np.nan
        past, seen = past.extended(fresh), seen + count
        if seen < width:
            return np.full((len(raw), count), np.nan), (seen, past)
        made = _deviation(past.newest(width - 1 + count), width)
        return frames.known_body.in_sizes(made), (seen, past)


@dataclass(frozen=True, eq=False)
class LongSpread(Spread):
    """The same about the root, over two seconds."""

    name = "long spread"
    title = "motion over two seconds"
    weight = TWICE
    words = "the joints stay within {value} body sizes of the root for two seconds"
    seconds = 2.0

    def followed(self, poses: Array, frames: Judged) -> Array:
        return poses - poses[:, :, frames.known_body.skeleton.root, None]


@dataclass(frozen=True, eq=False)
class MeanPose(Sign):
    """Distance from the mean pose of real motion, in the heading's frame, over a quarter of a second."""

    mean: Array = field(default_factory=lambda: np.zeros(1), metadata=axes("J", "D"))
    """(J, D) in sizes of the body."""
    name = "mean pose"
    unit = "sizes"
    side = "collapse"
    low = True
    title = "distance from the mean pose"
    words = "the pose stays {value} body sizes from the mean of all poses"
    floor = 0.03
    decides = False  # whoever stands stands near it
    dims = (3,)
    seconds = 8.0 / 30.0

    def fitted(self, motions: Sequence[Judged]) -> Self:
        poses = np.concatenate([m.local[0, ::2] for m in motions])
        return replace(self, mean=np.nan_to_num(np.nanmedian(poses, axis=0)))

    def each(self, frames: Judged) -> Array:
        away = frames.local - self.mean[None, None]
        return np.sqrt(known_mean(np.add.reduce(away * away, axis=-1)))


@dataclass(frozen=True, eq=False)
class Fading(MeanPose):
    """Distance from the mean pose of real motion, of the joint that lies farthest from its place there, as a share of
    what it was three tenths of a second before, and five times how far the joints have come beside the straight way to
    it (root mean square) on top: people do not come to it with all joints at once. Times how much faster the fastest
    joint is than it was then, where it is: what fades slows down, who dances or throws passes through.
    """

    name = "fading"
    unit = "share"
    title = "way to the mean pose"
    weight = TWICE
    words = "within three tenths of a second all joints have come to {value} of their distance from the mean pose"
    floor = 0.0
    decides = True
    seconds = 9.0 / 30.0
    _NOISE: ClassVar[float] = 0.01  # sizes: what no distance is less than
    _BESIDE: ClassVar[float] = 5.0
    _STEP: ClassVar[int] = 3  # frames that speeds are measured over
    _REST: ClassVar[float] = 0.02  # sizes a step: slower is as good as still

    def update(self, state: Trail | None, frames: Judged) -> tuple[Array, Trail]:
        away = frames.local - self.mean
        count, lag, step = away.shape[1], self.width(frames.fps), self._STEP
        new = away.reshape(len(away), count, -1)
        past = (state or Trail(np.full((len(away), lag + step, new.shape[2]), np.nan))).extended(new)
        whole = past.newest(lag + step + count).reshape(len(away), -1, *away.shape[2:])
        then, moved = whole[:, step : step + count], norms(whole[:, step:] - whole[:, :-step])
        share = _dots(away, then) / (_dots(then, then) + self._NOISE**2)
        beside = away - share[..., None, None] * then
        farthest, before = (np.maximum.reduce(norms(each), axis=-1) + self._NOISE for each in (away, then))
        speed = np.maximum.reduce(moved, axis=-1) + self._REST
        faster = np.fmax(speed[:, lag:] / speed[:, :count], 1.0)
        return faster * (farthest + self._BESIDE * np.sqrt(_dots(beside, beside) / away.shape[2])) / before, past


def _dots(first: Array, second: Array) -> Array:
    """(B, n) of (B, n, J, D)."""
    return np.einsum("bnjd,bnjd->bn", first, second)


def _rolling_mean(values: Array, width: int, newest: int) -> Array:
    """(B, newest, ...) means over the last `width` of values (B, m, ...); NaN where there are fewer."""
    count = max(0, values.shape[1] - width + 1)
    if count == 1:
        return padded(np.add.reduce(values, axis=1, keepdims=True) / width, newest)
    total = values[:, :count]
    for k in range(1, width):
        total = total + values[:, k : k + count]
    return padded(total / width, newest)


def _deviation(values: Array, width: int) -> Array:
    """(B, m - width + 1) root mean square deviation of coordinates (B, m, K) over windows, of those known throughout;
    NaN where none is.
    """
    shifted = values - values[:, -1:]  # against cancellation
    lengths = np.einsum("bmk,bmk->bm", shifted, shifted)
    if are_known(lengths):
        mean = _window_sums(shifted, width) / width
        squares = _window_sums(lengths, width) / width
        variance = (squares - np.einsum("bmk,bmk->bm", mean, mean)) / values.shape[2]
        return np.sqrt(np.maximum(variance, 0.0))
    known = np.isfinite(shifted)
    filled = np.where(known, shifted, 0.0)
    mean, square = _window_sums(filled, width) / width, _window_sums(filled**2, width) / width
    full = _window_sums(known.astype(np.float64), width) > width - 0.5
    each = np.where(full, np.maximum(square - mean**2, 0.0), 0.0).sum(axis=-1)
    axes = full.sum(axis=-1)
    return np.sqrt(np.where(axes > 0, each / np.maximum(axes, 1), np.nan))


def _window_sums(values: Array, width: int) -> Array:
    """(B, m - width + 1, ...) sums over windows of values (B, m, ...)."""
    count = values.shape[1] - width + 1
    if values.ndim == 3 and count <= _FEW:
        return _bands(count, width) @ values
    if count == 1:
        return np.add.reduce(values, axis=1, keepdims=True)
    total = np.concatenate([np.zeros_like(values[:, :1]), np.cumsum(values, axis=1)], axis=1)
    return total[:, width:] - total[:, :-width]


@lru_cache(maxsize=64)
def _bands(count: int, width: int) -> Array:
    """(count, count + width - 1) of which each row has `width` ones, one place further than the row before."""
    length = count + width - 1
    return np.asarray(np.tri(count, length, width - 1) - np.tri(count, length, -1))
