"""Motion power: how much a body moves about its root. Little of it for long is a body that has frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from poseviewer.analysis.statistics.statistic import Judged, Side, differences, over
from poseviewer.nets.protocols import Array

STILL = 0.005
"""(m/s)^2 over ten seconds, a third of the least 1 % of real windows."""
STILL_SECONDS = 10.0


@dataclass(frozen=True, eq=False)
class _Power:
    """newest (B, 1, J, D) about the root, or None; past: (B, < width) powers before, None before the second frame."""

    newest: Array | None = None
    past: Array | None = None


@dataclass(frozen=True)
class Power:
    """Mean squared speed of the joints relative to the root, averaged over the last `seconds` (0: of one step).

    The first frame repeats the second, and is 0 alone; unknown joints are left out.
    """

    seconds: float = 0.33
    """About a third of a walking stride."""
    name: ClassVar[str] = "power"
    unit: ClassVar[str] = "m²/s²"
    side: ClassVar[Side] = "collapse"

    def width(self, fps: float) -> int:
        """Frames over which it is averaged."""
        return max(1, round(self.seconds * fps))

    def start(self, seed: Judged | None = None) -> _Power:
        return _Power() if seed is None else self.update(_Power(), seed)[1]

    def update(self, state: _Power, frames: Judged) -> tuple[Array, _Power]:
        moved, newest = differences(state.newest, frames.about_root, 1)
        squared = (moved**2).sum(axis=-1) * frames.fps**2
        known = np.isfinite(squared)
        power = (np.where(known, squared, 0.0).sum(axis=-1) / np.maximum(known.sum(axis=-1), 1)).astype(np.float64)
        past, width = state.past, self.width(frames.fps)
        if state.newest is None:
            if power.shape[1] < 2:
                return power, _Power(newest)
            power[:, 0] = power[:, 1]
        if past is None:
            past = power[:, : state.newest is not None]
        whole = np.concatenate([past, power], axis=1)
        total = np.concatenate([np.zeros((len(whole), 1)), np.cumsum(whole, axis=1)], axis=1)
        stop = np.arange(past.shape[1], whole.shape[1]) + 1
        begin = np.maximum(stop - width, 0)
        kept = whole[:, max(0, whole.shape[1] - width + 1) :]
        return (total[:, stop] - total[:, begin]) / (stop - begin), _Power(newest, kept)


def is_frozen(motion: Judged) -> Array:
    """(B,) whether motions stand still for ten seconds, or for all of their frames where they are fewer."""
    power = Power(STILL_SECONDS)
    values = over(power, motion)
    return np.asarray(values[:, min(values.shape[1], power.width(motion.fps)) - 1 :].min(axis=1) < STILL)
