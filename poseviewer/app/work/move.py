"""One request to a generator, as the lane works it off: from the bench as it was when it was asked for."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from poseviewer.analysis.encoding import encoded_further, on_skeleton

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from poseviewer.analysis.rollout import Rollout
    from poseviewer.bench.bench import Bench, Held
    from poseviewer.bench.lane import Lane
    from poseviewer.motion.clip import Clip
    from poseviewer.motion.plane import Plane
    from poseviewer.nets.protocols import Embedding, MotionGenerator


@dataclass(frozen=True, eq=False)
class Moved:
    """A rollout that moved. cost: ms a generated frame, None where it went back. latents: (S, H, Z) of its frames where
    the embedding at work had to encode them, or failure: why it could not.
    """

    rollout: Rollout
    cost: float | None
    latents: NDArray[Any] | None = None
    failure: Exception | None = None


@dataclass(frozen=True, eq=False)
class Move:
    """frames: to generate, or negative to take back. lane: as it was. held: a pose to go on from, which takes the place
    of the frame `at` (0 the seed's last). encoder: the embedding that must encode what the generator makes, None where
    none must; plane: where it sees 3D frames if it is 2D.
    """

    frames: int
    clip: Clip | None
    seed: Clip
    generator: MotionGenerator
    lane: Lane
    embedding: Embedding | None
    speaks_latents: bool
    encoder: Embedding | None
    plane: Plane | None
    held: Held | None
    at: int

    @classmethod
    def of(cls, bench: Bench, frames: int, encoder: Embedding | None) -> Move | None:
        """What a request asks of the lane in focus; None where there is nothing to go on from or to take back."""
        lane = bench.lane
        seed, generator = lane.seed_clip(bench.seed), lane.generator
        if seed is None or generator is None or (frames < 0 and lane.rollout is None):
            return None
        return cls(
            frames,
            bench.clip,
            seed,
            generator,
            lane,
            bench.embedding,
            bench.speaks_latents(generator),
            encoder,
            None if bench.embedded is None else bench.embedded.plane,
            bench.held if frames > 0 and bench.held_frame is not None else None,
            bench.held_frame or 0,
        )

    def still_due(self, bench: Bench) -> bool:
        """Whether the lane is where the move started from."""
        lane = next(lane for lane in bench.lanes if lane.role == self.lane.role)
        there = bench.clip is self.clip and lane.generator is self.generator
        return there and lane.rollout is self.lane.rollout

    def make(self) -> Moved:
        """Generate or take back, and encode what is new."""
        moving = self._branch()
        unchanged = moving.length
        if self.held is not None:
            moving.back(moving.length - self.at)
            self._replace(moving, self.held)
            unchanged = max(self.at - 1, 0)
        began, cost = time.perf_counter(), None
        if self.frames < 0:
            moving.back(min(-self.frames, moving.length))
        else:
            moving.step(self.frames)
            cost = 1000.0 * (time.perf_counter() - began) / self.frames
        try:
            latents = encoded_further(
                moving, self.encoder, self.lane.latents, min(unchanged, moving.length), self.plane
            )
        except Exception as error:  # the frames are there all the same; the session tells of it
            return Moved(moving, cost, failure=error)
        return Moved(moving, cost, latents)

    def _branch(self) -> Rollout:
        """The rollout on the bench is being drawn and exported: a branch of it moves."""
        from poseviewer.analysis.rollout import Rollout

        lane = self.lane
        if lane.rollout is None:
            samples = lane.samples if self.generator.stochastic else 1  # all of them would be the same
            return Rollout(self.generator, self.seed, number=lane.number, samples=samples, temperature=lane.temperature)
        moving = lane.rollout.branch()
        moving.temperature = lane.temperature
        return moving

    def _replace(self, moving: Rollout, held: Held) -> None:
        """By its latent where the generator speaks it, else by its pose."""
        if self.speaks_latents or self.embedding is None:
            moving.replace(latent=held.latent)
        else:
            pose = on_skeleton(held.pose[None], self.embedding.skeleton, self.generator.skeleton, self.seed.plane)[0]
            moving.replace(pose=pose)
