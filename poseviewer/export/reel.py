"""Small pictures of motions that go on from a seed, for a report: poses side by side, and a film of each, as WebP.

Letters: n seed frames, F frames after it, J joints, D = 2 or 3.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Literal

import numpy as np

from poseviewer.analysis.verdict import SAID
from poseviewer.bench.bench import Bench
from poseviewer.bench.compose import compose
from poseviewer.bench.framing import opening_camera
from poseviewer.bench.lane import Lane
from poseviewer.bench.look import Look
from poseviewer.bench.track import Track, plane_of
from poseviewer.bench.verdicts import ICONS, TOKENS
from poseviewer.bench.words import signed
from poseviewer.export.camera import cameras
from poseviewer.export.sink import Image
from poseviewer.motion.clip import Clip
from poseviewer.progress import Progress
from poseviewer.render.palette import Role, palette
from poseviewer.render.stage import Badge, Run, Stage

if TYPE_CHECKING:
    from poseviewer.analysis.verdict import Word
    from poseviewer.render.offscreen import Offscreen

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
_NEAR = 0.54  # of the window's distance: a figure fills a small picture
_FARTHEST = 3.0  # times that distance from which a film is seen: a body that bursts leaves the picture
_FINE = 2  # px of a still for one on the page
_RATE = 10.0  # pictures a second of a film
_LONGEST = 10.0  # seconds of what follows the seed that a film shows
_QUALITY = 60


@dataclass(frozen=True, eq=False)
class Take:
    """seed: (n, J, D) in a clip of its skeleton and rate; what follows it, (F, J, D), drawn in a role's colour. words:
    from which generated frame (from 0) on it is what; frames: those of its strip, 0 the seed's last.
    """

    seed: Clip
    poses: np.ndarray
    role: Role
    words: Sequence[tuple[int, Word]]
    frames: Sequence[int]


@dataclass(frozen=True, eq=False)
class Reel:
    """WebP by theme. strip: poses side by side; film: the motion."""

    strip: dict[str, bytes]
    film: dict[str, bytes]


def reels(takes: Sequence[Take], cell: tuple[int, int]) -> Generator[Progress, None, list[Reel]]:
    """A Job: the pictures of takes, each pose of a strip in a cell of (width, height) px, a film as large as the widest
    strip. Raises PoseviewerError where nothing can be drawn here.
    """
    from poseviewer.render.offscreen import Offscreen

    total, done = len(takes) * len(THEMES) * 2, 0
    size = cell[0] * max((len(take.frames) for take in takes), default=1), cell[1]
    strips: list[dict[str, bytes]] = [{} for _ in takes]
    films: list[dict[str, bytes]] = [{} for _ in takes]
    with Offscreen(_FINE * cell[0], _FINE * cell[1]) as screen:
        for take, made in zip(takes, strips, strict=True):
            for theme in THEMES:
                stills = [_still(screen, _laid_out(take, theme), frame, cell) for frame in take.frames]
                made[theme] = webp([np.concatenate(stills, axis=1)])
                done += 1
                yield Progress(done, total, "draws poses")
    with Offscreen(*size) as screen:
        for take, made in zip(takes, films, strict=True):
            for theme in THEMES:
                film = []
                for image in _film(screen, take, theme, size):
                    film.append(image)
                    yield Progress(done, total, "draws films")
                made[theme] = webp(film, 1000.0 / _RATE)
                done += 1
                yield Progress(done, total, "draws films")
    return [Reel(strip, film) for strip, film in zip(strips, films, strict=True)]


def webp(images: Sequence[Image], milliseconds: float = 0.0) -> bytes:
    """Pictures as one file that plays for ever, or stands where there is one."""
    from PIL import Image as pillow

    opaque = all((image[..., 3] == 255).all() for image in images)
    made = [pillow.fromarray(np.ascontiguousarray(image[..., : 3 if opaque else 4])) for image in images]
    held = BytesIO()
    more = {"save_all": True, "append_images": made[1:], "duration": round(milliseconds), "loop": 0}
    made[0].save(held, "WEBP", quality=_QUALITY, method=3, **(more if len(made) > 1 else {}))
    return held.getvalue()


def _laid_out(take: Take, theme: Theme) -> Bench:
    """A bench with the seed as its clip and what follows as generated."""
    clip = take.seed
    positions = np.asarray(take.poses, dtype=np.float32)
    if clip.skeleton.dims == 2:
        positions = plane_of(clip).world(positions)
    track = Track(clip.skeleton, positions, clip.fps, len(clip) / clip.fps)
    bench = Bench(lanes=(Lane(role=take.role),), look=Look(theme, labels=False, truth=False))
    bench.place(clip)
    bench.seed, bench.pins = (0, len(clip)), frozenset()
    bench.put(replace(bench.lane, tracks=(track,)))
    return bench


def _still(screen: Offscreen, bench: Bench, frame: int, cell: tuple[int, int]) -> Image:
    """One pose without anything around it."""
    bench.look = bench.with_look(skins=False)
    time = bench.time_of_relative(min(frame, bench.lane.horizon))
    opening = opening_camera(bench)
    near = replace(opening, distance=_NEAR * opening.distance)
    (eye,) = cameras(bench, near, np.array([time]), cell[0] / cell[1])
    bare = replace(compose(bench, time), ground=False, badge=None, legend=(), legend_note="", caption="", trails=())
    return screen.render(replace(bare, transparent=True), eye, float(_FINE))


def _film(screen: Offscreen, take: Take, theme: Theme, size: tuple[int, int]) -> Generator[Image, None, None]:
    """The motion with ground, root trail and earlier poses, its frame and what is said of it in the corner."""
    bench, fps = _laid_out(take, theme), take.seed.fps
    onset = next((frame for frame, word in take.words if word not in ("realistic", "unlike")), 0)
    most = round(_LONGEST * fps)
    last = min(bench.lane.horizon, max(most, onset + most // 2))
    first = max(-min(len(take.seed) - 1, round(fps)), last - most - round(fps))
    shown = np.arange(first, last + 1, max(1, round(fps / _RATE)))
    times = np.array([bench.time_of_relative(int(frame)) for frame in shown])
    opening = opening_camera(bench)
    near = replace(opening, distance=_NEAR * opening.distance)
    eyes = cameras(bench, near, times, size[0] / size[1])
    far = min(eyes[0].distance, _FARTHEST * near.distance)
    for frame, time, eye in zip(shown.tolist(), times, (replace(eye, distance=far) for eye in eyes), strict=True):
        yield screen.render(_said(compose(bench, float(time)), take, theme, frame), eye)


def _said(stage: Stage, take: Take, theme: Theme, frame: int) -> Stage:
    """The stage with nothing in its corners but the frame and the word for it."""
    colours = palette(theme)
    text = colours.scenery.text
    line: tuple[Run, ...] = (Run("seed", colours.scenery.text_quiet),)
    if frame > 0:
        word = [word for begin, word in take.words if begin <= frame - 1][-1]
        line = (Run("", colours.colour(TOKENS[word]), icon=ICONS[word]), Run(SAID[word], text, weight="semibold"))
    badge = Badge(Run(signed(frame), text, 20, "semibold"), (line,))
    return replace(stage, badge=badge, legend=(), legend_note="", caption="")
