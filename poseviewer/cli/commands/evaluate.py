"""`poseviewer evaluate`: a model's figures on a dataset's clips."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from poseviewer.cli.asked import SPLIT, add_data, add_json, name, opened, reading, require, require_model
from poseviewer.cli.facts import report

ABOUT = "a model's figures on clips that it did not train on"


def understand(parser: ArgumentParser) -> None:
    parser.description = (
        "A model's figures on the test split of a dataset, or on all clips where it has none, beside those of simple "
        "baselines."
    )
    parser.epilog = (
        "example:\n  poseviewer evaluate classifier.safetensors --data motions.h5 --json\n\n"
        "keys of --json: clips, frames, split; for a classifier: clip_accuracy, balanced_accuracy (mean over\n"
        "actions), each also with _interval (95 %, bootstrap over clips), linear_clip_accuracy,\n"
        "linear_balanced_accuracy (a linear model on statistics of the clips), clip_accuracy_gain_interval,\n"
        "balanced_accuracy_gain_interval (over that one), accuracy_by_action; for embeddings and generators:\n"
        "mpjpe (of 2D poses in percent of the image's height) and more; for generators of 2D poses: mae_skip_1, _2,\n"
        "_4 and pck, each also with copy_last_, constant_velocity_ and ridge_ before it, against_..._skip_N and\n"
        "pck_over_... (paired differences with intervals), floor_mae (the embedding's own error)"
    )
    parser.add_argument("model", type=Path, metavar="MODEL", help="a checkpoint, or an installed model's name")
    add_data(parser)
    parser.add_argument("--split", **SPLIT)
    add_json(parser)


def run(given: Namespace) -> None:
    """Measure a model on a dataset's clips."""
    require_model(given.model)
    require(given.data)
    from poseviewer.measure.figures import figures
    from poseviewer.measure.splits import usual_split
    from poseviewer.nets.models.load import load_model

    model = load_model(given.model)
    with opened(given.data, reading(given)) as dataset:
        split = given.split or usual_split(dataset)
        told = {"file": name(given.model), "data": name(given.data), **figures([model], dataset, split)}
    report(told, given.json)
