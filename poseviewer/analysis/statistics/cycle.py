"""Limit cycles: motion that repeats itself more exactly than people can."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.statistics.sign import Sign
from poseviewer.analysis.statistics.statistic import Judged
from poseviewer.nets.protocols import Array

_SHORTEST, _LONGEST = 1.0 / 3.0, 1.5  # seconds of a period
_AT_ONCE = 4_000_000  # numbers


class _Past(NamedTuple):
    """poses (B, m, K) of the last longest period; changes (B, l, T): sums of squared differences from a period before;
    sums (B, k, K) and squares (B, k): of the poses. Sums are from wherever they begin.
    """

    poses: Array
    changes: Array
    sums: Array
    squares: Array


@dataclass(frozen=True, eq=False)
class Cycle(Sign):
    """The least, over periods of a third to one and a half seconds, of the mean squared change of the local pose since
    a period before, of twice the variance of all the poses compared: what two unrelated ones would differ by. The
    change is averaged over a period, or over a part of it. Who comes to rest varies no longer, and so repeats nothing.
    """

    name = "cycle"
    unit = "share"
    side = "collapse"
    low = True
    title = "difference from one period to the next"
    words = "each period repeats the one before to within {value} of its variance"
    floor = 1e-5
    dims = (3,)
    repeats = True
    part: ClassVar[float] = 1.0
    shortest: ClassVar[float] = _SHORTEST
    """Seconds that the change is averaged over at least."""
    still: ClassVar[float] = 0.01
    """Sizes: a joint that strays less far from its mean is at rest, not in a cycle."""

    def followed(self, frames: Judged) -> Array:
        """(B, n, K) what may repeat itself: the local poses, 0 where unknown."""
        flat = frames.local.reshape(*frames.poses.shape[:2], -1)
        return np.where(np.isfinite(flat), flat, 0.0)

    def update(self, state: Any, frames: Judged) -> tuple[Array, _Past]:
        flat, periods = self.followed(frames), self._periods(frames.fps)
        over = np.maximum(max(2, round(self.shortest * frames.fps)), np.round(self.part * periods).astype(int))
        still = self.still**2 * frames.poses.shape[2] * frames.poses.shape[3] / 3.0
        past = state or _blank(flat, len(periods))
        step = max(1, _AT_ONCE // (len(flat) * 4 * (periods[-1] + flat.shape[2])))
        parts = []
        for k in range(0, flat.shape[1], step):
            made, past = self._next(past, flat[:, k : k + step], periods, over, still)
            parts.append(made)
        return np.concatenate(parts, axis=1), past

    @staticmethod
    def _next(
        past: _Past, flat: Array, periods: NDArray[np.intp], over: NDArray[np.intp], still: float
    ) -> tuple[Array, _Past]:
        n = flat.shape[1]
        compared = periods + over
        poses = np.concatenate([past.poses, flat], axis=1)
        changes = _summed(past.changes, _apart(poses, n, periods))
        sums, squares = _summed(past.sums, flat), _summed(past.squares, (flat**2).sum(axis=-1))
        last = changes.shape[1] - n + np.arange(n)
        change = (changes[:, last] - changes[:, np.maximum(last[:, None] - over, 0), np.arange(len(periods))]) / over
        at = sums.shape[1] - n + np.arange(n)
        full = at[:, None] >= compared
        moment = squares[:, at, None] - squares[:, np.maximum(at[:, None] - compared, 0)]
        variance = moment / compared - _apart(sums, n, compared) / compared**2
        share = np.where(
            full & (variance > still), np.maximum(change, 0.0) / (2.0 * np.maximum(variance, 0.0) + still), np.inf
        ).min(axis=-1)
        kept = _Past(
            poses[:, -periods[-1] :],
            _latest(changes, over[-1] + 1),
            _latest(sums, compared[-1] + 1),
            _latest(squares, compared[-1] + 1),
        )
        return np.where(np.isfinite(share), share, np.nan), kept

    @staticmethod
    def _periods(fps: float) -> NDArray[np.intp]:
        return np.arange(max(2, round(_SHORTEST * fps)), max(3, round(_LONGEST * fps)) + 1)


@dataclass(frozen=True, eq=False)
class QuickCycle(Cycle):
    """The same over half a period."""

    name = "quick cycle"
    part: ClassVar[float] = 0.5


def _blank(flat: Array, periods: int) -> _Past:
    batch, size = len(flat), flat.shape[2]
    return _Past(flat[:, :0], np.zeros((batch, 1, periods)), np.zeros((batch, 1, size)), np.zeros((batch, 1)))


def _apart(values: Array, newest: int, lags: NDArray[np.intp]) -> Array:
    """(B, newest, T) squared distances of the newest of values (B, m, K) from those so many frames before; 0 where
    there are none.
    """
    at = values.shape[1] - newest + np.arange(newest)[:, None]
    before = at - lags
    back = np.maximum(before, 0)
    squares = (values**2).sum(axis=-1)
    products = values[:, -newest:] @ values.transpose(0, 2, 1)
    made = squares[:, at] + squares[:, back] - 2.0 * products[:, np.arange(newest)[:, None], back]
    return np.where(before >= 0, np.maximum(made, 0.0), 0.0)


def _summed(past: Array, fresh: Array) -> Array:
    """Sums (B, k, ...) carried on by fresh values (B, n, ...)."""
    return np.concatenate([past, past[:, -1:] + np.cumsum(fresh, axis=1)], axis=1)


def _latest(sums: Array, count: int) -> Array:
    """The last sums, from the first of them on."""
    kept = sums[:, -count:]
    return np.asarray(kept - kept[:, :1])
