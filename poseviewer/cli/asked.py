"""What several commands ask alike: arguments, and files that must be there."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path

from poseviewer.errors import PoseviewerError
from poseviewer.text import printable

_LONGEST_PATH = 4096  # letters


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


def positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0.0 < number < float("inf"):
        raise ArgumentTypeError(f"{text!r} is no number above 0")
    return number


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
