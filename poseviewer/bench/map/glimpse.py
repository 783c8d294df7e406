"""The pose that a place on the map stands for, to be seen beside the pointer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from poseviewer.bench.bench import Bench
from poseviewer.bench.lane import Lane
from poseviewer.bench.map.paths import MapPath
from poseviewer.bench.words import signed
from poseviewer.motion.skeleton import Skeleton
from poseviewer.render.palette import Role


@dataclass(frozen=True, eq=False)
class Glimpse:
    """pose (J, D) on a skeleton, in the units of what it comes from; role: what colours it."""

    skeleton: Skeleton
    pose: NDArray[Any]
    role: Role


def of_path(bench: Bench, path: MapPath, place: int) -> Glimpse | None:
    """The pose at a place of a path; None where it is not there any more."""
    lane = lane_on(bench, path, place)
    if lane is not None and lane.rollout is not None:
        frame = place - 1
        if frame >= lane.rollout.length:
            return None
        pose = lane.rollout.poses_of(lane.sample, frame, frame + 1)[0]
        return Glimpse(lane.rollout.skeleton, pose, lane.role)
    if bench.clip is None:
        return None
    return Glimpse(bench.clip.skeleton, bench.clip.positions[bench.clip_frame(time_on(bench, path, place))], path.role)


def lane_on(bench: Bench, path: MapPath, place: int) -> Lane | None:
    """The lane whose generated frame lies there; None at the clip's own, with which a rollout's path begins."""
    lane = bench.lane_of(path.role)
    return lane if place and path.grown is not None and lane is not None and lane.tracks else None


def time_on(bench: Bench, path: MapPath, place: int) -> float:
    """Seconds of a place of a path."""
    return bench.time_of_relative(int(path.frames[place]))


def words(bench: Bench, path: MapPath, place: int) -> str:
    """What lies there: whose, and which frame."""
    lane = lane_on(bench, path, place)
    whose = "truth" if path.role == "truth" else "seed" if lane is None else f"{lane.name},"
    return f"{whose} {signed(int(path.frames[place]))}"
