"""Bench: what lies on the bench and what it shows, as plain state. No Qt, no torch: models by their protocols."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench import planes
from poseviewer.bench.track import Track
from poseviewer.errors import PoseviewerError
from poseviewer.motion.actions import counted_together
from poseviewer.motion.clip import Clip

if TYPE_CHECKING:  # they import torch or h5py, which must not stand before the first paint
    from poseviewer.analysis.latent_index import LatentIndex
    from poseviewer.analysis.projection import PCAProjection
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.data.dataset import Dataset
    from poseviewer.nets.protocols import Classifier, Embedding, MotionGenerator
    from poseviewer.render.palette import Role

ColourBy = Literal["role and side", "role", "side", "speed"]
FitTo = Literal["all", "action", "clip"]
DEFAULT_SEED = 1.0
"""Seconds of a clip that is long enough to keep some truth behind its seed."""
_NEAR = 0.1  # of a generator's frame: what the seed may end behind the last frame that is read
STATISTICS = ("latent_mean", "latent_covariance", "kl")
"""What an embedding may say of its training data beyond its protocol: (Z,), (Z, Z), (Z,) nats a dimension."""


@dataclass(frozen=True)
class Look:
    """What the 3D view draws and how."""

    theme: Literal["dark", "light"] = "dark"
    colour_by: ColourBy = "role and side"
    follow: bool = True
    skins: bool = True
    trails: bool = True
    truth: bool = True
    labels: bool = True
    fine: bool = True
    """Fingers and face of a rig that has them."""
    counted_from: Literal["seed", "start"] = "seed"
    """What frame numbers count from: the seed's end, or, where a clip is shown for itself, its first frame."""


@dataclass(frozen=True, eq=False)
class Held:
    """A latent that the user holds or has put down: the pose that it decodes to, shown beside the frame it came from.

    latent: (Z,); pose: (J, D) on the embedding's skeleton, in the world or, in 2D, in its image (`Bench.held_positions`
    tells where that stands); origin: (Z,) where the drag began.
    """

    latent: NDArray[np.floating]
    pose: NDArray[np.float32]
    origin: NDArray[np.floating]


@dataclass
class Bench:
    """Plain state. Times are seconds from the clip's first frame; seed is a half-open range of clip frames."""

    datasets: list[Dataset] = field(default_factory=list)
    clip: Clip | None = None
    dataset: Dataset | None = None
    clip_index: int = -1
    seed: tuple[int, int] = (0, 0)
    time: float = 0.0
    embedding: Embedding | None = None
    generator: MotionGenerator | None = None
    classifier: Classifier | None = None
    class_probabilities: NDArray[np.floating] | None = None
    """(C,) of the clip, in the order of classifier.classes; None where it is not classified."""
    mapped: Clip | None = None
    """The clip on the generator's skeleton (without one, on the embedding's), or None where it does not map onto it."""
    misfit: str = ""
    """Why it does not; empty where it does."""
    embedded: Clip | None = None
    """The clip on the embedding's skeleton, or None where it does not map onto it."""
    embedding_misfit: str = ""
    """Why it does not; empty where it does."""
    clip_latents: NDArray[np.floating] | None = None
    indexes: list[LatentIndex] = field(default_factory=list)
    """What has been made of datasets by embeddings, the newest last."""
    projection: PCAProjection | None = None
    fit_to: FitTo = "clip"
    azimuth: float | None = None
    """Radians: the side that 2D models see a 3D clip from, as Plane has it; None is the opening view's."""
    chosen_sides: WeakKeyDictionary[Dataset, dict[int, float]] = field(default_factory=WeakKeyDictionary)
    """The azimuths that somebody chose, by dataset and clip: each is kept with its clip."""
    rollout: Rollout | None = None
    samples: int = 1
    temperature: float = 1.0
    number: int = 0
    held: Held | None = None
    mean_pose: NDArray[np.float32] | None = None
    """(J, D) what the mean of the embedding's training data decodes to; it stands there where no clip does."""
    pins: frozenset[str] = frozenset({"right_wrist", "right_toe", "RightHand", "RightToeBase"})
    look: Look = field(default_factory=Look)
    track: Track | None = None
    generated: tuple[Track, ...] = ()
    generated_latents: NDArray[np.floating] | None = None
    """(S, H, Z) of the rollout's frames, by the embedding at work; None where they are not known."""

    @property
    def index(self) -> LatentIndex | None:
        """Of the dataset on the bench by the embedding at work; None until it has been made."""
        found = (index for index in self.indexes if index.is_of(self.dataset, self.embedding))
        return next(found, None)

    def place(self, clip: Clip | None, dataset: Dataset | None = None, index: int = -1) -> None:
        """Put a clip on the bench: whatever belonged to the last one goes."""
        self.clip, self.dataset, self.clip_index = clip, dataset, index
        self.track = None if clip is None else Track.of_clip(clip)
        self.seed = (0, 0) if clip is None else default_seed(clip)
        self.azimuth = None if dataset is None else self.chosen_sides.get(dataset, {}).get(index)
        self.time, self.clip_latents, self.held, self.class_probabilities = 0.0, None, None, None
        self.set_rollout(None)
        self.fit_models()

    def fit_models(self) -> None:
        """Map the clip onto the models' skeletons, or say why it does not fit."""
        self.embedded, self.embedding_misfit = self._fitted(self.embedding)
        self.mapped, self.misfit = self.embedded, self.embedding_misfit
        if self.generator is not None:
            self.mapped, self.misfit = self._fitted(self.generator)

    def project_from(self, azimuth: float | None) -> None:
        """Let 2D models see the clip from another side (radians, None the opening view's), and keep that with it."""
        self.azimuth = azimuth
        if self.dataset is not None:
            sides = self.chosen_sides.setdefault(self.dataset, {})
            if azimuth is None:
                sides.pop(self.clip_index, None)
            else:
                sides[self.clip_index] = azimuth
        self.fit_models()

    def _fitted(self, model: Embedding | MotionGenerator | None) -> tuple[Clip | None, str]:
        if self.clip is None or model is None:
            return None, ""
        try:
            return self.clip.onto(model.skeleton, self.azimuth), ""
        except PoseviewerError as error:
            return None, error.sentence()

    def set_rollout(self, rollout: Rollout | None, latents: NDArray[np.floating] | None = None) -> None:
        """Take a rollout's frames as they are now; latents: (S, H, Z) of them where its generator gives none."""
        self.rollout = rollout
        self.generated_latents = latents
        if rollout is not None and self.embedding is not None and self.speaks_latents(rollout.generator):
            self.generated_latents = rollout.latents
        self.generated = () if rollout is None else self._rollout_tracks(rollout)

    def speaks_latents(self, generator: MotionGenerator) -> bool:
        """Whether a generator's latents are those of the embedding at work."""
        own = generator.embedding_id
        if self.embedding is None or own is None:
            return False
        return getattr(generator, "embedding", None) is self.embedding or own == getattr(self.embedding, "id", None)

    @property
    def has_statistics(self) -> bool:
        """Whether the embedding at work says how the latents of its training data lie."""
        return all(hasattr(self.embedding, name) for name in STATISTICS)

    @property
    def from_the_mean(self) -> bool:
        """Whether a latent is taken up at the mean of the embedding's training data: it reads no clip on the bench."""
        return self.embedded is None and self.has_statistics

    def _rollout_tracks(self, rollout: Rollout) -> tuple[Track, ...]:
        """One track a sample, from the first frame after the seed; none while nothing is generated."""
        if not rollout.length or self.clip is None:
            return ()
        poses = np.asarray(rollout.poses, dtype=np.float32)
        if poses.shape[-1] == 2:
            poses = planes.seed_plane(self, rollout.seed).world(poses)
        start = self.seed_end + 1.0 / rollout.fps
        return tuple(Track(rollout.seed.skeleton, sample, rollout.fps, start) for sample in poses)

    @property
    def seed_end(self) -> float:
        """Seconds of the seed's last frame."""
        return 0.0 if self.clip is None else (self.seed[1] - 1) / self.clip.fps

    @property
    def fps(self) -> float:
        """Frames a second that frame numbers count in: the generator's where it reads the clip, else the clip's.

        So the first Step gives no frame another number.
        """
        if self.rollout is not None:
            return self.rollout.fps
        return self.generator.fps if self.generator is not None and self.mapped is not None else self.shown_fps

    @property
    def shown_fps(self) -> float:
        """Frames a second that there are to see: the rollout's where there is one, else the clip's."""
        if self.rollout is not None:
            return self.rollout.fps
        return self.clip.fps if self.clip is not None else 30.0

    @property
    def end(self) -> float:
        """Seconds of the last frame that anything has."""
        ends = [t.end for t in ((self.track,) if self.track else ()) + self.generated]
        return max(ends, default=0.0)

    @property
    def horizon(self) -> int:
        """Generated frames so far."""
        return len(self.generated[0]) if self.generated else 0

    def wrapped(self, time: float) -> float:
        """A time on the axis: a looping clip that plays on without a rollout comes round to its start."""
        if self.clip is not None and self.clip.loop and not self.generated and self.clip.duration > 0:
            return time % self.clip.duration
        return float(np.clip(time, 0.0, self.end))

    def relative_frame(self, time: float | None = None) -> int:
        """Frame number relative to the seed's end: 0 its last frame, +1 the first after it."""
        at = self.wrapped(self.time if time is None else time)
        return max(round((at - self.seed_end) * self.fps), self.first_frame)

    @property
    def first_frame(self) -> int:
        """The clip's first frame relative to the seed's end, from which frames are counted."""
        return -math.floor(self.seed_end * self.fps + 1e-6)

    def time_of_relative(self, frame: int) -> float:
        """Seconds of a frame number relative to the seed's end."""
        return self.seed_end + frame / self.fps

    def shows_generated(self, time: float | None = None) -> bool:
        """Whether a generated frame is what stands there at a time; behind the rollout's end the clip goes on."""
        return 0 < self.relative_frame(time) <= self.horizon

    @property
    def held_frame(self) -> int | None:
        """The frame after the seed (0 its last one) that a held pose takes the place of and Step goes on from.

        None where nothing is held, or where it is held on a frame that the model reads as it is or does not read.
        """
        frame = self.relative_frame()
        stands = self.held is not None and not self.from_the_mean
        if self.embedding is not None and self.generator is not None:
            stands = stands and self.embedding.skeleton.dims >= self.generator.skeleton.dims  # a flat pose has no depth
        return frame if stands and 0 <= frame <= self.horizon else None

    def clip_role(self, frame: int) -> Role:
        """What the clip's frame is: of the seed; from where its file says so on, generated elsewhere; else truth.

        What a file says was generated is no truth: it looks like a rollout, and like a second one beside the bench's.
        """
        if self.clip is None or frame < self.seed[1]:
            return "seed"
        if self.clip.seed_frames is not None and frame >= self.clip.seed_frames:
            return "generated_b" if self.generated else "generated_a"
        return "truth"

    def role_at(self, time: float | None = None) -> Role:
        """What stands there at a time, by default the bench's own."""
        if self.clip is None or self.shows_generated(time):
            return "generated_a"
        at = self.wrapped(self.time if time is None else time)
        return self.clip_role(min(round(at * self.clip.fps), len(self.clip) - 1))

    def seed_clip(self) -> Clip | None:
        """The seed on the models' skeleton, so that its last frame is the last that the generator reads.

        At another rate than the clip's a generator reads frames between, counted from the first one: of the seed's
        first frames some are left out, so that the count ends on its last.
        """
        if self.mapped is None:
            return None
        start, stop = self.seed
        if self.generator is not None and not (self.mapped.loop and stop - start == len(self.mapped)):
            start += _left_out(stop - start, self.generator.fps / self.mapped.fps)
        return self.mapped.cut(start, stop)

    def latent_at(self, time: float | None = None) -> NDArray[np.floating] | None:
        """(Z,) the latent of the frame at a time: the held one, the rollout's, the clip's, or the mean without one."""
        at = self.wrapped(self.time if time is None else time)
        if time is None and self.held is not None:
            return self.held.latent
        if self.from_the_mean:
            mean: NDArray[np.floating] = np.asarray(self.embedding.latent_mean)  # type: ignore[union-attr]
            return mean
        if self.shows_generated(at):
            latents = self.generated_latents
            frame = self.relative_frame(at)
            return None if latents is None or frame > latents.shape[1] else latents[0, frame - 1]
        if self.clip_latents is None or self.clip is None:
            return None
        return self.clip_latents[min(round(at * self.clip.fps), len(self.clip_latents) - 1)]

    @property
    def held_positions(self) -> NDArray[np.float32] | None:
        """(J, 3) metres in the world: where the held pose stands, of any embedding; None where none is held."""
        return planes.held_positions(self)

    @property
    def likeliest_class(self) -> tuple[str, float] | None:
        """The name of the clip's class and its probability, by the classifier at work; classes of one name are one."""
        if self.classifier is None or self.class_probabilities is None:
            return None
        named = counted_together(zip(self.classifier.classes, self.class_probabilities.tolist(), strict=True))
        best = max(named, key=lambda name: named[name])
        return best, named[best]

    def with_look(self, **changes: object) -> Look:
        """The look with some fields changed."""
        return replace(self.look, **changes)  # type: ignore[arg-type]


def _left_out(frames: int, rate: float) -> int:
    """How many of the first frames to leave out, so that steps of 1 / rate frames end on the last one or nearest it.

    At most a dozen, which is enough for any two usual rates, and never more than a quarter of them.
    """
    counts = range(1 + min(12, frames // 4))

    def remainder(count: int) -> float:
        return ((frames - 1 - count) * rate + 1e-6) % 1.0

    near = (count for count in counts if remainder(count) < _NEAR)
    return next(near, min(counts, key=remainder))


def default_seed(clip: Clip) -> tuple[int, int]:
    """Where the file marks generated frames, what comes before them; the whole of a loop; else its first second."""
    if clip.seed_frames:
        return 0, min(clip.seed_frames, len(clip))
    second = max(1, round(DEFAULT_SEED * clip.fps))
    if clip.loop or len(clip) < 2 * second:
        return 0, len(clip)
    return 0, second
