"""Our HDF5 file: its layout, and reading it (writer.py writes it).

Layout, version 1. All numbers are little-endian; F frames, J joints, D = 2 or 3, N clips.

    /                     attributes: format = "poseviewer dataset", version, name, licence, provenance
    /skeletons/K          K = 0, 1, ...; attributes: name, dims
        joints            (J,) UTF-8 text                mirror   (J,) int32
        parents           (J,) int32, -1 = root; absent where the joints form no tree
        edges             (E, 2) int32                   offsets  (J, 3) float64 metres, absent where unknown
        positions         (F, J, D) float32; all clips of this skeleton, one after the other
        visible           (F, J) uint8      \\
        rotations         (F, J, 4) float32  > absent where no clip of this skeleton has them; a clip without them
        boxes             (F, 4) float32    /  beside clips with them has fill values and a 0 in its has_... column
    /clips                one (N,) array a column of `table.TEXTS`, `NUMBERS` and `GEOMETRY`

Frame arrays are chunked (about 64 KB a chunk) and deflated, the table is not, so that it opens at once. The file is
written in HDF5's checksummed format (object headers of version 2, fletcher32 on every chunk, text of fixed width), so
damage is noticed instead of being decoded; HDF5's heap of variable-length text has no checksum and hangs the library
where it is damaged, so it is never touched. Only the table and the skeletons are read when a file is opened. Files
come from strangers: links and storage outside the file are refused, sizes are compared with what is stored before
memory is taken.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, cast

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.sources import require_file
from poseviewer.data.table import EXTRAS, GEOMETRY, LABELS, MOST_CLIPS, NUMBERS, TEXTS, ClipTable, printable_column
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import FASTEST, SLOWEST, Clip
from poseviewer.motion.plane import Plane
from poseviewer.motion.plausible import LONGEST_SOURCE, plausible
from poseviewer.motion.skeleton import Skeleton
from poseviewer.text import NAME, distinct, printable, printable_lines

if TYPE_CHECKING:
    import h5py

FORMAT = "poseviewer dataset"
VERSION = 1

_MAX_SKELETONS = 20_000
_MAX_JOINTS, _MAX_JOINTS_IN_ALL = 10_000, 300_000
_MAX_EDGES = 20_000
_MAX_TABLE_BYTES = 256 << 20  # of all columns
_MAX_CHUNK_BYTES = 16 << 20
_MAX_NOTE_BYTES = 1 << 20
_MAX_CLIP_BYTES = 2 << 30
_MAX_DEFLATE_RATIO = 1040  # deflate cannot shrink by more than 1032
_FREE_BYTES, _MAX_RATIO = 256 << 20, 100  # of an array; poses deflate by 1.1 to 5
NOTES = ("name", "licence", "provenance")


class OtherHdf5(PoseviewerError):
    """A healthy HDF5 file of another program."""


class DatasetFile:
    """An open file: its skeletons and table in memory, its frames read on demand."""

    def __init__(self, source: Path | BinaryIO, label: str | Path) -> None:
        import h5py

        self._label = label
        if isinstance(source, Path):
            require_file(source)
        try:
            self._file = h5py.File(source, "r")
        except Exception as error:
            cause = "it is not an HDF5 file or it is damaged"
            raise PoseviewerError(label, "", cause, "make it again") from error
        try:
            self._require_format()
            self.name = printable(_text(self._file, "name"))
            self.licence, self.provenance = (printable_lines(_text(self._file, key)) for key in NOTES[1:])
            self.skeletons = self._read_skeletons()
            self.table = self._read_table()
        except BaseException as error:
            self._file.close()
            raise self._told(error) from error

    def close(self) -> None:
        self._file.close()

    def clip(self, index: int) -> Clip:
        """Read one clip. Raises PoseviewerError where its frames are damaged."""
        if not self._file:
            raise PoseviewerError(self._label, "", "it is closed", "open it again")
        row = {key: column[index] for key, column in self.table.columns.items()}
        skeleton = self.skeletons[int(row["skeleton"])]
        start, stop = int(row["offset"]), int(row["offset"]) + int(row["length"])  # the file may hold small integers
        if (stop - start) * len(skeleton.joints) * 32 > _MAX_CLIP_BYTES:
            cause = f"it claims {stop - start} frames, too many for one clip"
            raise PoseviewerError(self._label, f"clip {index}", cause, "cut it into parts")
        info = self.table[index]

        def frames(key: str) -> NDArray:
            return cast(NDArray, self._array(f"skeletons/{int(row['skeleton'])}/{key}")[start:stop])

        try:
            clip = Clip(
                skeleton=skeleton,
                positions=frames("positions"),
                visible=frames("visible").astype(bool) if row["has_visible"] else None,
                rotations=frames("rotations") if row["has_rotations"] else None,
                boxes=frames("boxes") if row["has_boxes"] else None,
                image_size=(int(row["image_width"]), int(row["image_height"])) if row["image_width"] else None,
                **{key: getattr(info, key) for key in ("name", *LABELS, "seed_frames")},
                source=self.table.text("source", index),
                travel=None if np.isnan(row["travel"]).any() else tuple(row["travel"].tolist()),
                turn=float(np.nan_to_num(row["turn"])),
                plane=None if np.isnan(row.get("plane", np.nan)).all() else Plane.of_numbers(row["plane"]),
            )
            return plausible(clip, self._label if isinstance(self._label, str) else self._label.name)
        except BaseException as error:
            raise self._told(error, f"clip {info.name!r}") from error

    def _require_format(self) -> None:
        version = _number(self._file, "version")
        if _text(self._file, "format") != FORMAT or version < 1:
            cause = "it is an HDF5 file but not a dataset of poseviewer"
            raise OtherHdf5(self._label, "", cause, "give one that `poseviewer import` wrote")
        if version > VERSION:
            cause = f"its format has version {version}, this program reads up to {VERSION}"
            raise PoseviewerError(self._label, "", cause, "update poseviewer")

    def _told(self, error: BaseException, where: str = "") -> BaseException:
        """The library's exception as a sentence; interrupts pass as they are."""
        if isinstance(error, PoseviewerError) or not isinstance(error, Exception):
            return error
        return PoseviewerError(self._label, where, "it is damaged or incomplete", "make it again")

    def _refuse(self, where: str, cause: str) -> PoseviewerError:
        return PoseviewerError(self._label, where, cause, "the file is damaged, make it again")

    def _group(self, path: str) -> h5py.Group:
        import h5py

        return self._found(path, h5py.Group)

    def _found(self, path: str, kind: type) -> Any:
        """What lies at a path, each of whose steps must be a hard link, one that cannot lead out of the file."""
        import h5py

        found = self._file
        for step in path.split("/"):
            is_inside = isinstance(found, h5py.Group) and isinstance(found.get(step, getlink=True), h5py.HardLink)
            found = found[step] if is_inside else None
        if not isinstance(found, kind):
            raise self._refuse(f"/{path}", "it is missing")
        return found

    def _array(self, path: str, most_chunk: int = 0) -> h5py.Dataset:
        """An array that is read in parts, whose chunks, each unpacked whole, are small; or of most_chunk bytes."""
        import h5py

        array = self._found(path, h5py.Dataset)
        if array.external or array.is_virtual:
            raise self._refuse(f"/{path}", "its numbers lie in another file")
        stored = array.id.get_storage_size()
        ratio = _MAX_DEFLATE_RATIO if array.nbytes <= _FREE_BYTES else _MAX_RATIO
        if array.nbytes > max(stored, 1) * ratio:
            raise self._refuse(f"/{path}", f"it claims {array.nbytes} bytes and stores {stored}")
        chunk = math.prod(array.chunks or (0,)) * array.dtype.itemsize
        if chunk > max(_MAX_CHUNK_BYTES, min(array.nbytes, most_chunk)):
            raise self._refuse(f"/{path}", f"it is stored in chunks of {chunk >> 20} MB")
        return array

    def _column(self, path: str, kind: str, shape: tuple[int | None, ...], limit: int = _MAX_TABLE_BYTES) -> NDArray:
        """A small array read whole, its kind ("iuf" or "S") and shape (None = any) checked first."""
        array = self._array(path, limit)
        if array.dtype.kind not in kind or array.ndim != len(shape):
            raise self._refuse(f"/{path}", f"it holds {array.dtype} of shape {array.shape}")
        if any(want is not None and want != have for want, have in zip(shape, array.shape, strict=True)):
            raise self._refuse(f"/{path}", f"it has shape {array.shape}")
        if array.nbytes > limit:
            raise self._refuse(f"/{path}", f"it claims {array.nbytes} bytes")
        return cast(NDArray, array[()])

    def _read_skeletons(self) -> tuple[Skeleton, ...]:
        import h5py

        count = len(self._group("skeletons"))
        if not 1 <= count <= _MAX_SKELETONS:
            raise self._refuse("/skeletons", f"it holds {count} skeletons")
        skeletons: list[Skeleton] = []
        groups, joints = set(), 0
        for k in range(count):
            group = h5py.h5o.get_info(self._group(f"skeletons/{k}").id)
            groups.add((group.fileno, group.addr))
            if len(groups) <= k:
                raise self._refuse(f"/skeletons/{k}", "it is another one once more")
            skeletons.append(self._read_skeleton(f"skeletons/{k}"))
            joints += len(skeletons[k].joints)
            if joints > _MAX_JOINTS_IN_ALL:
                raise self._refuse("/skeletons", f"they have more than {_MAX_JOINTS_IN_ALL} joints together")
        return tuple(skeletons)

    def _read_skeleton(self, place: str) -> Skeleton:
        group = self._group(place)
        names = self._column(f"{place}/joints", "S", (None,), _MAX_JOINTS * 256)
        count = len(names)
        dims = _number(group, "dims")
        if not 1 <= count <= _MAX_JOINTS or dims not in (2, 3):
            raise self._refuse(f"/{place}", f"it has {count} joints in {dims} dimensions")
        parents = self._column(f"{place}/parents", "i", (count,)) if "parents" in group else None
        offsets = self._column(f"{place}/offsets", "f", (count, 3)) if "offsets" in group else None
        if offsets is not None and not np.isfinite(offsets).all():
            raise self._refuse(f"/{place}/offsets", "it holds numbers that are not finite")
        edges = self._column(f"{place}/edges", "i", (None, 2), _MAX_EDGES * 16)
        mirror = self._column(f"{place}/mirror", "i", (count,))
        try:
            return Skeleton(
                name=printable(_text(group, "name")),
                joints=distinct(bytes(name).decode("utf-8", "replace") for name in names),
                parents=None if parents is None else tuple(parents.tolist()),
                edges=tuple((int(a), int(b)) for a, b in edges),
                mirror=tuple(mirror.tolist()),
                dims=cast(Literal[2, 3], dims),
                offsets=None if offsets is None else offsets.astype(np.float64),
            )
        except PoseviewerError as error:
            raise self._refuse(f"/{place}", error.cause) from error

    def _read_table(self) -> ClipTable:
        self._group("clips")
        columns: dict[str, NDArray] = {"length": self._column("clips/length", "i", (None,))}
        count = len(columns["length"])
        if not count:
            raise self._refuse("/clips", "it has no clips")
        names = [key for key in (*NUMBERS, *TEXTS, *GEOMETRY) if key in self._file["clips"]]
        claimed = sum(self._array(f"clips/{key}", _MAX_TABLE_BYTES).nbytes for key in names)
        if count > MOST_CLIPS or claimed > _MAX_TABLE_BYTES:
            raise self._refuse("/clips", f"{count} clips in {claimed >> 20} MB are more than a dataset may have")
        for key in NUMBERS:
            columns[key] = self._column(f"clips/{key}", np.dtype(NUMBERS[key]).kind, (count,))
        for key in TEXTS:
            column = self._column(f"clips/{key}", "S", (count,))
            columns[key] = printable_column(column, LONGEST_SOURCE if key == "source" else NAME)
        for key, tail in GEOMETRY.items():
            if key in names or key != "plane":
                columns[key] = self._column(f"clips/{key}", "f", (count, *tail))
        self._check(columns)
        return ClipTable(columns)

    def _check(self, columns: dict[str, NDArray]) -> None:
        skeleton, offset, length = (columns[key] for key in ("skeleton", "offset", "length"))
        if skeleton.min() < 0 or skeleton.max() >= len(self.skeletons):
            raise self._refuse("/clips/skeleton", "it names a skeleton that is not there")
        if offset.min() < 0 or length.min() < 1:
            raise self._refuse("/clips", "a clip has a negative offset or no frames")
        slow = ~((columns["fps"] >= SLOWEST) & (columns["fps"] <= FASTEST))
        if slow.any():
            rate = float(columns["fps"][int(np.argmax(slow))])
            raise self._refuse("/clips/fps", f"the frame rate of a clip is {rate:g}")
        for k in np.unique(skeleton):
            mine = skeleton == k
            self._check_frames(int(k), int((offset[mine].astype(np.float64) + length[mine]).max()), columns, mine)

    def _check_frames(self, k: int, needed: int, columns: dict[str, NDArray], mine: NDArray) -> None:
        joints, dims = len(self.skeletons[k].joints), self.skeletons[k].dims
        wanted: dict[str, tuple[tuple[int, ...], str]] = {"positions": ((joints, dims), "f")}
        for key, (tail, dtype, _) in EXTRAS.items():
            if columns[f"has_{key}"][mine].any():
                wanted[key] = ((tail if key == "boxes" else (joints, *tail)), np.dtype(dtype).kind)
        for key, (shape, kind) in wanted.items():
            array = self._array(f"skeletons/{k}/{key}")
            if array.dtype.kind != kind or array.dtype.itemsize > 8 or array.shape[1:] != shape:
                raise self._refuse(f"/skeletons/{k}/{key}", f"it holds {array.dtype} of shape {array.shape}")
            if len(array) < needed:
                raise self._refuse(f"/skeletons/{k}/{key}", f"it has {len(array)} frames and its clips need {needed}")


def _text(holder: h5py.Group, key: str) -> str:
    """A text attribute of fixed width; "" where there is none, of another type or without an end."""
    if key not in holder.attrs:
        return ""
    found = holder.attrs.get_id(key)
    if found.dtype.kind != "S" or found.shape or found.dtype.itemsize > _MAX_NOTE_BYTES:
        return ""
    return bytes(holder.attrs[key]).decode("utf-8", "replace")


def _number(holder: h5py.Group, key: str) -> int:
    """An integer attribute; 0 where there is none or of another type."""
    if key not in holder.attrs or holder.attrs.get_id(key).dtype.kind not in "iu" or holder.attrs.get_id(key).shape:
        return 0
    return int(holder.attrs[key])
