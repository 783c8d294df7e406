"""How large a file becomes and how long it takes, told before it is made: right to about a factor of two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poseviewer.export.film import how_many
from poseviewer.export.formats import FILMS, MOTIONS
from poseviewer.export.options import Options, chosen

if TYPE_CHECKING:
    from poseviewer.bench.bench import Bench


def picture_count(bench: Bench, suffix: str, options: Options) -> tuple[int, float]:
    """How many pictures, or frames of data, an export has, and how many seconds they are.

    Raises PoseviewerError where the range is empty.
    """
    if suffix not in FILMS:
        bench, frames = chosen(bench, options)
        return len(frames), len(frames) / bench.shown_fps
    count, fps = how_many(bench, FILMS[suffix], options)
    return count, count / fps


def estimated_bytes(bench: Bench, suffix: str, options: Options, count: int) -> float:
    """How large an export of so many pictures or frames becomes."""
    if suffix in FILMS:
        width, height = FILMS[suffix].drawn(options.size)
        kilobytes, power = FILMS[suffix].through if options.transparent else FILMS[suffix].solid
        return 1000.0 * count * kilobytes * (width * height / 1e6) ** power
    assert bench.clip is not None
    skeleton = bench.clip.skeleton
    numbers = len(skeleton.joints) * skeleton.dims
    if suffix == ".npz" and bench.clip.rotations is not None and (options.part == "clip" or not bench.generated):
        numbers += 4 * len(skeleton.joints)
    return 3000.0 + count * (numbers + 2) * MOTIONS[suffix].number


def estimated_seconds(suffix: str, options: Options, count: int, drawing: float) -> float:
    """How long it takes to make so many pictures where one takes `drawing` seconds to draw."""
    width, height = FILMS[suffix].drawn(options.size)
    return count * (drawing + FILMS[suffix].encoding / 1000.0 * width * height / 1e6)
