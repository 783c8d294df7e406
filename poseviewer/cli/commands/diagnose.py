"""`poseviewer diagnose`: verdicts without a window, and whether they can be trusted."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from poseviewer.cli.asked import add_json, name, require
from poseviewer.cli.facts import report

ABOUT = "whether motion drifts or collapses, and whether that can be trusted"


def understand(parser: ArgumentParser) -> None:
    parser.description = "Verdicts without a window: where motion drifts or collapses, and whether to trust them."
    parser.epilog = (
        "example:\n  poseviewer diagnose --self-test --data motions.h5 --folds 5 --json\n\n"
        "keys of --json with --self-test: clips (judged ones), left_out (names by reason), false_alarms"
    )
    parser.add_argument("--data", type=Path, metavar="D.h5")
    test = parser.add_argument_group("--self-test")
    about = "put known failures into real clips that calibration never saw, and tell what is found"
    test.add_argument("--self-test", action="store_true", help=about)
    folds = "judge every clip, each beside the others of K parts; without it the training split calibrates"
    test.add_argument("--folds", type=_folds, default=0, metavar="K", help=folds)
    add_json(parser)
    parser.set_defaults(refuse=parser.error)


def run(given: Namespace) -> None:
    """Tell whether motion drifts or collapses."""
    if not given.self_test:
        given.refuse("say what to do: --self-test")
    if given.data is None:
        given.refuse("--self-test needs --data D.h5")
    _self_test(given)


def _self_test(given: Namespace) -> None:
    require(given.data)
    from poseviewer.cli.progress import result
    from poseviewer.data.dataset import Dataset
    from poseviewer.measure.verdicts.selftest import self_test

    with Dataset.open(given.data) as dataset:
        told = result(self_test(dataset, given.folds), "self-test")
    report({"data": name(given.data), **told}, given.json)


def _folds(text: str) -> int:
    if not text.isdecimal() or int(text) < 2:
        raise ArgumentTypeError(f"{text!r} is no number of parts; give 2 or more")
    return int(text)
