"""Motions of poselib, the library of Isaac Gym's AMP and ASE: .npy with a pickled dict that brings its own skeleton.

skeleton_tree: node_names, parent_indices, local_translation (J, 3) metres; rotation (F, J, 4) x, y, z, w, local or in
the world (is_local); root_translation (F, 3); fps. An array stands in {"arr": array}. z is up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.numpy_files import PICKLES, is_stored, stored
from poseviewer.data.readers.bodies.moved import local_turns, moved, rate
from poseviewer.data.readers.bodies.turns import numbers
from poseviewer.data.sources import SourceFile
from poseviewer.errors import PoseviewerError
from poseviewer.motion import rotation
from poseviewer.motion.clip import Clip
from poseviewer.motion.joint_sets import SETS
from poseviewer.motion.skeleton import Skeleton

NAME = "poselib motion"
SUFFIXES = (".npy", *PICKLES)
READS = "rotations and root on the skeleton of the file, rate"
ASSUMES = "nothing: metres, z up by its format"

_MAX_JOINTS = 1000


def accepts(file: SourceFile) -> bool:
    found = stored(file) if is_stored(file) else None
    return isinstance(found, Mapping) and isinstance(found.get("skeleton_tree"), Mapping) and "rotation" in found


def read(file: SourceFile) -> Iterator[Clip]:
    """One clip with local rotations, metres, y up."""
    found = stored(file)
    tree = found["skeleton_tree"]
    names = tree.get("node_names")
    if not isinstance(names, (list, tuple)) or not 1 <= len(names) <= _MAX_JOINTS:
        raise _refused(file, "node_names", "it is no list of joint names")
    joints, count = tuple(map(str, names)), len(names)
    parents = _array(file, tree, "parent_indices", (count,)).astype(int)
    offsets = _array(file, tree, "local_translation", (count, 3)).astype(np.float64)
    still = numbers(_plain(found.get("root_translation")))
    frames = () if still is not None and still.ndim == 1 else (-1,)  # a pose, as of its T-pose files, has no frames
    turns = _array(file, found, "rotation", (*frames, count, 4)).reshape(-1, count, 4)
    root = _array(file, found, "root_translation", (*frames, 3)).astype(np.float64).reshape(-1, 3)
    if len(root) != len(turns):
        raise _refused(file, "root_translation", f"it has {len(root)} frames and the rotations {len(turns)}")
    if any(not -1 <= parent < joint for joint, parent in enumerate(parents)):
        raise _refused(file, "parent_indices", "a parent does not come before its joint")
    turns = rotation.normalise(turns[..., [3, 0, 1, 2]])
    name = next((known.name for known in SETS.values() if known.joints == joints), f"{joints[0]}, {count} joints")
    skeleton = Skeleton.tree(name, joints, tuple(parents.tolist()), offsets)
    if found.get("is_local") is False:
        turns = local_turns(turns, skeleton)
    yield moved(file, skeleton, root, turns, rate(found), [NAME])


def _array(file: SourceFile, found: Mapping[str, Any], key: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """The numbers of an array, as they are or in {"arr": ...}. -1 in a shape fits any length."""
    array = numbers(_plain(found.get(key)))
    wanted = f"({', '.join('frames' if n < 0 else str(n) for n in shape)})"
    if array is None:
        raise _refused(file, key, f"there are no numbers {wanted}")
    if array.ndim != len(shape) or any(n not in (-1, there) for n, there in zip(shape, array.shape, strict=True)):
        raise _refused(file, key, f"it has shape {array.shape}, not {wanted}")
    if not np.isfinite(array).all():
        raise _refused(file, key, "a number is missing or not finite")
    return array


def _plain(value: Any) -> Any:
    return value.get("arr") if isinstance(value, Mapping) else value


def _refused(file: SourceFile, key: str, cause: str) -> PoseviewerError:
    return PoseviewerError(file.name, key, cause, "save it again with poselib's to_file")
