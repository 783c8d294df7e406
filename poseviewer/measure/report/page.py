"""The report of models as one HTML file: it needs no network, no script and no file beside it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from poseviewer import paths
from poseviewer.measure.report import plots, tables
from poseviewer.measure.report.gallery import PLAYS, Pictures, cells_of, gallery, hatches
from poseviewer.measure.report.markup import Markup, Part, joined, tag
from poseviewer.measure.report.rows import Row, judged, rows_of
from poseviewer.measure.report.varieties import varieties
from poseviewer.measure.report.wording import median_of, percent, seconds
from poseviewer.measure.report.worst import Worst
from poseviewer.text import counted

_TITLE = "poseviewer diagnose"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def page(
    told: dict[str, Any],
    shown: Sequence[Worst] = (),
    pictures: Sequence[Pictures | None] = (),
    made_by: str = "",
    made_on: str = "",
    no_pictures: str = "",
) -> str:
    """told: what `diagnosis` gives. shown, pictures: the worst rollouts and how they look, None where they could not be
    drawn; no_pictures: why. made_by: the command; made_on: day and version.
    """
    models, controls = rows_of(told)
    survival = judged([*models, *controls])[0].told["survival"]
    frames, horizon, fps = survival["frames"], told["horizon"], told["fps"]
    real = next((row for row in controls if row.kind == "real"), None)
    bars, at = tables.by_action(models, real, frames)
    sections = [
        headline(told, models, real),
        section("At a glance", None, tables.glance(models, controls, frames, fps), note(_GLANCE)),
        section("How long rollouts stay realistic", _SURVIVAL, plots.survival(models, controls, horizon, fps)),
        section("By side", _SIDES, _sides(models, controls, horizon, fps)),
        section("By action", f"Share still realistic at +{at}. {_carried(models, controls)}", bars),
        section("Why they fail", _WHY, tables.why(models)),
        section("What they measure", _STATISTICS, tables.statistics(models, real)),
        section("Variety between rollouts", _VARIETY_OF, varieties(models, controls, horizon)),
        section("Can a forest tell it from real motion?", _FOREST, plots.told_apart([*controls, *models]),
                _not_told(models, controls)),
        section("Spectra and features", _SPECTRA, tables.spectra(models, controls)),
        section("The worst rollouts", _WORST if shown else "None of them failed.",
                gallery(shown, [models[w.model].head() for w in shown], pictures, [cells_of(horizon)] * len(shown))
                if shown else None, note(no_pictures) if no_pictures else None),
    ]  # fmt: skip
    return document(made_by, made_on, sections, _FOOT)


_GLANCE = (
    "Grey beside a figure: its 95 % interval. Variety: spread between rollouts of different seeds as a share of the "
    "spread between real clips. AUC: how well a forest tells generated limb motion from real; 0.5 is not at all."
)
_SURVIVAL = (
    "Share of rollouts that have not failed yet (Kaplan and Meier), with 95 % bands over clips; controls and real "
    "clips are judged by the same measures. Point at the plot for its values."
)
_SIDES = "The same when only one side counts: drift, or collapse."
_WHY = (
    "Share of each generator's first failures by the statistic that decided, the median value where it decided, and "
    "what real motion has."
)
_STATISTICS = (
    "Medians over all frames at which a statistic has a value, on a scale on which the grey field is real motion's 1 "
    "to 99 %; an arrow lies farther out. Alarms: the share of those frames at which it alone exceeds its side's "
    "threshold, in bold where that is 5 % and five times what real clips have."
)
_VARIETY_OF = "Spread at each frame as a share of the spread between real clips: 1 is as varied as real motion."
_FOREST = (
    "Two-sample test on limb motion, by clip: area under the ROC curve with its 95 % interval. 0.5: told apart by "
    "chance, 1: always. Real clips against each other stand first: what they reach is no fault of a generator."
)
_SPECTRA = "Power spectra of generated motion beside those of real motion."
_WORST = f"Of each generator its most frequent failures, each by the rollout that goes farthest. {PLAYS}"
_FOOT = (
    "A rollout counts as realistic until its first verdict that holds: drifting, collapsed or both. Thresholds are set "
    "on real clips alone, one a side, and are never moved for a model."
)


def headline(told: dict[str, Any], models: Sequence[Row], real: Row | None) -> Markup:
    """Who lasts longest, when half of its rollouts have failed, and what real clips do."""
    rows, fps, horizon = judged(models), told["fps"], told["horizon"]
    best = max(rows, key=lambda row: _lasted(row, horizon))
    half = median_of(best.told)
    first = f"{best.name} stays realistic longest: " if len(rows) > 1 else f"{best.name}: "
    share = _at_end(best)
    if half is not None:
        first += f"half of its rollouts fail within {seconds(half, fps)}."
    else:
        first += f"{percent(share)} of its rollouts last {seconds(horizon, fps)}."
    second = ""
    if real is not None and real.judged and _at_end(real) is not None:
        frame = max(
            f
            for f, s in zip(real.told["survival"]["frames"], real.told["survival"]["share"], strict=True)
            if s is not None
        )
        second = f"Of real clips {percent(_at_end(real))} last {seconds(frame, fps)}."
    facts = f"{counted(len(models), 'generator')}, {counted(told['seeds'], 'seed')} out of "
    facts += (
        f"{counted(told['seed_clips'], 'clip')} ({told['split']}), horizon {horizon} frames ({seconds(horizon, fps)})"
    )
    if "data" in told:
        facts += f", {told['data']}"
    facts += f"; calibrated on {counted(told['reference_clips'], 'clip')} of real motion."
    others = [row for row in rows if row is not best]
    if others and not _beyond(best, max(others, key=lambda row: _lasted(row, horizon))):
        facts += " The lead lies within the 95 % bands at the last frame: it may be chance."
    return tag("header", tag("h1", first, Markup("<br>") if second else None, second), tag("p", facts, cls="facts"))


def document(made_by: str, made_on: str, sections: Sequence[Markup | None], foot: str = "") -> str:
    """A page of sections in the program's colours, light or dark as the reader's system is. foot: its last words."""
    style = (paths.resources() / "report.css").read_text(encoding="utf-8")
    head = tag(
        "head",
        Markup('<meta charset="utf-8">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup('<meta name="color-scheme" content="light dark">'),
        tag("title", _TITLE),
        tag("style", Markup(_tokens() + style)),
    )
    bar = tag("div", tag("b", _TITLE), tag("span", made_on, cls="quiet"), cls="top")
    made = note(joined("Made by ", tag("code", made_by), ".")) if made_by else None
    main = tag("main", *sections, tag("footer", made, note(foot) if foot else None))
    return f'<!doctype html>\n<html lang="en">{head}{tag("body", hatches(), bar, main)}</html>\n'


def section(words: str, about: str | None, *inside: Part) -> Markup:
    """A part of the page under its heading."""
    return tag("section", tag("h2", words), tag("p", about, cls="about") if about else None, *inside)


def note(words: Part) -> Markup:
    """Quiet words under what they belong to."""
    return tag("p", words, cls="note")


def _tokens() -> str:
    """The theme's colours as variables."""
    themes = json.loads((paths.resources() / "theme.json").read_text(encoding="utf-8"))
    light, dark = (
        "".join(f"--{key.replace('_', '-')}:{value};" for key, value in themes[name].items() if isinstance(value, str))
        for name in ("light", "dark")
    )
    return f":root{{{light}}}@media (prefers-color-scheme: dark){{:root{{{dark}}}}}"


def _sides(models: Sequence[Row], controls: Sequence[Row], horizon: int, fps: float) -> Markup:
    made = [
        tag("figure", tag("figcaption", words), plots.side(models, controls, name, horizon, fps))
        for name, words in (("drift", "without drift"), ("collapse", "without collapse"))
    ]
    return tag("div", *made, cls="pair")


def _not_told(models: Sequence[Row], controls: Sequence[Row]) -> Markup | None:
    lacking = [f"{row.called}: {row.told.get('two_sample_reason')}" for row in judged([*models, *controls])
               if row.told.get("two_sample_auc") is None and row.told.get("two_sample_reason")]  # fmt: skip
    return note(f"Not tested: {'; '.join(lacking)}.") if lacking else None


def _carried(models: Sequence[Row], controls: Sequence[Row]) -> str:
    """Of clips without which a headline moves."""
    words = [
        f"{row.called}: without {clip} {percent(share)}"
        for row in judged([*models, *controls])
        for clip, share in (row.told["survival"].get("carried_by") or {}).items()
    ]
    if not words:
        return "No share at the last frame moves by 5 % when one clip is left out."
    return f"One clip carries the share at the last frame of {'; '.join(words)}."


def _at_end(row: Row) -> float | None:
    return next((share for share in reversed(row.told["survival"]["share"]) if share is not None), None)


def _beyond(best: Row, other: Row) -> bool:
    """Whether the band of one at the last frame lies above the other's."""
    low, high = best.told["survival"]["low"][-1], other.told["survival"]["high"][-1]
    return low is not None and high is not None and low > high


def _lasted(row: Row, horizon: int) -> float:
    """The mean frames that it lasts within the horizon: the area under its curve."""
    xs, shares, *_ = plots.steps_of(row.told["survival"])
    ends = [*xs[1:], float(horizon)]
    return sum(share * (end - x) for x, share, end in zip(xs, shares, ends, strict=True))
