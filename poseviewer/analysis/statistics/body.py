"""What a seed tells of the body that moves in it, and what statistics measure poses by.

Letters: B motions that go on alike, n frames, J joints, D = 2 or 3, E bones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.known import known_mean, known_median, norms
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array

_LOWEST = 10.0  # percentile of the lowest foot's height over the seed
_NEWEST = 5
_MOST = 60  # frames of a seed that are kept
_TINY = 1e-9


@dataclass(frozen=True, eq=False)
class Body:
    """What a seed tells of whoever moves in it.

    size (B,): what lengths are compared with: of 3D bodies the legs', of 2D ones the trunk's, or where joints have no
    such names the pose's. bones (B, E): lengths of the skeleton's edges. floor (B,): height of the lowest foot. place
    (B, D): the middle of the joints in the last frames. spread (B,): the joints' root mean square distance from it.
    longest (B, E): the most that edges had. seed (B, n <= 60, J, D): the
    seed's end itself.
    """

    skeleton: Skeleton
    size: Array
    bones: Array
    floor: Array
    place: Array
    spread: Array
    longest: Array
    seed: Array

    @cached_property
    def usual_bones(self) -> Array:
        """(B, 1, E) lengths of the edges, hardly shorter than nothing."""
        return np.maximum(self.bones, 1e-3 * self.size[:, None])[:, None]

    def in_sizes(self, lengths: Array) -> Array:
        """Lengths (B, n, ...) as multiples of the body's size."""
        size = self._divisor
        return lengths / (size.reshape(-1, *[1] * (lengths.ndim - 1)) if size.ndim else size)

    @cached_property
    def _divisor(self) -> Array:
        """(B,) the size, or () of bodies that are all as large: a number divides at half the cost."""
        every = np.unique(self.size)
        return every.reshape(()) if len(every) == 1 else self.size

    @classmethod
    def of(cls, poses: Array, skeleton: Skeleton) -> Body:
        """The body in seeds (B, n, J, D)."""
        middle = known_mean(poses, axis=2)
        spread = known_median(np.sqrt(known_mean(((poses - middle[:, :, None]) ** 2).sum(axis=-1))))
        bones = lengths(poses, skeleton)
        return cls(
            skeleton,
            np.maximum(_size(poses, skeleton, spread), 1e-3),
            known_median(bones, axis=-2),
            floor_of(poses, skeleton),
            known_median(middle[:, -_NEWEST:], axis=-2),
            spread,
            np.fmax.reduce(bones, axis=1),
            poses[:, -_MOST:],
        )


def local(poses: Array, body: Body, angle: Array | None = None) -> Array:
    """Poses (B, n, J, D) from their root, or in an image from their middle, in sizes, in the frame of their heading.
    angle: their `yaw` (B, n), where it is known.
    """
    if body.skeleton.dims == 2:
        return body.in_sizes(poses - known_mean(poses, axis=2)[:, :, None])
    root = body.skeleton.root
    angle = yaw(poses, body.skeleton) if angle is None else angle
    return turned(body.in_sizes(poses - poses[:, :, root, None]), -angle)


def turned(poses: Array, angle: Array) -> Array:
    """Poses (..., J, 3) about y by angles (...) in radians, to the left."""
    made, across = np.cos(angle)[..., None, None] * poses, np.sin(angle)[..., None, None] * poses
    made[..., 0] += across[..., 2]
    made[..., 1] = poses[..., 1]
    made[..., 2] -= across[..., 0]
    return made


def yaw(poses: Array, skeleton: Skeleton) -> Array:
    """(B, n) radians about y of poses (B, n, J, 3), across hips and shoulders; 0 where those have no names."""
    lefts, rights = _across(skeleton)
    across = np.add.reduce(poses.take(lefts, 2) - poses.take(rights, 2), axis=2)
    return np.arctan2(-across[..., 2], across[..., 0])


@lru_cache(maxsize=64)
def _across(skeleton: Skeleton) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The left hip and shoulder, and the right ones; of those that have names on both sides."""
    names = skeleton.joints
    parts = [part for part in ("hip", "shoulder") if {f"left_{part}", f"right_{part}"} <= set(names)]
    lefts, rights = (np.array([names.index(f"{side}_{part}") for part in parts], dtype=np.intp)
                     for side in ("left", "right"))  # fmt: skip
    return lefts, rights


def floor_of(poses: Array, skeleton: Skeleton) -> Array:
    """(B,) height of the lowest foot in poses (B, n, J, D), but for a few frames."""
    return np.asarray(np.nanpercentile(np.fmin.reduce(poses[:, :, feet(skeleton), 1], axis=2), _LOWEST, axis=1))


def lengths(poses: Array, skeleton: Skeleton) -> Array:
    """(..., E) lengths of the skeleton's edges in poses (..., J, D)."""
    first, second = _ends(skeleton)
    return norms(poses.take(first, -2) - poses.take(second, -2))


@lru_cache(maxsize=64)
def _ends(skeleton: Skeleton) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    first, second = np.array(skeleton.edges).T
    return first, second


@lru_cache(maxsize=64)
def toes(skeleton: Skeleton) -> list[int]:
    """The toes, or where there are none the ankles; empty without names."""
    for part in ("toe", "ankle"):
        found = [j for j, name in enumerate(skeleton.joints) if name.endswith(part)]
        if found:
            return found
    return []


@lru_cache(maxsize=64)
def feet(skeleton: Skeleton) -> list[int]:
    """Toes and ankles; all joints where none has such a name."""
    found = [j for j, name in enumerate(skeleton.joints) if name.endswith(("toe", "ankle"))]
    return found or list(range(len(skeleton.joints)))


def _size(poses: Array, skeleton: Skeleton, spread: Array) -> Array:
    at = {name: poses[:, :, j] for j, name in enumerate(skeleton.joints)}
    sides = ("left", "right")

    def has(*parts: str) -> bool:
        return all(f"{side}_{part}" in at for side in sides for part in parts)

    if skeleton.dims == 3 and has("hip", "knee", "ankle"):
        chains = [[at[f"{side}_{part}"] for part in ("hip", "knee", "ankle")] for side in sides]
        left, right = (norms(b - a) + norms(c - b) for a, b, c in chains)
        return np.nan_to_num(known_median(0.5 * (left + right)), nan=_TINY)
    if skeleton.dims == 2 and has("hip", "shoulder"):
        shoulders, hips = (sum(at[f"{side}_{part}"] for side in sides) / 2.0 for part in ("shoulder", "hip"))
        trunk = np.nanpercentile(np.linalg.norm(shoulders - hips, axis=-1), 75.0, axis=1)
        return np.where(trunk > 0.3 * spread, trunk, 1.05 * spread)
    return np.nan_to_num(spread, nan=_TINY)
