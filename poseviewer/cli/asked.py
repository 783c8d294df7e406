"""What several commands ask alike: arguments, and files that must be there."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from dataclasses import fields
from pathlib import Path
from typing import Any

from poseviewer.errors import PoseviewerError
from poseviewer.text import printable

_LONGEST_PATH = 4096  # letters
SPLIT: dict[str, Any] = {"choices": ("test", "train", "validation"), "help": "validation: what its training set aside"}
"""What is said of `--split`."""


def add_data(parser: ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, metavar="D.h5")


def add_out(parser: ArgumentParser, what: str, about: str | None = None) -> None:
    parser.add_argument("-o", "--out", type=Path, required=True, metavar=what, help=about)


def add_json(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="report as JSON on stdout")


def add_force(parser: ArgumentParser, what: str) -> None:
    parser.add_argument("--force", action="store_true", help=f"{what}; never a file that is read")


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
