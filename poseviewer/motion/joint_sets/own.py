"""A user's own set of joints out of a .json file.

    {"joints": ["root", "left_hip", ...], "parents": [-1, 0, ...]}      numbers, or names with null for a root
    {"joints": [...], "edges": [["root", "left_hip"], [0, 2], ...]}     where they form no tree

Besides these "name", "mirror" (pairs of joints, else told by their names) and "offsets" (J, 3) in metres. A list of
{"name", "parent"} is read too, and a category of COCO: "keypoints" and "skeleton", which counts from 1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from poseviewer.errors import PoseviewerError
from poseviewer.motion.names import mirror_of
from poseviewer.motion.skeleton import Edge, Skeleton, bones_of

_MOST_BYTES = 4 << 20
_MOST_JOINTS, _MOST_EDGES = 5000, 20_000
_FARTHEST = 1e6  # metres
_CURE = 'give {"joints": [names], "parents": [numbers, -1 for the root]} or "edges": [[a, b], ...]'
_JOINTS = ("joints", "joint_names", "keypoints", "names", "node_names")
_PARENTS = ("parents", "parent_indices", "parent")
_EDGES = ("edges", "bones", "links", "limbs", "skeleton")


def own_set(path: Path, dims: Literal[2, 3] | None = None) -> Skeleton:
    """The skeleton that a file names, 3D unless told. Raises PoseviewerError with what is wrong in it."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise PoseviewerError(path, "", f"it has more than {_MOST_BYTES >> 20} MB", _CURE)
        found = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise PoseviewerError(path, "", f"it cannot be read ({error.strerror})", "check the path") from error
    except (ValueError, RecursionError) as error:
        raise PoseviewerError(path, "", "it is no JSON", _CURE) from error
    return _File(path).skeleton(found, dims or 3)


class _File:
    def __init__(self, path: Path) -> None:
        self._path = path

    def skeleton(self, found: Any, dims: Literal[2, 3]) -> Skeleton:
        found = self._fields(found)
        joints = self._names(_first(found, _JOINTS))
        parents, edges = self._parents(_first(found, _PARENTS), joints), self._edges(found, joints)
        if parents is None and edges is None:
            raise self._refuse("", "it has neither parents nor edges")
        loose = () if parents is None else tuple((p, j) for j, p in enumerate(parents) if p >= 0)
        tree = parents if parents is not None and all(p < j for j, p in enumerate(parents)) else None
        mirror = self._mirror(found.get("mirror"), joints)
        name = str(found.get("name") or self._path.stem)
        bones = edges if edges is not None else bones_of(tree) or loose
        return Skeleton(name, joints, tree, bones, mirror, dims, self._offsets(found.get("offsets"), joints))

    def _refuse(self, where: str, cause: str) -> PoseviewerError:
        return PoseviewerError(self._path, where, cause, _CURE)

    def _fields(self, found: Any) -> dict[str, Any]:
        """The file as a mapping with joints in it."""
        if isinstance(found, dict) and isinstance(found.get("categories"), list) and found["categories"]:
            found = found["categories"][0]
        if isinstance(found, list) and found and all(isinstance(row, dict) for row in found):
            columns: dict[str, Any] = {"joints": [row.get("name") for row in found]}
            columns["parents"] = [row.get("parent") for row in found]
            if all("offset" in row for row in found):
                columns["offsets"] = [row["offset"] for row in found]
            return columns
        if not isinstance(found, dict) or _first(found, _JOINTS) is None:
            raise self._refuse("", "it names no joints")
        return found

    def _names(self, names: Any) -> tuple[str, ...]:
        if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
            raise self._refuse("joints", "it is no list of names")
        if not 1 <= len(names) <= _MOST_JOINTS:
            raise self._refuse("joints", f"it has {len(names)} names, and 1 to {_MOST_JOINTS} are read")
        if len(set(names)) != len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise self._refuse("joints", f"it has {twice[:80]!r} twice")
        return tuple(names)

    def _joint(self, joint: Any, joints: tuple[str, ...], where: str, first: int = 0) -> int:
        """A joint's number, of its name or of its number counted from `first`."""
        if isinstance(joint, str) and joint in joints:
            return joints.index(joint)
        if isinstance(joint, int) and not isinstance(joint, bool) and 0 <= joint - first < len(joints):
            return joint - first
        raise self._refuse(where, f"{str(joint)[:80]!r} is none of its {len(joints)} joints")

    def _parents(self, parents: Any, joints: tuple[str, ...]) -> tuple[int, ...] | None:
        if parents is None:
            return None
        if not isinstance(parents, list) or len(parents) != len(joints):
            there = f"{len(parents)} parents" if isinstance(parents, list) else "no list of parents"
            raise self._refuse("parents", f"it has {len(joints)} joints and {there}")
        found = tuple(
            -1 if p in (None, -1, "") else self._joint(p, joints, f"parent {j}") for j, p in enumerate(parents)
        )
        grounded: set[int] = {-1}
        for joint in range(len(found)):
            chain: dict[int, None] = {}
            while joint not in grounded and joint not in chain:
                chain[joint] = None
                joint = found[joint]
            if joint in chain:
                raise self._refuse("parents", f"joint {joints[joint][:80]!r} is above itself")
            grounded.update(chain)
        return found

    def _edges(self, found: Mapping[str, Any], joints: tuple[str, ...]) -> tuple[Edge, ...] | None:
        edges = _first(found, _EDGES)
        if edges is None or isinstance(edges, str):
            return None
        if not isinstance(edges, list) or len(edges) > _MOST_EDGES:
            raise self._refuse("edges", f"it is no list of pairs, or has more than {_MOST_EDGES}")
        first = 1 if edges is found.get("skeleton") and "keypoints" in found else 0  # COCO counts from 1
        return tuple(self._pair(pair, joints, f"edge {e}", first) for e, pair in enumerate(edges))

    def _pair(self, pair: Any, joints: tuple[str, ...], where: str, first: int = 0) -> Edge:
        if not isinstance(pair, list) or len(pair) != 2:
            raise self._refuse(where, "it is no pair of joints")
        return self._joint(pair[0], joints, where, first), self._joint(pair[1], joints, where, first)

    def _mirror(self, pairs: Any, joints: tuple[str, ...]) -> tuple[int, ...]:
        if pairs is None:
            return mirror_of(joints)
        if not isinstance(pairs, list):
            raise self._refuse("mirror", "it is no list of pairs")
        mirror = list(range(len(joints)))
        for number, pair in enumerate(pairs):
            a, b = self._pair(pair, joints, f"mirror {number}")
            if mirror[a] != a or mirror[b] != b:
                raise self._refuse(f"mirror {number}", "a joint has two partners")
            mirror[a], mirror[b] = b, a
        return tuple(mirror)

    def _offsets(self, offsets: Any, joints: tuple[str, ...]) -> NDArray[np.float64] | None:
        if offsets is None:
            return None
        try:
            array = np.array(offsets, dtype=np.float64)
        except (TypeError, ValueError, OverflowError):
            array = np.empty(0)
        if array.shape != (len(joints), 3) or not (np.abs(array) < _FARTHEST).all():
            raise self._refuse("offsets", f"it is not {len(joints)} times x, y, z in metres")
        return array


def _first(found: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((found[name] for name in names if name in found), None)
