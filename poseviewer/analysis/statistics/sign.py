"""What a sign is: a statistic that verdicts are made from. It sees the body's seed, may be fitted to real motion, looks
over a window of generated frames alone, and says how strange its values are on a scale on which differences count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.known import are_known
from poseviewer.analysis.statistics.statistic import Judged, Statistic
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array

_REDUCTIONS: dict[str, tuple[Callable[..., Array], float]] = {
    "mean": (np.add.reduce, 0.0),
    "largest": (np.maximum.reduce, -np.inf),
    "least": (np.minimum.reduce, np.inf),
}
"""How a window becomes a number, and what is put where nothing is known."""
SIXFOLD, FOURFOLD, TWICE, HALF = 0.75, 0.6, 0.3, -0.3
"""Weights of signs that may spend six times, four times, twice and half as much as others."""


def axes(*letters: str, above: float | None = None) -> dict[str, Any]:
    """What is known of a field that a sign's fit gives. letters: what each axis runs over: E edges, J joints, D
    dimensions, JD both, C centres, K limbs, "cells" of the sphere, "one" number; above: what all of it lies above.
    """
    return {"axes": letters, "above": above}


@dataclass(frozen=True, eq=False)
class Sign(Statistic):
    """A value of each frame, `each`, over the last `seconds`: its mean, least or largest. Until the window is full the
    value is NaN: not yet judged.

    low: small values are strange, not large ones. floor: what is added before the logarithm, below which differences
    do not count. title, words: what it is, and what is said where it decides ("{value}" stands for the value in units).
    """

    title: ClassVar[str]
    words: ClassVar[str]
    low: ClassVar[bool] = False
    floor: ClassVar[float]
    dims: ClassVar[tuple[int, ...]] = (2, 3)
    seconds: ClassVar[float] = 0.0
    how: ClassVar[Literal["mean", "least", "largest"]] = "mean"
    decides: ClassVar[bool] = True
    """Whether verdicts rest on it; else it is shown alone."""
    weight: ClassVar[float] = 0.0
    """Above -1: what is added to its scores, which are logarithms. A sign that alone finds a kind of failure may spend
    more of its side's false alarms than one whose failures others find as well (weights of p-values: Genovese, Roeder
    and Wasserman, 2006).
    """
    manifold: ClassVar[bool] = False
    """Whether a seed that is strange by it is unlike real motion: its verdicts are then by the ratio to the seed."""
    within: ClassVar[float | None] = None
    """Percent of real seeds that make the band beyond which a motion is judged by the ratio to its seed; None: those
    that lie as near the median seed as normal ones do.
    """
    full: ClassVar[float] = 1.0
    """Share of the window from which on it counts."""
    network: ClassVar[Literal["", "embedding", "classifier"]] = ""
    """What it looks through; without it, it does not apply."""
    seldom: ClassVar[bool] = False
    """Whether it has values only while something goes on, as standing; a real clip without is one that reaches none."""
    repeats: ClassVar[bool] = False
    """Whether it tells motion that repeats itself: a clip that loops, and so does, is no measure of it."""

    @classmethod
    def applies(cls, skeleton: Skeleton) -> bool:
        """Whether bodies of a skeleton have it."""
        return skeleton.dims in cls.dims

    def fitted(self, motions: Sequence[Judged]) -> Self:
        """It as real motions, of one body each, have it to be."""
        return self

    @property
    def arrays(self) -> dict[str, NDArray]:
        """What the fit gave."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def each(self, frames: Judged) -> Array:
        """(B, n) the value of each frame alone; NaN where it has none."""
        raise NotImplementedError

    def start(self, seed: Judged | None = None) -> Any:
        return None

    def raw(self, state: Any, frames: Judged) -> tuple[Array, Any]:
        """(B, n) what the window goes over, and the state after it: the value of each frame alone."""
        return self.each(frames), None

    def update(self, state: Any, frames: Judged) -> tuple[Array, Any]:
        before, past = state or (None, None)
        values, before = self.raw(before, frames)
        values, past = self.over(past, values, frames.fps)
        return values, (before, past)

    def over(self, state: Any, values: Array, fps: float) -> tuple[Array, Any]:
        """The next values (B, n) over the window, and the state after them."""
        width = self.width(fps)
        if width == 1:
            return values, None
        whole = values if state is None else np.concatenate([state, values], axis=1)
        return windowed(whole, width, values.shape[1], self.how, self.full), whole[:, -width + 1 :]

    def width(self, fps: float) -> int:
        """Frames of its window."""
        return max(1, round(self.seconds * fps))

    def strength(self, values: Array) -> Array:
        """Values on the scale on which strangeness is measured: a logarithm, upside down where small ones are strange.
        """
        made = np.log10(np.maximum(values, 0.0) + self.floor)
        return -made if self.low else made


class Windows:
    """The windows of those of K signs that are nothing but a window over what each frame has, side by side: where one
    frame comes at a time most of the cost is in the calls.
    """

    def __init__(self, signs: Sequence[Sign], fps: float) -> None:
        self.plain = frozenset(k for k, sign in enumerate(signs) if type(sign).update is Sign.update)
        hows, wide = list(_REDUCTIONS), (k for k in self.plain if signs[k].width(fps) > 1)
        own = sorted(wide, key=lambda k: (hows.index(signs[k].how), signs[k].width(fps)))
        self._rows, self._own = np.array(own, dtype=np.intp), [(signs[k], signs[k].width(fps)) for k in own]
        widths = np.array([width for _, width in self._own], dtype=np.intp)
        self._longest = int(widths.max(initial=1))
        means, largest = (sum(sign.how == how for sign, _ in self._own) for how in ("mean", "largest"))
        self._count, self._least = widths[:means].astype(float), means + largest
        self._means = [(slice(*self._count.searchsorted([w, w + 1])), w) for w in np.unique(widths[:means])]
        ends = self._longest * (1 + np.arange(self._least, len(own)))
        windows = [np.arange(end - width, end) for end, width in zip(ends, widths[self._least :], strict=True)]
        self._windows = np.concatenate([np.arange(0), *windows])  # of all rows one after the other
        self._begins = np.cumsum([0, *map(len, windows)])[:-1]
        self._enough = (widths[self._least :] + 1) // 2
        self._past: Array | None = None

    def extend(self, values: Array) -> None:
        """In values (B, K, n) of the next frames those of these signs become what their windows make of them."""
        fresh, newest = values.take(self._rows, 1), values.shape[2]
        whole = fresh if self._past is None else np.concatenate([self._past, fresh], axis=2)
        self._past = whole[:, :, max(0, whole.shape[2] + 1 - self._longest) :]
        if newest == 1 and whole.shape[2] == self._longest:
            values[:, self._rows, 0] = self._newest(whole)
            return
        for row, k in enumerate(self._rows.tolist()):
            values[:, k] = self._alone(whole, row, newest)

    def _newest(self, whole: Array) -> Array:
        """(B, rows) of one frame, after which every window is full."""
        made, count = np.empty(whole.shape[:2]), len(self._count)
        for rows, width in self._means:
            np.add.reduce(whole[:, rows, -width:], -1, out=made[:, rows])
        made[:, :count] /= self._count
        made[:, self._least :] = self._leasts(whole.reshape(len(whole), -1).take(self._windows, 1))
        unknown = () if are_known(made[:, :count]) else np.flatnonzero(~np.isfinite(made[:, :count]).all(axis=0))
        for row in (*unknown, *range(count, self._least)):
            made[:, row] = self._alone(whole, row, 1)[:, 0]
        return made

    def _leasts(self, windows: Array) -> Array:
        """(B, rows) of windows one after the other."""
        least = np.minimum.reduceat(windows, self._begins, axis=1)
        if not are_known(least):
            known = np.isfinite(windows)
            np.putmask(windows, ~known, np.inf)
            least = np.minimum.reduceat(windows, self._begins, axis=1)
            np.putmask(least, np.add.reduceat(known, self._begins, axis=1, dtype=np.intp) < self._enough, np.nan)
        return least

    def _alone(self, whole: Array, row: int, newest: int) -> Array:
        sign, width = self._own[row]
        return windowed(whole[:, row], width, newest, sign.how, sign.full)


def windowed(whole: Array, width: int, newest: int, how: str, full: float = 1.0) -> Array:
    """(B, newest) over the `width` frames up to each of the newest of values (B, n); NaN where there are fewer than a
    share `full` of them, or less than half of them have a value.
    """
    missing = newest + width - 1 - whole.shape[1]
    if missing > 0:
        blank = np.full((len(whole), missing), np.nan)
        whole = np.concatenate([blank, whole], axis=1)
    windows = _windows(whole if missing >= 0 else whole[:, -missing:], width)
    reduce, neutral = _REDUCTIONS[how]
    made = reduce(windows, -1)
    if are_known(made):
        return made / width if how == "mean" else made
    known = np.isfinite(windows)
    count = np.add.reduce(known, -1)
    made = reduce(np.where(known, windows, neutral), -1)
    made = np.where(count < (width + 1) // 2, np.nan, made / np.maximum(count, 1) if how == "mean" else made)
    made[:, : max(0, missing - width + round(full * width))] = np.nan
    return made


def _windows(values: Array, width: int) -> Array:
    """(B, n - width + 1, width) of values (B, n)."""
    if values.shape[1] == width:
        return values[:, None]
    return np.lib.stride_tricks.sliding_window_view(values, width, axis=1)


def reach(values: Array, width: int) -> Array:
    """(B, n - width + 1, ...) the largest less the least of each `width` frames of values (B, n, ...)."""
    if values.shape[1] == width:
        return (np.maximum.reduce(values, axis=1) - np.minimum.reduce(values, axis=1))[:, None]
    least = largest = values
    while width > 1:  # two frames half of the rest apart become one: few are left soon
        step = width // 2
        least, largest = (
            np.minimum(least[:, :-step], least[:, step:]),
            np.maximum(largest[:, :-step], largest[:, step:]),
        )
        width -= step
    return largest - least


def usual(values: Sequence[Array], share: float, clips: float) -> Array:
    """(K,) what the `share` percentile of values (n, K) of a clip stays below in `clips` percent of the clips."""
    found = np.nanpercentile([np.nanpercentile(value, share, axis=0) for value in values], clips, axis=0)
    return np.nan_to_num(found, nan=float(np.nanmedian(found)) if np.isfinite(found).any() else 1.0)
