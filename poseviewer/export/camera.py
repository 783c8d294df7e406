"""The eye of a film: the bench's opening view, following the motion smoothly, with all of it in the picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.bench import Bench
from poseviewer.bench.framing import follow_point
from poseviewer.bench.scene.placement import shift
from poseviewer.render.camera import Camera

_SMOOTHING = 0.35  # seconds, deviation of the Gaussian that the followed point passes through
_MARGIN = 0.80  # share of half the picture that joints may reach: head, limbs and labels stand out beyond them


def cameras(bench: Bench, view: Camera, times: NDArray[np.floating], aspect: float) -> list[Camera]:
    """One camera a time; all look as `view` does, from its distance or, where something would be cut off, farther."""
    targets = _followed(bench, times)
    shown = [_shown(bench, float(time)) for time in times]
    needed = max(_needed(points - at, view, aspect) for points, at in zip(shown, targets, strict=True))
    farther = replace(view, distance=max(view.distance, needed))
    return [farther.looking_at(target) for target in targets]


def held_view(bench: Bench, view: Camera, times: NDArray[np.floating], away: NDArray[np.floating]) -> list[Camera]:
    """One camera a time; each looks as `view` does, from its distance, at a point (3,) `away` from what is followed."""
    return [view.looking_at(target) for target in _followed(bench, times) + away]


def _followed(bench: Bench, times: NDArray[np.floating]) -> NDArray[np.floating]:
    """(F, 3) where the motion is at each time, without its bobbing."""
    targets = np.array([follow_point(bench, float(time)) for time in times])
    a_second = (len(times) - 1) / max(float(times[-1] - times[0]), 1e-9)
    return _smoothed(targets, _SMOOTHING * a_second)


def _shown(bench: Bench, time: float) -> NDArray[np.float32]:
    """(P, 3) joints that are to be in the picture at a time: the motion's, its samples', the truth's behind them."""
    assert bench.track is not None
    poses = [
        track.pose(track.frame_at(time)) + shift(bench, lane.role, time)
        for lane in bench.lanes
        for track in lane.tracks
        if track.holds(time)
    ]
    if not poses or (bench.look.truth and time <= bench.track.end + 0.5 / bench.track.fps):
        poses.append(bench.track.pose(bench.track.frame_at(time)))
    points = np.concatenate(poses)
    known = points[np.isfinite(points).all(axis=-1)]
    return known if len(known) else np.zeros((1, 3), dtype=np.float32)


def _smoothed(path: NDArray[np.floating], frames: float) -> NDArray[np.floating]:
    """(F, 3) through a Gaussian of `frames` deviation; at its ends the path goes on as it came."""
    if len(path) < 3 or frames < 0.5:
        return path
    half = min(int(3 * frames), len(path) - 1)
    path = np.pad(path, ((half, half), (0, 0)), mode="reflect", reflect_type="odd")
    kernel = np.exp(-0.5 * (np.arange(-half, half + 1) / frames) ** 2)
    kernel /= kernel.sum()
    return np.stack([np.convolve(column, kernel, "valid") for column in path.T], axis=1)


def _needed(points: NDArray[np.floating], view: Camera, aspect: float) -> float:
    """Metres that the eye must be away for points (P, 3), relative to what it looks at, to be in the picture."""
    right, up, back = view.axes
    slope = np.tan(view.fov / 2.0) * _MARGIN
    side = np.abs(points @ right) / (slope * aspect)
    high = np.abs(points @ up) / slope
    return float((np.maximum(side, high) + points @ back).max())
