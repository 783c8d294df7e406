"""Skeletons: joint names, parents and drawn edges; the two canonical ones; how others map onto them by joint name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from poseviewer.errors import PoseviewerError

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
            raise PoseviewerError(f"skeleton {self.name!r}", "", problem)

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
        edges = tuple((p, j) for j, p in enumerate(parents) if p >= 0)
        return cls(name, joints, parents, edges, mirror_of(joints), dims, offsets)

    @property
    def root(self) -> int:
        """The first joint without a parent; 0 where the joints form no tree."""
        return self.parents.index(-1) if self.parents and -1 in self.parents else 0

    @cached_property
    def sides(self) -> tuple[int, ...]:
        """(J,) +1 left, -1 right, 0 midline."""
        return tuple(side_of(joint) if self.mirror[j] != j else 0 for j, joint in enumerate(self.joints))

    def same_as(self, other: Skeleton) -> bool:
        """Whether joints, parents, edges and rest offsets agree."""
        if (self.joints, self.parents, self.edges, self.dims) != (
            other.joints,
            other.parents,
            other.edges,
            other.dims,
        ):
            return False
        if self.offsets is None or other.offsets is None:
            return self.offsets is other.offsets
        return bool(np.allclose(self.offsets, other.offsets, atol=1e-6))


_PREFIX = re.compile(r"^(mixamorig\d*|bip\d*|character\d*|m_avg|actor\d*|cc_base|j_bip_c|j_bip|def|org)[-_:. ]+", re.I)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SIDES = {"left": "left", "l": "left", "right": "right", "r": "right"}


def side_of(joint: str) -> int:
    """+1 for a left joint's name, -1 for a right one's, 0 for neither."""
    return {"left": 1, "right": -1}.get(_side_and_core(joint)[0], 0)


def normalised_name(joint: str) -> str:
    """A joint name without prefix, case and punctuation, its side spelled out: "LHipJoint" -> "left hipjoint"."""
    side, core = _side_and_core(joint)
    return f"{side} {core}" if side else core


def _side_and_core(joint: str) -> tuple[str, str]:
    """The side ("left", "right", "") and the rest of "mixamorig:LeftArm", "upper_arm.L", "lArm", "larm"."""
    bare = _PREFIX.sub("", joint.split(":")[-1])
    words = [str(int(word)) if word.isdigit() else word.lower() for word in _WORD.findall(bare)]
    if not words:
        return "", joint.lower()
    for i, word in enumerate(words):
        rest = words[:i] + words[i + 1 :]
        if word in _SIDES and any(not other.isdigit() for other in rest):  # "L5" is a vertebra
            return _SIDES[word], "".join(rest)
    first, others = words[0], "".join(words[1:])
    for side in ("left", "right"):
        if first.startswith(side):
            return side, first[len(side) :] + others
    if first[0] in "lr" and first[1:] in _SIDED_WORDS:
        return _SIDES[first[0]], first[1:] + others
    return "", first + others


def mirror_of(joints: tuple[str, ...]) -> tuple[int, ...]:
    """(J,) the joint on the other side by name; a joint without a partner is its own."""
    index = {normalised_name(joint): j for j, joint in enumerate(joints)}
    mirror = list(range(len(joints)))
    for name, j in index.items():
        if name.startswith("left "):
            partner = index.get("right " + name[5:])
            if partner is not None:
                mirror[j], mirror[partner] = partner, j
    return tuple(mirror)


def _canonical(name: str, joints: tuple[str, ...], edges: tuple[Edge, ...], dims: Literal[2, 3]) -> Skeleton:
    return Skeleton(name, joints, None, edges, mirror_of(joints), dims)


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

PENN13 = _canonical(
    "penn13",
    (
        "head", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
        "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
    ),
    ((0, 1), (0, 2), (1, 3), (3, 5), (2, 4), (4, 6), (1, 7), (2, 8), (7, 9), (9, 11), (8, 10), (10, 12), (7, 8)),
    2,
)  # fmt: skip
"""The 13 joints of Penn Action (Zhang et al., ICCV 2013)."""

CANONICAL = {skeleton.name: skeleton for skeleton in (HUMANOID, PENN13)}

# Joint names as rigs spell them (normalised, without their side), first match wins.
_LIMBS = {
    "hip": ("upleg", "hip", "thigh", "upperleg", "femur", "legupper", "hips", "hipjoint", "thighbend"),
    "knee": ("leg", "knee", "shin", "calf", "lowleg", "lowerleg", "tibia", "leglower"),
    "ankle": ("ankle", "foot"),
    "toe": ("toebase", "toe", "toes", "toe0", "toe1", "toe11", "ball", "footindex", "bigtoe", "foottoe", "foot",
            "toeend", "toebaseend", "footend", "ankleend"),
    "shoulder": ("arm", "uparm", "upperarm", "humerus", "shldr", "shldrbend", "shoulder", "armupper"),
    "elbow": ("forearm", "elbow", "lowarm", "lowerarm", "radius", "armlower", "forearmbend"),
    "wrist": ("hand", "wrist"),
}  # fmt: skip
_SIDED_WORDS = {alias for aliases in _LIMBS.values() for alias in aliases} | {
    "clavicle", "collar", "fingers", "thumb", "index", "eye", "ear",
}  # fmt: skip
_SPINE = (
    "chest", "spine", "spine1", "spine2", "spine3", "upperback", "lowerback", "thorax", "torso", "upperchest",
    "abdomen", "abdomenupper", "abdomenlower", "chestlower", "chest1", "chest2", "chest3", "l3", "t12", "t8", "waist",
)  # fmt: skip
_NECK = ("neck1", "neck", "upperneck", "lowerneck", "necklower", "spine4")
_HEAD = ("head", "skull", "nose")
_HEAD_TOP = ("headend", "headtop", "headtopend", "headsite", "headnub")
_SKULL_RADIUS = 0.092  # metres from the head joint at the skull's base to its centre, as Figure draws it


@dataclass(frozen=True, eq=False)
class JointMap:
    """How a source skeleton's joints make a target's: target j = (1 - weight[j]) first[j] + weight[j] second[j]."""

    source: Skeleton
    target: Skeleton
    first: NDArray[np.intp]
    second: NDArray[np.intp]
    weight: NDArray[np.floating]

    def positions(self, positions: NDArray[np.floating]) -> NDArray[np.floating]:
        """Source positions (..., J, D) -> target positions (..., K, D)."""
        w = self.weight[:, None]
        a, b = positions[..., self.first, :], positions[..., self.second, :]
        return np.where(w > 0, (1.0 - w) * a + w * b, a).astype(positions.dtype)

    def visible(self, visible: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Source visibility (..., J) -> (..., K): a blended joint is visible where both of its sources are."""
        return visible[..., self.first] & visible[..., self.second]


def match(source: Skeleton, target: Skeleton) -> JointMap:
    """Match joints by name and alias onto a canonical skeleton.

    Raises PoseviewerError naming the joints that are missing.
    """
    if source.joints == target.joints:
        same = np.arange(len(target.joints))
        return JointMap(source, target, same, same, np.zeros(len(same)))
    index = {normalised_name(joint): j for j, joint in reversed(list(enumerate(source.joints)))}
    found = _limbs(index)
    _trunk(source, index, found)
    missing = [joint for joint in target.joints if joint not in found]
    if missing:
        raise PoseviewerError(
            f"skeleton {source.name!r}",
            "",
            f"it has no joint that maps onto {', '.join(missing)} of {target.name!r}",
            "rename its joints or add them",
        )
    first, second, weight = zip(*(found[joint] for joint in target.joints), strict=True)
    return JointMap(source, target, np.array(first), np.array(second), np.array(weight, dtype=np.float64))


def maps_onto(source: Skeleton, target: Skeleton) -> bool:
    """Whether `match` would succeed."""
    try:
        match(source, target)
    except PoseviewerError:
        return False
    return True


def _limbs(index: dict[str, int]) -> dict[str, tuple[int, int, float]]:
    found: dict[str, tuple[int, int, float]] = {}
    for side in ("left", "right"):
        ankle = None
        for part, aliases in _LIMBS.items():
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
    chest = _middle_of_spine(source, [index[name] for name in _SPINE if name in index], neck)
    if chest is not None:
        found["chest"] = (chest, chest, 0.0)


def _middle_of_spine(source: Skeleton, candidates: list[int], neck: int | None) -> int | None:
    """The spine joint nearest to half-way from the root to the neck, at rest or else counted in joints."""
    if not candidates:
        return None
    if neck is None or source.parents is None:
        return candidates[0]
    lengths = np.ones(len(source.joints)) if source.offsets is None else np.linalg.norm(source.offsets, axis=-1)

    def height(joint: int) -> float:
        total = 0.0
        while source.parents is not None and source.parents[joint] >= 0:
            total += float(lengths[joint])
            joint = source.parents[joint]
        return total

    return min(candidates, key=lambda joint: abs(height(joint) - height(neck) / 2.0))
