"""The icons of sides and verdicts, out of the program's own resources, drawn into the page."""

from __future__ import annotations

import re
from functools import cache

from poseviewer import paths
from poseviewer.measure.report.markup import Markup, tag

_FILES = {
    "drift": "trending-up", "drifting": "trending-up", "collapse": "activity", "collapsed": "activity",
    "both": "circle-x", "realistic": "circle-check", "unlike": "circle-question-mark",
}  # fmt: skip
_COLOURS = {"drifting": "drift", "collapsed": "collapse", "realistic": "ok", "unlike": "truth"}  # others: as named


def colour(name: str) -> str:
    """The token of a side's or a verdict's colour."""
    return _COLOURS.get(name, name)


def icon(name: str) -> Markup | None:
    """Of a side or a verdict, in its colour; None where it has none."""
    file = _FILES.get(name)
    if file is None:
        return None
    kind = colour(name)
    return tag("svg", _inside(file), viewBox="0 0 24 24", cls=f"icon {kind}", width=16, height=16, aria_hidden="true")


@cache
def _inside(file: str) -> Markup:
    text = (paths.resources() / "icons" / f"{file}.svg").read_text(encoding="utf-8")
    found = re.search(r"<svg[^>]*>(.*)</svg>", text, re.DOTALL)
    assert found is not None, file
    return Markup(" ".join(found[1].split()))
