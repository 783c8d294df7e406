"""The pictures that a film consists of: at which moments, from where, with what on them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.bench import Bench
from poseviewer.bench.compose import compose
from poseviewer.bench.framing import follow_point, opening_camera
from poseviewer.export.camera import cameras, held_view
from poseviewer.export.formats import FilmFormat
from poseviewer.export.options import Options, moment, prepared
from poseviewer.export.sink import Draw
from poseviewer.render.camera import Camera
from poseviewer.render.palette import palette
from poseviewer.render.stage import Colour, Stage

_LOOKS = 3000  # moments that the eye's way is made from: a quarter of a second of work
_DRAWN_FOR = (1280, 720)  # pixels that the sizes of words are made for


@dataclass(frozen=True, eq=False)
class Shots:
    """What a film is drawn from.

    numbers: (P,) frame numbers; fps: pictures a second; size: pixels of each; ground: whether it is drawn.
    """

    bench: Bench
    options: Options
    numbers: NDArray[np.int64]
    fps: float
    size: tuple[int, int]
    ground: bool
    _eyes: list[Camera]

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def pixel_ratio(self) -> float:
        """How much larger words are than on a picture of the usual size: a large one is looked at from farther off."""
        return max(1.0, min(side / usual for side, usual in zip(self.size, _DRAWN_FOR, strict=True)))

    @property
    def behind(self) -> Colour:
        """The background's colour."""
        return palette(self.bench.look.theme).scenery.background_bottom

    @contextmanager
    def drawing(self, part: float = 1.0) -> Iterator[Draw]:
        """Draws the k-th picture, `part` of its size."""
        from poseviewer.render.offscreen import Offscreen

        with Offscreen(*(max(1, round(side * part)) for side in self.size)) as screen:
            yield lambda k: screen.render(self.stage(k), self.eye(k), self.pixel_ratio * part)

    def time(self, k: int) -> float:
        """Seconds of the k-th picture's frame."""
        return moment(self.bench, int(self.numbers[k]))

    def stage(self, k: int) -> Stage:
        """What is on the k-th picture."""
        wanted, stage = self.options, compose(self.bench, self.time(k))
        return replace(
            stage,
            transparent=wanted.transparent,
            ground=stage.ground and self.ground,
            badge=stage.badge if wanted.captions else None,
            caption=stage.caption if wanted.captions and self.ground else "",
            legend=stage.legend if wanted.legend else (),
            ramp=stage.ramp if wanted.legend else None,
            legend_note=stage.legend_note if wanted.legend else "",
        )

    def eye(self, k: int) -> Camera:
        """Where the k-th picture is seen from; between two moments that the eye's way was made from, between them."""
        if len(self._eyes) == 1:
            return self._eyes[0]
        place = k * (len(self._eyes) - 1) / (len(self) - 1)
        before = min(int(place + 1e-9), len(self._eyes) - 2)
        one, other, share = self._eyes[before], self._eyes[before + 1], place - before
        return one.looking_at((1 - share) * np.asarray(one.target) + share * np.asarray(other.target))


def pictures(bench: Bench, frames: range, film: FilmFormat, options: Options) -> tuple[NDArray[np.int64], float]:
    """(P,) the frame number of each picture, and how many a second they are."""
    if options.fps is None:
        step = max(1, math.ceil(bench.shown_fps / film.usual - 1e-6))
        return np.arange(frames.start, frames.stop, step), bench.shown_fps / step
    count = max(1, round(len(frames) / bench.shown_fps * options.fps))
    passed = np.floor(np.arange(count) * bench.shown_fps / options.fps + 0.5).astype(int)
    return frames.start + np.minimum(passed, len(frames) - 1), options.fps


def shots(bench: Bench, film: FilmFormat, options: Options) -> Shots:
    """The pictures of a film. Raises PoseviewerError where its range is empty."""
    view = options.view or opening_camera(bench)
    away = np.asarray(view.target) - follow_point(bench)
    bench, frames = prepared(bench, options)
    numbers, fps = pictures(bench, frames, film, options)
    size = film.drawn(options.size)
    looks = np.unique(np.linspace(0, len(numbers) - 1, min(len(numbers), _LOOKS)).round().astype(int))
    times = np.array([moment(bench, int(numbers[k])) for k in looks])
    if options.view is None:
        eyes = cameras(bench, view, times, size[0] / size[1])
    elif bench.look.follow:
        eyes = held_view(bench, view, times, away)
    else:
        eyes = [view]
    ground = options.ground and not (options.transparent and film.alpha == "hard")  # shadows fade out
    return Shots(bench, options, numbers, fps, size, ground, eyes)
