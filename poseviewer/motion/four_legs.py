"""Whether a rig is an animal on four legs, whose joints may be named as a person's are."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from poseviewer.motion.dialects import Parts
from poseviewer.motion.kinematics import rest_positions
from poseviewer.motion.skeleton import Skeleton

_AS_LONG = 0.72  # arm over leg: a person has 0.55 to 0.68 (Winter, Biomechanics: 0.332 over 0.491 of the height)
_LEVEL, _ALONG = 0.5, 0.7  # cosines of trunk and leg, of arm and leg
_TAIL = re.compile(r"(?<!pony)(?<!pig)tail", re.I)
_NEEDED = tuple(f"{side}_{part}" for side in ("left", "right") for part in ("hip", "ankle", "shoulder", "wrist"))


def stands_on_four_legs(skeleton: Skeleton, parts: Parts) -> bool:
    """Arms as long as legs, and either a tail or, at rest, a level trunk with arms and legs below it. A rig without a
    rest pose is not told.
    """
    at = parts.joints
    if skeleton.offsets is None or skeleton.parents is None or any(part not in at for part in _NEEDED):
        return False
    arm, leg = (_length(skeleton, at, *ends) for ends in (("shoulder", "wrist"), ("hip", "ankle")))
    if arm <= _AS_LONG * leg:
        return False
    if any(_TAIL.search(joint) for joint in skeleton.joints):
        return True
    rest = rest_positions(skeleton.offsets, skeleton.parents)
    hips, shoulders, ankles, wrists = (
        (rest[at[f"left_{part}"]] + rest[at[f"right_{part}"]]) / 2.0 for part in ("hip", "shoulder", "ankle", "wrist")
    )
    trunk, legs, arms = shoulders - hips, ankles - hips, wrists - shoulders
    return abs(_cosine(trunk, legs)) < _LEVEL and _cosine(arms, legs) > _ALONG


def _length(skeleton: Skeleton, at: Mapping[str, int], top: str, end: str) -> float:
    """Metres along the bones from one joint of a limb to another, the mean of both sides; 0 where none leads there."""
    total = 0.0
    assert skeleton.offsets is not None
    for side in ("left", "right"):
        chain = skeleton.up_from(at[f"{side}_{end}"])
        if at[f"{side}_{top}"] not in chain:
            return 0.0
        bones = chain[: chain.index(at[f"{side}_{top}"])]
        total += float(np.linalg.norm(skeleton.offsets[bones], axis=-1).sum()) / 2.0
    return total


def _cosine(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    return float(a @ b) / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-9)
