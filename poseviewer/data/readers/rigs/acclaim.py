"""Acclaim skeletons: .asf files, and the mean of CMU's in place of one that is missing.

Bones are vectors from their start to their end in the skeleton's rest pose, without gaps: a bone starts where its
parent ends, those of the root where the root is. Each turns about axes of its own, which `axis` turns from the world's;
angles are about fixed axes, the first of an order turning first (Acclaim Skeleton File Definition 1.10, 1995). A length
is in units of 1 / `length` inches: CMU's 0.45 makes that 5.6444 cm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from poseviewer.data.sources import SourceFile, decoded, is_number
from poseviewer.errors import PoseviewerError
from poseviewer.motion import kinematics, rotation
from poseviewer.motion.rotation import Array
from poseviewer.text import numbered

Vector = tuple[float, float, float]

ROOT = "root"
INCH = 0.0254
CMU_LENGTH = 0.45
_MAX_TEXT = 16 << 20
MAX_BONES = 1000
_LARGEST = 1e7
_SIZES = (0.3, 5.0)  # metres that a skeleton at rest is high or wide in a unit that can be right
_LIKELY = (1.0, 0.01, 0.001, INCH, INCH / CMU_LENGTH)
_TALL = 1.7  # metres
_CHANNEL = re.compile(r"[rt][xyz]|l")


@dataclass
class Bone:
    """vector: from its start to its end at rest, file units; axis: degrees about x, y and z in the order `order`, what
    its own axes are turned by; channels: what a motion file holds of it, in that order: "rx", "ty", "l" (its length).
    """

    name: str
    parent: str = ROOT
    vector: Vector = (0.0, 0.0, 0.0)
    axis: Vector = (0.0, 0.0, 0.0)
    order: str = "xyz"
    channels: tuple[str, ...] = ()


@dataclass
class Rig:
    """bones: parents first. channels: of the root; place, axis, order: where it stands and how it is turned without
    motion; inches: that one unit has; degrees: whether angles are in degrees; origin: what it was read from, in words.
    """

    bones: list[Bone]
    origin: str
    channels: tuple[str, ...] = ("tx", "ty", "tz", "rx", "ry", "rz")
    place: Vector = (0.0, 0.0, 0.0)
    axis: Vector = (0.0, 0.0, 0.0)
    order: str = "xyz"
    inches: float = 1.0 / CMU_LENGTH
    degrees: bool = True
    index: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.index = {bone.name.lower(): b for b, bone in enumerate(self.bones)}

    def tree(self) -> tuple[tuple[str, ...], tuple[int, ...], Array]:
        """Names, parents and offsets (J, 3) in file units of the joints: the root, where each bone starts, and where
        those end that no other continues.
        """
        names, parents, offsets = [ROOT], [-1], [(0.0, 0.0, 0.0)]
        for bone in self.bones:
            above = self.index.get(bone.parent.lower())
            names.append(bone.name)
            parents.append(0 if above is None else above + 1)
            offsets.append((0.0, 0.0, 0.0) if above is None else self.bones[above].vector)
        continued = set(parents)
        for b, bone in enumerate(self.bones):
            if b + 1 not in continued and any(bone.vector):
                names.append(f"{bone.name}_End")
                parents.append(b + 1)
                offsets.append(bone.vector)
        taken: dict[str, int] = {}
        return tuple(numbered(name, taken, "_") for name in names), tuple(parents), np.array(offsets)

    def metres(self) -> tuple[float, str]:
        """How long one unit is, and that in words."""
        _, parents, offsets = self.tree()
        extent, metres = kinematics.rest_extent(offsets, parents), self.inches * INCH
        if _SIZES[0] <= extent * metres <= _SIZES[1]:
            return metres, f"1 unit = {100 * metres:.5g} cm"
        metres = min(_LIKELY, key=lambda unit: abs(np.log(max(extent * unit, 1e-9) / _TALL)))
        return metres, f"1 unit taken to be {100 * metres:.5g} cm by its size, against what the skeleton says"

    def turned(self, b: int, angles: Array, channels: tuple[str, ...]) -> Array:
        """Local rotations (F, 4) of bone b, -1 the root, by its angles (F, n) radians, one a rotation channel."""
        turn = _about_fixed(angles, "".join(channel[1] for channel in channels))
        axis, order = (self.axis, self.order) if b < 0 else (self.bones[b].axis, self.bones[b].order)
        frame = self.frame(axis, order)
        if b < 0:
            return rotation.multiply(frame, turn)
        return rotation.multiply(rotation.multiply(frame, turn), rotation.conjugate(frame))

    def frame(self, axis: Vector, order: str) -> Array:
        """(4,) the rotation that three angles in the file's unit, about fixed axes, make."""
        return _about_fixed(np.radians(axis) if self.degrees else np.array(axis), order)


def _about_fixed(angles: Array, order: str) -> Array:
    """Rotations (..., 4) by angles (..., n) radians about the world's axes, the first one first."""
    return rotation.from_euler(angles[..., ::-1], order[::-1])


def parsed(file: SourceFile) -> Rig:
    """The skeleton of an .asf file. Raises PoseviewerError naming the line."""
    bones: dict[str, Bone] = {}
    below: dict[str, str] = {}  # bone -> its parent
    bone = Bone(ROOT)
    lengths: dict[str, float] = {}
    rig = Rig([], f"the skeleton of {file.name}", inches=1.0)
    for number, section, words in _lines(decoded(file.content(_MAX_TEXT))):
        where, (key, *values) = f"line {number}", words
        if section == "units" and key == "length":
            length = _numbers(file.name, where, values, 1)[0]
            rig.inches = 1.0 / length if length > 0 else 1.0
        elif section == "units" and key == "angle":
            rig.degrees = not (values and values[0].lower().startswith("rad"))
        elif section == "root" and key == "order":
            rig.channels = _channels(file.name, where, values)
        elif section == "root" and key == "axis":
            rig.order = _order(file.name, where, values)
        elif section == "root" and key == "position":
            rig.place = _vector(file.name, where, values)
        elif section == "root" and key == "orientation":
            rig.axis = _vector(file.name, where, values)
        elif section == "bonedata" and key == "begin":
            bone = Bone("")
        elif section == "bonedata" and key == "name" and values:
            bone.name = " ".join(values)
            if bone.name.lower() in bones or bone.name.lower() == ROOT:
                raise _damaged(file.name, where, f"bone {bone.name[:40]!r} is there twice")
            bones[bone.name.lower()] = bone
            if len(bones) > MAX_BONES:
                raise _damaged(file.name, where, f"it has more than {MAX_BONES} bones")
        elif section == "bonedata" and key == "direction":
            bone.vector = _vector(file.name, where, values)
        elif section == "bonedata" and key == "length":
            lengths[bone.name.lower()] = _numbers(file.name, where, values, 1)[0]
        elif section == "bonedata" and key == "axis":
            bone.axis, bone.order = _vector(file.name, where, values), _order(file.name, where, values[3:] or ["xyz"])
        elif section == "bonedata" and key == "dof":
            bone.channels = _channels(file.name, where, values)
        elif section == "hierarchy" and key not in ("begin", "end"):
            for child in map(str.lower, values):
                if child not in bones or child in below:
                    cause = "is there twice" if child in below else "has no data"
                    raise _damaged(file.name, where, f"bone {child[:40]!r} {cause}")
                below[child] = key
    for name, one in bones.items():
        direction = np.array(one.vector)
        scaled = direction / max(float(np.linalg.norm(direction)), 1e-9) * lengths.get(name, 0.0)
        one.vector = (float(scaled[0]), float(scaled[1]), float(scaled[2]))
        one.parent = below.get(name, ROOT)
    rig.bones = list(_parents_first(file.name, bones, below))
    rig.__post_init__()
    return rig


def _parents_first(label: str, bones: dict[str, Bone], below: dict[str, str]) -> Iterator[Bone]:
    """Raises PoseviewerError where there is no bone or one hangs on none that leads to the root."""
    children: dict[str, list[str]] = {}
    for child, parent in below.items():
        children.setdefault(parent, []).append(child)
    reached, waiting = 0, list(reversed(children.get(ROOT, [])))
    while waiting:
        name = waiting.pop()
        reached += 1
        yield bones[name]
        waiting.extend(reversed(children.get(name, [])))
    if reached < len(bones) or not reached:
        cause = f"only {reached} of its {len(bones)} bones hang together in :hierarchy"
        raise _damaged(label, ":hierarchy", cause)


def _lines(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """Line number, section and words of every line with any; a keyword line itself is left out."""
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        words = re.sub(r"[(),]", " ", line.partition("#")[0]).split()
        if words and words[0].startswith(":"):
            section = words[0][1:].lower()
        elif words:
            words[0] = words[0].lower()
            yield number, section, words


def _numbers(label: str, where: str, words: list[str], count: int) -> list[float]:
    values = [float(word) for word in words[:count] if is_number(word)]
    if len(values) < count or not all(abs(value) < _LARGEST for value in values):
        raise _damaged(label, where, f"{' '.join(words)[:40]!r} is not {count} usable number{'s' * (count > 1)}")
    return values


def _vector(label: str, where: str, words: list[str]) -> Vector:
    x, y, z = _numbers(label, where, words, 3)
    return x, y, z


def _order(label: str, where: str, words: list[str]) -> str:
    order = "".join(words).lower()
    if sorted(order) != ["x", "y", "z"]:
        raise _damaged(label, where, f"{order[:40]!r} is no order of axes")
    return order


def _channels(label: str, where: str, words: list[str]) -> tuple[str, ...]:
    channels = tuple(map(str.lower, words))
    odd = next((word for word in channels if not _CHANNEL.fullmatch(word)), "")
    if odd or len(set(channels)) < len(channels):
        raise _damaged(label, where, f"{' '.join(channels)[:60]!r} are no degrees of freedom")
    return channels


def _damaged(label: str, where: str, cause: str) -> PoseviewerError:
    return PoseviewerError(label, where, cause, "export the skeleton again")


# name, parent, vector in units, axis, degrees of freedom: the mean of subjects 01, 02 and 11, both sides alike.
_X, _XZ, _YZ, _XYZ = ("rx",), ("rx", "rz"), ("ry", "rz"), ("rx", "ry", "rz")
_TRUNK: tuple[tuple[str, str, Vector], ...] = (
    ("lowerback", ROOT, (0.0, 2.05, -0.25)),
    ("upperback", "lowerback", (0.0, 2.08, -0.04)),
    ("thorax", "upperback", (0.0, 2.13, 0.11)),
    ("lowerneck", "thorax", (0.0, 1.69, 0.2)),
    ("upperneck", "lowerneck", (0.0, 1.7, -0.19)),
    ("head", "upperneck", (0.0, 1.74, -0.09)),
)
_LEFT: tuple[tuple[str, str, Vector, Vector, tuple[str, ...]], ...] = (
    ("hipjoint", ROOT, (1.52, -1.81, 0.72), (0, 0, 0), ()),
    ("femur", "hipjoint", (2.52, -6.93, 0.0), (0, 0, 20), _XYZ),
    ("tibia", "femur", (2.59, -7.11, 0.0), (0, 0, 20), _X),
    ("foot", "tibia", (0.18, -0.49, 2.14), (-90, 0, 20), _XZ),
    ("toes", "foot", (0.0, 0.0, 1.11), (-90, 0, 20), _X),
    ("clavicle", "thorax", (3.38, 1.11, -0.32), (0, 0, 0), _YZ),
    ("humerus", "clavicle", (5.25, 0.0, 0.0), (180, -30, -90), _XYZ),
    ("radius", "humerus", (3.45, 0.0, 0.0), (180, -30, -90), _X),
    ("wrist", "radius", (1.75, 0.0, 0.0), (0, 90, 90), ("ry",)),
    ("hand", "wrist", (0.68, 0.0, 0.0), (0, 90, 90), _XZ),
    ("fingers", "hand", (0.55, 0.0, 0.0), (0, 90, 90), _X),
    ("thumb", "wrist", (0.56, 0.0, 0.56), (-90, 45, 0), _XZ),
)


def mean_cmu() -> Rig:
    """A skeleton for a motion of CMU's whose own is missing."""
    bones = [Bone(name, parent, vector, channels=_XYZ) for name, parent, vector in _TRUNK]
    for side, sign in (("l", 1.0), ("r", -1.0)):
        for name, parent, (x, y, z), (turn, about_y, about_z), channels in _LEFT:
            above = parent if parent in (ROOT, "thorax") else f"{side}{parent}"
            axis = (turn, sign * about_y, sign * about_z)
            bones.append(Bone(f"{side}{name}", above, (sign * x, y, z), axis, channels=channels))
    return Rig(bones, "the mean of CMU's skeletons, because its own .asf is not beside it")
