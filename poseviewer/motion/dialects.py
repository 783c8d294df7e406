"""How rigs of every school call their joints: a table of dialects, and which part of a body each joint then is.

A part is one of `LIMBS` with its side ("left_hip"), or "pelvis", "neck", "head", "crown" (the top of the head). The
joints between pelvis and neck are the spine, whatever a dialect calls them. Names in the table are normalised
(names.py) and lack their side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from poseviewer.motion.names import normalised_name

LIMBS = ("hip", "knee", "ankle", "toe", "collar", "shoulder", "elbow", "wrist")


@dataclass(frozen=True)
class Dialect:
    """name: as a user says it. limbs: what each of `LIMBS` is called, in their order; "a|b" is either, the first that
    is there, "-" none. neck, head: the same. mark: how one of the rig's joints begins, where only that tells.
    """

    name: str
    limbs: str
    neck: str = "neck"
    head: str = "head"
    mark: str = ""

    def words(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each part with the normalised names that it may have."""
        for limb, names in zip(LIMBS, self.limbs.split(), strict=True):
            if names != "-":
                for side in ("left", "right"):
                    yield f"{side}_{limb}", tuple(f"{side} {name}" for name in names.split("|"))
        yield "neck", tuple(self.neck.split("|"))
        yield "head", tuple(self.head.split("|"))


_UNITREE = "hiprolllink kneelink anklerolllink|anklelink toelink - shoulderrolllink elbowlink wristrolllink|handlink"
_KINECT = "spine_?(base|navel)|hip_?cent|spine_?mid"

DIALECTS = (
    Dialect("Xsens", "hip knee ankle toe collar shoulder elbow wrist", mark="chest[234]"),
    Dialect("Kinect", "hip knee ankle foot - shoulder elbow wrist", "neck|spineshoulder|shouldercenter", mark=_KINECT),
    Dialect("poseviewer", "hip knee ankle toe collar shoulder elbow wrist"),
    Dialect("SMPL", "hip knee ankle foot collar|clavicle shoulder elbow wrist"),
    Dialect("CMU", "upleg leg foot toebase shoulder arm forearm hand", "neck1|neck", mark="lhipjoint"),
    Dialect("Mixamo", "upleg leg foot toebase shoulder arm forearm hand", mark="mixamorig"),
    Dialect("MotionBuilder", "upleg leg foot toebase shoulder arm forearm hand"),
    Dialect("LAFAN", "upleg leg foot toe shoulder arm forearm hand"),
    Dialect("Character Creator", "thigh calf foot toebase clavicle upperarm forearm hand", "necktwist1", mark="cc_"),
    Dialect("3ds Max Biped", "thigh calf foot toe0 clavicle upperarm forearm hand", mark="bip"),
    Dialect("Unreal", "thigh calf foot ball clavicle upperarm lowerarm hand", "neck1|neck"),
    Dialect("Daz", "thighbend shin foot toe collar shldrbend forearmbend hand", "necklower"),
    Dialect("Daz", "thigh shin foot toes shoulder upperarm forearm hand", "neck1", mark="l_thigh"),
    Dialect("Poser", "thigh shin foot toe collar shldr forearm hand"),
    Dialect("Rokoko", "thigh shin foot toe shoulder arm forearm hand"),
    Dialect("Xsens", "upperleg lowerleg foot toe shoulder upperarm forearm hand"),
    Dialect("Blender Rigify", "thigh shin foot toe shoulder upperarm forearm hand", "neck|spine4", "head|spine6"),
    Dialect("CMU asf", "femur tibia foot toes clavicle humerus radius wrist|hand", "upperneck|lowerneck"),
    Dialect("Vicon", "femur tibia foot toes clavicle humerus radius hand"),
    Dialect("VRM", "upperleg lowerleg foot toebase shoulder upperarm lowerarm hand", mark="j_bip"),
    Dialect("MakeHuman", "upperleg1 lowerleg1 foot toe11 shoulder1|clavicle upperarm1 lowerarm1 wrist", "neck1"),
    Dialect("COCO", "hip knee ankle bigtoe - shoulder elbow wrist", head="head|nose"),
    Dialect("MediaPipe", "hip knee ankle footindex - shoulder elbow wrist", head="nose"),
    Dialect("AMP", "thigh shin foot - - upperarm lowerarm hand"),
    Dialect("Unitree", _UNITREE, head="headlink"),
)
"""Of two that find as much the first one counts. Mixamo's names without its prefix are MotionBuilder's."""

_ELSEWHERE = Dialect(
    "",
    "upleg|hip|thigh|upperleg|femur|legupper|hips|hipjoint|thighbend knee|leg|shin|calf|lowleg|lowerleg|tibia|leglower "
    "ankle|foot toebase|toe|toes|toe0|toe1|toe11|ball|footindex|bigtoe|foottoe|foot|toeend|toebaseend|footend|ankleend "
    "collar|clavicle|collarbone arm|uparm|upperarm|humerus|shldr|shldrbend|shoulder|armupper "
    "forearm|elbow|lowarm|lowerarm|radius|armlower|forearmbend wrist|hand",
    "neck1|neck|upperneck|lowerneck|necklower|necktwist1|spine4",
    "head|skull|nose|headtop",
)
"""What any rig may call a part that its dialect does not find."""
_CROWN = ("headend", "headtop", "headtopend", "headsite", "headnub")
_PELVIS = ("pelvis", "hips", "hip", "root", "midhip", "spinebase")
_SPINE = (
    "chest", "spine", "spine1", "spine2", "spine3", "upperback", "lowerback", "thorax", "torso", "upperchest",
    "abdomen", "abdomenupper", "abdomenlower", "chestlower", "chest1", "chest2", "chest3", "l3", "t12", "t8", "waist",
    "chest4", "spine4", "spine5", "spinemid", "spineshoulder", "l5",
    "spinechest", "spinenavel",
)  # fmt: skip
_ENOUGH = 8  # parts that a dialect must find for a rig to be named after it


@dataclass(frozen=True)
class Parts:
    """What the joints of a rig are. dialect: its name, "" where none is known; joints: part -> joint; spine: the joints
    that may be between pelvis and neck, the likelier a chest the earlier.
    """

    dialect: str
    joints: Mapping[str, int]
    spine: tuple[int, ...]


@lru_cache(maxsize=256)
def parts_of(names: tuple[str, ...]) -> Parts:
    """The parts of the joints of a rig, by their names alone."""
    index = {normalised_name(name): j for j, name in reversed(list(enumerate(names)))}  # of two alike the first
    said = [(dialect, _found(dialect, index)) for dialect in DIALECTS if _speaks(dialect, names)]
    dialect, found = max(said, key=lambda pair: len(pair[1]))  # the first of those that find the most
    if len(found) < _ENOUGH:
        dialect, found = _ELSEWHERE, {}
    taken = set(found.values())
    for part, words in _ELSEWHERE.words():
        if part not in found:
            alike = (*words, *(f"{word}1" for word in words))  # a limb of two bones
            joint = next((index[word] for word in alike if word in index and index[word] not in taken), None)
            if joint is not None:
                found[part] = joint
                taken.add(joint)
    for part, words in (("crown", _CROWN), ("pelvis", _PELVIS)):
        joint = next((index[word] for word in words if word in index and index[word] not in taken), None)
        if joint is not None:
            found[part] = joint
            taken.add(joint)
    spine = tuple(index[word] for word in _SPINE if word in index and index[word] not in taken)
    return Parts(dialect.name, found, spine)


def _found(dialect: Dialect, index: Mapping[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part, words in dialect.words():
        joint = next((index[word] for word in words if word in index), None)
        if joint is not None:
            found[part] = joint
    return found


def _speaks(dialect: Dialect, names: tuple[str, ...]) -> bool:
    mark = re.compile(dialect.mark, re.I)
    return not dialect.mark or any(mark.match(name) for name in names)
