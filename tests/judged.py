"""Motion to be judged and what judges it, small enough for tests: walks, few signs, a generator that fails on time."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.calibration import Calibration, calibrated, control
from poseviewer.analysis.judge import by_side
from poseviewer.analysis.statistics.sign import Sign
from poseviewer.analysis.statistics.statistic import Judged
from poseviewer.analysis.tails import Scale, Scales
from poseviewer.analysis.verdict import SIDES, Threshold
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID, Skeleton
from poseviewer.nets.checkpoints import checkpoint
from poseviewer.nets.protocols import Array, Step
from poseviewer.progress import Progress
from tests.walking import walk

FPS = 30.0
_LEARNT: dict[tuple[Any, ...], Calibration] = {}


def walks(count: int = 12, frames: int = 150) -> list[Clip]:
    """People who walk at different speeds, as a sensor sees them."""
    draw = np.random.default_rng(0)
    made = []
    for number in range(count):
        poses = walk(frames, 0.9 + 0.05 * number, 0.95 + 0.02 * number)
        poses += draw.normal(0.0, 0.001, poses.shape)
        made.append(Clip(HUMANOID, poses.astype(np.float32), FPS, f"walk {number}", action="walk"))
    return made


def few_signs(clips: Sequence[Clip], room: float = 0.01) -> Calibration:
    """A calibration by two signs, without leaving a clip out; only collapse alarms, `room` above all real clips."""
    skeleton, motions = clips[0].skeleton, [np.asarray(clip.positions, dtype=np.float64) for clip in clips]
    signs = tuple(kind() for kind in (Level, Motion))
    watched = [control(signs, motion, skeleton, FPS) for motion in motions]
    seen = np.array([in_seed for _, in_seed in watched])
    largest = np.array([np.nanmax(made.strengths[0], axis=1) for made, _ in watched])
    scales = tuple(Scale.of(seen[:, k], largest[:, k]) for k in range(len(signs)))
    bands = np.nanpercentile(np.concatenate([made.values[0] for made, _ in watched], axis=1), [1, 50, 99], axis=1).T
    most = [by_side(signs, Scales(scales).score(m.strengths, s[None]))[0].max(axis=(1, 2)) for m, s in watched]
    high = np.add(np.max(most, axis=0), (1e6, room))
    thresholds: Any = {side: Threshold(float(high[k]), float(high[k]), 2, 15) for k, side in enumerate(SIDES)}
    frames = sum(map(len, motions))
    return Calibration(skeleton, FPS, signs, scales, bands, thresholds, 99.0, len(clips), frames,
                       np.full(len(signs), len(clips)))  # fmt: skip


def learnt_once(
    motions: Sequence[Array], skeleton: Skeleton, fps: float, loops: Sequence[bool] | None = None
) -> Generator[Progress, None, Calibration]:
    """`calibrated`, which learns from the same motions once a run, for tests of what is judged by it."""
    poses = tuple(np.asarray(motion, dtype=np.float64).tobytes() for motion in motions)
    key = (hash(poses), skeleton.joints, skeleton.dims, fps, tuple(loops or ()))
    if key not in _LEARNT:
        _LEARNT[key] = yield from calibrated(motions, skeleton, fps, loops)
    return _LEARNT[key]


def uncalibrated(model: Path, folder: Path) -> Path:
    """A copy of a checkpoint without what its verdicts are measured by."""
    card, tensors = checkpoint.load(model)
    document = {key: value for key, value in card.document.items() if key != "calibration"}
    kept = {name: tensor for name, tensor in tensors.items() if not name.startswith(checkpoint.CALIBRATION)}
    checkpoint.save(folder / model.name, document, kept)
    return folder / model.name


@dataclass(frozen=True, eq=False)
class Level(Sign):
    """How high the root is, over a fifth of a second."""

    name, unit, side = "level", "m", "drift"
    title, words = "height of the root", "the root is {value} m high"
    floor, seconds = 1e-3, 0.2

    def each(self, frames: Judged) -> Array:
        return np.asarray(np.abs(frames.root[..., 1]))


@dataclass(frozen=True, eq=False)
class Motion(Sign):
    """How far the joint goes in a fifth of a second that goes farthest, over another fifth."""

    name, unit, side, low = "motion", "m", "collapse", True
    title, words = "motion", "no joint moves by more than {value} m"
    floor, seconds = 1e-3, 0.2

    def each(self, frames: Judged) -> Array:
        return np.asarray(np.linalg.norm(frames.poses - frames.before(6), axis=-1).max(axis=-1))


class Scripted:
    """Goes on from a seed that begins with a motion (F, J, D) as the motion does, and stands still from one of its
    frames on.
    """

    context, stochastic, embedding_id = 4, True, None

    def __init__(self, motion: NDArray[Any], stops: int, skeleton: Skeleton = HUMANOID) -> None:
        self.motion, self.stops, self.skeleton, self.fps = motion, stops, skeleton, FPS

    def start(self, seed: Clip, *, number: int, samples: int) -> Any:
        return len(seed), samples

    def step(self, state: Any, *, temperature: float) -> tuple[Step, Any]:
        frame, samples = state
        return self.newest((frame + 1, samples)), (frame + 1, samples)

    def newest(self, state: Any) -> Step:
        frame, samples = state
        return Step(np.repeat(self.motion[None, min(frame - 1, self.stops, len(self.motion) - 1)], samples, axis=0))

    def select(self, state: Any, rows: Any) -> Any:
        return state
