"""Figures of another package's model, which speaks poses only: no features, no card, a skeleton of its own.

Errors are mean joint distances in the world, centimetres (percent of the image's height in 2D), means over actions.
Letters: W windows, C context frames, H predicted frames.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.known import known_mean
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.classify.classifier import figures_of, named_actions
from poseviewer.measure.forecast.baselines import constant_velocity, copy_last
from poseviewer.measure.forecast.forecast import CONTEXT, KEYS, MILLISECONDS, STRIDE, continued, too_short
from poseviewer.motion.clip import Clip
from poseviewer.nets.models.guarded import kind_of
from poseviewer.nets.protocols import Array


def foreign_figures(model: Any, dataset: Dataset, split: str = "test") -> dict[str, Any]:
    """Figures by name, of whichever kind the model is. split: "test", "train" or "all".

    Raises PoseviewerError where the split has no clips, or they do not map onto the model's skeleton.
    """
    if split == "validation":
        cause = "another package's model does not say which clips its training set aside"
        raise PoseviewerError(dataset.name, "--split validation", cause, "name test or train")
    numbers = [i for i, info in enumerate(dataset.infos) if split in (info.split, "all")]
    if not numbers:
        raise PoseviewerError(dataset.name, "", f"it has no clips of the split {split!r}", "name another one")
    clips = [dataset.clip(i).onto(model.skeleton) for i in numbers]
    if getattr(model, "fps", None) is not None:
        clips = [clip.resample(model.fps) for clip in clips]
    kind = kind_of(model)
    if kind == "classifier":
        named_actions(clips, dataset)
    measure = _classified if kind == "classifier" else _reconstructed if kind == "embedding" else _forecast
    return {"clips": len(clips), "frames": sum(map(len, clips)), "split": split, **measure(model, clips)}


def _classified(model: Any, clips: Sequence[Clip]) -> dict[str, Any]:
    told = []
    for clip in clips:
        visible = None if clip.visible is None else clip.visible[None]
        mean = model.log_probabilities(clip.positions[None], visible)[0].mean(axis=0)
        told.append(model.classes[int(np.argmax(mean))])
    return figures_of([clip.action for clip in clips], told, None)


def _reconstructed(model: Any, clips: Sequence[Clip]) -> dict[str, Any]:
    """Of the poses that the posterior's mean decodes to."""
    errors = []
    for clip in clips:
        posterior, at = model.encode(clip.positions, clip.visible)
        errors.append(_apart(model.decode(posterior.latent, at).poses, clip.positions))
    actions = [clip.action for clip, error in zip(clips, errors, strict=True) for _ in error]
    mpjpe, by_action = _macro(actions, np.concatenate(errors))
    return {"mpjpe": mpjpe, "mpjpe_by_action": by_action}


def _forecast(model: Any, clips: Sequence[Clip]) -> dict[str, Any]:
    """At temperature 0, ten frames in (more for a model that reads more), beside the two simplest baselines."""
    context = max(model.context, CONTEXT)
    ahead = [max(1, round(ms * model.fps / 1000)) for ms in MILLISECONDS]
    length = context + ahead[-1]
    errors: dict[str, list[Array]] = defaultdict(list)
    actions = []
    for clip in clips:
        for start in range(0, len(clip) - length + 1, STRIDE):
            seed = clip.cut(start, start + context)
            truth = clip.positions[[start + context - 1 + k for k in ahead]]
            seen = seed.positions[None].astype(np.float64)
            errors["mpjpe"].append(_apart(continued(model, seed, ahead[-1])[[k - 1 for k in ahead]], truth))
            errors["copy_last"].append(_apart(copy_last(seen, ahead)[0], truth))
            errors["constant_velocity"].append(_apart(constant_velocity(seen, ahead)[0], truth))
            actions.append(clip.action)
    if not actions:
        raise too_short(length)
    told: dict[str, Any] = {"windows": len(actions)}
    for name, values in errors.items():
        at_times = zip(KEYS, np.stack(values, axis=1), strict=True)
        told[f"{name}_global"] = {key: _macro(actions, then)[0] for key, then in at_times}
    told["mpjpe"] = round(float(np.mean(list(told["mpjpe_global"].values()))), 2)
    return told


def _apart(poses: Array, truth: Array) -> Array:
    """(B,) mean distance of the joints that are known, of poses (B, J, D); NaN where none is."""
    return known_mean(100.0 * np.linalg.norm(np.asarray(poses, dtype=np.float64) - truth, axis=-1))


def _macro(actions: Sequence[str], errors: Array) -> tuple[float, dict[str, float]]:
    """The mean over actions of errors (B,), and those of each; what is not known is left out."""
    known: NDArray[np.bool_] = np.asarray(np.isfinite(errors))
    label, errors = np.array(actions)[known], errors[known]
    by_action = {name: round(float(errors[label == name].mean()), 3) for name in sorted(set(label.tolist()))}
    return round(float(np.mean(list(by_action.values()))), 3), by_action
