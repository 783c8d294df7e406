"""Skeletons: joint names, parents and drawn edges; the two canonical ones; how others map onto them by joint name."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from poseviewer.errors import PoseviewerError
from poseviewer.motion.names import LIMBS, mirror_of, normalised_name, side_of

Edge = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Skeleton:
    """A set of named joints.

    joints: J names, unique. parents: (J,) index of each joint's parent, an earlier joint, -1 for the root; None where
    the joints form no tree. edges: the drawn bones. mirror: (J,) index of the joint on the other side, itself on the
    midline. offsets: (J, 3) metres, each joint's place in its parent's frame at rest, or None.
    """

    name: str
    joints: tuple[str, ...]
    parents: tuple[int, ...] | None
    edges: tuple[Edge, ...]
    mirror: tuple[int, ...]
    dims: Literal[2, 3] = 3
    offsets: NDArray[np.floating] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        count = len(self.joints)
        problem = ""
        if not count:
            problem = "it has no joints"
        elif len(set(self.joints)) != count:
            problem = "two joints share a name"
        elif self.parents is not None and len(self.parents) != count:
            problem = f"it has {count} joints and {len(self.parents)} parents"
        elif self.parents is not None and any(not -1 <= p < j for j, p in enumerate(self.parents)):
            problem = "a parent does not come before its joint"
        elif any(not (0 <= a < count and 0 <= b < count) for a, b in self.edges):
            problem = "an edge names a joint that is not there"
        elif sorted(self.mirror) != list(range(count)):
            problem = "its mirror is not a permutation of the joints"
        elif self.dims not in (2, 3):
            problem = f"it has {self.dims} dimensions"
        elif self.offsets is not None and np.shape(self.offsets) != (count, 3):
            problem = f"its offsets have shape {np.shape(self.offsets)}, not ({count}, 3)"
        if problem:
            raise PoseviewerError(f"skeleton {self.name!r}", "", problem, "mend it where it was made")

    @classmethod
    def tree(
        cls,
        name: str,
        joints: tuple[str, ...],
        parents: tuple[int, ...],
        offsets: NDArray[np.floating] | None = None,
        dims: Literal[2, 3] = 3,
    ) -> Skeleton:
        """A skeleton whose drawn bones are its tree and whose sides are read from its joint names."""
        return cls(name, joints, parents, bones_of(parents), mirror_of(joints), dims, offsets)

    @property
    def root(self) -> int:
        """The first joint without a parent; 0 where the joints form no tree.

        It carries the motion in a file, and may be a joint of the world that stays behind while the body walks away:
        `motion.trunk` tells what is followed, measured and drawn.
        """
        return self.parents.index(-1) if self.parents and -1 in self.parents else 0

    @cached_property
    def pelvis(self) -> tuple[int, int]:
        """The two hips, midway between which the pelvis lies; twice the root where names tell of no hips."""
        found = _limbs(_index_of(self))
        hips = [found[name][0] for name in ("left_hip", "right_hip") if name in found]
        return (hips[0], hips[1]) if len(hips) == 2 else (self.root, self.root)

    @cached_property
    def trunk_foot(self) -> int | None:
        """The joint that legs and trunk meet in; None where tree or names do not tell."""
        index = _index_of(self)
        upper = [name for name in (*_NECK, *_HEAD, "left shoulder", "left arm", "left upperarm") if name in index]
        left, right = self.pelvis
        if self.parents is None or left == right or not upper:
            return None
        others = set(self.up_from(right)) & set(self.up_from(index[upper[0]]))
        return next((joint for joint in self.up_from(left) if joint in others), None)

    def up_from(self, joint: int) -> list[int]:
        """A joint and those above it, up to the root."""
        chain = [joint]
        while self.parents is not None and self.parents[chain[-1]] >= 0:
            chain.append(self.parents[chain[-1]])
        return chain

    @cached_property
    def sides(self) -> tuple[int, ...]:
        """(J,) +1 left, -1 right, 0 midline."""
        return tuple(side_of(joint) if self.mirror[j] != j else 0 for j, joint in enumerate(self.joints))

    def mirrored(self, poses: NDArray[np.floating]) -> NDArray[np.floating]:
        """Poses (..., J, D) with left and right exchanged."""
        side = np.array([-1.0, 1.0, 1.0], dtype=poses.dtype)[: poses.shape[-1]]
        return poses[..., list(self.mirror), :] * side

    def same_as(self, other: Skeleton) -> bool:
        """Whether joints, parents, edges and rest offsets agree."""
        if any(getattr(self, key) != getattr(other, key) for key in ("joints", "parents", "edges", "dims")):
            return False
        if self.offsets is None or other.offsets is None:
            return self.offsets is other.offsets
        return bool(np.allclose(self.offsets, other.offsets, atol=1e-6))


def bones_of(parents: tuple[int, ...] | None) -> tuple[Edge, ...]:
    """The edges of a tree (J,), none where there is no tree."""
    return tuple((parent, joint) for joint, parent in enumerate(parents or ()) if parent >= 0)


HUMANOID = Skeleton.tree(
    "humanoid",
    (
        "pelvis", "chest", "neck", "head",
        "left_hip", "left_knee", "left_ankle", "left_toe",
        "right_hip", "right_knee", "right_ankle", "right_toe",
        "left_shoulder", "left_elbow", "left_wrist",
        "right_shoulder", "right_elbow", "right_wrist",
    ),
    (-1, 0, 1, 2, 0, 4, 5, 6, 0, 8, 9, 10, 1, 12, 13, 1, 15, 16),
)  # fmt: skip
"""18 joints. The pelvis is the point midway between the hips: rigs put their root anywhere from there to the waist."""

_PENN13 = (
    "head", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
    "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip
_PENN13_EDGES = (
    (0, 1), (0, 2), (1, 3), (3, 5), (2, 4), (4, 6), (1, 7), (2, 8), (7, 9), (9, 11), (8, 10), (10, 12), (7, 8),
)  # fmt: skip
PENN13 = Skeleton("penn13", _PENN13, None, _PENN13_EDGES, mirror_of(_PENN13), 2)
"""The 13 joints of Penn Action (Zhang et al., ICCV 2013)."""

CANONICAL = {skeleton.name: skeleton for skeleton in (HUMANOID, PENN13)}

_SPINE = (
    "chest", "spine", "spine1", "spine2", "spine3", "upperback", "lowerback", "thorax", "torso", "upperchest",
    "abdomen", "abdomenupper", "abdomenlower", "chestlower", "chest1", "chest2", "chest3", "l3", "t12", "t8", "waist",
)  # fmt: skip
_NECK = ("neck1", "neck", "upperneck", "lowerneck", "necklower", "necktwist1", "spine4")
_HEAD = ("head", "skull", "nose")
_HEAD_TOP = ("headend", "headtop", "headtopend", "headsite", "headnub")
_NECK_ALONE = 0.13  # metres from neck to head, above which the head joint is not the skull's base
_SKULL_RADIUS = 0.092  # metres from the head joint at the skull's base to its centre, as Figure draws it


@dataclass(frozen=True, eq=False)
class JointMap:
    """How a source skeleton's joints make a target's: target j = (1 - weight[j]) first[j] + weight[j] second[j].

    A weight below 0 is beyond the first joint, away from the second.
    """

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    weight: NDArray[np.floating]

    def positions(self, positions: NDArray[np.floating]) -> NDArray[np.floating]:
        """Source positions (..., J, D) -> target positions (..., K, D)."""
        w = self.weight[:, None]
        a, b = positions[..., self.first, :], positions[..., self.second, :]
        return np.where(w != 0, (1.0 - w) * a + w * b, a).astype(positions.dtype)

    def visible(self, visible: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Source visibility (..., J) -> (..., K): a blended joint is visible where both of its sources are."""
        return visible[..., self.first] & visible[..., self.second]


def match(source: Skeleton, target: Skeleton) -> JointMap:
    """Match joints by name and alias onto a canonical skeleton.

    Raises PoseviewerError naming the joints that are missing.
    """
    if source.joints == target.joints:
        same = np.arange(len(target.joints))
        return JointMap(same, same, np.zeros(len(same)))
    index = _index_of(source)
    found = _limbs(index)
    _trunk(source, index, found)
    missing = [joint for joint in target.joints if joint not in found]
    if missing:
        cause = f"it has no joint that maps onto {', '.join(missing)} of {target.name!r}"
        raise PoseviewerError(f"skeleton {source.name!r}", "", cause, "rename its joints or add them")
    first, second, weight = zip(*(found[joint] for joint in target.joints), strict=True)
    return JointMap(np.array(first), np.array(second), np.array(weight, dtype=np.float64))


def maps_onto(source: Skeleton, target: Skeleton) -> bool:
    """Whether `match` would succeed."""
    try:
        match(source, target)
    except PoseviewerError:
        return False
    return True


def is_mapped(source: Skeleton, target: Skeleton) -> bool:
    """Whether poses map onto a skeleton of as many dimensions: what is not seen from a side."""
    return source.dims == target.dims and maps_onto(source, target)


def _index_of(skeleton: Skeleton) -> dict[str, int]:
    """Joints by normalised name; of two that share one, the first."""
    return {normalised_name(joint): j for j, joint in reversed(list(enumerate(skeleton.joints)))}


def _limbs(index: dict[str, int]) -> dict[str, tuple[int, int, float]]:
    found: dict[str, tuple[int, int, float]] = {}
    for side in ("left", "right"):
        ankle = None
        for part, aliases in LIMBS.items():
            names = [f"{side} {alias}{first}" for first in ("", "1") for alias in aliases]  # a limb of two bones
            hit = next((index[name] for name in names if name in index and index[name] != ankle), None)
            if hit is not None:
                found[f"{side}_{part}"] = (hit, hit, 0.0)
            if part == "ankle":
                ankle = hit
    return found


def _trunk(source: Skeleton, index: dict[str, int], found: dict[str, tuple[int, int, float]]) -> None:
    if "left_hip" in found and "right_hip" in found:
        found["pelvis"] = (found["left_hip"][0], found["right_hip"][0], 0.5)
    neck = next((index[name] for name in _NECK if name in index), None)
    head = next((index[name] for name in _HEAD if name in index), None)
    top = next((index[name] for name in _HEAD_TOP if name in index), None)
    if neck is not None:
        found["neck"] = (neck, neck, 0.0)
    if head is not None:
        found["head"] = (head, head, 0.0)
        if top is not None and source.offsets is not None:
            length = float(np.linalg.norm(source.offsets[top]))
            if length > 1e-6:
                found["head"] = (head, top, min(1.0, _SKULL_RADIUS / length))
        elif neck is not None and source.offsets is not None and neck in source.up_from(head):
            chain = source.up_from(head)
            length = float(np.linalg.norm(source.offsets[chain[: chain.index(neck)]], axis=-1).sum())
            if 1e-6 < length < _NECK_ALONE:  # it is the skull's base: the skull goes on where the neck leads
                found["head"] = (head, neck, -_SKULL_RADIUS / length)
    chest = _middle_of_spine(source, [index[name] for name in _SPINE if name in index], neck)
    if chest is not None:
        found["chest"] = (chest, chest, 0.0)


def _middle_of_spine(source: Skeleton, candidates: list[int], neck: int | None) -> int | None:
    """The spine joint nearest to half-way from the trunk's foot to the neck, at rest or else counted in joints."""
    if not candidates:
        return None
    if neck is None or source.parents is None:
        return candidates[0]
    lengths = np.ones(len(source.joints)) if source.offsets is None else np.linalg.norm(source.offsets, axis=-1)
    foot = source.trunk_foot
    below = set() if foot is None else set(source.up_from(foot))

    def height(joint: int) -> float:
        return sum(float(lengths[j]) for j in source.up_from(joint) if j not in below and j != source.root)

    return min(candidates, key=lambda joint: abs(height(joint) - height(neck) / 2.0))
