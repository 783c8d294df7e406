"""How long motions stay realistic: the share of them that has not failed yet, by the frame.

Some are watched for fewer frames than others and do not fail in them (a real clip ends): they count as long as they are
watched (right-censored; Kaplan and Meier, JASA 1958). The band is Greenwood's on the scale log(-log S), which stays
within 0 and 1 (Kalbfleisch and Prentice, 1980), as if motions were independent; where motions are of few clips, clips
are drawn anew instead (Efron, 1979), so that several of one count as one. Letters: N motions, T frames at which any
fails, R resamples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from poseviewer.nets.protocols import Array

_RESAMPLES = 1000
_NORMAL = 1.959963984540054
"""Of 95 percent."""


@dataclass(frozen=True, eq=False)
class Survival:
    """Of N motions. times (T,): frames, counted from 1, at which any fails, rising; share, low, high (T,): what is left
    after each, and its band; error (T,): Greenwood's standard error. watched (N,): frames, rising.
    """

    times: Array
    share: Array
    low: Array
    high: Array
    error: Array
    watched: Array

    @classmethod
    def of(cls, frames: Array, failed: Array) -> Survival:
        """Motions that failed at a frame (from 1), or were watched for so many and did not: frames, failed (N,)."""
        frames, failed = np.asarray(frames), np.asarray(failed, dtype=bool)
        times, deaths = np.unique(frames[failed], return_counts=True)
        watched = np.sort(frames)
        at_risk = len(watched) - np.searchsorted(watched, times, side="left")
        share = np.cumprod(1.0 - deaths / np.maximum(at_risk, 1))
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.cumsum(deaths / (at_risk * (at_risk - deaths)))
            power = np.exp(_NORMAL * np.sqrt(spread) / np.abs(np.log(share)))
            low, high = share**power, share ** (1.0 / power)
            error = share * np.sqrt(spread)
        none = share <= 0.0
        low[none], high[none], error[none] = 0.0, np.nan, np.nan
        return cls(times, share, low, high, error, watched)

    def at(self, frame: int) -> tuple[float, float, float] | None:
        """The share after so many frames with its band; None where no motion is watched that long."""
        if not len(self.watched) or not self.at_risk(frame):
            return None
        k = int(np.searchsorted(self.times, frame, side="right")) - 1
        if k < 0:
            return 1.0, self._without_a_failure(frame), 1.0
        if np.isnan(self.high[k]):
            return 0.0, 0.0, 1.0 - self._without_a_failure(frame)
        return float(self.share[k]), float(self.low[k]), float(self.high[k])

    def at_risk(self, frame: int) -> int:
        """How many have been watched until a frame, or have failed."""
        failed = len(self.watched) if len(self.times) and self.share[-1] <= 0.0 and frame >= self.times[-1] else 0
        return failed or len(self.watched) - int(np.searchsorted(self.watched, frame, side="left"))

    def _without_a_failure(self, frame: int) -> float:
        """The share that so many motions without a failure leave possible (one-sided 97.5 %; Clopper and Pearson)."""
        return float(0.025 ** (1.0 / max(1, self.at_risk(frame))))

    def median(self) -> int | None:
        """The frame by which half of them have failed; None where fewer have."""
        below = np.flatnonzero(self.share <= 0.5)
        return int(self.times[below[0]]) if len(below) else None


def by_clip(frames: Array, failed: Array, clips: Sequence[str], at: Sequence[int]) -> list[tuple[float, float]]:
    """The band of the share at some frames over clips drawn anew, those of N motions; where they all agree, what so
    many clips leave possible (Clopper and Pearson).
    """
    frames, failed = np.asarray(frames), np.asarray(failed, dtype=bool)
    names, of_clip = np.unique(list(clips), return_inverse=True)
    draw = np.random.default_rng(len(names))
    drawn = draw.multinomial(len(names), np.full(len(names), 1.0 / len(names)), size=_RESAMPLES)[:, of_clip]
    times = np.unique(frames[failed])
    at_risk = drawn @ (frames[:, None] >= times)
    deaths = drawn @ ((frames[:, None] == times) & failed[:, None])
    shares = np.cumprod(1.0 - deaths / np.maximum(at_risk, 1), axis=1)
    shares = np.concatenate([np.ones((_RESAMPLES, 1)), shares], axis=1)
    found = []
    for frame in at:
        seen = frames >= frame
        own = shares[:, int(np.searchsorted(times, frame, side="right"))]
        left = len(np.unique(of_clip[seen])) if seen.any() else len(names)
        low, high = np.percentile(own, [2.5, 97.5])
        if own.min() >= 1.0:
            low = 0.025 ** (1.0 / max(1, left))
        if own.max() <= 0.0:
            high = 1.0 - 0.025 ** (1.0 / max(1, left))
        found.append((float(low), float(high)))
    return found


def table(
    survival: Survival, frames: Sequence[int], band: Sequence[tuple[float, float]] | None = None
) -> dict[str, list[float | int | None]]:
    """Its shares at some frames, null where no motion is watched that long. band: another one than its own."""
    found = [survival.at(frame) for frame in frames]
    if band is not None:
        found = [None if row is None else (row[0], *ends) for row, ends in zip(found, band, strict=True)]
    told: dict[str, list[float | int | None]] = {"frames": list(frames)}
    for k, key in enumerate(("share", "low", "high")):
        told[key] = [None if row is None else round(row[k], 4) for row in found]
    told["watched"] = [survival.at_risk(frame) for frame in frames]
    return told

