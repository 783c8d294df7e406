"""Whether a generator's long rollouts stay within what real motion does: 3,000 frames from each seed.

Compared with the training split of a dataset (yardstick.py): motion power, jerk and power spectrum of each window of 64
frames, the distance to the nearest training pose beside that of real test poses, bones, and how much the poses of all
seeds differ after 1,000 frames. Seeds: the demo's clips and the dataset's test clips.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from poseviewer import paths
from poseviewer.analysis.rollout import Rollout
from poseviewer.analysis.statistics.ground import is_flown
from poseviewer.analysis.statistics.power import is_frozen
from poseviewer.analysis.statistics.statistic import Judged
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.forecast.yardstick import STATISTICS, WINDOW, Yardstick
from poseviewer.measure.splits import pieces, split_of
from poseviewer.motion.clip import Clip
from poseviewer.nets.models.generator import GeneratorModel
from poseviewer.nets.protocols import Array
from poseviewer.nets.spaces.world import bone_lengths

FRAMES = 3000
LATE = 1000  # frame at which the seeds' poses are compared
_SAME = 1e-4  # metres: nearer than that, poses are the same
_THINNED = 10  # every so many frames are held against the training poses


def endurance_figures(
    model: GeneratorModel, dataset: Dataset, split: str = "test", frames: int = FRAMES, temperature: float = 1.0
) -> dict[str, Any]:
    """Figures of rollouts from the demo's clips and from those of a split, beside the dataset's training split.

    Raises PoseviewerError where the split has no clips, none of an action with training clips, or frames are too few.
    """
    if frames < WINDOW:
        raise PoseviewerError("frames", "", f"{frames} are fewer than a window has", f"give {WINDOW} or more")
    parts = split_of(dataset, split, [model.card], model.skeleton, model.fps)
    learned, known = pieces(parts.learned), {clip.action for clip in parts.training}
    held = [clip for clip in parts.judged if clip.action in known]
    if not held or max(map(len, learned), default=0) < WINDOW:
        cause = f"it has no training clips of the actions that are judged, {WINDOW} frames long"
        raise PoseviewerError(dataset.name, "", cause, "import it with its split")
    yardstick = Yardstick.of(learned, model.skeleton, model.fps)
    with Dataset.open(paths.demo()) as demo:
        return endurance(model, [*demo, *parts.judged], yardstick, held, frames, temperature)


def endurance(
    model: GeneratorModel,
    seeds: Sequence[Clip],
    yardstick: Yardstick,
    held: Sequence[Clip],
    frames: int = FRAMES,
    temperature: float = 1.0,
) -> dict[str, Any]:
    """Figures over all seeds and by seed. held: real clips that the model did not train on."""
    by_seed: dict[str, Any] = {}
    values, distances, late = [], [], []
    bones = 0.0
    for number, seed in enumerate(seeds):
        rollout = Rollout(model, seed, number=number, temperature=temperature)
        rollout.step(frames)
        motion = np.asarray(rollout.poses[0], dtype=np.float64)
        judged = Judged.of(motion, model.skeleton, model.fps)
        statistics, nearest = yardstick.windows(motion), yardstick.nearest(motion[::_THINNED])
        bones = max(bones, _stretch(motion, rollout.seed.positions[-1:], model))
        late.append(yardstick.body(motion[min(LATE, frames) - 1 : min(LATE, frames)])[0])
        values.append(statistics)
        distances.append(nearest)
        by_seed[seed.name] = {
            "inside_share": round(float(yardstick.inside(statistics).mean()), 3),
            "frozen": bool(is_frozen(judged)[0]),
            "flown": bool(is_flown(judged)[0]),
            **_named(np.median(statistics, axis=0)),
            "nearest_cm": round(100 * float(np.median(nearest)), 2),
        }
    everything = np.concatenate(values)
    within = (everything >= yardstick.low) & (everything <= yardstick.high)
    real = np.concatenate([yardstick.nearest(clip.positions) for clip in held])
    made, found = float(np.median(np.concatenate(distances))), float(np.median(real))
    return {
        "rollouts": len(seeds),
        "frames": frames,
        "frozen": sum(row["frozen"] for row in by_seed.values()),
        "flown": sum(row["flown"] for row in by_seed.values()),
        "windows_inside_share": round(float(yardstick.inside(everything).mean()), 4),
        "windows_inside_share_by_statistic": _named(within.mean(axis=0)),
        "medians": _named(np.median(everything, axis=0)),
        "real": {"low": _named(yardstick.low), "medians": _named(yardstick.median), "high": _named(yardstick.high)},
        "nearest_training_pose_cm": round(100 * made, 3),
        "real_nearest_training_pose_cm": round(100 * found, 3),
        "nearest_ratio": round(made / max(found, _SAME), 3),
        "largest_bone_change": round(bones, 5),
        "late_pose_variance_ratio": round(float(np.var(late, axis=0).sum()) / yardstick.variance, 3),
        "seeds": by_seed,
    }


def _stretch(motion: Array, seed: Array, model: GeneratorModel) -> float:
    """The largest change of a bone's length against the seed's pose (1, J, 3), as a share of it."""
    before, after = bone_lengths(seed, model.skeleton)[0], bone_lengths(motion, model.skeleton)
    limbs = before > 0.01
    return float((np.abs(after - before)[:, limbs] / before[limbs]).max())


def _named(values: Array) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in zip(STATISTICS, values, strict=True)}
