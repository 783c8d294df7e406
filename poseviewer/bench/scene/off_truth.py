"""How far what was generated is from the truth, while there is truth: its place, and its joints about the root."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.bench import Bench
from poseviewer.bench.lane import Lane
from poseviewer.bench.track import PLANE_HEIGHT
from poseviewer.motion.skeleton import Skeleton
from poseviewer.motion.trunk import pelvis_path


def truth_frames(bench: Bench, times: NDArray[np.floating], fps: float, frames: int) -> NDArray[np.int64]:
    """(P,) of a motion of so many `frames` at `fps` that begins with the clip, the ones that are the truth at times
    (P,): from the seed's end on, and before what the clip's file says was generated. -1 where there is none.
    """
    assert bench.clip is not None
    made = len(bench.clip) if bench.clip.seed_frames is None else bench.clip.seed_frames
    at = np.rint(times * fps).astype(np.int64)
    of_clip = np.rint(times * bench.clip.fps)
    known = (of_clip >= bench.seed[1]) & (of_clip < made) & (at < frames)
    return np.where(known, at, -1)


def placed_off(bench: Bench, lane: Lane, time: float) -> float | None:
    """Metres from the truth's root to that of what a lane generated, wherever it is shown; None without truth.

    2D poses of a 3D clip have no depth, which is left out.
    """
    clip, track = bench.track, lane.track
    if clip is None or track is None or not lane.shows(time):
        return None
    (frame,) = truth_frames(bench, np.array([time]), clip.fps, len(clip)).tolist()
    if frame < 0:
        return None
    away = track.root[track.frame_at(time)] - clip.root[frame]
    plane = None if lane.rollout is None else getattr(lane.rollout.seed, "plane", None)
    if plane is not None and track.skeleton.dims == 2:
        away = away - (away @ plane.towards_eye) * plane.towards_eye
    metres = float(np.linalg.norm(away))
    return metres if np.isfinite(metres) else None


def off_words(bench: Bench, lane: Lane, time: float) -> str:
    """The same in words; empty where there is no truth."""
    metres = placed_off(bench, lane, time)
    if metres is None:
        return ""
    flat = bench.track is not None and bench.track.skeleton.dims == 2
    far = f"{metres / PLANE_HEIGHT:.2f} image heights" if flat else f"{metres:.2f} m"
    return f"root {far} off truth"


def joint_errors(bench: Bench, lane: Lane, frames: NDArray[np.int64]) -> NDArray[np.float64]:
    """(P, J) metres between the joints of a lane's generated frames (P,) and the truth's, each about its own root.

    NaN where there is no truth, or a joint is unknown. The mean over the joints is what papers call MPJPE.
    """
    track, fitted, rollout = lane.track, lane.fitted, lane.rollout
    assert track is not None
    errors = np.full((len(frames), len(track.skeleton.joints)), np.nan)
    if fitted is None or rollout is None or fitted.skeleton.joints != track.skeleton.joints:
        return errors
    true = truth_frames(bench, track.start + frames / track.fps, fitted.fps, len(fitted))
    known = true >= 0
    there = fitted.positions[true[known]]
    if there.shape[-1] == 2:
        there = bench.seed_plane(rollout.seed).world(there)
    made, true_poses = (_about_root(track.skeleton, poses) for poses in (track.positions[frames[known]], there))
    errors[known] = np.linalg.norm(made - true_poses, axis=-1)
    return errors


def joint_words(bench: Bench, lane: Lane, frame: int) -> str:
    """The mean over the joints of a generated frame in words; empty where there is no truth."""
    (errors,) = joint_errors(bench, lane, np.array([frame]))
    if not np.isfinite(errors).any():
        return ""
    mean, flat = float(np.nanmean(errors)), bench.track is not None and bench.track.skeleton.dims == 2
    return f"joints {mean / PLANE_HEIGHT:.3f}" if flat else f"joints {100.0 * mean:.1f} cm"


def _about_root(skeleton: Skeleton, positions: NDArray[np.floating]) -> NDArray[np.floating]:
    return positions - pelvis_path(skeleton, positions)[:, None]
