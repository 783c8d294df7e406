"""What each joint of a rig is to a body: the parts that `humanoid` has, and what hangs on them."""

from __future__ import annotations

import re
from functools import cached_property

import numpy as np

from poseviewer.motion.skeleton import HUMANOID, Skeleton, match

# What lies beyond the last joint that `humanoid` has.
_BEYOND = {"wrist": "finger", "toe": "toe end", "ankle": "heel", "head": "face"}
_HELPER = re.compile(r"twist|share|roll|breast|helper", re.I)  # they bend a skin, and are no bones
_CROWN = re.compile(r"head.*(end|top|site|nub)", re.I)


class Rig:
    """A 3D skeleton that maps onto `humanoid`. parts: source joint -> part ("hip", "knee" ...) of either side."""

    def __init__(self, skeleton: Skeleton) -> None:
        assert skeleton.parents is not None
        self.skeleton, self.parents = skeleton, skeleton.parents
        first = match(skeleton, HUMANOID).first
        self.parts = {
            int(source): name.removeprefix("left_").removeprefix("right_")
            for name, source in zip(HUMANOID.joints, first, strict=True)
            if name != "pelvis"
        }
        self.head = next(joint for joint, part in self.parts.items() if part == "head")
        self._children: list[list[int]] = [[] for _ in self.parents]
        for joint, parent in enumerate(self.parents):
            if parent >= 0:
                self._children[parent].append(joint)

    @cached_property
    def crown(self) -> int | None:
        """The joint at or towards the top of the head; None where the rig has none."""
        below = self._children[self.head]
        named = [joint for joint in below if _CROWN.search(self.skeleton.joints[joint])]
        return named[0] if named else below[0] if len(below) == 1 and not self._children[below[0]] else None

    @cached_property
    def leg(self) -> float:
        """Metres from hip to ankle at rest; 0 where the skeleton has no rest pose."""
        if self.skeleton.offsets is None:
            return 0.0
        total, hips = 0.0, sum(part == "hip" for part in self.parts.values())
        for joint, part in self.parts.items():
            while part in ("knee", "ankle") and joint >= 0 and self.parts.get(joint) in (None, part):
                total += float(np.linalg.norm(self.skeleton.offsets[joint]))
                joint = self.parents[joint]
        return total / max(hips, 1)

    def role(self, joint: int) -> str:
        """The part that the bone ending at `joint` belongs to, or finger, face, toe end, heel, stray, helper."""
        if joint in self.parts:
            return self.parts[joint]
        found = self._part_below(joint)
        if found:
            return found
        if _HELPER.search(self.skeleton.joints[joint]):
            return "helper"
        if joint == self.crown:
            return "skull"
        above = self.parents[joint]
        while above >= 0 and above not in self.parts:
            above = self.parents[above]
        return _BEYOND.get(self.parts.get(above, ""), "stray")

    def beyond(self, joint: int) -> int:
        """How many joints below the last part of the body a joint is."""
        steps = 0
        while joint >= 0 and joint not in self.parts:
            steps, joint = steps + 1, self.parents[joint]
        return max(steps, 1)

    def siblings(self, joint: int) -> int:
        """How many joints hang on the one that this hangs on."""
        return len(self._children[self.parents[joint]])

    def above(self, joint: int) -> int:
        """The joint that a joint hangs on, -1 the root's."""
        return self.parents[joint]

    def rest_length(self, joint: int | None) -> float:
        """Metres of the bone that ends at a joint, at rest; 0 where there is none."""
        if joint is None or self.skeleton.offsets is None:
            return 0.0
        return float(np.linalg.norm(self.skeleton.offsets[joint]))

    def _part_below(self, joint: int) -> str:
        below = list(self._children[joint])
        while below:
            found = next((j for j in below if j in self.parts), None)
            if found is not None:
                return self.parts[found]
            below = [child for j in below for child in self._children[j]]
        return ""
