"""How thick a skeleton's bones are drawn: the design's radii by part of the body, found by joint names."""

from __future__ import annotations

import numpy as np

from poseviewer.motion.skeleton import HUMANOID, PENN13, Skeleton, maps_onto, match, side_of
from poseviewer.render.stage import Body

# Metres, by the joint that a bone ends at (design/theme: spine, neck, pelvis, shoulders, thigh, shin, foot, arms).
_RADII = {
    "chest": 0.072, "neck": 0.066, "head": 0.040,
    "hip": 0.060, "knee": 0.056, "ankle": 0.043, "toe": 0.034,
    "shoulder": 0.046, "elbow": 0.041, "wrist": 0.034,
    "finger": 0.012, "foot": 0.034, "skull": 0.075,
}  # fmt: skip
_HEAD, _HAND = 0.092, 0.041
_SKULL_HALF = 0.13  # metres above the neck; a head bone longer than this ends at the crown
_LEG = 0.83  # metres from hip to ankle of the body that the radii were drawn for
_HEIGHT = 1.6
_UNKNOWN = 0.025  # of the height, where names say nothing
_FLAT_HEIGHT = 0.5  # of the image, where poses are 2D
# What lies beyond the last joint that a canonical skeleton has.
_BEYOND = {"wrist": "finger", "ankle": "foot", "toe": "foot", "head": "skull"}


def body_of(skeleton: Skeleton, scale: float | None = None) -> Body:
    """The body of any skeleton. scale: its size against an adult of 1.6 m; None takes it from the rest pose.

    2D skeletons without a scale are taken to fill half of the image's height.
    """
    if skeleton.joints == HUMANOID.joints:
        return _humanoid(skeleton, scale or 1.0)
    if skeleton.joints == PENN13.joints:
        return _penn13(skeleton, scale or _FLAT_HEIGHT / _HEIGHT)
    if skeleton.dims == 3 and skeleton.parents is not None and maps_onto(skeleton, HUMANOID):
        return _rig(skeleton, scale)
    return _unknown(skeleton, scale)


def _humanoid(skeleton: Skeleton, scale: float) -> Body:
    at = {joint: j for j, joint in enumerate(skeleton.joints)}
    # Girdles are bars of the trunk's colour: a bone takes the side of its second joint. The shoulders hang on the neck.
    bones = [("pelvis", "chest", "chest"), ("chest", "neck", "neck"), ("neck", "head", "head")]
    for side in ("left_", "right_"):
        bones += [(side + "hip", "pelvis", "hip"), (side + "shoulder", "neck", "shoulder")]
        bones += [(side + a, side + b, b) for a, b in (("hip", "knee"), ("knee", "ankle"), ("ankle", "toe"))]
        bones += [(side + a, side + b, b) for a, b in (("shoulder", "elbow"), ("elbow", "wrist"))]
    spheres = {at["head"]: _HEAD, at["left_wrist"]: _HAND, at["right_wrist"]: _HAND}
    return _body(skeleton, [(at[a], at[b], _RADII[part]) for a, b, part in bones], spheres, scale)


def _penn13(skeleton: Skeleton, scale: float) -> Body:
    bones = [(a, b, _penn_radius(skeleton.joints[b])) for a, b in skeleton.edges if a != 0]
    at = {joint: j for j, joint in enumerate(skeleton.joints)}
    left, right = at["left_shoulder"], at["right_shoulder"]
    bones += [(left, 0, _RADII["head"]), (right, 0, _RADII["head"]), (left, right, _RADII["shoulder"])]
    spheres = {0: _HEAD, at["left_wrist"]: _HAND, at["right_wrist"]: _HAND}
    return _body(skeleton, bones, spheres, scale)


def _penn_radius(joint: str) -> float:
    return _RADII[joint.split("_")[-1]]


def _rig(skeleton: Skeleton, scale: float | None) -> Body:
    parents = skeleton.parents or ()
    parts = _parts(skeleton)
    if scale is None:
        scale = _leg(skeleton, parts) / _LEG
    children: list[list[int]] = [[] for _ in parents]
    for joint, parent in enumerate(parents):
        if parent >= 0:
            children[parent].append(joint)
    bones = [(*_girdle(a, b, parts), _RADII[_part_of_bone(b, parts, parents, children)]) for a, b in skeleton.edges]
    spheres = {}
    for joint, part in parts.items():
        if part == "head":
            crown = next((child for child in children[joint] if _is_skull_centre(skeleton, child)), None)
            if crown is not None:  # the rig's head bone ends inside the skull, not at its top
                bones = [(a, b, _RADII["head"] if b == crown else radius) for a, b, radius in bones]
                spheres[crown] = _HEAD
            elif not children[joint]:
                spheres[joint] = _HEAD
        if part == "wrist":
            spheres[joint] = _HAND
    return _body(skeleton, bones, spheres, scale)


def _is_skull_centre(skeleton: Skeleton, joint: int) -> bool:
    return skeleton.offsets is not None and 0.0 < float(np.linalg.norm(skeleton.offsets[joint])) < _SKULL_HALF


def _girdle(above: int, below: int, parts: dict[int, str]) -> tuple[int, int]:
    """A bone from trunk to limb as it is drawn: in the colour of the trunk, and shoulders hang on the neck."""
    part = parts.get(below)
    if part == "hip":
        return below, above
    if part == "shoulder" and parts.get(above) == "chest":
        neck = next((joint for joint, name in parts.items() if name == "neck"), above)
        return below, neck
    return above, below


def _parts(skeleton: Skeleton) -> dict[int, str]:
    """Source joint -> part of the body, by the canonical joint that it maps onto."""
    joints = match(skeleton, HUMANOID)
    return {
        int(source): name.removeprefix("left_").removeprefix("right_")
        for name, source in zip(HUMANOID.joints, joints.first, strict=True)
        if name != "pelvis"
    }


def _leg(skeleton: Skeleton, parts: dict[int, str]) -> float:
    """Metres from hip to ankle at rest; the design's where the skeleton has no rest pose."""
    if skeleton.offsets is None or skeleton.parents is None:
        return _LEG
    total, hips = 0.0, sum(part == "hip" for part in parts.values())
    for joint, part in parts.items():
        while part in ("knee", "ankle") and joint >= 0 and parts.get(joint) in (None, part):
            total += float(np.linalg.norm(skeleton.offsets[joint]))
            joint = skeleton.parents[joint]
    return total / max(hips, 1) or _LEG


def _part_of_bone(joint: int, parts: dict[int, str], parents: tuple[int, ...], children: list[list[int]]) -> str:
    """The part that the bone ending at `joint` belongs to."""
    if joint in parts:
        return parts[joint]
    above = parents[joint]
    while above >= 0 and above not in parts:
        above = parents[above]
    if above >= 0 and parts[above] in _BEYOND:
        return _BEYOND[parts[above]]
    below = list(children[joint])
    while below:
        found = next((j for j in below if j in parts), None)
        if found is not None:
            return parts[found]
        below = [child for j in below for child in children[j]]
    return "finger"


def _unknown(skeleton: Skeleton, scale: float | None) -> Body:
    height = _HEIGHT * scale if scale else _FLAT_HEIGHT if skeleton.dims == 2 else _rest_height(skeleton)
    radius = _UNKNOWN * height
    bones = [(a, b, radius) for a, b in skeleton.edges]
    spheres = dict.fromkeys(range(len(skeleton.joints)), radius * 1.15)
    return _body(skeleton, bones, spheres, 1.0)


def _rest_height(skeleton: Skeleton) -> float:
    """The largest extent of the rest pose, metres; an adult's height where there is none."""
    if skeleton.offsets is None or skeleton.parents is None:
        return _HEIGHT
    rest = np.zeros((len(skeleton.joints), 3))
    for joint, parent in enumerate(skeleton.parents):
        rest[joint] = skeleton.offsets[joint] + (rest[parent] if parent >= 0 else 0.0)
    extent = float(np.ptp(rest, axis=0).max())
    return extent if extent > 1e-3 else _HEIGHT


def _body(skeleton: Skeleton, bones: list[tuple[int, int, float]], spheres: dict[int, float], scale: float) -> Body:
    radii = np.zeros(len(skeleton.joints), dtype=np.float32)
    for joint, radius in spheres.items():
        radii[joint] = radius * scale
    thickness = np.array([[radius] * 2 for *_, radius in bones], dtype=np.float32).reshape(-1, 2) * np.float32(scale)
    return Body(
        edges=np.array([bone[:2] for bone in bones], dtype=np.intp).reshape(-1, 2),
        edge_radii=thickness,
        joint_radii=radii,
        sides=np.array([side_of(joint) for joint in skeleton.joints], dtype=np.int8),
        names=skeleton.joints,
    )
