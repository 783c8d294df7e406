"""Plots of a report as SVG: how long motions last, how varied they stay, whether a forest tells them from real ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from poseviewer.measure.report.markup import Markup, joined, tag
from poseviewer.measure.report.rows import Row, judged
from poseviewer.measure.report.wording import figure, median_of, percent, seconds

_WIDE, _HIGH = 1088, 300
_LEFT, _RIGHT, _TOP = 44, 250, 12  # px beside the plot: its ticks, its names
_APART = 16  # px between two names at the right
_MOST_VARIED = 2.5  # times real clips: what is more lies at the edge
_HOVERED = 60  # stripes that tell all values under the pointer
Line = tuple[Row, Sequence[tuple[int, float]]]
"""Values by the frame."""
_Steps = tuple[list[float], list[float], list[float], list[float]]


@dataclass(frozen=True)
class Frame:
    """Where a plot's values stand: x from 0 to `far`, y from 0 at the bottom to `most`."""

    left: float
    top: float
    width: float
    height: float
    far: float
    most: float = 1.0

    def x(self, value: float) -> float:
        return self.left + self.width * value / self.far

    def y(self, value: float) -> float:
        return self.top + self.height * (1.0 - min(max(value / self.most, 0.0), 1.0))


def survival(models: Sequence[Row], controls: Sequence[Row], horizon: int, fps: float) -> Markup:
    """Shares that are still realistic by the frame, with bands, medians, names and counts."""
    frame = Frame(_LEFT, _TOP, _WIDE - _LEFT - _RIGHT, _HIGH, horizon)
    models, controls = judged(models), judged(controls)
    drawn: list[Markup] = [_grid(frame, horizon, fps)]
    drawn += [_band(frame, row, steps_of(row.told["survival"])) for row in models]
    drawn += [_stairs(frame, row, steps_of(row.told["survival"])) for row in (*controls, *models)]
    for row in models:
        half = median_of(row.told)
        if half is not None and half <= horizon:
            x, y = frame.x(half), frame.y(0.5)
            drawn.append(tag("g", row.mark(x, y, 4), cls=f"line {row.kind}"))
    drawn += _medians(frame, models, fps)
    drawn += _names(frame, [*models, *controls])
    drawn += _values(frame, [*models, *controls], horizon, fps)
    ticks = ticks_of(horizon)
    y = _TOP + _HIGH + 52
    drawn.append(tag("text", "rollouts still realistic", x=0, y=y, cls="quiet"))
    for k, row in enumerate(models):
        at = y + 18 * (k + 1)
        drawn.append(tag("g", tag("line", x1=0, y1=at - 4, x2=24, y2=at - 4, stroke_dasharray=row.dash),
                         row.mark(12, at - 4), cls=f"line {row.kind}"))  # fmt: skip
        for tick in ticks:
            share, count = _share(steps_of(row.told["survival"]), tick), row.told.get("motions") or 0
            if share is not None:
                x = max(frame.x(tick), frame.left + 8)
                drawn.append(tag("text", str(round(share * count)), x=x, y=at, cls="small middle"))
        drawn.append(tag("text", row.briefly, x=frame.left + frame.width + 14, y=at, cls="small quiet"))
    height = y + 18 * len(models) + 8
    about = "Share of rollouts that are still realistic, by the frame"
    return tag("svg", *drawn, viewBox=f"0 0 {_WIDE} {height}", cls="plot", role="img", aria_label=about)


def side(models: Sequence[Row], controls: Sequence[Row], name: str, horizon: int, fps: float) -> Markup:
    """The same of one side alone, small."""
    frame = Frame(34, 8, 480, 130, horizon)
    rows = [row for row in (*controls, *models) if row.judged and row.told["survival"].get(name)]
    drawn = [_grid(frame, horizon, fps, (0.0, 0.5, 1.0))]
    drawn += [_band(frame, row, steps_of(row.told["survival"][name])) for row in rows if row.letter]
    drawn += [_stairs(frame, row, steps_of(row.told["survival"][name])) for row in rows]
    drawn += _values(frame, rows, horizon, fps, name)
    return tag("svg", *drawn, viewBox="0 0 530 176", cls="plot", role="img", aria_label=f"Share without {name}")


def steps_of(told: dict[str, Any]) -> _Steps:
    """Frames at which a share changes, and from each on the share, its band's low and high end."""
    table = told.get("curve") or told
    made: _Steps = ([0.0], [1.0], [1.0], [1.0])
    for row in zip(table["frames"], table["share"], table["low"], table["high"], strict=True):
        if row[1] is not None:
            share = float(row[1])
            low, high = (share if end is None else float(end) for end in row[2:])
            for into, value in zip(made, (float(row[0]), share, low, high), strict=True):
                into.append(value)
    return made


def ticks_of(horizon: int) -> list[int]:
    """Up to six frames from 0 to the horizon, rounded to what divides a second."""
    step = max(15, round(horizon / 5 / 15) * 15)
    made = list(range(0, horizon + 1, step))
    return made if horizon - made[-1] < step / 3 else [*made, horizon]


def small(lines: Sequence[Line], horizon: int, beside_one: bool = True) -> Markup:
    """One measure by the frame. beside_one: 1 is what real clips have."""
    largest = max(value for _, points in lines for _, value in points)
    frame = Frame(28, 10, 210, 110, horizon, min(max(1.25, 1.1 * largest), _MOST_VARIED) if beside_one else 1.0)
    drawn = []
    for value in (0.0, 0.5, 1.0):
        y = frame.y(value)
        kind = "real" if beside_one and value == 1.0 else "grid"
        drawn.append(tag("line", x1=frame.left, x2=frame.x(horizon), y1=y, y2=y, cls=kind))
        drawn.append(tag("text", f"{value:g}", x=22, y=y + 4, cls="small quiet end"))
    for row, points in lines:
        places = [(frame.x(at), frame.y(value)) for at, value in points]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        inside = [tag("path", d=path, stroke_dasharray=row.dash), *(row.mark(x, y, 2.6) for x, y in places[1::2])]
        words = ", ".join(f"+{at} {figure(value)}" for at, value in points)
        drawn.append(tag("g", tag("title", f"{row.called}: {words}"), *inside, cls=f"line {row.kind}"))
    drawn.append(tag("text", "0", x=frame.left, y=136, cls="small quiet"))
    drawn.append(tag("text", f"+{horizon}", x=frame.x(horizon), y=136, cls="small quiet end"))
    return tag("svg", *drawn, viewBox="0 0 250 142", cls="plot")


def told_apart(rows: Sequence[Row]) -> Markup | None:
    """Areas under the curve with their intervals on one scale, real against real first."""
    shown = [row for row in rows if row.judged and row.told.get("two_sample_auc") is not None]
    if not shown:
        return None
    low = min([0.5, *(min(row.told["two_sample_auc"], (row.told["two_sample_interval"] or [1.0])[0]) for row in shown)])
    low = max(0.0, int(low * 10) / 10 - 0.1 * (low >= 0.5))
    left, width, height = 256.0, 740.0, 22 * len(shown)

    def x(value: float) -> float:
        return left + width * (value - low) / (1.0 - low)

    drawn: list[Markup] = []
    for k in range(round(low * 10), 11):
        at = x(k / 10)
        drawn.append(tag("line", x1=at, x2=at, y1=4, y2=height + 6, cls="chance" if k == 5 else "grid"))
        drawn.append(tag("text", f"{k / 10:.1f}", x=at, y=height + 20, cls="small quiet middle"))
    for words, value in (("by chance", 0.5), ("always", 1.0)):
        drawn.append(tag("text", words, x=x(value), y=height + 34, cls="small quiet middle"))
    for k, row in enumerate(shown):
        y, auc = 22 * k + 16, row.told["two_sample_auc"]
        ends = row.told["two_sample_interval"] or [auc, auc]
        whisker = f"M{x(ends[0]):.1f} {y}H{x(ends[1]):.1f}M{x(ends[0]):.1f} {y - 4}v8M{x(ends[1]):.1f} {y - 4}v8"
        mark = row.mark(x(auc), y) or tag("circle", cx=x(auc), cy=y, r=3.5, cls="mark")
        drawn.append(tag("g", tag("line", x1=0, x2=24, y1=y, y2=y, stroke_dasharray=row.dash),
                         tag("path", d=whisker), mark, cls=f"line {row.kind}"))  # fmt: skip
        drawn.append(tag("text", row.briefly, x=34, y=y + 4, cls="strong" if row.letter else None))
        drawn.append(tag("text", f"{auc:.3f}", x=1088, y=y + 4, cls="end"))
    return tag("svg", *drawn, viewBox=f"0 0 {_WIDE} {height + 40}", cls="plot")


def _grid(frame: Frame, horizon: int, fps: float, shares: Sequence[float] = (0.0, 0.25, 0.5, 0.75, 1.0)) -> Markup:
    right, bottom = frame.left + frame.width, frame.top + frame.height
    made = [tag("line", x1=frame.left, x2=right, y1=frame.y(s), y2=frame.y(s), cls="half" if s == 0.5 else "grid")
            for s in shares]  # fmt: skip
    made += [tag("text", percent(s), x=frame.left - 6, y=frame.y(s) + 4, cls="small quiet end") for s in shares]
    for tick in ticks_of(horizon):
        x = frame.x(tick)
        made.append(tag("line", x1=x, x2=x, y1=frame.top, y2=bottom, cls="grid"))
        made.append(tag("text", f"+{tick}" if tick else "0", x=x, y=bottom + 16, cls="small quiet middle"))
        made.append(tag("text", seconds(tick, fps), x=x, y=bottom + 30, cls="small quiet middle"))
    return joined(*made)


def _band(frame: Frame, row: Row, steps: _Steps) -> Markup:
    xs, _, low, high = steps
    xs = [*xs, frame.far]
    above = "".join(f"H{frame.x(x):.1f}V{frame.y(v):.1f}" for x, v in zip(xs[1:], [*high[1:], high[-1]], strict=True))
    below = "".join(f"H{frame.x(x):.1f}V{frame.y(v):.1f}"
                    for x, v in zip(xs[-2::-1], [*low[-2::-1], low[0]], strict=True))  # fmt: skip
    start = f"M{frame.x(0):.1f} {frame.y(1.0):.1f}"
    return tag("path", d=f"{start}{above}V{frame.y(low[-1]):.1f}{below}Z", cls=f"band {row.kind}")


def _stairs(frame: Frame, row: Row, steps: _Steps) -> Markup:
    xs, shares, *_ = steps
    path = f"M{frame.x(0):.1f} {frame.y(1.0):.1f}"
    path += "".join(f"H{frame.x(x):.1f}V{frame.y(v):.1f}" for x, v in zip(xs[1:], shares[1:], strict=True))
    end = _end(row, frame.far)
    return tag("path", d=f"{path}H{frame.x(end):.1f}", cls=f"line {row.kind}", stroke_dasharray=row.dash)


def _end(row: Row, far: float) -> float:
    """The last frame at which anybody of a row is watched; of real clips it may come before the horizon."""
    told = row.told["survival"]
    seen = [f for f, share in zip(told["frames"], told["share"], strict=True) if share is not None]
    return float(max([*steps_of(told)[0], *seen])) if seen else far


def _share(steps: _Steps, frame: float) -> float | None:
    xs, shares, *_ = steps
    return next((share for x, share in zip(reversed(xs), reversed(shares), strict=True) if x <= frame), None)


def _medians(frame: Frame, models: Sequence[Row], fps: float) -> list[Markup]:
    """Their seconds beside the marks on the line of one half, apart from each other."""
    made, taken = [], -1e9
    found = [(half, row) for row in models if (half := median_of(row.told)) is not None and half <= frame.far]
    for half, _ in sorted(found, key=lambda pair: pair[0]):
        x = max(frame.x(half) + 6, taken + 6)
        made.append(tag("text", seconds(half, fps), x=x, y=frame.y(0.5) - 6, cls="strong"))
        taken = x + 30
    return made


def _names(frame: Frame, rows: Sequence[Row]) -> list[Markup]:
    """At the right, each at the height at which its line ends, moved apart."""
    right, made = frame.left + frame.width, []
    ends = sorted(((frame.y(steps_of(row.told["survival"])[1][-1]), row) for row in rows), key=lambda pair: pair[0])
    heights = [y for y, _ in ends]
    for k in range(1, len(heights)):
        heights[k] = max(heights[k], heights[k - 1] + _APART)
    low = frame.top + frame.height + 4
    for k in range(len(heights) - 1, -1, -1):
        heights[k] = min(heights[k], low - _APART * (len(heights) - 1 - k))
    for y, (_, row) in zip(heights, ends, strict=True):
        line = tag("line", x1=right + 10, x2=right + 34, y1=y, y2=y, stroke_dasharray=row.dash)
        made.append(tag("g", line, row.mark(right + 22, y), cls=f"line {row.kind}"))
        made.append(tag("text", row.briefly, x=right + 40, y=y + 4, cls="strong" if row.letter else "quiet"))
    return made


def _values(frame: Frame, rows: Sequence[Row], horizon: int, fps: float, name: str = "") -> list[Markup]:
    """Stripes that nobody sees and that tell, under the pointer, what all lines have there."""
    made, width = [], frame.width / _HOVERED
    for k in range(_HOVERED):
        at = round((k + 0.5) * horizon / _HOVERED)
        lines = [f"+{at}, {seconds(at, fps)}"]
        for row in rows:
            told = row.told["survival"]
            share = _share(steps_of(told[name] if name else told), at)
            lines.append(f"{row.called}: {percent(share)}")
        about = tag("title", "\n".join(lines))
        made.append(tag("rect", about, x=frame.left + k * width, y=frame.top, width=width, height=frame.height,
                        cls="stripe"))  # fmt: skip
    return made
