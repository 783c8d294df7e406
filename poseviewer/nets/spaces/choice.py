"""Which pose space a skeleton's poses live in, and which representations there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array
from poseviewer.nets.spaces.image import ImageSpace
from poseviewer.nets.spaces.space import Space
from poseviewer.nets.spaces.world import PoseSpace

SPACES: dict[int, type[Space]] = {3: PoseSpace, 2: ImageSpace}
"""By the dimensions of a skeleton's joints."""


def fit_space(skeleton: Skeleton, representation: str, poses: Array) -> Space:
    """The space of a representation ("": the skeleton's usual one) standardised on poses (B, J, D).

    Raises PoseviewerError where it is not known or not one of the skeleton's.
    """
    space = SPACES[skeleton.dims]
    return space.fit(skeleton, representation or space.REPRESENTATIONS[0], poses)


def space_from(config: Mapping[str, Any], tensors: Mapping[str, Array], skeleton: Skeleton) -> Space:
    """The space that a checkpoint describes. Raises KeyError, TypeError or PoseviewerError where it is damaged."""
    named = {name: space for space in SPACES.values() for name in space.REPRESENTATIONS}
    return named.get(config["representation"], PoseSpace).from_config(config, tensors, skeleton)
