"""Arrays and rows that grow by frames: a frame more costs the same however many there are; what was given out stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Generic, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

_ROOM = 64  # frames that the first buffer holds at least
_GROWTH = 1.5


class _Buffer(np.ndarray):
    """More frames than are known yet. axis: along which they lie; filled: how many of them somebody has been given,
    more than there are where another buffer goes on; line: the same in all buffers that go on from each other.
    """

    axis = 0
    filled = -1  # of a view of it
    line: object = None


_T = TypeVar("_T")


class Row(Generic[_T]):
    """Things in a row; a copy costs nothing, since it has those that there are in common with the one it is of."""

    def __init__(self, things: Iterable[_T] = ()) -> None:
        self._shared = list(things)
        self._count = len(self._shared)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[_T]:
        return islice(self._shared, self._count)

    @overload
    def __getitem__(self, place: int) -> _T: ...
    @overload
    def __getitem__(self, place: slice) -> list[_T]: ...
    def __getitem__(self, place: int | slice) -> _T | list[_T]:
        found = range(self._count)[place]
        return [self._shared[at] for at in found] if isinstance(found, range) else self._shared[found]

    def append(self, thing: _T) -> None:
        """Put a thing behind the others; where another row went on from here, on a row of its own."""
        if len(self._shared) > self._count:
            self._shared = self._shared[: self._count]
        self._shared.append(thing)
        self._count += 1

    def cut(self, count: int) -> None:
        """Leave the first ones."""
        self._count = min(count, self._count)

    def copy(self) -> Row[_T]:
        """One that goes its own way from here."""
        other: Row[_T] = Row()
        other._shared, other._count = self._shared, self._count
        return other


def appended(known: NDArray[Any], fresh: NDArray[Any], axis: int = 0) -> NDArray[Any]:
    """`np.concatenate([known, fresh], axis)`; where `known` came of here and nothing goes on from it yet, in place.

    What goes on from frames that something else went on from, a branch, is copied once. No frame that was given out
    changes; nobody may write into what comes of here.
    """
    count, total = known.shape[axis], known.shape[axis] + fresh.shape[axis]
    buffer = _buffer_of(known)
    goes_on = buffer is not None and buffer.axis == axis and buffer.filled == count and buffer.shape[axis] >= total
    if buffer is None or not goes_on or not np.can_cast(fresh.dtype, buffer.dtype, "same_kind"):
        shape = list(fresh.shape)
        shape[axis] = max(_ROOM, int(_GROWTH * total))
        made = np.empty(shape, np.result_type(known, fresh) if count else fresh.dtype)
        last, buffer = buffer, made.view(_Buffer)
        buffer.axis, buffer.line = axis, object()
        if last is not None and last.axis == axis and last.filled == count:
            buffer.line, last.filled = last.line, last.shape[axis] + 1
        buffer[_part(axis, 0, count)] = known
    buffer[_part(axis, count, total)] = fresh
    buffer.filled = total
    return buffer[_part(axis, 0, total)].view(np.ndarray)


def goes_on(longer: NDArray[Any], shorter: NDArray[Any], axis: int = 0) -> bool:
    """Whether an array is known, without a look at its frames, to begin with all those of another one."""
    ours, theirs = _buffer_of(longer), _buffer_of(shorter)
    one_line = ours is not None and theirs is not None and ours.line is theirs.line
    return longer is shorter or (one_line and longer.shape[axis] >= shorter.shape[axis])


def _part(axis: int, start: int, stop: int) -> tuple[slice, ...]:
    return (*(slice(None),) * axis, slice(start, stop))


def _buffer_of(known: NDArray[Any]) -> _Buffer | None:
    """The buffer that an array is the beginning of, in all its frames' numbers; None where there is none."""
    base: Any = known
    while base is not None and getattr(base, "filled", -1) < 0:
        base = getattr(base, "base", None)
    if base is None or base.ndim != known.ndim or base.strides != known.strides:
        return None
    same = known.ctypes.data == base.ctypes.data
    across = all(k == base.axis or size == base.shape[k] for k, size in enumerate(known.shape))
    return base if same and across else None
