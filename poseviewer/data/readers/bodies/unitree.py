"""Unitree's robots by their root and joint angles, on the robot's own links: joints by forward kinematics.

.csv, as Unitree's LAFAN1 retargeting has it: root x, y, z, root quaternion x, y, z, w, then 29 angles of G1, 19 of H1
or 27 of H1-2 in radians, without a header, 30 frames a second. .pkl, .npz, .npy with the same by names (GMR, TWIST,
ASAP: one motion or many), or MuJoCo's qpos (F, 36), whose quaternion is w, x, y, z. 23 angles are those of ASAP, G1
without wrists. joint_names give another order. Metres, z up.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from poseviewer.data.numpy_files import PICKLES, is_stored, stored
from poseviewer.data.readers.bodies.moved import moved, rate, require_modest
from poseviewer.data.readers.bodies.named import key_of, shape_of
from poseviewer.data.readers.bodies.turns import numbers
from poseviewer.data.sources import SourceFile, decoded, is_number
from poseviewer.errors import PoseviewerError
from poseviewer.motion import rotation
from poseviewer.motion.clip import Clip
from poseviewer.motion.joint_sets.robots import ROBOTS, parents_of
from poseviewer.motion.rotation import Array
from poseviewer.motion.skeleton import Skeleton

NAME = "Unitree joint angles"
SUFFIXES = (".csv", *PICKLES, ".npz", ".npy")
READS = "root and joint angles of G1, H1 and H1-2 on their own links, with rotations"
ASSUMES = "30 fps in .csv; metres, z up by its format"

_IN_WORDS = {"g1": "Unitree G1", "h1": "Unitree H1", "h1_2": "Unitree H1-2"}
_COLUMNS = tuple(7 + count for count in ROBOTS)
_ROOT = ("root_pos", "root_trans_offset", "root_trans", "base_pos", "root_position", "root_translation", "root_pos_w")
_TURN = ("root_rot", "root_quat", "base_rot", "base_quat", "root_rotation", "root_orientation", "root_quat_w")
_ANGLES = ("dof_pos", "dof", "joint_pos", "dofs", "dof_positions", "joint_positions", "joint_angles")
_NAMES = ("joint_names", "dof_names")
_MAX_TEXT = 64 << 20
_MOST_MOTIONS = 100_000
_CURE = "give root x, y, z, its quaternion x, y, z, w, and joint angles in radians: 29 of G1, 19 of H1 or 27 of H1-2"


def accepts(file: SourceFile) -> bool:
    if file.suffix == ".csv":
        return any(_is_row(line) for line in decoded(file.head(8192)).splitlines()[:2])
    return is_stored(file) and any(True for _ in _motions(stored(file)))


def read(file: SourceFile) -> Iterator[Clip]:
    """A clip a motion, with local rotations, metres, y up."""
    if file.suffix == ".csv":
        table = _table(file)
        yield _clip(file, table, "xyzw", ROBOTS[table.shape[1] - 7].moving, None)
        return
    for name, found in _motions(stored(file)):
        fps = rate(found) if isinstance(found, Mapping) else None
        rows, order, joints = _rows(file, name, found)
        yield _clip(file, rows, order, joints, fps, name)


def _clip(
    file: SourceFile, rows: Array, order: str, joints: tuple[str, ...], fps: float | None, name: str = ""
) -> Clip:
    """rows: (F, 7 + len(joints)); order: of the quaternion's numbers, as the format usually has them."""
    robot = ROBOTS[len(joints)]
    require_modest(file, len(rows), len(robot.links))
    bad = ~np.isfinite(rows).all(axis=1) | ~(np.abs(np.linalg.norm(rows[:, 3:7], axis=1) - 1.0) < 0.1)
    if bad.any():
        where = f"{name} frame {int(np.argmax(bad)) + 1}".strip()
        raise PoseviewerError(file.name, where, "a number is missing, or its quaternion is not of length 1", _CURE)
    turns = np.tile(rotation.IDENTITY, (len(rows), len(robot.links), 1))
    turns[:, 0] = _upright(rows[:, 3:7], order)
    for j, link in enumerate(robot.links):
        if link.axis is not None:
            angle = rows[:, 7 + joints.index(link.name)] if link.name in joints else np.zeros(len(rows))
            own = rotation.from_axis_angle(np.eye(3)["xyz".index(link.axis)], angle)
            turns[:, j] = rotation.multiply(rotation.normalise(link.turn), own)
    names = tuple(link.name for link in robot.links)
    skeleton = Skeleton.tree(
        robot.name, names, parents_of(robot.links), np.array([link.offset for link in robot.links])
    )
    notes = [f"{len(joints)} joint angles of {_IN_WORDS[robot.name]} on its own links"]
    return moved(file, skeleton, rows[:, :3], turns, fps, notes, name)


def _upright(quaternions: Array, order: str) -> Array:
    """(F, 4) w, x, y, z of the order that they usually have, or of the other where only that one is upright."""
    both = {"xyzw": quaternions[:, [3, 0, 1, 2]], "wxyz": quaternions}
    other = "wxyz" if order == "xyzw" else "xyzw"
    up = {key: float(np.mean(1 - 2 * (q[:, 1] ** 2 + q[:, 2] ** 2))) for key, q in both.items()}
    return rotation.normalise(both[other if up[order] < 0.3 and up[other] > 0.8 else order])


def _is_row(line: str) -> bool:
    fields = line.strip().rstrip(",").split(",")
    if len(fields) not in _COLUMNS or not all(map(is_number, fields)):
        return False
    return bool(abs(np.linalg.norm([float(field) for field in fields[3:7]]) - 1.0) < 0.01)


def _table(file: SourceFile) -> Array:
    """(F, 7 + angles) of the text; a first line of names is passed over."""
    lines = [line.strip().rstrip(",") for line in decoded(file.content(_MAX_TEXT)).splitlines()]
    lines = [line for line in lines if line]
    lines = lines if lines and _is_row(lines[0]) else lines[1:]
    columns = lines[0].count(",") + 1 if lines else 0
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        try:
            return np.fromstring(",".join(lines), dtype=np.float64, sep=",").reshape(len(lines), columns)
        except (DeprecationWarning, ValueError):
            row = next((n for n, line in enumerate(lines, 1) if not _is_numbers(line, columns)), 1)
            cause = f"it is not {columns} numbers"
            raise PoseviewerError(file.name, f"frame {row}", cause, _CURE) from None


def _is_numbers(line: str, columns: int) -> bool:
    fields = line.split(",")
    return len(fields) == columns and all(map(is_number, fields))


def _motions(found: Any) -> Iterator[tuple[str, Any]]:
    """The motions in what a file holds, with their names: by names in a mapping, in a mapping of these, or as qpos."""
    if isinstance(found, np.ndarray):
        if found.ndim == 2 and found.shape[1] in _COLUMNS and found.dtype.kind == "f" and _is_unit(found[:1, 3:7]):
            yield "", found
    elif isinstance(found, Mapping) and (_has(found) or _has_qpos(found)):
        yield "", found
    elif isinstance(found, Mapping) and not hasattr(found, "shape"):
        named = ((str(key), value) for key, value in list(found.items())[:_MOST_MOTIONS])
        yield from ((key, value) for key, value in named if isinstance(value, Mapping) and (_has(value)))


def _has(found: Mapping[Any, Any]) -> bool:
    """Whether root, its rotation and as many angles as the robot has are there by their names."""
    keys = [key_of(found, names) for names in (_ROOT, _TURN, _ANGLES)]
    shape = () if None in keys else shape_of(found, str(keys[2]))
    return len(shape) == 2 and shape[1] in ROBOTS


def _has_qpos(found: Mapping[Any, Any]) -> bool:
    shape = shape_of(found, "qpos") if "qpos" in found else ()
    return len(shape) == 2 and shape[1] in _COLUMNS


def _is_unit(quaternions: Array) -> bool:
    return bool((np.abs(np.linalg.norm(quaternions, axis=-1) - 1.0) < 0.01).all())


def _rows(file: SourceFile, name: str, found: Any) -> tuple[Array, str, tuple[str, ...]]:
    """(F, 7 + K), the order of the quaternion's numbers, and the links that the K joints move."""
    if isinstance(found, np.ndarray) or _has_qpos(found):
        rows = numbers(found if isinstance(found, np.ndarray) else found["qpos"])
        if rows is None:
            raise PoseviewerError(file.name, "qpos", "it holds no numbers", _CURE)
        return rows.astype(np.float64), "wxyz", ROBOTS[rows.shape[1] - 7].moving
    parts = []
    for names, width in ((_ROOT, 3), (_TURN, 4), (_ANGLES, 0)):
        key = key_of(found, names) or names[0]
        part = numbers(found[key])
        if part is None or part.ndim != 2 or (width and part.shape[1] != width):
            cause = f"it is not (frames, {width or 'joints'}) numbers"
            raise PoseviewerError(file.name, f"{name} {key}".strip(), cause, _CURE)
        parts.append(part.astype(np.float64))
    if len({len(part) for part in parts}) > 1:
        raise PoseviewerError(file.name, name, "its arrays have different numbers of frames", _CURE)
    return np.concatenate(parts, axis=1), "xyzw", _joints(found, parts[2].shape[1])


def _joints(found: Mapping[Any, Any], count: int) -> tuple[str, ...]:
    """The links that angles move: by the names that are given, else in Unitree's order."""
    key = key_of(found, _NAMES)
    given = [str(name) for name in np.ravel(found[key])] if key is not None else []
    moves = [name.removesuffix("_joint").replace("waist_pitch", "torso") + "_link" for name in given]
    usual = ROBOTS[count].moving
    turned = {link.name for link in ROBOTS[count].links if link.axis is not None}
    return tuple(moves) if len(moves) == count and set(moves) <= turned else usual
