"""Whether the long rollouts of a generator of 2D motions stay people in the image: 300 frames from each seed.

Counted over the rollouts: `left`, the middle of the joints is more than a tenth of its half size outside the image;
`frozen`, the joints move by less than 0.001 sizes of the pose a frame over the last hundred frames. Beside them, over
the last hundred frames: the joints' speed, as a share of that of the clips, and the pose's size, as a multiple of the
size in its clip (median, least and largest over the rollouts).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from poseviewer.analysis.rollout import Rollout
from poseviewer.data.dataset import Dataset
from poseviewer.errors import in_one_sentence
from poseviewer.motion.clip import Clip
from poseviewer.nets.models.generator import GeneratorModel
from poseviewer.nets.models.load import load_generator
from poseviewer.nets.protocols import Array

FRAMES = 300
SAMPLES = 4
_SEED = 30
_LATE = 100
_STILL = 0.001
_OUTSIDE = 1.1
_EVERY = 6  # validation clips that are seeds


def image_endurance(
    model: GeneratorModel, clips: Sequence[Clip], frames: int = FRAMES, temperature: float = 1.0
) -> dict[str, Any]:
    """Figures by name of rollouts from the first frames of clips that know their image's size."""
    left = frozen = count = 0
    sizes: list[float] = []
    speeds: list[float] = []
    real_speeds: list[float] = []
    for clip in clips:
        assert clip.image_size is not None
        rollout = Rollout(model, clip.cut(0, _SEED), samples=SAMPLES, temperature=temperature)
        poses = rollout.step(frames).astype(np.float64)
        real = np.asarray(clip.positions, dtype=np.float64)
        own = float(np.nanmedian(_size(real)))
        width, height = clip.image_size
        beyond = np.abs(poses.mean(axis=2)) > _OUTSIDE * np.array([width / height, 1.0]) / 2.0
        speed = _speed(poses[:, -_LATE:]).mean(axis=(1, 2)) / own
        left += int(beyond.any(axis=(1, 2)).sum())
        frozen += int((speed < _STILL).sum())
        count += len(poses)
        speeds += speed.tolist()
        real_speeds.append(float(np.nanmean(_speed(real))) / own)
        sizes += (_size(poses[:, -_LATE:]).mean(axis=1) / own).tolist()
    return {
        "rollouts": count,
        "frames": frames,
        "temperature": temperature,
        "left": left,
        "frozen": frozen,
        "late_speed": round(float(np.median(speeds) / np.median(real_speeds)), 3),
        "late_size": [round(float(np.percentile(sizes, share)), 2) for share in (50, 0, 100)],
    }


def _size(poses: Array) -> Array:
    """(...) root mean square distance of the joints of poses (..., J, 2) from their middle; NaN are left out."""
    middle = np.nanmean(poses, axis=-2, keepdims=True)
    return np.sqrt(np.nanmean(((poses - middle) ** 2).sum(axis=-1), axis=-1))


def _speed(poses: Array) -> Array:
    """(..., F - 1, J) how far the joints of poses (..., F, J, 2) move from frame to frame."""
    return np.linalg.norm(np.diff(poses, axis=-3), axis=-1)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m poseviewer.measure.forecast.image_endurance", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--temperature", type=float, default=1.0)
    arguments = parser.parse_args()
    model = load_generator(arguments.model, 2)
    aside = set(model.card.trained_on.get("validation_clips", ()))
    with Dataset.open(arguments.data) as dataset:
        seeds = [i for i, info in enumerate(dataset.infos) if info.name in aside][::_EVERY]
        clips = [dataset.clip(i).onto(model.skeleton).resample(model.fps) for i in seeds]
    print(json.dumps(image_endurance(model, clips, temperature=arguments.temperature), indent=1))


if __name__ == "__main__":
    in_one_sentence(main)
