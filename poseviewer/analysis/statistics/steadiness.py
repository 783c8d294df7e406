"""How evenly a body moves: jumps, acceleration and jerk of its joints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

import numpy as np

from poseviewer.analysis.known import known_median, norms
from poseviewer.analysis.statistics.sign import Sign, axes, usual
from poseviewer.analysis.statistics.statistic import Judged
from poseviewer.nets.protocols import Array


@dataclass(frozen=True, eq=False)
class _Largest(Sign):
    """The largest difference of the `order`th of a joint, in multiples of what that joint's usual one is."""

    scale: Array = field(default_factory=lambda: np.ones(1), metadata=axes("J", above=0.0))
    """(J,) sizes of the body a second to the power of `order`."""
    unit = "times"
    side = "drift"
    floor = 0.1
    dims = (3,)

    def fitted(self, motions: Sequence[Judged]) -> Self:
        return replace(self, scale=np.maximum(usual([self._sizes(m)[0] for m in motions], 99.5, 90.0), 1e-3))

    def each(self, frames: Judged) -> Array:
        return np.fmax.reduce(self._sizes(frames) / self.scale[None, None], axis=-1)

    def _sizes(self, frames: Judged) -> Array:
        return frames.known_body.in_sizes(frames.steps[self.order - 2] * frames.fps**self.order)


@dataclass(frozen=True, eq=False)
class Acceleration(_Largest):
    """The largest acceleration of a joint, in multiples of its usual largest."""

    name = "acceleration"
    title = "acceleration of a joint"
    words = "a joint is moved {value} times as suddenly as in real motion"
    order: ClassVar[int] = 2


@dataclass(frozen=True, eq=False)
class Jump(_Largest):
    """The largest fourth difference of a joint, which smooth motion has little of and a jump much."""

    name = "jump"
    title = "jump of a joint"
    words = "a joint jumps {value} times as far as in real motion"
    order: ClassVar[int] = 4


@dataclass(frozen=True, eq=False)
class WholeJump(Sign):
    """Acceleration that most joints have in common: a body that is put elsewhere. Sizes a second squared."""

    name = "whole jump"
    unit = "sizes/s²"
    side = "drift"
    title = "acceleration of the whole body"
    words = "the whole body is moved on at {value} body sizes a second squared"
    floor = 1.0
    dims = (3,)

    def each(self, frames: Judged) -> Array:
        made = known_median(frames.difference(2), axis=-2) * frames.fps**2
        return frames.known_body.in_sizes(norms(made))


@dataclass(frozen=True, eq=False)
class Shake(Sign):
    """Jerk of the middle joint, over a sixth of a second. Sizes a second cubed."""

    name = "shake"
    unit = "sizes/s³"
    side = "drift"
    title = "jerk"
    words = "the joints shake with {value} body sizes a second cubed"
    floor = 1.0
    dims = (3,)
    seconds = 5.0 / 30.0

    def each(self, frames: Judged) -> Array:
        return frames.known_body.in_sizes(known_median(frames.steps[1]) * frames.fps**3)
