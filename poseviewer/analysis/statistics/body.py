"""What a seed tells of the body that moves in it, and what statistics measure poses by.

Letters: B motions that go on alike, n frames, J joints, D = 2 or 3, E bones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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

    @classmethod
    def of(cls, poses: Array, skeleton: Skeleton) -> Body:
        """The body in seeds (B, n, J, D)."""
        middle = np.nanmean(poses, axis=2, keepdims=True)
        spread = np.nanmedian(np.sqrt(np.nanmean(((poses - middle) ** 2).sum(axis=-1), axis=-1)), axis=1)
        bones = lengths(poses, skeleton)
        return cls(
            skeleton,
            np.maximum(_size(poses, skeleton, spread), 1e-3),
            np.nanmedian(bones, axis=1),
            floor_of(poses, skeleton),
            np.nanmedian(middle[:, -_NEWEST:, 0], axis=1),
            spread,
            np.nanmax(bones, axis=1),
            poses[:, -_MOST:],
        )


def local(poses: Array, body: Body) -> Array:
    """Poses (B, n, J, D) from their root, or in an image from their middle, in sizes, in the frame of their heading."""
    size = body.size[:, None, None, None]
    if body.skeleton.dims == 2:
        return (poses - np.nanmean(poses, axis=2, keepdims=True)) / size
    root = body.skeleton.root
    away, angle = (poses - poses[:, :, [root]]) / size, yaw(poses, body.skeleton)
    c, s = np.cos(angle)[..., None], np.sin(angle)[..., None]
    x, y, z = away[..., 0], away[..., 1], away[..., 2]
    return np.stack([c * x - s * z, y, c * z + s * x], axis=-1)


def yaw(poses: Array, skeleton: Skeleton) -> Array:
    """(B, n) radians about y of poses (B, n, J, 3), across hips and shoulders; 0 where those have no names."""
    names = skeleton.joints
    across = np.zeros((*poses.shape[:2], 3))
    for part in ("hip", "shoulder"):
        if {f"left_{part}", f"right_{part}"} <= set(names):
            across += poses[:, :, names.index(f"left_{part}")] - poses[:, :, names.index(f"right_{part}")]
    return np.arctan2(-across[..., 2], across[..., 0])


def floor_of(poses: Array, skeleton: Skeleton) -> Array:
    """(B,) height of the lowest foot in poses (B, n, J, D), but for a few frames."""
    return np.asarray(np.nanpercentile(np.nanmin(poses[:, :, feet(skeleton), 1], axis=2), _LOWEST, axis=1))


def lengths(poses: Array, skeleton: Skeleton) -> Array:
    """(..., E) lengths of the skeleton's edges in poses (..., J, D)."""
    first, second = np.array(skeleton.edges).T
    return np.linalg.norm(poses[..., first, :] - poses[..., second, :], axis=-1)


def toes(skeleton: Skeleton) -> list[int]:
    """The toes, or where there are none the ankles; empty without names."""
    for part in ("toe", "ankle"):
        found = [j for j, name in enumerate(skeleton.joints) if name.endswith(part)]
        if found:
            return found
    return []


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
        legs = [np.linalg.norm(b - a, axis=-1) + np.linalg.norm(c - b, axis=-1) for a, b, c in chains]
        return np.nan_to_num(np.nanmedian(np.mean(legs, axis=0), axis=1), nan=_TINY)
    if skeleton.dims == 2 and has("hip", "shoulder"):
        shoulders, hips = (sum(at[f"{side}_{part}"] for side in sides) / 2.0 for part in ("shoulder", "hip"))
        trunk = np.nanpercentile(np.linalg.norm(shoulders - hips, axis=-1), 75.0, axis=1)
        return np.where(trunk > 0.3 * spread, trunk, 1.05 * spread)
    return np.nan_to_num(spread, nan=_TINY)
