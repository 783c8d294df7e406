"""Which pose space a skeleton's poses live in, and which representations there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array, Placement
from poseviewer.nets.spaces import image, image_motion, world_motion
from poseviewer.nets.spaces.image import ImageSpace
from poseviewer.nets.spaces.world import PoseSpace

Space = PoseSpace | ImageSpace


class Motion(Protocol):
    """How a generator's frames say how their poses are placed: world_motion in the world, image_motion in an image."""

    @property
    def SIZE(self) -> int: ...
    def features(self, at: Placement, floor: float, fps: float, height: Array) -> Array: ...
    def moved(self, at: Placement, motion: Array, floor: Array, fps: float, height: Array) -> Placement: ...
    def by_hand(self, motion: Array, at: Placement, floor: Array, height: Array) -> Array: ...
    def floor_of(self, at: Placement) -> float: ...


def motion_of(space: Space) -> Motion:
    """How the poses of a space are placed."""
    motion: Motion = image_motion if isinstance(space, ImageSpace) else world_motion
    return motion


def fit_space(skeleton: Skeleton, representation: str, poses: Array) -> Space:
    """The space of a representation ("": the skeleton's usual one) standardised on poses (B, J, D).

    Raises PoseviewerError where it is not known or not one of the skeleton's.
    """
    if skeleton.dims == 2:
        return ImageSpace.fit(skeleton, representation or "centred", poses)  # type: ignore[arg-type]
    return PoseSpace.fit(skeleton, representation or "directions", poses)  # type: ignore[arg-type]


def space_from(config: Mapping[str, Any], tensors: Mapping[str, Array], skeleton: Skeleton) -> Space:
    """The space that a checkpoint describes. Raises KeyError, TypeError or PoseviewerError where it is damaged."""
    if config.get("representation") in image.REPRESENTATIONS:
        return ImageSpace.from_config(config, tensors, skeleton)
    return PoseSpace.from_config(config, tensors, skeleton)
