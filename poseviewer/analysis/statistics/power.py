"""Motion power: how much a body moves about its root. Little of it for long is a body that has frozen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from poseviewer.analysis.known import known_mean
from poseviewer.analysis.statistics.statistic import Judged, Statistic, differences, over
from poseviewer.nets.protocols import Array

STILL = 0.005
"""(m/s)^2 over ten seconds, a third of the least 1 % of real windows."""
STILL_SECONDS = 10.0
_State = tuple[Array | None, Array | None]
"""The newest frame (B, 1, J, D) about the root; (B, < width) powers before, None before the second frame."""


@dataclass(frozen=True)
class Power(Statistic):
    """Mean squared speed of the joints relative to the root, averaged over the last `seconds` (0: of one step).

    The first frame repeats the second, and is 0 alone; unknown joints are left out.
    """

    seconds: float = 0.33
    """About a third of a walking stride."""
    name = "power"
    unit = "m²/s²"
    side = "collapse"

    def width(self, fps: float) -> int:
        """Frames over which it is averaged."""
        return max(1, round(self.seconds * fps))

    def update(self, state: _State | None, frames: Judged) -> tuple[Array, _State]:
        before, past = state or (None, None)
        moved, newest = differences(before, frames.about_root, 1)
        power = np.nan_to_num(known_mean((moved**2).sum(axis=-1) * frames.fps**2).astype(np.float64))
        if before is None:
            if power.shape[1] < 2:
                return power, (newest, None)
            power[:, 0] = power[:, 1]
        if past is None:
            past = power[:, : before is not None]
        whole, width = np.concatenate([past, power], axis=1), self.width(frames.fps)
        total = np.concatenate([np.zeros((len(whole), 1)), np.cumsum(whole, axis=1)], axis=1)
        stop = np.arange(past.shape[1], whole.shape[1]) + 1
        begin = np.maximum(stop - width, 0)
        kept = whole[:, max(0, whole.shape[1] - width + 1) :]
        return (total[:, stop] - total[:, begin]) / (stop - begin), (newest, kept)


def is_frozen(motion: Judged) -> Array:
    """(B,) whether motions stand still for ten seconds, or for all of their frames where they are fewer."""
    power = Power(STILL_SECONDS)
    values = over(power, motion)
    return np.asarray(values[:, min(values.shape[1], power.width(motion.fps)) - 1 :].min(axis=1) < STILL)
