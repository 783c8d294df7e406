"""Skeletons: joint names, parents and drawn edges; the two canonical ones (matching.py maps others onto them)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from poseviewer.errors import PoseviewerError
from poseviewer.motion.dialects import parts_of
from poseviewer.motion.names import mirror_of, side_of

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
        for key, kind in (("joints", str), ("parents", int), ("mirror", int)):
            given = getattr(self, key)
            if not isinstance(given, tuple | None):  # a list or an array could be neither compared nor remembered
                object.__setattr__(self, key, tuple(map(kind, given)))
        if not isinstance(self.edges, tuple):
            object.__setattr__(self, "edges", tuple((int(a), int(b)) for a, b in self.edges))
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
        found = parts_of(self.joints).joints
        hips = [found[part] for part in ("left_hip", "right_hip") if part in found]
        return (hips[0], hips[1]) if len(hips) == 2 else (self.root, self.root)

    @cached_property
    def trunk_foot(self) -> int | None:
        """The joint that legs and trunk meet in; None where tree or names do not tell."""
        found = parts_of(self.joints).joints
        upper = [found[part] for part in ("neck", "head", "left_collar", "left_shoulder") if part in found]
        left, right = self.pelvis
        if self.parents is None or left == right or not upper:
            return None
        others = set(self.up_from(right)) & set(self.up_from(upper[0]))
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
