"""How strange a value is beside real motion: tail scores.

A score is the negative common logarithm of the share of real clips that reach such a value at all: 1 is what one clip
in ten does. No share below one in the number of clips plus one is claimed: beyond the largest real values the score
goes on by how many widths of their tail (an exponential tail: Coles, 2001) the value lies away.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.nets.protocols import Array

Score = Callable[[Array], Array]
"""Scores of strengths, NaN where unknown."""
LEAST = 10
"""Clips below which a tail says nothing."""
_SHARE_OF_FEW, _SHARE_OF_MANY, _MANY = 0.15, 0.05, 200
_LEAST_IN_TAIL = 5
_LEAST_TOLD = 0.05  # of the clips, that reach any value
_ROBUST = 4.0  # normal deviations over the median seed that a seed may lie to be one of those
_SHAPE = 0.04  # of the tail, nearly exponential
_LEAST_WIDTH = 0.05  # of a tail: values that differ by a tenth are alike
MOST_STEPS = 256
"""Values of a tail that are told apart at most: up to the knee a score is then at most 0.006 too high."""


@dataclass(frozen=True, eq=False)
class Tail:
    """clips: N; steps (Q,): largest strengths that real clips have, rising, up to the first beyond the knee; reached
    (Q,): how many of the clips reach each, fewer than N the first where some reach none. knee, width: where the tail
    begins, and its width.
    """

    clips: int
    steps: Array
    reached: NDArray[np.int32]
    knee: float
    width: float

    @classmethod
    def of(cls, largest: Array, least: int = LEAST) -> Tail | None:
        """Of the largest strength of each real clip (N,), -inf of one that reaches none; None where there are fewer
        than `least`, or most reach none.
        """
        count = len(largest)
        largest = np.sort(largest[largest > -np.inf])
        told = len(largest)
        if count < least or told < max(least // 2, _LEAST_TOLD * count):
            return None
        top = max(_LEAST_IN_TAIL, int((_SHARE_OF_FEW if count < _MANY else _SHARE_OF_MANY) * count))
        top = min(top, told - 1)
        knee = float(largest[-top - 1])
        excess = largest[-top:] - knee
        width = max(float(np.median(excess)) / np.log(2.0), 0.25 * float(excess.mean()), _LEAST_WIDTH)
        steps, first = np.unique(largest, return_index=True)
        reached = told - first
        kept = _thinned(reached[: np.searchsorted(steps, knee, side="right") + 1])
        return cls(count, steps[kept], reached[kept].astype(np.int32), knee, width)

    @property
    def at_knee(self) -> float:
        """Score where the tail begins."""
        beyond = self.reached[-1] if self.steps[-1] > self.knee else 0
        return float(-np.log10((beyond + 0.5) / (self.clips + 1)))

    @property
    def inside(self) -> Array:
        """(Q + 1,) scores up to the knee: of what each step is the next one above, and of what lies above all."""
        share = (np.append(self.reached, 0) + 0.5) / (self.clips + 1)
        return np.minimum(-np.log10(np.clip(share, 1.0 / (self.clips + 1), 1.0)), self.at_knee)

    def score(self, strengths: Array) -> Array:
        """Scores of strengths, of any shape; NaN where unknown."""
        return Tails([self]).score(strengths, np.array(0))


class Tails:
    """Several tails beside each other, by their numbers: one call scores strengths of all of them."""

    def __init__(self, tails: Sequence[Tail | None], weights: Sequence[float] = ()) -> None:
        """None: a tail that has no scores. weights: what is added to the scores of each."""
        more = weights or [0.0] * len(tails)
        # complex numbers are ordered by their real parts first, here the tail's number, then by their imaginary ones
        self._steps = np.concatenate([_numbered(k, [*(t.steps if t else ()), np.inf]) for k, t in enumerate(tails)])
        self._at_knee = np.array([t.at_knee + w if t else np.nan for t, w in zip(tails, more, strict=True)])
        self._inside = np.concatenate([t.inside + w if t else [np.nan] for t, w in zip(tails, more, strict=True)])
        self._knee, self._width = (np.array([getattr(t, name) if t else np.nan for t in tails])
                                   for name in ("knee", "width"))  # fmt: skip

    def score(self, strengths: Array, number: NDArray[np.integer]) -> Array:
        """Scores of strengths, each on the tail of its number (both of any shapes that go together); NaN where
        unknown.
        """
        return self.at(number)(strengths)

    def at(self, number: NDArray[np.integer]) -> Score:
        """What scores strengths that belong to the same tails each time."""
        return partial(self._score, number, self._knee[number], self._at_knee[number], self._width[number])

    def _score(self, number: NDArray[np.integer], knee: Array, at_knee: Array, width: Array, strengths: Array) -> Array:
        at = _numbered(number, strengths)
        made = np.asarray(self._inside.take(self._steps.searchsorted(at), mode="clip"))
        beyond = strengths > knee
        if np.count_nonzero(beyond):
            away = np.maximum(strengths - knee, 0.0) / width
            np.putmask(made, beyond, at_knee + np.log10(1.0 + _SHAPE * away) / _SHAPE)
        np.putmask(made, ~np.isfinite(at.imag), np.nan)
        return made


def _numbered(number: NDArray[np.integer] | int, values: ArrayLike) -> NDArray[np.complex128]:
    """Values with the numbers of the tails that they belong to as their real parts."""
    made = np.empty(np.broadcast(number, values).shape, dtype=complex)
    made.real, made.imag = number, values
    return made


@dataclass(frozen=True, eq=False)
class Scale:
    """How a sign's strengths become scores: after the seed absolutely or relative to it, and in the seed. limit: where
    a seed that goes beyond it lies outside the band of real seeds, and what follows is judged by how much more it is
    than in the seed (strengths are logarithms: by the ratio). weight: what is added to the scores after the seed.
    """

    absolute: Tail | None
    relative: Tail | None
    seed: Tail | None
    limit: float
    weight: float = 0.0

    @classmethod
    def of(
        cls, seeds: Array, largest: Array, least: int = LEAST, within: float | None = None, weight: float = 0.0
    ) -> Scale:
        """Of the largest strengths of N clips in their seeds and after them, NaN where unknown, -inf of a clip that
        reaches none. within, weight: as Sign has them.
        """
        known, told = ~np.isnan(largest), seeds[np.isfinite(seeds)]
        limit = _limit(told, least, within)
        with np.errstate(invalid="ignore"):
            inside = known & ~(seeds > limit)
            more = largest - seeds
        after, by_ratio = largest[inside], more[np.isfinite(more)]
        return cls(Tail.of(after, least), Tail.of(by_ratio, least), Tail.of(told, least), limit, weight)

    @property
    def decides(self) -> bool:
        """Whether there were enough clips."""
        return self.absolute is not None


class Scales:
    """The scales of K signs beside each other."""

    def __init__(self, scales: Sequence[Scale]) -> None:
        tails = [scale.absolute for scale in scales] + [scale.relative for scale in scales]
        self._after = Tails(tails, [scale.weight for scale in scales] * 2)
        self._in_seed = Tails([scale.seed for scale in scales])
        self._limit = np.array([scale.limit for scale in scales])
        self._has_relative = np.array([scale.decides and scale.relative is not None for scale in scales])

    def score(self, strengths: Array, seeds: Array) -> Array:
        """Scores (B, K, n) of strengths (B, K, n) after seeds whose largest were (B, K); NaN of signs that do not
        decide.
        """
        return self.after(seeds)(strengths)

    def after(self, seeds: Array) -> Score:
        """What scores strengths after the same seeds each time."""
        outside = (seeds > self._limit) & self._has_relative
        number = np.arange(len(self._limit)) + np.where(outside, len(self._limit), 0)
        score = self._after.at(number[..., None])
        if not outside.any():
            return score
        before = np.where(outside, seeds, 0.0)[..., None]
        return lambda strengths: score(strengths - before)

    def score_seeds(self, seeds: Array) -> Array:
        """Scores (B, K) of the largest strengths (B, K) of seeds among real seeds; NaN where there are too few."""
        return self._in_seed.score(seeds, np.arange(len(self._limit)))


def _thinned(reached: NDArray[np.intp]) -> NDArray[np.intp]:
    """Places of at most MOST_STEPS of falling counts (Q,), evenly on a logarithm; the last two, at the knee, stay."""
    if len(reached) <= MOST_STEPS:
        return np.arange(len(reached))
    height = -np.log(reached)
    wanted = np.linspace(height[0], height[-2], MOST_STEPS - 2)
    return np.unique([*np.searchsorted(height, wanted - 1e-12), len(reached) - 2, len(reached) - 1])


def _limit(seeds: Array, least: int, within: float | None) -> float:
    if len(seeds) < least:
        return float("inf")
    if within is not None:
        return float(np.percentile(seeds, within))
    median, upper = np.percentile(seeds, [50.0, 75.0])
    return float(median + _ROBUST * max(upper - median, 1e-6) / 0.6745)
