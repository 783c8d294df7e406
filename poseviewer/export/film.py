"""A film of the 3D view: compose, draw without a window, hand on to whatever writes the format."""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path

from poseviewer.aside import file_aside, folder_aside, require_own_folder
from poseviewer.bench.bench import Bench
from poseviewer.export.formats import FILMS, FilmFormat, notes, require_possible
from poseviewer.export.montage import how_many as moments
from poseviewer.export.montage import montage_of
from poseviewer.export.options import Options, chosen
from poseviewer.export.shots import pictures, shots
from poseviewer.export.sink import Pictures, Sink
from poseviewer.progress import Progress


def film(bench: Bench, out: Path, options: Options) -> Generator[Progress, None, str]:
    """Draw the frames and write them as `out`'s suffix says. Several png frames become a folder of that name.

    It returns what its last progress says.
    """
    form = require_possible(out.suffix, options)
    drawn = taken(bench, form, options)
    count = len(drawn)
    target = written_to(out, count)
    place = file_aside(out) if target == out else folder_aside(target, _numbered(target))
    yield Progress(0, count, "starts to draw")
    with drawn.drawing() as draw, place as part:
        sink: Sink = form.load()(part, out.stem, drawn, draw)
        try:
            for k in range(count):
                sink.write(draw(k))
                yield Progress(k + 1, count, "draws frames")
            sink.finish()
        finally:
            sink.abandon()
    told = "; ".join([f"wrote {target}", *notes(form, options)])
    yield Progress(count, count, told)
    return told


def taken(bench: Bench, form: FilmFormat, options: Options) -> Pictures:
    """The pictures of the film that is asked for. Raises PoseviewerError where there are none."""
    return shots(bench, form, options) if options.montage is None else montage_of(bench, form, options)


def how_many(bench: Bench, form: FilmFormat, options: Options) -> tuple[int, float]:
    """How many pictures there will be, and how many of them a second; at once. Raises as `taken` does."""
    if options.montage is not None:
        return moments(bench, form, options)
    numbers, fps = pictures(*chosen(bench, options), form, options)
    return len(numbers), fps


def written_to(out: Path, pictures: int) -> Path:
    """Where the film lies: several png pictures in a folder of the file's name, all else where it was asked for."""
    return out.with_suffix("") if FILMS[out.suffix.lower()].numbered and pictures > 1 else out


def require_pictures_folder(folder: Path) -> None:
    """Raise PoseviewerError where a folder of pictures must not go to `folder`: other files are in it."""
    require_own_folder(folder, _numbered(folder))


def _numbered(folder: Path) -> str:
    """What the names of the pictures of a film in `folder` look like: a camera's, say, look otherwise."""
    return rf"{re.escape(folder.name)}_\d{{4,}}\.png"
