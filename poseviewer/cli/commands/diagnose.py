"""`poseviewer diagnose`: verdicts without a window, and whether they can be trusted."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from poseviewer.cli.asked import (
    SPLIT,
    add_force,
    add_json,
    add_reading,
    count,
    name,
    opened,
    reading,
    require,
    require_model,
)
from poseviewer.cli.facts import report

if TYPE_CHECKING:
    from poseviewer.analysis.networks import Through
    from poseviewer.data.dataset import Dataset
    from poseviewer.measure.verdicts.motion import JudgedClip
    from poseviewer.measure.verdicts.rollouts import Judged

_HORIZON, _SEEDS, _SAMPLES, _SPLIT = 300, 64, 2, "test"
ABOUT = "whether motion drifts or collapses, and whether that can be trusted"


def understand(parser: ArgumentParser) -> None:
    parser.description = "Verdicts without a window: where motion drifts or collapses, and whether to trust them."
    parser.epilog = (
        "examples:\n"
        "  poseviewer diagnose generator.safetensors --data motions.h5 --horizon 300 --seeds 64\n"
        "  poseviewer diagnose made.bvh --reference motions.h5 --seed-frames 10 --json\n"
        "  poseviewer diagnose --self-test --data motions.h5 --folds 5 --json\n\n"
        "keys of --json with models: models and controls, rows of name, survival (frames, share with low and high, a\n"
        "95 % band, watched: how many there are; by_action, mean_over_actions, drift and collapse alone, carried_by),\n"
        "first_failure (median, failed, signs), variety (seeds: whether rollouts end alike, found, p and ratios to\n"
        "real variances), actions (kept: share that still shows the seed's action), spectra, frechet (distance of a\n"
        "classifier's features), two_sample_auc (0.5: told from real by chance),\n"
        "statistics (by sign: alarm_share of its frames, median, real_alarm_share, real_p99); with motions: clips,\n"
        "rows of name, verdict, onset (a frame of the clip from 0), statistic, value, reason\n\n"
        "keys of --json with --self-test, by kind of failure (freeze, fade, cycle, noisy_cycle, slide, stretch,\n"
        "noise, jump, joint; same_future: of sets of eight clips), each also with half_ before it for half the\n"
        "strength: injected (clips), auc (score of\n"
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
    files = "generators with --data, files of motions with --reference"
    parser.add_argument("files", nargs="*", type=Path, metavar="MODEL|MOTION", help=files)
    about = "real motion: a dataset, or any file or folder of motions, which is read into memory"
    parser.add_argument("--data", type=Path, metavar="D.h5", help=about)
    parser.add_argument("--horizon", type=count, metavar="N", help=f"frames of each rollout ({_HORIZON})")
    about = f"rollouts' beginnings, dealt over actions ({_SEEDS})"
    parser.add_argument("--seeds", type=count, metavar="N", help=about)
    parser.add_argument("--samples", type=count, metavar="S", help=f"of each seed ({_SAMPLES})")
    parser.add_argument("--split", **SPLIT)
    parser.add_argument("--reference", type=Path, metavar="REAL.h5", help="real motion to judge motions beside")
    about = "a motion is generated from this frame on; where its file says by itself, and otherwise after a second"
    parser.add_argument("--seed-frames", type=count, metavar="K", help=about)
    test = parser.add_argument_group("--self-test")
    about = "put known failures into real clips that calibration never saw, and tell what is found"
    test.add_argument("--self-test", action="store_true", help=about)
    about = "instead: what clips of these actions are called where calibration knows none of each"
    test.add_argument("--leave-out", nargs="+", default=[], metavar="ACTION", help=about)
    folds = "judge every clip, each beside the others of K parts; without it the training split calibrates"
    test.add_argument("--folds", type=_folds, default=0, metavar="K", help=folds)
    about = "let its networks decide too, each clip judged through those that have not learned from it"
    test.add_argument("--model", type=Path, metavar="M", help=about)
    about = "embeddings and classifiers like those, each of which left out other clips"
    test.add_argument("--model-folds", nargs="+", type=Path, default=[], metavar="M", help=about)
    about = "also write a report, one file that needs no other"
    parser.add_argument("--report", type=Path, metavar="R.html", help=about)
    add_force(parser, "replace a file of that name that is no report")
    add_reading(parser)
    add_json(parser)
    parser.set_defaults(refuse=parser.error)


def run(given: Namespace) -> None:
    """Tell whether motion drifts or collapses."""
    _require_fitting(given)
    if given.report is not None:
        _require_report(given)
    if given.files and given.reference is not None:
        return _motions(given)
    if given.files and not given.self_test:
        if given.data is None:
            given.refuse("give --data D.h5 with models, --reference REAL.h5 with motions")
        return _models(given)
    if not given.self_test:
        given.refuse("say what to do: name models or motions, or --self-test")
    if given.data is None:
        given.refuse("--self-test needs --data D.h5")
    _self_test(given)


def _require_fitting(given: Namespace) -> None:
    """Refuse what another of the three things to do would leave unheard."""
    named = (("--leave-out", given.leave_out), ("--folds", given.folds), ("--model", given.model),
             ("--model-folds", given.model_folds))  # fmt: skip
    said = [flag for flag, value in named if value]
    if not given.self_test and said:
        given.refuse(f"{said[0]} is of --self-test")
    if given.self_test and (given.files or given.reference):
        given.refuse("--self-test is of --data alone: name neither models, motions nor --reference")
    if given.leave_out and len(said) > 1:
        given.refuse(f"--leave-out does not go together with {said[1]}")
    if given.model_folds and given.model is None:
        given.refuse("--model-folds needs --model M")
    if given.files and given.data is not None and given.reference is not None:
        given.refuse("give either --data D.h5 with models or --reference REAL.h5 with motions")
    of_models = (("--horizon", given.horizon), ("--seeds", given.seeds), ("--samples", given.samples),
                 ("--split", given.split))  # fmt: skip
    said = [flag for flag, value in of_models if value is not None]
    if said and (given.self_test or given.reference is not None):
        given.refuse(f"{said[0]} is of models, with --data D.h5: leave it out")
    if given.seed_frames is not None and given.reference is None:
        given.refuse("--seed-frames is of motions, with --reference REAL.h5")


def _require_report(given: Namespace) -> None:
    from poseviewer.aside import require_folder
    from poseviewer.cli.reports import REPORT
    from poseviewer.outputs import require_output

    if given.self_test:
        given.refuse("--report is of models or motions, not of --self-test")
    inputs = [path for path in (*given.files, given.data, given.reference) if path is not None]
    require_output(given.report, REPORT, inputs, force=given.force)
    require_folder(given.report)


def _models(given: Namespace) -> None:
    for path in given.files:
        require_model(path)
    require(given.data)
    from poseviewer.cli.progress import result
    from poseviewer.cli.verdicts import diagnosis_tables
    from poseviewer.errors import PoseviewerError
    from poseviewer.measure.verdicts.diagnose import diagnosis
    from poseviewer.nets.models.guarded import kind_of
    from poseviewer.nets.models.load import load_model

    models = []
    for path in given.files:
        model = load_model(path)
        if kind_of(model) != "generator":
            raise PoseviewerError(path, "", "it is no generator", "name another one")
        models.append((path.stem, model))
    with opened(given.data, reading(given)) as dataset:
        kept: list[Judged] | None = None if given.report is None else []
        horizon, seeds, samples = given.horizon or _HORIZON, given.seeds or _SEEDS, given.samples or _SAMPLES
        job = diagnosis(models, dataset, horizon, seeds, samples, given.split or _SPLIT, kept)
        told = {"data": name(given.data), **result(job, "diagnose")}
    report(told if given.json else diagnosis_tables(told), given.json)
    if kept is not None:
        from poseviewer.cli.reports import write_models

        write_models(given.report, told, kept, models[0][1].skeleton)


def _motions(given: Namespace) -> None:
    for path in (*given.files, given.reference):
        require(path)
    from contextlib import ExitStack

    from poseviewer.cli.progress import result
    from poseviewer.cli.verdicts import motion_tables
    from poseviewer.measure.verdicts.motion import motions_judged

    how = reading(given)
    with ExitStack() as open_files:
        files = [(path, open_files.enter_context(opened(path, how))) for path in given.files]
        reference = open_files.enter_context(opened(given.reference))
        kept: list[JudgedClip] | None = None if given.report is None else []
        told = result(motions_judged(files, reference, given.seed_frames, kept), "diagnose")
    report(told if given.json else motion_tables(told), given.json)
    if kept is not None:
        from poseviewer.cli.reports import write_motions

        write_motions(given.report, {**told, "reference": name(given.reference)}, kept)


def _through(given: Namespace, dataset: Dataset) -> Through:
    from poseviewer.analysis.networks import ALONE, Through, networks_of
    from poseviewer.nets.models.load import load_model

    if given.model is None:
        return ALONE
    folds = [load_model(path) for path in given.model_folds]
    return Through.over(dataset, networks_of(load_model(given.model)), folds)


def _self_test(given: Namespace) -> None:
    require(given.data)
    if given.model is not None:
        require_model(given.model)
    for path in given.model_folds:
        require(path)
    from poseviewer.cli.progress import result
    from poseviewer.measure.verdicts.scoring import by_kind
    from poseviewer.measure.verdicts.selftest import self_test

    if given.leave_out:
        from poseviewer.cli.verdicts import left_out_tables
        from poseviewer.measure.verdicts.unusual import left_out

        with opened(given.data, reading(given)) as dataset:
            found = {"data": name(given.data), **result(left_out(dataset, given.leave_out), "self-test")}
        return report(found if given.json else left_out_tables(found), given.json)
    with opened(given.data, reading(given)) as dataset:
        told = result(self_test(dataset, given.folds, through=_through(given, dataset)), "self-test")
    report({"data": name(given.data), **(told if given.json else by_kind(told))}, given.json)


def _folds(text: str) -> int:
    if not text.isdecimal() or int(text) < 2:
        raise ArgumentTypeError(f"{text!r} is no number of parts; give 2 or more")
    return int(text)
