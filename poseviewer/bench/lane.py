"""Lane: one generator on the bench and what it makes of the seed that all lanes share; and the parts of a motion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # they import torch, which must not stand before the first paint
    from poseviewer.analysis.encoding import Latents
    from poseviewer.analysis.live import Verdicts
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.bench.track import Continued, Track
    from poseviewer.motion.clip import Clip
    from poseviewer.nets.protocols import MotionGenerator
    from poseviewer.render.palette import Role

_NEAR = 0.1  # of a generator's frame: what the seed may end behind the last frame that is read


@dataclass(frozen=True)
class Part:
    """A part of the motion. role: what colours it; name: what legends call it."""

    kind: Literal["before seed", "seed", "truth", "elsewhere", "generated"]
    role: Role
    name: str


FIRST: Role = "generated_a"
KINDS: dict[Role, str] = {FIRST: "generator", "generated_b": "generator b"}
"""Of each lane by its role what its generator is to those who put models to work."""
NAMES: dict[Role, str] = {FIRST: "A", "generated_b": "B"}
BEFORE_SEED = Part("before seed", "seed", "before seed")
SEED = Part("seed", "seed", "seed")
TRUTH = Part("truth", "truth", "truth")


@dataclass(frozen=True, eq=False)
class Lane:
    """Where on the bench a generator is at work. role: what colours what it generates, another one in each lane.

    fitted: the clip on the generator's skeleton, None where it does not map onto it; misfit: why, empty where it does.
    samples, temperature and number: how the next rollout is begun. tracks: one a sample of the rollout, from the first
    frame after the seed, none while nothing is generated. latents: of the rollout's frames by the embedding
    at work; None where they are not known. sample: which one stands for all of them, drawn first and measured.
    verdicts: of the rollout as it is; None while it is not judged. continued: what the tracks are of.
    """

    generator: MotionGenerator | None = None
    samples: int = 1
    temperature: float = 1.0
    number: int = 0
    rollout: Rollout | None = None
    tracks: tuple[Track, ...] = ()
    latents: Latents | None = None
    fitted: Clip | None = None
    misfit: str = ""
    role: Role = "generated_a"
    name: str = "A"
    sample: int = 0
    verdicts: Verdicts | None = None
    continued: Continued | None = None

    @property
    def kind(self) -> str:
        """What its generator is to those who put models to work."""
        return KINDS[self.role]

    @property
    def part(self) -> Part:
        """What the lane generates, as a part of the motion."""
        return Part("generated", self.role, f"generated {self.name}")

    @property
    def fps(self) -> float | None:
        """Frames a second of what it generates, or would; None where it cannot generate."""
        if self.rollout is not None:
            return self.rollout.fps
        return self.generator.fps if self.generator is not None and self.fitted is not None else None

    @property
    def track(self) -> Track | None:
        """The motion that was generated, by the sample that stands for it."""
        return self.tracks[self.sample] if self.tracks else None

    @property
    def horizon(self) -> int:
        """Generated frames so far."""
        return len(self.tracks[0]) if self.tracks else 0

    def shows(self, time: float) -> bool:
        """Whether a generated frame stands there at a time."""
        return self.track is not None and self.track.holds(time)

    def frame_at(self, time: float) -> int:
        """The generated frame at a time, from 0."""
        assert self.track is not None
        return self.track.frame_at(time)

    def latent_at(self, time: float) -> NDArray[np.floating] | None:
        """(Z,) of the generated frame at a time; None where it is not known."""
        frame = self.frame_at(time)
        return self.latents.own[frame] if self.latents is not None and frame < len(self.latents) else None

    def seed_clip(self, seed: tuple[int, int]) -> Clip | None:
        """The seed (half-open, clip frames) on the generator's skeleton, its last frame the last that is read.

        At another rate than the clip's a generator reads frames between, counted from the first one: of the seed's
        first frames some are left out, so that the count ends on its last.
        """
        if self.fitted is None or self.generator is None:
            return None
        start, stop = seed
        if not (self.fitted.loop and stop - start == len(self.fitted)):
            start += _left_out(stop - start, self.generator.fps / self.fitted.fps)
        return self.fitted.cut(start, stop)


def _left_out(frames: int, rate: float) -> int:
    """How many of the first frames to leave out, so that steps of 1 / rate frames end on the last one or nearest it.

    At most a dozen, which is enough for any two usual rates, and never more than a quarter of them.
    """
    counts = range(1 + min(12, frames // 4))

    def remainder(count: int) -> float:
        return ((frames - 1 - count) * rate + 1e-6) % 1.0

    near = (count for count in counts if remainder(count) < _NEAR)
    return next(near, min(counts, key=remainder))
