"""Pose spaces of 2D poses: joints in the image <-> a feature vector with visibility, and a Placement.

`image`    coordinates as they are: units of the image's height, origin at its centre
`centred`  from the middle of the trunk, divided by the pose's size; where it stands and how large it is: Placement

A pose's features are its coordinates, standardised, 0 where a joint is unknown, then one number a joint: 1 known, -1
unknown. A network answers with logits there: above 0 a joint is likely to be seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array, Placement
from poseviewer.nets.spaces import image_motion
from poseviewer.nets.spaces.space import Motion, Space

_TRUNK = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
_USUAL = 0.2  # image heights: the size of a person half as high as the image
_SMALLEST = 0.02  # image heights: a pose of one known joint has no size


@dataclass(frozen=True, eq=False)
class ImageSpace(Space):
    """Features (B, N) of poses (B, J, 2), N = 3 J; the coordinates standardised by mean and std (2 J,)."""

    DIMS = 2
    REPRESENTATIONS = ("centred", "image")
    motion: ClassVar[Motion] = image_motion
    partial = True

    @classmethod
    def fit(cls, skeleton: Skeleton, representation: str, poses: Array) -> ImageSpace:
        """The space standardised on the known joints of poses (B, J, 2)."""
        plain = cls.plain(skeleton, representation)
        raw = plain._raw(poses, plain.placement(poses))
        known = np.isfinite(raw)
        count = np.maximum(known.sum(axis=0), 1)
        mean = np.where(known, raw, 0.0).sum(axis=0) / count
        variance = np.where(known, (raw - mean) ** 2, 0.0).sum(axis=0) / count
        return replace(plain, mean=mean, std=np.maximum(np.sqrt(variance), 0.02))

    @property
    def size(self) -> int:
        return 3 * len(self.skeleton.joints)

    @property
    def neutral(self) -> Placement:
        """Where a pose stands that nothing places: in the middle of the image, about half as high as it."""
        return Placement(np.zeros((1, 2)), np.zeros(1), np.full(1, 1.0 if self.representation == "image" else _USUAL))

    def placement(self, poses: Array) -> Placement:
        """Where poses (B, J, 2) stand and how large they are (root mean square distance of the joints from the root);
        unknown joints (NaN) are left out. In `image`, the origin and 1."""
        poses = np.asarray(poses, dtype=np.float64)
        zeros = np.zeros(len(poses))
        if self.representation == "image":
            return Placement(np.zeros((len(poses), 2)), zeros, np.ones(len(poses)))
        trunk = [self.skeleton.joints.index(joint) for joint in _TRUNK]
        middle, count = _mean(poses[:, trunk])
        everywhere, _ = _mean(poses)
        root = np.where(count[:, None] > 0, middle, everywhere)
        squared, _ = _mean(((poses - root[:, None]) ** 2).sum(axis=-1, keepdims=True))
        scale = np.sqrt(squared[:, 0])
        return Placement(root, zeros, np.where(scale > _SMALLEST, scale, 1.0))

    def features(self, poses: Array) -> tuple[Array, Placement]:
        """Poses (B, J, 2), NaN where unknown -> standardised features (B, N) and their placement."""
        at = self.placement(poses)
        raw = self._raw(poses, at)
        known = np.isfinite(raw[:, 0::2]) & np.isfinite(raw[:, 1::2])
        coordinates = np.where(np.repeat(known, 2, axis=1), (raw - self.mean) / self.std, 0.0)
        return np.concatenate([coordinates, np.where(known, 1.0, -1.0)], axis=1), at

    def sequence(self, poses: Array) -> tuple[Array, Placement]:
        """As `features`, of poses that follow each other: a joint that is unknown stays where on the body it was last
        known, a pose without a known joint where it stood.
        """
        features, at = self.features(poses)
        count, frames = len(self.mean), np.arange(len(features))
        known = features[:, count:] > 0.0
        some = known.any(axis=1)
        newest = np.maximum.accumulate(np.where(some, frames, some.argmax()))
        last = np.maximum.accumulate(np.where(known, frames[:, None], 0), axis=0)
        both = np.concatenate([np.repeat(last, 2, axis=1), last], axis=1)
        return np.take_along_axis(features, both, axis=0), at.rows(newest)

    def poses(self, features: Array, at: Placement) -> Array:
        """Standardised features (B, N) put into the image at their placements: poses (B, J, 2)."""
        return self.local(features, at) + at.root[:, None, :]

    def local(self, features: Array, at: Placement) -> Array:
        """Standardised features (B, N) as joints (B, J, 2) from the root, in image heights."""
        coordinates = features[:, : len(self.mean)] * self.std + self.mean
        return np.asarray(coordinates, dtype=np.float64).reshape(len(features), -1, 2) * at.scale[:, None, None]

    def _require_skeleton(self) -> None:
        """Raise PoseviewerError where the skeleton's poses have no such features."""
        if self.skeleton.dims != self.DIMS or not set(_TRUNK) <= set(self.skeleton.joints):
            cause = "it is not 2D with shoulders and hips"
            raise PoseviewerError(f"skeleton {self.skeleton.name!r}", "", cause, "choose penn13")

    @classmethod
    def _blank(cls, skeleton: Skeleton) -> dict[str, Array]:
        """The arrays of a space whose normalisation is not known."""
        size = 2 * len(skeleton.joints)
        return {"mean": np.zeros(size), "std": np.ones(size)}

    def _raw(self, poses: Array, at: Placement) -> Array:
        """(B, 2 J) coordinates before they are standardised, NaN where unknown."""
        local = (np.asarray(poses, dtype=np.float64) - at.root[:, None]) / at.scale[:, None, None]
        return local.reshape(len(local), -1)


def _mean(points: NDArray[np.floating]) -> tuple[Array, NDArray[np.intp]]:
    """Mean (B, D) of the known ones of points (B, J, D), 0 where there are none, and how many there are (B,)."""
    known: NDArray[np.bool_] = np.asarray(np.isfinite(points).all(axis=-1))
    count = known.sum(axis=1)
    total = np.where(known[..., None], points, 0.0).sum(axis=1)
    return total / np.maximum(count, 1)[:, None], count
