"""Where the eye stands: the opening camera of a clip, and the point that a following camera keeps in the middle."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.bench import Bench
from poseviewer.bench.lane import Part
from poseviewer.bench.scene.placement import apart, shifts
from poseviewer.bench.track import Track
from poseviewer.motion.heading import EYE, three_quarter
from poseviewer.render.camera import Camera, Preset

_ADULT = 1.6  # metres, the joint height of the figure that the eye's distance is meant for
_FOR_TWO, _BETWEEN = 1.3, 0.35  # times the distance, and radians more from ahead: two lanes lie behind each other
_NEAR_HIPS = 0.6  # of the figure's height; hips may be the lowest that is seen of somebody
_ROOM = 1.5  # the view shows 1.67 times a figure's size: what is farthest off its middle lies within
_LYING = 0.8  # of a figure's length: the view is wider than high, and nobody who stands is as long as high
_SMOOTH = 0.25  # seconds to either side over which the followed point is averaged


def opening_camera(bench: Bench) -> Camera:
    """A three-quarter view from the subject's right, the motion going right, the figure half the view's height; from
    farther away where there are two lanes, so that the near one is whole, and where they stand side by side more from
    ahead, so that the other is seen beside it.
    """
    track, eye = bench.track, EYE
    if track is not None:
        flat = np.array([0.0, 0.25, float(np.linalg.norm(EYE))])
        eye = flat if track.skeleton.dims == 2 else _turned(EYE, track)
        if track.skeleton.dims == 2:
            size = max(track.height, track.extent([0], 0.5), _ROOM * _reach(track))
        else:
            size = max(track.tall, _LYING * track.extent([0, 2], 0.5))
        eye = eye * float(np.clip(size / _ADULT, 0.05, 20.0))
    if sum(bool(lane.tracks) for lane in bench.lanes) > 1:
        eye = eye * _FOR_TWO
    x, y, z = (float(metres) for metres in follow_point(bench, 0.0))
    distance = float(np.linalg.norm(eye))
    yaw, pitch = float(np.arctan2(eye[0], eye[2])), float(np.arcsin(eye[1] / distance))
    if apart(bench) and track is not None and track.skeleton.dims == 3:
        yaw += _BETWEEN
    return Camera(target=(x, y, z), yaw=yaw, pitch=pitch, distance=distance)


def heading(bench: Bench) -> float:
    """Yaw in radians that the motion travels or faces: 0 along +z, a left turn positive; it tells front and sides."""
    if bench.track is None or bench.track.skeleton.dims == 2:
        return 0.0
    ahead = bench.track.way
    return float(np.arctan2(ahead[0], ahead[2]))


def preset(bench: Bench, camera: Camera, name: Preset) -> Camera:
    """A camera seen from the figure's own front, back, left or right, from the top, or as `opening_camera` sees it."""
    if name == "three-quarter":
        opening = opening_camera(bench)
        return replace(camera, yaw=opening.yaw, pitch=opening.pitch)
    turned = camera.preset(name)
    return replace(turned, yaw=turned.yaw + heading(bench))


def follow_point(bench: Bench, time: float | None = None) -> NDArray[np.float64]:
    """(3,) metres: the root on the ground, averaged over half a second and the lanes, at half the figure's height, and
    never far from the hips of who climbs or falls; in an image at the middle of what has none, which may be seen from
    above.
    """
    track, at = bench.track, bench.time if time is None else time
    if track is None:
        return np.array([0.0, 0.8, 0.0])
    points = np.concatenate([_around(bench, part, shown, at) for part, shown in bench.shown_at(at)])
    points = points[np.isfinite(points).all(axis=1)]
    point = points.mean(axis=0) if len(points) else np.zeros(3)
    flat, (left, right) = track.skeleton.dims == 2, track.skeleton.pelvis
    size = track.height if flat else track.tall
    height = track.ground + 0.5 * size
    if flat or len(points):
        near = 0.0 if flat and left == right else _NEAR_HIPS * size
        height = float(np.clip(height, point[1] - near, point[1] + near))
    return np.array([point[0], height, point[2]])


def _around(bench: Bench, part: Part, track: Track, time: float) -> NDArray[np.floating]:
    """(P, 3) where the root is shown at the frames around a time; before a rollout's first frame it is the seed's."""
    middle, reach = track.frame_at(time), max(1, round(_SMOOTH * track.fps))
    frames = np.arange(middle - reach, middle + reach + 1)
    points = track.roots(frames)
    before = frames < 0
    if before.any() and track is not bench.track and bench.track is not None:
        behind = bench.seed[1] - 1 + np.round((frames[before] + 1) * bench.track.fps / track.fps).astype(np.int64)
        points[before] = bench.track.roots(np.maximum(behind, 0))
    return points if track is bench.track else points + shifts(bench, part.role, track.start + frames / track.fps)


def _reach(track: Track) -> float:
    """Metres from the followed point to the farthest joint in 19 of 20 frames, of a figure without hips in an image."""
    left, right = track.skeleton.pelvis
    known = np.asarray(np.isfinite(track.root).all(axis=1))
    if left != right or not known.any():
        return 0.0
    half = max(1, round(_SMOOTH * track.fps))
    frames = np.arange(len(track))
    first, last = np.maximum(frames - half, 0), np.minimum(frames + half + 1, len(track))
    sums = np.cumsum(np.vstack([np.zeros(4), np.c_[np.where(known[:, None], track.root, 0.0), known]]), axis=0)
    around = (sums[last] - sums[first])[known]
    off = np.linalg.norm(track.positions[known] - (around[:, :3] / around[:, 3:])[:, None], axis=-1)
    return float(np.quantile(np.fmax.reduce(off, axis=1), 0.95))


def _turned(eye: NDArray[np.float64], track: Track) -> NDArray[np.float64]:
    """The eye's place for a walk along +x, turned about y to the motion's own direction."""
    azimuth, level = three_quarter(track.way), float(np.hypot(eye[0], eye[2]))
    return np.array([level * np.sin(azimuth), eye[1], level * np.cos(azimuth)])
