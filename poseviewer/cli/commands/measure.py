"""`poseviewer measure`: the figures of models that their tables hold."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from poseviewer.cli.asked import (
    SPLIT,
    add_data,
    add_json,
    count,
    name,
    opened,
    reading,
    require,
    require_model,
    setting,
    temperature,
)
from poseviewer.cli.facts import report
from poseviewer.measure.table import MEASURES

ABOUT = "what the tables of models hold: forecasts, long rollouts, samples, ..."

_OPTIONS: dict[str, dict[str, Any]] = {
    "split": SPLIT,
    "frames": {"type": count, "metavar": "N", "help": "of each rollout"},
    "temperature": {"type": temperature, "metavar": "T", "help": "1 by default"},
    "skeleton": {"metavar": "NAME", "help": "humanoid or penn13"},
    "arch": {"metavar": "NAME", "help": "of the classifier"},
    "embedding": {"type": Path, "metavar": "E", "help": "classify its latents; raw features without it"},
    "repeats": {"type": count, "metavar": "N", "help": "dealings into folds, each with other random numbers"},
    "same": {"type": lambda text: text.split(","), "metavar": "ACTION,ACTION", "help": "actions that count as one"},
    "settings": {"type": setting, "action": "append", "metavar": "KEY=VALUE", "help": "of the training"},
}
"""What a measure may be told. What is not given is left to its function."""


def understand(parser: ArgumentParser) -> None:
    parser.description = "One kind of figures of a model, as models/README.md has them, beside those of baselines."
    parser.epilog = (
        "examples:\n"
        "  poseviewer measure endurance generator.safetensors --data motions.h5 --frames 3000\n"
        "  poseviewer measure forecast seed1.safetensors seed2.safetensors --data motions.h5 --json\n\n"
        "keys of --json: measure, files, data, and the figures by name"
    )
    kinds = parser.add_subparsers(dest="measure", metavar="MEASURE", required=True)
    for word, measure in MEASURES.items():
        one = kinds.add_parser(word, help=measure.about, description=f"{measure.about[0].upper()}{measure.about[1:]}.",
                               formatter_class=RawDescriptionHelpFormatter)  # fmt: skip
        if measure.models != "none":
            several = "+" if measure.models == "several" else 1
            one.add_argument("models", nargs=several, type=Path, metavar="MODEL", help="checkpoints")
        add_data(one)
        for option in measure.options:
            flag = "set" if option == "settings" else option
            one.add_argument(f"--{flag}", dest=option, default=SUPPRESS, **_OPTIONS[option])
        add_json(one)


def run(given: Namespace) -> None:
    """Work one measure out."""
    measure, paths = MEASURES[given.measure], getattr(given, "models", [])
    for path in paths:
        require_model(path)
    require(given.data)
    from poseviewer.measure.splits import usual_split
    from poseviewer.nets.models.load import load_model

    options = {option: getattr(given, option) for option in measure.options if hasattr(given, option)}
    models = [load_model(path) for path in paths]
    with opened(given.data, reading(given)) as dataset:
        if "split" in measure.options:
            options.setdefault("split", usual_split(dataset))
        figures = measure.figures(models, dataset, **options)
    files = [name(path) for path in paths]
    report({"measure": given.measure, "files": files, "data": name(given.data), **figures}, given.json)
