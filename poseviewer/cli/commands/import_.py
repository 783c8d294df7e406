"""`poseviewer import`: sources into one dataset."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from poseviewer.cli.asked import add_force, add_json, add_out, add_reading, name, reading, require, tell_in_vain
from poseviewer.cli.facts import motion_facts, report
from poseviewer.errors import PoseviewerError

ABOUT = "any supported files and folders -> one dataset"


def understand(parser: ArgumentParser) -> None:
    parser.description = "Read files, folders and .zip archives of any supported format into one dataset."
    parser.epilog = "example:\n  poseviewer import captures/ more.zip -o motions.h5 --fps 30"
    parser.add_argument("sources", nargs="+", type=Path, metavar="SOURCE")
    add_out(parser, "OUT.h5")
    add_force(parser, "replace a dataset that is there already")
    onto = "map every clip onto a canonical skeleton: humanoid or penn13"
    parser.add_argument("--skeleton", metavar="NAME", help=onto)
    add_reading(parser)
    add_json(parser)


def run(given: Namespace) -> None:
    """Read sources into one dataset."""
    from poseviewer.cli.progress import finish
    from poseviewer.data.dataset import Dataset
    from poseviewer.data.importing import import_sources

    for source in given.sources:
        require(source)
    refused: list[PoseviewerError] = []
    in_vain: dict[str, str] = {}
    how = {"skeleton": given.skeleton, "force": given.force, "refused": refused, "in_vain": in_vain}
    finish(import_sources(given.sources, given.out, reading(given), **how), "import")
    tell_in_vain(in_vain)
    with Dataset.open(given.out) as dataset:
        told = {"file": name(given.out), **motion_facts(dataset), "left_out": [error.sentence() for error in refused]}
    report(told, given.json)
