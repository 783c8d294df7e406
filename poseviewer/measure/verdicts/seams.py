"""What injections are made of: a real motion, ramps, the sensor's noise, motion that is held.

Letters: F frames, J joints, D = 2 or 3. Positions are NaN where unknown.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from poseviewer.analysis.statistics.body import Body
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array

_WINDOW, _ORDER = 7, 3  # of the polynomial that smooths (Savitzky and Golay, 1964)
_FOURTH = 70.0  # variance of fourth differences of white noise of variance 1
_NORMAL = 0.6745  # median of the absolute value of a normal number
_APART = 5  # frames between the windows that the quietest is found among


@dataclass(frozen=True, eq=False)
class Real:
    """A real motion (F, J, D), and where its failure begins. What failures have in common is made of it once."""

    motion: Array
    onset: int
    skeleton: Skeleton
    fps: float

    @property
    def frames(self) -> int:
        return len(self.motion)

    @cached_property
    def size(self) -> float:
        """Of the body that the frames before the onset show."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of joints that are never known
            return float(Body.of(self.motion[None, : self.onset], self.skeleton).size[0])

    @cached_property
    def smooth(self) -> Array:
        """The motion without the sensor's noise."""
        return smoothed(self.motion)

    def eased(self, seconds: float) -> Array:
        """(F,) from 0 at the onset to 1."""
        return eased(ramp(self.frames, self.onset, max(1, round(seconds * self.fps))))

    def jumped(self, far: float, draw: np.random.Generator) -> Array:
        """The motion, moved so far within two frames: the body, or each joint another way."""
        way = direction(self.motion.shape[2], draw, None if draw.integers(2) else self.motion.shape[1])
        return self.motion + far * ramp(self.frames, self.onset, 2)[:, None, None] * way


def ramp(frames: int, onset: int, over: int) -> Array:
    """(F,) 0 before onset, then rising to 1 in so many frames, of which the onset is the first."""
    made: Array = np.clip((np.arange(frames) - onset + 1) / over, 0.0, 1.0)
    return made


def eased(ramp: Array) -> Array:
    """A ramp without corners."""
    made: Array = ramp * ramp * (3.0 - 2.0 * ramp)
    return made


def smoothed(motion: Array) -> Array:
    """(F, J, D) without the sensor's noise; joints that are not known throughout stay as they are."""
    from scipy.signal import savgol_filter

    known = np.isfinite(motion).all(axis=(0, 2))
    if len(motion) < _WINDOW or not known.any():
        return motion
    made = motion.copy()
    made[:, known] = savgol_filter(motion[:, known], _WINDOW, _ORDER, axis=0)
    return made


def sensor(motion: Array, half_second: int, most: float, draw: np.random.Generator) -> Array:
    """(F, J, D) noise as the sensor has it: white, of each coordinate the deviation that fourth differences have in the
    half second in which they are smallest; at most `most`.
    """
    jerk = np.abs(np.diff(motion, 4, axis=0))
    starts = range(0, max(1, len(jerk) - half_second), _APART)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of joints that are never known
        quiet = np.nanmin([np.nanmedian(jerk[k : k + half_second], axis=0) for k in starts], axis=0)
    deviation = np.minimum(np.nan_to_num(quiet) / _NORMAL / np.sqrt(_FOURTH), most)
    return draw.normal(size=motion.shape) * deviation


def held(values: Array, kept: Array) -> Array:
    """Values (F, ...) whose changes from one frame to the next are multiplied by kept (F,): 1 leaves them, 0 holds.
    What becomes known begins where it is; what is unknown stays unknown.
    """
    changes = np.diff(values, axis=0, prepend=values[:1])
    scale = kept.reshape(-1, *[1] * (values.ndim - 1))
    if np.isfinite(values).all():
        return np.asarray(values[0] + np.cumsum(changes * scale, axis=0))
    made, last = values.copy(), values[0].copy()
    for t in range(1, len(values)):
        last = np.where(np.isfinite(last), last + np.nan_to_num(changes[t]) * scale[t], values[t])
        made[t] = np.where(np.isfinite(values[t]), last, np.nan)
    return made


def seamed(motion: Array, made: Array, onset: int) -> Array:
    """The motion before the onset, what was made of it from there on."""
    return np.concatenate([motion[:onset], made[onset:]])


def period(flat: Array, onset: int, shortest: int, longest: int, floor: float) -> int | None:
    """The frames after which the poses (F, K) up to the onset come back best: the squared change of the pose at the
    onset since then, over the variance between, plus a floor. None where there is no room for a period.
    """
    best = None
    for frames in range(shortest, longest + 1):
        if onset - frames - blended(frames) < 0:
            break
        change = np.nansum((flat[onset] - flat[onset - frames]) ** 2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            share = change / (np.nansum(np.nanvar(flat[onset - frames : onset], axis=0)) + floor)
        if best is None or share < best[0]:
            best = (share, frames)
    return None if best is None else best[1]


def blended(frames: int) -> int:
    """Of a period of so many frames, how many at its end lead over to its beginning."""
    return max(3, frames // 4)


def looped(values: Array, onset: int, frames: int) -> Array:
    """(frames, ...) one period of values (F, ...) up to the onset, its end blended into what came before."""
    count = blended(frames)
    made = values[onset - frames : onset].copy()
    before = values[onset - frames - count : onset - frames]
    share = eased((np.arange(count) + 1.0) / (count + 1.0)).reshape(-1, *[1] * (values.ndim - 1))
    made[-count:] = made[-count:] * (1.0 - share) + before * share
    return made


def repeated(values: Array, onset: int, frames: int) -> Array:
    """(F - onset, ...) the period of values (F, ...) before the onset again and again. In the first frames the values
    themselves still go on and give way to it, so that it begins without a jump.
    """
    count = min(blended(frames), len(values) - onset)
    made = looped(values, onset, frames)[np.arange(len(values) - onset) % frames]
    share = eased((np.arange(count) + 1.0) / (count + 1.0)).reshape(-1, *[1] * (values.ndim - 1))
    made[:count] = values[onset : onset + count] * (1.0 - share) + made[:count] * share
    return made


def slow_noise(shape: tuple[int, ...], deviation: float, over: int, draw: np.random.Generator) -> Array:
    """(F, J, D) noise that changes slowly, of a normal deviation."""
    from scipy.ndimage import gaussian_filter1d

    made = gaussian_filter1d(draw.normal(size=shape), over, axis=0)
    return np.asarray(made * deviation / made.std())


def direction(dims: int, draw: np.random.Generator, count: int | None = None) -> Array:
    """(dims,) or (count, dims) of length 1."""
    made = draw.normal(size=dims if count is None else (count, dims))
    return np.asarray(made / np.linalg.norm(made, axis=-1, keepdims=True))
