"""`poseviewer info`: what a dataset, a motion file, a checkpoint or an installed model holds."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from poseviewer.cli.asked import add_json, add_reading, name, opened, reading, require_model
from poseviewer.cli.facts import foreign_facts, model_facts, motion_facts, report
from poseviewer.paths import MODEL_SUFFIX

ABOUT = "what a dataset, a motion file or a checkpoint holds"


def understand(parser: ArgumentParser) -> None:
    parser.description = "What a dataset, a motion file, a folder of them, a checkpoint or an installed model holds."
    parser.epilog = (
        "example:\n  poseviewer info walks.bvh --json\n\n"
        "keys of --json for motions: clips (how many), frames (in all), joints (of the largest skeleton), fps (null\n"
        "where clips differ), skeletons (name, joints, dims, clips), actions, splits (clips of each), names, licence,\n"
        "provenance; for a checkpoint: kind, architecture, config (sizes), skeleton, joints, fps, classes (of a\n"
        "classifier), latent, representation, context, stochastic, generation (how a generator draws), parameters,\n"
        "embedding_id (of what it stands on), trained_on, metrics; for a model of an installed\n"
        "package: kind, package, entry_point, skeleton, joints, fps,\n"
        "latent, context, stochastic, window, classes, embedding_id (null where its kind has none)"
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a file, or the name of an installed model")
    add_reading(parser)
    add_json(parser)


def run(given: Namespace) -> None:
    """Tell what a dataset, a motion file, a checkpoint or an installed model holds."""
    from poseviewer.nets.models import foreign

    require_model(given.file)
    if foreign.is_offered(given.file):
        told = foreign_facts(foreign.card_of(str(given.file), foreign.load(str(given.file))))
    elif given.file.suffix.lower() == MODEL_SUFFIX:
        from poseviewer.nets.checkpoints.checkpoint import describe

        told = model_facts(describe(given.file))
    else:
        with opened(given.file, reading(given)) as dataset:
            told = motion_facts(dataset)
    told = {"file": name(given.file), **told}
    report(told, given.json)
