"""What each joint of a rig is to a body: the parts that `humanoid` has, and what hangs on them."""

from __future__ import annotations

import re
from functools import cached_property

import numpy as np

from poseviewer.motion.matching import match
from poseviewer.motion.skeleton import HUMANOID, Skeleton

# What lies beyond the last joint that `humanoid` has.
_BEYOND = {"wrist": "finger", "toe": "toe end", "ankle": "heel", "head": "face"}
_HELPER = re.compile(r"twist|share|roll|breast|helper", re.I)  # they bend a skin, and are no bones
_CROWN = re.compile(r"head.*(end|top|site|nub)", re.I)


class Rig:
    """A 3D skeleton that maps onto `humanoid`. parts: source joint -> part ("hip", "knee" ...) of either side;
    sides: +1 for those of the left, -1 of the right, whatever their names say.
    """

    def __init__(self, skeleton: Skeleton) -> None:
        assert skeleton.parents is not None
        self.skeleton, self.parents = skeleton, skeleton.parents
        mapped = match(skeleton, HUMANOID)
        self.parts = {
            int(source): name.removeprefix("left_").removeprefix("right_")
            for j, (name, source) in enumerate(zip(HUMANOID.joints, mapped.first, strict=True))
            if name != "pelvis" and j not in mapped.between
        }
        self.sides = {
            int(source): 1 if name.startswith("left") else -1
            for j, (name, source) in enumerate(zip(HUMANOID.joints, mapped.first, strict=True))
            if name.startswith(("left", "right")) and j not in mapped.between
        }
        self.head = next(joint for joint, part in self.parts.items() if part == "head")
        count = len(self.parents)
        self.children: list[list[int]] = [[] for _ in range(count)]
        self._last_part = [""] * count  # the part at or above each joint
        self.beyond = [0] * count  # how many joints it is below that
        for joint, parent in enumerate(self.parents):
            if parent >= 0:
                self.children[parent].append(joint)
            own = self.parts.get(joint, "")
            self._last_part[joint] = own or (self._last_part[parent] if parent >= 0 else "")
            self.beyond[joint] = 0 if own or parent < 0 else self.beyond[parent] + 1
        self._part_below = [""] * count
        for joint in range(count - 1, 0, -1):
            own, above = self.parts.get(joint, ""), self.parents[joint]
            if above >= 0 and (own or not self._part_below[above]):
                self._part_below[above] = own or self._part_below[joint]

    @cached_property
    def crown(self) -> int | None:
        """The joint at or towards the top of the head; None where the rig has none."""
        below = self.children[self.head]
        named = [joint for joint in below if _CROWN.search(self.skeleton.joints[joint])]
        return named[0] if named else below[0] if len(below) == 1 and not self.children[below[0]] else None

    @cached_property
    def leg(self) -> float:
        """Metres from hip to ankle at rest; 0 where the skeleton has no rest pose."""
        total, hips = 0.0, sum(part == "hip" for part in self.parts.values())
        for joint, part in self.parts.items():
            while part in ("knee", "ankle") and joint >= 0 and self.parts.get(joint) in (None, part):
                total += self.rest_length(joint)
                joint = self.parents[joint]
        return total / max(hips, 1)

    def role(self, joint: int) -> str:
        """The part that the bone ending at `joint` belongs to, or finger, face, toe end, heel, stray, helper."""
        if joint in self.parts:
            return self.parts[joint]
        if self._part_below[joint]:
            return self._part_below[joint]
        if _HELPER.search(self.skeleton.joints[joint]):
            return "helper"
        if joint == self.crown:
            return "skull"
        return _BEYOND.get(self._last_part[joint], "stray")

    def rest_length(self, joint: int) -> float:
        """Metres of the bone that ends at a joint, at rest; 0 where the skeleton has no rest pose."""
        return 0.0 if self.skeleton.offsets is None else float(np.linalg.norm(self.skeleton.offsets[joint]))
