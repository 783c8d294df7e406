"""What the command line understands. Only the parser of the command at hand is built."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from poseviewer.cli import commands
from poseviewer.errors import PoseviewerError
from poseviewer.export import SUFFIXES

_OVERVIEW = """\
An oscilloscope for human-motion generators: poses, their latent space, and what a network makes of them.
Without a command it opens the window on the files given, or on the demo.

commands (each has --help with an example):
  info      what a dataset, a motion file or a checkpoint holds
  import    any supported files and folders -> one dataset
  export    a clip, or what a model makes of it -> film, pictures, BVH, arrays
  train     a model on a dataset
  evaluate  a model's figures on clips that it did not train on
  doctor    what works on this machine, and what to install
"""


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line as a namespace whose `run` does it. Ends by SystemExit(2) on wrong usage, (0) after --help."""
    if arguments and arguments[0] in COMMANDS:
        parser = argparse.ArgumentParser(
            prog=f"poseviewer {arguments[0]}", formatter_class=argparse.RawDescriptionHelpFormatter
        )
        COMMANDS[arguments[0]](parser)
        return parser.parse_args(arguments[1:])
    parser = argparse.ArgumentParser(
        prog="poseviewer",
        usage="poseviewer [FILE ...] [--watch DIR]\n       poseviewer COMMAND ... [--help]",
        description=_OVERVIEW,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="example:\n  poseviewer walks.bvh generator.safetensors",
    )
    parser.add_argument("files", nargs="*", type=_there, metavar="FILE", help="datasets, motion files, checkpoints")
    parser.add_argument(
        "--watch", type=Path, metavar="DIR", help="reload the newest checkpoint of a training run's folder"
    )
    parser.add_argument("--version", action="version", version=_version())
    parser.set_defaults(run=commands.window)
    return parser.parse_args(arguments)


def _version() -> str:
    from poseviewer import __version__

    return f"poseviewer {__version__}"


def _info(parser: argparse.ArgumentParser) -> None:
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
    _add_json(parser)
    parser.set_defaults(run=commands.info)


def _import(parser: argparse.ArgumentParser) -> None:
    parser.description = "Read files, folders and .zip archives of any supported format into one dataset."
    parser.epilog = "example:\n  poseviewer import captures/ more.zip -o motions.h5 --fps 30"
    parser.add_argument("sources", nargs="+", type=Path, metavar="SOURCE")
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="OUT.h5")
    _add_force(parser, "replace a dataset that is there already")
    parser.add_argument("--fps", type=_rate, help="resample to this rate, and take it where a clip names none")
    parser.add_argument(
        "--skeleton", metavar="NAME", help="map every clip onto a canonical skeleton: humanoid or penn13"
    )
    _add_json(parser)
    parser.set_defaults(run=commands.import_)


def _export(parser: argparse.ArgumentParser) -> None:
    parser.description = "Draw a clip, or a clip with what a model makes of it, without a window; or write it as data."
    parser.epilog = (
        "examples:\n"
        "  poseviewer export walks.bvh -o walk.mp4 --seconds 10\n"
        "  poseviewer export walks.bvh -o guess.gif --model generator.safetensors --generate 50\n"
        "  poseviewer export walks.bvh -o figure.png --frames 30:31 --transparent --no-captions --no-legend\n\n"
        "several .png pictures become a folder of numbered ones; a gif has 256 colours, and its frames last whole\n"
        "hundredths of a second, which differ so that it is as long as its motion"
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a dataset or a motion file")
    parser.add_argument(
        "-o", "--out", type=Path, required=True, metavar="OUT", help=f"ends in one of {' '.join(SUFFIXES)}"
    )
    _add_force(
        parser, "replace a motion file that is no export of poseviewer; films, pictures and exports are replaced anyway"
    )
    parser.add_argument("--clip", metavar="NAME", help="which clip of the file; the first one by default")
    parser.add_argument("--size", type=_size, metavar="WxH", help="pixels; 1280x720 by default, 640x360 of a gif")
    parser.add_argument("--frames", type=_range, default=(None, None), metavar="A:B", help="frames A to B-1, from 0")
    parts = "motion: seed and rollout, or the clip where there is none (default); the rollout alone; the clip alone"
    parser.add_argument("--part", choices=("motion", "generated", "clip"), default="motion", help=parts)
    parser.add_argument("--seconds", type=_positive, metavar="S", help="how long; a looping clip is carried on")
    parser.add_argument("--fps", type=_positive, metavar="N", help="pictures a second; as the motion by default")
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    parser.add_argument("--transparent", action="store_true", help="no background: webm, apng, gif (hard edges), png")
    parser.add_argument(
        "--skins", action=argparse.BooleanOptionalAction, help="earlier poses, fading; with --model by default"
    )
    for name, what in _DRAWN.items():
        parser.add_argument(f"--no-{name}", action="store_false", dest=name, help=f"leave out {what}")
    goes_on = "a generator that goes on from the clip: a checkpoint, or an installed model's name"
    parser.add_argument("--model", type=Path, metavar="CKPT", help=goes_on)
    parser.add_argument("--generate", type=_count, metavar="N", help="how many frames it adds; 50 by default")
    parser.add_argument(
        "--seed-frames", type=_count, metavar="K", help="it is given only the first K frames of the clip"
    )
    _add_json(parser)
    parser.set_defaults(run=commands.export)


_DRAWN = {
    "labels": "the numbers beside the feet",
    "captions": "the words in the upper left corner, and the scale",
    "legend": "what the colours mean",
    "trails": "the trails of pinned joints",
    "truth": "the clip's own frames beside generated ones",
    "ground": "ground and shadows",
}
"""What is drawn beside the figure unless it is left out."""


def _train(parser: argparse.ArgumentParser) -> None:
    parser.description = "Train a model on a dataset's training split into one checkpoint."
    parser.epilog = (
        "examples:\n"
        "  poseviewer train embedding --data motions.h5 -o embedding.safetensors --set epochs=40\n"
        "  poseviewer train classifier --data motions.h5 -o classifier.safetensors --space raw --arch lstm\n"
        "  poseviewer train generator --data motions.h5 -o generator.safetensors --embedding embedding.safetensors"
    )
    parser.add_argument("kind", choices=("embedding", "classifier", "generator"))
    parser.add_argument("--data", type=Path, required=True, metavar="D.h5")
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="M.safetensors")
    _add_force(parser, "replace a checkpoint that is there already, and begin an interrupted training anew")
    parser.add_argument("--arch", metavar="NAME", help="architecture; each kind has its default")
    parser.add_argument("--set", action="append", default=[], type=_setting, metavar="KEY=VALUE", dest="settings",
                        help="a field of the architecture's settings; may be repeated")  # fmt: skip
    parser.add_argument("--skeleton", default="humanoid", metavar="NAME", help="humanoid or penn13")
    parser.add_argument("--space", choices=("raw", "latent"), default="latent")
    parser.add_argument("--embedding", type=Path, metavar="E", help="what a model of latents stands on")
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on from where an interrupted training stopped, and write its checkpoint, also over an earlier one",
    )
    parser.set_defaults(run=commands.train)


def _evaluate(parser: argparse.ArgumentParser) -> None:
    parser.description = "A model's figures on one split of a dataset, beside those of simple baselines."
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
    parser.add_argument("--data", type=Path, required=True, metavar="D.h5")
    parser.add_argument(
        "--split",
        default="test",
        choices=("test", "train", "validation"),
        help="validation: what its training set aside",
    )
    _add_json(parser)
    parser.set_defaults(run=commands.evaluate)


def _doctor(parser: argparse.ArgumentParser) -> None:
    parser.description = "Say what works on this machine and what to install. Exit code 0 where export works."
    parser.epilog = "example:\n  poseviewer doctor --json\n\nkeys of --json: can_export, checks (name, ok, found, cure)"
    _add_json(parser)
    parser.set_defaults(run=commands.doctor)


COMMANDS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "info": _info,
    "import": _import,
    "export": _export,
    "train": _train,
    "evaluate": _evaluate,
    "doctor": _doctor,
}


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="report as JSON on stdout")


def _add_force(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--force", action="store_true", help=f"{what}; never a file that is read")


def _there(text: str) -> Path:
    """A path that leads somewhere; one that may not be looked at is left to whoever opens it."""
    path = Path(text)
    try:
        there = path.exists()
    except OSError:
        there = True
    if not there:
        raise argparse.ArgumentTypeError(f"{text}: there is no such file or command; see `poseviewer --help`")
    return path


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is no size; give one like 1280x720")
    from poseviewer.export.options import Options

    size = int(width), int(height)
    try:
        Options(size)
    except PoseviewerError as error:
        raise argparse.ArgumentTypeError(f"{error.cause}; {error.cure}") from error
    return size


def _range(text: str) -> tuple[int | None, int | None]:
    first, colon, last = text.partition(":")
    if not colon or not all(part == "" or part.isdecimal() for part in (first, last)):
        raise argparse.ArgumentTypeError(f"{text!r} is no range; give one like 0:90, 30: or :90")
    return (int(first) if first else None), (int(last) if last else None)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of frames; give 1 or more")
    return int(text)


def _rate(text: str) -> float:
    from poseviewer.motion.clip import FASTEST, SLOWEST, is_rate

    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not is_rate(number):
        raise argparse.ArgumentTypeError(f"{text!r} is no frame rate; give {SLOWEST:g} to {FASTEST:g} a second")
    return number


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0.0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return number


def _setting(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals):
        raise argparse.ArgumentTypeError(f"{text!r} is no setting; give KEY=VALUE")
    return key, value
