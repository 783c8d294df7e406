"""A film of the 3D view: compose, draw without a window, hand on to whatever writes the format."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np

from poseviewer.aside import file_aside, folder_aside, require_own_folder
from poseviewer.bench.bench import Bench
from poseviewer.export.formats import FilmFormat, notes, require_possible
from poseviewer.export.options import Options
from poseviewer.export.shots import Shots, shots
from poseviewer.export.sink import Image, Sink
from poseviewer.progress import Job, Progress


def film(bench: Bench, out: Path, options: Options) -> Job:
    """Draw the frames and write them as `out`'s suffix says. Several png frames become a folder of that name."""
    from poseviewer.render.offscreen import Offscreen

    form = require_possible(out.suffix, options)
    drawn = shots(bench, form, options)
    count, ratio = len(drawn), drawn.pixel_ratio
    yield Progress(0, count, "starts to draw")
    with Offscreen(*drawn.size) as screen, _place(out, count) as part:

        def draw(k: int) -> Image:
            return screen.render(drawn.stage(k), drawn.eye(k), ratio)

        sink = _sink(part, out, form, drawn, draw)
        try:
            for k in range(count):
                sink.write(draw(k))
                yield Progress(k + 1, count, "draws frames")
            sink.finish()
        finally:
            sink.abandon()
    yield Progress(count, count, f"wrote {written_to(out, count)}{notes(form, options)}")


def written_to(out: Path, pictures: int) -> Path:
    """Where the film lies: several png pictures in a folder of the file's name, all else where it was asked for."""
    return out.with_suffix("") if out.suffix.lower() == ".png" and pictures > 1 else out


def require_pictures_folder(folder: Path) -> None:
    """Raise PoseviewerError where a folder of pictures must not go to `folder`: other files are in it."""
    require_own_folder(folder, _numbered(folder))


def _numbered(folder: Path) -> str:
    """What the names of the pictures of a film in `folder` look like: a camera's, say, look otherwise."""
    return rf"{re.escape(folder.name)}_\d{{4,}}\.png"


def _place(out: Path, pictures: int) -> AbstractContextManager[Path]:
    target = written_to(out, pictures)
    return file_aside(out) if target == out else folder_aside(target, _numbered(target))


def _samples(draw: Callable[[int], Image], frames: int, count: int) -> list[Image]:
    """At most `count` frames spread over the film."""
    return [draw(int(k)) for k in np.unique(np.linspace(0, frames - 1, count).round())]


def _sink(part: Path, out: Path, form: FilmFormat, drawn: Shots, draw: Callable[[int], Image]) -> Sink:
    """The writer of a format, into the path `part`. Each module is imported only for its own format."""
    through = drawn.options.transparent
    if form.suffix in (".mp4", ".webm"):
        from poseviewer.export.video import VideoSink

        return VideoSink(part, drawn.size, drawn.fps, through)
    from poseviewer.export.images import PALETTE_FRAMES, ApngSink, GifSink, PngSink

    if form.suffix == ".gif":
        behind = drawn.stage(0).scenery.background_bottom if through else None
        return GifSink(part, drawn.size, drawn.fps, _samples(draw, len(drawn), PALETTE_FRAMES), behind)
    if form.suffix == ".apng":
        return ApngSink(part, drawn.size, drawn.fps, through)
    return PngSink(part, out.stem, through)
