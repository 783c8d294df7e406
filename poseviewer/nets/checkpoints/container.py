"""The .safetensors container, read with distrust: an 8-byte length, a JSON header, then the tensors' bytes.

Nothing in such a file can execute. Every count is checked against the file's size before memory is taken for it. The
document of a checkpoint is one JSON text in the header's metadata, beside the SHA-256 of the tensors' bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.aside import file_aside, unwritable
from poseviewer.errors import PoseviewerError
from poseviewer.paths import MODEL_SUFFIX
from poseviewer.text import printable_document
from poseviewer.unreadable import unreadable

DOCUMENT = "poseviewer"
_DIGEST = "sha256"
_LARGEST_HEADER = 4 << 20
LARGEST_FILE = 128 << 20
"""Bytes of a checkpoint at most."""
_MOST_TENSORS = 10_000
_MOST_AXES = 8
_DTYPES = {"F32": "<f4", "F64": "<f8", "I64": "<i8", "I32": "<i4", "U8": "|u1"}


@dataclass(frozen=True)
class TensorInfo:
    """A tensor's dtype as numpy spells it, its shape, and its bytes start..stop-1 in the file's data."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    stop: int


@dataclass(frozen=True)
class Header:
    """What a file says of itself: its document, its tensors, where their bytes begin and what they must hash to."""

    document: dict[str, Any]
    tensors: dict[str, TensorInfo]
    data_start: int
    digest: str


def read_header(path: Path, largest: int = LARGEST_FILE) -> Header:
    """Read and check a file's header; no tensor is read. Raises PoseviewerError where it is damaged or foreign, or has
    more than `largest` bytes.
    """
    if path.suffix.lower() != MODEL_SUFFIX and (refused := unreadable(path)) is not None:
        raise refused
    try:
        size = path.stat().st_size
        if size > largest:
            raise _damaged(path, f"it has {size >> 20} MB, more than any model here", "choose another file")
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if size < 8 or length > min(size - 8, _LARGEST_HEADER):
                raise _damaged(path, "it is no .safetensors file or it is cut short")
            text = file.read(length)
    except OSError as error:
        raise PoseviewerError(path, "", error.strerror or "it cannot be read", "check the path") from error
    header = _json(path, text)
    metadata = header.pop("__metadata__", None)
    if not isinstance(metadata, dict) or not all(isinstance(metadata.get(key), str) for key in (DOCUMENT, _DIGEST)):
        raise _damaged(path, "it was not written by poseviewer", "train a model or save one with poseviewer")
    document = printable_document(_json(path, metadata[DOCUMENT]))
    return Header(document, _tensors(path, header, size - 8 - length), 8 + length, metadata[_DIGEST])


def read_tensors(path: Path, header: Header) -> dict[str, NDArray]:
    """The tensors of a file. Raises PoseviewerError where bytes were changed or numbers are not finite."""
    with path.open("rb") as file:
        file.seek(header.data_start)
        data = file.read()
    if hashlib.sha256(data).hexdigest() != header.digest:
        raise _damaged(path, "its weights are damaged or were changed")
    tensors = {}
    for name, info in header.tensors.items():
        array = np.frombuffer(data, info.dtype, prod(info.shape), info.start).reshape(info.shape)
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise _damaged(path, f"its weights {name!r} hold numbers that are not finite", "train it again")
        tensors[name] = array
    return tensors


def write(path: Path, document: Mapping[str, Any], tensors: Mapping[str, NDArray]) -> None:
    """Write a file aside and move it into place. Raises PoseviewerError where it cannot be written."""
    header: dict[str, Any] = {}
    parts, offset = [], 0
    for name, tensor in sorted(tensors.items()):
        array = np.asarray(tensor)
        kind = next((k for k, v in _DTYPES.items() if array.dtype == np.dtype(v)), None)
        if kind is None:
            raise ValueError(f"{name} has dtype {array.dtype}")
        data = np.ascontiguousarray(array).astype(_DTYPES[kind]).tobytes()
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [offset, offset + len(data)]}
        parts.append(data)
        offset += len(data)
    data = b"".join(parts)
    text = json.dumps(document, ensure_ascii=False, allow_nan=False)
    header["__metadata__"] = {DOCUMENT: text, _DIGEST: hashlib.sha256(data).hexdigest()}
    encoded = json.dumps(header).encode()
    encoded += b" " * (-len(encoded) % 8)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error
    with file_aside(path) as part, part.open("wb") as file:
        file.write(len(encoded).to_bytes(8, "little") + encoded + data)


def _tensors(path: Path, header: Mapping[str, Any], size: int) -> dict[str, TensorInfo]:
    if len(header) > _MOST_TENSORS:
        raise _damaged(path, f"it announces {len(header)} tensors")
    found = {}
    for name, entry in header.items():
        match entry:
            case {"dtype": str(kind), "shape": list(shape), "data_offsets": [int(start), int(stop)]}:
                pass
            case _:
                raise _damaged(path, f"its entry for the tensor {name[:40]!r} is malformed")
        whole = len(shape) <= _MOST_AXES and all(type(n) is int and 0 <= n <= size for n in shape)
        if kind not in _DTYPES or not whole or not 0 <= start <= stop <= size:
            raise _damaged(path, f"its tensor {name[:40]!r} announces what the file cannot hold")
        if np.dtype(_DTYPES[kind]).itemsize * prod(shape) != stop - start:
            raise _damaged(path, f"the shape of its tensor {name[:40]!r} does not fit its bytes")
        found[name] = TensorInfo(_DTYPES[kind], tuple(shape), start, stop)
    reached = 0
    for info in sorted(found.values(), key=lambda info: (info.start, info.stop)):
        if info.start != reached:
            raise _damaged(path, "its tensors overlap or leave gaps")
        reached = info.stop
    if reached != size:
        raise _damaged(path, "its tensors do not fill it")
    return found


def _json(path: Path, text: str | bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _damaged(path, "its header is no JSON document") from error
    if not isinstance(value, dict):
        raise _damaged(path, "its header is no JSON object")
    return value


def _damaged(path: Path, cause: str, cure: str = "get the file again") -> PoseviewerError:
    return PoseviewerError(path, "", cause, cure)
