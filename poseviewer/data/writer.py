"""Writing our HDF5 file; hdf5.py has the layout."""

from __future__ import annotations

import math
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from poseviewer.aside import file_aside
from poseviewer.data.hdf5 import FORMAT, NOTES, VERSION
from poseviewer.data.sturdy_file import SturdyFile
from poseviewer.data.table import EXTRAS, TableBuilder
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import ARRAYS, Clip
from poseviewer.motion.plausible import in_letters
from poseviewer.motion.skeleton import Skeleton
from poseviewer.text import printable_lines

if TYPE_CHECKING:
    import h5py

_CHUNK_BYTES = 65536
_TABLE_CHUNK_BYTES = 1 << 20
_MAX_NOTE = 20_000  # bytes; attributes lie in an object header, which holds 64 KB


class DatasetWriter:
    """Writes clips into a new file beside the target and moves it into place when all went well.

    A context manager: leaving it by an exception (or without a clip) leaves nothing behind and an older file untouched.
    """

    def __init__(self, path: Path | str, licence: str = "", provenance: str = "", name: str = "") -> None:
        self.path = Path(path)
        self.licence, self.provenance, self.name = licence, provenance, name or self.path.stem
        self._place = ExitStack()
        self._file: Any = None
        self._lengths: list[int] = []
        self._table = TableBuilder()
        self._open: tuple[int, dict[str, Any]] = (-1, {})

    def __enter__(self) -> DatasetWriter:
        import h5py

        with self._place as place:
            part = place.enter_context(file_aside(self.path))
            self._disk = place.enter_context(SturdyFile(part))
            self._file = place.enter_context(h5py.File(self._disk, "w", libver=("v110", "v110")))
            self._place = place.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = (-1, {})
        if kind is not None:
            self._place.__exit__(kind, error, trace)
            return
        with self._place:
            if not len(self):
                raise PoseviewerError(self.path, "", "no clip was found to write into it", "read other files")
            self._write_rest()

    def __len__(self) -> int:
        return len(self._table.rows)

    @property
    def frames(self) -> int:
        return sum(self._lengths)

    def add(self, clip: Clip) -> None:
        """Write a clip. Raises OSError where the disk fails, which becomes a sentence when the writer is left."""
        k = self._skeleton(in_letters(clip.skeleton))
        start, stop = self._lengths[k], self._lengths[k] + len(clip)
        arrays = self._arrays_of(k)
        for key in ARRAYS:
            frames = getattr(clip, key)
            if frames is not None and key not in arrays:
                _, dtype, fill = EXTRAS[key]
                group = self._file[f"skeletons/{k}"]
                arrays[key] = self._frames_array(group, key, frames.shape[1:], dtype, fill, start)
            if key in arrays:
                arrays[key].resize(stop, axis=0)
            if frames is not None:
                arrays[key][start:stop] = frames
        self._table.add(clip, k, start)
        self._lengths[k] = stop
        self._disk.require()

    def _arrays_of(self, k: int) -> dict[str, Any]:
        """The frame arrays of one skeleton, kept open: closing deflates an unfinished chunk each time."""
        if self._open[0] != k:
            group = self._file[f"skeletons/{k}"]
            self._open = (k, {key: group[key] for key in ARRAYS if key in group})
        return self._open[1]

    def _skeleton(self, skeleton: Skeleton) -> int:
        k = self._table.number_of(skeleton)
        if k < len(self._lengths):
            return k
        group = self._file.create_group(f"skeletons/{k}")
        _note(group, "name", skeleton.name)
        group.attrs["dims"] = np.int32(skeleton.dims)
        group["joints"] = np.array([joint.encode() for joint in skeleton.joints], dtype="S")
        group["mirror"] = np.array(skeleton.mirror, dtype="<i4")
        group["edges"] = np.array(skeleton.edges, dtype="<i4").reshape(-1, 2)
        if skeleton.parents is not None:
            group["parents"] = np.array(skeleton.parents, dtype="<i4")
        if skeleton.offsets is not None:
            group["offsets"] = np.asarray(skeleton.offsets, dtype="<f8")
        self._frames_array(group, "positions", (len(skeleton.joints), skeleton.dims), "<f4", np.nan, 0)
        self._lengths.append(0)
        return k

    @staticmethod
    def _frames_array(group: h5py.Group, key: str, tail: tuple[int, ...], dtype: str, fill: float, frames: int) -> Any:
        row = int(np.prod(tail)) * np.dtype(dtype).itemsize
        return group.create_dataset(
            key,
            shape=(frames, *tail),
            maxshape=(None, *tail),
            chunks=(int(np.clip(_CHUNK_BYTES // row, 1, 4096)), *tail),
            dtype=dtype,
            fillvalue=fill,
            compression="gzip",
            compression_opts=4,
            shuffle=True,
            fletcher32=True,
        )

    def _write_rest(self) -> None:
        clips = self._file.create_group("clips")
        for key, column in self._table.columns().items():
            row = column.dtype.itemsize * math.prod(column.shape[1:])
            chunk = (min(len(column), max(1, _TABLE_CHUNK_BYTES // row)), *column.shape[1:])
            clips.create_dataset(key, data=column, chunks=chunk, fletcher32=True)
        _note(self._file, "format", FORMAT)
        self._file.attrs["version"] = np.int32(VERSION)
        for key in NOTES:
            _note(self._file, key, getattr(self, key))


def _note(holder: h5py.Group, key: str, text: str) -> None:
    """Text as an attribute of fixed width; HDF5 has none of no width."""
    if text:
        holder.attrs[key] = np.bytes_(printable_lines(text).encode()[:_MAX_NOTE])
