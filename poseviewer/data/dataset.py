"""Dataset: named clips of one or several skeletons, in memory or on disk (opened lazily; hdf5.py has the layout)."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from poseviewer.data.hdf5 import DatasetFile
from poseviewer.data.reading import Reading
from poseviewer.data.table import NUMBERS, TEXTS, ClipInfo, ClipTable, TableBuilder
from poseviewer.data.writer import DatasetWriter
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import ARRAYS, Clip
from poseviewer.motion.skeleton import Skeleton
from poseviewer.paths import DATASET_SUFFIXES
from poseviewer.text import printable
from poseviewer.unreadable import unreadable

__all__ = ["ClipInfo", "Dataset", "DatasetWriter", "Gathering"]

_MOST_BYTES = 4 << 30  # of the clips that are held in memory
_CLIP_BYTES = 4096  # of a clip's labels


class Dataset:
    """Clips that are read when they are asked for.

    name; path: the file, None in memory; skeletons; infos: a row of labels a clip, made on demand; licence;
    provenance: where the motions come from and what was done to them; left_out: why files of the folder or archive
    that it was read from are not in it; reading: what was said of these files, None where they are our own and say all
    themselves; in_vain: by name, what of it was not used, or in part, and why. Use as a context manager or close() it.
    """

    def __init__(
        self,
        source: DatasetFile | list[Clip],
        infos: ClipTable,
        skeletons: Sequence[Skeleton],
        name: str,
        path: Path | None,
        licence: str,
        provenance: str,
    ) -> None:
        self._source, self.infos, self.skeletons = source, infos, tuple(skeletons)
        self.name, self.path, self.licence, self.provenance = name, path, licence, provenance
        self.left_out: tuple[PoseviewerError, ...] = ()
        self.reading: Reading | None = None
        self.in_vain: Mapping[str, str] = {}

    @classmethod
    def open(cls, path: Path | str) -> Dataset:
        """Open our HDF5 file; only the table of clips is read. Raises PoseviewerError where it is damaged."""
        path = Path(path)
        if path.is_file() and path.suffix.lower() not in DATASET_SUFFIXES:
            cure = f"import it into one first: poseviewer import {path.name} -o motions.h5"
            raise unreadable(path) or PoseviewerError(path, "", "it is no dataset, which ends in .h5", cure)
        file = DatasetFile(path, path)
        name = file.name or printable(path.stem)
        return cls(file, file.table, file.skeletons, name, path, file.licence, file.provenance)

    @classmethod
    def of(cls, clips: Iterable[Clip], name: str) -> Dataset:
        """A dataset in memory. Raises PoseviewerError where there are no clips."""
        gathering = Gathering()
        for clip in clips:
            gathering.add(clip)
        return gathering.dataset(name)

    @property
    def frames(self) -> int:
        """Frames of all clips together."""
        return int(self.infos.columns["length"].sum())

    def __len__(self) -> int:
        return len(self.infos)

    def clip(self, index: int) -> Clip:
        """Raises IndexError outside 0..clips-1 and PoseviewerError where the frames are damaged."""
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self._source[index] if isinstance(self._source, list) else self._source.clip(index)

    def digest(self, index: int) -> int:
        """64 bits of a clip's positions, known without reading them."""
        return int(self.infos.columns["digest"][index])

    def __iter__(self) -> Iterator[Clip]:
        return (self.clip(index) for index in range(len(self)))

    def find(self, name: str) -> int:
        """The index of the clip of that name. Raises PoseviewerError with names that are near."""
        index = self.infos.index_of(name)
        if index is not None:
            return index
        names = self.infos.texts("name")
        near = difflib.get_close_matches(name, names[:100_000], n=3, cutoff=0.5)
        near = near or [other for other in names if name.lower() in other.lower()][:3]
        cure = f"did you mean {', '.join(near)}?" if near else f"its first clips are {', '.join(names[:5])}"
        raise PoseviewerError(self.name, "", f"it has no clip {name!r}", cure)

    def fingerprint(self) -> str:
        """16 hexadecimal digits of skeletons, labels and all positions, the same on disk and in memory."""
        total = hashlib.sha256()
        for s in self.skeletons:
            total.update(repr((s.name, s.joints, s.parents, s.edges, s.dims)).encode())
        for key in TEXTS:
            if key != "source":
                total.update("\0".join(self.infos.texts(key)).encode())
        for key in NUMBERS:
            if key != "offset":
                total.update(np.ascontiguousarray(self.infos.columns[key], dtype=NUMBERS[key]).tobytes())
        return total.hexdigest()[:16]

    def close(self) -> None:
        if isinstance(self._source, DatasetFile):
            self._source.close()

    def __enter__(self) -> Dataset:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class Gathering:
    """A dataset in memory while its clips come in, one after the other. of: the file or folder they come from."""

    def __init__(self, of: str = "SOURCE") -> None:
        self._of = of
        self._clips: list[Clip] = []
        self._table = TableBuilder()
        self._bytes = 0

    def add(self, clip: Clip) -> None:
        """Raises PoseviewerError where the clips no longer fit into memory."""
        frames = (getattr(clip, key) for key in ARRAYS)
        self._bytes += _CLIP_BYTES + sum(array.nbytes for array in frames if array is not None)
        if self._bytes > _MOST_BYTES:
            cause = f"its clips take more than {_MOST_BYTES >> 30} GB of memory"
            cure = f"make a dataset of them, which is read in parts: poseviewer import {self._of} -o D.h5"
            raise PoseviewerError(clip.source or clip.name, "", cause, cure)
        self._table.add(clip, self._table.number_of(clip.skeleton), 0)
        self._clips.append(clip)

    def dataset(self, name: str, path: Path | None = None, provenance: str = "") -> Dataset:
        """What has come in. Raises PoseviewerError where there are no clips."""
        if not self._clips:
            raise PoseviewerError(name, "", "it holds no clips", "give it one or more")
        table = ClipTable(self._table.columns())
        return Dataset(self._clips, table, self._table.skeletons, name, path, "", provenance)
