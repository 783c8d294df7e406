"""What .npy, .npz, .pkl and .pt files hold, whoever wrote them: arrays of numbers or text, and pickles in them.

Files come from strangers: a header's claim is compared with the file's size before memory is taken, an .npz is unpacked
array by array and no bomb, and pickled objects go through `unpickling.py`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from poseviewer.data.archive import is_bomb
from poseviewer.data.pickles.tensors import OLD_SIGN, Tensors, tensors
from poseviewer.data.sources import SourceFile
from poseviewer.data.unpickling import unpickled
from poseviewer.errors import PoseviewerError

PICKLES = (".pkl", ".pickle", ".joblib")
"""Suffixes of files that are a pickle and nothing else."""
TORCH = (".pt", ".pth")
"""Suffixes of files that torch.save wrote."""
_MAX_BYTES = 1 << 30
_MOST_ARRAYS = 10_000  # of an .npz: each takes a tenth of a millisecond and more
_HEAD = 1 << 16  # bytes that tell an array's shape
_ZIP = b"PK\x03\x04"
_SIGNS = {".npy": (b"\x93NUMPY",), ".npz": (_ZIP,), **dict.fromkeys(TORCH, (_ZIP, OLD_SIGN))}


def is_stored(file: SourceFile) -> bool:
    """Whether a file begins as its suffix says: .npy, .npz, .pt, or a pickle with any other."""
    signs = _SIGNS.get(file.suffix)
    if signs is not None:
        return file.head(len(OLD_SIGN)).startswith(signs)
    head = file.head(2)
    return head[:1] in (b"\x80", b"(", b"c", b"]", b"}", b"x") or head == b"\x1f\x8b"


def stored(file: SourceFile) -> Any:
    """What a file holds, read once however many readers ask: an array, a mapping from names, a list.

    An .npz is a mapping whose arrays are unpacked when they are asked for. An .npy or .pkl with pickled objects is
    what they are: a dict in an array of no dimensions is the dict. Raises PoseviewerError.
    """
    return file.once("stored", _stored)


def _stored(file: SourceFile) -> Any:
    content = file.content(_MAX_BYTES)
    if file.suffix == ".npz":
        return Npz(file.name, content)
    if file.suffix in TORCH:
        return tensors(content, file.name)
    return npy(content, file.name) if file.suffix == ".npy" else unpickled(content, file.name, machine=Tensors)


class Npz(Mapping[str, Any]):
    """The arrays of an .npz by their names, each checked and unpacked when it is first asked for."""

    def __init__(self, label: str, content: bytes) -> None:
        self._label, self._unpacked = label, 0
        self._made: dict[str, Any] = {}
        self._shapes: dict[str, tuple[int, ...]] = {}
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            self._entries = {entry.filename[:-4]: entry for entry in self._archive.infolist() if _is_array(entry)}
        except Exception as error:
            raise self._damaged() from error
        if len(self._entries) > _MOST_ARRAYS:
            cause = f"it holds {len(self._entries)} arrays, and {_MOST_ARRAYS} are read"
            raise PoseviewerError(label, "", cause, "save it in parts, or motions one below the other in one array")

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __getitem__(self, key: str) -> Any:
        if key not in self._made:
            entry = self._entries[key]
            self._unpacked += entry.file_size
            self._require_modest(key, entry)
            self._made[key] = npy(self._bytes(entry, entry.file_size + 1), self._label, key)
        return self._made[key]

    def shape(self, key: str) -> tuple[int, ...]:
        """As the array's header says, without unpacking it; () where it has none."""
        if key not in self._shapes:
            try:
                self._shapes[key] = _header(io.BytesIO(self._bytes(self._entries[key], _HEAD)))[0]
            except ValueError:
                self._shapes[key] = ()
        return self._shapes[key]

    def _bytes(self, entry: zipfile.ZipInfo, count: int) -> bytes:
        try:
            with self._archive.open(entry) as member:
                return member.read(count)
        except MemoryError:
            raise
        except Exception as error:
            raise self._damaged() from error

    def _damaged(self) -> PoseviewerError:
        return PoseviewerError(self._label, "", "it is a damaged .npz", "save it again with numpy.savez")

    def _require_modest(self, key: str, entry: zipfile.ZipInfo) -> None:
        """Raises PoseviewerError where the arrays so far are larger than what is read, or this one is a bomb."""
        if self._unpacked > _MAX_BYTES:
            cause = f"its arrays unpack to {self._unpacked >> 20} MB, more than the {_MAX_BYTES >> 20} MB that are read"
            raise PoseviewerError(self._label, key, cause, "save it in parts")
        if is_bomb(entry.file_size, entry.compress_size):
            cure = "if that is right, save it with numpy.savez, which does not compress"
            cause = f"it unpacks from nearly nothing to {entry.file_size >> 20} MB"
            raise PoseviewerError(self._label, key, cause, cure)


def _is_array(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.endswith(".npy")


def npy(content: bytes, label: str, where: str = "") -> Any:
    """The array of an .npy file's bytes, or what is pickled in it; nothing is allocated that the bytes do not hold.

    Raises PoseviewerError naming the file `label` and the array `where`.
    """
    stream = io.BytesIO(content)
    try:
        shape, fortran, dtype = _header(stream)
    except ValueError as error:
        raise PoseviewerError(label, where, "its .npy header is damaged", "save it again with numpy.save") from error
    at = stream.tell()
    if dtype.hasobject:
        pickled = unpickled(memoryview(content)[at:], label, where)
        alone = isinstance(pickled, np.ndarray) and pickled.shape == () and pickled.dtype.hasobject
        return pickled.item() if alone else pickled
    if dtype.kind not in "biufcUS":
        raise PoseviewerError(label, where, f"it holds {dtype}", "save plain numbers")
    count = int(np.prod([int(n) for n in shape], dtype=object)) if shape else 1
    needed, there = count * dtype.itemsize, len(content) - at
    if min(shape, default=0) < 0 or needed > there:
        cause = f"its header claims {shape} of {dtype}, {needed} bytes, and it holds {there}"
        raise PoseviewerError(label, where, cause, "it is cut off or damaged, save it again")
    try:
        flat = np.frombuffer(content, dtype=dtype, count=count, offset=at) if needed else np.empty(0, dtype)
        return flat.reshape(shape, order="F" if fortran else "C")
    except ValueError as error:  # more axes than numpy knows, or nothing along one of them and too much along another
        cause = f"its header claims the shape {shape} of {dtype}"
        raise PoseviewerError(label, where, cause, "save plain numbers") from error


def _header(stream: io.BytesIO) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, order and kind of an array, the stream behind them. Raises ValueError."""
    from numpy.lib import format as npy_format

    try:
        version = npy_format.read_magic(stream)
        one = version == (1, 0)
        return npy_format.read_array_header_1_0(stream) if one else npy_format.read_array_header_2_0(stream)
    except Exception as error:  # whatever numpy's parser trips over
        raise ValueError from error
