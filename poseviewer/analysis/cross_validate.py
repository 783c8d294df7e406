"""Figures of a classifier where a split would leave too little: every clip is judged by a network that never saw it.

The clips of each action are dealt out to five folds, so that an action with fewer than five has each of its clips left
out alone; actions with a single clip are left out. The folds' answers are pooled; beside them stand those of a linear
model on statistics of the clips, trained on the same folds.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.clip_statistics import linear_predictions
from poseviewer.analysis.evaluate_classifier import figures_of
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import CANONICAL, Skeleton
from poseviewer.nets import checkpoint
from poseviewer.nets.checkpoint import Tensors
from poseviewer.nets.corpus import Corpus
from poseviewer.nets.embedding_model import EmbeddingModel
from poseviewer.nets.model import ClassifierModel
from poseviewer.nets.train import ARCHITECTURES
from poseviewer.nets.train_classifier import ClassifierSettings, defaults, fit
from poseviewer.nets.training import with_settings
from poseviewer.progress import Progress

FOLDS = 5


def folds_of(actions: Sequence[str], seed: int) -> NDArray[np.intp]:
    """(N,) the fold of each clip: those of one action are dealt out at random, one after the other."""
    draw = np.random.default_rng([seed, 17])
    fold = np.zeros(len(actions), dtype=np.intp)
    for action in sorted(set(actions)):
        rows = draw.permutation([i for i, other in enumerate(actions) if other == action])
        fold[rows] = np.arange(len(rows)) % FOLDS
    return fold


def cross_validate(
    clips: Sequence[Clip],
    skeleton: Skeleton,
    architecture: str,
    embedding: Path | None,
    settings: ClassifierSettings,
) -> dict[str, Any]:
    """Pooled figures over clips on one skeleton. Raises PoseviewerError where no two actions have two clips."""
    count = Counter(clip.action for clip in clips)
    clips = [clip for clip in clips if count[clip.action] > 1]
    if len({clip.action for clip in clips}) < 2:
        raise PoseviewerError("cross-validation", "", "it needs two actions with two clips each")
    model: EmbeddingModel | None = None
    tensors: Tensors = {}
    if embedding is not None:
        card, tensors = checkpoint.load(embedding)
        model = EmbeddingModel(card, card.document, tensors)
    actions = [clip.action for clip in clips]
    fold = folds_of(actions, settings.seed)
    told, linear = list(actions), list(actions)
    for number in range(FOLDS):
        training = [clip for clip, mine in zip(clips, fold, strict=True) if mine != number]
        judged = [i for i, mine in enumerate(fold) if mine == number]
        classifier = _trained(training, skeleton, architecture, model, tensors, settings)
        theirs = linear_predictions(training, [clips[i] for i in judged], skeleton)
        for i, answer in zip(judged, theirs, strict=True):
            told[i] = classifier.classes[int(classifier.clip_log_probabilities(clips[i]).argmax())]
            linear[i] = answer
    return {"clips": len(clips), "classes": len(set(actions)), "folds": FOLDS, **figures_of(actions, told, linear)}


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
        job = fit(corpus, skeleton, architecture, embedding, tensors, settings, path.with_suffix(".training"), False)
        for event in job:
            if not isinstance(event, Progress):
                checkpoint.save(path, *event)
        return ClassifierModel(*checkpoint.load(path))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m poseviewer.analysis.cross_validate", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--skeleton", default="humanoid", choices=tuple(CANONICAL))
    parser.add_argument("--arch", default="lstm", choices=ARCHITECTURES["classifier"])
    parser.add_argument("--embedding", type=Path, help="classify its latents; raw features without it")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="settings")
    arguments = parser.parse_args()
    changes = dict(setting.split("=", 1) for setting in arguments.settings)
    settings = with_settings(defaults(arguments.arch), changes)
    skeleton = CANONICAL[arguments.skeleton]
    with Dataset.open(arguments.data) as dataset:
        clips = [clip.onto(skeleton) for clip in dataset]
    print(json.dumps(cross_validate(clips, skeleton, arguments.arch, arguments.embedding, settings), indent=1))


if __name__ == "__main__":
    main()
