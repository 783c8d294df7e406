"""Joint names: their side, and what remains of them without it."""

from __future__ import annotations

import re
from functools import lru_cache

# What may follow an "l" or "r" without anything between them: "larm", "rfoot".
_SIDED_WORDS = {
    "upleg", "hip", "thigh", "upperleg", "femur", "legupper", "hips", "hipjoint", "thighbend", "leg", "knee",
    "shin", "calf", "lowleg", "lowerleg", "tibia", "leglower", "ankle", "foot", "toebase", "toe", "toes", "toe0",
    "toe1", "toe11", "ball", "footindex", "bigtoe", "foottoe", "toeend", "toebaseend", "footend", "ankleend", "arm",
    "uparm", "upperarm", "humerus", "shldr", "shldrbend", "shoulder", "armupper", "forearm", "elbow", "lowarm",
    "lowerarm", "radius", "armlower", "forearmbend", "hand", "wrist", "clavicle", "collar", "fingers", "thumb",
    "index", "eye", "ear",
    "fhd", "bhd", "sho", "upa", "elb", "frm", "wra", "wrb", "fin", "asi", "psi", "asis", "psis", "fwt", "bwt", "thi",
    "kne", "tib", "shn", "ank", "hee", "hel", "heel", "mt", "smalltoe", "bak", "bac",  # markers
}  # fmt: skip

_PREFIX = re.compile(r"^(mixamorig\d*|bip\d*|character\d*|m_avg|actor\d*|cc_base|j_bip_c|j_bip|def|org)[-_:. ]+", re.I)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SIDES = {"left": "left", "l": "left", "right": "right", "r": "right"}


def side_of(joint: str) -> int:
    """+1 for a left joint's name, -1 for a right one's, 0 for neither."""
    return {"left": 1, "right": -1}.get(_side_and_core(joint)[0], 0)


@lru_cache(maxsize=1 << 14)
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
        partner = index.get(f"right {name[5:]}") if name.startswith("left ") else None
        if partner is not None:
            mirror[j], mirror[partner] = partner, j
    return tuple(mirror)
