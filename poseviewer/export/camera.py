"""The eye of a film: a three-quarter view that follows the motion smoothly and keeps all of it in the picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.bench import Bench
from poseviewer.bench.track import Track
from poseviewer.render.camera import Camera

_SMOOTHING = 0.45  # seconds, deviation of the Gaussian that the followed point passes through
_MARGIN = 0.80  # share of the picture's half width and height that joints may reach: head and limbs stand out, labels too
_EYE_PER_HEIGHT = 5.15 / 1.45  # theme.md: the eye 5.15 m from a figure that is 1.45 m from sole to head joint


def cameras(bench: Bench, times: NDArray[np.floating], aspect: float) -> list[Camera]:
    """One camera a time; all look the same way from the same distance."""
    track = bench.track
    assert track is not None
    shown = [_shown(bench, float(time)) for time in times]
    middle = np.array([_middle(poses) for poses in shown])
    middle[:, 1] = track.ground + 0.5 * track.height
    targets = _smoothed(middle, _SMOOTHING * (len(times) - 1) / max(float(times[-1] - times[0]), 1e-9))
    view = Camera().preset("three-quarter")
    distance = max(
        _EYE_PER_HEIGHT * track.height,
        max(_needed(poses - target, view, aspect) for poses, target in zip(shown, targets, strict=True)),
    )
    return [replace(view, target=(float(x), float(y), float(z)), distance=distance) for x, y, z in targets]


def _shown(bench: Bench, time: float) -> NDArray[np.float32]:
    """(P, 3) the joints that are to be in the picture at a time: the motion's, its samples', and the truth's behind them."""
    assert bench.track is not None
    tracks: list[Track] = [t for t in bench.generated if t.holds(time)]
    if not tracks or bench.track.holds(time):
        tracks.append(bench.track)
    points = np.concatenate([track.pose(track.frame_at(time)) for track in tracks])
    known = points[np.isfinite(points).all(axis=-1)]
    return known if len(known) else np.zeros((1, 3), dtype=np.float32)


def _middle(points: NDArray[np.float32]) -> NDArray[np.float32]:
    middle: NDArray[np.float32] = (points.min(axis=0) + points.max(axis=0)) / 2.0
    return middle


def _smoothed(path: NDArray[np.floating], frames: float) -> NDArray[np.floating]:
    """(F, 3) through a Gaussian of `frames` deviation; beyond its ends the path goes on as it came, mirrored through them."""
    if len(path) < 3 or not np.isfinite(frames) or frames < 0.5:
        return path
    half = min(int(3 * frames), len(path) - 1)
    before = 2 * path[0] - path[half:0:-1]
    after = 2 * path[-1] - path[-2 : -2 - half : -1]
    padded = np.concatenate([before, path, after])
    kernel = np.exp(-0.5 * (np.arange(-half, half + 1) / frames) ** 2)
    kernel /= kernel.sum()
    return np.stack([np.convolve(column, kernel, "valid") for column in padded.T], axis=1)


def _needed(points: NDArray[np.floating], view: Camera, aspect: float) -> float:
    """Metres that the eye must be away for points (P, 3), relative to what it looks at, to be in the picture."""
    right, up, back = np.asarray(view.view())[:3, :3]
    slope = np.tan(view.fov / 2.0) * _MARGIN
    side = np.abs(points @ right) / (slope * aspect)
    high = np.abs(points @ up) / slope
    return float((np.maximum(side, high) + points @ back).max())
