"""The formats of exports, a row each: what a file of it can hold, how large and how fast, and what writes it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, Literal

from poseviewer.errors import PoseviewerError
from poseviewer.export.limits import FASTEST

if TYPE_CHECKING:
    from poseviewer.export.options import Options

Alpha = Literal["none", "hard", "full"]
"""Nothing shows through; a pixel shows through or it does not; by degrees."""


@dataclass(frozen=True)
class Format:
    """name: in a sentence; title: in a list of formats; writer: what writes it, by its place in `poseviewer.export`."""

    name: str
    title: str
    suffix: str
    writer: str

    def load(self) -> Any:
        """What writes it. Each module is imported only for its own format."""
        return resolve_name(f"poseviewer.export.{self.writer}")


@dataclass(frozen=True)
class FilmFormat(Format):
    """One format of moving or still pictures; its writer is a class that meets `Sink`.

    usual: pictures a second that a faster motion is thinned to; fastest: what players keep up with; even: whether both
    sides are even, as 4:2:0 colour needs them; size: (width, height) pixels where nobody says otherwise; numbered:
    whether each picture is a file; note: what else it cannot hold, behind "it has".

    solid, through: kB of a picture of one megapixel, and the power of the megapixels that it grows with (a larger
    picture has more of the smooth ground), opaque and where it shows through; encoding: milliseconds for it beyond
    drawing, beside which mp4 is encoded. Measured on 24 frames of the demo's walk, dance_a and backflip at 640x360,
    1280x720 and 1920x1080.
    """

    usual: float
    fastest: float
    alpha: Alpha
    encoding: float
    solid: tuple[float, float]
    through: tuple[float, float] = (0.0, 1.0)
    even: bool = False
    size: tuple[int, int] = (1280, 720)
    numbered: bool = False
    note: str = ""

    def drawn(self, size: tuple[int, int] | None) -> tuple[int, int]:
        """The size that the format can hold of one that is asked for: an odd side gives up its last pixel."""
        width, height = size or self.size
        return (width // 2 * 2, height // 2 * 2) if self.even else (width, height)


@dataclass(frozen=True)
class MotionFormat(Format):
    """Motion as data; number: bytes that one takes, as text or compressed in single precision.

    Its writer is a module of three functions. `write(clip, out)`: a Job. `losses(clip)`: names of what the file will
    not hold; raises PoseviewerError where it cannot hold the motion at all. `written_here(path)`: whether it wrote it.
    """

    number: float


# A screen shows 60 frames a second; browsers slow a gif down whose frames last less than 2/100 s, and 30 do for it.
FILMS = {
    film.suffix: film
    for film in (
        FilmFormat("MP4", "MP4, H.264 film", ".mp4", "video:VideoSink", usual=60.0, fastest=120.0, alpha="none",
                   encoding=5.0, solid=(7.0, 0.6), even=True),
        FilmFormat("WebM", "WebM film", ".webm", "video:VideoSink", usual=60.0, fastest=120.0, alpha="full",
                   encoding=25.0, solid=(5.0, 0.5), through=(36.0, 0.5), even=True),
        FilmFormat("GIF", "GIF", ".gif", "images:GifSink", usual=33.4, fastest=50.0, alpha="hard",
                   encoding=50.0, solid=(120.0, 0.8), through=(27.0, 0.55), size=(640, 360),
                   note="256 colours, and frames of whole hundredths of a second"),
        FilmFormat("APNG", "Animated PNG", ".apng", "images:ApngSink", usual=33.4, fastest=60.0, alpha="full",
                   encoding=250.0, solid=(280.0, 0.7), through=(192.0, 0.5)),
        FilmFormat("PNG", "PNG pictures", ".png", "images:PngSink", usual=math.inf, fastest=FASTEST, alpha="full",
                   encoding=100.0, solid=(270.0, 0.7), through=(190.0, 0.6), numbered=True),
    )
}  # fmt: skip
MOTIONS = {
    motion.suffix: motion
    for motion in (
        MotionFormat("BVH", "BVH motion", ".bvh", "motions.bvh", number=12.0),
        MotionFormat("glTF", "glTF animation", ".glb", "motions.gltf", number=4.0),
        MotionFormat("NPZ", "NumPy arrays", ".npz", "motions.npz", number=3.6),
        MotionFormat("CSV", "CSV table", ".csv", "motions.csv", number=9.5),
    )
}
FORMATS: dict[str, FilmFormat | MotionFormat] = {**FILMS, **MOTIONS}
"""By suffix, lower case, in the order in which they are offered."""


def require_possible(suffix: str, options: Options) -> FilmFormat:
    """The format of a film's suffix. Raises PoseviewerError for what it cannot hold."""
    film = FILMS[suffix.lower()]
    if options.transparent and film.alpha == "none":
        through = ", ".join(other.suffix for other in FILMS.values() if other.alpha != "none")
        raise PoseviewerError("transparent", "", f"{film.name} holds nothing that shows through", f"give {through}")
    if options.fps is not None and options.fps > film.fastest:
        cause = f"players do not keep up with {film.name} of {options.fps:g} frames/s"
        raise PoseviewerError("fps", "", cause, f"give at most {film.fastest:g}")
    return film


def notes(film: FilmFormat, options: Options) -> list[str]:
    """What becomes of wishes that the format cannot hold as they are, in words that continue a sentence about it."""
    told, (width, height) = [], options.size or film.size
    if film.drawn(options.size) != (width, height):
        kept = "x".join(map(str, film.drawn(options.size)))
        told.append(f"it is {kept} instead of {width}x{height}: {film.name} needs even sides")
    if options.transparent and film.alpha == "hard":
        told.append(f"its edges are hard and it has no ground, whose shadows fade as a {film.name} cannot")
    return told
