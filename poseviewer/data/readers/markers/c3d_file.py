"""The C3D file format (c3d.org): a header, parameters by group and name, and frames of points, in blocks of 512 bytes.

Numbers are those of one of three processors: Intel's and MIPS' are IEEE, in either order of bytes; DEC's floats have
their halves exchanged and an exponent that is two greater. Points are 16-bit integers times a scale or, where the scale
is negative, floats; analog samples stand behind the points of their frame. A reader of our own, because the usual
libraries take a header at its word: ezc3d 1.7.2 crashes or runs on where one is damaged.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.errors import PoseviewerError

_BLOCK = 512
_KEY = 0x50
_INTEL, _DEC, _MIPS = 84, 85, 86
_MOST_PARAMETERS = 20_000
_MOST_POINTS = 5000
_MOST_NUMBERS = 100_000_000
_CURE = "export it as C3D again"

Parameters = Mapping[str, Mapping[str, tuple[Any, ...]]]


@dataclass(frozen=True)
class C3D:
    """points: (F, M, 3) in the file's unit, NaN where a residual says that they were not seen; rate: frames a second as
    the header says; parameters: values by group and name, in capitals; announced: frames that there should be.
    """

    points: NDArray[np.float64]
    rate: float
    parameters: Parameters
    announced: int


def parsed(content: bytes, label: str) -> C3D:
    """Raises PoseviewerError where the header is none or no frame is complete."""
    if len(content) < 2 * _BLOCK or content[1] != _KEY or not content[0]:
        raise PoseviewerError(label, "", "it is cut off or no C3D", _CURE)
    at = _BLOCK * (content[0] - 1)
    processor = content[at + 3] if at + 4 <= len(content) else 0
    if processor not in (_INTEL, _DEC, _MIPS):
        raise PoseviewerError(label, "its parameters", f"no processor has the number {processor}", _CURE)
    numbers = _Numbers(processor)
    points, analog, first, last = numbers.integers(content[2:10])
    (scale,), (start,), (rate,) = numbers.floats(content[12:16]), numbers.integers(content[16:18]), numbers.floats(
        content[20:24]
    )  # fmt: skip
    parameters = _parameters(content, at, numbers)
    scale = float(_first(parameters, "POINT", "SCALE", scale))
    announced = max((last - first + 1) % 65536, _announced(parameters))
    size = 4 if scale < 0 else 2
    wide = 4 * points + analog
    body = memoryview(content)[_BLOCK * (max(start, 1) - 1) :]
    frames = min(announced, len(body) // (size * wide) if wide else 0)
    if not 0 < points <= _MOST_POINTS or not frames or frames * wide > _MOST_NUMBERS:
        cause = f"its header claims {points} points in {announced} frames, and it has {len(content)} bytes"
        raise PoseviewerError(label, "", cause if points else "it holds no points", _CURE)
    rows = numbers.frames(body[: frames * wide * size], frames, size)[:, : 4 * points].reshape(frames, points, 4)
    positions = rows[..., :3].astype(np.float64) * (1.0 if scale < 0 else scale)
    lost = (rows[..., 3] < 0) | ~(np.abs(positions) < 1e9).all(axis=-1) | (positions == 0).all(axis=-1)
    return C3D(np.where(lost[..., None], np.nan, positions), rate, parameters, announced)


class _Numbers:
    """Numbers as a processor writes them."""

    def __init__(self, processor: int) -> None:
        self._order, self._is_dec = ">" if processor == _MIPS else "<", processor == _DEC

    def integers(self, content: bytes, signed: bool = False) -> tuple[int, ...]:
        return struct.unpack(f"{self._order}{len(content) // 2}{'h' if signed else 'H'}", content)

    def floats(self, content: bytes) -> tuple[float, ...]:
        return tuple(float(number) for number in self._floats(content))

    def frames(self, content: memoryview, frames: int, size: int) -> NDArray[Any]:
        """(frames, numbers) of the data section."""
        if size == 2:
            return np.frombuffer(content, dtype=f"{self._order}i2").reshape(frames, -1)
        return self._floats(content).reshape(frames, -1)

    def _floats(self, content: bytes | memoryview) -> NDArray[Any]:
        if not self._is_dec:
            return np.frombuffer(content, dtype=f"{self._order}f4")
        halves = np.frombuffer(content, dtype="<u2").reshape(-1, 2)[:, ::-1]
        return np.ascontiguousarray(halves).view("<f4").ravel() / 4.0


def _parameters(content: bytes, start: int, numbers: _Numbers) -> Parameters:
    """Those that can be made out: what is damaged ends them."""
    names: dict[int, str] = {}
    found: dict[int, dict[str, tuple[Any, ...]]] = {}
    for group, name, record in _records(content, start, numbers):
        if group < 0:
            names[-group] = name
            continue
        try:
            found.setdefault(group, {})[name] = _values(record, numbers)
        except (struct.error, ValueError, IndexError):
            continue
    return {names.get(group, ""): values for group, values in found.items()}


def _records(content: bytes, start: int, numbers: _Numbers) -> Iterator[tuple[int, str, bytes]]:
    """The number of its group, the name and what follows of every record; a group's own number is negative."""
    at = start + 4
    for _ in range(_MOST_PARAMETERS):
        if at + 4 > len(content):
            return
        length, group = struct.unpack("2b", content[at : at + 2])
        after = at + 2 + abs(length)
        if not length or after + 2 > len(content):
            return
        (step,) = numbers.integers(content[after : after + 2])
        end = after + step if step else len(content)
        yield group, content[at + 2 : after].decode("latin-1").strip().upper(), content[after + 2 : end]
        if not step:
            return
        at = end


def _values(record: bytes, numbers: _Numbers) -> tuple[Any, ...]:
    """A parameter's values one after the other, texts without the spaces behind them."""
    kind, dims = struct.unpack("b", record[:1])[0], record[1]
    sides = list(record[2 : 2 + dims])
    count = int(np.prod(sides, dtype=np.int64)) if sides else 1
    data = record[2 + dims : 2 + dims + count * abs(kind)]
    if len(data) < count * abs(kind):
        return ()
    if kind == -1:
        width = sides[0] if sides else 1
        texts = [data[k : k + width] for k in range(0, len(data), width)] if width else []
        return tuple(_text(text) for text in texts)
    if kind == 1:
        return tuple(data)
    return numbers.integers(data, signed=True) if kind == 2 else numbers.floats(data) if kind == 4 else ()


def _text(content: bytes) -> str:
    content = content.partition(b"\0")[0]
    try:
        return content.decode("utf-8").strip()
    except UnicodeDecodeError:
        return content.decode("latin-1").strip()


def _first(parameters: Parameters, group: str, name: str, usual: Any = 0) -> Any:
    """A parameter's first value, `usual` where there is none or it is no finite number other than 0."""
    value = next(iter(parameters.get(group, {}).get(name, ())), usual)
    return value if isinstance(value, (int, float)) and np.isfinite(value) and value else usual


def _announced(parameters: Parameters) -> int:
    """Frames that the parameters tell of where they are too many for the header, 0 where they do not."""
    trial = parameters.get("TRIAL", {})
    ends = [trial.get(name, ()) for name in ("ACTUAL_START_FIELD", "ACTUAL_END_FIELD")]
    if all(len(end) == 2 and all(isinstance(half, int) for half in end) for end in ends):
        start, end = (low % 65536 + 65536 * (high % 65536) for low, high in ends)
        return max(0, end - start + 1)
    return max(0, int(_first(parameters, "POINT", "LONG_FRAMES")))
