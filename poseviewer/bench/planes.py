"""Where decoded poses stand in the 3D view: on the plane that their clip was seen on, or alone on the ground."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.bench import Bench
from poseviewer.bench.scene.placement import shift
from poseviewer.bench.track import PLANE_HEIGHT, SOLE, plane_of, through
from poseviewer.motion.heading import EYE
from poseviewer.motion.plane import Plane


def held_positions(bench: Bench) -> NDArray[np.float32] | None:
    """(J, 3) metres in the world: where the held pose stands, of any embedding; None where none is held."""
    return None if bench.held is None else stands(bench, bench.held.pose)


def stands(bench: Bench, pose: NDArray[np.floating]) -> NDArray[np.float32]:
    """(J, 3) metres in the world: where a pose (J, D) stands that takes the held one's place."""
    pose = np.asarray(pose, dtype=np.float32)
    if bench.from_the_mean:
        return put_down(bench, pose)
    pose = pose if pose.shape[-1] == 3 else _held_plane(bench).world(pose)
    lane = bench.shown_lane()
    return pose if lane is None else pose + shift(bench, lane.role, bench.time)


def put_down(bench: Bench, pose: NDArray[np.floating]) -> NDArray[np.float32]:
    """(J, 3) metres: a decoded pose (J, D) on the ground, over the origin or where a clip's figure stands.

    The lowest joint is as far above the ground as a foot's joint is above its sole; image heights become metres.
    """
    pose = np.asarray(pose, dtype=np.float32)
    if pose.shape[-1] == 2:
        azimuth = float(np.arctan2(EYE[0], EYE[2])) if bench.azimuth is None else bench.azimuth
        pose = Plane(azimuth, PLANE_HEIGHT, (0.0, 0.0, 0.0)).world(pose)
    low = float(np.nanmin(pose[:, 1])) if np.isfinite(pose[:, 1]).any() else 0.0
    place = np.array([0.0, SOLE - low, 0.0], dtype=np.float32)
    if bench.track is not None:
        root = np.nan_to_num(bench.track.roots(np.array([bench.track.frame_at(bench.time)]))[0])
        place += (root[0], bench.track.ground, root[2])
    return pose + place


def _held_plane(bench: Bench) -> Plane:
    assert bench.clip is not None and bench.track is not None
    seen, shown = bench.embedded, bench.shown_at()
    part, track = next((one for one in shown if one[0].role == bench.lane.role), shown[0])
    if part.kind == "generated":
        rollout = next(lane.rollout for lane in bench.lanes if lane.track is track)
        assert rollout is not None
        if rollout.skeleton.dims == 3 and seen is not None and seen.plane is not None:
            return through(seen.plane, track.root[track.frame_at(bench.time)])
        return bench.seed_plane(rollout.seed)
    if seen is None or seen.plane is None:
        return plane_of(bench.clip if seen is None else seen)
    frame = track.frame_at(bench.time)
    here, first = track.roots(np.array([frame, frame % len(track)]))
    plane = seen.plane
    if not seen.loop and np.isfinite(here - first).all():  # a loop that turns is seen as its first cycle alone
        plane = plane.moved(here - first)
    return through(plane, here)


def side_sentence(bench: Bench) -> str:
    """From which side a 2D model at work sees the 3D clip; empty where none has to."""
    clip = bench.read
    if clip is None or clip.plane is None:
        return ""
    return f"Seen from {round(np.degrees(clip.plane.azimuth)) % 360}°: a 2D model continues what this side shows."
