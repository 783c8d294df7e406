"""One request to a generator, as the lane works it off: from the bench as it was when it was asked for."""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from poseviewer.analysis.encoding import encoded_further, on_skeleton
from poseviewer.analysis.networks import identity
from poseviewer.analysis.rollout import Rollout

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from poseviewer.analysis.live import Judge, Verdicts
    from poseviewer.bench.bench import Bench
    from poseviewer.motion.clip import Clip
    from poseviewer.nets.protocols import Embedding, MotionGenerator


@dataclass(frozen=True, eq=False)
class Moved:
    """A rollout that moved. cost: ms a generated frame, None where it went back. latents: (S, H, Z) of its frames where
    the embedding at work had to encode them, or failure: why it could not. verdicts: of it, where there is a judge.
    """

    rollout: Rollout
    cost: float | None
    latents: NDArray[Any] | None = None
    failure: Exception | None = None
    verdicts: Verdicts | None = None


@dataclass(frozen=True, eq=False)
class Move:
    """frames: to generate, or negative to take back. bench: as it was. generator, seed: what goes on, and from where.
    encoder: the embedding that must encode what the generator makes, None where none must. judge: who judges it.
    """

    frames: int
    bench: Bench
    generator: MotionGenerator
    seed: Clip
    encoder: Embedding | None
    judge: Judge | None = None

    @classmethod
    def of(cls, bench: Bench, frames: int, encoder: Embedding | None, judge: Judge | None = None) -> Move | None:
        """What a request asks of the lane in focus; None where there is nothing to go on from or to take back."""
        seed, generator = bench.lane.seed_clip(bench.seed), bench.lane.generator
        if seed is None or generator is None or (frames < 0 and bench.lane.rollout is None):
            return None
        return cls(frames, copy.copy(bench), generator, seed, encoder, judge)

    def still_due(self, bench: Bench) -> bool:
        """Whether the lane is where the move started from."""
        there = bench.clip is self.bench.clip and bench.lane.generator is self.generator
        return there and bench.lane.rollout is self.bench.lane.rollout

    def make(self) -> Moved:
        """Generate or take back, encode what is new, and judge it."""
        moving, bench = self._branch(), self.bench
        unchanged = moving.length
        if self.frames > 0 and bench.held_frame is not None:  # the held pose takes that frame's place
            moving.back(moving.length - bench.held_frame)
            self._replace(moving)
            unchanged = max(bench.held_frame - 1, 0)
        began, cost = time.perf_counter(), None
        if self.frames < 0:
            moving.back(-self.frames)
        else:
            moving.step(self.frames)
            cost = 1000.0 * (time.perf_counter() - began) / self.frames
        plane = None if bench.embedded is None else bench.embedded.plane
        try:
            latents = encoded_further(moving, self.encoder, bench.lane.latents, min(unchanged, moving.length), plane)
        except Exception as error:  # the frames are there all the same; the session tells of it
            return Moved(moving, cost, failure=error, verdicts=self._judged(moving, None))
        return Moved(moving, cost, latents, verdicts=self._judged(moving, latents))

    def _judged(self, moving: Rollout, latents: NDArray[Any] | None) -> Verdicts | None:
        """latents: by the encoder, which serve where verdicts look through it, too."""
        if self.judge is None or not moving.length:
            return None
        looks = self.judge.calibration.networks.embedding
        same = self.encoder is not None and looks is not None and "" != identity(looks) == identity(self.encoder)
        try:
            return self.judge.of(moving, latents if same and moving.visible is None else None)
        except Exception:  # the frames are there all the same; it is asked again, and the session tells of it
            return None

    def _branch(self) -> Rollout:
        """The rollout on the bench is being drawn and exported: a branch of it moves."""
        lane = self.bench.lane
        if lane.rollout is None:
            samples = lane.samples if self.generator.stochastic else 1  # all of them would be the same
            return Rollout(self.generator, self.seed, number=lane.number, samples=samples, temperature=lane.temperature)
        moving = lane.rollout.branch()
        moving.temperature = lane.temperature
        return moving

    def _replace(self, moving: Rollout) -> None:
        """By the held latent where the generator speaks it, else by the held pose."""
        held, embedding = self.bench.held, self.bench.embedding
        assert held is not None
        if embedding is None or self.bench.speaks_latents(self.generator):
            moving.replace(latent=held.latent)
        else:
            pose = on_skeleton(held.pose[None], embedding.skeleton, self.generator.skeleton, self.seed.plane)[0]
            moving.replace(pose=pose)
