"""Figures of a classifier where a split would leave too little: every clip is judged by one that never saw it, though
an embedding below it may have seen its poses, without labels.

The clips of each action are dealt out to five folds, so that an action with fewer than five has each of its clips left
out alone; actions with a single clip are left out. The folds' answers are pooled, and those of several dealings
averaged clip by clip. Beside them stand a linear model's on statistics of the clips, trained on the same folds, with
every action weighing the same as it does in what is measured, and with every clip weighing the same.

Intervals hold 95 % of the figures of clips drawn again and again within their actions (bootstrap); gains are paired.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.classify.clip_statistics import linear_predictions
from poseviewer.measure.intervals import interval, macro_weights, resampled_weights
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import CANONICAL, Skeleton
from poseviewer.nets.checkpoints import checkpoint
from poseviewer.nets.checkpoints.checkpoint import Tensors
from poseviewer.nets.models.building import ARCHITECTURES
from poseviewer.nets.models.embedding import EmbeddingModel
from poseviewer.nets.models.load import ClassifierModel
from poseviewer.progress import Progress
from poseviewer.train.classifier import ClassifierSettings, fit
from poseviewer.train.corpus import FOLDS, Corpus, folds_of
from poseviewer.train.loop import Unfinished, with_settings
from poseviewer.train.run import RECIPES
from poseviewer.train.task import Task

LINEAR = {"linear": True, "unweighted_linear": False}
"""The linear models by name: whether every action weighs the same."""
Answers = dict[str, list[list[str]]]
"""By model ("": the network), for each dealing, what it says of each clip."""


def recipe_figures(
    dataset: Dataset,
    skeleton: str = "humanoid",
    arch: str = "lstm",
    embedding: Path | None = None,
    repeats: int = 1,
    same: Sequence[str] = (),
    settings: Iterable[tuple[str, str]] = (),
) -> dict[str, Any]:
    """What classifiers of a recipe say of a dataset's clips, as `cross_validate` has it.

    settings: fields of the architecture's settings and their values. Raises PoseviewerError where there is no such
    skeleton, architecture or setting, and as `cross_validate` does.
    """
    for name, known in ((skeleton, CANONICAL), (arch, ARCHITECTURES["classifier"])):
        if name not in known:
            raise PoseviewerError(name, "", "it is not known here", f"choose one of {', '.join(known)}")
    body = CANONICAL[skeleton]
    chosen = with_settings(RECIPES["classifier", arch, body.dims].settings, dict(settings))
    return cross_validate([clip.onto(body) for clip in dataset], body, arch, embedding, chosen, repeats, same)


def cross_validate(
    clips: Sequence[Clip],
    skeleton: Skeleton,
    architecture: str,
    embedding: Path | None,
    settings: ClassifierSettings,
    repeats: int = 1,
    same: Sequence[str] = (),
) -> dict[str, Any]:
    """Pooled figures over clips on one skeleton, means of `repeats` dealings, which are numbered on from the seed, as
    the networks are. same: actions which, in a second table of the same answers, count as one.

    Raises PoseviewerError where no two actions have two clips.
    """
    count = Counter(clip.action for clip in clips)
    clips = [clip for clip in clips if count[clip.action] > 1]
    if len({clip.action for clip in clips}) < 2:
        cause = "it needs two actions with two clips each"
        raise PoseviewerError("cross-validation", "", cause, "give a dataset with more")
    model: EmbeddingModel | None = None
    tensors: Tensors = {}
    if embedding is not None:
        card, tensors = checkpoint.load(embedding)
        model = EmbeddingModel(card, card.document, tensors)
    actions = [clip.action for clip in clips]
    answers: Answers = {name: [list(actions) for _ in range(repeats)] for name in ("", *LINEAR)}
    for repeat in range(repeats):
        dealt = replace(settings, seed=settings.seed + repeat)
        fold = folds_of(actions, dealt.seed)
        for number in sorted(set(fold.tolist())):
            training = [clip for clip, mine in zip(clips, fold, strict=True) if mine != number]
            judged = [clip for clip, mine in zip(clips, fold, strict=True) if mine == number]
            classifier = _trained(training, skeleton, architecture, model, tensors, dealt)
            given = {"": [classifier.classes[int(classifier.clip_log_probabilities(c).argmax())] for c in judged]}
            for name, balanced in LINEAR.items():
                given[name] = linear_predictions(training, judged, skeleton, balanced)
            for name, of_each in given.items():
                for i, answer in zip(np.flatnonzero(fold == number), of_each, strict=True):
                    answers[name][repeat][i] = answer
    told: dict[str, Any] = {"clips": len(clips), "classes": len(set(actions)), "folds": FOLDS, "repeats": repeats}
    told |= pooled_figures(actions, answers)
    if same:
        one = {action: " or ".join(same) for action in same}
        renamed = {name: [[one.get(said, said) for said in row] for row in rows] for name, rows in answers.items()}
        told["counted_as_one"] = pooled_figures([one.get(action, action) for action in actions], renamed)
    return told


def pooled_figures(actions: Sequence[str], answers: Answers) -> dict[str, Any]:
    """Figures of what models said of clips of known actions."""
    right = {name: (np.array(rows) == np.array(actions)).mean(axis=0) for name, rows in answers.items()}
    mean = macro_weights(actions)
    drawn = resampled_weights(actions, range(len(actions)), [0] * len(actions))
    told: dict[str, Any] = {
        "clip_accuracy": round(float(right[""].mean()), 4),
        "balanced_accuracy": round(float(mean @ right[""]), 4),
        "balanced_accuracy_interval": interval(drawn @ right[""], 4),
        "balanced_accuracy_by_repeat": [round(float(mean @ np.equal(row, actions)), 4) for row in answers[""]],
    }
    for name in LINEAR:
        gain = right[""] - right[name]
        told |= {
            f"{name}_balanced_accuracy": round(float(mean @ right[name]), 4),
            f"gain_over_{name}": round(float(mean @ gain), 4),
            f"gain_over_{name}_interval": interval(drawn @ gain, 4),
        }
    for name in ("", "linear"):
        by_action = {a: float(right[name][np.equal(actions, a)].mean()) for a in sorted(set(actions))}
        told[f"{name}_accuracy_by_action".lstrip("_")] = {a: round(share, 4) for a, share in by_action.items()}
    wrong = Counter((a, b) for row in answers[""] for a, b in zip(actions, row, strict=True) if a != b)
    told["taken_for"] = {f"{a} for {b}": count for (a, b), count in wrong.most_common()}
    return told


def _trained(
    clips: Sequence[Clip],
    skeleton: Skeleton,
    architecture: str,
    embedding: EmbeddingModel | None,
    tensors: Tensors,
    settings: ClassifierSettings,
) -> ClassifierModel:
    """A classifier of these clips, read back from its checkpoint as every other model is."""
    shown = tuple(clip.resample(settings.fps) for clip in clips)
    corpus = Corpus(shown, (), tuple(clip.name for clip in clips), ())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fold.safetensors"
        unfinished = Unfinished(path.with_suffix(".training"), {})
        task = Task("classifier", architecture, skeleton, unfinished, embedding, tensors)
        for event in fit(corpus, task, settings):
            if not isinstance(event, Progress):
                checkpoint.save(path, *event)
        return ClassifierModel(*checkpoint.load(path))
