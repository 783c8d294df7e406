"""Figures of a model on clips that it did not train on. All errors in centimetres, macro means over actions."""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from poseviewer.analysis.forecast import forecast_figures
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.nets.corpus import cut_at_jumps
from poseviewer.nets.model import ClassifierModel, EmbeddingModel, GeneratorModel, load_model
from poseviewer.nets.protocols import Array

_FPS = 30.0


def evaluate(model: EmbeddingModel | GeneratorModel, dataset: Dataset, split: str = "test") -> dict[str, Any]:
    """Figures by name; `mpjpe` is one number. split: "test", "train" or "validation", the clips set aside in training.

    Raises PoseviewerError where the split has no clips.
    """
    if isinstance(model, EmbeddingModel):
        return evaluate_embedding(model, dataset, split)
    return evaluate_generator(model, dataset, split)


def evaluate_generator(
    model: GeneratorModel, dataset: Dataset, split: str = "test", others: Sequence[GeneratorModel] = ()
) -> dict[str, Any]:
    """Forecast errors beside the baselines (forecast.py); others: the same from other training seeds, to take means."""
    clips = _clips(dataset, model, _numbers(dataset, model, split))
    aside = _aside(model)
    learned = [i for i, info in enumerate(dataset.infos) if info.split == "train" and info.name not in aside]
    held = [i for i, info in enumerate(dataset.infos) if info.name in aside]
    pieces = [[p for clip in _clips(dataset, model, rows) for p in cut_at_jumps(clip)] for rows in (learned, held)]
    return {**_counts(clips, split), **forecast_figures([model, *others], clips, *pieces)}


def evaluate_embedding(model: EmbeddingModel, dataset: Dataset, split: str = "test") -> dict[str, Any]:
    """Mean joint error of the decoded posterior's mean; beside it that of PCA with as many dimensions, fitted to the
    same features of the dataset's training split.
    """
    clips = _clips(dataset, model, _numbers(dataset, model, split))
    training = [i for i, info in enumerate(dataset.infos) if info.split == "train"]
    known = model.space.features(np.concatenate([clip.positions for clip in _clips(dataset, model, training)]))[0]
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
        **_counts(clips, split),
        "mpjpe": _macro(by_action),
        "mean_joint_error": _macro(by_action),
        "pca_mean_joint_error": _macro(_by_action(linear)),
        "mean_joint_error_by_action": by_action,
    }


def _aside(model: EmbeddingModel | GeneratorModel) -> set[str]:
    """Names of the clips that the model's training set aside to choose by."""
    return set(model.card.trained_on.get("validation_clips", ()))


def _numbers(dataset: Dataset, model: EmbeddingModel | GeneratorModel, split: str) -> list[int]:
    """The clips of a split that the model did not train on."""
    aside = _aside(model)
    numbers = [
        i
        for i, info in enumerate(dataset.infos)
        if (info.name in aside if split == "validation" else info.split == split and info.name not in aside)
    ]
    if not numbers:
        raise PoseviewerError(dataset.name, "", f"it has no clips of the split {split!r}", "name another one")
    return numbers


def _clips(dataset: Dataset, model: EmbeddingModel | GeneratorModel, numbers: Sequence[int]) -> list[Clip]:
    return [dataset.clip(i).onto(model.skeleton).resample(model.fps or _FPS) for i in numbers]


def _counts(clips: Sequence[Clip], split: str) -> dict[str, Any]:
    return {"clips": len(clips), "frames": sum(map(len, clips)), "split": split}


def _error(poses: Array, truth: Array) -> Array:
    """(F,) mean distance of the joints, centimetres."""
    return 100.0 * np.linalg.norm(np.asarray(poses, dtype=np.float64) - truth, axis=-1).mean(axis=-1)


def _by_action(errors: Mapping[str, list[Array]]) -> dict[str, float]:
    return {action: round(float(np.concatenate(values).mean()), 3) for action, values in errors.items()}


def _macro(by_action: Mapping[str, float]) -> float:
    return round(float(np.mean(list(by_action.values()))), 3)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m poseviewer.analysis.evaluate", description=__doc__)
    parser.add_argument("models", type=Path, nargs="+", help="one model, or generators of several training seeds")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--split", default="test")
    arguments = parser.parse_args()
    model, *others = (load_model(path) for path in arguments.models)
    generators = [other for other in others if isinstance(other, GeneratorModel)]
    if isinstance(model, ClassifierModel) or len(generators) < len(others):
        parser.error("give one embedding, or one or several generators")
    with Dataset.open(arguments.data) as dataset:
        if isinstance(model, GeneratorModel):
            told = evaluate_generator(model, dataset, arguments.split, generators)
        else:
            told = evaluate_embedding(model, dataset, arguments.split)
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
