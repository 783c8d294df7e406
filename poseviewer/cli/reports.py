"""Reports of `diagnose`: the worst rollouts drawn, the page written."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poseviewer.errors import PoseviewerError
from poseviewer.outputs import Kind

if TYPE_CHECKING:
    from poseviewer.measure.report.gallery import Pictures
    from poseviewer.measure.report.worst import Worst
    from poseviewer.measure.verdicts.motion import JudgedClip
    from poseviewer.measure.verdicts.rollouts import Judged
    from poseviewer.motion.skeleton import Skeleton
    from poseviewer.render.palette import Role

_MARK = "<title>poseviewer diagnose</title>"
_FINE = 2  # clips that are shown where none fails
_ROLES: tuple[Role, ...] = ("generated_a", "generated_b", "generated_c", "truth")


def _made_here(out: Path) -> bool:
    """Whether what lies there is a report, which can be made again."""
    try:
        with out.open(encoding="utf-8", errors="replace") as file:
            return _MARK in file.read(2000)
    except OSError:
        return False


REPORT = Kind("a report", (".html", ".htm"), _made_here)


def write_models(out: Path, told: dict[str, Any], kept: Sequence[Judged], skeleton: Skeleton) -> None:
    """The report of models."""
    from poseviewer.measure.report.gallery import cells_of
    from poseviewer.measure.report.page import page
    from poseviewer.measure.report.worst import of_models, worst

    shown = worst(of_models(kept, skeleton, told["fps"]))
    pictures, why_none = _drawn(shown, [cells_of(told["horizon"])] * len(shown))
    _write(out, page(told, shown, pictures, _command(), _made_on(), why_none))


def write_motions(out: Path, told: dict[str, Any], kept: Sequence[JudgedClip]) -> None:
    """The report of files of motions."""
    from poseviewer.measure.report.gallery import cells_of
    from poseviewer.measure.report.motions import motions_page
    from poseviewer.measure.report.worst import Worst, worst
    from poseviewer.measure.verdicts.rollouts import Continued

    every = []
    for made in kept:
        clip, poses = made.clip, made.clip.positions
        motion = Continued(clip.name, clip.action, poses[: made.cut], poses[made.cut :])
        every.append(Worst(0, motion, made.verdict, clip.skeleton, clip.fps))
    shown = worst([every]) or every[:_FINE]
    pictures, why_none = _drawn(shown, [cells_of(len(made.motion.poses)) for made in shown])
    _write(out, motions_page(told, shown, pictures, _command(), _made_on(), why_none))


def _command() -> str:
    """What was typed."""
    return shlex.join(["poseviewer", *sys.argv[1:]])


def _made_on() -> str:
    from poseviewer.version import __version__

    today = date.today()
    return f"{today.day} {today:%B %Y}, poseviewer {__version__}"


def _drawn(shown: Sequence[Worst], cells: Sequence[Sequence[int]]) -> tuple[list[Pictures | None], str]:
    """How motions look, and why not where there is nothing to draw with. cells: the frames of their strips."""
    from poseviewer.cli.progress import result
    from poseviewer.export.reel import Take, reels
    from poseviewer.measure.report.gallery import CELL, Pictures
    from poseviewer.motion.clip import Clip

    takes = []
    for worst, frames in zip(shown, cells, strict=True):
        seed = Clip(worst.skeleton, worst.motion.seed, worst.fps, worst.motion.clip, action=worst.motion.action)
        role = _ROLES[min(worst.model, len(_ROLES) - 1)]
        takes.append(Take(seed, worst.motion.poses, role, worst.words, frames))
    try:
        made = result(reels(takes, CELL), "report") if takes else []
    except PoseviewerError as error:
        return [None] * len(takes), f"No pictures: {error.sentence()}"
    return [Pictures(reel.strip, reel.film) for reel in made], ""


def _write(out: Path, text: str) -> None:
    from poseviewer.aside import file_aside

    with file_aside(out) as part:
        part.write_text(text, encoding="utf-8", errors="replace")
