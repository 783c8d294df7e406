"""Whether the long rollouts of a generator of 2D motions stay people in the image: 300 frames from each seed.

Counted over the rollouts: `left`, the middle of the joints is more than a tenth of its half size outside the image;
`frozen`, the joints move by less than 0.001 sizes of the pose a frame over the last hundred frames. Beside them, over
the last hundred frames: the joints' speed, as a share of that of the clips, and the pose's size, as a multiple of the
size in its clip (median, least and largest over the rollouts).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from poseviewer.analysis.rollout import Rollout
from poseviewer.analysis.statistics.joints import JointSpeed, PoseSize
from poseviewer.analysis.statistics.statistic import Judged, over
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.splits import split_of
from poseviewer.motion.clip import Clip
from poseviewer.nets.models.generator import GeneratorModel

FRAMES = 300
SAMPLES = 4
_SEED = 30
_LATE = 100
_STILL = 0.001
_OUTSIDE = 1.1
_EVERY = 6  # clips of a split that are seeds


def image_endurance_figures(
    model: GeneratorModel, dataset: Dataset, split: str = "test", frames: int = FRAMES, temperature: float = 1.0
) -> dict[str, Any]:
    """Figures of rollouts from every sixth clip of a split. Raises PoseviewerError where the split has no clips."""
    parts = split_of(dataset, split, [model.card], model.skeleton, model.fps)
    return image_endurance(model, parts.judged[::_EVERY], frames, temperature)


def image_endurance(
    model: GeneratorModel, clips: Sequence[Clip], frames: int = FRAMES, temperature: float = 1.0
) -> dict[str, Any]:
    """Figures by name of rollouts from the first frames of clips that know their image's size.

    Raises PoseviewerError where one does not.
    """
    left = frozen = count = 0
    sizes: list[float] = []
    speeds: list[float] = []
    real_speeds: list[float] = []
    for clip in clips:
        if clip.image_size is None:
            raise PoseviewerError(clip.name, "", "it does not say how large its image is", "give clips that do")
        rollout = Rollout(model, clip.cut(0, _SEED), samples=SAMPLES, temperature=temperature)
        poses = rollout.step(frames).astype(np.float64)
        ends = np.repeat(rollout.seed.positions[None, -1:], len(poses), axis=0)
        real, made, seed = (
            Judged.of(np.asarray(p, np.float64), model.skeleton, model.fps) for p in (clip.positions, poses, ends)
        )
        own = float(np.nanmedian(over(PoseSize(), real)))
        width, height = clip.image_size
        beyond = np.abs(poses.mean(axis=2)) > _OUTSIDE * np.array([width / height, 1.0]) / 2.0
        speed = over(JointSpeed(), made, seed)[:, 1 - _LATE :].mean(axis=1) / (own * model.fps)
        left += int(beyond.any(axis=(1, 2)).sum())
        frozen += int((speed < _STILL).sum())
        count += len(poses)
        speeds += speed.tolist()
        real_speeds.append(float(np.nanmean(over(JointSpeed(), real))) / (own * model.fps))
        sizes += (over(PoseSize(), made)[:, -_LATE:].mean(axis=1) / own).tolist()
    return {
        "rollouts": count,
        "frames": frames,
        "temperature": temperature,
        "left": left,
        "frozen": frozen,
        "late_speed": round(float(np.median(speeds) / np.median(real_speeds)), 3),
        "late_size": [round(float(np.percentile(sizes, share)), 2) for share in (50, 0, 100)],
    }
