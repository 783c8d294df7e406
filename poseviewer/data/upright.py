"""Which way is up and how long a unit is where a file does not say so: told from the body that moves in it.

Up is where the shoulders are from the ankles over the clip, or the hips where it is no person; a body that lies or
crawls is told from one that stands in other axes by what it rests on: what is lowest stays where it is. The unit is the
one in which a person is as tall as people are. What the user says comes before both, and every choice leaves a note.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.data.reading import AS_FOUND, Reading, Unit, Up
from poseviewer.motion.clip import Clip
from poseviewer.motion.dialects import parts_of
from poseviewer.motion.kinematics import rest_extent
from poseviewer.motion.skeleton import Skeleton

Array = NDArray[np.floating]

METRES: Mapping[Unit, float] = {"m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254, "ft": 0.3048}
"""Units of length, in metres."""
IN_WORDS: Mapping[Unit, str] = {
    "m": "metres", "cm": "centimetres", "mm": "millimetres", "in": "inches", "ft": "feet", "px": "pixels",
}  # fmt: skip
_CMU_UNIT = 0.0254 / 0.45
_PEOPLE = (  # a unit in metres, its name, and the metres tall that people in it are
    (1.0, "metres", 0.6, 2.6),
    (0.01, "centimetres", 0.6, 2.6),
    (0.001, "millimetres", 0.6, 2.6),
    (_CMU_UNIT, "CMU units of 5.6444 cm", 1.35, 2.2),
    (0.0254, "inches", 1.35, 2.2),
    (0.3048, "feet", 1.35, 2.2),
)
_OTHERS = (  # up to this extent, in file units: metres a unit, its name
    (12.0, 1.0, "metres"),
    (60.0, _CMU_UNIT, "CMU units of 5.6444 cm"),
    (600.0, 0.01, "centimetres"),
    (np.inf, 0.001, "millimetres"),
)
_TALL = 1.7  # metres, an adult
_NO_EXTENT = 1e-6  # metres
_STATURE = 1.31  # times leg and trunk between their joints; measured on the clips of demo.h5 and CMU's skeleton
_STRAIGHT = 0.7  # cosine between trunk and legs at their straightest: people 0.9 and more, an elephant 0.1
_UPRIGHT = 0.7  # of the way from ankles to shoulders along one axis; people 0.93 and more
_TALLER = 1.25  # times its other sides, the height of a body without names
_STEADIER = 0.5  # times as still as another floor
_FLOOR = 0.06  # of the legs' length that the lowest joint of somebody who stands on a floor moves up and down
_CENTRED = 0.2  # of the legs' length that hips are from the origin at most where positions are counted from them
_MOSTLY = 0.8  # of the frames
_ASKED = 200  # frames, spread over the motion, that tell
_ROWS: Mapping[Up, tuple[tuple[int, int, int], ...]] = {
    "y": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "-y": ((1, 0, 0), (0, -1, 0), (0, 0, -1)),
    "z": ((1, 0, 0), (0, 0, 1), (0, -1, 0)),
    "-z": ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
    "x": ((0, -1, 0), (1, 0, 0), (0, 0, 1)),
    "-x": ((0, 1, 0), (-1, 0, 0), (0, 0, 1)),
}  # rotations that bring an axis up to y


@dataclass(frozen=True)
class Stand:
    """How positions of a file stand in the world. up: the file's axis that points up; metres: one of its units; notes:
    what was assumed or given, in a few words each; rest: whether the skeleton at rest stands in the same axes.
    """

    up: Up
    metres: float
    notes: tuple[str, ...]
    rest: bool = True

    @property
    def note(self) -> str:
        return ", ".join(self.notes)

    def points(self, positions: ArrayLike) -> Array:
        """Positions (..., 3) of the file in metres, y up."""
        return self.vectors(positions) * self.metres

    def vectors(self, vectors: ArrayLike) -> Array:
        """Vectors (..., 3) of the file, y up, as long as they are."""
        vectors = np.asarray(vectors, dtype=np.float64)
        return vectors if self.up == "y" else vectors @ np.array(_ROWS[self.up], dtype=np.float64).T

    def rotations(self, rotations: Array, skeleton: Skeleton) -> Array:
        """Local rotations (F, J, 4) of the file, w x y z, for `skeleton` as this stands it up."""
        if self.up == "y":
            return rotations
        if self.rest:  # every joint's frame is turned, so that the skeleton at rest stands too
            return np.concatenate([rotations[..., :1], self.vectors(rotations[..., 1:])], axis=-1)
        from poseviewer.motion import rotation

        turned = np.array(rotations)
        for root in (joint for joint, parent in enumerate(skeleton.parents or (-1,)) if parent < 0):
            turned[:, root] = rotation.multiply(_quaternion(self.up), turned[:, root])
        return turned

    def skeleton(self, skeleton: Skeleton) -> Skeleton:
        """The skeleton with its offsets at rest in metres, and upright where `rest` says so."""
        if skeleton.offsets is None:
            return skeleton
        offsets = self.points(skeleton.offsets) if self.rest else np.asarray(skeleton.offsets) * self.metres
        return replace(skeleton, offsets=offsets)


def told(
    positions: Array,
    skeleton: Skeleton,
    reading: Reading = AS_FOUND,
    *,
    up: Up | None = None,
    unit: Unit | None = None,
    usual: Up = "y",
) -> Stand:
    """How positions (F, J, 3) of a skeleton stand, whose offsets are in the same unit and axes.

    up, unit: where the format states them; the reading comes before. usual: what is up in most files of the format,
    where the body does not tell.
    """
    body = _body(positions, skeleton)
    given_unit = reading.unit if reading.unit in METRES else None
    notes = []
    if given_unit or unit:
        metres = METRES[given_unit or unit or "m"]
        notes += [f"in {IN_WORDS[given_unit]} as given"] if given_unit else []
    else:
        metres, note = body.unit()
        notes.append(note)
    rest = body.rest_up
    axis, words = (up or "y", "") if reading.up or up else body.up(usual)
    if reading.up:
        axis, words = reading.up, f"{reading.up} up as given"
    notes += [words] if words else []
    return Stand(axis, metres, tuple(notes), rest is None or rest == axis)


def doubts(clip: Clip, about_up: bool = True, about_size: bool = True) -> list[str]:
    """What in a clip, in metres, y up, is not as people are: who lies in it throughout, or is far too tall or small; or
    that it has no extent at all.
    """
    if clip.skeleton.dims == 2:
        return []
    body = _body(clip.positions, clip.skeleton)
    sides = body.sides
    if len(clip.skeleton.joints) > 1 and sides is not None and sides.max() < _NO_EXTENT:
        return ["all its joints lie in one point"]
    stands, low, high = body.stands(), *_PEOPLE[0][2:]
    lies = about_up and body.person and stands not in (None, "y")
    odd = about_size and body.person and not low <= body.tall <= high
    is_mirrored = stands == "y" and _is_mirrored(clip)
    return [
        *[f"nobody stands upright in it, but along {stands}"] * lies,
        *[f"{body.tall:.2g} m tall"] * odd,
        *["its toes point backwards: left and right are swapped, as in a left-handed file"] * is_mirrored,
    ]


def _is_mirrored(clip: Clip) -> bool:
    """Whether in most frames of somebody who stands with y up both toes point to where the back is, as hips say it."""
    at = parts_of(clip.skeleton.joints).joints
    names = [f"{side}_{part}" for part in ("hip", "ankle", "toe") for side in ("left", "right")]
    if not all(name in at for name in names):
        return False
    some = np.asarray(clip.positions[:: max(1, len(clip) // _ASKED)], dtype=np.float64)
    hips, ankles, toes = (some[:, [at[left], at[right]]] for left, right in (names[:2], names[2:4], names[4:]))
    forwards = np.cross(hips[:, 0] - hips[:, 1], [0.0, 1.0, 0.0])
    points = (_ways(toes - ankles) * _ways(forwards)[:, None]).sum(axis=-1)
    points = points[np.isfinite(points).all(axis=1)]
    return bool(len(points)) and float((points < 0.0).all(axis=1).mean()) > _MOSTLY


@dataclass(frozen=True, eq=False)
class _Body:
    """What tells. points: (F, J, 3) of some frames; skeleton: theirs; hips, shoulders, ankles: (F, 3) midway between
    both sides, None where joints are not named; leg: hip to knee to ankle, in file units; rest: the pose at rest as one
    frame, or None.
    """

    points: Array
    skeleton: Skeleton
    hips: Array | None = None
    shoulders: Array | None = None
    ankles: Array | None = None
    leg: float = 0.0
    rest: _Body | None = None

    @property
    def person(self) -> bool:
        """Whether trunk and legs are ever in one line, which those of animals on four legs are not."""
        return max(self._straightest, 0.0 if self.rest is None else self.rest._straightest) >= _STRAIGHT

    @property
    def _straightest(self) -> float:
        if self.hips is None or self.shoulders is None or self.ankles is None:
            return 0.0
        cosine = (_ways(self.shoulders - self.hips) * _ways(self.hips - self.ankles)).sum(axis=-1)
        cosine = cosine[np.isfinite(cosine)]
        return float(np.quantile(cosine, 0.9)) if len(cosine) else 0.0

    # unit

    def unit(self) -> tuple[float, str]:
        """Metres a unit of the file is, and a note."""
        if not self.person:
            extent = self._extent
            metres, name = next((metres, name) for limit, metres, name in _OTHERS if not extent >= limit)
            return metres, f"taken to be in {name} by its size"
        tall = self.tall
        fitting = [
            (abs(float(np.log(tall * metres / _TALL))), metres, name)
            for metres, name, low, high in _PEOPLE
            if low <= tall * metres <= high
        ]
        if fitting:
            _, metres, name = min(fitting)
            return metres, f"taken to be in {name} by its size"
        return _TALL / tall, f"of a size that fits no usual unit, taken to be {_TALL:.1f} m tall"

    @property
    def tall(self) -> float:
        """A person's stature, in file units; 0 where the joints that tell it are not named or not known."""
        if self.hips is None or self.shoulders is None:
            return 0.0
        trunk = np.linalg.norm(self.shoulders - self.hips, axis=-1)
        trunk = trunk[np.isfinite(trunk)]
        return _STATURE * (self.leg + float(np.quantile(trunk, 0.9))) if len(trunk) else 0.0

    @property
    def _extent(self) -> float:
        """The largest side of the skeleton at rest, or else of its poses, median; 0 where none is known."""
        if self.skeleton.offsets is not None and self.skeleton.parents is not None:
            return rest_extent(np.asarray(self.skeleton.offsets), self.skeleton.parents)
        sides = self.sides
        return 0.0 if sides is None else float(sides.max())

    @property
    def sides(self) -> Array | None:
        """(3,) of the box around a pose, median over those of which anything is known."""
        known = np.isfinite(self.points).any(axis=(1, 2))
        if not known.any():
            return None
        points = self.points[known]
        return np.asarray(np.median(np.nanmax(points, axis=1) - np.nanmin(points, axis=1), axis=0))

    # up

    @property
    def rest_up(self) -> Up | None:
        """The axis along which the skeleton at rest stands upright, if it does along any."""
        return None if self.rest is None else self.rest.stands()

    def stands(self) -> Up | None:
        """The axis that the body stands upright along in most frames."""
        if self.hips is None or self.ankles is None:
            return None
        top = self.shoulders if self.person and self.shoulders is not None else self.hips
        ways = _ways(top - self.ankles)
        ways = ways[np.isfinite(ways).all(axis=-1)]
        if not len(ways):
            return None
        way = np.median(ways, axis=0)
        axis = int(np.argmax(np.abs(way)))
        return _axis(axis, way[axis]) if abs(way[axis]) >= _UPRIGHT else None

    def up(self, usual: Up) -> tuple[Up, str]:
        """The axis that points up, and a note; the usual one unless there is reason to think otherwise."""
        found = self.stands() if self.hips is not None else self._longest()
        if found is None:
            return usual, f"taken to be {usual} up"
        if found in (usual, self.rest_up) or self._has_no_floor:
            return found, f"{found} up by the body"
        doubtful = self.hips is None or self.rest_up == usual
        still = self._unrest(usual) * _STEADIER if doubtful else max(self._unrest(usual), _FLOOR * self.leg)
        if self._unrest(found) <= still:
            return found, f"{found} up by the body"
        return usual, f"taken to be {usual} up though the body does not stand in it"

    @property
    def _has_no_floor(self) -> bool:
        """Whether positions are counted from the body's own hips, so that it rests on nothing that stays."""
        if self.hips is None or self.rest is not None:
            return False
        away = np.linalg.norm(self.hips, axis=-1)
        away = away[np.isfinite(away)]
        return bool(len(away) and np.quantile(away, 0.9) <= _CENTRED * self.leg)

    def _longest(self) -> Up | None:
        """The axis along which a body without names is longest, its steadier end below; a rig's is y as usual."""
        sides = self.sides
        if sides is None or len(self.points) < 2 or self.skeleton.offsets is not None:
            return None
        axis = int(np.argmax(sides))
        if sides[axis] < _TALLER * np.delete(sides, axis).max():
            return None
        along, against = _axis(axis, 1.0), _axis(axis, -1.0)
        return against if self._unrest(against) < _STEADIER * self._unrest(along) else along

    def _unrest(self, up: Up) -> float:
        """How far the lowest joint moves up and down in most frames."""
        height = self.points[..., "xyz".index(up[-1])] * (-1.0 if up[0] == "-" else 1.0)
        known = np.isfinite(height).any(axis=1)
        lowest = np.nanmin(height[known], axis=1)
        return float(np.ptp(np.quantile(lowest, [0.1, 0.9]))) if len(lowest) else 0.0


def _body(positions: Array, skeleton: Skeleton) -> _Body:
    some = np.asarray(positions, dtype=np.float64)[:: max(1, len(positions) // _ASKED)]
    some = np.where(np.isfinite(some).all(axis=-1, keepdims=True), some, np.nan)
    limbs = limbs_of(skeleton)
    rest = None
    if limbs is not None and skeleton.offsets is not None and skeleton.parents is not None:
        rest = _limbed(_at_rest(np.asarray(skeleton.offsets), skeleton.parents)[None], skeleton, limbs, None)
    return _Body(some, skeleton) if limbs is None else _limbed(some, skeleton, limbs, rest)


def _limbed(points: Array, skeleton: Skeleton, limbs: Mapping[str, tuple[int, int]], rest: _Body | None) -> _Body:
    def midway(part: str) -> Array:
        left, right = limbs[part]
        return 0.5 * (points[:, left] + points[:, right])

    bones = [
        np.linalg.norm(points[:, limbs[upper][side]] - points[:, limbs[lower][side]], axis=-1)
        for upper, lower in (("hip", "knee"), ("knee", "ankle"))
        for side in (0, 1)
    ]
    known = [bone[np.isfinite(bone)] for bone in bones]
    leg = sum(float(np.median(bone)) for bone in known if len(bone)) / 2.0
    return _Body(points, skeleton, midway("hip"), midway("shoulder"), midway("ankle"), leg, rest)


def limbs_of(skeleton: Skeleton) -> dict[str, tuple[int, int]] | None:
    """The left and right hips, knees, ankles and shoulders; None where a name is missing."""
    at = parts_of(skeleton.joints).joints
    found: dict[str, tuple[int, int]] = {}
    for part in ("hip", "knee", "ankle", "shoulder"):
        left, right = at.get(f"left_{part}"), at.get(f"right_{part}")
        if left is None or right is None:
            return None
        found[part] = left, right
    return found


def _at_rest(offsets: Array, parents: tuple[int, ...]) -> Array:
    """(J, 3) the joints at rest, in the unit of their offsets."""
    places = np.array(offsets, dtype=np.float64)
    for joint, parent in enumerate(parents):
        if parent >= 0:
            places[joint] += places[parent]
    return places


def _ways(vectors: Array) -> Array:
    """Vectors (..., 3) of length one, NaN where there is none."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(length > 0, length, np.nan))


def _axis(axis: int, sign: float) -> Up:
    names: tuple[tuple[Up, Up], ...] = (("x", "-x"), ("y", "-y"), ("z", "-z"))
    return names[axis][int(sign < 0)]


def _quaternion(up: Up) -> Array:
    """w, x, y, z of the rotation that brings an axis up."""
    half = np.sqrt(0.5)
    turns: Mapping[Up, tuple[float, ...]] = {
        "y": (1, 0, 0, 0), "-y": (0, 1, 0, 0), "z": (half, -half, 0, 0), "-z": (half, half, 0, 0),
        "x": (half, 0, 0, half), "-x": (half, 0, 0, -half),
    }  # fmt: skip
    return np.array(turns[up])
