"""Known failures of 2D motion of `penn13`, put into a real one from a frame on.

Letters: F frames, J joints. Lengths in torsos, of the body that the frames before show; strength 1 is full, 0.5 half.
Joints that are unknown stay so. The camera's motion is a part of the motion.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from poseviewer.analysis.known import known_mean
from poseviewer.analysis.statistics.body import Body, local
from poseviewer.measure.verdicts import seams
from poseviewer.measure.verdicts.seams import (
    direction,
    eased,
    held,
    period,
    ramp,
    repeated,
    seamed,
    sensor,
    slow_noise,
)
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array

REPEATING = ("jump_rope", "jumping_jacks", "pullup", "pushup", "situp", "squat")
"""Actions that are limit cycles already."""
_SENSOR = 0.01  # the most that a sensor's noise is taken to be
_PERIOD = (1.0 / 3.0, 4.0 / 3.0)  # seconds
_NOISY_CYCLE = 0.02
_CHAINS = (("hip", "knee", "ankle"), ("shoulder", "elbow", "wrist"))
_SIDES = ("left", "right")


@dataclass(frozen=True, eq=False)
class Usual:
    """Of real motions: the mean pose (J, 2) from its middle, in torsos; quiet: the power, in torsos squared a frame,
    that one clip in five stays below.
    """

    pose: Array
    quiet: float

    @classmethod
    def of(cls, motions: Sequence[Array], skeleton: Skeleton) -> Usual:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            poses = [local(motion[None], Body.of(motion[None], skeleton))[0, ::5] for motion in motions]
            powers = [power(motion, float(Body.of(motion[None], skeleton).size[0])) for motion in motions]
            return cls(np.nanmean(np.concatenate(poses), axis=0), float(np.nanpercentile(powers, 20.0)))


def power(motion: Array, size: float) -> float:
    """Mean squared step of the joints of (F, J, 2), in sizes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return float(np.nanmean(np.nanmean((np.diff(motion, axis=0) ** 2).sum(axis=-1), axis=1)) / size**2)


@dataclass(frozen=True, eq=False)
class Real(seams.Real):
    """A real motion (F, J, 2) of an action, and where its failure begins."""

    usual: Usual
    action: str

    @cached_property
    def middle(self) -> Array:
        """(F, 2) of the joints that are known, without the sensor's noise."""
        return known_mean(self.smooth, axis=1)

    def finished(self, made: Array, draw: np.random.Generator) -> Array:
        """What was made of the smooth motion, with the sensor's noise, after what came before."""
        noise = sensor(self.motion, round(0.5 * self.fps), _SENSOR * self.size, draw)
        return seamed(self.motion, made + noise, self.onset)


def freeze(real: Real, strength: float, draw: np.random.Generator) -> Array | None:
    """The body stops within four frames, wholly or to a tenth of its motion; None where it hardly moves."""
    if not power(real.motion[real.onset :], real.size) > real.usual.quiet:
        return None
    kept = 1.0 - (1.0 if strength == 1.0 else 0.9) * real.eased(4.0 / 30.0)
    return real.finished(held(real.smooth, kept), draw)


def fade(real: Real, strength: float, draw: np.random.Generator) -> Array:
    """The pose turns into the mean pose within a second, and the way through the image ends."""
    share = (1.0 if strength == 1.0 else 0.7) * real.eased(1.0)
    smooth, middle = real.smooth, real.middle
    own = (smooth - middle[:, None]) * (1.0 - share)[:, None, None]
    pose = own + real.usual.pose * real.size * share[:, None, None]
    return real.finished(pose + held(middle, 1.0 - share)[:, None], draw)


def cycle(real: Real, strength: float, draw: np.random.Generator) -> tuple[Array, int] | None:
    """The last period before the onset again and again, with its way through the image, and its frames; None of what
    repeats itself anyway.
    """
    if real.action in REPEATING:
        return None
    smooth, middle = real.smooth, real.middle
    shortest, longest = (round(seconds * real.fps) for seconds in _PERIOD)
    frames = period(smooth.reshape(real.frames, -1) / real.size, real.onset, shortest, longest, 0.1)
    if frames is None:
        return None
    step = np.nan_to_num(np.diff(middle, axis=0, prepend=middle[:1]))
    place = middle[real.onset - 1] + np.cumsum(repeated(step, real.onset, frames), axis=0)
    pose = repeated(smooth - middle[:, None], real.onset, frames)
    return real.finished(np.concatenate([smooth[: real.onset], pose + place[:, None]]), draw), frames


def noisy_cycle(real: Real, strength: float, draw: np.random.Generator) -> tuple[Array, int] | None:
    """A limit cycle with slow noise of a hundredth and more of a torso on it."""
    found = cycle(real, strength, draw)
    if found is None:
        return None
    noise = slow_noise(real.motion.shape, _NOISY_CYCLE * real.size, max(1, round(0.1 * real.fps)), draw)
    return found[0] + noise * ramp(real.frames, real.onset, round(8.0 / 30.0 * real.fps))[:, None, None], found[1]


def slide(real: Real, strength: float, draw: np.random.Generator) -> Array:
    """The whole body glides through the image at 1.2 torsos a second."""
    travelled = np.cumsum(real.eased(5.0 / 30.0)) * 1.2 * strength * real.size / real.fps
    return real.motion + travelled[:, None, None] * direction(2, draw)


def stretch(real: Real, strength: float, draw: np.random.Generator) -> Array | None:
    """An arm or a leg becomes 30 % longer; None where none is known at any frame."""
    chains = [[real.skeleton.joints.index(f"{side}_{part}") for part in chain] for chain in _CHAINS for side in _SIDES]
    known = [chain for chain in chains if np.isfinite(real.motion[real.onset :, chain]).all(axis=(1, 2)).any()]
    if not known:
        return None
    chain = known[draw.integers(len(known))]
    longer = (0.3 * strength * real.eased(8.0 / 30.0))[:, None]
    made, away = real.motion.copy(), np.zeros((real.frames, 2))
    for upper, lower in pairwise(chain):
        away = away + (real.motion[:, lower] - real.motion[:, upper]) * longer
        made[:, lower] += away
    return made


def noise(real: Real, strength: float, draw: np.random.Generator) -> Array:
    """White noise of each joint, growing to 0.08 torsos root mean square within a second."""
    deviation = 0.08 * strength * real.size / np.sqrt(2.0) * ramp(real.frames, real.onset, round(real.fps))
    return real.motion + draw.normal(size=real.motion.shape) * deviation[:, None, None]


def jump(real: Real, strength: float, draw: np.random.Generator) -> Array:
    """Within two frames the body moves by 0.6 torsos, or each joint by as much, each another way."""
    return real.jumped(0.6 * strength * real.size, draw)


def taken_over(real: Real, other: Real, draw: np.random.Generator) -> Array:
    """What another body does from its onset on, by this one, from where it is: as long as both go on."""
    frames = min(real.frames - real.onset, other.frames - other.onset)
    mine, theirs = (slice(body.onset - 1, body.onset + frames) for body in (real, other))
    share = eased(ramp(frames + 1, 1, max(1, round(8.0 / 30.0 * real.fps))))[:, None, None]
    smooth, there = real.smooth[mine], other.smooth[theirs] * (real.size / other.size)
    there = there - known_mean(there[0], axis=0) + real.middle[real.onset - 1]
    cut = replace(real, motion=real.motion[: real.onset + frames])
    made = cut.motion.copy()
    made[mine] = np.where(share > 0.0, smooth * (1.0 - share) + there * share, smooth)
    return cut.finished(made, draw)


KINDS: dict[str, Callable[[Real, float, np.random.Generator], Array | tuple[Array, int] | None]] = {
    "freeze": freeze,
    "fade": fade,
    "cycle": cycle,
    "noisy_cycle": noisy_cycle,
    "slide": slide,
    "stretch": stretch,
    "noise": noise,
    "jump": jump,
}
