"""Where a result may be written: never onto what it is made from, and over somebody's work only where that is said."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from poseviewer.errors import PoseviewerError
from poseviewer.paths import DATASET_SUFFIXES, MODEL_SUFFIX


@dataclass(frozen=True)
class Kind:
    """What is written. name: as a user says it; suffixes: those that fit, lower case; replaces: whether a file that
    lies there is one of its like that can be made again, and so is replaced without a word.
    """

    name: str
    suffixes: tuple[str, ...]
    replaces: Callable[[Path], bool] = lambda _: False


DATASET = Kind("a dataset", DATASET_SUFFIXES)
CHECKPOINT = Kind("a checkpoint", (MODEL_SUFFIX,))


def require_output(out: Path, kind: Kind, inputs: Iterable[Path] = (), *, force: bool = False) -> None:
    """Raise PoseviewerError where `out` must not be written: everything that writes a file of a user's asks here first.

    inputs: what the result is made from. An input is never written to, whatever its path says: links and the case of
    letters lead to the same file. force: the user said that what lies there may go.
    """
    if out.suffix.lower() not in kind.suffixes:
        ending = f"{kind.name} does not end in {out.suffix!r}" if out.suffix else "it has no suffix"
        raise PoseviewerError(out, "", ending, f"give {' or '.join(kind.suffixes)}")
    if out.is_dir():
        raise PoseviewerError(out, "", "it is a folder", "name a file")
    require_no_input(out, inputs)
    if os.path.lexists(out) and not (force or kind.replaces(out)):
        cause = "it is there already and would be lost"
        raise PoseviewerError(out, "", cause, "name another file, or add --force to replace it")


def require_no_input(out: Path, inputs: Iterable[Path]) -> None:
    """Raise PoseviewerError where `out` is one of the files that the result is made from."""
    if any(same_file(out, source) for source in inputs):
        raise PoseviewerError(out, "", "it is one of the files that are read", "name another file to write")


def same_file(a: Path, b: Path) -> bool:
    """Whether two paths lead to one file, through links or by another spelling."""
    try:
        return a.resolve() == b.resolve() or a.samefile(b)
    except (OSError, RuntimeError):  # one of them is not there, or its links go round in a circle
        return False


def lies_in(path: Path, folder: Path) -> bool:
    """Whether a file is one of those that a folder holds, at whatever depth."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return False
