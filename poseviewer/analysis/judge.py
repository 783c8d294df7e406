"""The judge: motions watched frame by frame beside real motion.

Letters: B motions that go on alike, n frames, K signs, J joints, D = 2 or 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.networks import NONE, Networks, Reader
from poseviewer.analysis.statistics.body import Body
from poseviewer.analysis.statistics.sign import Sign, Windows
from poseviewer.analysis.statistics.statistic import LEAD, Insight, Judged
from poseviewer.analysis.tails import Scales
from poseviewer.analysis.verdict import SIDES
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array

_SEED_SECONDS = 2.0
"""Of a seed's end, whose signs are looked at."""
LOOKBACK = 4.6
"""Seconds after which no sign remembers a frame."""


@dataclass(frozen=True, eq=False)
class Watched:
    """signs' values and strengths (B, K, n) of the newest frames."""

    values: Array
    strengths: Array


class Watch:
    """Motions of one skeleton that go on from seeds: what the signs say of them, frame by frame.

    seeds (B, n, J, D): at least two frames. in_seed: what the signs say of their last two seconds; seen: (B, K) the
    largest strength of each sign there, NaN where unknown. networks: what the signs look through; actions (B,):
    of the seeds, empty where unknown; done: generated frames before the first that come; floor (B,): how high the floor
    is at most, where more than the seed tells of it; told: as Reader has it.
    """

    def __init__(
        self,
        signs: Sequence[Sign],
        seeds: Array,
        skeleton: Skeleton,
        fps: float,
        networks: Networks = NONE,
        actions: Sequence[str] = (),
        done: int = 0,
        floor: Array | None = None,
        told: int | None = None,
    ) -> None:
        self._signs, self._skeleton, self._fps = tuple(signs), skeleton, fps
        seeds = np.asarray(seeds, dtype=np.float64)
        self.body = Body.of(seeds, skeleton)
        if floor is not None:
            self.body = replace(self.body, floor=np.fmin(self.body.floor, floor))
        self._lead: Array | None = None
        self._states: list[Any] = [sign.start() for sign in self._signs]
        self._windows = Windows(self._signs, fps)
        self._follow = [s.raw if k in self._windows.plain else s.update for k, s in enumerate(self._signs)]
        self._strengths = Strengths(self._signs)
        self._reader = Reader(networks, seeds, fps, actions, done, told)
        last = seeds[:, -round(_SEED_SECONDS * fps) :]
        self.in_seed = self._next(last, self._reader.of_seed(last))
        self.seen = largest(self.in_seed.strengths)
        self._states = [sign.start() for sign in self._signs]
        self._windows = Windows(self._signs, fps)

    def extend(self, poses: Array, latents: Array | None = None) -> Watched:
        """The next frames (B, n, J, D). latents (B, n, Z): the embedding's, where they are known already."""
        poses = np.asarray(poses, dtype=np.float64)
        return self._next(poses, self._reader.extend(poses, latents))

    def _next(self, poses: Array, insight: Insight) -> Watched:
        frames = Judged(poses, poses[:, :, self._skeleton.root], self._fps, self._lead, self.body, insight)
        made = []
        for k, follow in enumerate(self._follow):
            value, self._states[k] = follow(self._states[k], frames)
            made.append(value)
        values = np.concatenate(made, axis=1, dtype=np.float64).reshape(len(poses), len(made), poses.shape[1])
        self._windows.extend(values)
        self._lead = frames.newest(LEAD)
        return Watched(values, self._strengths(values))


class Strengths:
    """Of values (B, K, n) of K signs, as each sign has it; of all that have no scale of their own at once."""

    def __init__(self, signs: Sequence[Sign]) -> None:
        own = [type(sign).strength is not Sign.strength for sign in signs]
        self._own = [(k, sign) for k, sign in enumerate(signs) if own[k]]
        self._floor = np.array([[[1.0 if own[k] else sign.floor] for k, sign in enumerate(signs)]])  # (1, K, 1)
        self._direction = np.array([[[-1.0 if sign.low else 1.0] for sign in signs]])

    def __call__(self, values: Array) -> Array:
        made = np.log10(np.maximum(values, 0.0) + self._floor) * self._direction
        for k, sign in self._own:
            made[:, k] = sign.strength(values[:, k])
        return made


def strangeness(signs: Sequence[Sign], scales: Scales, seen: Array) -> Array:
    """(B,) how unlike real seeds those with the largest strengths seen (B, K) are: the largest score of manifold signs.
    """
    rows = [k for k, sign in enumerate(signs) if sign.manifold]
    return np.fmax.reduce(scales.score_seeds(seen)[:, rows], axis=1, initial=0.0)


def largest(values: Array) -> Array:
    """(...) of values (..., n); NaN where none is known."""
    made = np.where(np.isfinite(values), values, -np.inf).max(axis=-1)
    return np.where(np.isfinite(made), made, np.nan)


class BySide:
    """Which of K signs decide on each of SIDES."""

    def __init__(self, signs: Sequence[Sign]) -> None:
        own = [[k for k, sign in enumerate(signs) if sign.side == side and sign.decides] for side in SIDES]
        most = max(map(len, own))  # (2, R), the first of fewer again
        self._rows = np.array([mine + mine[:1] * (most - len(mine)) for mine in own], dtype=np.intp)
        self._first = most * np.arange(len(SIDES))[:, None]

    def __call__(self, scores: Array) -> tuple[Array, NDArray[np.intp]]:
        """Of scores (B, K, n) the largest of each side (2, B, n), 0 where none is known, and the sign that has it."""
        own = scores.take(self._rows, 1)  # (B, 2, R, n)
        np.putmask(own, np.isnan(own), -1.0)
        sides = np.maximum.reduce(own, axis=2, initial=0.0).swapaxes(0, 1)
        return sides, self._rows.take(own.argmax(axis=2) + self._first).swapaxes(0, 1)


def by_side(signs: Sequence[Sign], scores: Array) -> tuple[Array, NDArray[np.intp]]:
    """Of scores (B, K, n) the same."""
    return BySide(signs)(scores)
