"""The nearest real pose of what is generated or held: which poses ask for one, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.bench import Bench, Held
from poseviewer.bench.lane import Lane
from poseviewer.bench.map.legend import off_words
from poseviewer.bench.planes import stands
from poseviewer.bench.scene.placement import shift

if TYPE_CHECKING:
    from poseviewer.analysis.latent_index import RealPose
    from poseviewer.analysis.rollout import Rollout


@dataclass(frozen=True, eq=False)
class Asked:
    """A pose that asks for its nearest real one. latent: (Z,); frame: of the rollout; lane: None of what is held."""

    of: Rollout | Held
    latent: NDArray[Any]
    lane: Lane | None = None
    frame: int = 0

    @property
    def key(self) -> tuple[int, int, int]:
        """What it is the same by; whoever keeps it keeps `of` too."""
        return id(self.of), 0 if self.lane is None else self.lane.sample, self.frame

    @property
    def pose(self) -> NDArray[Any]:
        """(J, D) on its own skeleton."""
        if isinstance(self.of, Held):
            return self.of.pose
        assert self.lane is not None
        return np.asarray(self.of.poses_of(self.lane.sample, self.frame, self.frame + 1)[0])


def why_none(bench: Bench) -> str:
    """Why there is no nearest real pose to be seen; empty where there is, or will be."""
    if bench.dataset is None:
        return "The nearest real pose is one of a dataset, and none is open."
    if bench.embedding is None:
        return "The nearest real pose is found by an embedding's latents, and none is at work."
    return ""


def asked(bench: Bench) -> list[Asked]:
    """The poses that ask for one at the present time: the held one, and what each lane generated."""
    if not bench.look.nearest or bench.index is None or not len(bench.index.clip) or bench.embedding is None:
        return []
    found = [] if bench.held is None else [Asked(bench.held, bench.held.latent)]
    shown = bench.shown_lane()
    for lane in bench.lanes:
        if lane.rollout is None or not lane.shows(bench.time) or (bench.held is not None and lane is shown):
            continue  # the held pose has taken its place
        latent, frame = lane.latent_at(bench.time), lane.frame_at(bench.time)
        if latent is not None and lane.rollout.skeleton.dims == bench.embedding.skeleton.dims:
            found.append(Asked(lane.rollout, latent, lane, frame))
    return found


def placed(bench: Bench, ask: Asked, real: RealPose) -> NDArray[np.float32]:
    """(J, 3) metres in the world: where the nearest real pose stands, laid onto the pose that asked."""
    if ask.lane is None or ask.lane.rollout is None:
        return stands(bench, real.pose)
    pose = real.pose if real.pose.shape[-1] == 3 else bench.seed_plane(ask.lane.rollout.seed).world(real.pose)
    return np.asarray(pose + shift(bench, ask.lane.role, bench.time), dtype=np.float32)


def words(bench: Bench, real: RealPose) -> str:
    """Which frame it is, and how far the pose that asked is from it."""
    assert bench.index is not None
    return f"real: {real.name}, frame {real.frame}, {off_words(bench.index, real.error)} away"
