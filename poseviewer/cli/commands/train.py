"""`poseviewer train`: training a model into a checkpoint."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from poseviewer.cli.asked import add_data, add_force, add_out, name, reading, require, setting, tell_of
from poseviewer.train.architectures import TRAINED

ABOUT = "a model on a dataset"


def understand(parser: ArgumentParser) -> None:
    parser.description = "Train a model on a dataset's training split into one checkpoint."
    parser.epilog = (
        "examples:\n"
        "  poseviewer train embedding --data motions.h5 -o embedding.safetensors --set epochs=40\n"
        "  poseviewer train classifier --data motions.h5 -o classifier.safetensors --space raw --arch lstm\n"
        "  poseviewer train generator --data motions.h5 -o generator.safetensors --embedding embedding.safetensors"
    )
    parser.add_argument("kind", choices=tuple(TRAINED))
    add_data(parser)
    add_out(parser, "M.safetensors")
    add_force(parser, "replace a checkpoint that is there already, and begin an interrupted training anew")
    known = "; ".join(f"{kind}: {', '.join(names)}" for kind, names in TRAINED.items())
    parser.add_argument("--arch", metavar="NAME", help=f"architecture, by default the first for the skeleton; {known}")
    parser.add_argument("--set", action="append", default=[], type=setting, metavar="KEY=VALUE", dest="settings",
                        help="a field of the architecture's settings; may be repeated")  # fmt: skip
    parser.add_argument("--skeleton", default="humanoid", metavar="NAME", help="humanoid or penn13")
    parser.add_argument("--space", choices=("raw", "latent"), default="latent")
    parser.add_argument("--embedding", type=Path, metavar="E", help="what a model of latents stands on")
    further = "go on from where an interrupted training stopped, and write its checkpoint, also over an earlier one"
    parser.add_argument("--resume", action="store_true", help=further)


def run(given: Namespace) -> None:
    """Train a model into a checkpoint."""
    from poseviewer.cli.progress import finish
    from poseviewer.train.run import train as job_of

    require(given.data)
    told = {option: getattr(given, option) for option in ("arch", "skeleton", "space", "embedding", "resume", "force")}
    how = reading(given)
    settings = dict(given.settings)
    job = job_of(given.kind, given.data, given.out, settings=settings, reading=how, opened=tell_of, **told)
    last, seconds = finish(job, "train")
    print(f"wrote {name(given.out)} after {seconds:.0f} s: {last.text}")
