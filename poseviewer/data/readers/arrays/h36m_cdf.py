"""Human3.6M's own files (Ionescu et al., PAMI 2014): poses as CDF, NASA's Common Data Format, 50 frames a second.

The variable Pose holds a row a frame: 96 numbers are 32 joints in millimetres, in the world (D3_Positions, z up) or in
a camera's axes (D3_Positions_mono, y down), told by the body; 64 are their places in a camera's image. Rows of 78 are
angles of subjects' own skeletons (D3_Angles), and are refused. Subject and action stand in the path,
S1/MyPoseFeatures/D3_Positions/Walking 1.cdf, the camera in "Walking 1.54138969.cdf".

Of CDF only what holds one variable is understood: versions 2.6 and 3, either order of bytes, records as they are or by
gzip, the whole file by gzip.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.sources import SourceFile
from poseviewer.data.upright import told
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.motion.joint_sets import joint_set

NAME = "Human3.6M CDF"
SUFFIXES = (".cdf",)
READS = "Human3.6M's own poses, 32 joints in 3D or in an image, subject, action, camera"
ASSUMES = "up axis by the body; 50 fps"
EXPECTED = "give Human3.6M's D3_Positions, or save the array as .npy"

FPS = 50.0
_MAX_BYTES = 1 << 28
_MOST_RECORDS = 10_000
_VERSION_3, _VERSION_2 = 0xCDF30001, 0xCDF26002
_WHOLE, _PACKED = 0x0000FFFF, 0xCCCC0001
_CAMERAS = {"54138969": (1000, 1002), "55011271": (1000, 1000), "58860488": (1000, 1000), "60457274": (1000, 1002)}
_LITTLE = (4, 6, 13, 16, 17)  # encodings of processors whose lowest byte comes first
_FLOATS = {21: "f4", 44: "f4", 22: "f8", 45: "f8"}
_TABLE, _VALUES, _PACKED_VALUES = 6, 7, 13  # kinds of records: an index of others, values, values by gzip


def accepts(file: SourceFile) -> bool:
    return file.head(4) in (struct.pack(">I", _VERSION_3), struct.pack(">I", _VERSION_2))


def read(file: SourceFile) -> Iterator[Clip]:
    try:
        rows = _Cdf(file.name, file.content(_MAX_BYTES)).rows("Pose")
    except (struct.error, IndexError, zlib.error, ValueError) as error:
        raise PoseviewerError(file.name, "", "it is a damaged CDF", "get the file again") from error
    subject = next((folder for folder in reversed(file.folders) if re.fullmatch(r"S\d+", folder)), "")
    name, _, camera = file.stem.partition(".")
    joints = joint_set("h36m32")
    common: dict[str, Any] = {
        "fps": FPS,
        "name": f"{subject} {file.stem}".strip(),
        "subject": subject,
        "action": re.sub(r" \d+$", "", name),
    }
    if rows.shape[1] == 96:
        positions = rows.reshape(len(rows), 32, 3)
        stand = told(positions, joints, file.reading, unit="mm")
        notes = "".join(f", {note}" for note in stand.notes)
        source = f"{file.name}: Human3.6M, 50 Hz, millimetres{notes}"
        yield Clip(joints, stand.points(positions).astype(np.float32), source=source, **common)
    elif rows.shape[1] == 64:
        width, height = size = _CAMERAS.get(camera, (1000, 1000))
        pixels = rows.reshape(len(rows), 32, 2)
        places = np.stack([pixels[..., 0] - width / 2.0, height / 2.0 - pixels[..., 1]], axis=-1) / height
        source = f"{file.name}: Human3.6M, 50 Hz, images of {width} x {height}"
        flat = joint_set("h36m32", 2)
        yield Clip(flat, places.astype(np.float32), image_size=size, source=source, **common)
    else:
        angles = rows.shape[1] == 78
        cause = "it holds angles without a skeleton" if angles else f"its rows have {rows.shape[1]} numbers, not 96"
        raise PoseviewerError(file.name, "Pose", cause, "give the file of the same name in D3_Positions")


class _Cdf:
    """What of a CDF leads to a variable's values. Raises struct.error, IndexError or ValueError where it is damaged."""

    def __init__(self, label: str, content: bytes) -> None:
        self._label = label
        magic, packing = struct.unpack(">2I", content[:8])
        self._wide = magic == _VERSION_3
        self._word, self._name = ("q", 256) if self._wide else ("i", 64)
        if packing == _PACKED:
            size, _, _, unpacked = self._fields(content, 8, "wiww")
            at = 8 + self._size("wiwwi")
            if not 0 < unpacked <= min(_MAX_BYTES, 1000 * len(content)):
                raise ValueError(f"it unpacks to {unpacked} bytes")
            content = content[:8] + _inflated(content[at : 8 + size], unpacked)
        elif packing != _WHOLE:
            raise ValueError("it is no CDF")
        self._content = content
        _, _, self._global, _, _, encoding, flags = self._fields(content, 8, "wiwiiii")
        self._order, self._by_rows = "<" if encoding in _LITTLE else ">", bool(flags & 1)

    def rows(self, name: str) -> NDArray[np.float64]:
        """(F, N) a variable's values, all records one after the other. Raises PoseviewerError where it is not there."""
        _, _, _, at = self._fields(self._content, self._global, "wiww")
        for _ in range(_MOST_RECORDS):
            if at <= 0:
                break
            fields = self._fields(self._content, at, "wiwiiww" + "i" * 7 + "wi")
            after, kind, last, index, elements = fields[2], fields[3], fields[4], fields[5], fields[12]
            start = at + self._size("wiwiiww" + "i" * 7 + "wi")
            found = self._content[start : start + self._name].partition(b"\0")[0].decode("latin-1").strip()
            if found == name:
                (count,) = struct.unpack(">i", self._content[start + self._name : start + self._name + 4])
                if kind not in _FLOATS or not 1 <= count <= 3 or elements != 1:
                    raise ValueError("its variable holds no numbers")
                sides = struct.unpack(f">{count}i", self._content[start + self._name + 4 :][: 4 * count])
                return self._values(index, last + 1, sides, f"{self._order}{_FLOATS[kind]}")
            at = after
        raise PoseviewerError(self._label, "", f"it has no variable {name}", EXPECTED)

    def _values(self, index: int, records: int, sides: tuple[int, ...], dtype: str) -> NDArray[np.float64]:
        size = int(np.prod(sides, dtype=np.int64)) * np.dtype(dtype).itemsize
        if min(sides) <= 0 or records <= 0 or size * records > _MAX_BYTES:
            raise ValueError(f"{records} records of {sides}")
        data = b"".join(self._chunks(index, size, 0))[: size * records]
        values = np.frombuffer(data, dtype=dtype, count=len(data) // size * size // np.dtype(dtype).itemsize)
        order: Literal["C", "F"] = "C" if self._by_rows else "F"
        parts = [part.reshape(sides, order=order) for part in values.reshape(-1, size // np.dtype(dtype).itemsize)]
        if not parts:
            raise ValueError("it has no record")
        table = np.array(parts, dtype=np.float64)
        return table.reshape(-1, table.shape[-1])

    def _chunks(self, at: int, size: int, depth: int) -> Iterator[bytes]:
        """The values of all records that an index and those below it list."""
        for _ in range(_MOST_RECORDS):
            if at <= 0 or depth > 5:
                return
            _, kind, after, entries, used = self._fields(self._content, at, "wiwii")
            start = at + self._size("wiwii")
            if kind != _TABLE or not 0 <= used <= entries <= _MOST_RECORDS:
                raise ValueError("its index is damaged")
            firsts = struct.unpack(f">{entries}i", self._content[start : start + 4 * entries])
            lasts = struct.unpack(f">{entries}i", self._content[start + 4 * entries : start + 8 * entries])
            width = 8 if self._wide else 4
            places = struct.unpack(
                f">{entries}{self._word}", self._content[start + 8 * entries : start + (8 + width) * entries]
            )
            for first, last, place in list(zip(firsts, lasts, places, strict=True))[:used]:
                length, kind = self._fields(self._content, place, "wi")
                body = place + self._size("wi")
                if kind == _VALUES:
                    yield self._content[body : place + length]
                elif kind == _PACKED_VALUES:
                    _, packed = self._fields(self._content, body, "iw")
                    begin = body + self._size("iw")
                    expected = size * (last - first + 1)
                    if not 0 < expected <= min(_MAX_BYTES, 1100 * max(packed, 1)):
                        raise ValueError(f"it unpacks to {expected} bytes")
                    yield _inflated(self._content[begin : begin + packed], expected)
                else:
                    yield from self._chunks(place, size, depth + 1)
            at = after

    def _fields(self, content: bytes, at: int, kinds: str) -> tuple[int, ...]:
        """Numbers of a record, "i" of four bytes, "w" as wide as the version's offsets."""
        if at < 0:
            raise ValueError("a record lies before the file")
        layout = ">" + kinds.replace("w", self._word)
        return struct.unpack(layout, content[at : at + struct.calcsize(layout)])

    def _size(self, kinds: str) -> int:
        return struct.calcsize(">" + kinds.replace("w", self._word))


def _inflated(content: bytes, expected: int) -> bytes:
    return zlib.decompressobj(wbits=47).decompress(content, expected)
