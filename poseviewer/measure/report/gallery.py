"""The worst rollouts of a report: their poses at fixed frames over a strip of verdicts, and a film of each."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from poseviewer.analysis.verdict import SAID
from poseviewer.measure.report.icons import colour, icon
from poseviewer.measure.report.markup import Markup, tag
from poseviewer.measure.report.wording import figure
from poseviewer.measure.report.worst import Worst

CELL = (100, 124)
"""Px of one pose of a strip."""
PLAYS = "A strip plays while the pointer is on it: seed, then what was generated, with ground and the root's trail."
_STRIP = 9
_NICE = (1, 1.5, 2, 3, 5, 7.5, 10)


@dataclass(frozen=True, eq=False)
class Pictures:
    """Of one rollout, WebP by theme ("light", "dark"). strip: its poses side by side; film: the motion."""

    strip: Mapping[str, bytes]
    film: Mapping[str, bytes]


def cells_of(horizon: int) -> list[int]:
    """Frames whose poses are shown, rising to the horizon: 0 is the seed's last."""
    wanted = (horizon * share for share in (1 / 30, 0.1, 0.2, 0.3, 0.5, 0.7))
    return [0, *sorted({_rounded(frames) for frames in wanted} - {horizon}), horizon]


def gallery(
    shown: Sequence[Worst],
    heads: Sequence[Markup],
    pictures: Sequence[Pictures | None],
    cells: Sequence[Sequence[int]],
) -> Markup:
    """A row each. heads: what stands over its words; cells: the frames of its strip, said once where all have them."""
    alike = all(list(own) == list(cells[0]) for own in cells)
    made = [tag("div", tag("div"), _numbers(cells[0]), cls="roll heads")] if alike and cells else []
    for worst, head, drawn, own in zip(shown, heads, pictures, cells, strict=True):
        made.append(_row(worst, head, drawn, own, numbered=not alike))
    return tag("div", *made, cls="rolls")


def _numbers(cells: Sequence[int]) -> Markup:
    spans = [tag("span", f"+{frame}" if frame else "seed", cls="quiet small") for frame in cells]
    return tag("div", *spans, cls="cells")


def _row(worst: Worst, head: Markup, drawn: Pictures | None, cells: Sequence[int], numbered: bool) -> Markup:
    motion, verdict = worst.motion, worst.verdict
    said = SAID[verdict.word]
    where = f"seed {motion.clip or 'without a name'}, frame {motion.start + len(motion.seed)}"
    more = [
        f"Action {motion.action or 'without a name'}, sample {motion.sample + 1}, {motion.start} frames into the clip."
    ]
    for finding in verdict.findings:
        real = f"{figure(finding.low)} to {figure(finding.high)}"
        more.append(f"{finding.sign.title}: {figure(finding.value)}, 1 to 99 % of real motion {real}.")
    told = tag(
        "div",
        tag("div", head),
        tag("div", where, cls="quiet where"),
        tag("div", icon(verdict.word), " ", tag("b", said), cls="said"),
        *(tag("div", finding.reason, cls="reason") for finding in verdict.findings),
        tag("details", tag("summary", "in figures"), *(tag("p", line) for line in more)),
        cls="told",
    )
    inside: list[Markup] = []
    if drawn is not None:
        about = f"seed {motion.clip}: {said}"
        inside = [_picture(drawn.strip, about, "still", cells), _picture(drawn.film, f"film of {about}", "film", cells)]
    strip = tag("div", *inside, _strip(worst, cells), cls="strip", tabindex="0")
    return tag("div", told, tag("div", _numbers(cells) if numbered else None, strip), cls="roll")


def _picture(made: Mapping[str, bytes], about: str, kind: str, cells: Sequence[int]) -> Markup:
    """An image in the reader's theme."""
    dark = tag("source", media="(prefers-color-scheme: dark)", srcset=_uri(made["dark"]), type="image/webp")
    light = tag("img", src=_uri(made["light"]), alt=about, width=CELL[0] * len(cells), height=CELL[1])
    return tag("picture", dark, light, cls=kind)


def _uri(webp: bytes) -> str:
    return f"data:image/webp;base64,{b64encode(webp).decode()}"


def _strip(worst: Worst, cells: Sequence[int]) -> Markup:
    """Stretches of one word in colour and hatch; time runs between the poses as they stand above."""
    width = CELL[0] * len(cells)
    places = [(0.0, CELL[0]), *((float(f), CELL[0] * (k + 1.5)) for k, f in enumerate(cells[1:]))]
    edges = [(float(frame), word) for frame, word in worst.words] + [(float(cells[-1]) + 1.0, "")]
    drawn = [tag("rect", x=0, y=0, width=CELL[0], height=_STRIP, cls="seed")]
    for (begin, word), (end, _) in pairwise(edges):
        left = _along(places, begin)
        right = width if end > cells[-1] else _along(places, end)
        if right > left:
            kind = colour(word)
            box = {"x": left, "y": 0.0, "width": right - left, "height": float(_STRIP)}
            drawn.append(tag("rect", **box, cls=f"fill {kind}"))
            drawn.append(tag("rect", **box, fill=f"url(#hatch-{kind})"))
    return tag("svg", *drawn, viewBox=f"0 0 {width} {_STRIP}", width=width, height=_STRIP, cls="words")


def hatches() -> Markup:
    """The patterns that tell verdicts apart without colour."""
    made = [
        tag("pattern", tag("path", d=lines), id=f"hatch-{kind}", width=6, height=6, patternUnits="userSpaceOnUse",
            patternTransform="rotate(45)", cls="hatch")
        for kind, lines in (("drift", "M0 0V6"), ("truth", "M0 0V6"), ("both", "M0 0V6M0 0H6"))
    ]  # fmt: skip
    level = tag("path", d="M0 3H12")
    made.append(
        tag("pattern", level, id="hatch-collapse", width=12, height=4, patternUnits="userSpaceOnUse", cls="hatch")
    )
    return tag("svg", tag("defs", *made), width=0, height=0, cls="away", aria_hidden="true")


def _along(places: Sequence[tuple[float, float]], frame: float) -> float:
    """Px at which a frame stands between the poses."""
    for (first, left), (last, right) in pairwise(places):
        if frame <= last:
            return left + (right - left) * (frame - first) / max(last - first, 1e-9)
    return places[-1][1]


def _rounded(frames: float) -> int:
    scale = 10.0 ** len(str(int(max(frames, 1.0)))) / 10
    return max(1, round(min(_NICE, key=lambda nice: abs(nice * scale - frames)) * scale))
