"""Figures of a classifier on clips that it did not train on, beside a linear model on statistics of the clips.

Intervals hold 95 % of the figures of clips drawn again and again from those at hand (bootstrap over clips).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.classify.clip_statistics import linear_predictions
from poseviewer.measure.intervals import RESAMPLES, interval
from poseviewer.measure.splits import split_of
from poseviewer.motion.clip import Clip
from poseviewer.nets.models.classifier import ClassifierModel
from poseviewer.nets.protocols import Array


def classifier_figures(model: ClassifierModel, dataset: Dataset, split: str = "test") -> dict[str, Any]:
    """Figures by name. split: "test", "train" or "validation", the clips that the model's training set aside.

    Clips of actions that the model does not know count as wrong. Raises PoseviewerError where the split has no clips,
    or the model learned from all of them.
    """
    learned = model.card.trained_on
    if learned.get("split") == "all" and learned.get("fingerprint") == dataset.fingerprint():
        cure = "measure how it was trained: poseviewer measure classify"
        raise PoseviewerError(model.path, "", "it learned from every clip of this dataset", cure)
    parts = split_of(dataset, split, [model.card])
    clips, training = parts.judged, parts.unjudged if split != "train" else []
    actions = named_actions(clips, dataset)
    told = [model.classes[int(model.clip_log_probabilities(clip).argmax())] for clip in clips]
    several = len({clip.action for clip in training}) > 1
    linear = linear_predictions(training, clips, model.skeleton) if several else None
    frames = sum(map(len, clips))
    return {"clips": len(clips), "frames": frames, "split": split, **figures_of(actions, told, linear)}


def named_actions(clips: Sequence[Clip], dataset: Dataset) -> list[str]:
    """What clips of a dataset show. Raises PoseviewerError where none of them says it: nothing could be right."""
    actions = [clip.action for clip in clips]
    if not any(actions):
        cause, cure = "none of its clips names its action", "import it with its actions"
        raise PoseviewerError(dataset.name, "", cause, cure)
    return actions


def figures_of(actions: Sequence[str], told: Sequence[str], linear: Sequence[str] | None) -> dict[str, Any]:
    """Accuracies of the answers `told` for clips of known actions, with intervals, and of a linear model's answers."""
    right = np.equal(actions, told)
    drawn = np.random.default_rng(0).integers(len(right), size=(RESAMPLES, len(right)))
    once = np.arange(len(right))[None]
    figures: dict[str, Any] = {
        "clip_accuracy": round(float(right.mean()), 4),
        "clip_accuracy_interval": interval(right[drawn].mean(axis=1), 4),
        "balanced_accuracy": round(float(_balanced(actions, right, once)[0]), 4),
        "balanced_accuracy_interval": interval(_balanced(actions, right, drawn), 4),
    }
    if linear is not None:
        theirs = np.equal(actions, linear)
        gain = _balanced(actions, right, drawn) - _balanced(actions, theirs, drawn)
        figures |= {
            "linear_clip_accuracy": round(float(theirs.mean()), 4),
            "linear_balanced_accuracy": round(float(_balanced(actions, theirs, once)[0]), 4),
            "clip_accuracy_gain_interval": interval((right.astype(float) - theirs)[drawn].mean(axis=1), 4),
            "balanced_accuracy_gain_interval": interval(gain, 4),
        }
    label = np.asarray(actions)
    by_action = {name: round(float(right[label == name].mean()), 4) for name in sorted(set(actions))}
    return {**figures, "accuracy_by_action": by_action}


def _balanced(actions: Sequence[str], right: NDArray[np.bool_], drawn: NDArray[np.integer]) -> Array:
    """(R,) mean over the actions of the share of their clips that are right, in resamples (R, clips)."""
    shares = []
    label = np.asarray(actions)[drawn]
    for name in sorted(set(actions)):
        mine = label == name
        count = mine.sum(axis=1)
        shares.append(np.where(count > 0, (right[drawn] & mine).sum(axis=1) / np.maximum(count, 1), np.nan))
    return np.nanmean(np.stack(shares), axis=0)
