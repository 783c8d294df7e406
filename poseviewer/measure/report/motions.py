"""The report of motions that any program generated: the verdict of each clip, and the worst of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from poseviewer.analysis.verdict import FAILED, SAID, Word
from poseviewer.measure.report.gallery import PLAYS, Pictures, cells_of, gallery
from poseviewer.measure.report.icons import icon
from poseviewer.measure.report.markup import Markup, joined, tag
from poseviewer.measure.report.page import document, note, section
from poseviewer.measure.report.wording import DASH, figure
from poseviewer.measure.report.worst import Worst
from poseviewer.text import counted, grouped

_MOST = 500
"""Clips that stand in the table."""
_WORST = f"By each statistic that decided, most frequent first, the clip that goes farthest. {PLAYS}"


def motions_page(
    told: dict[str, Any],
    shown: Sequence[Worst] = (),
    pictures: Sequence[Pictures | None] = (),
    made_by: str = "",
    made_on: str = "",
    no_pictures: str = "",
) -> str:
    """told: what `motions_judged` gives; the rest as `page` has it."""
    clips = told["clips"]
    cells = [cells_of(len(worst.motion.poses)) for worst in shown]
    heads = [tag("b", worst.motion.clip) for worst in shown]
    sections = [
        _headline(clips, told.get("reference")),
        _films(shown, gallery(shown, heads, pictures, cells)) if shown else None,
        note(no_pictures) if no_pictures else None,
        section("Every clip", None, _table(clips[:_MOST]),
                note(f"{grouped(len(clips) - _MOST)} more are in the JSON.") if len(clips) > _MOST else None),
    ]  # fmt: skip
    return document(made_by, made_on, sections)


def _films(shown: Sequence[Worst], films: Markup) -> Markup:
    failing = any(worst.verdict.findings for worst in shown)
    return section("The worst clips", _WORST, films) if failing else section("Clips", None, films)


def _headline(clips: Sequence[dict[str, Any]], reference: str | None) -> Markup:
    words = Counter(row["verdict"] for row in clips)
    failed = sum(words[word] for word in FAILED)
    verbs = "fails" if failed == 1 else "fail"
    first = (
        f"{failed} of {counted(len(clips), 'clip')} {verbs}."
        if failed
        else f"{'The clip does not fail' if len(clips) == 1 else f'None of {len(clips)} clips fails'}."
    )
    kinds = ", ".join(f"{count} {_said(word)}" for word, count in words.most_common())
    beside = f"; real motion: {reference}" if reference else ""
    return tag("header", tag("h1", first), tag("p", f"{kinds}{beside}.", cls="facts"))


def _table(clips: Sequence[dict[str, Any]]) -> Markup:
    head = ("clip", "verdict", "onset, frame", "statistic", "value", "reason")
    lines = [
        tag(
            "tr",
            *(tag("th", words, cls="number" if words[0] in "ov" and words != "verdict" else None) for words in head),
        )
    ]
    for row in clips:
        word = row["verdict"]
        said = joined(icon(word), " ", _said(word)) if word else _said(word)
        onset = DASH if row["onset"] is None else str(row["onset"])
        cells = [
            tag("td", row["name"]),
            tag("td", said),
            tag("td", onset, cls="number"),
            tag("td", row["statistic"] or DASH),
        ]
        cells += [tag("td", figure(row["value"]), cls="number"), tag("td", row["reason"] or "")]
        lines.append(tag("tr", *cells))
    return tag("div", tag("table", *lines, cls="verdicts"), cls="wide")


def _said(word: Word | None) -> str:
    return "not judged" if word is None else SAID[word]
