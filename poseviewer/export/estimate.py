"""How large a file becomes and how long it takes, told before it is made: right to about a factor of two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poseviewer.export.formats import FILMS
from poseviewer.export.options import Options, chosen
from poseviewer.export.shots import pictures

if TYPE_CHECKING:
    from poseviewer.bench.bench import Bench

# kB a picture of one megapixel, and the power of the megapixels that it grows with: a larger picture has more of the
# smooth ground. Measured on 24 frames of the demo's walk, dance_a and backflip at 640x360, 1280x720 and 1920x1080.
_SOLID = {".mp4": (7.0, 0.6), ".webm": (5.0, 0.5), ".gif": (120.0, 0.8), ".apng": (280.0, 0.7), ".png": (270.0, 0.7)}
_THROUGH = {".webm": (36.0, 0.5), ".gif": (27.0, 0.55), ".apng": (192.0, 0.5), ".png": (190.0, 0.6)}
# Milliseconds to encode a picture of one megapixel beyond drawing it; mp4 is encoded beside it.
_ENCODING = {".mp4": 5.0, ".webm": 25.0, ".gif": 50.0, ".apng": 250.0, ".png": 100.0}
_NUMBER = {".bvh": 12.0, ".npz": 3.6, ".csv": 9.5}  # bytes a number: text, or compressed single precision


def picture_count(bench: Bench, suffix: str, options: Options) -> tuple[int, float]:
    """How many pictures, or frames of data, an export has, and how many seconds they are.

    Raises PoseviewerError where the range is empty.
    """
    bench, frames = chosen(bench, options)
    if suffix not in FILMS:
        return len(frames), len(frames) / bench.shown_fps
    numbers, fps = pictures(bench, frames, FILMS[suffix], options)
    return len(numbers), len(numbers) / fps


def estimated_bytes(bench: Bench, suffix: str, options: Options, count: int) -> float:
    """How large an export of so many pictures or frames becomes."""
    if suffix in FILMS:
        width, height = FILMS[suffix].drawn(options.size or FILMS[suffix].size)
        kilobytes, power = (_THROUGH if options.transparent else _SOLID)[suffix]
        return 1000.0 * count * kilobytes * (width * height / 1e6) ** power
    assert bench.clip is not None
    skeleton = bench.clip.skeleton
    numbers = len(skeleton.joints) * skeleton.dims
    if suffix == ".npz" and bench.clip.rotations is not None and (options.part == "clip" or not bench.generated):
        numbers += 4 * len(skeleton.joints)
    return 3000.0 + count * (numbers + 2) * _NUMBER[suffix]


def estimated_seconds(suffix: str, options: Options, count: int, drawing: float) -> float:
    """How long it takes to make so many pictures where one takes `drawing` seconds to draw."""
    width, height = FILMS[suffix].drawn(options.size or FILMS[suffix].size)
    return count * (drawing + _ENCODING[suffix] / 1000.0 * width * height / 1e6)
