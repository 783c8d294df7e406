"""Figures of an embedding of 3D poses. All errors in centimetres, macro means over actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.intervals import interval, resampled_weights
from poseviewer.measure.splits import split_of
from poseviewer.motion.clip import Clip
from poseviewer.nets.models.embedding import EmbeddingModel
from poseviewer.nets.protocols import Array
from poseviewer.nets.spaces.world import PoseSpace

_FPS = 30.0


def embedding_figures(models: Sequence[EmbeddingModel], dataset: Dataset, split: str = "test") -> dict[str, Any]:
    """Mean joint error of the decoded posterior's mean, of models that differ by their training seed (means over them).

    Beside it that of PCA with as many dimensions, fitted to the dataset's training split: to the same features, and to
    the joints' positions as they are, which is the best that a linear model can do. Ratios with their intervals
    (paired, bootstrap over clips and seconds). Without a training split there is no PCA.

    Raises PoseviewerError where the split has no clips, or the models differ in their dimensions.
    """
    model = models[0]
    if any(other.size != model.size for other in models):
        raise PoseviewerError(model.path, "", "the others differ from it in their dimensions", "leave them out")
    parts = split_of(dataset, split, [one.card for one in models], model.skeleton, _FPS)
    clips, training = parts.judged, parts.training
    linear = {}
    if training:
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
    counts = {"clips": len(clips), "frames": sum(map(len, clips)), "split": split}
    told = {**counts, "models": len(models), "latent": model.size, **_beside_pca(errors, actions)}
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
    told: dict[str, Any] = {
        "mpjpe": mean[""],
        "mean_joint_error": mean[""],
        "mean_joint_error_interval": interval(drawn[""], 3),
    }
    for name in errors:
        if name:
            told[f"{name}_mean_joint_error"] = mean[name]
            told[f"ratio_to_{name}"] = round(mean[""] / mean[name], 3)
            told[f"ratio_to_{name}_interval"] = interval(drawn[""] / drawn[name], 3)
    return {**told, "mean_joint_error_by_action": by_action[""]}


def _error(poses: Array, truth: Array) -> Array:
    """(F,) mean distance of the joints, centimetres."""
    return 100.0 * np.linalg.norm(np.asarray(poses, dtype=np.float64) - truth, axis=-1).mean(axis=-1)


def _by_action(actions: Sequence[str], errors: Sequence[Array]) -> dict[str, float]:
    """Means over the frames of each action's clips."""
    label, frames = np.repeat(actions, list(map(len, errors))), np.concatenate(errors)
    return {action: round(float(frames[label == action].mean()), 3) for action in dict.fromkeys(actions)}


def _macro(by_action: Mapping[str, float]) -> float:
    return round(float(np.mean(list(by_action.values()))), 3)
