"""Which pose space a skeleton's poses live in, and which representations there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array
from poseviewer.nets.spaces.image import ImageSpace
from poseviewer.nets.spaces.space import Space
from poseviewer.nets.spaces.world import PoseSpace

SPACES: tuple[type[Space], ...] = (PoseSpace, ImageSpace)
"""The usual one first, of 2D poses as of 3D ones."""


def fit_space(skeleton: Skeleton, representation: str, poses: Array) -> Space:
    """The space of a representation ("": the skeleton's usual one) standardised on poses (B, J, D).

    Raises PoseviewerError where it is not known or not one of the skeleton's.
    """
    able = [space for space in SPACES if skeleton.dims == space.DIMS]
    space = next((space for space in able if representation in space.REPRESENTATIONS), able[0])
    return space.fit(skeleton, representation or space.REPRESENTATIONS[0], poses)


def space_from(config: Mapping[str, Any], tensors: Mapping[str, Array], skeleton: Skeleton) -> Space:
    """The space that a checkpoint describes. Raises KeyError, TypeError or PoseviewerError where it is damaged."""
    space = next((space for space in SPACES if config["representation"] in space.REPRESENTATIONS), SPACES[0])
    return space.from_config(config, tensors, skeleton)
