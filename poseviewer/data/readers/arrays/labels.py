"""What stands beside an array of motion in its file: lengths, texts, rates, names of joints, sizes of images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.readers.arrays.found import Found, numbers
from poseviewer.motion.joint_sets import SETS
from poseviewer.motion.names import mirror_of, normalised_name
from poseviewer.motion.skeleton import Skeleton

LENGTHS = ("lengths", "length", "mlens", "mlength", "motionlengths", "motionlength", "seqlens", "seqlen", "numframes")
TEXTS = ("text", "texts", "caption", "captions", "prompt", "prompts", "description", "descriptions", "sentence")
TITLES = ("framedir", "name", "motionname", "seqname", "sequencename", "filename", "motionid")
ACTIONS = ("action", "actions", "actionname", "actionnames", "actiontext", "actiontexts")
SEEDS = ("seedframes", "seedlength", "prefixlength", "prefixlen", "contextlength", "contextlen", "nprefix", "nseed")
_RATES = ("fps", "framerate", "mocapframerate", "motionfps", "framespersecond")
_STEPS = ("dt", "frametime", "timestep")
_SIZES = ("resolution", "imgsize", "imagesize")  # width, height
_SHAPES = ("imgshape", "imageshape", "originalshape")  # height, width
_SCORES = ("keypointscore", "keypointscores", "keypointsscore", "scores", "score", "confidence", "conf")
_NAMES = (
    "jointnames",
    "jointsnames",
    "bodynames",
    "keypointnames",
    "markernames",
    "nodenames",
    "bonenames",
    "linkbodylist",
    "names",
)
_PARENTS = ("parents", "parentindices", "jointparents", "parent", "kintreetable")
_MOST_JOINTS = 5000
_MOST_PARTS = 100_000


@dataclass(frozen=True)
class Labels:
    """found: the array; count: how many clips it holds."""

    found: Found
    count: int

    def _own(self, names: Sequence[str], n: int) -> Any:
        """What stands for one of the clips: its part of a list of as many, or what stands for all."""
        thing = self.found.beside.get(*names)
        listed = as_list(thing)
        if listed is None:
            return thing
        number = self.found.number
        if number is not None and self.count == 1 and len(listed) > 1:
            return listed[number] if number < len(listed) else None
        if len(listed) == self.count:
            return listed[n]
        is_told_at_length = self.count == 1 and number is None and all(isinstance(part, str) for part in listed)
        return listed if is_told_at_length else None

    def number(self, names: Sequence[str], n: int) -> float | None:
        """A clip's number, which may be none that can be."""
        value = self._own(names, n)
        if isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "iuf":
            value = value.item()
        is_number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
        return float(value) if is_number else None

    def text(self, names: Sequence[str], n: int) -> str:
        """A clip's text, several of them in one."""
        value = self._own(names, n)
        if isinstance(value, np.ndarray) and value.dtype.kind == "U":
            value = value.tolist()
        if isinstance(value, (list, tuple)):
            return "; ".join(part for part in value if isinstance(part, str))
        return str(value) if isinstance(value, str) else ""

    def rate(self) -> float | None:
        """Frames a second that the file states, which may be none that can be."""
        alone = replace(self, count=1)
        rate, step = alone.number(_RATES, 0), alone.number(_STEPS, 0)
        return 1.0 / step if rate is None and step else rate

    def names(self) -> list[str] | None:
        """Of joints."""
        listed = as_list(self.found.beside.get(*_NAMES)) or as_list(self.found.beside.get("joints"))
        if listed is None or not 1 < len(listed) <= _MOST_JOINTS:
            return None
        if not all(isinstance(name, (str, bytes)) for name in listed):
            return None
        names = [str(name, "latin-1") if isinstance(name, bytes) else str(name) for name in listed]
        return names if len(set(names)) == len(names) else None

    def skeleton(self, count: int, dims: Literal[2, 3]) -> Skeleton | None:
        """Of the joints that the file names, where it names as many."""
        names = self.names()
        if names is None or len(names) != count:
            return None
        return _named(names, self.found.beside.get(*_PARENTS), dims)

    def scores(self) -> NDArray[Any] | None:
        """How sure each point is, beside an array of points with one axis more."""
        scores, array = numbers(self.found.beside.get(*_SCORES)), self.found.array
        return scores if scores is not None and scores.shape == array.shape[:-1] else None

    def image_size(self) -> tuple[int, int] | None:
        """Width and height of the image that points lie in."""
        for names, order in ((_SIZES, 1), (_SHAPES, -1)):
            shape = as_list(self.found.beside.get(*names))
            if shape is not None and len(shape) >= 2 and all(isinstance(n, (int, np.integer)) for n in shape[:2]):
                width, height = shape[:2][::order]
                return int(width), int(height)
        return None


def as_list(thing: Any) -> list[Any] | None:
    """The parts of a list, or of an array along its first axis; None of what has none."""
    if isinstance(thing, np.ndarray) and thing.ndim and len(thing) <= _MOST_PARTS:
        return list(thing)
    return list(thing) if isinstance(thing, (list, tuple)) else None


def _named(names: list[str], parents: Any, dims: Literal[2, 3]) -> Skeleton:
    """A skeleton of names, and of parents where they are some (of a table (2, J) its first row)."""
    joints, count = tuple(names), len(names)
    table = np.asarray(parents) if isinstance(parents, (list, tuple, np.ndarray)) else np.empty(0)
    table = table[0] if table.shape == (2, count) else table
    if table.shape == (count,) and table.dtype.kind in "iuf":
        tree = tuple(int(parent) if 0 <= parent < count else -1 for parent in table)
        if all(parent < joint for joint, parent in enumerate(tree)):
            return Skeleton.tree(f"{names[0]}, {count} joints", joints, tree, dims=dims)
    place = {normalised_name(name): j for j, name in enumerate(names)}
    mirror = mirror_of(joints)
    for known in SETS.values():
        theirs = [place.get(normalised_name(joint)) for joint in known.joints]
        if None not in theirs:
            edges = tuple((cast(int, theirs[a]), cast(int, theirs[b])) for a, b in known.edges)
            tree_of = known.parents if known.joints == joints else None
            return Skeleton(known.name, joints, tree_of, edges, mirror, dims)
    return Skeleton(f"{names[0]}, {count} joints", joints, None, (), mirror, dims)
