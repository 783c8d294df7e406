"""Samples that stand behind the one that is picked: their ways on the ground, and which of them a pointer is on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.bench import Bench
from poseviewer.bench.lane import Lane
from poseviewer.bench.scene.moment import Moment, Shown
from poseviewer.render.camera import Camera, Size
from poseviewer.render.palette import Palette, Role
from poseviewer.render.stage import Trail

OPACITY = 0.45
_WIDTH = 0.008  # metres
_SECONDS = 10.0  # of ways that are drawn
_POINTS, _OF_MANY, _MANY = 48, 24, 16  # of each, of more than so many: it is drawn by every 2nd, 4th ... frame then
_REACH = 6.0  # px from a way within which a pointer is on it
_LIFTED = 0.003  # metres above the ground, under the ways of those that are picked

Sample = tuple[Role, int]
"""A sample of a lane's rollout, the lane by its role."""


def others(lane: Lane) -> list[int]:
    """The samples that are not picked."""
    return [sample for sample, track in enumerate(lane.tracks) if track is not lane.track]


def fans(moment: Moment, colours: Palette) -> Iterator[Trail]:
    """Of each lane the ways of the samples that are not picked, as one trail with gaps."""
    for shown in moment.shown:
        if shown.lane is None or not others(shown.lane):
            continue
        ways = _ways(moment, shown, shown.lane, others(shown.lane))
        gap = np.full((len(ways), 1, 3), np.nan, dtype=np.float32)
        points = np.concatenate([ways, gap], axis=1).reshape(-1, 3)
        opacity = np.full(len(points), OPACITY, dtype=np.float32)
        yield Trail(points, colours.colour(shown.part.role), _WIDTH, opacity, on_ground=True)


def sample_under(bench: Bench, camera: Camera, px: tuple[float, float], size: Size) -> Sample | None:
    """The sample whose way on the ground a pointer is on, or nearest to; None where it is on none of them."""
    if bench.track is None or bench.clip is None or not bench.look.trails:
        return None
    moment, best, nearest = Moment(bench, bench.time), None, _REACH
    for shown in moment.shown:
        if shown.lane is None or not others(shown.lane):
            continue
        rest = others(shown.lane)
        ways = _ways(moment, shown, shown.lane, rest)
        screen, depth = camera.project(ways, size)
        far = _distance(np.where(depth[..., None] > 0.0, screen, np.nan), np.asarray(px))
        if len(far) and np.isfinite(far).any() and np.nanmin(far) < nearest:
            nearest = float(np.nanmin(far))
            best = shown.part.role, rest[int(np.nanargmin(far))]
    return best


def sample_words(bench: Bench, sample: Sample) -> str:
    """What a sample is, and what a click on it does."""
    role, number = sample
    lane = bench.lane_of(role)
    return "" if lane is None else f"sample {number + 1} of {len(lane.tracks)} of {lane.name}, click picks it"


def _ways(moment: Moment, shown: Shown, lane: Lane, samples: list[int]) -> NDArray[np.float32]:
    """(S, P, 3) metres on the ground, from the seed's end or some seconds ago until the frame that is shown."""
    first = max(0, shown.frame - round(_SECONDS * shown.track.fps))
    step, points = 1, _OF_MANY if len(samples) > _MANY else _POINTS
    while shown.frame - first >= step * points:
        step *= 2
    frames = np.append(np.arange(-(-first // step) * step, shown.frame, step), shown.frame)
    ways = np.stack([lane.tracks[sample].root[frames] for sample in samples]) + shown.shifts(frames)
    if not first:
        start = moment.clip_track.roots(np.array([moment.bench.seed[1] - 1]))
        ways = np.concatenate([np.repeat(start[None], len(samples), axis=0), ways], axis=1)
    ways[..., 1] = moment.clip_track.ground + _LIFTED
    return ways.astype(np.float32)


def _distance(ways: NDArray[np.floating], px: NDArray[np.floating]) -> NDArray[np.floating]:
    """(S,) px from a point (2,) to the nearest stretch of each way (S, P, 2); NaN where none of it is known."""
    begin, along = ways[:, :-1], np.diff(ways, axis=1)
    size = np.maximum((along**2).sum(axis=-1), 1e-9)
    share = np.clip(((px - begin) * along).sum(axis=-1) / size, 0.0, 1.0)
    far = np.linalg.norm(begin + share[..., None] * along - px, axis=-1)
    return np.where(np.isfinite(far), far, np.inf).min(axis=1, initial=np.inf)
