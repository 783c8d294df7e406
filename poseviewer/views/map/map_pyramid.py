"""A million points as images of ever larger cells: to pan and zoom shows another cut-out, and counts no point anew."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

_FINEST = 2048  # cells along the longer side of what the points cover
_LEVELS = 6
_TILE = 64  # of the finest cells along a side: points are found by tiles
_CELL = 1.5  # px that a cell takes at least, and twice that at most
_COARSE = 4.0  # px that a cell may take before the points themselves are counted
_FAINTEST = 0.22


class Pyramid:
    """Of points (N, 2) in map units, in the mean colour of their groups (N,). Its images are made when they are asked
    for: (h, w, 4) uint8, of the finest cells, and each half as many along a side as the one before.
    """

    def __init__(self, xy: NDArray[np.float32], group: NDArray[np.uint8], tints: NDArray[np.float32]) -> None:
        """tints (256, 3), 0 to 255."""
        self.low, high = xy.min(axis=0).astype(np.float64), xy.max(axis=0).astype(np.float64)
        self.cell = max(float((high - self.low).max()), 1e-9) / (_FINEST - 1)
        column, row = ((xy - self.low.astype(np.float32)) * np.float32(1.0 / self.cell)).astype(np.int32).T
        self._wide, self._tall = (int(side.max()) // _TILE + 1 for side in (column, row))  # tiles
        place = row * (self._wide * _TILE) + column
        shape = self._tall * _TILE, self._wide * _TILE
        weights = (None, *(tints[:, channel][group] for channel in range(3)))
        sums = [np.bincount(place, weight, minlength=shape[0] * shape[1]).reshape(shape) for weight in weights]
        self._sums = [[each.astype(np.float32) for each in sums]]  # counts and colours, from the finest cells on
        self._images: dict[int, NDArray[np.uint8]] = {}
        tile = (row // _TILE * self._wide + column // _TILE).astype(np.int16)  # whose sort costs a count
        self._starts = np.concatenate([[0], np.cumsum(np.bincount(tile, minlength=self._wide * self._tall))])
        self._order = np.argsort(tile, kind="stable")

    def is_fine(self, view: QRectF, px: float) -> bool:
        """Whether the finest cells do for a view that is `px` wide."""
        return self.cell * px / view.width() <= _COARSE

    def count(self, view: QRectF) -> int:
        """About how many points lie in a view."""
        return sum(stop - start for start, stop in self._in_tiles(view))

    def image(self, view: QRectF, px: float) -> tuple[NDArray[np.uint8], QRectF]:
        """The cut-out that a view (map units) needs that is `px` wide, and where it lies."""
        level = int(np.ceil(np.log2(max(_CELL * view.width() / (px * self.cell), 1.0))))
        level = min(level, _LEVELS - 1)
        while len(self._sums) <= level:
            self._sums.append([_halved(each) for each in self._sums[-1]])
        if level not in self._images:
            self._images[level] = _shaded(self._sums[level])
        image, cell = self._images[level], self.cell * 2**level
        rows, columns = self._span(view.top(), view.bottom(), 1, cell), self._span(view.left(), view.right(), 0, cell)
        part = image[rows, columns]
        left, top = self.low[0] + columns.start * cell, self.low[1] + rows.start * cell
        return part, QRectF(left, top, part.shape[1] * cell, part.shape[0] * cell)

    def near(self, view: QRectF) -> NDArray[np.int64]:
        """The points of all tiles that lie in a view: those in it, and some about it."""
        found = [self._order[start:stop] for start, stop in self._in_tiles(view)]
        return np.concatenate([np.zeros(0, dtype=np.int64), *found])

    def _in_tiles(self, view: QRectF) -> list[tuple[int, int]]:
        """Where in the order by tile the points of each row of tiles in a view are."""
        tile = _TILE * self.cell
        rows, columns = self._span(view.top(), view.bottom(), 1, tile), self._span(view.left(), view.right(), 0, tile)
        wide = self._wide
        first, last = min(columns.start, wide), min(columns.stop, wide)
        seen = range(min(rows.start, self._tall), min(rows.stop, self._tall))
        return [(int(self._starts[row * wide + first]), int(self._starts[row * wide + last])) for row in seen]

    def _span(self, start: float, stop: float, axis: int, cell: float) -> slice:
        first, last = ((edge - float(self.low[axis])) / cell for edge in (start, stop))
        return slice(max(0, int(np.floor(first))), max(0, int(np.floor(last)) + 1))


def _halved(cells: NDArray[np.float32]) -> NDArray[np.float32]:
    """Two by two cells as one."""
    cells = np.pad(cells, [(0, side % 2) for side in cells.shape])
    return cells[::2, ::2] + cells[1::2, ::2] + cells[::2, 1::2] + cells[1::2, 1::2]


def _shaded(sums: list[NDArray[np.float32]]) -> NDArray[np.uint8]:
    """(h, w, 4) of counts and sums of three channels: the mean colour, the more opaque the more points there are."""
    count, *channels = sums
    image = np.zeros((*count.shape, 4), dtype=np.uint8)
    there = count > 0
    for k, channel in enumerate(channels):
        image[there, k] = channel[there] / count[there]
    usual = max(float(np.percentile(count[there], 95)), 2.0)
    opacity = _FAINTEST + (1.0 - _FAINTEST) * np.log1p(count[there]) / np.log1p(usual)
    image[there, 3] = 255.0 * np.minimum(opacity, 1.0)
    return image
