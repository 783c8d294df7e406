"""What several commands ask alike: arguments, and files that must be there."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poseviewer.data.reading import AS_FOUND, UNITS, UPS, Reading
from poseviewer.errors import PoseviewerError
from poseviewer.text import counted, printable

if TYPE_CHECKING:
    from poseviewer.data.dataset import Dataset

_LONGEST_PATH = 4096  # letters
SPLIT: dict[str, Any] = {"choices": ("test", "train", "validation"), "help": "validation: what its training set aside"}
"""What is said of `--split`."""


def add_data(parser: ArgumentParser) -> None:
    """The motions that a command works on, and how they are read."""
    about = "a dataset, or any file or folder of motions, which is read into memory"
    parser.add_argument("--data", type=Path, required=True, metavar="D.h5", help=about)
    add_reading(parser)


def add_out(parser: ArgumentParser, what: str, about: str | None = None) -> None:
    parser.add_argument("-o", "--out", type=Path, required=True, metavar=what, help=about)


def add_json(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="report as JSON on stdout")


def add_force(parser: ArgumentParser, what: str) -> None:
    parser.add_argument("--force", action="store_true", help=f"{what}; never a file that is read")


def add_reading(parser: ArgumentParser, *, fps: bool = True) -> None:
    """How files are read that do not say it themselves. fps: whether --fps is one of these."""
    group = parser.add_argument_group("what files do not say themselves", "told from the motion where it is not given")
    if fps:
        about = "resample to this rate, and take it where a clip names none or one that limbs cannot have"
        group.add_argument("--fps", type=_rate, metavar="N", help=about)
    about = "what the joints are: a known set, or a .json file with one"
    group.add_argument("--joints", metavar="NAME|FILE", help=about)
    group.add_argument("--up", type=_up, metavar="AXIS", help=f"the axis that points up: {', '.join(UPS)}")
    group.add_argument("--unit", type=_unit, metavar="UNIT", help=f"of positions: {', '.join(UNITS)}")
    group.add_argument("--mean", type=Path, metavar="F.npy", help="what was subtracted from standardised features")
    group.add_argument("--std", type=Path, metavar="F.npy", help="what they were divided by")


def reading(given: Namespace, *, fps: bool = True) -> Reading:
    """What the command line says of files. Raises PoseviewerError where a file or a set that it names is not there."""
    said = {key: value for key, value in fields_given(given, Reading).items() if fps or key != "fps"}
    for key in ("mean", "std"):
        if said.get(key) is not None:
            require(said[key])
    if said.get("joints") is not None:
        from poseviewer.motion.joint_sets import chosen

        chosen(said["joints"])
    return Reading(**said)


def opened(path: Path, how: Reading = AS_FOUND) -> Dataset:
    """The dataset of a file or folder; on stderr what `tell_of` says of it. Raises PoseviewerError."""
    from poseviewer.cli.progress import result
    from poseviewer.data.readers import opening

    dataset = result(opening(path, how), "read")
    tell_of(dataset)
    return dataset


def tell_of(dataset: Dataset) -> None:
    """Say what of the command line had no effect on what was read, and how much could not be read."""
    tell_in_vain(dataset.in_vain)
    if dataset.left_out:
        count = counted(len(dataset.left_out), "file")
        print(f"poseviewer: {count} of {dataset.name} left out, the first: {dataset.left_out[0]}", file=sys.stderr)


def tell_in_vain(told: Mapping[str, str]) -> None:
    """Say what of the command line had no effect on what was read, and why."""
    for option, words in told.items():
        print(f"poseviewer: --{option} was {words}", file=sys.stderr)


def axes_joined(arguments: Sequence[str]) -> list[str]:
    """`--up -z` as `--up=-z`, so that the axis is not taken for an option."""
    joined: list[str] = []
    for argument in arguments:
        if joined and joined[-1] == "--up" and argument in UPS:
            joined[-1] = f"--up={argument}"
        else:
            joined.append(argument)
    return joined


def _up(text: str) -> str:
    return _one_of(text.lower().removeprefix("+"), UPS, "axis that could point up")


def _unit(text: str) -> str:
    return _one_of(text.lower(), UNITS, "unit")


def _one_of(text: str, known: Sequence[str], what: str) -> str:
    if text not in known:
        raise ArgumentTypeError(f"{text!r} is no {what}; give {', '.join(known[:-1])} or {known[-1]}")
    return text


def _rate(text: str) -> float:
    from poseviewer.motion.clip import FASTEST, SLOWEST, is_rate

    rate = number(text)
    if not is_rate(rate):
        raise ArgumentTypeError(f"{text!r} is no frame rate; give {SLOWEST:g} to {FASTEST:g} a second")
    return rate


def setting(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals):
        raise ArgumentTypeError(f"{text!r} is no setting; give KEY=VALUE")
    return key, value


def count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is no number of frames; give 1 or more")
    return int(text)


def number(text: str) -> float:
    """A number, -1 where it is none."""
    try:
        return float(text)
    except ValueError:
        return -1.0


def positive(text: str) -> float:
    if not 0.0 < number(text) < float("inf"):
        raise ArgumentTypeError(f"{text!r} is no number above 0")
    return number(text)


def temperature(text: str) -> float:
    return 0.0 if number(text) == 0.0 else positive(text)


def fields_given(given: Namespace, kind: type) -> dict[str, Any]:
    """What the command line says of the fields of a dataclass, by name."""
    return {field.name: getattr(given, field.name) for field in fields(kind) if field.name in given}


def name(path: Path) -> str:
    """A path as it is printed."""
    return printable(str(path), _LONGEST_PATH)


def require(path: Path) -> None:
    if not path.exists():
        raise PoseviewerError(path, "", "there is no such file or folder", "check the path")
    if not (path.is_file() or path.is_dir()):
        raise PoseviewerError(path, "", "it is not a regular file", "save what it gives as a file and name that")


def require_model(path: Path) -> None:
    """A file, or the name of a model that an installed package offers; a file of that name comes first."""
    from poseviewer.nets.models import foreign

    if path.exists():
        require(path)
    elif not foreign.is_offered(path):
        raise foreign.no_such_model(path)
