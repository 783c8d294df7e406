"""Bodies of a simulated robot or person as Isaac Lab and BeyondMimic log them: where each is in the world, in .npz.

body_positions or body_pos_w (F, B, 3) metres, z up; body_rotations or body_quat_w (F, B, 4) w, x, y, z (x, y, z, w is
told); body_names; fps. Also .pkl of GMR with local_body_pos in the root's frame, for robots whose links are not known.

What hangs on what is not in the file. It is told by the bodies' names (Unitree G1, AMP's humanoid) or by their number,
and else by what each stays fixed to: a body's joint does not move in its parent's frame. The mean of its places there
is its offset, and where these lead back to the positions the clip has rotations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from poseviewer.data.numpy_files import PICKLES, is_stored, stored
from poseviewer.data.readers.bodies.moved import local_turns, rate, require_modest, stood
from poseviewer.data.readers.bodies.named import key_of
from poseviewer.data.readers.bodies.turns import numbers
from poseviewer.data.sources import SourceFile
from poseviewer.errors import PoseviewerError
from poseviewer.motion import kinematics, rotation
from poseviewer.motion.clip import Clip
from poseviewer.motion.joint_sets import SETS, bone_variation, by_count, chosen
from poseviewer.motion.rotation import Array
from poseviewer.motion.skeleton import Skeleton
from poseviewer.text import distinct

NAME = "simulated bodies"
SUFFIXES = (".npz", *PICKLES, ".npy")
READS = "where Isaac Lab, BeyondMimic and GMR say a robot's bodies are, rotations, names, rate"
ASSUMES = "which skeleton, by names or number; metres, z up by its format"

_POSITIONS = ("body_positions", "body_pos_w", "body_link_pos_w", "body_pos", "link_pos_w")
_ROTATIONS = ("body_rotations", "body_quat_w", "body_link_quat_w", "body_quat", "link_quat_w")
_NAMES = ("body_names", "link_body_list", "link_names")
_ROBOTS = ("g1", "amp15")
_MOST_BODIES = 300
_ASKED = 200  # frames, spread over the motion, that tell
_STEADY = 0.02  # of their length: bones of a known set do not vary more
_FIXED = 0.002  # metres that a joint may seem to move in its parent's frame
_EXACT = 0.01  # metres from the positions to where rotations and offsets lead


def accepts(file: SourceFile) -> bool:
    found = stored(file) if is_stored(file) else None
    return isinstance(found, Mapping) and (key_of(found, _POSITIONS) is not None or _is_local(found))


def read(file: SourceFile) -> Iterator[Clip]:
    """One clip, metres, y up; with local rotations where the file has any."""
    found = stored(file)
    positions, turns = _positions(file, found), _rotations(file, found)
    if turns is not None and turns.shape[:2] != positions.shape[:2]:
        cause = f"positions are {positions.shape} and rotations {turns.shape}"
        raise PoseviewerError(file.name, "", cause, "give each body one of both in every frame")
    frames, count = positions.shape[:2]
    require_modest(file, frames, count)
    names = _names(found, count)
    skeleton, note = _skeleton(file, names, positions, turns)
    notes = [f"{count} {NAME}", *([note] if note else [])]
    turns = None if turns is None or skeleton.parents is None else _fitting(positions, turns, skeleton)
    if turns is not None:
        local = local_turns(turns, skeleton)
        rigid = Skeleton.tree(
            skeleton.name, skeleton.joints, skeleton.parents or (), _offsets(positions, turns, skeleton)
        )
        assert rigid.offsets is not None and rigid.parents is not None
        led = kinematics.forward(positions[:, 0], local, rigid.offsets, rigid.parents)
        if float(np.quantile(np.linalg.norm(led - positions, axis=-1), 0.99)) <= _EXACT:
            yield stood(file, rigid, positions, rotation.continuous(local), rate(found), notes)
            return
    yield stood(file, skeleton, positions, None, rate(found), notes)


def _is_local(found: Mapping[Any, Any]) -> bool:
    """Whether bodies are given in the frame of a root that moves."""
    if not all(key in found for key in ("root_pos", "root_rot", "local_body_pos")):
        return False
    return numbers(found["local_body_pos"]) is not None


def _positions(file: SourceFile, found: Mapping[str, Any]) -> Array:
    key = key_of(found, _POSITIONS) or "local_body_pos"
    positions = numbers(found[key])
    if (
        positions is None
        or positions.ndim != 3
        or positions.shape[2] != 3
        or not 1 <= positions.shape[1] <= _MOST_BODIES
    ):
        cause = "it is not (frames, bodies, 3) numbers"
        raise PoseviewerError(file.name, key, cause, "give where each body is in the world, in metres")
    positions = positions.astype(np.float64)
    if key != "local_body_pos":
        return positions
    root, turn = numbers(found["root_pos"]), numbers(found["root_rot"])
    if root is None or turn is None or root.shape != (len(positions), 3) or turn.shape != (len(positions), 4):
        cause = "root_pos and root_rot do not fit local_body_pos"
        raise PoseviewerError(file.name, "", cause, "give (frames, 3) and quaternions (frames, 4)")
    turned = rotation.rotate(rotation.normalise(turn[:, None, [3, 0, 1, 2]]), positions)
    return np.asarray(turned + root[:, None])


def _rotations(file: SourceFile, found: Mapping[str, Any]) -> Array | None:
    """(F, B, 4) as they stand in the file, None where there are none or one is missing."""
    key = key_of(found, _ROTATIONS)
    turns = None if key is None else numbers(found[key])
    if turns is None or turns.ndim != 3 or turns.shape[2] != 4 or not np.isfinite(turns).all():
        return None
    return turns.astype(np.float64)


def _names(found: Mapping[str, Any], count: int) -> tuple[str, ...] | None:
    key = key_of(found, _NAMES)
    names = np.ravel(np.array(found[key])) if key is not None else np.empty(0)
    return distinct(tuple(map(str, names))) if names.size == count and names.dtype.kind in "UO" else None


def _skeleton(
    file: SourceFile, names: tuple[str, ...] | None, positions: Array, turns: Array | None
) -> tuple[Skeleton, str]:
    """The bodies as a tree, and how it was told where names do not."""
    count = positions.shape[1]
    if file.reading.joints is not None:
        asked = chosen(file.reading.joints, 3)
        if len(asked.joints) != count:
            cause = f"it has {count} bodies and {asked.name} {len(asked.joints)} joints"
            raise PoseviewerError(file.name, "", cause, "ask for other joints, or for none")
        return asked, f"joints of {file.reading.joints} as given"
    if names is None:
        known = by_count(count, 3, positions)
        if known is not None and known.parents and bone_variation(known, _some(positions)) < _STEADY:
            return known, f"taken to be {known.name}'s by their number and bones"
    parents = None if names is None else _known_parents(names)
    note = "" if parents is not None else "what hangs on what told by the motion"
    parents = _told_parents(positions, turns) if parents is None else parents
    joints = names or tuple(f"body_{j}" for j in range(count))
    name = next((known.name for known in SETS.values() if known.joints == joints), f"{joints[0]}, {count} bodies")
    return Skeleton.tree(name, joints, parents), note


def _known_parents(names: tuple[str, ...]) -> tuple[int, ...] | None:
    """(B,) of bodies that a known robot has, each on the nearest one above it that is there; None where it has not."""
    for robot in _ROBOTS:
        whole = SETS[robot].skeleton()
        if not set(names) <= set(whole.joints):
            continue
        above = [whole.up_from(whole.joints.index(name))[1:] for name in names]
        parents = [next((names.index(whole.joints[j]) for j in ups if whole.joints[j] in names), -1) for ups in above]
        if all(parent < joint for joint, parent in enumerate(parents)):
            return tuple(parents)
    return None


def _told_parents(positions: Array, turns: Array | None) -> tuple[int, ...]:
    """(B,) what each body stays fixed to, among those before it: the nearest, of two at one place the last.

    Without rotations it is the first that it keeps its distance to: it keeps that to what hangs beside it, too.
    """
    points = _some(positions)
    frames = None if turns is None else rotation.conjugate(rotation.normalise(_some(turns)))
    parents = [-1]
    for body in range(1, points.shape[1]):
        ways = points[:, body, None] - points[:, :body]
        if frames is not None:
            spread = np.linalg.norm(rotation.rotate(frames[:, :body], ways).std(axis=0), axis=-1)
        else:
            spread = np.linalg.norm(ways, axis=-1).std(axis=0)
        length = np.linalg.norm(ways, axis=-1).mean(axis=0)
        fixed = np.flatnonzero(spread <= max(_FIXED, 1.5 * float(spread.min())))
        nearest = min(fixed, key=lambda other: (round(float(length[other]), 4), -other))
        parents.append(int(fixed[0] if frames is None else nearest))
    return tuple(parents)


def _some(array: Array) -> Array:
    return array[:: max(1, len(array) // _ASKED)]


def _fitting(positions: Array, turns: Array, skeleton: Skeleton) -> Array:
    """Rotations as w, x, y, z: in that order, or in x, y, z, w where bodies stay fixed to their parents only so."""
    orders = [rotation.normalise(turns), rotation.normalise(turns[..., [3, 0, 1, 2]])]
    return min(orders, key=lambda q: float(np.std(_places(_some(positions), _some(q), skeleton), axis=0).sum()))


def _places(positions: Array, turns: Array, skeleton: Skeleton) -> Array:
    """(F, B, 3) each body in its parent's frame."""
    parents = np.array(skeleton.parents)
    ways = positions - positions[:, np.maximum(parents, 0)]
    return rotation.rotate(rotation.conjugate(turns[:, np.maximum(parents, 0)]), ways)


def _offsets(positions: Array, turns: Array, skeleton: Skeleton) -> Array:
    return np.asarray(np.nanmean(_places(positions, turns, skeleton), axis=0))
