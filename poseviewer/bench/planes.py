"""Where 2D poses stand in the 3D view: on the plane that their clip was seen on, where the figure is at that moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.lone_pose import put_down
from poseviewer.bench.track import plane_of
from poseviewer.motion.plane import Plane

if TYPE_CHECKING:
    from poseviewer.bench.bench import Bench
    from poseviewer.motion.clip import Clip


def seed_plane(bench: Bench, seed: Clip) -> Plane:
    """The plane that 2D frames generated from a seed go on in: through where the seed ends, of a 3D clip."""
    assert bench.clip is not None and bench.track is not None
    if seed.plane is None:
        return plane_of(bench.clip)
    return _through(seed.plane, bench.track.root[min(bench.seed[1], len(bench.track)) - 1])


def held_positions(bench: Bench) -> NDArray[np.float32] | None:
    """(J, 3) metres in the world: where the held pose stands; None where none is held."""
    if bench.held is None:
        return None
    pose = np.asarray(bench.held.pose, dtype=np.float32)
    if bench.from_the_mean:
        return put_down(bench, pose)
    return pose if pose.shape[-1] == 3 else _held_plane(bench).world(pose)


def _held_plane(bench: Bench) -> Plane:
    assert bench.clip is not None and bench.track is not None
    seen = bench.embedded
    if bench.rollout is not None and bench.shows_generated():
        made = bench.generated[0]
        if bench.rollout.skeleton.dims == 3 and seen is not None and seen.plane is not None:
            return _through(seen.plane, made.root[made.frame_at(bench.time)])
        return seed_plane(bench, bench.rollout.seed)
    if seen is None or seen.plane is None:
        return plane_of(bench.clip if seen is None else seen)
    frame = bench.track.frame_at(bench.time)
    here, first = bench.track.roots(np.array([frame, frame % len(bench.track)]))
    plane = seen.plane
    if not seen.loop and np.isfinite(here - first).all():  # a loop that turns is seen as its first cycle alone
        plane = plane.moved(here - first)
    return _through(plane, here)


def _through(plane: Plane, root: NDArray[np.floating]) -> Plane:
    return plane.through(root) if np.isfinite(root).all() else plane


def side_sentence(bench: Bench) -> str:
    """From which side a 2D model at work sees the 3D clip; empty where none has to."""
    clip = bench.mapped if bench.generator is not None else bench.embedded
    if clip is None or clip.plane is None:
        return ""
    return f"Seen from {round(np.degrees(clip.plane.azimuth)) % 360}°: a 2D model continues what this side shows."
