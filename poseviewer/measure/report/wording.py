"""Numbers and words as the report says them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from poseviewer.measure.report.markup import Markup, joined, tag

MINUS, DASH, THIN = "\N{MINUS SIGN}", "\N{EN DASH}", "\N{THIN SPACE}"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_RAISED = str.maketrans("-0123456789", "\N{SUPERSCRIPT MINUS}⁰¹²³⁴⁵⁶⁷⁸⁹")


def percent(share: float | None) -> str:
    """A share in whole percent; "<1 %" and ">99 %" where it is not quite none and not quite all."""
    if share is None:
        return DASH
    if 0.0 < share < 0.005 or 0.995 <= share < 1.0:
        return f"{'<1' if share < 0.5 else '>99'}{THIN}%"
    return f"{round(100 * share)}{THIN}%"


def span(low: float | None, high: float | None) -> str:
    """An interval of shares in percent."""
    return "" if low is None or high is None else f"{round(100 * low)}{DASH}{round(100 * high)}"


def figure(value: float | None) -> str:
    """A number in three figures with a real minus."""
    if value is None or not math.isfinite(value):
        return DASH
    if 0.0 < abs(value) < 1e-3:
        digits, power = f"{value:.1e}".split("e")
        return f"{digits}\N{MIDDLE DOT}10{str(int(power)).translate(_RAISED)}".replace("-", MINUS)
    places = max(0, 2 - math.floor(math.log10(abs(value) or 1.0)))
    return f"{value:.{places}f}".replace("-", MINUS)


def seconds(frames: float, fps: float) -> str:
    """Frames as seconds."""
    return f"{frames / fps:.1f}{THIN}s"


def column(frames: Sequence[int], wanted: int) -> int:
    """Which of some frames is nearest to one that is asked for, on a scale of ratios."""
    return min(range(len(frames)), key=lambda k: abs(math.log(frames[k] / wanted)))


def with_span(share: float | None, low: float | None, high: float | None) -> Markup:
    """A share, and beside it, quiet, its interval."""
    return joined(tag("b", percent(share)), " ", tag("span", span(low, high), cls="quiet"))


def median_of(row: dict[str, Any]) -> int | None:
    """The frame by which half of a row's motions have failed."""
    found = row["first_failure"]["median"]
    return None if found is None else int(found)
