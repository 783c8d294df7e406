"""Rotations of joints in whatever shape a file has them, as quaternions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.motion import rotation
from poseviewer.motion.rotation import Array

_LARGEST_TURN = 100.0  # radians: beyond it no axis and angle
_MOST_TURNS = 8_000_000  # joints times frames: 24 joints for three hours at 30 Hz
_SLACK = 0.1  # by which the rows of a rotation matrix may miss their length of 1


class TooLong(Exception):
    """A motion that does not fit into memory, in words."""


def numbers(value: Any) -> Array | None:
    """An array of numbers, None where a value is none."""
    if isinstance(value, (list, tuple)) and value and not isinstance(value[0], (str, dict)):
        try:
            value = np.array(value)
        except ValueError:
            return None
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "iuf" or not value.size:
        return None
    return value


def turns_of(value: Any, counts: tuple[int, ...]) -> Array | None:
    """(F, K, 4) unit quaternions w, x, y, z of K joints, K in counts, NaN where unknown; None where they are none.

    value: (F, 3K) or (F, K, 3) axis times angle; (F, K, 3, 3) or (F, 9K) matrices; (F, K, 6) or (F, 6K) their first two
    rows (pytorch3d), also as MDM has it, (K, 6, F); (F, K, 4) quaternions w, x, y, z; of one frame without its F.
    Raises TooLong.
    """
    array = numbers(value)
    if array is None:
        return None
    if array.ndim == 1 or (array.ndim < 4 and not _size(array.shape, counts) and _size((1, *array.shape), counts)):
        array = array[None]
    if array.ndim == 3 and array.shape[1] == 6 and array.shape[0] in counts:
        array = np.moveaxis(array, -1, 0)
    size = _size(array.shape, counts)
    if size and array.size // size > _MOST_TURNS:
        raise TooLong(f"{array.size // size // len(array)} joints in {len(array)} frames do not fit into memory")
    return _quaternions(array.reshape(len(array), -1, size).astype(np.float64), size) if size else None


def _size(shape: tuple[int, ...], counts: tuple[int, ...]) -> int:
    """How many numbers a joint's rotation has, 0 where a shape holds no rotations of so many joints."""
    width = int(np.prod(shape[1:]))
    if len(shape) > 2 and shape[-2:] == (3, 3) and width // 9 in counts:
        return 9
    sizes = [shape[-1]] if len(shape) > 2 and shape[-1] in (3, 4, 6) else [3, 6, 9]
    return next((size for size in sizes if width % size == 0 and width // size in counts), 0)


def _quaternions(array: Array, size: int) -> Array | None:
    """(F, K, 4) of (F, K, size), NaN where a number is missing; None where they are no rotations."""
    known = np.asarray(np.isfinite(array).all(axis=-1, keepdims=True))
    if not known.any():
        return None
    array = np.where(known, array, 0.0)
    if size == 3:
        turns = rotation.from_expmap(array)
        fits = bool(np.abs(array).max() <= _LARGEST_TURN)
    elif size == 4:
        turns = rotation.normalise(array)
        fits = _are_long(array, known)
    else:
        rows = array.reshape(*array.shape[:2], -1, 3)
        fits = _are_long(rows, known)
        columns = rotation.from_6d(rows[..., :2, :].reshape(*array.shape[:2], 6))
        turns = rotation.conjugate(columns)  # rows were taken for columns
    return np.where(known, turns, np.nan) if fits else None


def _are_long(vectors: Array, known: NDArray[np.bool_]) -> bool:
    """Whether vectors (F, K, ..., N) of those joints (F, K, 1) that are known have about length 1."""
    length = np.linalg.norm(vectors, axis=-1)[known[..., 0]]
    return bool((np.abs(length - 1.0) <= _SLACK).all())
