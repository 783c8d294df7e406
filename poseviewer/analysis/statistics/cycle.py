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
_STILL = 0.02  # sizes: a joint that strays less far from its mean is at rest, not in a cycle
_AT_ONCE = 4_000_000  # numbers


class _Past(NamedTuple):
    """poses (B, m, K) of the last longest period; changes (B, l, T): sums from the beginning of squared differences
    from a period before; sums (B, k, K) and squares (B, k): of the poses, from the beginning; frames: how many there
    were.
    """

    poses: Array
    changes: Array
    sums: Array
    squares: Array
    frames: int


@dataclass(frozen=True, eq=False)
class Cycle(Sign):
    """The least, over periods of a third to one and a half seconds, of the mean squared change of the local pose since
    a period before, of twice its variance over the longest period: what two unrelated poses would differ by. The change
    is averaged over a period, or over a part of it.
    """

    name = "cycle"
    unit = "share"
    side = "collapse"
    low = True
    title = "difference from one period to the next"
    words = "each period repeats the one before to within {value} of its variance"
    floor = 1e-5
    repeats = True
    part: ClassVar[float] = 1.0

    def update(self, state: Any, frames: Judged) -> tuple[Array, _Past]:
        flat = frames.local.reshape(*frames.poses.shape[:2], -1)
        flat = np.where(np.isfinite(flat), flat, 0.0)
        past = state or _blank(flat, len(self._periods(frames.fps)))
        step = max(1, _AT_ONCE // (len(flat) * len(self._periods(frames.fps)) * flat.shape[2]))
        parts = []
        for k in range(0, flat.shape[1], step):
            made, past = self._next(past, flat[:, k : k + step], frames.fps)
            parts.append(made)
        return np.concatenate(parts, axis=1), past

    def _next(self, past: _Past, flat: Array, fps: float) -> tuple[Array, _Past]:
        periods, n = self._periods(fps), flat.shape[1]
        least, longest = periods[0], periods[-1]
        over = np.maximum(least, np.round(self.part * periods).astype(int))
        poses = np.concatenate([past.poses, flat], axis=1)
        at = poses.shape[1] - n + np.arange(n)[:, None]  # (n, T) below
        known = at - periods >= 0
        changes = ((flat[:, :, None] - poses[:, np.maximum(at - periods, 0)]) ** 2).sum(axis=-1)
        changes = np.where(known, changes, 0.0)
        changes = _summed(past.changes, changes)
        sums, squares = _summed(past.sums, flat), _summed(past.squares, (flat**2).sum(axis=-1))
        count = past.frames + 1 + np.arange(n)  # frames so far at each
        last = changes.shape[1] - n + np.arange(n)
        back = np.maximum(last[:, None] - over, 0)
        change = (changes[:, last] - changes[:, back, np.arange(len(periods))]) / over
        window = np.minimum(count, longest)
        at, first = sums.shape[1] - n + np.arange(n), sums.shape[1] - n + np.arange(n) - window
        mean = (sums[:, at] - sums[:, first]) / window[:, None]
        variance = (squares[:, at] - squares[:, first]) / window - (mean**2).sum(axis=-1)
        still = _STILL**2 * flat.shape[2] / 3.0
        enough = (count[:, None] >= periods + over) & (variance > still)[..., None]
        share = np.where(enough, change / (2.0 * np.maximum(variance, 0.0) + still)[..., None], np.inf).min(axis=-1)
        keep = slice(-longest - 1, None)
        kept = _Past(poses[:, -longest:], changes[:, keep], sums[:, keep], squares[:, keep], past.frames + n)
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
    return _Past(flat[:, :0], np.zeros((batch, 1, periods)), np.zeros((batch, 1, size)), np.zeros((batch, 1)), 0)


def _summed(past: Array, fresh: Array) -> Array:
    """Sums from the beginning (B, k, ...) carried on by fresh values (B, n, ...)."""
    return np.concatenate([past, past[:, -1:] + np.cumsum(fresh, axis=1)], axis=1)
