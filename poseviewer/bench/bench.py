"""Bench: what lies on the bench and what it shows, as plain state. No Qt, no torch: models by their protocols."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.classes.naming import NOT_NAMED, Naming
from poseviewer.bench.lane import BEFORE_SEED, FIRST, NAMES, SEED, TRUTH, Lane, Part
from poseviewer.bench.look import Look
from poseviewer.bench.map.look import FitTo, MapLook
from poseviewer.bench.track import Continued, Track, plane_of, through
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.motion.plane import Plane
from poseviewer.render.palette import Role

if TYPE_CHECKING:  # they import torch or h5py, which must not stand before the first paint
    from poseviewer.analysis.encoding import Latents
    from poseviewer.analysis.latent_index import LatentIndex, RealPose
    from poseviewer.analysis.live import Verdicts
    from poseviewer.analysis.projection import Projection
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.data.dataset import Dataset
    from poseviewer.nets.protocols import Classifier, Embedding, MotionGenerator

DEFAULT_SEED = 1.0
"""Seconds of a clip that is long enough to keep some truth behind its seed."""
STATISTICS = ("latent_mean", "latent_covariance", "kl")
"""What an embedding may say of its training data beyond its protocol: (Z,), (Z, Z), (Z,) nats a dimension."""


@dataclass(frozen=True, eq=False)
class Held:
    """A latent that the user holds or has put down: the pose that it decodes to, shown beside the frame it came from.

    latent: (Z,); pose: (J, D) on the embedding's skeleton, in the world or, in 2D, in its image
    (`planes.held_positions` tells where that stands); origin: (Z,) where the drag began.
    """

    latent: NDArray[np.floating]
    pose: NDArray[np.float32]
    origin: NDArray[np.floating]


@dataclass
class Bench:
    """Plain state. Times are seconds from the clip's first frame; seed is a half-open range of clip frames.

    lanes: the generators side by side; they share clip, seed, time and look. focus: the role of the one whose rate
    frame numbers count in, which is drawn first and of which the panels speak.
    """

    datasets: list[Dataset] = field(default_factory=list)
    clip: Clip | None = None
    dataset: Dataset | None = None
    clip_index: int = -1
    seed: tuple[int, int] = (0, 0)
    time: float = 0.0
    embedding: Embedding | None = None
    lanes: tuple[Lane, ...] = (Lane(),)
    focus: Role = FIRST
    classifier: Classifier | None = None
    class_probabilities: NDArray[np.floating] | None = None
    """(C,) of the clip, in the order of classifier.classes; None where it is not classified."""
    naming: Naming = NOT_NAMED
    """What classifiers take the clip and the rollouts for, frame by frame."""
    embedded: Clip | None = None
    """The clip on the embedding's skeleton, or None where it does not map onto it."""
    embedding_misfit: str = ""
    """Why it does not; empty where it does."""
    clip_latents: NDArray[np.floating] | None = None
    indexes: list[LatentIndex] = field(default_factory=list)
    """What has been made of datasets by embeddings, the newest last."""
    projection: Projection | None = None
    fit_to: FitTo = "clip"
    map: MapLook = field(default_factory=MapLook)
    azimuth: float | None = None
    """Radians: the side that 2D models see a 3D clip from, as Plane has it; None is the opening view's."""
    chosen_sides: WeakKeyDictionary[Dataset, dict[int, float]] = field(default_factory=WeakKeyDictionary)
    """The azimuths that somebody chose, by dataset and clip: each is kept with its clip."""
    held: Held | None = None
    nearest: dict[tuple[int, int, int], RealPose] = field(default_factory=dict)
    """The nearest real poses of those that stand there, by what asked for them (`scene.nearest.Asked.key`)."""
    mean_pose: NDArray[np.float32] | None = None
    """(J, D) what the mean of the embedding's training data decodes to; it stands there where no clip does."""
    pins: frozenset[str] = frozenset({"right_wrist", "right_toe", "RightHand", "RightToeBase"})
    look: Look = field(default_factory=Look)
    track: Track | None = None
    """The clip, ready to be drawn."""
    clip_verdicts: Verdicts | None = None
    """Of the clip's frames that are said to be generated; None while they are not judged, or there are none."""
    no_reference: str = ""
    """Why what is generated is not judged; empty where it is, or will be at once."""
    alike: str = ""
    """A sentence where the samples, or the rollouts of different seeds, end alike."""
    judged_by: str = ""
    """What speaks in verdicts, and of how many clips; empty while there is no reference."""
    _end: tuple[object, object, float] = field(default=(None, None, 0.0), repr=False)  # of which lanes and track

    @property
    def lane(self) -> Lane:
        """The lane in focus."""
        return self.lane_of(self.focus) or self.lanes[0]

    @property
    def focused_first(self) -> tuple[Lane, ...]:
        """All lanes, the one in focus before the others."""
        return tuple(sorted(self.lanes, key=lambda lane: lane is not self.lane))

    def lane_of(self, role: Role) -> Lane | None:
        """The lane of a role; None where it is empty."""
        return next((lane for lane in self.lanes if lane.role == role), None)

    def put(self, lane: Lane) -> None:
        """Let a lane take the place of the one of its role, or stand beside the others."""
        others = [other for other in self.lanes if other.role != lane.role]
        self.lanes = tuple(sorted((*others, lane), key=lambda lane: lane.name))

    def lay(self, role: Role) -> Lane:
        """The lane of a role, which begins without a generator where there was none."""
        return self.lane_of(role) or Lane(role=role, name=NAMES[role])

    def clear(self, role: Role) -> None:
        """Take a lane away; one remains."""
        self.lanes = tuple(lane for lane in self.lanes if lane.role != role) or (Lane(),)
        self.focus = self.lane.role

    @property
    def index(self) -> LatentIndex | None:
        """Of the dataset on the bench by the embedding at work; None until it has been made."""
        return next((index for index in self.indexes if index.is_of(self.dataset, self.embedding)), None)

    def place(self, clip: Clip | None, dataset: Dataset | None = None, index: int = -1) -> None:
        """Put a clip on the bench: whatever belonged to the last one goes."""
        self.clip, self.dataset, self.clip_index = clip, dataset, index
        self.track = None if clip is None else Track.of_clip(clip)
        self.seed = (0, 0) if clip is None else default_seed(clip)
        self.azimuth = None if dataset is None else self.chosen_sides.get(dataset, {}).get(index)
        self.time, self.clip_latents, self.held, self.class_probabilities = 0.0, None, None, None
        self.clip_verdicts, self.no_reference, self.judged_by = None, "", ""
        self.naming = replace(self.naming, answers={})
        nothing = {"rollout": None, "tracks": (), "continued": None, "latents": None, "verdicts": None}
        self.lanes = tuple(replace(lane, **nothing) for lane in self.lanes)  # type: ignore[arg-type]
        self.fit_models()

    def declare(self, made: int | None) -> None:
        """Let the clip's frames from `made` on count as generated, as its file may say it; None: none of them was."""
        assert self.clip is not None
        self.clip, self.clip_verdicts = replace(self.clip, seed_frames=made), None
        self.fit_models()

    def fit_models(self) -> None:
        """Map the clip onto the models' skeletons, or say why it does not fit."""
        self.embedded, self.embedding_misfit = self._fitted(self.embedding)
        for lane in self.lanes:
            fitted, misfit = self._fitted(lane.generator)
            self.put(replace(lane, fitted=fitted, misfit=misfit))

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

    @property
    def read(self) -> Clip | None:
        """The clip as the generator in focus reads it, without one as the embedding does; None where it does not."""
        return self.embedded if self.lane.generator is None else self.lane.fitted

    def set_rollout(self, rollout: Rollout | None, latents: Latents | None = None, role: Role | None = None) -> None:
        """Let a lane, the one in focus where none is named, show a rollout's frames as they are now.

        latents: of them where its generator gives none.
        """
        lane = self.lane if role is None else self.lay(role)
        made = None
        if rollout is not None and rollout.length and self.clip is not None:
            plane = self.seed_plane(rollout.seed) if rollout.seed.skeleton.dims == 2 else None
            if 1 < rollout.samples > lane.sample and _goes_on(rollout, lane.rollout) and rollout.whole:
                rollout.sample = lane.sample  # a pick stays where its frames are there; another rollout has its own
            made = Continued.of(rollout, lane.rollout, lane.continued, plane, self.seed_end)
        if rollout is not None and self.embedding is not None and self.speaks_latents(rollout.generator):
            latents = None if made is None else made.latents
        tracks, sample = ((), 0) if made is None else (made.tracks, made.sample)
        latents = None if latents is None else latents.picked(sample)
        lane = replace(lane, rollout=rollout, latents=latents, verdicts=None, sample=sample)
        self.put(replace(lane, tracks=tracks, continued=made))

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

    def seed_plane(self, seed: Clip) -> Plane:
        """The plane that 2D frames generated from a seed go on in: through where the seed ends, of a 3D clip."""
        assert self.clip is not None and self.track is not None
        if seed.plane is None:
            return plane_of(self.clip)
        return through(seed.plane, self.track.root[min(self.seed[1], len(self.track)) - 1])

    @property
    def seed_end(self) -> float:
        """Seconds of the seed's last frame."""
        return 0.0 if self.clip is None else (self.seed[1] - 1) / self.clip.fps

    @property
    def seed_span(self) -> tuple[float, float]:
        """Seconds that the seed covers: half a frame to either side of its first and its last one.

        Behind its last one half a frame of what comes at the higher rate: there generation begins.
        """
        if self.clip is None:
            return 0.0, 0.0
        return (self.seed[0] - 0.5) / self.clip.fps, self.seed_end + 0.5 / max(self.clip.fps, self.fps)

    @property
    def fps(self) -> float:
        """Frames a second that frame numbers count in: the generator's where it reads the clip, else the clip's.

        So the first Step gives no frame another number.
        """
        return self.lane.fps or self.shown_fps

    @property
    def shown_fps(self) -> float:
        """Frames a second that there are to see: the rollout's where there is one, else the clip's."""
        if self.lane.rollout is not None:
            return self.lane.rollout.fps
        return self.clip.fps if self.clip is not None else 30.0

    @property
    def end(self) -> float:
        """Seconds of the last frame that anything has."""
        lanes, track, known = self._end
        if lanes is not self.lanes or track is not self.track:
            tracks = (self.track, *(lane.track for lane in self.lanes))
            known = max((track.end for track in tracks if track is not None), default=0.0)
            self._end = self.lanes, self.track, known
        return known

    @property
    def generated_end(self) -> float:
        """Seconds of the last frame that any lane generated; 0 without one."""
        return max((lane.track.end for lane in self.lanes if lane.track is not None), default=0.0)

    @property
    def generated(self) -> bool:
        """Whether there are generated frames in any lane."""
        return any(lane.tracks for lane in self.lanes)

    @property
    def plays_on(self) -> bool:
        """Whether the clip loops and nothing was generated: it plays on beyond its end without a seam."""
        return self.clip is not None and self.clip.loop and not self.generated

    def wrapped(self, time: float) -> float:
        """A time on the axis: a looping clip that plays on without a rollout comes round to its start."""
        if self.clip is not None and self.plays_on and self.clip.duration > 0:
            return time % self.clip.duration
        return min(max(float(time), 0.0), self.end)

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
        return self.part_at(time).kind == "generated"

    def part_at(self, time: float | None = None) -> Part:
        """Which part of the motion stands there at a time, by default the bench's own."""
        at = self.wrapped(self.time if time is None else time)
        lane = self.shown_lane(at)
        return self.clip_part(at) if lane is None else lane.part

    def shown_lane(self, time: float | None = None) -> Lane | None:
        """The lane whose generated frame stands there at a time, the one in focus before others; None without one."""
        at = self.wrapped(self.time if time is None else time)
        return next((lane for lane in self.focused_first if lane.shows(at)), None)

    def shown_at(self, time: float | None = None) -> tuple[tuple[Part, Track], ...]:
        """What stands there at a time: of each lane that has a frame there its track, else the clip's."""
        at = self.wrapped(self.time if time is None else time)
        shown = tuple((lane.part, lane.track) for lane in self.lanes if lane.track is not None and lane.shows(at))
        return shown or (() if self.track is None else ((self.part_at(at), self.track),))

    def clip_part(self, time: float) -> Part:
        """Which part of the motion the clip's own frame at a time is, whatever was generated beside it."""
        if self.clip is None:
            return SEED
        at, frame, made = self.wrapped(time), self.clip_frame(time), self.clip.seed_frames
        if self.clip.loop and frame == 0:  # before it comes round it is nearest to its first frame
            at = min(at, self.clip.duration - at)
        low, high = self.seed_span
        if at < low:
            return BEFORE_SEED
        if at <= high or self.seed[1] == len(self.clip):
            return SEED
        return TRUTH if made is None or frame < made else self._elsewhere

    @property
    def _elsewhere(self) -> Part:
        """What is said to be generated is no truth: it looks like a rollout, and like none of the bench's."""
        taken = {lane.role for lane in self.lanes if lane.tracks}
        free: Role = "generated_b" if "generated_a" in taken else "generated_a"
        return Part("elsewhere", free, "generated elsewhere")

    def clip_frame(self, time: float) -> int:
        """The clip's frame at a time: the nearest one, in a loop that plays on inside its cycle."""
        assert self.clip is not None
        frame = round(self.wrapped(time) * self.clip.fps)
        return frame % len(self.clip) if self.clip.loop else min(frame, len(self.clip) - 1)

    @property
    def held_frame(self) -> int | None:
        """The frame after the seed (0 its last one) that a held pose takes the place of and Step goes on from.

        None where nothing is held, or where it is held on a frame that the model reads as it is or does not read.
        """
        frame, kind = self.relative_frame(), self.part_at().kind
        stands = self.held is not None and not self.from_the_mean
        if self.embedding is not None and self.lane.generator is not None:  # a flat pose has no depth
            stands = stands and self.embedding.skeleton.dims >= self.lane.generator.skeleton.dims
        own = kind == "generated" and self.shown_lane() is self.lane
        return frame if stands and (own or (kind == "seed" and frame == 0)) else None

    def latent_at(self, time: float | None = None) -> NDArray[np.floating] | None:
        """(Z,) the latent of the frame at a time: the held one, the rollout's, the clip's, or the mean without one."""
        at = self.wrapped(self.time if time is None else time)
        if time is None and self.held is not None:
            return self.held.latent
        if self.from_the_mean:
            mean: NDArray[np.floating] = np.asarray(self.embedding.latent_mean)  # type: ignore[union-attr]
            return mean
        showing = self.shown_lane(at)
        if showing is not None:
            return showing.latent_at(at)
        return None if self.clip_latents is None or self.clip is None else self.clip_latents[self.clip_frame(at)]

    def with_look(self, **changes: object) -> Look:
        """The look with some fields changed."""
        return replace(self.look, **changes)  # type: ignore[arg-type]


def _goes_on(rollout: Rollout, last: Rollout | None) -> bool:
    """Whether one of two rollouts is the other's beginning, as Step, Back and their undoing make them."""
    return last is not None and rollout.shared(last) == min(rollout.length, last.length)


def default_seed(clip: Clip) -> tuple[int, int]:
    """Where the file marks generated frames, what comes before them; the whole of a loop; else its first second."""
    if clip.seed_frames:
        return 0, min(clip.seed_frames, len(clip))
    second = max(1, round(DEFAULT_SEED * clip.fps))
    if clip.loop or len(clip) < 2 * second:
        return 0, len(clip)
    return 0, second
