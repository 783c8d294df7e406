"""Known sets of joints, one file a family: by name, by how many points a file holds, or out of a user's own file.

A family is one module with SETS; what is new is one more row, or a module and its name below.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from poseviewer.errors import PoseviewerError
from poseviewer.motion.joint_sets import coco, datasets, h36m, kinect, mediapipe, openpose, rigs, robots, smpl
from poseviewer.motion.joint_sets.own import own_set
from poseviewer.motion.joint_sets.table import JointSet
from poseviewer.motion.skeleton import CANONICAL, Skeleton

_FAMILIES = (
    *(smpl.SETS, h36m.SETS, kinect.SETS, coco.SETS, openpose.SETS, rigs.SETS, mediapipe.SETS, robots.SETS),
    datasets.SETS,
)
_CANONICAL = tuple(
    JointSet(s.name, s.name, s.joints, s.parents, s.edges, s.dims, (len(s.joints),)) for s in CANONICAL.values()
)
SETS: dict[str, JointSet] = {known.name: known for known in (*(s for sets in _FAMILIES for s in sets), *_CANONICAL)}
"""By name. Of two that fit equally the first is taken."""

_ASKED = 200  # frames, spread over the motion, that tell which set it is
_SIDES, _LENGTH = 0.5, 0.1  # what unequal sides and long bones weigh beside bones that change their length


def joint_set(name: str, dims: Literal[2, 3] | None = None) -> Skeleton:
    """The skeleton of a known set, in the dimensions that it usually has or in those given.

    Raises PoseviewerError with the names that there are.
    """
    key = name.lower().replace("-", "").replace(" ", "")
    for known in SETS.values():
        if key in (known.name, *known.others):
            return known.skeleton(dims)
    cause, cure = f"no set of joints is named {name!r}", f"give one of {', '.join(SETS)}, or a .json file"
    raise PoseviewerError("joints", "", cause, cure)


def chosen(joints: str, dims: Literal[2, 3] | None = None) -> Skeleton:
    """What a user names: a known set, or a .json file with one (`own.own_set`). Raises PoseviewerError."""
    return own_set(Path(joints), dims) if joints.lower().endswith(".json") else joint_set(joints, dims)


def by_count(count: int, dims: Literal[2, 3], positions: NDArray[np.floating] | None = None) -> Skeleton | None:
    """The set that files with so many points a frame have; None where no set has as many.

    Where several have, it is the one whose bones keep their lengths best in positions (F, count, dims), with sides
    alike and bones short; without positions the first that usually has so many dimensions. The skeleton may have fewer
    joints than the file has points: those are its first ones, and the others are left out.
    """
    fitting = [known for known in SETS.values() if count in known.columns]
    if not fitting:
        return None
    if positions is not None and len(fitting) > 1:
        return min((known.skeleton(dims) for known in fitting), key=lambda found: misfit(found, positions))
    return min(fitting, key=lambda known: known.dims != dims).skeleton(dims)


def misfit(skeleton: Skeleton, positions: NDArray[np.floating]) -> float:
    """How badly the bones of a skeleton fit positions (F, C, D), C >= J: 0 for equal sides and constant, short bones.

    In the body's own size, so that skeletons can be compared.
    """
    some = np.asarray(positions[:: max(1, len(positions) // _ASKED), : len(skeleton.joints)], dtype=np.float64)
    with np.errstate(all="ignore"):
        known = some[np.isfinite(some).all(axis=(1, 2))]
        if not len(known) or not skeleton.edges:
            return float("inf")
        size = float(np.median(np.linalg.norm(np.ptp(known, axis=1), axis=-1))) or 1.0
        lengths = bone_lengths(skeleton, known) / size
        mean = lengths.mean(axis=0)
        unequal = [abs(mean[a] - mean[b]) for a, b in _mirrored_bones(skeleton)]
        return float(lengths.std(axis=0).mean() + _SIDES * np.mean(unequal or [0.0]) + _LENGTH * mean.mean())


def bone_variation(skeleton: Skeleton, positions: NDArray[np.floating]) -> float:
    """By which part of themselves the bones of positions (F, J, D) change their lengths; the median over bones."""
    with np.errstate(all="ignore"):
        lengths = bone_lengths(skeleton, np.asarray(positions, dtype=np.float64))
        lengths = lengths[np.isfinite(lengths).all(axis=1)]
        if not lengths.size:
            return 0.0
        return float(np.median(lengths.std(axis=0) / np.maximum(lengths.mean(axis=0), 1e-9)))


def bone_lengths(skeleton: Skeleton, positions: NDArray[np.floating]) -> NDArray[np.floating]:
    """(F, E) of positions (F, J, D)."""
    first, second = np.array(skeleton.edges, dtype=np.intp).reshape(-1, 2).T
    return np.linalg.norm(positions[:, first] - positions[:, second], axis=-1)


def _mirrored_bones(skeleton: Skeleton) -> Iterator[tuple[int, int]]:
    """Pairs of bones, by their numbers, that are each other's mirror."""
    number = {frozenset(edge): e for e, edge in enumerate(skeleton.edges)}
    for e, (a, b) in enumerate(skeleton.edges):
        other = number.get(frozenset((skeleton.mirror[a], skeleton.mirror[b])), e)
        if other > e:
            yield e, other
