"""Files and folders that are written aside and moved into place only when they are complete."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from poseviewer.errors import PoseviewerError


@contextmanager
def file_aside(out: Path) -> Iterator[Path]:
    """A path beside `out` to write to; renamed to `out` on success, removed on any failure and on cancel."""
    _check_folder(out)
    if out.is_dir():
        raise PoseviewerError(out, "", "it is a folder", "name a file")
    # The suffix stays the last one: libraries choose the format by it.
    part = out.with_name(f".{out.stem}.part-{os.getpid()}{out.suffix}")
    try:
        yield part
        part.replace(out)
    except OSError as error:
        raise PoseviewerError(
            out, "", f"it cannot be written ({error.strerror or error})", "choose another place"
        ) from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def folder_aside(out: Path, pattern: str) -> Iterator[Path]:
    """A folder beside `out` to fill; renamed to `out` on success, removed on any failure and on cancel.

    pattern: what the names of the files inside look like; a folder that already holds anything else is not replaced.
    """
    _check_folder(out)
    if out.exists() and not (out.is_dir() and all(re.fullmatch(pattern, p.name) for p in out.iterdir())):
        raise PoseviewerError(out, "", "it is there and holds other files", "choose another name")
    part = out.with_name(f".{out.name}.part-{os.getpid()}")
    try:
        part.mkdir()
        yield part
        if out.exists():
            shutil.rmtree(out)
        part.rename(out)
    except OSError as error:
        raise PoseviewerError(
            out, "", f"it cannot be written ({error.strerror or error})", "choose another place"
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _check_folder(out: Path) -> None:
    parent = out.absolute().parent
    if not parent.is_dir():
        raise PoseviewerError(out, "", f"the folder {parent} is not there", "make it first")
    if not os.access(parent, os.W_OK):
        raise PoseviewerError(out, "", f"the folder {parent} cannot be written to", "choose another place")
