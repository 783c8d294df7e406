"""Pickles of numbers: numpy arrays, scalars and dtypes, plain containers, OrderedDict; nothing else, and nothing runs.

`pickles/machine.py` reads them. Sets come as lists, numpy scalars as Python's numbers, bytes as memoryviews; text of
Python 2 is Latin-1. What joblib.dump wrote is read too, plain or compressed by zlib or gzip.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable
from typing import Any, cast

import numpy as np

from poseviewer.data.archive import is_bomb
from poseviewer.data.pickles.machine import CURE, MOST_BYTES, MOST_STEPS, Machine
from poseviewer.errors import PoseviewerError

_DEEPEST = 100
MOST_CONTAINERS = 1_000_000
"""Each takes a few microseconds, and some of its own memory."""
_NUMBERS = {int, float, bool}


def unpickled(
    content: bytes | memoryview,
    label: str,
    where: str = "",
    machine: Callable[[memoryview, str, str], Machine] = Machine,
) -> Any:
    """What a pickle holds: dict, list, tuple, text, bytes, numbers, None and read-only arrays, also those of objects.

    No thing in it contains itself, and a walk from its root meets 5 million values and 1 GB at most, however often it
    meets one of them. machine: what reads it, one that knows more names than `Machine`. Raises PoseviewerError naming
    the file `label` and the place in it.
    """
    content = memoryview(content).cast("B")
    if content[:1] == b"x" or content[:2] == b"\x1f\x8b":
        content = memoryview(_inflated(content, label, where))
    try:
        value = machine(content, label, where).run()
        _require_modest(value, label, where)
    except (LookupError, ValueError, TypeError, AttributeError, OverflowError, struct.error) as error:
        raise PoseviewerError(label, where, "its pickle is damaged or cut off", "save it again") from error
    return value


def _inflated(content: memoryview, label: str, where: str) -> bytes:
    """What joblib.dump compressed, by zlib or gzip."""
    most = next(size for size in (MOST_BYTES >> k for k in range(40)) if not is_bomb(size, len(content)))
    inflating = zlib.decompressobj(wbits=47)
    try:
        inflated = inflating.decompress(content, most)
    except zlib.error as error:
        raise PoseviewerError(label, where, "what it compresses is damaged", "save it again") from error
    if inflating.unconsumed_tail:
        cause = f"it unpacks from {len(content) >> 20} to more than {most >> 20} MB"
        raise PoseviewerError(label, where, cause, "if that is right, save it uncompressed and in parts")
    return inflated


def _require_modest(root: Any, label: str, where: str) -> None:
    """Raise PoseviewerError where a walk from the root is endless, too deep or too long, or meets what is no value.

    What stands in several places counts in each of them, and is looked at once.
    """
    below: dict[int, tuple[int, int, int]] = {}  # values, bytes and depth of each container
    opened: set[int] = set()  # those on the way from the root
    waiting: list[tuple[Any, bool]] = [([root], False)]
    while waiting:
        container, is_known = waiting.pop()
        if id(container) in below:
            continue
        if not is_known:
            if id(container) in opened:
                raise PoseviewerError(label, where, "a part of its pickle contains itself", CURE)
            if _is_plain(container):
                below[id(container)] = 1 + len(container), 8 * len(container), 1
                continue
            opened.add(id(container))
            if len(opened) > _DEEPEST + 1:
                raise PoseviewerError(label, where, f"its pickle nests more than {_DEEPEST} deep", CURE)
            waiting.append((container, True))
            inside = [part for part in _parts(container) if _is_container(part)]
            if len(below) + len(waiting) + len(inside) > MOST_CONTAINERS:
                cause = f"more than {MOST_CONTAINERS:,} lists and dicts stand in its pickle"
                raise PoseviewerError(label, where, cause, CURE)
            waiting += [(part, False) for part in inside]
            continue
        opened.discard(id(container))
        values, size, depth = 1, 0, 0
        for part in _parts(container):
            more = below[id(part)] if _is_container(part) else (1, _size(part), 0)
            values, size, depth = values + more[0], size + more[1], max(depth, more[2])
        below[id(container)] = values, size, depth + 1
        if values > MOST_STEPS or size > MOST_BYTES or depth > _DEEPEST:
            cause = "a walk through its pickle hardly ends, so often the same things stand in it"
            cause = f"its pickle nests more than {_DEEPEST} deep" if depth > _DEEPEST else cause
            raise PoseviewerError(label, where, cause, CURE)


def _is_plain(container: Any) -> bool:
    """Whether a list holds numbers alone, as most do."""
    return isinstance(container, (list, tuple)) and set(map(type, container)) <= _NUMBERS


def _is_container(value: Any) -> bool:
    return isinstance(value, (list, tuple, dict)) or (isinstance(value, np.ndarray) and value.dtype.hasobject)


def _parts(container: Any) -> Iterable[Any]:
    if isinstance(container, dict):
        return container.values()
    return cast("Iterable[Any]", container.flat if isinstance(container, np.ndarray) else container)


def _size(value: Any) -> int:
    """Bytes of one value. Raises TypeError where it is no value but a thing of the machine."""
    if isinstance(value, (np.ndarray, memoryview)):
        return value.nbytes
    if isinstance(value, str):
        return len(value)
    if value is None or isinstance(value, (int, float, complex, np.generic, np.dtype)):
        return 8
    raise TypeError
