"""Who stands in a report: models by letter, colour and mark, and what they are held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from poseviewer.measure.report.markup import Markup, joined, tag
from poseviewer.measure.report.wording import LETTERS

COLOURED = 3
"""Models that have a colour each; those after them are drawn in the colour of text, dashed."""
_ROOM = 30  # letters of a name beside a plot
_DASHES = (None, "5 3", "9 2 2 2")
_CONTROLS = {"real clips": "real", "nearest training continuation": "control near", "ridge": "control ridge"}


@dataclass(frozen=True, eq=False)
class Row:
    """One of the told rows. letter: of a model; kind: the class that gives its colour; dash: of its line; short: its
    name without what all models' names begin with.
    """

    told: dict[str, Any]
    letter: str
    kind: str
    dash: str | None
    short: str

    @property
    def name(self) -> str:
        return str(self.told["name"])

    @property
    def called(self) -> str:
        """Letter and name of a model; a control's name."""
        return f"{self.letter}, {self.name}" if self.letter else self.name

    @property
    def briefly(self) -> str:
        """The same where there is little room."""
        text = f"{self.letter}, {self.short}" if self.letter else self.name
        return text if len(text) <= _ROOM else f"{text[: _ROOM - 11]}\N{HORIZONTAL ELLIPSIS}{text[-10:]}"

    @property
    def judged(self) -> bool:
        return bool(self.told.get("survival"))

    def key(self) -> Markup:
        """A sample of its line with its mark."""
        line = tag("line", x1=1, y1=7, x2=25, y2=7, stroke_dasharray=self.dash)
        return tag("svg", line, self.mark(13, 7), cls=f"key line {self.kind}", width=26, height=14, aria_hidden="true")

    def mark(self, x: float, y: float, size: float = 3.5) -> Markup | None:
        """What stands on its line: a dot, a triangle, a square; none on a control's."""
        s = size
        if self.kind == "m0":
            return tag("circle", cx=x, cy=y, r=s, cls="mark")
        if self.kind == "m1":
            return tag("path", d=f"M{x:.1f} {y - 1.2 * s:.1f}l{1.2 * s:.1f} {2.1 * s:.1f}h{-2.4 * s:.1f}z", cls="mark")
        if self.letter:
            return tag("rect", x=x - s, y=y - s, width=2 * s, height=2 * s, cls="mark")
        return None

    def head(self, briefly: bool = False) -> Markup:
        """Key, letter and name, as it begins a line of a table."""
        name = self.briefly if briefly else self.called
        return joined(self.key(), " ", tag("b", name) if self.letter else name)


def rows_of(told: dict[str, Any]) -> tuple[list[Row], list[Row]]:
    """Models and controls."""
    alike = _common([str(row["name"]) for row in told["models"]])
    models = []
    for k, row in enumerate(told["models"]):
        dash = _DASHES[k] if k < COLOURED else "2 2"
        models.append(Row(row, LETTERS[k % len(LETTERS)], f"m{min(k, COLOURED)}", dash, str(row["name"])[alike:]))
    controls = [_control(row) for row in told["controls"]]
    return models, controls


def _control(row: dict[str, Any]) -> Row:
    kind = _CONTROLS.get(row["name"], "control")
    dash = {"real": "1.5 4", "control ridge": "4 3"}.get(kind, None if "near" in kind else "7 4")
    return Row(row, "", kind, dash, str(row["name"]))


def _common(names: Sequence[str]) -> int:
    """Letters that all of several names begin with, up to their last hyphen or underscore."""
    if len(names) < 2:
        return 0
    apart = (k for k, letters in enumerate(zip(*names, strict=False)) if len(set(letters)) > 1)
    shared = names[0][: next(apart, min(map(len, names)))]
    return max(shared.rfind("-"), shared.rfind("_")) + 1


def judged(rows: Sequence[Row]) -> list[Row]:
    """Those that have figures."""
    return [row for row in rows if row.judged]


@dataclass(frozen=True)
class Named:
    """What a statistic is called, and the side that it looks at."""

    title: str
    side: str


def statistics_of(rows: Sequence[Row]) -> dict[str, Named]:
    """By name, in the order in which they are told."""
    found: dict[str, Named] = {}
    for row in judged(rows):
        for name, told in row.told["statistics"].items():
            found.setdefault(name, Named(str(told.get("title") or name), str(told.get("side") or "")))
    titles = [about.title for about in found.values()]
    return {
        name: Named(f"{about.title} ({name})", about.side) if titles.count(about.title) > 1 else about
        for name, about in found.items()
    }
