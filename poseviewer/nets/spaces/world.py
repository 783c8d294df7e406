"""Pose spaces: poses in the world <-> a bodiless feature vector and a Placement.

The body's heading is level and points away from the line through hips and shoulders; its frame has x to the left, y up
and z ahead. Both spaces leave out where the body stands (Placement.root), where it faces (yaw) and how large it is
(scale, bones); a decoded pose is put down so that its lowest joint has Placement.root's height.

`heading`     positions from the root in the heading frame, divided by the leg length
`directions`  unit directions of the bones in the heading frame; decoding uses the clip's own bone lengths
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array, Placement

Representation = Literal["heading", "directions"]
REPRESENTATIONS: tuple[Representation, ...] = ("heading", "directions")
_CURE = "get the file again"
_TINY = 1e-8
_USUAL_LEG = 0.85  # metres, for poses whose legs are not known


@dataclass(frozen=True, eq=False)
class PoseSpace:
    """Features (B, N) of poses (B, J, 3), N = 3 (J - 1), standardised by mean and std (N,).

    bones (J,): the reference's bone lengths in leg lengths, for placements that bring none.
    """

    skeleton: Skeleton
    representation: Representation
    mean: Array
    std: Array
    bones: Array

    def __post_init__(self) -> None:
        parents = self.skeleton.parents
        needed = {f"{side}_{part}" for side in ("left", "right") for part in ("hip", "knee", "ankle", "shoulder")}
        if parents is None or self.skeleton.dims != 3 or not needed <= set(self.skeleton.joints):
            raise PoseviewerError(
                f"skeleton {self.skeleton.name!r}", "", "its heading is not known", "map it onto 'humanoid'"
            )
        if self.representation not in REPRESENTATIONS:
            known = ", ".join(REPRESENTATIONS)
            raise PoseviewerError("features", "", f"{self.representation!r} is not known", f"choose one of {known}")
        size, joints = 3 * (len(parents) - 1), len(parents)
        if self.mean.shape != (size,) or self.std.shape != (size,) or self.bones.shape != (joints,):
            raise PoseviewerError("features", "", f"their normalisation does not fit {joints} joints", _CURE)
        if not (np.isfinite(self.mean).all() and np.isfinite(self.std).all() and (self.std > 0.0).all()):
            raise PoseviewerError("features", "", "their normalisation is not finite and above 0", _CURE)

    @classmethod
    def plain(cls, skeleton: Skeleton, representation: Representation) -> PoseSpace:
        """The space before its normalisation is known."""
        size = 3 * (len(skeleton.joints) - 1)
        return cls(skeleton, representation, np.zeros(size), np.ones(size), np.ones(len(skeleton.joints)))

    @classmethod
    def fit(cls, skeleton: Skeleton, representation: Representation, poses: Array) -> PoseSpace:
        """The space standardised on poses (B, J, 3)."""
        plain = cls.plain(skeleton, representation)
        features, at = plain.features(poses)
        std = np.maximum(features.std(axis=0), 0.02)  # a direction that never turns must not be blown up
        bones = np.median(bone_lengths(poses, skeleton) / at.scale[:, None], axis=0)
        return replace(plain, mean=features.mean(axis=0), std=std, bones=bones)

    @property
    def size(self) -> int:
        return 3 * (len(self.skeleton.joints) - 1)

    @property
    def neutral(self) -> Placement:
        """Where a pose stands that nothing places: over the origin, facing +z, of an adult's size and usual bones."""
        return Placement(np.zeros((1, 3)), np.zeros(1), np.full(1, _USUAL_LEG))

    def placement(self, poses: Array) -> Placement:
        """Where poses (B, J, 3) stand; unknown joints (NaN) are left out of every figure."""
        poses = np.asarray(poses, dtype=np.float64)
        root = np.array(poses[:, self.skeleton.root])
        heights = np.where(np.isfinite(poses[..., 1]), poses[..., 1], np.inf).min(axis=1)
        root[:, 1] = np.where(np.isfinite(heights), heights, 0.0)
        bones = bone_lengths(poses, self.skeleton) if self.representation == "directions" else None
        return Placement(np.nan_to_num(root), self._yaw(poses), self._leg(poses), bones)

    def features(self, poses: Array) -> tuple[Array, Placement]:
        """Poses (B, J, 3) -> standardised features (B, N), 0 where unknown, and their placement."""
        poses = np.asarray(poses, dtype=np.float64)
        at = self.placement(poses)
        local = turn(poses - poses[:, [self.skeleton.root]], -at.yaw)
        if self.representation == "heading":
            vectors: Array = local[:, self._limbs] / at.scale[:, None, None]
        else:
            vectors = unit(local[:, self._limbs] - local[:, self._limb_parents])
        raw = vectors.reshape(len(poses), -1)
        return np.nan_to_num((raw - self.mean) / self.std), at

    def poses(self, features: Array, at: Placement) -> Array:
        """Standardised features (B, N) put into the world at their placements: poses (B, J, 3), metres."""
        local = self.local(features, at)
        world = turn(local, at.yaw)
        world[..., 1] -= world[..., 1].min(axis=1, keepdims=True)
        return world + at.root[:, None, :]

    def local(self, features: Array, at: Placement) -> Array:
        """Standardised features (B, N) as joint positions (B, J, 3), metres, from the root in the heading frame."""
        vectors = np.asarray(features * self.std + self.mean, dtype=np.float64).reshape(len(features), -1, 3)
        local = np.zeros((len(features), len(self.skeleton.joints), 3))
        if self.representation == "heading":
            local[:, self._limbs] = vectors * at.scale[:, None, None]
            return local
        bones = at.scale[:, None] * self.bones if at.bones is None else at.bones
        local[:, self._limbs] = unit(vectors) * bones[:, self._limbs, None]
        for joint, parent in zip(self._limbs, self._limb_parents, strict=True):
            local[:, joint] += local[:, parent]
        return local

    def height(self, features: Array, at: Placement) -> Array:
        """(B,) metres: how high the root joint of standardised features (B, N) is over their lowest joint."""
        return -self.local(features, at)[..., 1].min(axis=1)

    def valid(self, features: Array) -> Array:
        """Standardised features (B, N) drawn back to ones that a pose can have: directions get unit length."""
        if self.representation == "heading":
            return features
        vectors = unit((features * self.std + self.mean).reshape(len(features), -1, 3))
        return (vectors.reshape(len(features), -1) - self.mean) / self.std

    def config(self) -> dict[str, Any]:
        """What a checkpoint stores as JSON; `tensors` holds the rest."""
        return {"representation": self.representation}

    def tensors(self) -> dict[str, Array]:
        return {name: np.asarray(getattr(self, name), dtype=np.float32) for name in ("mean", "std", "bones")}

    @classmethod
    def from_config(cls, config: Mapping[str, Any], tensors: Mapping[str, Array], skeleton: Skeleton) -> PoseSpace:
        representation: Any = config.get("representation")
        arrays = {name: np.asarray(tensors[name], dtype=np.float64) for name in ("mean", "std", "bones")}
        return cls(skeleton, representation, **arrays)

    @property
    def _limbs(self) -> list[int]:
        return [j for j, parent in enumerate(self.skeleton.parents or ()) if parent >= 0]

    @property
    def _limb_parents(self) -> list[int]:
        return [parent for parent in self.skeleton.parents or () if parent >= 0]

    def _joint(self, poses: Array, name: str) -> Array:
        return poses[:, self.skeleton.joints.index(name)]

    def _yaw(self, poses: Array) -> Array:
        pairs = [self._joint(poses, f"left_{p}") - self._joint(poses, f"right_{p}") for p in ("hip", "shoulder")]
        across = np.nan_to_num(pairs[0]) + np.nan_to_num(pairs[1])
        flat = np.hypot(across[:, 0], across[:, 2])
        return np.where(flat > _TINY, np.arctan2(-across[:, 2], across[:, 0]), 0.0)

    def _leg(self, poses: Array) -> Array:
        chain = [[self._joint(poses, f"{s}_{p}") for p in ("hip", "knee", "ankle")] for s in ("left", "right")]
        both = np.stack([np.linalg.norm(b - a, axis=-1) + np.linalg.norm(c - b, axis=-1) for a, b, c in chain])
        known = np.isfinite(both)
        length = np.where(known, both, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        return np.where(length > _TINY, length, _USUAL_LEG)


def turn(vectors: Array, yaw: Array) -> Array:
    """Vectors (B, ..., 3) turned about y by yaw (B,) radians, +z towards +x."""
    shape = (len(yaw),) + (1,) * (vectors.ndim - 2)
    c, s = np.cos(yaw).reshape(shape), np.sin(yaw).reshape(shape)
    x, y, z = vectors[..., 0], vectors[..., 1], vectors[..., 2]
    return np.stack([c * x + s * z, y, c * z - s * x], axis=-1)


def unit(vectors: Array) -> Array:
    """Vectors (..., 3) at unit length."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), _TINY)


def bone_lengths(poses: Array, skeleton: Skeleton) -> Array:
    """(B, J) metres from each joint to its parent, 0 for the root."""
    parents = np.array([max(parent, 0) for parent in skeleton.parents or ()])
    return np.linalg.norm(poses - poses[:, parents], axis=-1)
