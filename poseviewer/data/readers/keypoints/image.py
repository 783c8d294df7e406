"""Points in an image: from pixels, or parts of its sides, to units of its height, origin at its centre, y up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poseviewer.motion.plausible import LARGEST_IMAGE

_USUAL = (
    (320, 240), (640, 480), (1280, 720), (720, 1280), (1024, 1024), (1920, 1080), (1080, 1920), (3840, 2160),
    (2160, 3840),
)  # fmt: skip
_WIDE = (1920, 1080)  # taken where points are parts of the image's sides
_PARTS = 2.0  # beyond it a coordinate is no part of a side
_BELOW_ORIGIN = -0.2  # parts of a side that are counted from the image's centre go to -1, others hardly leave the image


@dataclass(frozen=True)
class Image:
    """size: (width, height) in pixels; unit: what the numbers of points count; note: what was assumed of it."""

    size: tuple[int, int]
    unit: str = "pixels"
    note: str = ""

    def heights(self, points: NDArray[np.floating]) -> NDArray[np.floating]:
        """Points (..., 2) in units of the image's height."""
        width, height = self.size
        if self.unit == "pixels":
            return (points - (width / 2.0, height / 2.0)) * (1.0 / height, -1.0 / height)
        if self.unit == "halves":  # from the centre to a side is 1
            return points * (width / height / 2.0, -0.5)
        return (points - 0.5) * (width / height, -1.0)


def image_of(points: NDArray[np.floating], stated: tuple[int, int] | None = None) -> Image:
    """The image that points (..., 2) lie in. stated: its width and height where a file has them."""
    if stated is not None and not all(1 <= side <= LARGEST_IMAGE for side in stated):
        stated = None
    known = points[np.isfinite(points).all(axis=-1)]
    if not len(known):
        return Image(stated or _WIDE)
    low, high = known.min(axis=0), known.max(axis=0)
    if np.abs(known).max() <= _PARTS:
        unit = "halves" if low.min() < _BELOW_ORIGIN else "parts"
        note = "" if stated else "points are parts of an image whose shape is not stated, 16:9 taken"
        return Image(stated or _WIDE, unit, note)
    if stated:
        return Image(stated)
    holding = [size for size in _USUAL if (high <= size).all()]
    size = min(holding, key=lambda size: size[0] * size[1], default=_rounded(high))
    note = f"image size not stated, {size[0]} x {size[1]} taken, "
    return Image(
        size, note=note + ("the smallest usual one that holds all points" if holding else "up to the last point")
    )


def _rounded(high: NDArray[np.floating]) -> tuple[int, int]:
    width, height = (int(np.clip(np.ceil(side), 1, LARGEST_IMAGE)) for side in high)
    return width, height
