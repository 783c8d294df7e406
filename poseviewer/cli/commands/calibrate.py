"""`poseviewer calibrate`: what a model's verdicts are measured by, into its checkpoint."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from poseviewer.cli.asked import add_data, add_force, add_json, name, opened, reading, require
from poseviewer.cli.facts import report
from poseviewer.errors import PoseviewerError

ABOUT = "what verdicts are measured by, from real motion into a checkpoint"


def understand(parser: ArgumentParser) -> None:
    parser.description = (
        "Measure real motion on a model's skeleton at its rate (an embedding's: 30 fps), and write what verdicts need\n"
        "of it into the checkpoint, in the place of what was there. Weights and ids stay as they are, bit by bit.\n"
        "Training and validation clips are measured, test clips never; of a dataset that names no such split, half of\n"
        "its clips.\n\n"
        "Verdicts look through networks too: the model's own embedding, else one of its skeleton that lies in its\n"
        "folder, and such a classifier. What these see is measured on clips alone that they have not learned from.\n"
        "Where few remain, train the same networks with --set fold=1 to 5 and name these checkpoints with --folds.\n"
        "A classifier makes no motion, and is not calibrated itself."
    )
    parser.epilog = (
        "example:\n  poseviewer calibrate generator.safetensors --data motions.h5 --folds folds/*.safetensors\n\n"
        "keys of --json: model, data, out, replaced (whether the model itself was written anew), skeleton, fps,\n"
        "clips, frames, halved, looping, left_out (how many clips, by why), bytes, networks (ids, by kind),\n"
        "thresholds (by side), signs (by name: n_eff, the clips that have it, and decides, whether they are enough)"
    )
    parser.add_argument("model", type=Path, metavar="MODEL", help="a checkpoint of a generator or an embedding")
    add_data(parser)
    folds = "embeddings and classifiers like the model's, each of which left out other clips"
    parser.add_argument("--folds", nargs="+", type=Path, default=[], metavar="M", help=folds)
    out = "write a calibrated copy; without it MODEL itself is replaced, when all else is done"
    parser.add_argument("-o", "--out", type=Path, metavar="M.safetensors", help=out)
    add_force(parser, "replace another checkpoint that is there already")
    add_json(parser)


def run(given: Namespace) -> None:
    """Calibrate a model."""
    from poseviewer.aside import require_folder
    from poseviewer.cli.progress import result
    from poseviewer.outputs import CHECKPOINT, require_no_input, require_output, same_file

    if not given.model.exists():
        from poseviewer.nets.models import foreign

        if not foreign.is_offered(given.model):
            raise foreign.no_such_model(given.model)
        cause = "an installed package brings it, and it has no file to be written to"
        raise PoseviewerError(str(given.model), "", cause, "open a dataset beside it: that calibrates it in the window")
    require(given.model)
    for path in (given.data, *given.folds):
        require(path)
    replaced = given.out is None or same_file(given.out, given.model)
    out = given.model.resolve() if replaced else given.out
    if replaced:
        require_no_input(out, [given.data, *given.folds])
    else:
        require_output(out, CHECKPOINT, [given.data, *given.folds], force=given.force)
    require_folder(out)

    from poseviewer.analysis.reference import calibrate
    with opened(given.data, reading(given)) as dataset:
        calibration, motion, size = result(calibrate(given.model, dataset, out, given.folds), "calibrate")
    rows = zip(calibration.signs, calibration.scales, calibration.n_eff, strict=True)
    signs = {sign.name: {"n_eff": int(n), "decides": sign.decides and scale.decides} for sign, scale, n in rows}
    told = {
        "model": name(given.model),
        "data": name(given.data),
        "out": name(out),
        "replaced": replaced,
        "skeleton": calibration.skeleton.name,
        "fps": calibration.fps,
        "clips": calibration.clips,
        "frames": calibration.frames,
        "halved": motion.halved,
        "looping": sum(motion.loops),
        "left_out": dict(motion.left_out),
        "bytes": size,
        "networks": calibration.networks.ids,
        "thresholds": {side: vars(made) for side, made in calibration.thresholds.items()},
        "signs": signs,
    }
    if given.json:
        report(told, True)
        return
    print(motion.sentence)
    pairs = zip(calibration.signs, calibration.scales, strict=True)
    silent = [sign.name for sign, scale in pairs if sign.decides and not scale.decides]
    if silent:
        print(f"Too few clips have {', '.join(silent)}: shown, and not decided by.")
    print(f"wrote {name(out)}" + (", which takes the place of what was read" if replaced else ""))
