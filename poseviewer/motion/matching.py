"""How one skeleton's joints make another's: by equal names, by what each joint is to a body in its rig's dialect
(dialects.py), by what somebody paired by hand (by_hand.py); a trunk joint that a rig lacks lies between its neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from poseviewer.errors import PoseviewerError
from poseviewer.motion import by_hand
from poseviewer.motion.dialects import Parts, parts_of
from poseviewer.motion.four_legs import stands_on_four_legs
from poseviewer.motion.names import normalised_name
from poseviewer.motion.skeleton import CANONICAL, HUMANOID, Skeleton

_Items = tuple[tuple[str, str], ...]
Shares = tuple[tuple[int, float], ...]
"""Joints of the target with their weights, which sum to one."""

_NECK_ALONE = 0.13  # metres from neck to head, above which the head joint is not the skull's base
_SKULL_RADIUS = 0.092  # metres from the head joint at the skull's base to its centre, as Figure draws it
_NECK_AT = 0.22  # of the way from midway between the shoulders to the head: 0.18 in CMU's takes, 0.28 on a game's rig
_COLLAR_AT = 0.35  # of the way from the neck to the shoulder


@dataclass(frozen=True)
class Pair:
    """A target's joint out of a source's: (1 - weight) first + weight second. A weight below 0 is beyond the first one,
    away from the second. how: "place" where it is guessed by where they lie in the trunk.
    """

    first: int
    second: int
    weight: float = 0.0
    how: Literal["name", "place", "hand"] = "name"


@dataclass(frozen=True, eq=False)
class Pairing:
    """Where each joint of a target lies in a source. dialect: how the source's joints are named, "" where no school is
    known; pairs: of each target joint, None where the source has none; between: of those that are not there the ones
    that lie between other joints of the target; refused: why the source is no such body at all.
    """

    source: Skeleton
    target: Skeleton
    dialect: str
    pairs: tuple[Pair | None, ...]
    between: Mapping[int, Shares] = field(default_factory=dict)
    refused: str = ""

    @property
    def lacking(self) -> tuple[str, ...]:
        """Joints of the target that are neither there nor between others."""
        joints = zip(self.target.joints, self.pairs, strict=True)
        return tuple(joint for j, (joint, pair) in enumerate(joints) if pair is None and j not in self.between)

    @property
    def interpolated(self) -> tuple[str, ...]:
        """Joints of the target that lie between others because the source has none."""
        return tuple(self.target.joints[joint] for joint in sorted(self.between))

    @property
    def guessed(self) -> Mapping[int, int]:
        """Joints of the target whose pair is guessed by place, and that of the source."""
        return {j: pair.first for j, pair in enumerate(self.pairs) if pair is not None and pair.how == "place"}

    @property
    def left_out(self) -> tuple[int, ...]:
        """Joints of the source that make none of the target's and are none that it has: a pelvis is one to both also
        where the target's is made of the hips.
        """
        used = {joint for pair in self.pairs if pair is not None for joint in (pair.first, pair.second)}
        theirs, ours = parts_of(self.source.joints).joints, parts_of(self.target.joints).joints
        pelvis = self.pairs[ours["pelvis"]] if "pelvis" in ours and "pelvis" in theirs else None
        if pelvis is not None and pelvis.how != "hand":
            used.add(theirs["pelvis"])
        return tuple(joint for joint in range(len(self.source.joints)) if joint not in used)

    @property
    def note(self) -> str:
        """What is assumed, in a few words; empty where nothing is."""
        guessed = tuple(self.target.joints[joint] for joint in sorted(self.guessed))
        told = ((self.interpolated, "interpolated"), (guessed, "guessed by place"))
        words = [f"{_listed(joints)} of {self.target.name} {how}" for joints, how in told if joints]
        if any(pair is not None and pair.how == "hand" for pair in self.pairs):
            words.append("joints paired by hand")
        return ", ".join(words)


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


@dataclass(frozen=True, eq=False)
class JointMap:
    """How a source skeleton's joints make a target's: target j = (1 - weight[j]) first[j] + weight[j] second[j].

    A weight below 0 is beyond the first joint, away from the second. between: the target's joints that are made of
    other joints of the target instead, in the order that they are made in. note: what was assumed.
    """

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    weight: NDArray[np.floating]
    between: Mapping[int, Shares] = field(default_factory=dict)
    note: str = ""

    def positions(self, positions: NDArray[np.floating]) -> NDArray[np.floating]:
        """Source positions (..., J, D) -> target positions (..., K, D)."""
        w = self.weight[:, None]
        made = (1.0 - w) * positions[..., self.first, :] + w * positions[..., self.second, :]
        made = made.astype(positions.dtype)
        for joint, shares in self.between.items():
            made[..., joint, :] = sum(share * made[..., other, :] for other, share in shares)
        return made

    def visible(self, visible: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Source visibility (..., J) -> (..., K): a blended joint is visible where all of its sources are."""
        seen = visible[..., self.first] & visible[..., self.second]
        for joint, shares in self.between.items():
            seen[..., joint] = seen[..., [other for other, _ in shares]].all(axis=-1)
        return seen


def match(source: Skeleton, target: Skeleton) -> JointMap:
    """Raises PoseviewerError naming the joints that are missing, or why the source is no such body."""
    if source.joints == target.joints:
        same = np.arange(len(target.joints))
        return JointMap(same, same, np.zeros(len(same)))
    found = pairing(source, target)
    if found.refused:
        cure = "choose a model of such a body"
        raise PoseviewerError(f"skeleton {source.name!r}", "", found.refused, cure)
    if found.lacking:
        there = sum(pair is not None for pair in found.pairs)
        school = f" by the names of {found.dialect}" if found.dialect else ""
        part = f" ({there} of {len(target.joints)} are there{school})" if there else ""
        cause = f"it has no joint that maps onto {', '.join(found.lacking)} of {target.name!r}{part}"
        cure = "pair them in the window (Clip, Map joints), rename its joints or add them"
        raise PoseviewerError(f"skeleton {source.name!r}", "", cause, cure)
    pairs = [pair or Pair(0, 0) for pair in found.pairs]
    return JointMap(
        np.array([pair.first for pair in pairs]),
        np.array([pair.second for pair in pairs]),
        np.array([pair.weight for pair in pairs], dtype=np.float64),
        found.between,
        found.note,
    )


def maps_onto(source: Skeleton, target: Skeleton) -> bool:
    """Whether `match` would succeed."""
    if source.joints == target.joints:
        return True
    found = pairing(source, target)
    return not found.refused and not found.lacking


def is_mapped(source: Skeleton, target: Skeleton) -> bool:
    """Whether poses map onto a skeleton of as many dimensions: what is not seen from a side."""
    return source.dims == target.dims and maps_onto(source, target)


def pairing(source: Skeleton, target: Skeleton, pairs: by_hand.Pairs | None = None) -> Pairing:
    """All that is known of how a source makes a target, whether or not that is enough. pairs: what is decided by hand,
    in the place of what is remembered.
    """
    decided = by_hand.taught(source.joints, target.joints) if pairs is None else pairs
    told = by_hand.taught(source.joints, HUMANOID.joints)
    return _pairing(source, target, None if decided is None else tuple(decided.items()), tuple((told or {}).items()))


@lru_cache(maxsize=64)
def _pairing(source: Skeleton, target: Skeleton, decided: _Items | None, told: _Items) -> Pairing:
    """It is asked for again and again while nobody decides anything."""
    theirs = parts_of(source.joints)
    if told and decided is None:  # what its joints are holds for every target
        theirs = _retold(theirs, source, dict(told))
    found = _by_names(source, target) or _by_parts(source, theirs, target)
    for name, of in decided or ():
        joint = None if not of else source.joints.index(of)
        found[target.joints.index(name)] = None if joint is None else Pair(joint, joint, how="hand")
    parts = parts_of(target.joints)
    refused = ""
    if {"left_shoulder", "left_hip"} <= parts.joints.keys() and stands_on_four_legs(source, theirs):
        refused = f"it stands on four legs, and {target.name!r} is a person"
    return Pairing(source, target, theirs.dialect, tuple(found), _between(parts, target, found), refused)


def _retold(theirs: Parts, source: Skeleton, told: by_hand.Pairs) -> Parts:
    """Parts as somebody paired them with those of `humanoid`."""
    joints, spine = dict(theirs.joints), theirs.spine
    for part, of in told.items():
        joint = source.joints.index(of) if of else None
        if part == "chest":
            spine = () if joint is None else (joint,)
        elif joint is None:
            joints.pop(part, None)
        else:
            joints[part] = joint
    return replace(theirs, joints=joints, spine=spine)


def _by_names(source: Skeleton, target: Skeleton) -> list[Pair | None] | None:
    """All of the target's joints by equal names; None where one is not there, or a name may mean something else."""
    index = {name: j for j, name in reversed(list(enumerate(source.joints)))}
    names = target.joints
    if any(name not in index for name in names):
        if _is_canonical(target):
            return None  # "LeftShoulder" is a collar bone to some; and the pelvis is told by the hips
        index, names = _normalised(source), tuple(normalised_name(name) for name in target.joints)
        if any(name not in index for name in names):
            return None
    return [Pair(index[name], index[name]) for name in names]


def _by_parts(source: Skeleton, theirs: Parts, target: Skeleton) -> list[Pair | None]:
    """By what each of the target's joints is to a body; those that are nothing in particular by equal names."""
    ours, index = parts_of(target.joints), _normalised(source)
    part_of = {joint: part for part, joint in ours.joints.items()}
    alike = ours.dialect == theirs.dialect != "" and not _is_canonical(target)
    spine = _spine(source, theirs, target, ours)
    found: list[Pair | None] = []
    for joint, name in enumerate(target.joints):
        part, same = part_of.get(joint, ""), index.get(normalised_name(name))
        own = theirs.joints.get(part)
        if part == "pelvis" and (own is None or target.joints == HUMANOID.joints):
            hips = [theirs.joints[hip] for hip in ("left_hip", "right_hip") if hip in theirs.joints]
            found.append(Pair(hips[0], hips[1], 0.5) if len(hips) == 2 else None)
        elif same is not None and (alike or (not part and joint not in spine)):
            found.append(Pair(same, same))
        elif part == "head" and own is not None and _is_canonical(target):
            found.append(_head(source, theirs))
        elif own is not None:
            found.append(Pair(own, own))
        else:
            found.append(spine.get(joint))
    return found


def _is_canonical(target: Skeleton) -> bool:
    return any(target.joints == known.joints for known in CANONICAL.values())


def _normalised(skeleton: Skeleton) -> dict[str, int]:
    """Joints by normalised name; of two that share one, the first."""
    return {normalised_name(joint): j for j, joint in reversed(list(enumerate(skeleton.joints)))}


def _head(source: Skeleton, theirs: Parts) -> Pair:
    """The skull's centre, where the rig's rest pose tells how far it is from the head joint."""
    head, top, neck = theirs.joints["head"], theirs.joints.get("crown"), theirs.joints.get("neck")
    if source.offsets is not None and top is not None:
        length = float(np.linalg.norm(source.offsets[top]))
        if length > 1e-6:
            return Pair(head, top, min(1.0, _SKULL_RADIUS / length))
    elif source.offsets is not None and neck is not None and neck in source.up_from(head):
        chain = source.up_from(head)
        length = float(np.linalg.norm(source.offsets[chain[: chain.index(neck)]], axis=-1).sum())
        if 1e-6 < length < _NECK_ALONE:  # it is the skull's base: the skull goes on where the neck leads
            return Pair(head, neck, -_SKULL_RADIUS / length)
    return Pair(head, head)


def _spine(source: Skeleton, theirs: Parts, target: Skeleton, ours: Parts) -> dict[int, Pair | None]:
    """The target's spine joints by the source's, from the pelvis up: as many by their order, else by their height,
    which is a guess where they are not called alike.
    """

    def near(joint: int, other: int) -> Pair:
        same = normalised_name(target.joints[joint]) == normalised_name(source.joints[other])
        return Pair(other, other, how="name" if same else "place")

    mine = _upwards(target, ours.spine)
    its = _upwards(source, theirs.spine)
    if len(mine) == len(its) > 1:
        return {joint: Pair(other, other) for joint, other in zip(mine, its, strict=True)}
    if len(its) < len(mine):
        slots = [round((k + 1) / (len(its) + 1) * (len(mine) + 1)) - 1 for k in range(len(its))]
        return {mine[slot]: near(mine[slot], other) for slot, other in zip(slots, its, strict=True)}
    neck = theirs.joints.get("neck")
    left = list(theirs.spine)
    found: dict[int, Pair | None] = dict.fromkeys(mine)
    for number, joint in enumerate(mine, 1):
        other = _at_height(source, left, neck, number / (len(mine) + 1))
        if other is not None:
            found[joint] = near(joint, other)
            left = [higher for higher in left if higher not in its[: its.index(other) + 1]]
    return found


def _upwards(skeleton: Skeleton, joints: tuple[int, ...]) -> list[int]:
    return sorted(joints, key=lambda joint: (len(skeleton.up_from(joint)), joint))


def _at_height(source: Skeleton, candidates: list[int], neck: int | None, share: float) -> int | None:
    """The joint nearest to a share of the way from the trunk's foot to the neck, at rest or else counted in joints."""
    if not candidates:
        return None
    if neck is None or source.parents is None:
        return candidates[0]
    lengths = np.ones(len(source.joints)) if source.offsets is None else np.linalg.norm(source.offsets, axis=-1)
    foot = source.trunk_foot
    below = set() if foot is None else set(source.up_from(foot))

    def height(joint: int) -> float:
        return sum(float(lengths[j]) for j in source.up_from(joint) if j not in below and j != source.root)

    return min(candidates, key=lambda joint: abs(height(joint) - share * height(neck)))


def _between(ours: Parts, target: Skeleton, found: list[Pair | None]) -> dict[int, Shares]:
    """Joints of the trunk that are not there and lie between others that are, in the order that they are made in."""
    at, made = ours.joints, {joint for joint, pair in enumerate(found) if pair is not None}
    between: dict[int, Shares] = {}

    def put(joint: int | None, *shares: tuple[int | None, float]) -> None:
        if joint is not None and joint not in made and all(other in made for other, _ in shares):
            between[joint] = tuple((other, share) for other, share in shares if other is not None)
            made.add(joint)

    shoulder = (1.0 - _NECK_AT) / 2.0
    sides = [(at.get(f"{side}_shoulder"), shoulder) for side in ("left", "right")]
    put(at.get("neck"), *sides, (at.get("head"), _NECK_AT))
    for side in ("left", "right"):
        put(at.get(f"{side}_collar"), (at.get("neck"), 1.0 - _COLLAR_AT), (at.get(f"{side}_shoulder"), _COLLAR_AT))
    column = [at.get("pelvis"), *_upwards(target, ours.spine), at.get("neck")]
    for number, joint in enumerate(column[1:-1], 1):
        lower = next((k for k in range(number - 1, -1, -1) if column[k] in made), None)
        upper = next((k for k in range(number + 1, len(column)) if column[k] in made), None)
        if lower is not None and upper is not None:
            share = (number - lower) / (upper - lower)
            put(joint, (column[lower], 1.0 - share), (column[upper], share))
    return between
