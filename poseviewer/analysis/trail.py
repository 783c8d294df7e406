"""Values of the last frames, carried on at the cost of the new ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from poseviewer.nets.protocols import Array

_ROOM = 64  # frames


@dataclass
class _Room:
    """values (B, m, K), of whose frames so many hold something."""

    values: Array
    filled: int


class Trail:
    """The last frames of values (B, m, K), as many as the first ones were. It does not change: it goes on into room
    that it shares with those that follow it, and another that goes on from the same frames takes room of its own.
    """

    def __init__(self, values: Array) -> None:
        self._room, self._kept, self._end = _Room(values, values.shape[1]), values.shape[1], values.shape[1]

    def newest(self, frames: int) -> Array:
        """(B, frames, K) the last ones: as many as are kept, and those that came last beside them."""
        return self._room.values[:, self._end - frames : self._end]

    def extended(self, values: Array) -> Trail:
        """With the next frames (B, n, K)."""
        room, begin, end = self._room, self._end, self._end + values.shape[1]
        if room.filled != begin or end > room.values.shape[1]:
            begin, end = self._kept, self._kept + values.shape[1]
            held = np.empty((len(values), end + max(_ROOM, self._kept), values.shape[2]))
            held[:, :begin] = self.newest(begin)
            room = _Room(held, begin)
        room.values[:, begin:end] = values
        room.filled = end
        made = Trail.__new__(Trail)
        made._room, made._kept, made._end = room, self._kept, end
        return made
