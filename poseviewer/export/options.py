"""What of a bench is exported, how it looks, and how large."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from poseviewer.bench.bench import Bench
from poseviewer.bench.look import Look
from poseviewer.errors import PoseviewerError
from poseviewer.export.limits import FASTEST, LARGEST, LONGEST, SLOWEST, SMALLEST
from poseviewer.motion.clip import unrolled

if TYPE_CHECKING:
    from poseviewer.render.camera import Camera

MOST_PANELS = 12
"""Of a montage."""
Part = Literal["motion", "generated", "clip"]
"""The seed and what was generated from it, or the clip where nothing was; what was generated; the clip by itself."""


@dataclass(frozen=True)
class Options:
    """What to export. Only the first four count for motion as data; the rest is what a picture looks like.

    frames: A and B of frames A to B-1, counted from the clip's first one; None for where the part begins and ends;
    seconds: how long it lasts, a looping clip carried on, any other cut; None = once through.
    size: (width, height) pixels; fps: frames a second; look: theme, colours, and what is drawn beside the figure;
    view: where the eye stands, as it looks at the bench's own time. None is the format's, the motion's, the bench's,
    and the opening view that has everything in the picture. captions: badge and scale; transparent: no background.
    verdict: whether the badge says what a generated frame is, since when and why, where it was judged.
    montage: frames after the seed that stand side by side, 0 its last one, instead of the motion as one picture.
    """

    size: tuple[int, int] | None = None
    frames: tuple[int | None, int | None] = (None, None)
    seconds: float | None = None
    part: Part = "motion"
    fps: float | None = None
    look: Look | None = None
    view: Camera | None = None
    captions: bool = True
    legend: bool = True
    ground: bool = True
    transparent: bool = False
    verdict: bool = False
    montage: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if self.size is not None and not all(SMALLEST <= side <= LARGEST for side in self.size):
            cause = f"{self.size[0]} x {self.size[1]} pixels cannot be drawn"
            raise PoseviewerError("size", "", cause, f"give {SMALLEST} to {LARGEST} a side")
        if self.seconds is not None and not 0 < self.seconds <= LONGEST:
            cure = f"give more than 0, at most {LONGEST:g}"
            raise PoseviewerError("seconds", "", f"{self.seconds:g} is out of range", cure)
        frames = self.montage
        if frames is not None and not (0 < len(frames) <= MOST_PANELS and sorted({*frames}) == [*frames]):
            cause = f"{', '.join(map(str, frames)) or 'nothing'} is no row of frames"
            raise PoseviewerError("montage", "", cause, f"give 1 to {MOST_PANELS} growing numbers like 0,5,15,30,50")
        if frames is not None and (self.frames != (None, None) or self.seconds is not None or self.part != "motion"):
            cause = "it has frames of its own and no other range"
            raise PoseviewerError("montage", "", cause, "leave out --frames, --seconds and --part")
        if self.fps is not None and not SLOWEST <= self.fps <= FASTEST:
            cure = f"give {SLOWEST:g} to {FASTEST:g} frames a second"
            raise PoseviewerError("fps", "", f"{self.fps:g} is out of range", cure)


def prepared(bench: Bench, options: Options) -> tuple[Bench, range]:
    """A bench of its own to export from, its clip carried on as far as asked for, and the frame numbers to export.

    Frame numbers count from the clip's first frame in bench.shown_fps; `moment` gives their times. Raises
    PoseviewerError where the range is empty.
    """
    bench, frames = chosen(bench, options)
    clip = bench.clip
    if clip is not None and options.seconds is not None and frames.stop > _frames(bench):
        wanted = round(options.seconds * bench.shown_fps)
        bench.place(unrolled(clip, wanted))
        bench.seed, bench.look = (0, wanted), bench.with_look(counted_from="start")
    return bench, frames


def chosen(bench: Bench, options: Options) -> tuple[Bench, range]:
    """What `prepared` gives, at once: a loop is not carried on yet."""
    clip = bench.clip
    if clip is None:
        raise PoseviewerError("export", "", "there is no clip to export", "open one first")
    if options.part == "generated" and not bench.generated:
        raise PoseviewerError(clip.name, "", "nothing is generated from it yet", "generate frames, or export the clip")
    look = replace(options.look or bench.look, judged="reason" if options.verdict else "", nearest=False)
    bench = replace(bench, held=None, look=look)
    if options.part == "clip":
        for lane in bench.lanes:
            bench.set_rollout(None, role=lane.role)
    looping = clip.loop and not bench.generated
    whole, part = _frames(bench), _part(bench, options.part)
    if options.seconds is not None:
        wanted = max(1, round(options.seconds * bench.shown_fps))
        part = range(wanted) if looping else part[:wanted]
        whole = part.stop
    return bench, _asked(options, part, whole, clip.name, carried_on=looping)


def moment(bench: Bench, number: int) -> float:
    """Seconds at which a frame number stands: they are counted from the seed's end, where generated frames begin."""
    return max(0.0, bench.seed_end + (number - _before(bench)) / bench.shown_fps)


def frame_number(bench: Bench, time: float) -> int:
    """The frame number that stands at a time."""
    return max(0, round((time - bench.seed_end) * bench.shown_fps) + _before(bench))


def _before(bench: Bench) -> int:
    """The number of the seed's last frame."""
    return math.floor(bench.seed_end * bench.shown_fps + 1e-6)


def _frames(bench: Bench) -> int:
    """How many frames there are on the whole time axis."""
    return frame_number(bench, bench.end) + 1


def _part(bench: Bench, part: Part) -> range:
    if not bench.generated:
        return range(_frames(bench))
    assert bench.clip is not None
    first, stop = _before(bench) + 1, frame_number(bench, bench.generated_end) + 1
    if part == "motion":
        first = frame_number(bench, bench.seed[0] / bench.clip.fps)
    return range(first, stop)


def _asked(options: Options, part: range, whole: int, name: str, carried_on: bool) -> range:
    """The frame numbers that are asked for, of `whole`; carried_on: more seconds would give more of them."""
    first, last = options.frames
    where = f"frames {'' if first is None else first}:{'' if last is None else last}"
    if last is not None and (first or 0) >= last:
        raise PoseviewerError(name, where, "no frame lies between them", "give A smaller than B")
    if max(first or 0, (last or 1) - 1) >= whole:
        more = "more" if options.seconds is not None else "also"
        cure = f"stay within them or give {more} --seconds to carry it on" if carried_on else "stay within them"
        raise PoseviewerError(name, where, f"it has frames 0:{whole}", cure)
    start, stop = part.start if first is None else first, part.stop if last is None else last
    if start >= stop:
        cause = f"no frame lies between them: the part has frames {part.start}:{part.stop}"
        raise PoseviewerError(name, where, cause, "give both ends")
    return range(start, stop)
