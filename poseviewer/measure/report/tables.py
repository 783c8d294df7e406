"""Tables of a report: all models and controls at a glance, by action, why they fail, every statistic, spectra."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from poseviewer.measure.report.icons import icon
from poseviewer.measure.report.markup import Markup, Part, joined, tag
from poseviewer.measure.report.rows import COLOURED, Named, Row, judged, statistics_of
from poseviewer.measure.report.wording import (
    DASH,
    column,
    figure,
    median_of,
    percent,
    seconds,
    span,
    with_span,
)

SPECTRA = {
    "npss": "NPSS",
    "spectral_entropy": "spectral entropy",
    "real_spectral_entropy": "real clips' entropy",
    "kl_made_real": "KL, made to real",
    "kl_real_made": "KL, real to made",
    "frechet": "Fr\N{LATIN SMALL LETTER E WITH ACUTE}chet distance",
}
_NAMED = 3  # actions' most frequent failures
_WIDE_BAND = 1.0  # widths of the real band that are drawn beside it
_SIDES = {"drift": "Drift", "collapse": "Collapse"}


def glance(models: Sequence[Row], controls: Sequence[Row], frames: Sequence[int], fps: float) -> Markup:
    """A row each: shares at three frames with their intervals, median, variety, and the forest's area."""
    shown = sorted({column(frames, 30), column(frames, max(60, round(frames[-1] * 0.3))), len(frames) - 1})
    head = [f"realistic at +{frames[k]}" if n == 0 else f"at +{frames[k]}" for n, k in enumerate(shown)]
    last = f"variety at +{frames[-1]}"
    cells = [
        tag("th", words, cls="number") for words in (*head, "median to first failure", last, "told from real, AUC")
    ]
    lines = [tag("tr", tag("th", "generator"), *cells)]
    for k, row in enumerate((*models, *controls)):
        edge = "above" if k == len(models) else None
        if not row.judged:
            reason = tag("td", f"not judged: {row.told.get('reason', '')}", cls="quiet", colspan=len(cells))
            lines.append(tag("tr", tag("td", row.head()), reason, cls=edge))
            continue
        told, half = row.told["survival"], median_of(row.told)
        made = [with_span(told["share"][n], told["low"][n], told["high"][n]) for n in shown]
        beyond = f"beyond +{frames[-1]}"
        made.append(
            tag("span", beyond)
            if half is None
            else joined(tag("b", f"+{half}"), " ", tag("span", seconds(half, fps), cls="quiet"))
        )
        made.append(tag("span", _two(_last(row.told["variety"].get("between_seeds")))))
        auc, ends = row.told.get("two_sample_auc"), row.told.get("two_sample_interval")
        made.append(
            tag("span", DASH if auc is None else f"{auc:.2f}", " ", tag("span", _plain_span(ends), cls="quiet"))
        )
        lines.append(tag("tr", tag("td", row.head()), *(tag("td", cell, cls="number") for cell in made), cls=edge))
    return tag("table", *lines, cls="glance")


def by_action(models: Sequence[Row], real: Row | None, frames: Sequence[int]) -> tuple[Markup, int]:
    """Bars of the share that is still realistic at one frame, by action; and the frame."""
    k = column(frames, max(60, round(frames[-1] * 0.3)))
    models = judged(models)
    actions = sorted({action for row in models for action in row.told["survival"]["by_action"]})
    head = [tag("th", "action of the seed"), tag("th", "rollouts", cls="number")]
    head += [tag("th", row.head(briefly=True)) for row in models]
    head += [tag("th", "real clips", cls="number"), tag("th", "most frequent failure")]
    lines = [tag("tr", *head)]
    for action in actions:
        tables = [row.told["survival"]["by_action"].get(action) for row in models]
        counts = [table["watched"][0] for table in tables if table]
        cells = [tag("td", action), tag("td", _range(counts), cls="number")]
        for row, table in zip(models, tables, strict=True):
            share = table and table["share"][k]
            about = f"{percent(share)}, 95 % interval {span(table['low'][k], table['high'][k])}" if table else ""
            bar = tag("svg", tag("rect", x=0, y=0, width=100, height=10, cls="rest"),
                      tag("rect", x=0, y=0, width=100 * (share or 0.0), height=10, cls=f"bar {row.kind}"),
                      viewBox="0 0 100 10", cls="bar", preserveAspectRatio="none")  # fmt: skip
            cells.append(tag("td", bar, tag("span", percent(share), cls="share"), title=about))
        table = real and real.told["survival"]["by_action"].get(action)
        cells.append(tag("td", percent(table["share"][k]) if table else DASH, cls="number quiet"))
        cells.append(tag("td", *_failures(models, action)))
        lines.append(tag("tr", *cells))
    return tag("div", tag("table", *lines, cls="actions"), cls="wide"), frames[k]


def _failures(models: Sequence[Row], action: str) -> list[Part]:
    """Of each model what failed most often after seeds of an action, one statistic once."""
    found: dict[str, list[str]] = {}
    named = statistics_of(models)
    for row in models:
        signs = row.told["first_failure"].get("by_action", {}).get(action) or {}
        if signs:
            found.setdefault(next(iter(signs)), []).append(row.letter)
    made: list[Part] = []
    for sign, letters in list(found.items())[:_NAMED]:
        about = named.get(sign, Named(sign, ""))
        made += [icon(about.side), f" {about.title} ({', '.join(letters)}) "]
    return made or ["none"]


def why(models: Sequence[Row]) -> Markup:
    """Of each statistic that was first to fail: its share of each model's first failures, its values, the real ones."""
    models = [row for row in judged(models) if row.told["first_failure"]["signs"]]
    shares = {row.letter: row.told["first_failure"]["signs"] for row in models}
    named = statistics_of(models)
    most = max((share for signs in shares.values() for share in signs.values()), default=1.0)
    head = ("statistic", "share of first failures", "median when it failed", "1 to 99 % of real motion")
    lines = [tag("tr", *(tag("th", words, cls="number" if k > 1 else None) for k, words in enumerate(head)))]
    for side, words in _SIDES.items():
        names = {name for signs in shares.values() for name in signs if _side(named, name) == side}
        ordered = sorted(names, key=lambda name: -sum(signs.get(name, 0.0) for signs in shares.values()))
        sums = [
            joined(tag("b", row.letter, cls=f"ink {row.kind}"), " ",
                   percent(sum(v for name, v in shares[row.letter].items() if name in names)), " ")
            for row in models
        ]  # fmt: skip
        lines.append(tag("tr", tag("th", icon(side), " ", words), tag("td", *sums, colspan=3), cls="group"))
        for name in ordered:
            bars = [
                tag("rect", x=0, y=7 * n, width=300 * signs.get(name, 0.0) / most, height=5, cls=f"bar {row.kind}")
                for n, (row, signs) in enumerate(zip(models, shares.values(), strict=True))
            ]
            told = " / ".join(percent(signs.get(name, 0.0)).replace("\N{THIN SPACE}%", "") for signs in shares.values())
            drawn = tag("svg", *bars, width=300, height=7 * len(models), cls="bars")
            values = " / ".join(figure(row.told["first_failure"].get("values", {}).get(name)) for row in models)
            cells = (
                _title(named, name),
                joined(drawn, " ", tag("span", f"{told} %", cls="quiet")),
                values,
                _real(models, name),
            )
            lines.append(tag("tr", *(tag("td", cell, cls="number" if k > 1 else None) for k, cell in enumerate(cells))))
    return tag("div", tag("table", *lines, cls="why"), cls="wide")


def statistics(models: Sequence[Row], real: Row | None) -> Markup:
    """Every statistic: each model's median beside the range of real motion, and how often it alarms by itself."""
    models = judged(models)[: COLOURED + 1]
    rows = [*models, *([real] if real is not None and real.judged else [])]
    named = statistics_of(rows)
    head = [
        tag("th", "statistic"),
        tag("th", "medians beside 1 to 99 % of real motion"),
        tag("th", "real", cls="number"),
    ]
    head += [tag("th", row.letter or "real", " median", cls="number") for row in models]
    head += [tag("th", row.letter or "real", " alarms", cls="number") for row in rows]
    lines = [tag("tr", *head)]
    for side, words in _SIDES.items():
        mine = [name for name in named if _side(named, name) == side]
        if mine:
            lines.append(tag("tr", tag("th", icon(side), " ", words, colspan=len(head)), cls="group"))
        for name in mine:
            told = [row.told["statistics"].get(name, {}) for row in rows]
            cells = [
                tag("td", _title(named, name)),
                tag("td", _beside(models, name)),
                tag("td", _real(rows, name), cls="number quiet"),
            ]
            cells += [tag("td", figure(t.get("median")), cls="number") for t in told[: len(models)]]
            for t, row in zip(told, rows, strict=True):
                share = t.get("alarm_share")
                loud = row.letter and share is not None and share >= max(0.05, 5 * (t.get("real_alarm_share") or 0.0))
                cells.append(tag("td", tag("b", percent(share)) if loud else percent(share), cls="number"))
            lines.append(tag("tr", *cells))
    return tag("div", tag("table", *lines, cls="statistics"), cls="wide")


def _beside(models: Sequence[Row], name: str) -> Markup:
    """The real band as a field in the middle, and where the models' medians lie: an arrow beyond the drawn range."""
    wide, high = 220.0, 18.0
    left, right = wide * _WIDE_BAND / (1 + 2 * _WIDE_BAND), wide * (1 + _WIDE_BAND) / (1 + 2 * _WIDE_BAND)
    drawn = [tag("rect", x=left, y=2, width=right - left, height=high - 4, cls="field")]
    drawn.append(tag("line", x1=0, x2=wide, y1=high / 2, y2=high / 2, cls="grid"))
    for row in models:
        told = row.told["statistics"].get(name, {})
        low, top, median = told.get("real_p1"), told.get("real_p99"), told.get("median")
        low = 0.0 if low is None and top is not None else low
        if None in (low, top, median) or top <= low:
            continue
        at = left + (right - left) * (median - low) / (top - low)
        if 6 <= at <= wide - 6:
            inside = row.mark(at, high / 2)
        elif at < 6:
            inside = tag("path", d=f"M9 {high / 2 - 4}l-7 4l7 4z", cls="mark")
        else:
            inside = tag("path", d=f"M{wide - 9} {high / 2 - 4}l7 4l-7 4z", cls="mark")
        about = tag("title", f"{row.called}: {figure(median)}, real {figure(low)} to {figure(top)}")
        drawn.append(tag("g", about, inside, cls=f"line {row.kind}"))
    return tag("svg", *drawn, width=wide, height=high, cls="beside")


def _real(rows: Sequence[Row], name: str) -> str:
    """The range of a statistic in real motion: its end on the side that it looks to, or both."""
    told: dict[str, Any] = next((row.told["statistics"][name] for row in rows if name in row.told["statistics"]), {})
    low, top = told.get("real_p1"), told.get("real_p99")
    if low is None:
        return DASH if top is None else f"up to {figure(top)}"
    return f"{figure(low)} to {figure(top)}"


def _title(named: dict[str, Named], name: str) -> str:
    return named[name].title if name in named else name


def _side(named: dict[str, Named], name: str) -> str:
    return named[name].side if name in named else ""


def spectra(models: Sequence[Row], controls: Sequence[Row]) -> Markup:
    """How spectra and features differ from real ones: whatever figures there are, a column each."""
    rows = judged([*models, *controls])
    keys = [
        k for k in dict.fromkeys(k for row in rows for k in _flat(row.told)) if any(k in _flat(r.told) for r in rows)
    ]
    head = [tag("th", "generator"), *(tag("th", SPECTRA.get(k, k.replace("_", " ")), cls="number") for k in keys)]
    lines = [tag("tr", *head)]
    for k, row in enumerate(rows):
        edge = "above" if k == len(judged(models)) else None
        found = _flat(row.told)
        lines.append(
            tag(
                "tr",
                tag("td", row.head()),
                *(tag("td", figure(found.get(key)), cls="number") for key in keys),
                cls=edge,
            )
        )
    return tag("div", tag("table", *lines), cls="wide")


def _flat(told: dict[str, Any]) -> dict[str, float | None]:
    """Numbers of the spectra, and of what stands beside them."""
    found = dict(told.get("spectra") or {})
    found.update({key: told[key] for key in ("frechet", "frechet_distance") if key in told})
    return {key: value for key, value in found.items() if value is None or isinstance(value, int | float)}


def _last(values: Sequence[float | None] | None) -> float | None:
    return next((value for value in reversed(values or []) if value is not None), None)


def _two(value: float | None) -> str:
    return DASH if value is None else f"{value:.2f}"


def _plain_span(ends: Sequence[float] | None) -> str:
    return "" if ends is None else f"{ends[0]:.2f}{DASH}{ends[1]:.2f}"


def _range(counts: Sequence[int]) -> str:
    if not counts:
        return DASH
    return str(counts[0]) if min(counts) == max(counts) else f"{min(counts)}{DASH}{max(counts)}"
