"""How varied rollouts stay: spread by the frame beside real clips, whose seeds end alike, which actions are left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from poseviewer.measure.report.icons import icon
from poseviewer.measure.report.markup import Markup, joined, tag
from poseviewer.measure.report.plots import Line, small
from poseviewer.measure.report.rows import Row, judged
from poseviewer.measure.report.wording import percent

_LISTED = {"between_seeds": "spread between seeds", "between_samples": "spread between samples"}
_KEPT = "the seed's action kept"
_ENDS = 3  # actions that are named


def varieties(models: Sequence[Row], controls: Sequence[Row], horizon: int) -> Markup:
    """A small plot a measure, and in words which rollouts end alike."""
    rows = judged([*controls, *models])
    figures = [
        tag("figure", tag("figcaption", title), small(lines, horizon, beside_one=title != _KEPT))
        for title, lines in _measures(rows).items()
    ]
    return tag("div", tag("div", *figures, cls="four"), *(tag("p", line, cls="note") for line in _sentences(rows)))


def _measures(rows: Sequence[Row]) -> dict[str, list[Line]]:
    """By title, of each row that has it, its values by the frame."""
    made: dict[str, list[Line]] = {}
    for row in rows:
        told, alike = row.told["variety"], row.told["variety"].get("seeds") or {}
        actions = row.told.get("actions") or {}
        found = [(title, told["frames"], told.get(key)) for key, title in _LISTED.items()]
        found += [(f"{name}, between seeds", alike["frames"], v) for name, v in (alike.get("ratios") or {}).items()]
        found.append((_KEPT, actions.get("frames"), actions.get("kept")))
        for title, frames, values in found:
            points = [(f, v) for f, v in zip(frames or (), values or (), strict=True) if v is not None]
            if points:
                made.setdefault(title, []).append((row, points))
    return made


def _sentences(rows: Sequence[Row]) -> Iterator[Markup]:
    turning = [(row, row.told["variety"].get("turning")) for row in rows]
    known = ", ".join(f"{row.called} {value:.2f}" for row, value in turning if value is not None)
    if known:
        yield joined(f"Spread of turning rates between rollouts, as a share of that between real clips: {known}.")
    for row in rows:
        seeds, samples = row.told["variety"].get("seeds") or {}, row.told["variety"].get("samples") or {}
        if seeds.get("sentence"):
            yield joined(icon("collapse"), " ", tag("b", row.called), f": {seeds['sentence']}.")
        if samples.get("alike"):
            share = f"{percent(samples['alike'])} of {samples['seeds']} seeds"
            yield joined(icon("collapse"), " ", tag("b", row.called), f": after {share} all samples end alike.")
    ends = [(row, (row.told.get("actions") or {}).get("ends") or {}) for row in rows]
    told = [
        f"{row.called}: " + ", ".join(f"{action} {percent(share)}" for action, share in list(found.items())[:_ENDS])
        for row, found in ends
        if found
    ]
    if told:
        yield joined(f"What the classifier sees in their last two seconds. {'; '.join(told)}.")
