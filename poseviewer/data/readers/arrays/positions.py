"""Joint positions as arrays: .npy of (F, J, 3) or (F, J, 2), and our .npz.

.npy: metres, y up (2D: image heights, origin at the centre). 22 joints in 3D are taken for HumanML3D's (the body joints
of SMPL, 20 fps); any other count gives numbered joints without bones. (B, F, J, D) are B clips.

Our .npz holds a clip; clip_arrays.py names its arrays. It needs `positions` alone.

Files come from strangers: no pickled objects, and a header's claim is compared with the file's size before memory is
taken.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.archive import is_bomb
from poseviewer.data.clip_arrays import KEYS, clip_of
from poseviewer.data.sources import SourceFile
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip

NAME = "joint positions"
SUFFIXES = (".npy", ".npz")

_MAX_BYTES = 1 << 30
_MOST_CLIPS = 100_000


def accepts(file: SourceFile) -> bool:
    return file.head(4) == b"PK\x03\x04" if file.suffix == ".npz" else file.head(6) == b"\x93NUMPY"


def read(file: SourceFile) -> Iterator[Clip]:
    if file.suffix == ".npz":
        yield _npz(file)
        return
    array = _array(file.content(_MAX_BYTES), file.name, "")
    if array.dtype.kind not in "iuf" or array.ndim not in (3, 4):
        cause = f"it holds {array.dtype} of shape {array.shape}"
        raise PoseviewerError(file.name, "", cause, "give positions (frames, joints, 3) in metres")
    several = array.ndim == 4
    if several and len(array) > _MOST_CLIPS:
        raise PoseviewerError(file.name, "", f"it holds {len(array)} clips", f"save {_MOST_CLIPS} a file at most")
    for number, positions in enumerate(array if several else array[None]):
        name = f"{file.stem} {number + 1}" if several else file.stem
        clip = clip_of(file.name, name, {"positions": positions}, given=file.reading.fps)
        yield replace(clip, action=file.folders[-1] if file.folders else "")


def _npz(file: SourceFile) -> Clip:
    arrays = _members(file)
    if "positions" not in arrays:
        least = "give an .npz with an array positions (frames, joints, 3) in metres, and fps where it is known"
        raise PoseviewerError(file.name, "", "it has no array 'positions'", least)
    return clip_of(file.name, file.stem, arrays, given=file.reading.fps)


def _members(file: SourceFile) -> dict[str, NDArray[Any]]:
    """The arrays that are known, each checked before it is unpacked."""
    values: dict[str, NDArray[Any]] = {}
    unpacked = 0
    try:
        with zipfile.ZipFile(io.BytesIO(file.content(_MAX_BYTES))) as archive:
            for key in KEYS:
                try:
                    entry = archive.getinfo(f"{key}.npy")
                except KeyError:
                    continue
                unpacked += entry.file_size
                _require_modest(file.name, key, entry, unpacked)
                with archive.open(entry) as member:
                    values[key] = _array(member.read(entry.file_size + 1), file.name, key)
    except (PoseviewerError, MemoryError):
        raise
    except Exception as error:
        raise PoseviewerError(file.name, "", "it is a damaged .npz", "save it again with numpy.savez") from error
    return values


def _require_modest(label: str, key: str, entry: zipfile.ZipInfo, unpacked: int) -> None:
    """Raises PoseviewerError where the arrays so far are larger than what is read, or this one is a bomb."""
    if unpacked > _MAX_BYTES:
        cause = f"its arrays unpack to {unpacked >> 20} MB, more than the {_MAX_BYTES >> 20} MB that are read"
        raise PoseviewerError(label, key, cause, "save it in parts")
    if is_bomb(entry.file_size, entry.compress_size):
        cure = "if that is right, save it with numpy.savez, which does not compress"
        raise PoseviewerError(label, key, f"it unpacks from nearly nothing to {entry.file_size >> 20} MB", cure)


def _array(content: bytes, label: str, where: str) -> NDArray[Any]:
    """The array of an .npy file's bytes; nothing is allocated that the bytes do not hold."""
    from numpy.lib import format as npy

    stream = io.BytesIO(content)
    try:
        version = npy.read_magic(stream)
        header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = header(stream)
    except Exception as error:
        raise PoseviewerError(label, where, "its .npy header is damaged", "save it again with numpy.save") from error
    if dtype.hasobject or dtype.kind not in "biufU":
        raise PoseviewerError(label, where, f"it holds {dtype}", "save plain numbers, without pickled objects")
    count = int(np.prod([int(n) for n in shape], dtype=object)) if shape else 1
    needed, there = count * dtype.itemsize, len(content) - stream.tell()
    if min(shape, default=0) < 0 or needed > there:
        cause = f"its header claims {shape} of {dtype}, {needed} bytes, and it holds {there}"
        raise PoseviewerError(label, where, cause, "it is cut off or damaged, save it again")
    if (not count and where != "edges") or not dtype.itemsize:
        raise PoseviewerError(label, where, f"it is empty, of shape {shape}", "save it with its numbers")
    flat = np.frombuffer(content, dtype=dtype, count=count, offset=stream.tell())
    return flat.reshape(shape, order="F" if fortran else "C")
