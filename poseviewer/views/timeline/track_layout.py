"""Where things lie in the tracks widget, and how values become pixels: the numbers of theme.md in one place."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.bench import Bench
from poseviewer.bench.curves import Curve, Statistic

GUTTER, COLUMN = 176, 136  # px left and right of the time axis
MARGIN = 12
NAMES = 110  # px, room for the words in the gutter
NUMBERS = 12.0  # centre of the ruler's numbers
LOOP = (1.0, 3.5)  # top and height of the loop range
SEED_BAR = (21.0, 5.0)
TICKS = (28.0, 3.0, 5.0)  # bottom of the ruler's ticks, short and long
STRIP = (34.0, 14.0)
REASON = 60.0  # centre of the line of words under the strip
PLOTS = 79.0
_TWO_LINES = 5.0  # px that two lines beside a strip take more than the one under it
NEXT = 38.0  # px from one lane's strip to the next one's
GRIP = (6.0, 13.0)
GRIP_HIT = (16.0, 24.0)
_FOOT, _BETWEEN, _CLOSE = 12.0, 20.0, 12.0  # px under the last curve, and between two, where they are low less
_LOW_CURVE, _LEAST_CURVE = 48.0, 20.0  # px
_FEW_TICKS = 30.0  # px under which the tick half way is left out
_LINE = 14.0  # px between lines in the gutter
_GUTTER_LETTERS = 21


@dataclass(frozen=True)
class Plot:
    """A curve's box, px, and its values' scale."""

    top: float
    bottom: float
    low: float
    high: float
    log: bool
    ticks: tuple[float, ...]

    def y(self, value: float) -> float:
        """px of a value, held inside the box."""
        return float(self.ys(np.array(value)))

    def ys(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """px of values, held inside the box; NaN where they are unknown."""
        if self.log:
            share = np.log10(np.maximum(values, 1e-12) / self.low) / np.log10(self.high / self.low)
        else:
            share = (values - self.low) / (self.high - self.low)
        return self.bottom - np.clip(share, -0.02, 1.02) * (self.bottom - self.top)


def strip_at(bench: Bench, y: float) -> int:
    """The place among the lanes of the strip with its line of words that a height is nearest to."""
    return min(max(int((y - STRIP[0] + 4.0) // NEXT), 0), len(bench.lanes) - 1)


def plots_top(lanes: int) -> float:
    """px where the curves begin, under the lanes' strips, or under the two lines of words beside a single one."""
    return PLOTS + NEXT * (lanes - 1) + (_TWO_LINES if lanes == 1 else 0.0)


def plots(curves: tuple[Curve, ...], height: float, lanes: int = 1) -> list[Plot]:
    """One box a curve, equal shares of the height under the lanes' strips."""
    first, (each, between) = plots_top(lanes), _shares(len(curves), height, lanes)
    tall = each >= 60.0
    boxes = []
    for i, curve in enumerate(curves):
        top = first + i * (each + between)
        scale = _beside_real if curve.real else _decades if curve.about.log else _from_zero
        low, high, ticks = scale(curve, tall)
        if each < _FEW_TICKS and not curve.about.log:
            ticks = (ticks[0], ticks[-1])
        boxes.append(Plot(top, top + each, low, high, curve.about.log, ticks))
    return boxes


def room_for(curves: int, height: float, lanes: int) -> bool:
    """Whether so many curves can be read one under the other."""
    return _shares(curves, height, lanes)[0] >= _LEAST_CURVE


def _shares(curves: int, height: float, lanes: int) -> tuple[float, float]:
    """px of each curve, and between two."""
    free = height - plots_top(lanes) - _FOOT
    each = (free - _BETWEEN * (curves - 1)) / curves
    return (each, _BETWEEN) if each >= _LOW_CURVE else ((free - _CLOSE * (curves - 1)) / curves, _CLOSE)


def gutter_lines(about: Statistic, height: float = 2.0 * _LOW_CURVE) -> tuple[str, ...]:
    """What stands under a curve's title, as far as so many px have room: of what it is, and its unit."""
    lines = [about.part, f"{about.unit}, log" if about.log else about.unit]
    if not about.unit:  # a sign of verdicts has a long title instead
        first, *rest = textwrap.wrap(about.part, _GUTTER_LETTERS)
        lines = [first, " ".join(rest) + (", log" if about.log else "")]
    room = int((height - 2.0) // _LINE)
    if room == 1 and lines[1] and not about.unit:
        return (f"{lines[0]} …",)
    return tuple(lines[:room])


def _extremes(curve: Curve) -> tuple[float, float]:
    values = np.concatenate([line.values for line in (curve.clip, *curve.generated)])
    values = values[np.isfinite(values)]
    return (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)


def _from_zero(curve: Curve, tall: bool) -> tuple[float, float, tuple[float, ...]]:
    """0 to the next round number, with a tick half way."""
    return _to_round(max(_extremes(curve)[1], 0.1))


def _to_round(most: float) -> tuple[float, float, tuple[float, ...]]:
    unit = 10.0 ** math.floor(math.log10(most))
    top = next(unit * step for step in (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0) if unit * step >= most * 0.999)
    return 0.0, top, (0.0, top / 2.0, top)


def _beside_real(curve: Curve, tall: bool) -> tuple[float, float, tuple[float, ...]]:
    """0 to the next round number, the range of real motion well inside it; beyond eight times of it the scale ends."""
    real = curve.high if math.isfinite(curve.high) else 0.0
    most = max(_extremes(curve)[1], 1.25 * real, 1e-6)
    return _to_round(min(most, 8.0 * real) if real > 0.0 else most)


def _decades(curve: Curve, tall: bool) -> tuple[float, float, tuple[float, ...]]:
    """0.01 to 10, and further where the motion goes further, down to a millionth."""
    least, most = _extremes(curve)
    first = max(-6, min(-2, math.floor(math.log10(max(least, 1e-6)))))
    last = max(1, math.ceil(math.log10(max(most, 1e-6))))
    step = math.ceil((last - first) / (3 if tall else 2))
    return 10.0**first, 10.0**last, tuple(10.0**e for e in range(last, first - 1, -step))


def nearest_frame(bench: Bench, time: float) -> int:
    """The frame, relative to the seed's end, that is nearest to a time, within what there is."""
    frame = round((time - bench.seed_end) * bench.fps)
    return min(max(frame, bench.first_frame), bench.relative_frame(bench.end))


def value_text(value: float, log: bool) -> str:
    """A value with as many figures as can be read off: "1.28", "0.015"."""
    if not math.isfinite(value):
        return "unknown"
    if not log or value >= 1.0:
        return f"{value:.2f}"
    return f"{value:.3f}" if value >= 0.01 else f"{value:.4f}"
