"""One request to a generator, as the lane works it off: from the bench as it was when it was asked for."""

from __future__ import annotations

import copy
import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from poseviewer.analysis.encoding import encoded_further, on_skeleton
from poseviewer.analysis.networks import identity
from poseviewer.analysis.rollout import Rollout
from poseviewer.bench.lane import FIRST
from poseviewer.progress import Progress, finished

if TYPE_CHECKING:
    from poseviewer.analysis.encoding import Latents
    from poseviewer.analysis.live import Judge, Verdicts
    from poseviewer.bench.bench import Bench
    from poseviewer.bench.lane import Lane
    from poseviewer.motion.clip import Clip
    from poseviewer.nets.protocols import Embedding, MotionGenerator


FEW_AT_ONCE, AT_ONCE = 4, 8
"""Frames of one sample, and of several, that are judged together while more are made: it costs half and a third of one
after the other, and what is said comes no later than the pictures do.
"""


@dataclass(frozen=True, eq=False)
class Moved:
    """A rollout that moved. cost: ms a generated frame, None where it went back. latents: of its frames where
    the embedding at work had to encode them, or failure: why it could not. verdicts: of it, where there is a judge;
    of its newest frames they come later.
    """

    rollout: Rollout
    cost: float | None
    latents: Latents | None = None
    failure: Exception | None = None
    verdicts: Verdicts | None = None


@dataclass(frozen=True, eq=False)
class Move:
    """frames: to generate, or negative to take back. bench, lane: as they were. generator, seed: what goes on, and from
    where. encoder: the embedding that must encode what the generator makes, None where none must. judge: who judges it.
    goes_on: whether more follow at once: then some frames are judged at a time.
    """

    frames: int
    bench: Bench
    lane: Lane
    generator: MotionGenerator
    seed: Clip
    encoder: Embedding | None
    judge: Judge | None = None
    goes_on: bool = False

    @classmethod
    def of(
        cls,
        bench: Bench,
        lane: Lane,
        frames: int,
        encoder: Embedding | None,
        judge: Judge | None = None,
        goes_on: bool = False,
    ) -> Move | None:
        """What a request asks of a lane; None where there is nothing to go on from or to take back."""
        seed, generator = lane.seed_clip(bench.seed), lane.generator
        if seed is None or generator is None or (frames < 0 and lane.rollout is None):
            return None
        return cls(frames, copy.copy(bench), lane, generator, seed, encoder, judge, goes_on)

    def still_due(self, bench: Bench) -> bool:
        """Whether the lane is where the move started from."""
        lane = bench.lane_of(self.lane.role)
        if lane is None or bench.clip is not self.bench.clip:
            return False
        return lane.generator is self.generator and lane.rollout is self.lane.rollout

    @property
    def from_hand(self) -> int | None:
        """The frame after the seed that a held pose takes the place of; it speaks to the lane in focus alone."""
        return self.bench.held_frame if self.frames > 0 and self.bench.focus == self.lane.role else None

    @property
    def branches(self) -> bool:
        """Whether it leaves frames behind that somebody may want: then it is a rollout of its own."""
        return self.from_hand is not None and self.from_hand < self.lane.horizon

    def make(self) -> Moved:
        """Generate or take back, encode what is new, and judge it."""
        return finished(self.job())

    def job(self) -> Generator[Progress, None, Moved]:
        """The same as a Job, a frame or a judgement at a time."""
        moving, bench = self._branch(), self.bench
        unchanged = moving.length
        if self.from_hand is not None:  # the held pose takes that frame's place
            moving.back(moving.length - self.from_hand)
            self._replace(moving)
            unchanged = max(self.from_hand - 1, 0)
        spent = 0.0
        if self.frames < 0:
            moving.back(-self.frames)
        for done in range(self.frames):
            began = time.perf_counter()
            moving.step()
            spent += time.perf_counter() - began
            yield Progress(done, self.frames)
        cost = 1000.0 * spent / self.frames if self.frames > 0 else None
        plane = None if bench.embedded is None else bench.embedded.plane
        try:
            latents = encoded_further(moving, self.encoder, self.lane.latents, min(unchanged, moving.length), plane)
        except Exception as error:  # the frames are there all the same; the session tells of it
            return Moved(moving, cost, failure=error, verdicts=self._judged(moving, None))
        return Moved(moving, cost, latents, verdicts=self._judged(moving, latents))

    def _judged(self, moving: Rollout, latents: Latents | None) -> Verdicts | None:
        """latents: by the encoder, which serve where verdicts look through it, too."""
        if self.judge is None or not moving.length:
            return None
        said = self.lane.verdicts if self.goes_on and self.from_hand is None else None
        own = said is not None and said.calibration is self.judge.calibration
        together = AT_ONCE if moving.samples > 1 else FEW_AT_ONCE
        ahead = 0 if self.lane.role == FIRST else together // 2  # lanes judged at one frame would hold up a picture
        if said is not None and own and (moving.length + ahead) // together == (len(said) + ahead) // together:
            return said
        looks = self.judge.calibration.networks.embedding
        same = self.encoder is not None and looks is not None and "" != identity(looks) == identity(self.encoder)
        try:
            return self.judge.of(moving, latents if same and moving.newest.visible is None else None, self.lane.sample)
        except Exception:  # the frames are there all the same; it is asked again, and the session tells of it
            return None

    def _branch(self) -> Rollout:
        """The rollout on the bench is being drawn and exported: a branch of it moves."""
        lane = self.lane
        if lane.rollout is None:
            samples = lane.samples if self.generator.stochastic else 1  # all of them would be the same
            made = Rollout(self.generator, self.seed, number=lane.number, samples=samples, temperature=lane.temperature)
            made.sample = lane.sample if lane.sample < samples else 0
            return made
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
