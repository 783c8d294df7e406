"""The curves under the timeline: root distance and motion power of the clip and of what is generated, in seconds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.statistics import POWER_WINDOW, motion_power, root_distance
from poseviewer.bench.bench import Bench
from poseviewer.bench.planes import seed_plane
from poseviewer.bench.track import PLANE_HEIGHT, Track
from poseviewer.motion.clip import Clip


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


DISTANCE = Statistic("Root distance", "from its start", "m", False, "how far the root is from where the seed began")
POWER = Statistic("Motion power", "of the joints", "m²/s²", True, "mean squared speed of the joints about the root")
_FLAT = {
    DISTANCE: replace(DISTANCE, unit="image heights"),
    POWER: replace(POWER, unit="heights²/s²"),
}
"""What 2D poses have no metres for is told in units of the image's height."""


@dataclass(frozen=True, eq=False)
class Curve:
    """A statistic over the clip and the rollout, and the range that it has over the seed.

    seed: the frames of `clip` that lie in the seed. low, median, high: 1, 50 and 99 % of the seed's values. made: the
    first frame of `clip` that its file says was generated, or as many as there are.
    Without a clip the lines are empty and the range is unknown.
    """

    about: Statistic
    clip: Line
    seed: slice
    generated: Line
    low: float
    median: float
    high: float
    made: int

    def at(self, time: float, generated: bool) -> float:
        """The value at a time: of the rollout, or of the clip."""
        return (self.generated if generated else self.clip).at(time)


@dataclass(frozen=True, eq=False)
class _ClipMotion:
    """The clip as the statistics see it: on the models' skeleton and at their rate, where there are models."""

    source: Clip
    fps: float
    track: Track
    power: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _RolloutPower:
    """The motion power (H,) of generated positions (H, J, 3) that left from a seed."""

    seed: Clip
    positions: NDArray[np.float32]
    power: NDArray[np.float64]


@dataclass
class Curves:
    """Makes a bench's curves. It keeps the clip's by identity, and the rollout's as far as its frames are the same."""

    _clip: _ClipMotion | None = None
    _rollout: _RolloutPower | None = None

    def of(self, bench: Bench) -> tuple[Curve, ...]:
        """Drift and collapse of the bench as it is now."""
        motion = self._clip_motion(bench)
        if motion is None:
            none = Line(np.empty(0), 0.0, bench.fps)
            empty = (slice(0, 0), none, *_quantiles(none.values), 0)
            return tuple(Curve(about, none, *empty) for about in (DISTANCE, POWER))
        seed = _seed_frames(bench, motion)
        origin = _first_known(motion.track.root[seed])
        distance = root_distance(motion.track.root, origin)
        generated_distance = generated_power = np.empty(0)
        start, fps = bench.seed_end, bench.fps
        if bench.generated:
            track = bench.generated[0]
            start, fps = track.start, track.fps
            generated_distance = root_distance(track.root - _depth(bench, motion.source), origin)
            generated_power = self._generated_power(bench, track)

        def curve(about: Statistic, clip: NDArray[np.float64], made: NDArray[np.float64]) -> Curve:
            if motion.source.skeleton.dims == 2 and motion.source.plane is None:
                scale = PLANE_HEIGHT**2 if about is POWER else PLANE_HEIGHT
                about, clip, made = _FLAT[about], clip / scale, made / scale
            lines = Line(clip, 0.0, motion.fps), Line(made, start, fps)
            return Curve(about, lines[0], seed, lines[1], *_quantiles(clip[seed]), _first_made(bench, motion))

        return curve(DISTANCE, distance, generated_distance), curve(POWER, motion.power, generated_power)

    def _clip_motion(self, bench: Bench) -> _ClipMotion | None:
        source = bench.mapped or bench.clip
        if source is None:
            self._clip = None
            return None
        # a finite difference at 120 Hz sees more noise than one at 30: seed and rollout are compared at one rate
        fps = bench.generator.fps if bench.generator is not None and bench.mapped is not None else source.fps
        if self._clip is None or self._clip.source is not source or self._clip.fps != fps:
            track = Track.of_clip(source.resample(fps))
            self._clip = _ClipMotion(source, fps, track, motion_power(track.positions, track.root, fps))
        return self._clip

    def _generated_power(self, bench: Bench, track: Track) -> NDArray[np.float64]:
        """(H,) motion power of the generated frames; its window reaches back into the seed that they left from."""
        assert bench.rollout is not None
        seed, last = bench.rollout.seed, self._rollout
        known = _common(last.positions, track.positions) if last is not None and last.seed is seed else 0
        width = max(1, round(POWER_WINDOW * track.fps))
        tail = Track.of_clip(seed.cut(len(seed) - width, len(seed))).positions
        first = max(0, len(tail) + known - width)
        if first >= len(tail):
            part = track.positions[first - len(tail) :]
        else:
            part = np.concatenate([tail[first:], track.positions])
        fresh = motion_power(part, Track(track.skeleton, part, track.fps, 0.0).root, track.fps)
        fresh = fresh[len(tail) + known - first :]
        power = np.concatenate([last.power[:known], fresh]) if last is not None else fresh
        self._rollout = _RolloutPower(seed, track.positions.copy(), power)
        return power


def _depth(bench: Bench, source: Clip) -> NDArray[np.float64]:
    """(3,) metres from the plane that a 3D clip is seen on to where a 2D rollout of it stands: no way that it went."""
    if source.plane is None or bench.rollout is None:
        return np.zeros(3)
    return np.subtract(seed_plane(bench, bench.rollout.seed).centre, source.plane.centre)


def _seed_frames(bench: Bench, motion: _ClipMotion) -> slice:
    """The seed in frames of the clip's motion, which may have another rate than the clip."""
    assert bench.clip is not None
    scale = motion.fps / bench.clip.fps
    start = min(int(np.ceil(bench.seed[0] * scale - 1e-6)), len(motion.track) - 1)
    stop = int(np.floor((bench.seed[1] - 1) * scale + 1e-6)) + 1
    return slice(start, max(stop, start + 1))


def _first_made(bench: Bench, motion: _ClipMotion) -> int:
    """The first frame of the clip's motion that its file says was generated, or as many as there are."""
    assert bench.clip is not None
    made = bench.clip.seed_frames
    return len(motion.track) if made is None else int(np.ceil(made * motion.fps / bench.clip.fps - 1e-6))


def _first_known(root: NDArray[np.float32]) -> NDArray[np.float32]:
    """(3,) the first root position that is known; the first of all where none is."""
    known = np.isfinite(root).all(axis=1)
    return root[int(np.argmax(known))]


def _quantiles(values: NDArray[np.float64]) -> tuple[float, float, float]:
    values = values[np.isfinite(values)]
    if not len(values):
        return float("nan"), float("nan"), float("nan")
    low, median, high = np.quantile(values, (0.01, 0.5, 0.99))
    return float(low), float(median), float(high)


def _common(old: NDArray[np.float32], new: NDArray[np.float32]) -> int:
    """How many frames at the beginning of two motions (F, J, 3) are the same."""
    count = min(len(old), len(new))
    if old.shape[1:] != new.shape[1:]:
        return 0
    same = (old[:count] == new[:count]).all(axis=(1, 2))
    return count if same.all() else int(np.argmin(same))
