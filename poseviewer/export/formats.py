"""What each format of films and pictures can hold: how large, how fast, and whether anything may show through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from poseviewer.errors import PoseviewerError

if TYPE_CHECKING:
    from poseviewer.export.options import Options

Alpha = Literal["none", "hard", "full"]
"""Nothing shows through; a pixel shows through or it does not; by degrees."""


@dataclass(frozen=True)
class FilmFormat:
    """One format of moving or still pictures.

    usual: frames a second that a faster motion is thinned to; fastest: what players keep up with; even: whether both
    sides are even, as 4:2:0 colour needs them; size: (width, height) pixels where nobody says otherwise.
    """

    name: str
    suffix: str
    usual: float
    fastest: float
    alpha: Alpha
    even: bool
    size: tuple[int, int] = (1280, 720)

    def drawn(self, size: tuple[int, int]) -> tuple[int, int]:
        """The size that the format can hold: an odd side gives up its last pixel."""
        return (size[0] // 2 * 2, size[1] // 2 * 2) if self.even else size


# A screen shows 60 frames a second; browsers slow a gif down whose frames last less than 2/100 s, and 30 do for it.
FILMS = {
    film.suffix: film
    for film in (
        FilmFormat("MP4", ".mp4", 60.0, 120.0, "none", even=True),
        FilmFormat("WebM", ".webm", 60.0, 120.0, "full", even=True),
        FilmFormat("GIF", ".gif", 33.4, 50.0, "hard", even=False, size=(640, 360)),
        FilmFormat("APNG", ".apng", 33.4, 60.0, "full", even=False),
        FilmFormat("PNG", ".png", float("inf"), float("inf"), "full", even=False),
    )
}


def require_possible(suffix: str, options: Options) -> FilmFormat:
    """The format of a suffix. Raises PoseviewerError for what it cannot hold."""
    film = FILMS[suffix.lower()]
    if options.transparent and film.alpha == "none":
        through = ", ".join(other.suffix for other in FILMS.values() if other.alpha != "none")
        raise PoseviewerError("transparent", "", f"{film.name} holds nothing that shows through", f"give {through}")
    if options.fps is not None and options.fps > film.fastest:
        cause = f"players do not keep up with {film.name} of {options.fps:g} frames/s"
        raise PoseviewerError("fps", "", cause, f"give at most {film.fastest:g}")
    return film


def notes(film: FilmFormat, options: Options) -> str:
    """What becomes of a wish that the format cannot hold as it is, as a sentence's end; empty where all is held."""
    size = options.size or film.size
    width, height = film.drawn(size)
    told = ""
    if (width, height) != size:
        told += f"; it is {width}x{height} instead of {size[0]}x{size[1]}, {film.suffix} needs even sides"
    if options.transparent and options.ground and film.alpha == "hard":
        told += f"; it has no ground, whose shadows fade as a {film.name} cannot"
    return told
