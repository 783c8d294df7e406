"""HDF5 files that other programs wrote: their arrays and texts, each checked before memory is taken.

Links and storage that lead out of the file are refused. Text of variable length lies in HDF5's heap, on which the
library hangs where it is damaged: such text is read out of the file's own bytes here.
"""

from __future__ import annotations

import io
import math
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.sources import SourceFile
from poseviewer.errors import PoseviewerError

if TYPE_CHECKING:
    import h5py

MAGIC = b"\x89HDF\r\n\x1a\n"
_MOST_BYTES = 1 << 30
_FREE, _MOST_RATIO = 64 << 20, 1040  # deflate cannot shrink by more
_MOST_CHUNK = 256 << 20
_MOST_NAMES = 10_000
_LONGEST_TEXT = 1 << 24
_CURE = "write it again"


class ForeignFile:
    """An open file; use it with `with`."""

    def __init__(self, file: SourceFile) -> None:
        import h5py

        self._label, self._file = file.name, file
        try:
            self.root = h5py.File(file.path or io.BytesIO(file.content()), "r")
        except PoseviewerError:
            raise
        except Exception as error:
            raise PoseviewerError(file.name, "", "it is not an HDF5 file or it is damaged", _CURE) from error
        self._content: bytes | None = None

    def __enter__(self) -> ForeignFile:
        return self

    def __exit__(self, *error: object) -> None:
        self.root.close()

    def names(self, path: str = "/") -> list[str]:
        """What lies in a group, [] where it is none."""
        import h5py

        group = self.root if path == "/" else self._found(path)
        try:
            return list(group)[:_MOST_NAMES] if isinstance(group, h5py.Group) else []
        except Exception as error:  # whatever the library trips over
            raise self.refuse(path, "it is damaged there") from error

    def has(self, *paths: str) -> bool:
        """Whether arrays lie at all of these paths."""
        import h5py

        return all(isinstance(self._found(path), h5py.Dataset) for path in paths)

    def shape(self, path: str) -> tuple[int, ...]:
        """() where there is no array."""
        return tuple(self._found(path).shape or ()) if self.has(path) else ()

    def numbers(self, path: str, fields: tuple[str, ...] = ()) -> NDArray[Any]:
        """An array of numbers, or of records that have these fields. Raises PoseviewerError where it is none."""
        array = self._array(path)
        kinds = [array.dtype[field].kind for field in fields if field in (array.dtype.names or ())]
        if (fields and len(kinds) < len(fields)) or (not fields and array.dtype.kind not in "biuf"):
            raise self.refuse(path, f"it holds {array.dtype} of shape {array.shape}")
        if any(kind not in "biuf" for kind in kinds):
            raise self.refuse(path, f"it holds {array.dtype}")
        return np.asarray(array[()])

    def records(self, path: str) -> NDArray[Any]:
        """An array of records whatever fields it has, none of them text of variable length."""
        array = self._array(path)
        if array.dtype.hasobject or not array.dtype.names:
            raise self.refuse(path, f"it holds {array.dtype}")
        return np.asarray(array[()])

    def texts(self, path: str) -> list[str]:
        """The texts of an array, one after the other. [] where there are none."""
        if not self.has(path):
            return []
        array = self._array(path)
        if array.size > _MOST_NAMES * 100:
            raise self.refuse(path, f"it has {array.size} texts")
        if array.dtype.kind == "S":
            return [bytes(text).decode("utf-8", "replace") for text in np.asarray(array[()]).ravel()]
        if array.dtype.kind == "O":
            return self._varying(array)
        return []

    def attribute(self, path: str, key: str) -> bytes | None:
        """The bytes of a text attribute of fixed width, or of a number as text; None where there is none."""
        holder = self.root if path == "/" else self._found(path)
        if holder is None or key not in holder.attrs:
            return None
        found = holder.attrs.get_id(key)
        if found.dtype.kind not in "SVbiuf" or found.dtype.itemsize * math.prod(found.shape or (1,)) > _LONGEST_TEXT:
            return None
        value = holder.attrs[key]
        return (
            value.tobytes()
            if isinstance(value, (np.ndarray, np.void))
            else (bytes(value) if isinstance(value, bytes) else str(value).encode())
        )

    def refuse(self, path: str, cause: str) -> PoseviewerError:
        return PoseviewerError(self._label, path, cause, _CURE)

    def _found(self, path: str) -> Any:
        """What lies at a path, each of whose steps is a hard link; None where nothing does."""
        import h5py

        found: Any = self.root
        try:
            for step in path.strip("/").split("/"):
                if not isinstance(found, h5py.Group) or not isinstance(found.get(step, getlink=True), h5py.HardLink):
                    return None
                found = found[step]
        except Exception as error:  # whatever the library trips over
            raise self.refuse(path, "it is damaged there") from error
        return found

    def _array(self, path: str) -> h5py.Dataset:
        import h5py

        array = self._found(path)
        if not isinstance(array, h5py.Dataset):
            raise self.refuse(path, "it is missing")
        if array.external or array.is_virtual or array.shape is None:
            raise self.refuse(path, "its numbers lie in another file")
        stored = array.id.get_storage_size()
        if array.nbytes > _MOST_BYTES or array.nbytes > max(stored * _MOST_RATIO, _FREE if array.chunks else stored):
            raise self.refuse(path, f"it claims {array.nbytes} bytes and stores {stored}")
        if math.prod(array.chunks or (0,)) * array.dtype.itemsize > _MOST_CHUNK:
            raise self.refuse(path, "it is stored in chunks that are too large")
        return array

    def _varying(self, array: h5py.Dataset) -> list[str]:
        """Texts of variable length: each is a length, and the place and number of an object in a heap."""
        if array.chunks is None:
            offset, size = array.id.get_offset(), 16 * array.size
            raw = self._bytes(offset, size) if offset is not None else b""
        else:
            parts = [array.id.read_direct_chunk(at.chunk_offset) for at in _chunks(array)]
            raw = b"".join(part for mask, part in parts) if not array.compression else b""
        texts = []
        for at in range(0, min(len(raw), 16 * array.size) - 15, 16):
            length, heap, number = struct.unpack_from("<IQI", raw, at)
            texts.append(self._heap_object(heap, number, length).decode("utf-8", "replace"))
        return texts

    def _heap_object(self, heap: int, number: int, length: int) -> bytes:
        head = self._bytes(heap, 16)
        if not length or head[:4] != b"GCOL" or length > _LONGEST_TEXT:
            return b""
        end, at = heap + min(struct.unpack_from("<Q", head, 8)[0], _LONGEST_TEXT), heap + 16
        while at + 16 <= end:
            entry = self._bytes(at, 16)
            if len(entry) < 16:
                return b""
            index, _, _, size = struct.unpack("<HHIQ", entry)
            if index == number:
                return self._bytes(at + 16, min(length, size))
            if not index:
                return b""
            at += 16 + -(-size // 8) * 8
        return b""

    def _bytes(self, at: int, count: int) -> bytes:
        if self._file.path is not None:
            with self._file.path.open("rb") as stream:
                stream.seek(min(at, self._file.size))
                return stream.read(min(count, _LONGEST_TEXT))
        if self._content is None:
            self._content = self._file.content()
        return self._content[at : at + count]


def _chunks(array: h5py.Dataset) -> list[Any]:
    return [array.id.get_chunk_info(n) for n in range(min(array.id.get_num_chunks(), _MOST_NAMES))]
