"""The curves under the timeline: root distance and motion power of the clip and of what is generated, in seconds, and
how far what is generated is from the truth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.statistics.power import Power
from poseviewer.analysis.statistics.root import RootDistance
from poseviewer.analysis.statistics.statistic import Judged, Side, over
from poseviewer.bench.bench import Bench
from poseviewer.bench.lane import Lane
from poseviewer.bench.scene.off_truth import joint_errors
from poseviewer.bench.track import PLANE_HEIGHT, Track
from poseviewer.motion.clip import Clip
from poseviewer.motion.growing import appended, goes_on
from poseviewer.render.palette import Role


@dataclass(frozen=True, eq=False)
class Line:
    """One value a frame: values (F,), NaN where unknown; the first stands at `start` seconds of the bench's time."""

    values: NDArray[np.float64]
    start: float
    fps: float

    def __len__(self) -> int:
        return len(self.values)

    @property
    def times(self) -> NDArray[np.float64]:
        """(F,) seconds."""
        return self.start + np.arange(len(self.values)) / self.fps

    def at(self, time: float) -> float:
        """The value of the frame nearest to a time; NaN where there is none."""
        if not len(self.values):
            return float("nan")
        frame = round((time - self.start) * self.fps)
        return float(self.values[min(max(frame, 0), len(self.values) - 1)])


@dataclass(frozen=True)
class Statistic:
    """What a curve shows, in words; part: of what it is measured."""

    title: str
    part: str
    unit: str
    log: bool
    meaning: str
    absent: str = "unknown"
    """What is said where it has no value."""


DISTANCE = Statistic("Root distance", "from its start", "m", False, "how far the root is from where the seed began")
POWER = Statistic("Motion power", "of the joints", "m²/s²", True, "mean squared speed of the joints about the root")
ERROR = Statistic("Error", "joints about the root", "cm", False, "mean distance of the joints from the truth's", "–")
"""MPJPE, each pose about its own root."""
_FLAT = {
    DISTANCE: replace(DISTANCE, unit="image heights"),
    POWER: replace(POWER, unit="heights²/s²"),
    ERROR: replace(ERROR, unit="image heights"),
}
"""What 2D poses have no metres for is told in units of the image's height."""


@dataclass(frozen=True, eq=False)
class Curve:
    """A statistic over the clip and what the lanes generated, and the range that it has over the seed.

    seed: the frames of `clip` that lie in the seed. generated: one line a lane, in their order. low, median, high: 1,
    50 and 99 % of the seed's values. made: the first frame of `clip` that its file says was generated, or as many as
    there are.
    Without a clip the lines are empty and the range is unknown.
    """

    about: Statistic
    clip: Line
    seed: slice
    generated: tuple[Line, ...]
    low: float
    median: float
    high: float
    made: int
    real: bool = False
    """Whether the range is that of real motion."""
    side: Side | None = None
    low_is_strange: bool = False

    def at(self, time: float, lane: int | None) -> float:
        """The value at a time: of what a lane, by its place, generated, or of the clip; NaN where none was judged."""
        line = self.clip if lane is None else self.generated[lane]
        if self.real and not -0.5 <= (time - line.start) * line.fps <= len(line) - 0.5:
            return float("nan")
        return line.at(time)


@dataclass(frozen=True, eq=False)
class _ClipMotion:
    """The clip as the statistics see it: on the models' skeleton and at their rate, where there are models."""

    source: Clip
    fps: float
    track: Track
    power: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Generated:
    """Distance and motion power (H,) of generated positions (H, J, 3) that left from a seed, of one sample.

    counted_from: (3,) where its distance is zero.
    """

    seed: Clip
    sample: int
    positions: NDArray[np.float32]
    counted_from: NDArray[np.floating]
    distance: NDArray[np.float64]
    power: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Off:
    """Errors (H,) of generated positions (H, J, 3) from the truth; of: what they hold for."""

    of: tuple[object, ...]
    positions: NDArray[np.float32]
    values: NDArray[np.float64]


@dataclass
class Curves:
    """Makes a bench's curves. It keeps the clip's by identity, and each rollout's as far as its frames are the same."""

    _clip: _ClipMotion | None = None
    _rollouts: dict[Role, _Generated] = field(default_factory=dict)
    _errors: dict[Role, _Off] = field(default_factory=dict)

    def of(self, bench: Bench) -> tuple[Curve, ...]:
        """Drift and collapse of the bench as it is now."""
        motion = self._clip_motion(bench)
        if motion is None or bench.clip is None:
            none = Line(np.empty(0), 0.0, bench.fps)
            empty = (slice(0, 0), (none,) * len(bench.lanes), *_quantiles(none.values), 0)
            return tuple(Curve(about, none, *empty) for about in (DISTANCE, POWER))
        seed = _seed_frames(bench.seed, motion, bench.clip.fps)
        origin = RootDistance().start(_judged(motion.track, seed))
        distance = RootDistance().update(origin, _judged(motion.track))[0][0]
        made = bench.clip.seed_frames
        first_made = len(motion.track) if made is None else int(np.ceil(made * motion.fps / bench.clip.fps - 1e-6))
        lines = [self._generated(bench, lane, motion.source, origin) for lane in bench.lanes]

        def curve(about: Statistic, clip: NDArray[np.float64], generated: tuple[Line, ...]) -> Curve:
            if motion.source.skeleton.dims == 2 and motion.source.plane is None:
                scale = PLANE_HEIGHT**2 if about is POWER else PLANE_HEIGHT
                about, clip = _FLAT[about], clip / scale
                generated = tuple(replace(line, values=line.values / scale) for line in generated)
            line = Line(clip, 0.0, motion.fps)
            return Curve(about, line, seed, generated, *_quantiles(clip[seed]), first_made)

        distances, powers = zip(*lines, strict=True)
        return curve(DISTANCE, distance, distances), curve(POWER, motion.power, powers)

    def errors(self, bench: Bench) -> Curve | None:
        """How far the lanes' joints are from the truth's, while there is truth; None where there is none."""
        lines = tuple(self._off(bench, lane) for lane in bench.lanes)
        if not any(np.isfinite(line.values).any() for line in lines):
            return None
        assert bench.clip is not None
        flat = bench.clip.skeleton.dims == 2 and bench.clip.plane is None
        about, scale = (_FLAT[ERROR], 1.0 / PLANE_HEIGHT) if flat else (ERROR, 100.0)
        scaled = tuple(replace(line, values=line.values * scale) for line in lines)
        none = Line(np.empty(0), 0.0, bench.fps)
        return Curve(about, none, slice(0, 0), scaled, *_quantiles(none.values), 0)

    def _off(self, bench: Bench, lane: Lane) -> Line:
        """Metres (H,) between a lane's joints and the truth's, from one frame on NaN."""
        track, truth = lane.track, bench.track
        if track is None or truth is None or lane.rollout is None or bench.clip is None:
            return Line(np.empty(0), bench.seed_end, bench.fps)
        last, known = self._errors.get(lane.role), 0
        of = truth, lane.rollout.seed, lane.sample, bench.seed, bench.clip
        if last is not None and last.of == of:
            known = _common(last.positions, track.positions)
        stop = min(len(track), math.ceil((truth.end - track.start) * track.fps) + 1)
        fresh = np.arange(known, max(known, stop))
        off = joint_errors(bench, lane, fresh)
        told = np.isfinite(off).any(axis=1)
        values = np.full(len(track) - known, np.nan)
        values[: len(fresh)][told] = np.nanmean(off[told], axis=1)
        if last is not None and known:
            values = appended(last.values[:known], values)
        self._errors[lane.role] = _Off(of, track.positions, values)
        return Line(values, track.start, track.fps)

    def _generated(self, bench: Bench, lane: Lane, source: Clip, origin: Any) -> tuple[Line, Line]:
        """Distance and power of what a lane generated."""
        track, rollout = lane.track, lane.rollout
        if track is None or rollout is None:
            none = Line(np.empty(0), bench.seed_end, bench.fps)
            return none, none
        depth = np.zeros(3)
        if source.plane is not None:  # from it to where a 2D rollout of the 3D clip stands is no way that it went
            depth = np.subtract(bench.seed_plane(rollout.seed).centre, source.plane.centre)
        known = self._known(lane, rollout.seed)
        fresh = slice(0 if known is None else len(known.power), None)
        power = self._power_from(fresh.start, rollout.seed, track)
        if known is None or not np.array_equal(known.counted_from, origin - depth):
            fresh = slice(0, None)
        beside = Judged(track.positions[None, fresh], track.root[None, fresh] - depth, track.fps)
        distance = RootDistance().update(origin, beside)[0][0]
        if known is not None:
            power = appended(known.power, power)
            distance = appended(known.distance, distance) if fresh.start else distance
        told = _Generated(rollout.seed, lane.sample, track.positions, origin - depth, distance, power)
        self._rollouts[lane.role] = told
        return Line(distance, track.start, track.fps), Line(power, track.start, track.fps)

    def _clip_motion(self, bench: Bench) -> _ClipMotion | None:
        source = bench.read or bench.clip
        if source is None:
            self._clip = None
            return None
        # a finite difference at 120 Hz sees more noise than one at 30: seed and rollout are compared at one rate
        generator = bench.lane.generator
        fps = generator.fps if generator is not None and bench.read is not None else source.fps
        if self._clip is None or self._clip.source is not source or self._clip.fps != fps:
            track = Track.of_clip(source.resample(fps))
            self._clip = _ClipMotion(source, fps, track, over(Power(), _judged(track))[0])
        return self._clip

    def _known(self, lane: Lane, seed: Clip) -> _Generated | None:
        """What was told of a lane's frames last, as far as they are the same; None where none is."""
        last = self._rollouts.get(lane.role)
        if last is None or last.seed is not seed or last.sample != lane.sample:
            return None
        assert lane.track is not None
        known = _common(last.positions, lane.track.positions)
        return replace(last, distance=last.distance[:known], power=last.power[:known]) if known else None

    @staticmethod
    def _power_from(first: int, seed: Clip, track: Track) -> NDArray[np.float64]:
        """(n,) motion power of the generated frames from one on; its window reaches back, also into their seed."""
        width = Power().width(track.fps)
        before = track.positions[max(0, first - width) : first]
        if len(before) < width:
            before = np.concatenate([Track.of_clip(seed.cut(len(seed) - width, len(seed))).positions, before])
        part = np.concatenate([before, track.positions[first:]])
        return over(Power(), _judged(Track(track.skeleton, part, track.fps, 0.0)))[0][len(before) :]


def _seed_frames(seed: tuple[int, int], motion: _ClipMotion, fps: float) -> slice:
    """The seed in frames of the clip's motion, which may have another rate than the clip's fps."""
    scale = motion.fps / fps
    start = min(int(np.ceil(seed[0] * scale - 1e-6)), len(motion.track) - 1)
    stop = int(np.floor((seed[1] - 1) * scale + 1e-6)) + 1
    return slice(start, max(stop, start + 1))


def _judged(track: Track, part: slice = slice(None)) -> Judged:
    return Judged(track.positions[None, part], track.root[None, part], track.fps)


def _quantiles(values: NDArray[np.float64]) -> tuple[float, float, float]:
    values = values[np.isfinite(values)]
    low, median, high = np.quantile(values, (0.01, 0.5, 0.99)).tolist() if len(values) else [float("nan")] * 3
    return low, median, high


def _common(old: NDArray[np.float32], new: NDArray[np.float32]) -> int:
    """How many frames at the beginning of two motions (F, J, 3) are the same."""
    count = min(len(old), len(new))
    if goes_on(new, old) or goes_on(old, new):
        return count
    if old.shape[1:] != new.shape[1:]:
        return 0
    same = (old[:count] == new[:count]).all(axis=(1, 2))
    return count if same.all() else int(np.argmin(same))
