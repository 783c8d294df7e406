"""What a .zip may cost: how many members it may list, and what they may unpack to, before any of them is unpacked."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

from poseviewer.errors import PoseviewerError

_MAX_MEMBERS = 100_000
_MAX_LIST = 8 << 20  # bytes of the list of members, which is read whole
_MAX_UNPACKED = 64 << 30
_FREE, _MAX_RATIO = 16 << 20, 100  # text of numbers deflates by 3 to 20; a bomb by 1000
_END, _END_64, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_LONGEST_COMMENT = 1 << 16  # as far as zipfile looks


def require_short_list(path: Path) -> None:
    """Raise PoseviewerError where a .zip lists so many members that reading the list takes seconds and memory."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _LONGEST_COMMENT - 22 - 20 - 56))
        tail = file.read()
    is_last = tail[-22:-18] == _END and tail[-2:] == bytes(2)  # without a comment, as zipfile tries first
    at = len(tail) - 22 if is_last else tail.rfind(_END)
    listed = int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0
    if at >= 76 and tail[at - 20 : at - 16] == _LOCATOR_64 and tail[at - 76 : at - 72] == _END_64:
        listed = int.from_bytes(tail[at - 36 : at - 28], "little")
    if listed > _MAX_LIST:
        raise _too_many(path)


def require_modest(path: Path, entries: Sequence[zipfile.ZipInfo]) -> None:
    """Raise PoseviewerError where the members that would be read are too many, or unpack to far more than they are."""
    if len(entries) > _MAX_MEMBERS:
        raise _too_many(path)
    for entry in entries:
        if is_bomb(entry.file_size, entry.compress_size):
            raise _bomb(path, entry.filename, entry.file_size)
    total = sum(entry.file_size for entry in entries)
    if total > _MAX_UNPACKED or is_bomb(total, path.stat().st_size):
        raise _bomb(path, "", total)


def is_bomb(unpacked: int, packed: int) -> bool:
    """Whether so many bytes cannot come out of so few but on purpose."""
    return unpacked > _FREE and unpacked > packed * _MAX_RATIO


def _bomb(path: Path, where: str, size: int) -> PoseviewerError:
    cause = f"it unpacks from little to {size >> 20} MB"
    return PoseviewerError(path, where, cause, "if that is right, unpack it and open the folder")


def _too_many(path: Path) -> PoseviewerError:
    cause = f"it holds more than {_MAX_MEMBERS} files"
    return PoseviewerError(path, "", cause, "unpack it and open a part of the folder")
