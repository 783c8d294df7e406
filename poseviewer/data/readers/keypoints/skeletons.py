"""Skeletons of keypoints: by the joints and bones that a file names, else by what lies near what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.reading import Reading, only_first
from poseviewer.errors import PoseviewerError
from poseviewer.motion.joint_sets import SETS, by_count, chosen, joint_set
from poseviewer.motion.names import mirror_of
from poseviewer.motion.skeleton import Edge, Skeleton
from poseviewer.text import numbered

MOST_JOINTS = 1000
GUESSED = "bones are not stated: drawn between joints that lie near each other"
_MOST_POSES = 200
_DEARER = 1.6  # what a bone to a joint on one side costs beside one along the spine
_LOOSE = 2.0  # how much a distance that varies by its own size counts more than one that stays


Made = tuple[Skeleton, str]
"""A skeleton and what to say of it; it may have fewer joints than there are points: those are its first ones."""


@dataclass(frozen=True)
class Stated:
    """What a file says of its points. joints: J names, or (). edges: bones, pairs: joints on either side, by index."""

    joints: tuple[str, ...] = ()
    edges: tuple[Edge, ...] = ()
    pairs: tuple[Edge, ...] = ()
    name: str = ""


def skeleton_for(
    stated: Stated, reading: Reading, usual: str = "", is_sure: bool = True
) -> Callable[[NDArray[np.floating]], Made]:
    """What makes the skeleton of points (F, J, D): what the user names, then what the file states, then the `usual` set
    of its format, then the one that has as many joints, else joints with numbers. is_sure: whether the format tells
    that it is the usual one.
    """

    def made(points: NDArray[np.floating]) -> Made:
        count, dims = points.shape[1], points.shape[2]
        deep: Literal[2, 3] = 3 if dims == 3 else 2
        if reading.joints is not None:
            asked = chosen(reading.joints, deep)
            if len(asked.joints) > count:
                cause = f"it has {len(asked.joints)} joints, and there are {count} points"
                raise PoseviewerError(f"joints {reading.joints}", "", cause, "give another set with --joints")
            part = only_first(len(asked.joints), count)
            return asked, f"joints of {reading.joints} as given{part and f', {part}'}"
        if len(stated.joints) != count:
            known = joint_set(usual, deep) if usual else by_count(count, deep, points)
            if known is not None and len(known.joints) <= count:
                guess = "" if usual and is_sure else f"joints taken to be {known.name}'s by their number"
                rest = f"the first {len(known.joints)} of {count} points are read" if len(known.joints) < count else ""
                return known, ", ".join(filter(None, (guess, rest)))
        joints = stated.joints if len(stated.joints) == count else tuple(f"joint {j + 1}" for j in range(count))
        skeleton = skeleton_of(stated.name or "keypoints", joints, stated.edges, stated.pairs, deep)
        if skeleton.edges:
            return skeleton, ""
        named = bones_by_name(skeleton.joints)
        if named:
            return skeleton_of(skeleton.name, skeleton.joints, named, stated.pairs, deep), ""
        bones = nearest_bones(points, skeleton.mirror)
        note = GUESSED if joints is stated.joints else f"joints are not named; {GUESSED}"
        return skeleton_of(skeleton.name, skeleton.joints, bones, stated.pairs, deep), note

    return made


def bones_by_name(joints: Sequence[str]) -> tuple[Edge, ...]:
    """The bones of the known set whose joints have these names, in whatever order and spelling; () where none has."""
    index = {_bare(joint): j for j, joint in enumerate(joints)}
    for known in SETS.values():
        names = [_bare(joint) for joint in known.joints]
        if set(names) == set(index):
            return tuple((index[names[a]], index[names[b]]) for a, b in known.skeleton().edges)
    return ()


def _bare(joint: str) -> str:
    return "".join(letter for letter in joint.lower() if letter.isalnum())


def is_pair(value: Any) -> bool:
    """Whether a value of a document is a bone: two whole numbers."""
    return (
        isinstance(value, (list, tuple))
        and len(value) == 2
        and all(isinstance(v, (int, float)) and 0 <= v < MOST_JOINTS * 10 for v in value)
    )


def skeleton_of(
    name: str,
    joints: Sequence[str],
    edges: Iterable[Edge],
    pairs: Iterable[Edge] | None = None,
    dims: Literal[2, 3] = 2,
) -> Skeleton:
    """A skeleton without a tree. edges: bones; those of joints that are not there are passed over. pairs: joints on
    either side, where they are stated; else their names tell.
    """
    taken: dict[str, int] = {}
    distinct = tuple(numbered(str(joint).strip() or f"joint {j + 1}", taken) for j, joint in enumerate(joints))
    count = len(distinct)
    bones = dict.fromkeys((a, b) for a, b in edges if 0 <= a < count and 0 <= b < count and a != b)
    mirror = list(mirror_of(distinct))
    for a, b in pairs or ():
        if 0 <= a < count and 0 <= b < count and mirror[a] == a and mirror[b] == b:
            mirror[a], mirror[b] = b, a
    return Skeleton(name, distinct, None, tuple(bones), tuple(mirror), dims)


def nearest_bones(points: NDArray[np.floating], mirror: Sequence[int]) -> tuple[Edge, ...]:
    """A tree of bones between joints (F, J, D) that lie near each other and stay so, the same on both sides."""
    count = points.shape[1]
    if not 2 <= count <= MOST_JOINTS:
        return ()
    known = np.isfinite(points).all(axis=-1).sum(axis=1)
    poses = points[np.argsort(-known, kind="stable")[: max(1, min(_MOST_POSES, 4_000_000 // count**2))]]
    sums, squares, seen = np.zeros((count, count)), np.zeros((count, count)), np.zeros((count, count))
    for pose in poses:
        away = np.linalg.norm(pose[:, None] - pose[None], axis=-1)
        there = np.isfinite(away)
        away = np.where(there, away, 0.0)
        sums, squares, seen = sums + away, squares + away**2, seen + there
    mean = sums / np.maximum(seen, 1)
    spread = np.sqrt(np.maximum(squares / np.maximum(seen, 1) - mean**2, 0.0))
    on_side = np.asarray(mirror) != np.arange(count)
    dear = 1.0 + (_DEARER - 1.0) * (on_side[:, None].astype(float) + on_side[None])
    cost = np.where(seen > 0, (mean + _LOOSE * spread) * dear, np.inf)
    bones: dict[Edge, None] = {}
    inside = np.zeros(count, dtype=bool)
    inside[int(np.argmax(seen.diagonal()))] = True
    while not inside.all():
        between = np.where(inside[:, None] & ~inside[None], cost, np.inf)
        a, b = divmod(int(np.argmin(between)), count)
        if not np.isfinite(between[a, b]):
            break
        inside[b] = True
        bones[(min(a, b), max(a, b))] = None
    for a, b in list(bones):
        other = sorted((mirror[a], mirror[b]))
        bones[(other[0], other[1])] = None
    return tuple(sorted(bones))
