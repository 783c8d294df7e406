"""Files and folders that are written beside their place and moved there only when they are complete.

A part's name carries its machine and process, so that what a dead process left behind is removed by the next one that
writes in that folder.
"""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path

from poseviewer.errors import PoseviewerError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_LONGEST_STEM = 40  # letters of the target's name in its part's, which must stay below 255 bytes
_HERE = hashlib.blake2b(platform.node().encode(errors="replace"), digest_size=4).hexdigest()
_PART = re.compile(rf"\..*\.part-{_HERE}-(\d{{1,9}})-\d+(\.[^.]*)?")
_numbers = count()


@contextmanager
def file_aside(out: Path) -> Iterator[Path]:
    """A path beside `out` to write to; renamed to `out` on success, removed on any failure and on cancel.

    Raises PoseviewerError where it cannot be written, with the disk where that one is full.
    """
    require_folder(out)
    part = _part_of(out, out.suffix)  # which stays the last one: libraries choose the format by it
    try:
        if out.is_dir():
            raise PoseviewerError(out, "", "it is a folder", "name a file")
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())  # what is still in the system's memory may yet find the disk full
        part.replace(out)
    except OSError as error:
        raise unwritable(out, error) from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def folder_aside(out: Path, pattern: str) -> Iterator[Path]:
    """A folder beside `out` to fill; renamed to `out` on success, removed on any failure and on cancel.

    pattern: what the names of the files inside look like; a folder that already holds anything else is not replaced.
    Raises PoseviewerError where it cannot be written, with the disk where that one is full.
    """
    require_folder(out)
    require_own_folder(out, pattern)
    part = _part_of(out, "")
    try:
        part.mkdir()
        yield part
        if out.exists():
            shutil.rmtree(out)
        part.rename(out)
    except OSError as error:
        raise unwritable(out, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def unwritable(out: Path, error: OSError) -> PoseviewerError:
    """Why a file could not be written, as a sentence."""
    folder = out.absolute().parent
    if error.errno in _FULL:
        return PoseviewerError(out, "", f"the disk of {folder} is full{_room(folder)}", "make room or choose another")
    if error.errno == errno.EROFS:
        return PoseviewerError(out, "", f"the disk of {folder} can only be read", "choose another folder")
    if error.errno == errno.EFBIG:
        return PoseviewerError(out, "", "it grows larger than a file may be here", "write less into it")
    return PoseviewerError(out, "", f"it cannot be written ({error.strerror or error})", "choose another place")


def _room(folder: Path) -> str:
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return ""
    return f" ({usage.free >> 20} of {usage.total >> 20} MB are free)"


def _part_of(out: Path, suffix: str) -> Path:
    _remove_forsaken(out.absolute().parent)
    stem = out.stem if suffix else out.name
    return out.with_name(f".{stem[:_LONGEST_STEM]}.part-{_HERE}-{os.getpid()}-{next(_numbers)}{suffix}")


@cache
def _remove_forsaken(folder: Path) -> None:
    """Remove the parts that dead processes of this machine left in a folder; looked for once a run."""
    for path in folder.glob(".*.part-*"):
        found = _PART.fullmatch(path.name)
        if found is None or _lives(int(found[1])):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):  # it is somebody else's and only takes room
                path.unlink(missing_ok=True)


def _lives(process: int) -> bool:
    if os.name == "nt":  # where a signal of 0 would end it, and an open file cannot be removed anyway
        return process == os.getpid()
    try:
        os.kill(process, 0)
    except OSError as error:
        return not isinstance(error, ProcessLookupError)  # but one that is somebody else's
    return True


def require_own_folder(out: Path, pattern: str) -> None:
    """Raise PoseviewerError where something is at `out` that is no folder of files whose names fit the pattern."""
    try:
        own = not out.exists() or (out.is_dir() and all(re.fullmatch(pattern, p.name) for p in out.iterdir()))
    except OSError as error:
        cause = f"it cannot be looked into ({error.strerror or error})"
        raise PoseviewerError(out, "", cause, "choose another name") from error
    if not own:
        raise PoseviewerError(out, "", "it is there and holds other files", "choose another name")


def require_folder(out: Path) -> None:
    """Raise PoseviewerError where `out` cannot be written because of the folder that it would lie in."""
    parent = out.absolute().parent
    if not parent.is_dir():
        raise PoseviewerError(out, "", f"the folder {parent} is not there", "make it first")
    if not os.access(parent, os.W_OK):
        raise PoseviewerError(out, "", f"the folder {parent} cannot be written to", "choose another place")
