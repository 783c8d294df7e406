"""What is written down of one known set of joints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from poseviewer.motion.names import mirror_of
from poseviewer.motion.skeleton import Edge, Skeleton, bones_of


@dataclass(frozen=True)
class JointSet:
    """Joints in the order in which files hold them. name: as --joints takes it; about: in words.

    parents: (J,) where the joints form a tree in that order, else None; edges: the bones. dims: of most files that have
    the set. columns: how many points files with it hold; of more than it has joints, the first ones are its joints and
    the others (face, fingers, markers) are left out. others: names that --joints takes besides.
    """

    name: str
    about: str
    joints: tuple[str, ...]
    parents: tuple[int, ...] | None
    edges: tuple[Edge, ...]
    dims: Literal[2, 3]
    columns: tuple[int, ...]
    others: tuple[str, ...] = ()

    def skeleton(self, dims: Literal[2, 3] | None = None) -> Skeleton:
        """The set as a skeleton, in as many dimensions as most of its files have, or as given."""
        mirror = mirror_of(self.joints)
        return Skeleton(self.name, self.joints, self.parents, self.edges, mirror, dims or self.dims)


def tree(
    name: str,
    about: str,
    joints: str,
    parents: tuple[int, ...],
    dims: Literal[2, 3] = 3,
    columns: tuple[int, ...] = (),
    others: tuple[str, ...] = (),
) -> JointSet:
    """A set whose joints, words between spaces, each come after their parent."""
    names = tuple(joints.split())
    return JointSet(name, about, names, parents, bones_of(parents), dims, columns or (len(names),), others)


def graph(
    name: str,
    about: str,
    joints: str,
    edges: tuple[Edge, ...],
    dims: Literal[2, 3] = 2,
    columns: tuple[int, ...] = (),
    others: tuple[str, ...] = (),
) -> JointSet:
    """A set whose bones form rings, or whose order has a joint before its parent."""
    names = tuple(joints.split())
    return JointSet(name, about, names, None, edges, dims, columns or (len(names),), others)
