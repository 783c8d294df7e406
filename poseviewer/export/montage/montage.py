"""Which moments a montage has, and its pictures: a panel plays until its moment and stays there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.bench import Bench
from poseviewer.bench.compose import compose
from poseviewer.bench.framing import opening_camera
from poseviewer.bench.lane import Lane
from poseviewer.bench.scene.placement import lanes_shown
from poseviewer.bench.words import signed
from poseviewer.errors import PoseviewerError
from poseviewer.export.camera import cameras
from poseviewer.export.formats import FilmFormat
from poseviewer.export.montage.page import Page, Panel
from poseviewer.export.options import Options, chosen
from poseviewer.export.sink import Draw, Image
from poseviewer.render.camera import Camera
from poseviewer.render.stage import Colour, Stage

_BEFORE = 1.0  # seconds of the seed that a film begins with, at most
_HOLD = 1.5  # seconds that its end stands
_NEAR = 0.64  # of the window's distance: a figure fills a panel
_FARTHEST = 3.0  # times that distance from which a panel is seen: a body that bursts leaves it


@dataclass(frozen=True, eq=False)
class _Row:
    """A lane by itself on a bench of its own. eyes: where it is seen from, by seconds."""

    bench: Bench
    lane: Lane
    eyes: dict[float, Camera]


@dataclass(frozen=True, eq=False)
class Montage:
    """What a montage is drawn from. moments: seconds of its panels; times: (P,) seconds of its pictures."""

    options: Options
    fps: float
    size: tuple[int, int]
    page: Page
    moments: tuple[float, ...]
    times: NDArray[np.float64]
    _rows: tuple[_Row, ...]

    def __len__(self) -> int:
        return len(self.times)

    def time(self, k: int) -> float:
        """Seconds of the k-th picture."""
        return float(self.times[k])

    @property
    def behind(self) -> Colour:
        """The background's colour."""
        return self.page.background

    @contextmanager
    def drawing(self, part: float = 1.0) -> Iterator[Draw]:
        """Draws the k-th picture, `part` of its size."""
        from poseviewer.render.offscreen import Offscreen

        size = max(1, round(self.size[0] * part)), max(1, round(self.size[1] * part))
        laid = self.page.of_size(size)
        drawn: dict[tuple[int, int], tuple[float, Image]] = {}  # what each panel shows: those that stay are kept
        with Offscreen(*laid.cell) as screen:

            def picture(row: int, column: int, time: float) -> Image:
                known = drawn.get((row, column))
                if known is None or known[0] != time:
                    image = screen.render(self.stage(row, time), self._rows[row].eyes[time], laid.ratio)
                    known = drawn[row, column] = time, image
                return known[1]

            def draw(k: int) -> Image:
                panels = []
                for row, shown in enumerate(self._rows):
                    for column, moment in enumerate(self.moments):
                        time = min(float(self.times[k]), moment)
                        panels.append(Panel(row, column, picture(row, column, time), shown.bench, shown.lane, time))
                return laid.drawn(panels)

            yield draw

    def stage(self, row: int, time: float) -> Stage:
        """What is in a row's panel at a time, without any words."""
        ground = self.options.ground
        bare = replace(
            compose(self._rows[row].bench, time), badge=None, legend=(), legend_note="", caption="", ramp=None
        )
        return replace(bare, labels=(), ground=bare.ground and ground, transparent=True)


def montage_of(bench: Bench, film: FilmFormat, options: Options) -> Montage:
    """The montage that is asked for. Raises PoseviewerError where a moment has not been generated."""
    bench, moments = _checked(bench, options)
    times, fps = _times(bench, moments, film, options)
    lanes = lanes_shown(bench)
    page = Page(
        theme=bench.look.theme,
        titles=tuple(_titles(bench, options.montage or ())),
        moments=moments,
        lanes=lanes,
        bench=bench,
        options=options,
    )
    size = film.drawn(options.size or page.usual)
    aspect = page.of_size(size).cell
    look = replace(bench.look, labels=False, trails=False, placement="one spot")
    benches = [
        replace(bench, lanes=(replace(lane, tracks=(lane.tracks[lane.sample],), sample=0),), look=look)
        for lane in lanes
    ]
    eyes = _eyes(benches, np.union1d(times, moments), aspect[0] / aspect[1], options.view)
    rows = tuple(_Row(*row) for row in zip(benches, lanes, eyes, strict=True))
    return Montage(options, fps, size, page, moments, times, rows)


def how_many(bench: Bench, film: FilmFormat, options: Options) -> tuple[int, float]:
    """How many pictures it has, and how many a second. Raises PoseviewerError as `montage_of` does."""
    times, fps = _times(*_checked(bench, options), film, options)
    return len(times), fps


def usual_size(bench: Bench, options: Options) -> tuple[int, int]:
    """Pixels of a montage where nobody says otherwise."""
    return Page.size_of(len(options.montage or ()), max(1, len(lanes_shown(bench))))


def _checked(bench: Bench, options: Options) -> tuple[Bench, tuple[float, ...]]:
    """A bench of its own, and the seconds of the moments."""
    bench, _ = chosen(bench, replace(options, part="motion", frames=(None, None), seconds=None))
    lanes, frames = lanes_shown(bench), options.montage or ()
    name = bench.clip.name if bench.clip is not None else ""
    if not lanes:
        raise PoseviewerError(name, "montage", "nothing is generated from it yet", "generate frames first")
    moments = tuple(bench.time_of_relative(frame) for frame in frames)
    for lane in lanes:
        track = lane.tracks[0]
        beyond = [frame for frame, at in zip(frames, moments, strict=True) if at > track.end + 0.5 / track.fps]
        if beyond:
            whose = f" of {lane.name}" if len(lanes) > 1 else ""
            cause = f"{signed(beyond[0])} lies beyond the {lane.horizon} generated frames{whose}"
            raise PoseviewerError(name, "montage", cause, f"generate {max(beyond)} frames, or leave it out")
    return bench, moments


def _times(
    bench: Bench, moments: Sequence[float], film: FilmFormat, options: Options
) -> tuple[NDArray[np.float64], float]:
    """(P,) seconds of the pictures, and how many of them a second: a still shows its end."""
    own = bench.shown_fps
    if film.numbered:
        return np.array([moments[-1]]), own
    fps = options.fps or own / max(1, math.ceil(own / film.usual - 1e-6))
    assert bench.clip is not None
    first = max(bench.seed[0] / bench.clip.fps, bench.seed_end - _BEFORE)
    count = max(1, round((moments[-1] - first) * fps))
    playing = moments[-1] - np.arange(count, -1, -1) / fps
    return np.concatenate([np.maximum(playing, 0.0), np.full(round(_HOLD * fps), moments[-1])]), fps


def _titles(bench: Bench, frames: Sequence[int]) -> Iterator[tuple[str, str]]:
    """What stands over each panel, and how many seconds it is."""
    for frame in frames:
        if frame:
            yield signed(frame), f"{frame / bench.fps:.2f} s"
            continue
        reads = {getattr(lane.generator, "context", 0) for lane in lanes_shown(bench)}
        context = reads.pop() if len(reads) == 1 else 0
        yield "what the network sees", f"{context / bench.fps:.2f} s" if context else ""


def _eyes(
    benches: Sequence[Bench], times: NDArray[np.float64], aspect: float, view: Camera | None
) -> list[dict[float, Camera]]:
    """Of each row where it is seen from at times (P,): all from one distance, so that bodies are of one size.

    A truth that is far ahead may leave the panel.
    """
    opening = view or opening_camera(benches[0])
    near = replace(opening, distance=_NEAR * opening.distance)
    alone = [replace(bench, look=replace(bench.look, truth=False)) for bench in benches]
    ways = [cameras(bench, near, times, aspect) for bench in alone]
    farthest = max(eyes[0].distance for eyes in ways)
    distance = min(farthest, _FARTHEST * near.distance)
    return [
        {time: replace(eye, distance=distance) for time, eye in zip(times.tolist(), eyes, strict=True)} for eyes in ways
    ]
