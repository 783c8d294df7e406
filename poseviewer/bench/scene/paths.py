"""The ways that roots went, on the ground, and the trails of pinned joints."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.lane import SEED, Part
from poseviewer.bench.scene.fan import fans
from poseviewer.bench.scene.moment import Moment, Shown
from poseviewer.bench.scene.placement import apart, presence
from poseviewer.render.palette import Palette
from poseviewer.render.stage import Trail

_WIDTH, _PINNED_WIDTH = 0.020, 0.009
_PINNED_FRAMES = 90
_LOOP_FRAMES = 30  # of a loop's way: three skins
_POINTS, _RECENT = 1024, 256  # of a longer path what is older than the newest frames is drawn by every 2nd, 4th ...


def trails(moment: Moment, colours: Palette) -> list[Trail]:
    """Everything that is drawn of where the motion has been."""
    paths, pinned = list(_paths(moment, colours)), list[Trail]()
    if moment.bench.look.trails:
        paths = [*fans(moment, colours), *paths]
        pinned = [trail for shown in moment.shown for trail in _pinned(moment, shown, colours)]
    return [path for path in paths if len(path.points) > 1] + pinned


def _paths(moment: Moment, colours: Palette) -> Iterator[Trail]:
    clip, (start, stop) = moment.clip_track, moment.bench.seed
    lead = moment.of_clip(0)
    if not moment.generating:
        frame = moment.lead.frame
        frames = np.arange(max(0, frame - _LOOP_FRAMES) if clip.loop else 0, frame + 1)
        yield from (_path(moment, lead, run, part, colours) for run, part in _by_part(moment, frames))
        return
    yield _path(moment, lead, np.arange(start, stop), SEED, colours)
    for shown in moment.shown:
        if shown.lane is not None:
            yield _generated(moment, shown, colours)
    if moment.truth is not None:
        frames = np.arange(stop - 1, moment.truth.frame + 1)
        yield _path(moment, lead, frames, moment.truth.part, colours, dashed=True)


def _generated(moment: Moment, shown: Shown, colours: Palette) -> Trail:
    """The way of what a lane generated, from where the seed ends; where lanes part it comes in."""
    frames = _thinned(np.arange(shown.frame + 1))
    join = moment.clip_track.roots(np.array([moment.bench.seed[1] - 1]))
    points = _on_ground(moment, np.concatenate([join, shown.roots(frames)]))
    opacity = None
    if apart(moment.bench):
        opacity = presence(moment.bench, np.append(moment.bench.seed_end, shown.times(frames)))
    known = np.isfinite(points).all(axis=1)
    opacity = None if opacity is None else opacity[known]
    return Trail(points[known], colours.colour(shown.part.role), _WIDTH, opacity, on_ground=True)


def _by_part(moment: Moment, frames: NDArray[np.int64]) -> list[tuple[NDArray[np.int64], Part]]:
    """Clip frames as runs of one part; neighbouring runs share a frame, so that lines join."""
    if not len(frames):
        return []
    # frames from which on there is another colour
    colours = sorted({moment.bench.seed[1], moment.clip.seed_frames or 0})
    changes = np.flatnonzero(np.diff(np.searchsorted(colours, frames % len(moment.clip_track), "right"))) + 1
    starts, stops = [0, *changes], [*(changes + 1), len(frames)]
    return [(frames[a:b], moment.of_clip(int(frames[a])).part) for a, b in zip(starts, stops, strict=True)]


def _path(
    moment: Moment, shown: Shown, frames: NDArray[np.int64], part: Part, colours: Palette, dashed: bool = False
) -> Trail:
    points = _on_ground(moment, shown.roots(_thinned(frames)))
    points = points[np.isfinite(points).all(axis=1)]
    return Trail(points, colours.colour(part.role), _WIDTH, on_ground=True, dashed=dashed)


def _on_ground(moment: Moment, points: NDArray[np.float32]) -> NDArray[np.float32]:
    points = points.copy()
    points[:, 1] = moment.clip_track.ground + 0.004
    return points


def _pinned(moment: Moment, shown: Shown, colours: Palette) -> Iterator[Trail]:
    track, frames = shown.track, np.arange(max(0, shown.frame - _PINNED_FRAMES), shown.frame + 1)
    fade = np.linspace(0.0, 1.0, _PINNED_FRAMES + 1, dtype=np.float32)[-len(frames) :]
    if shown.lane is not None:
        fade = fade * presence(moment.bench, shown.times(frames))
    runs = [(frames, shown.part)] if moment.generating else _by_part(moment, frames)
    for name in sorted(moment.bench.pins.intersection(track.skeleton.joints)):
        points = track.joint(track.skeleton.joints.index(name), frames) + shown.shifts(frames)
        known = np.isfinite(points).all(axis=1)
        if known.sum() < 2:
            continue
        for run, part in runs:
            inside = known & (frames >= run[0]) & (frames <= run[-1])
            yield Trail(points[inside], colours.colour(part.role), _PINNED_WIDTH, opacity=fade[inside])


def _thinned(frames: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of frames without a gap so many that a path through them is cheap, the first and the newest among them: each
    repaint makes it anew.

    They are counted from frame 0, so that those of a path that grows stay where they are.
    """
    step = 1
    while len(frames) > step * _POINTS:
        step *= 2
    if step == 1:
        return frames
    newest = frames[-_RECENT:]
    return np.concatenate([frames[:1], np.arange(frames[0] // step * step + step, newest[0], step), newest])
