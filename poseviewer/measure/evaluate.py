"""Figures of a model on clips that it did not train on. All errors in centimetres, macro means over actions."""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError, in_one_sentence
from poseviewer.measure.embed.image_embedding import evaluate_image_embedding
from poseviewer.measure.forecast.forecast import forecast_figures
from poseviewer.measure.intervals import interval, resampled_weights
from poseviewer.motion.clip import Clip
from poseviewer.nets.models.load import ClassifierModel, EmbeddingModel, GeneratorModel, load_model
from poseviewer.nets.protocols import Array
from poseviewer.nets.spaces.world import PoseSpace
from poseviewer.train.corpus import cut_at_jumps

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
    clips = _set_aside_by_all([model, *others], _clips(dataset, model, _numbers(dataset, model, split)), dataset, split)
    aside = _aside(model)
    learned = [i for i, info in enumerate(dataset.infos) if info.split == "train" and info.name not in aside]
    held = [i for i, info in enumerate(dataset.infos) if info.name in aside]
    pieces = [[p for clip in _clips(dataset, model, rows) for p in cut_at_jumps(clip)] for rows in (learned, held)]
    return {**_counts(clips, split), **forecast_figures([model, *others], clips, *pieces)}


def evaluate_embedding(
    model: EmbeddingModel, dataset: Dataset, split: str = "test", others: Sequence[EmbeddingModel] = ()
) -> dict[str, Any]:
    """Mean joint error of the decoded posterior's mean; others: the same from other training seeds, to take means.

    Beside it that of PCA with as many dimensions, fitted to the dataset's training split: to the same features, and to
    the joints' positions as they are, which is the best that a linear model can do. Ratios with their intervals
    (paired, bootstrap over clips and seconds).
    """
    models = [model, *others]
    if any(other.size != model.size for other in others):
        raise PoseviewerError(model.path, "", "the others differ from it in their dimensions", "leave them out")
    clips = _set_aside_by_all(models, _clips(dataset, model, _numbers(dataset, model, split)), dataset, split)
    training = _clips(dataset, model, [i for i, info in enumerate(dataset.infos) if info.split == "train"])
    if not training:
        raise PoseviewerError(dataset.name, "", "it has no training clips to fit PCA to", "import it with its split")
    learned = np.concatenate([clip.positions for clip in training])
    positions = PoseSpace.plain(model.skeleton, "heading")
    linear = {
        "pca": (model.space, _axes(model.space.features(learned)[0], model.size)),
        "pca_of_positions": (positions, _axes(positions.features(learned)[0], model.size)),
    }
    errors: dict[str, list[Array]] = {name: [] for name in ("", *linear)}
    for clip in clips:
        errors[""].append(np.mean([_reconstruction_error(one, clip) for one in models], axis=0))
        for name, (space, (mean, axes)) in linear.items():
            features, at = space.features(clip.positions)
            projected = (features - mean) @ axes.T @ axes + mean
            errors[name].append(_error(space.local(projected, at), space.local(features, at)))
    actions = [clip.action for clip in clips]
    told = {**_counts(clips, split), "models": len(models), "latent": model.size, **_beside_pca(errors, actions)}
    seen = {clip.action for clip in training}
    known = [i for i, action in enumerate(actions) if action in seen]
    if 0 < len(known) < len(clips):
        kept = {name: [values[i] for i in known] for name, values in errors.items()}
        told["actions_with_training_clips"] = _beside_pca(kept, [actions[i] for i in known])
    return told


def _axes(x: Array, count: int) -> tuple[Array, Array]:
    """(N,) mean and (count, N) principal axes of features (B, N)."""
    mean = x.mean(axis=0)
    return mean, np.linalg.svd(x - mean, full_matrices=False)[2][:count]


def _reconstruction_error(model: EmbeddingModel, clip: Clip) -> Array:
    """(F,) mean joint error of the decoded posterior's mean, centimetres."""
    features, at = model.space.features(clip.positions)
    decoded = model.decode_features(model.encode_features(features)[0])
    return _error(model.space.local(decoded, at), model.space.local(features, at))


def _seconds(errors: Array) -> Array:
    """(S,) means of a clip's errors (F,) over each of its seconds."""
    return np.array([part.mean() for part in np.array_split(errors, max(1, round(len(errors) / _FPS)))])


def _beside_pca(errors: Mapping[str, list[Array]], actions: Sequence[str]) -> dict[str, Any]:
    """Macro means of errors (F,) of clips, "" the model's, and its ratios to the others'."""
    seconds = {name: [_seconds(values) for values in clips] for name, clips in errors.items()}
    clip_of = [i for i, means in enumerate(seconds[""]) for _ in means]
    second_of = [k for means in seconds[""] for k in range(len(means))]
    weights = resampled_weights([actions[i] for i in clip_of], clip_of, second_of)
    drawn = {name: weights @ np.concatenate(means) for name, means in seconds.items()}
    by_action = {name: _by_action(actions, values) for name, values in errors.items()}
    mean = {name: _macro(figures) for name, figures in by_action.items()}
    low, high = interval(drawn[""])
    told: dict[str, Any] = {
        "mpjpe": mean[""],
        "mean_joint_error": mean[""],
        "mean_joint_error_interval": [round(low, 3), round(high, 3)],
    }
    for name in errors:
        if name:
            low, high = interval(drawn[""] / drawn[name])
            told[f"{name}_mean_joint_error"] = mean[name]
            told[f"ratio_to_{name}"] = round(mean[""] / mean[name], 3)
            told[f"ratio_to_{name}_interval"] = [round(low, 3), round(high, 3)]
    return {**told, "mean_joint_error_by_action": by_action[""]}


def _aside(model: EmbeddingModel | GeneratorModel) -> set[str]:
    """Names of the clips that the model's training set aside to choose by."""
    return set(model.card.trained_on.get("validation_clips", ()))


def _set_aside_by_all(
    models: Sequence[EmbeddingModel | GeneratorModel], clips: Sequence[Clip], dataset: Dataset, split: str
) -> list[Clip]:
    """Of a validation split the clips that none of the models trained on; of another split all."""
    aside = set.intersection(*map(_aside, models))
    kept = [clip for clip in clips if split != "validation" or clip.name in aside]
    if not kept:
        raise PoseviewerError(dataset.name, "", "no clip was set aside by all of the models", "measure each alone")
    return kept


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


def _by_action(actions: Sequence[str], errors: Sequence[Array]) -> dict[str, float]:
    """Means over the frames of each action's clips."""
    frames: dict[str, list[Array]] = defaultdict(list)
    for action, values in zip(actions, errors, strict=True):
        frames[action].append(values)
    return {action: round(float(np.concatenate(values).mean()), 3) for action, values in frames.items()}


def _macro(by_action: Mapping[str, float]) -> float:
    return round(float(np.mean(list(by_action.values()))), 3)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m poseviewer.measure.evaluate", description=__doc__)
    parser.add_argument("models", type=Path, nargs="+", help="one model, or the same from several training seeds")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--split", default="test")
    arguments = parser.parse_args()
    model, *others = (load_model(path) for path in arguments.models)
    if isinstance(model, ClassifierModel) or any(type(other) is not type(model) for other in others):
        parser.error("give embeddings alone, or generators alone")
    with Dataset.open(arguments.data) as dataset:
        if isinstance(model, GeneratorModel):
            told = evaluate_generator(model, dataset, arguments.split, others)
        elif model.skeleton.dims == 2:
            told = evaluate_image_embedding(model, dataset, arguments.split, others)
        else:
            told = evaluate_embedding(model, dataset, arguments.split, others)
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    in_one_sentence(main)
