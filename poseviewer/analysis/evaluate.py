"""Figures of a model on clips that it did not train on. All errors in centimetres, macro means over actions.

Windows of `context` frames in and one second out, every fifth frame; a generator runs at temperature 0. `local`
compares poses in the body's own heading frame, `global` in the world.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.nets.model import EmbeddingModel, GeneratorModel, load_model
from poseviewer.nets.pose_space import PoseSpace, turn
from poseviewer.nets.protocols import Array

MILLISECONDS = (100, 200, 400, 1000)
STRIDE = 5  # frames between the beginnings of two windows
_FPS = 30.0


def evaluate(model: EmbeddingModel | GeneratorModel, dataset: Dataset, split: str = "test") -> dict[str, Any]:
    """Figures by name. split: "test", "train" or "validation", the clips that the model's training set aside.

    Raises PoseviewerError where the split has no clips.
    """
    aside = set(model.card.trained_on.get("validation_clips", ()))
    numbers = [
        i
        for i, info in enumerate(dataset.infos)
        if (info.name in aside if split == "validation" else info.split == split and info.name not in aside)
    ]
    if not numbers:
        raise PoseviewerError(dataset.name, "", f"it has no clips of the split {split!r}", "name another one")
    clips = [dataset.clip(i).onto(model.skeleton).resample(_FPS) for i in numbers]
    figures = _embedding(model, dataset, clips) if isinstance(model, EmbeddingModel) else _generator(model, clips)
    return {"clips": len(clips), "frames": sum(map(len, clips)), "split": split, **figures}


def _embedding(model: EmbeddingModel, dataset: Dataset, clips: Iterable[Clip]) -> dict[str, Any]:
    """Mean joint error of the decoded posterior's mean; beside it that of PCA with as many dimensions, fitted to the
    same features of the dataset's training split.
    """
    training = [i for i, info in enumerate(dataset.infos) if info.split == "train"]
    known = model.space.features(
        np.concatenate([dataset.clip(i).onto(model.skeleton).resample(_FPS).positions for i in training])
    )[0]
    axes = np.linalg.svd(known - known.mean(axis=0), full_matrices=False)[2][: model.size]
    errors: dict[str, list[Array]] = defaultdict(list)
    linear: dict[str, list[Array]] = defaultdict(list)
    for clip in clips:
        features, at = model.space.features(clip.positions)
        projected = (features - known.mean(axis=0)) @ axes.T @ axes + known.mean(axis=0)
        truth = model.space.local(features, at)
        decoded = model.space.local(model.decode_features(model.encode_features(features)[0]), at)
        errors[clip.action].append(_error(decoded, truth))
        linear[clip.action].append(_error(model.space.local(projected, at), truth))
    by_action = _by_action(errors)
    return {
        "mean_joint_error": _macro(by_action),
        "pca_mean_joint_error": _macro(_by_action(linear)),
        "mean_joint_error_by_action": by_action,
    }


def _generator(model: GeneratorModel, clips: Iterable[Clip]) -> dict[str, Any]:
    space = PoseSpace.plain(model.skeleton, "heading")
    horizon = round(MILLISECONDS[-1] * _FPS / 1000)
    rows = [round(ms * _FPS / 1000) - 1 for ms in MILLISECONDS]
    errors: dict[str, dict[str, list[Array]]] = defaultdict(lambda: defaultdict(list))
    for clip in clips:
        for start in range(0, len(clip) - model.context - horizon + 1, STRIDE):
            seed = clip.cut(start, start + model.context)
            truth = clip.positions[start + model.context : start + model.context + horizon]
            made = _continued(model, seed, horizon)
            still = np.repeat(seed.positions[-1:], horizon, axis=0)
            for name, poses in (("mpjpe", made), ("copy_last", still)):
                errors[f"{name}_global"][clip.action].append(_error(poses, truth)[rows])
                errors[f"{name}_local"][clip.action].append(_error(_local(space, poses), _local(space, truth))[rows])
    if not errors:
        raise PoseviewerError(
            model.card.path, "", f"no clip has the {model.context + horizon} frames that a window needs"
        )
    keys = [f"{ms}_ms" for ms in MILLISECONDS]
    figures: dict[str, Any] = {}
    for name, actions in errors.items():
        means = {action: np.mean(values, axis=0) for action, values in actions.items()}
        figures[name] = dict(zip(keys, np.mean(list(means.values()), axis=0).round(2).tolist(), strict=True))
        figures[f"{name}_by_action"] = {action: mean.round(2).tolist() for action, mean in means.items()}
    return figures


def _continued(model: GeneratorModel, seed: Clip, frames: int) -> Array:
    state = model.start(seed)
    poses = []
    for _ in range(frames):
        step, state = model.step(state, temperature=0.0)
        poses.append(step.poses[0])
    return np.stack(poses)


def _local(space: PoseSpace, poses: Array) -> Array:
    return turn(poses - poses[:, [space.skeleton.root]], -space.placement(poses).yaw)


def _error(poses: Array, truth: Array) -> Array:
    """(F,) mean distance of the joints, centimetres."""
    return 100.0 * np.linalg.norm(np.asarray(poses, dtype=np.float64) - truth, axis=-1).mean(axis=-1)


def _by_action(errors: Mapping[str, list[Array]]) -> dict[str, float]:
    return {action: round(float(np.concatenate(values).mean()), 3) for action, values in errors.items()}


def _macro(by_action: Mapping[str, float]) -> float:
    return round(float(np.mean(list(by_action.values()))), 3)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m poseviewer.analysis.evaluate", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--split", default="test")
    arguments = parser.parse_args()
    with Dataset.open(arguments.data) as dataset:
        print(json.dumps(evaluate(load_model(arguments.model), dataset, arguments.split), indent=1))


if __name__ == "__main__":
    main()
