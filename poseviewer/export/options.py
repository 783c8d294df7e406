"""What of a bench is exported, and how large."""

from __future__ import annotations

from dataclasses import dataclass, replace

from poseviewer.bench.bench import Bench
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import unrolled

SMALLEST, LARGEST = 16, 8192  # pixels a side; software OpenGL has 16,384, many cards 8,192
LONGEST = 3600.0  # seconds of one film


@dataclass(frozen=True)
class Options:
    """size: (width, height) pixels; frames: A and B of frames A to B-1, None for the first and for the last;
    seconds: how long it lasts, a looping clip carried on, any other cut; None = once through.
    """

    size: tuple[int, int] = (1280, 720)
    frames: tuple[int | None, int | None] = (None, None)
    seconds: float | None = None

    def __post_init__(self) -> None:
        width, height = self.size
        if not (SMALLEST <= width <= LARGEST and SMALLEST <= height <= LARGEST):
            raise PoseviewerError(
                "size", "", f"{width} x {height} pixels cannot be drawn", f"give {SMALLEST} to {LARGEST} a side"
            )
        if self.seconds is not None and not 0 < self.seconds <= LONGEST:
            raise PoseviewerError(
                "seconds", "", f"{self.seconds:g} is out of range", f"give more than 0, at most {LONGEST:g}"
            )


def prepared(bench: Bench, options: Options) -> tuple[Bench, range]:
    """A bench of its own to export from, its clip carried on as far as asked for, and the frame numbers to export.

    Frame numbers count from the clip's first frame in bench.shown_fps. Raises PoseviewerError where the range is empty.
    """
    clip = bench.clip
    if clip is None:
        raise PoseviewerError("export", "", "there is no clip to export", "open one first")
    bench = replace(bench, held=None)
    count = round(bench.end * bench.shown_fps) + 1
    if options.seconds is not None:
        wanted = max(1, round(options.seconds * bench.shown_fps))
        if clip.loop and not bench.generated and wanted > count:
            bench.place(unrolled(clip, wanted))
            bench.seed = (0, wanted)
            count = wanted
        count = min(count, wanted)
    return bench, _chosen(options, count, clip.name, carried_on=clip.loop and not bench.generated)


def _chosen(options: Options, count: int, name: str, carried_on: bool) -> range:
    """The frame numbers that are asked for, of `count`; carried_on: more seconds would give more of them."""
    first, last = options.frames
    where = f"frames {'' if first is None else first}:{'' if last is None else last}"
    if last is not None and (first or 0) >= last:
        raise PoseviewerError(name, where, "no frame lies between them", "give A smaller than B")
    if max(first or 0, (last or 1) - 1) >= count:
        more = "more" if options.seconds is not None else "also"
        cure = f"stay within them or give {more} --seconds to carry it on" if carried_on else "stay within them"
        raise PoseviewerError(name, where, f"it has frames 0:{count}", cure)
    return range(count)[first:last]
