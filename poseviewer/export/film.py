"""A film of the 3D view: compose, draw without a window, hand on to whatever writes the format."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np

from poseviewer.aside import file_aside, folder_aside
from poseviewer.bench.bench import Bench
from poseviewer.export.options import Options, prepared
from poseviewer.export.sink import Image, Sink
from poseviewer.progress import Job, Progress

# Frames a second: a screen shows 60; browsers slow down a gif whose frames last less than 2/100 s, and 30 do for it.
_FASTEST = {".mp4": 60.0, ".webm": 60.0, ".gif": 33.4, ".apng": 33.4}
FILM_SUFFIXES = (*_FASTEST, ".png")


def film(bench: Bench, out: Path, options: Options) -> Job:
    """Draw the frames and write them as `out`'s suffix says. Several png frames become a folder of that name."""
    from poseviewer.bench.compose import compose
    from poseviewer.bench.framing import opening_camera
    from poseviewer.export.camera import cameras
    from poseviewer.render.offscreen import Offscreen

    view = opening_camera(bench)
    bench, frames = prepared(bench, options)
    suffix = out.suffix.lower()
    step = max(1, math.ceil(bench.shown_fps / _FASTEST.get(suffix, math.inf) - 1e-6))
    numbers = np.array(frames[::step])
    times = numbers / bench.shown_fps
    width, height = even(options.size) if suffix in (".mp4", ".webm") else options.size
    eyes = cameras(bench, view, times, width / height)
    yield Progress(0, len(numbers), "starts to draw")
    with Offscreen(width, height) as screen, _place(out, len(numbers)) as part:

        def draw(k: int) -> Image:
            return screen.render(compose(bench, float(times[k])), eyes[k])

        sink = _sink(
            part, out, (width, height), bench.shown_fps / step, lambda count: _samples(draw, len(numbers), count)
        )
        try:
            for k in range(len(numbers)):
                sink.write(draw(k))
                yield Progress(k + 1, len(numbers), "draws frames")
            sink.finish()
        finally:
            sink.abandon()
    yield Progress(len(numbers), len(numbers), f"wrote {written_to(out, len(numbers))}")


def even(size: tuple[int, int]) -> tuple[int, int]:
    """The size that 4:2:0 colour can hold: an odd side gives up its last pixel."""
    return size[0] // 2 * 2, size[1] // 2 * 2


def written_to(out: Path, pictures: int) -> Path:
    """Where the film lies: several png pictures in a folder of the file's name, all else where it was asked for."""
    return out.with_suffix("") if out.suffix.lower() == ".png" and pictures > 1 else out


def _place(out: Path, pictures: int) -> AbstractContextManager[Path]:
    target = written_to(out, pictures)
    return file_aside(out) if target == out else folder_aside(target, r".*_\d{4,}\.png")


def _samples(draw: Callable[[int], Image], frames: int, count: int) -> list[Image]:
    """At most `count` frames spread over the film."""
    return [draw(int(k)) for k in np.unique(np.linspace(0, frames - 1, count).round())]


def _sink(part: Path, out: Path, size: tuple[int, int], fps: float, samples: Callable[[int], list[Image]]) -> Sink:
    """The writer of a format, into the path `part`. Each module is imported only for its own format."""
    suffix = out.suffix.lower()
    if suffix in (".mp4", ".webm"):
        from poseviewer.export.video import VideoSink

        return VideoSink(part, size, fps)
    from poseviewer.export.images import PALETTE_FRAMES, ApngSink, GifSink, PngSink

    if suffix == ".gif":
        return GifSink(part, size, fps, samples(PALETTE_FRAMES))
    return ApngSink(part, size, fps) if suffix == ".apng" else PngSink(part, out.stem)
