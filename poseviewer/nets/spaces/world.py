"""Pose spaces: poses in the world <-> a bodiless feature vector and a Placement.

The body's heading is level and points away from the line through hips and shoulders; its frame has x to the left, y up
and z ahead. Both spaces leave out where the body stands (Placement.root), where it faces (yaw) and how large it is
(scale, bones); a decoded pose is put down so that its lowest joint has Placement.root's height.

`heading`     positions from the root in the heading frame, divided by the leg length
`directions`  unit directions of the bones in the heading frame; decoding uses the clip's own bone lengths
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

import numpy as np

from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array, Placement
from poseviewer.nets.spaces import world_motion
from poseviewer.nets.spaces.space import Motion, Space
from poseviewer.nets.spaces.world_motion import turn

_TINY = 1e-8
_USUAL_LEG = 0.85  # metres, for poses whose legs are not known


@dataclass(frozen=True, eq=False)
class PoseSpace(Space):
    """Features (B, N) of poses (B, J, 3), N = 3 (J - 1), standardised by mean and std (N,).

    bones (J,): the reference's bone lengths in leg lengths, for placements that bring none.
    """

    bones: Array

    DIMS = 3
    REPRESENTATIONS = ("directions", "heading")
    motion: ClassVar[Motion] = world_motion

    @classmethod
    def fit(cls, skeleton: Skeleton, representation: str, poses: Array) -> PoseSpace:
        """The space standardised on poses (B, J, 3)."""
        plain = cls.plain(skeleton, representation)
        features, at = plain.features(poses)
        std = np.maximum(features.std(axis=0), 0.02)  # a direction that never turns must not be blown up
        bones = np.median(bone_lengths(poses, skeleton) / at.scale[:, None], axis=0)
        return replace(plain, mean=features.mean(axis=0), std=std, bones=bones)

    @property
    def neutral(self) -> Placement:
        """Where a pose stands that nothing places: over the origin, facing +z, of an adult's size and usual bones."""
        return Placement(np.zeros((1, 3)), np.zeros(1), np.full(1, _USUAL_LEG))

    @property
    def directions(self) -> bool:
        return self.representation == "directions"

    @property
    def chains(self) -> Array:
        chains = np.eye(len(self.skeleton.joints))
        if self.directions:
            for joint, parent in zip(self._limbs, self._limb_parents, strict=True):
                chains[joint] += chains[parent]
            chains *= self.bones
        return chains[:, self._limbs]

    def placement(self, poses: Array) -> Placement:
        """Where poses (B, J, 3) stand; unknown joints (NaN) are left out of every figure."""
        poses = np.asarray(poses, dtype=np.float64)
        root = np.array(poses[:, self.skeleton.root])
        heights = np.where(np.isfinite(poses[..., 1]), poses[..., 1], np.inf).min(axis=1)
        root[:, 1] = np.where(np.isfinite(heights), heights, 0.0)
        bones = bone_lengths(poses, self.skeleton) if self.directions else None
        return Placement(np.nan_to_num(root), self._yaw(poses), self._leg(poses), bones)

    def features(self, poses: Array) -> tuple[Array, Placement]:
        """Poses (B, J, 3) -> standardised features (B, N), 0 where unknown, and their placement."""
        poses = np.asarray(poses, dtype=np.float64)
        at = self.placement(poses)
        local = turn(poses - poses[:, [self.skeleton.root]], -at.yaw)
        if not self.directions:
            vectors: Array = local[:, self._limbs] / at.scale[:, None, None]
        else:
            vectors = unit(local[:, self._limbs] - local[:, self._limb_parents])
        raw = vectors.reshape(len(poses), -1)
        return np.nan_to_num((raw - self.mean) / self.std), at

    def poses(self, features: Array, at: Placement) -> Array:
        """Standardised features (B, N) put into the world at their placements: poses (B, J, 3), metres."""
        return _placed(self.local(features, at), at)

    def following(
        self, features: Array, at: Placement, motion: Array, floor: Array, fps: float
    ) -> tuple[Placement, Array]:
        local = self.local(features, at)  # moving changes neither the bodies' sizes nor their bones
        at = self.motion.moved(at, motion, floor, fps, _height(local))
        return at, _placed(local, at)

    def local(self, features: Array, at: Placement) -> Array:
        """Standardised features (B, N) as joint positions (B, J, 3), metres, from the root in the heading frame."""
        vectors = np.asarray(features * self.std + self.mean, dtype=np.float64).reshape(len(features), -1, 3)
        local = np.zeros((len(features), len(self.skeleton.joints), 3))
        if not self.directions:
            local[:, self._limbs] = vectors * at.scale[:, None, None]
            return local
        bones = at.scale[:, None] * self.bones if at.bones is None else at.bones
        local[:, self._limbs] = unit(vectors) * bones[:, self._limbs, None]
        for joint, parent in zip(self._limbs, self._limb_parents, strict=True):
            local[:, joint] += local[:, parent]
        return local

    def height(self, features: Array, at: Placement) -> Array:
        """(B,) metres: how high the root joint of standardised features (B, N) is over their lowest joint."""
        return _height(self.local(features, at))

    def valid(self, features: Array) -> Array:
        """Standardised features (B, N) drawn back to ones that a pose can have: directions get unit length."""
        if not self.directions:
            return features
        vectors = unit((features * self.std + self.mean).reshape(len(features), -1, 3))
        return (vectors.reshape(len(features), -1) - self.mean) / self.std

    def _require_skeleton(self) -> None:
        """Raise PoseviewerError where the skeleton's poses have no such features."""
        needed = {f"{side}_{part}" for side in ("left", "right") for part in ("hip", "knee", "ankle", "shoulder")}
        if self.skeleton.parents is None or self.skeleton.dims != self.DIMS or not needed <= set(self.skeleton.joints):
            cause = "its heading is not known"
            raise PoseviewerError(f"skeleton {self.skeleton.name!r}", "", cause, "map it onto 'humanoid'")

    @classmethod
    def _blank(cls, skeleton: Skeleton) -> dict[str, Array]:
        """The arrays of a space whose normalisation is not known."""
        joints = len(skeleton.joints)
        size = 3 * (joints - 1)
        return {"mean": np.zeros(size), "std": np.ones(size), "bones": np.ones(joints)}

    @cached_property
    def _limbs(self) -> list[int]:
        return [j for j, parent in enumerate(self.skeleton.parents or ()) if parent >= 0]

    @cached_property
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


def unit(vectors: Array) -> Array:
    """Vectors (..., 3) at unit length."""
    return vectors / np.maximum(np.sqrt(np.add.reduce(vectors * vectors, axis=-1, keepdims=True)), _TINY)


def _height(local: Array) -> Array:
    """(B,) metres of the root of joints (B, J, 3) in the heading frame over the lowest one."""
    return -local[..., 1].min(axis=1)


def _placed(local: Array, at: Placement) -> Array:
    """Joints (B, J, 3) in the heading frame put into the world at their placements."""
    world = turn(local, at.yaw)
    world[..., 1] -= world[..., 1].min(axis=1, keepdims=True)
    world += at.root[:, None, :]
    return world


def bone_lengths(poses: Array, skeleton: Skeleton) -> Array:
    """(B, J) metres from each joint to its parent, 0 for the root."""
    parents = np.array([max(parent, 0) for parent in skeleton.parents or ()])
    return np.linalg.norm(poses - poses[:, parents], axis=-1)
