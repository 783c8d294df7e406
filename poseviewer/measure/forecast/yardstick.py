"""What real motion looks like in windows of 64 frames: the yardstick for a generator's long rollouts.

Poses are compared in the body's heading frame, all shown on one body (the training clips' median bones), so that a
seed's stature counts for nothing. Letters: F frames, J joints, W windows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.statistics.joints import Jerk
from poseviewer.analysis.statistics.power import Power
from poseviewer.analysis.statistics.statistic import Judged, over
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array
from poseviewer.nets.spaces.world import PoseSpace

WINDOW = 64
STRIDE = 32
RANGE = (1.0, 99.0)  # percent of real windows
STATISTICS = ("power", "jerk", "divergence")
_NEAREST_AT_ONCE = 256


@dataclass(frozen=True, eq=False)
class Yardstick:
    """space: puts poses on one body; spectrum (K,): the mean real one; low, high, median (3,): of the real windows'
    STATISTICS; poses (N, 3 J): training poses, metres; variance: of a coordinate of those, summed over all, m^2.
    """

    space: PoseSpace
    fps: float
    spectrum: Array
    low: Array
    high: Array
    median: Array
    poses: Array
    variance: float

    @classmethod
    def of(cls, clips: Iterable[Clip], skeleton: Skeleton, fps: float) -> Yardstick:
        """The yardstick of real clips on one skeleton at `fps`."""
        motions = [np.asarray(clip.positions, dtype=np.float64) for clip in clips]
        space = PoseSpace.fit(skeleton, "directions", np.concatenate(motions))
        space = replace(space, bones=space.bones * float(np.median(space.placement(np.concatenate(motions)).scale)))
        bodies = [_body(space, motion) for motion in motions]
        poses = np.concatenate(bodies).reshape(sum(map(len, bodies)), -1)
        spectrum = np.concatenate([_spectra(_windows(body)) for body in bodies]).mean(axis=0)
        blank = np.zeros(len(STATISTICS))
        variance = float(poses.var(axis=0).sum())
        yardstick = cls(space, fps, spectrum, blank, blank, blank, poses.astype(np.float32), variance)
        values = np.concatenate([yardstick.windows(motion) for motion in motions])
        low, median, high = np.percentile(values, [RANGE[0], 50.0, RANGE[1]], axis=0)
        return replace(yardstick, low=low, high=high, median=median)

    def windows(self, motion: Array) -> Array:
        """(W, 3) the STATISTICS of a motion's (F, J, 3) windows: mean motion power (m/s)^2 about the root, mean size of
        the jerk about the root m/s^3, divergence of the power spectrum from the mean real one, nats.
        """
        judged = Judged.of(np.asarray(motion, dtype=np.float64), self.space.skeleton, self.fps)
        power, jerk = (_means(over(of, judged)[0], skip) for of, skip in ((Power(0.0), 1), (Jerk(about_root=True), 3)))
        spectra = _spectra(_windows(_body(self.space, motion)))
        divergence = (spectra * np.log((spectra + 1e-9) / (self.spectrum + 1e-9))).sum(axis=1)
        return np.stack([power, jerk, divergence], axis=1)

    def inside(self, values: Array) -> NDArray[np.bool_]:
        """(W,) whether all STATISTICS (W, 3) of a window are within the real range."""
        return np.asarray(((values >= self.low) & (values <= self.high)).all(axis=1))

    def body(self, motion: Array) -> Array:
        """Poses (F, J, 3) on the one body, from the root, in their heading frames: (F, 3 J) metres."""
        return _body(self.space, motion).reshape(len(motion), -1)

    def nearest(self, motion: Array) -> Array:
        """(F,) root mean square distance of the joints to the nearest training pose, metres."""
        bodies = self.body(motion).astype(np.float32)
        known = (self.poses**2).sum(axis=1)
        parts = []
        for start in range(0, len(bodies), _NEAREST_AT_ONCE):
            part = bodies[start : start + _NEAREST_AT_ONCE]
            squares = known - 2.0 * part @ self.poses.T + (part**2).sum(axis=1)[:, None]
            parts.append(squares.min(axis=1))
        squared = np.maximum(np.concatenate(parts), 0.0) / len(self.space.skeleton.joints)
        return np.asarray(np.sqrt(squared), dtype=np.float64)


def _body(space: PoseSpace, motion: Array) -> Array:
    """Poses (F, J, 3) in their heading frames on the space's own bones."""
    features, at = space.features(motion)
    return space.local(features, replace(at, bones=None, scale=np.ones(len(motion))))


def _means(values: Array, skip: int) -> Array:
    """(W,) means over windows of a motion's values (F,), whose first `skip` frames follow on what is not in them."""
    return np.array([values[s + skip : s + WINDOW].mean() for s in _starts(values)])


def _starts(motion: Array) -> range:
    return range(0, len(motion) - WINDOW + 1, STRIDE)


def _windows(motion: Array) -> Array:
    """(W, WINDOW, J, 3) every STRIDE frames of a motion (F, J, 3)."""
    starts = _starts(motion)
    return np.stack([motion[s : s + WINDOW] for s in starts]) if starts else np.zeros((0, WINDOW, *motion.shape[1:]))


def _spectra(windows: Array) -> Array:
    """(W, K) power spectra of windows over all coordinates, without the mean, each summing to 1."""
    taper = np.hanning(WINDOW)[:, None, None]
    power = np.abs(np.fft.rfft((windows - windows.mean(axis=1, keepdims=True)) * taper, axis=1)) ** 2
    total = power.sum(axis=(2, 3))[:, 1:]
    return total / np.maximum(total.sum(axis=1, keepdims=True), 1e-12)
