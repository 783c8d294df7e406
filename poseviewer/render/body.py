"""How thick a skeleton's bones are drawn: the design's radii by part of the body, found by joint names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from poseviewer.motion.kinematics import rest_extent
from poseviewer.motion.matching import maps_onto
from poseviewer.motion.names import side_of
from poseviewer.motion.skeleton import HUMANOID, PENN13, Skeleton
from poseviewer.render.rig import Rig
from poseviewer.render.stage import Body

# Metres, by the joint that a bone ends at (design/theme: spine, neck, pelvis, shoulders, thigh, shin, foot, arms).
_RADII = {
    "chest": 0.072, "neck": 0.066, "head": 0.040,
    "hip": 0.060, "knee": 0.056, "ankle": 0.043, "toe": 0.034,
    "shoulder": 0.046, "elbow": 0.041, "wrist": 0.034,
    "heel": 0.030, "skull": 0.040,
}  # fmt: skip
_HEAD, _CHIN, _HAND, _PALM = 0.092, 0.084, 0.041, 0.030
_FINGERS = ((0.016, 0.012), (0.011, 0.010), (0.010, 0.008), (0.008, 0.006))  # from the wrist outwards
_TOES = ((0.030, 0.024), (0.015, 0.011))  # the end of a foot in one piece; one of several toes
_THIN = {"face": (0.006, 0.005), "stray": (0.012, 0.008)}
_SKULL_HALF = 0.13  # metres above the neck; a head bone longer than this ends at the crown
LEG, _HEIGHT = 0.83, 1.6  # metres from hip to ankle and in all of the body that the radii were drawn for
_UNKNOWN = 0.025  # of the height, where names say nothing
_CROWD = 16  # joints, from which on they are drawn thinner
_FLAT_HEIGHT = 0.5  # of the image, where poses are 2D


class Bone(NamedTuple):
    """A capsule from joint a to joint b with a radius at each end; start and end: where between them the ends lie."""

    a: int
    b: int
    radius_a: float
    radius_b: float
    start: float = 0.0
    end: float = 1.0


def body_of(skeleton: Skeleton, fine: bool = True) -> Body:
    """The body of any skeleton, in the size of its rest pose. fine: with fingers and face.

    2D skeletons are taken to fill half of the image's height.
    """
    if skeleton.joints == HUMANOID.joints:
        return _humanoid(skeleton)
    if skeleton.joints == PENN13.joints:
        return _penn13(skeleton)
    if skeleton.dims == 3 and skeleton.parents is not None and maps_onto(skeleton, HUMANOID):
        return _rig(skeleton, fine)
    return _unknown(skeleton)


def _humanoid(skeleton: Skeleton) -> Body:
    at = {joint: j for j, joint in enumerate(skeleton.joints)}
    # Girdles are bars of the trunk's colour: a bone takes the side of its second joint. The shoulders hang on the neck.
    bones = [("pelvis", "chest", "chest"), ("chest", "neck", "neck"), ("neck", "head", "head")]
    for side in ("left_", "right_"):
        bones += [(side + "hip", "pelvis", "hip"), (side + "shoulder", "neck", "shoulder")]
        bones += [(side + a, side + b, b) for a, b in (("hip", "knee"), ("knee", "ankle"), ("ankle", "toe"))]
        bones += [(side + a, side + b, b) for a, b in (("shoulder", "elbow"), ("elbow", "wrist"))]
    spheres = {at["head"]: _HEAD, at["left_wrist"]: _HAND, at["right_wrist"]: _HAND}
    return _body(skeleton, [_even(at[a], at[b], _RADII[part]) for a, b, part in bones], spheres)


def _penn13(skeleton: Skeleton) -> Body:
    bones = [_even(a, b, _RADII[skeleton.joints[b].split("_")[-1]]) for a, b in skeleton.edges if a != 0]
    at = {joint: j for j, joint in enumerate(skeleton.joints)}
    left, right = at["left_shoulder"], at["right_shoulder"]
    bones += [_even(left, 0, _RADII["head"]), _even(right, 0, _RADII["head"]), _even(left, right, _RADII["shoulder"])]
    spheres = {0: _HEAD, at["left_wrist"]: _HAND, at["right_wrist"]: _HAND}
    return _body(skeleton, bones, spheres, _FLAT_HEIGHT / _HEIGHT)


def _rig(skeleton: Skeleton, fine: bool) -> Body:
    rig = Rig(skeleton)
    bones, hands_drawn = [], False
    for a, b in skeleton.edges:
        role = rig.role(b)
        if role == "helper" or (not fine and role in ("finger", "face")):
            continue
        hands_drawn = hands_drawn or role == "finger"
        bones.append(Bone(*_girdle(rig, a, b, role), *_thickness(rig, b, role)))
    spheres = {joint: _PALM if hands_drawn else _HAND for joint, part in rig.parts.items() if part == "wrist"}
    skull = _skull(rig)
    if skull is None:
        spheres[rig.head] = _HEAD
    else:
        if skull.end < 1.0:  # it takes the place of the bone that would stand out of its top
            bones = [bone for bone in bones if bone.b != rig.crown]
        bones.append(skull)
    made = _body(skeleton, bones, spheres, rig.leg / LEG if rig.leg else 1.0)
    made.sides[list(rig.sides)] = list(rig.sides.values())
    return made


def _thickness(rig: Rig, joint: int, role: str) -> tuple[float, float]:
    """Metres at both ends of the bone that ends at a joint."""
    if role == "finger":
        return _FINGERS[min(rig.beyond[joint], len(_FINGERS)) - 1]
    if role == "toe end":
        return _TOES[0 if len(rig.children[rig.parents[joint]]) == 1 else 1]
    if role in _THIN:
        return _THIN[role]
    return _RADII[role], _RADII[role]


def _skull(rig: Rig) -> Bone | None:
    """The skull as a part of the bone from head to crown, or beyond the neck's; None where the head is its centre."""
    if rig.crown is not None and (length := rig.rest_length(rig.crown)) > 0.0:
        if length < _SKULL_HALF:  # the rig's head bone ends inside the skull, not at its top
            return Bone(rig.head, rig.crown, _HEAD, _HEAD, 1.0, 1.0)
        chin = 0.8 * _HEAD / length
        return Bone(rig.head, rig.crown, _CHIN, _HEAD, min(chin, 0.5), max(1.0 - _HEAD / length, 0.5))
    neck = rig.rest_length(rig.head)
    if 0.0 < neck < _SKULL_HALF and (above := rig.parents[rig.head]) >= 0:
        beyond = 1.0 + _HEAD / neck
        return Bone(above, rig.head, _HEAD, _HEAD, beyond, beyond)
    return None


def _girdle(rig: Rig, above: int, below: int, role: str) -> tuple[int, int]:
    """A bone from trunk to limb as it is drawn: in the colour of the trunk, and shoulders hang on the neck."""
    if role == "shoulder" and below in rig.parts and rig.parts.get(above) == "chest":
        neck = next((joint for joint, name in rig.parts.items() if name == "neck"), above)
        return below, neck
    if role in ("hip", "shoulder") and (below in rig.parts or not side_of(rig.skeleton.joints[above])):
        return below, above
    return above, below


def _unknown(skeleton: Skeleton) -> Body:
    """As thick everywhere, thinner where many would hide each other, as markers on the skin do; an adult's height is
    taken where there is no rest pose that has one.
    """
    height = _FLAT_HEIGHT if skeleton.dims == 2 else _HEIGHT
    if skeleton.dims == 3 and skeleton.offsets is not None and skeleton.parents is not None:
        extent = rest_extent(skeleton.offsets, skeleton.parents)
        height = extent if extent > 1e-3 else height
    radius = _UNKNOWN * height * min(1.0, (_CROWD / len(skeleton.joints)) ** 0.5)
    spheres = dict.fromkeys(range(len(skeleton.joints)), radius * 1.15)
    return _body(skeleton, [_even(a, b, radius) for a, b in skeleton.edges], spheres)


def _even(a: int, b: int, radius: float) -> Bone:
    return Bone(a, b, radius, radius)


def _body(skeleton: Skeleton, bones: Sequence[Bone], spheres: dict[int, float], scale: float = 1.0) -> Body:
    radii = np.zeros(len(skeleton.joints), dtype=np.float32)
    for joint, radius in spheres.items():
        radii[joint] = radius * scale
    rows = np.array(bones, dtype=np.float64).reshape(-1, len(Bone._fields))
    spans = rows[:, 4:].astype(np.float32)
    return Body(
        edges=rows[:, :2].astype(np.intp),
        edge_radii=(rows[:, 2:4] * scale).astype(np.float32),
        joint_radii=radii,
        sides=np.array([side_of(joint) for joint in skeleton.joints], dtype=np.int8),
        names=skeleton.joints,
        spans=None if (spans == (0.0, 1.0)).all() else spans,
    )
