"""Which axis of an array is which: clips, frames, joints, coordinates.

Generators and data sets write positions in every order: (F, J, 3), (N, F, J, 3), (N, J, 3, F), (F, 3 J), (J, F, 3),
(N, 3, F, J, M). Some orders are likelier than others by where the axes stand and how long they are; the body settles
it: from frame to frame a pose changes little, and each joint keeps its distance to the one next to it. The likeliest
order stands unless the body says clearly that another one is meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations
from math import prod

import numpy as np
from numpy.typing import NDArray

_LIKELY = {
    "FJD": 0.0, "JDF": 0.2, "DFJ": 0.5, "FDJ": 0.5, "JFD": 0.6, "DJF": 0.7,
    "NFJD": 0.0, "NJDF": 0.2, "NDFJ": 0.4, "FNJD": 0.5, "NJFD": 0.6, "NFDJ": 0.6, "NDJF": 0.7, "DFJN": 0.7,
    "NNFJD": 0.0, "NNJDF": 0.2, "NFNJD": 0.3, "NDFJN": 0.4,
}  # fmt: skip
"""How unlikely orders are, of clips (N), frames, joints and coordinates (D); others are 1."""
USUAL = ("FJD", "NFJD", "JD")
_WORDS = {"N": "clips", "F": "frames", "J": "joints", "D": "coordinates"}
_USUAL_COUNTS = frozenset((13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 31, 32, 33, 52, 55, 127, 133))
_MOST_JOINTS = 5000
_MOST_ORDERS, _MOST_UNLIKELY = 12, 2.0
_LOOKED_AT = 40  # frames, and joints
_FEWEST_FRAMES = 8  # that tell a motion
_TWIN = 0.9  # of `unrest`, to whether x, y, z alternate within an axis or follow each other
_SURE, _BODY, _CLEARLY = 0.2, 0.3, 0.1  # of `unrest`: a body for sure, may be one, and better than another order


@dataclass(frozen=True)
class Order:
    """How an array is read: its shape with an axis of J times D split in two, and which axes of that are which.

    frames is None for a single pose.
    """

    shape: tuple[int, ...]
    clips: tuple[int, ...]
    frames: int | None
    joints: int
    coordinates: int

    def apply(self, array: NDArray[np.floating]) -> NDArray[np.floating]:
        """(N, F, J, D), N the product of the axes of clips; a view where one can be."""
        frames = () if self.frames is None else (self.frames,)
        turned = array.reshape(self.shape).transpose(*self.clips, *frames, self.joints, self.coordinates)
        poses = turned.reshape(prod(self.shape[axis] for axis in self.clips), -1, *turned.shape[-2:])
        return poses

    @property
    def letters(self) -> str:
        named = {self.frames: "F", self.joints: "J", self.coordinates: "D"}
        return "".join(named.get(axis, "N") for axis in range(len(self.shape)))

    def is_twin(self, other: Order) -> bool:
        """Whether the same axis is split the other way round: x, y, z of joint after joint, or all x first."""
        return self.shape != other.shape and sorted(self.shape) == sorted(other.shape) and self.clips == other.clips

    @property
    def words(self) -> str:
        return " x ".join(_WORDS[letter] for letter in self.letters)


def order_of(array: NDArray[np.floating], clips: int | None = None, joints: int | None = None) -> Order | None:
    """The order of an array's axes, None where it cannot hold poses.

    clips, joints: how many there are, where something beside the array counts them.
    """
    found = _orders(array.shape, clips, joints) or _orders(array.shape, None, joints) or _orders(array.shape)
    if not found:
        return None
    likeliest = found[0]
    least = unrest(likeliest.apply(array))
    twin = next((order for order in found[1:] if order.is_twin(likeliest) and order.shape != array.shape), None)
    if twin is not None and (other := unrest(twin.apply(array))) < _TWIN * least:
        likeliest, least = twin, other
    if least > _SURE:
        unrests = [unrest(order.apply(array)) for order in found]
        best = int(np.argmin(unrests))
        if unrests[best] < min(_BODY, least - _CLEARLY):
            return found[best]
    is_usual = likeliest.shape == array.shape or likeliest.shape[likeliest.joints] in _USUAL_COUNTS
    return likeliest if is_usual or least < _BODY else None


def unrest(clips: NDArray[np.floating]) -> float:
    """How little (N, F, J, D) moves like a body: how distances of neighbouring joints spread over the frames, and how
    far joints move within the pose from one frame to the next, both as parts of what they are. Infinite where too few
    frames tell.
    """
    if clips.shape[1] < _FEWEST_FRAMES:
        return np.inf
    return float(np.median([_unrest(clips[n]) for n in sorted({0, len(clips) // 2, len(clips) - 1})]))


def _unrest(motion: NDArray[np.floating]) -> float:
    poses = np.asarray(motion[:_LOOKED_AT, :_LOOKED_AT, :3], dtype=np.float64)
    poses = poses[:, np.isfinite(poses).any(axis=(0, 2))]  # without what was never seen, hands most often
    poses = poses[np.isfinite(poses).all(axis=(1, 2)) & poses.any(axis=(1, 2))]
    if len(poses) < _FEWEST_FRAMES or poses.shape[1] < 2:
        return np.inf
    centred = poses - poses.mean(axis=1, keepdims=True)
    size = float(np.sqrt((centred**2).sum(axis=-1).mean()))
    if not size:
        return np.inf
    between = np.linalg.norm(centred[:, :, None] - centred[:, None], axis=-1)
    mean, spread = between.mean(axis=0), between.std(axis=0)
    apart = np.where(mean > 1e-4 * size, mean, np.inf)  # joints that lie in each other tell nothing
    nearest = apart.argmin(axis=1)
    rows = np.arange(len(nearest))
    known = np.isfinite(apart[rows, nearest])
    if not known.any():
        return np.inf
    stretch = float(np.median((spread[rows, nearest] / apart[rows, nearest])[known]))
    step = float(np.median(np.sqrt((np.diff(centred, axis=0) ** 2).sum(axis=-1).mean(axis=-1)))) / size
    return stretch + (step if step else _CLEARLY + 0.05)  # the same pose again and again may be one clip several times


@lru_cache(1000)  # files of single poses ask for the same one again and again
def _orders(shape: tuple[int, ...], clips: int | None = None, joints: int | None = None) -> tuple[Order, ...]:
    """The orders that a shape may have, the likeliest first."""
    found = []
    for whole, split in _wholes(shape):
        for order in _assigned(whole):
            unlikely = split + _unlikeliness(order)
            count = prod(whole[axis] for axis in order.clips)
            if joints in (None, whole[order.joints]) and clips in (None, count):
                found.append((unlikely, order))
    found.sort(key=lambda pair: pair[0])
    return tuple(order for unlikely, order in found[:_MOST_ORDERS] if unlikely <= found[0][0] + _MOST_UNLIKELY)


def _wholes(shape: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], float]]:
    """The shape, then with each axis of 3 J or 2 J numbers split into joints and coordinates; how unlikely that is."""
    yield shape, 0.0
    last = len(shape) - 1
    for axis, length in enumerate(shape if last < 3 else ()):
        for dims in (3, 2, 4):
            joints, left = divmod(length, dims)
            fits = not left and 4 <= joints <= _MOST_JOINTS and (dims < 4 or joints in _USUAL_COUNTS)
            if fits and (dims == 3 or axis == last):
                before, after = shape[:axis], shape[axis + 1 :]
                unlikely = 0.8 + 0.5 * len(after) + abs(3 - dims)
                yield (*before, joints, dims, *after), unlikely
                yield (*before, dims, joints, *after), unlikely + 0.5


def _assigned(shape: tuple[int, ...]) -> Iterator[Order]:
    axes = range(len(shape))
    if len(shape) == 2:
        pairs = [(j, d) for j, d in permutations(axes, 2) if shape[d] in (2, 3) and shape[j] in _USUAL_COUNTS]
        yield from (Order(shape, (), None, j, d) for j, d in pairs)
    if not 3 <= len(shape) <= 5 or not all(shape):
        return
    for frames, joints, coordinates in permutations(axes, 3):
        usual = coordinates == len(shape) - 1 or (joints, frames) == (coordinates - 1, coordinates + 1)
        if shape[coordinates] in ((2, 3, 4) if usual else (3,)) and shape[joints] <= _MOST_JOINTS:
            rest = tuple(axis for axis in axes if axis not in (frames, joints, coordinates))
            yield Order(shape, rest, frames, joints, coordinates)


def _unlikeliness(order: Order) -> float:
    frames = 1 if order.frames is None else order.shape[order.frames]
    joints, dims = order.shape[order.joints], order.shape[order.coordinates]
    unusual = 0.0 if joints in _USUAL_COUNTS else 0.5 if 4 <= joints <= 200 else 2.0
    return _LIKELY.get(order.letters, 1.0) + unusual + (0.0, 0.4, 0.9)[(3, 2, 4).index(dims)] + (frames == 1)
