"""The time axis that ruler, strip and tracks share: seconds to pixels, zoom, scroll and ticks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_Times = TypeVar("_Times", float, NDArray[np.float64])
_FEWEST_FRAMES = 6  # frames that the closest zoom still shows
_LABEL = 62.0  # px that a tick's number needs
_STEPS = (
    (1, 1), (5, 1), (15, 5), (30, 5), (60, 15), (150, 30), (300, 60), (900, 150), (1800, 300),
    (9000, 1800), (18000, 3000), (54000, 9000), (108000, 18000), (540000, 108000),
)  # fmt: skip
"""Frames between numbers, and between ticks: multiples of 15 as soon as they fit (theme.md)."""


@dataclass
class TimeAxis:
    """Shows low..high seconds between the px `left` and `right`. `fitted`: it shows everything, and goes on to."""

    left: float = 0.0
    right: float = 1.0
    low: float = 0.0
    high: float = 1.0
    extent: tuple[float, float] = (0.0, 1.0)
    """Seconds of everything that there is to see."""
    fitted: bool = True

    @property
    def span(self) -> float:
        return self.high - self.low

    def x(self, time: _Times) -> _Times:
        """px of a time, or of several."""
        return self.left + (time - self.low) / self.span * (self.right - self.left)

    def time(self, x: float) -> float:
        """Seconds at a px."""
        return self.low + (x - self.left) / (self.right - self.left) * self.span

    def holds(self, time: float) -> bool:
        """Whether a time can be seen."""
        return self.low - 1e-9 <= time <= self.high + 1e-9

    def resize(self, left: float, right: float) -> None:
        """Another width shows the same stretch of time."""
        self.left, self.right = left, max(right, left + 1.0)

    def set_extent(self, low: float, high: float) -> None:
        """There is more, or less, to see: a fitted axis shows it, a zoomed one stays where it is."""
        self.extent = (low, high)
        if self.fitted:
            self.low, self.high = low, high
        else:
            self._show(self.low, self.span)

    def fit(self) -> None:
        """Show everything."""
        self.fitted = True
        self.low, self.high = self.extent

    def zoom(self, factor: float, x: float, fps: float) -> None:
        """Show `factor` times as much, keeping the time under a px in its place."""
        low, high = self.extent
        span = min(max(self.span * factor, _FEWEST_FRAMES / fps), high - low)
        at = self.time(x)
        self.fitted = span >= (high - low) * 0.999
        self._show(at - (x - self.left) / (self.right - self.left) * span, span)

    def scroll(self, share: float) -> None:
        """Move by a share of what is shown."""
        self._show(self.low + share * self.span, self.span)

    def reveal(self, time: float, page: bool) -> bool:
        """Bring a time into sight, by whole pages while it plays; whether anything moved."""
        if self.fitted or self.holds(time):
            return False
        margin = 0.06 * self.span
        low = time - margin if page or time < self.low else time + margin - self.span
        before = self.low
        self._show(low, self.span)
        return self.low != before

    def _show(self, low: float, span: float) -> None:
        first, last = self.extent
        span = min(span, last - first)
        self.low = min(max(low, first), last - span)
        self.high = self.low + span

    def ticks(self, zero: float, fps: float) -> tuple[list[int], list[int]]:
        """Frame numbers relative to the time `zero` that get a number, and those that get a tick only."""
        pixels = (self.right - self.left) / (self.span * fps)  # a frame
        major, minor = next((s for s in _STEPS if s[0] * pixels >= _LABEL), _STEPS[-1])
        first, last = (self.low - zero) * fps, (self.high - zero) * fps
        numbered = list(_multiples(major, first, last))
        return numbered, [n for n in _multiples(minor, first, last) if n % major]


def _multiples(step: int, first: float, last: float) -> range:
    return range(math.ceil(first / step - 1e-6) * step, math.floor(last + 1e-6) + 1, step)


def room(end: float, seed_end: float, clip_end: float) -> tuple[float, float]:
    """Seconds that a fitted axis shows: all there is, and space in which a rollout grows without moving the axis."""
    ahead = 2.7  # seconds: 81 frames at 30 fps, as in theme.md's picture
    while seed_end + ahead * 0.94 < end and end > clip_end:
        ahead *= 1.5
    high = max(seed_end + ahead, clip_end * 1.02)
    return -max(1.0 / 30.0, 0.006 * high), high
