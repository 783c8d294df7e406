"""A rig on the way onto another skeleton: which joints are paired, what that makes, and in which words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.track import Track
from poseviewer.motion import by_hand
from poseviewer.motion.clip import Clip
from poseviewer.motion.dialects import parts_of
from poseviewer.motion.kinematics import rest_positions
from poseviewer.motion.matching import JointMap, Pair, Pairing, pairing
from poseviewer.motion.skeleton import CANONICAL, Skeleton
from poseviewer.text import counted

How = Literal["by name", "by hand", "by place", "interpolated", "missing"]
_HOW: dict[str, How] = {"name": "by name", "hand": "by hand", "place": "by place"}

# A standing person, (x, y, z) metres, left at +x, facing +z: what a target looks like before it is a motion's.
_STANDING = {
    "pelvis": (0.0, 0.94, 0.0), "spine": (0.0, 1.18, -0.01), "neck": (0.0, 1.45, -0.01), "head": (0.0, 1.62, 0.02),
    "crown": (0.0, 1.74, 0.02),
    "hip": (0.09, 0.93, 0.0), "knee": (0.10, 0.51, 0.01), "ankle": (0.10, 0.09, -0.02), "toe": (0.12, 0.03, 0.11),
    "collar": (0.05, 1.42, 0.0), "shoulder": (0.17, 1.41, -0.01), "elbow": (0.40, 1.28, -0.02),
    "wrist": (0.62, 1.17, 0.03),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One joint of the target: what it is made of, in words, and how that is known."""

    joint: int
    name: str
    made_of: str
    how: How

    @property
    def settled(self) -> bool:
        """Whether nobody needs to look at it."""
        return self.how in ("by name", "by hand")


class Mapping:
    """A clip's rig and a target; pairs change, and each change can be taken back."""

    def __init__(self, clip: Clip, target: Skeleton) -> None:
        self.clip, self.source, self.target = clip, clip.skeleton, target
        self.track = Track.of_clip(clip)
        self._decided: dict[str, str] = dict(by_hand.taught(self.source.joints, target.joints) or {})
        self._before: list[dict[str, str]] = []
        self._undone: list[dict[str, str]] = []
        self.found: Pairing = self._look()

    @property
    def decided(self) -> by_hand.Pairs:
        """What a person has decided, target -> source, "" for none."""
        return self._decided

    def _look(self) -> Pairing:
        self.found = pairing(self.source, self.target, self._decided)
        return self.found

    def _decide(self, decided: dict[str, str]) -> None:
        if decided != self._decided:
            self._before.append(self._decided)
            self._undone.clear()
            self._decided = decided
            self._look()

    def pair(self, target: int, source: int | None) -> None:
        """Let a joint of the target be one of the source's, or none; whichever had that one before has none."""
        decided = dict(self._decided)
        if source is not None:
            for joint, pair in enumerate(self.found.pairs):
                if pair is not None and pair.first == pair.second == source:
                    decided[self.target.joints[joint]] = ""
        decided[self.target.joints[target]] = "" if source is None else self.source.joints[source]
        self._decide(decided)

    def confirm(self, target: int) -> None:
        """Let a pair that is guessed stand as it is."""
        if target in self.found.guessed:
            self.pair(target, self.found.guessed[target])

    def start_over(self) -> None:
        """By names alone again."""
        self._decide({})

    def undo(self) -> None:
        if self._before:
            self._undone.append(self._decided)
            self._decided = self._before.pop()
            self._look()

    def redo(self) -> None:
        if self._undone:
            self._before.append(self._decided)
            self._decided = self._undone.pop()
            self._look()

    @property
    def complete(self) -> bool:
        """Whether it makes a motion of the target."""
        return not self.found.lacking

    @property
    def is_live(self) -> bool:
        """Whether the target moves as the rig does."""
        return self.complete and not self.found.refused

    # what is seen

    def source_pose(self, frame: int) -> NDArray[np.float32]:
        """(J, 3) the rig in the world at a frame, NaN for joints of the world that are no body."""
        return self.track.positions[frame]

    def target_pose(self, frame: int) -> NDArray[np.float32]:
        """(K, 3) what the pairs make of a frame; a standing pose while some joint is missing."""
        if not self.is_live:
            return standing(self.target)
        pairs = [pair or Pair(0, 0) for pair in self.found.pairs]
        first, second = (np.array([getattr(pair, key) for pair in pairs]) for key in ("first", "second"))
        made = JointMap(first, second, np.array([pair.weight for pair in pairs]), self.found.between)
        return made.positions(self.source_pose(frame)[None])[0]

    # in words

    def rows(self) -> list[Row]:
        """A row for each joint of the target, in its order."""
        return [self._row(joint) for joint in range(len(self.target.joints))]

    def _row(self, joint: int) -> Row:
        name, pair, joints = self.target.joints[joint], self.found.pairs[joint], self.source.joints
        if pair is not None:
            if pair.first == pair.second:
                made_of = joints[pair.first]
            elif pair.weight == 0.5:
                made_of = f"{joints[pair.first]}, {joints[pair.second]}"
            else:
                made_of = joints[pair.first]
            return Row(joint, name, made_of, _HOW[pair.how])
        shares = self.found.between.get(joint)
        if shares is None:
            return Row(joint, name, "", "missing")
        last, share = shares[-1]
        others = [self.target.joints[other] for other, _ in shares[:-1]]
        first = "shoulders" if len(others) == 2 else others[0]
        return Row(joint, name, f"{first} to {self.target.joints[last]}, {100 * share:.0f} %", "interpolated")

    def headline(self) -> str:
        """How much of the target is there."""
        if self.found.refused:
            return f"{self.found.refused[0].upper()}{self.found.refused[1:]}"
        rows = self.rows()
        count = {how: sum(row.how == how for row in rows) for how in get_args(How)}
        said = [f"{count['by name']} of {len(rows)} joints found by name"]
        said += [f"{count['by hand']} paired by hand"] * bool(count["by hand"])
        said += [f"{count['by place']} guessed by place"] * bool(count["by place"])
        said += [f"{count['interpolated']} interpolated"] * bool(count["interpolated"])
        if count["missing"]:
            names = [row.name.replace("_", " ") for row in rows if row.how == "missing"]
            few = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
            said.append(f"{count['missing']} missing: {few}")
        return ", ".join(said)

    def about(self) -> str:
        """The file, its dialect, and how much of it the target does not have."""
        joints, left = counted(len(self.source.joints), "joint"), len(self.found.left_out)
        school = f" named as by {self.found.dialect}" if self.found.dialect else ", named as by nobody that is known"
        verb = "are" if left != 1 else "is"
        out = f" {counted(left, 'joint')} that {self.target.name} does not have {verb} left out."
        return f"{self.clip.name}: {joints}{school}.{out if left else ''}"


def standing(target: Skeleton) -> NDArray[np.float32]:
    """(K, 3) a target as it stands: at rest where it says how, else as a person, other joints beside their parents."""
    if target.offsets is not None and target.parents is not None:
        rest = rest_positions(target.offsets, target.parents)
        return (rest - [0.0, rest[:, 1].min(), 0.0]).astype(np.float32)
    parts = parts_of(target.joints)
    places = np.full((len(target.joints), 3), np.nan)
    for part, joint in parts.joints.items():
        side, _, limb = part.rpartition("_")
        at = np.array(_STANDING.get(limb, (0.0, 1.0, 0.0)))
        places[joint] = at * ((-1.0, 1.0, 1.0) if side == "right" else (1.0, 1.0, 1.0))
    low, high = np.array(_STANDING["pelvis"]), np.array(_STANDING["neck"])
    spine = sorted(parts.spine, key=lambda joint: (len(target.up_from(joint)), joint))
    for number, joint in enumerate(spine, 1):
        places[joint] = low + (high - low) * number / (len(spine) + 1)
    for joint in np.flatnonzero(np.isnan(places[:, 0])).tolist():
        above = next((k for k in target.up_from(joint) if np.isfinite(places[k, 0])), None)
        share = joint / len(target.joints)
        places[joint] = (0.3 * share, 1.0, 0.2) if above is None else places[above] + [0.02, -0.04, 0.02]
    return places.astype(np.float32)


def targets(clip: Clip, others: Iterable[Skeleton]) -> list[Skeleton]:
    """What a clip may be mapped onto: a canonical skeleton, and those of models, of as many dimensions."""
    found: dict[tuple[str, ...], Skeleton] = {}
    for skeleton in (*CANONICAL.values(), *others):
        if skeleton.dims == clip.skeleton.dims and skeleton.joints != clip.skeleton.joints:
            found.setdefault(skeleton.joints, skeleton)
    return list(found.values())
