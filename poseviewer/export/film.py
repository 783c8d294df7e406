"""A film of the 3D view: compose, draw without a window, hand on to whatever writes the format."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np

from poseviewer.bench.bench import Bench
from poseviewer.export.aside import file_aside, folder_aside
from poseviewer.export.options import Options, prepared
from poseviewer.export.sink import Image, Sink
from poseviewer.progress import Job, Progress

VIDEO_SUFFIXES = (".mp4", ".webm")
PICTURE_SUFFIXES = (".gif", ".apng", ".png")
# Frames a second: a screen shows 60; browsers slow down a gif whose frames last less than 2/100 s, and 30 look the same.
_FASTEST = {".mp4": 60.0, ".webm": 60.0, ".gif": 33.4, ".apng": 33.4}


def film(bench: Bench, out: Path, options: Options) -> Job:
    """Draw the frames and write them as `out`'s suffix says. Several png frames become a folder of that name."""
    from poseviewer.export.camera import cameras

    bench, frames = prepared(bench, options)
    suffix = out.suffix.lower()
    step = max(1, math.ceil(bench.fps / _FASTEST.get(suffix, math.inf) - 1e-6))
    numbers = np.array(frames[::step])
    times = numbers / bench.fps
    eyes = cameras(bench, times, options.size[0] / options.size[1])
    out, place = _place(out, len(numbers))
    yield Progress(0, len(numbers), "starts to draw")
    with _drawing(options.size) as render, place as part:

        def draw(k: int) -> Image:
            return render(bench, float(times[k]), eyes[k])

        sink = _sink(part, out, options.size, bench.fps / step, lambda count: _samples(draw, len(numbers), count))
        try:
            for k in range(len(numbers)):
                sink.write(draw(k))
                yield Progress(k + 1, len(numbers), f"draws frame {k + 1} of {len(numbers)}")
            sink.finish()
        finally:
            sink.abandon()
    yield Progress(len(numbers), len(numbers), f"wrote {out}")
