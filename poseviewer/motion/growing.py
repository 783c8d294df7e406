"""Arrays that grow by frames: a frame more costs the same however many there are, and what was given out stays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_ROOM = 64  # frames that the first buffer holds at least
_GROWTH = 1.5


class _Buffer(np.ndarray):
    """More frames than are known yet. axis: along which they lie; filled: how many of them somebody has been given."""

    axis = 0
    filled = -1  # of a view of it


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
        buffer = made.view(_Buffer)
        buffer.axis = axis
        buffer[_part(axis, 0, count)] = known
    buffer[_part(axis, count, total)] = fresh
    buffer.filled = total
    return buffer[_part(axis, 0, total)].view(np.ndarray)


def goes_on(longer: NDArray[Any], shorter: NDArray[Any], axis: int = 0) -> bool:
    """Whether an array is known, without a look at its frames, to begin with all those of another one."""
    buffer = _buffer_of(longer)
    return longer is shorter or (
        buffer is not None and buffer is _buffer_of(shorter) and longer.shape[axis] >= shorter.shape[axis]
    )


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
