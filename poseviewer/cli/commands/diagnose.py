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
        "keys of --json with --self-test, by kind of failure (freeze, fade, cycle, noisy_cycle, slide, stretch,\n"
        "noise, jump, joint), each also with half_ before it for half the strength: injected (clips), auc (score of\n"
        "the failure's side after its onset, against the same clips untouched over the same frames; mean over actions\n"
        "in 3D and with --folds, else all clips at once), auc_macro, auc_pooled, detected (share, at the shipped\n"
        "rule), delay (median frames from the onset to the alarm; null where half or more are missed), named_onset\n"
        "(median frames from the true onset to the one that the verdict names), told_apart (of what is found, the\n"
        "share whose own side is first). At full strength alone: periods (delay in periods of a cycle), false_alarms\n"
        "(share of the same clips untouched that alarm on that side after the onset), told_apart_overall. Of real\n"
        "clips: clips, frames, minutes, false_alarms_overall (drift, collapse, either: clips, frames, each a share\n"
        "and also with _interval (95 %), per_minute), false_alarms_by_action, false_alarms_named, left_out (names by\n"
        "reason)"
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
    from poseviewer.measure.verdicts.scoring import by_kind
    from poseviewer.measure.verdicts.selftest import self_test

    with Dataset.open(given.data) as dataset:
        told = result(self_test(dataset, given.folds), "self-test")
    report({"data": name(given.data), **(told if given.json else by_kind(told))}, given.json)


def _folds(text: str) -> int:
    if not text.isdecimal() or int(text) < 2:
        raise ArgumentTypeError(f"{text!r} is no number of parts; give 2 or more")
    return int(text)
