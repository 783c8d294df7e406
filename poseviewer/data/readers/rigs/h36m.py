"""Human3.6M as exponential maps, the text files of Jain et al. (CVPR 2016): 99 numbers between commas a line, 50 Hz.

Columns 0-2: the root's way in millimetres; then 32 exponential maps in radians, the first the root's. y is up, the
zero pose faces z with the subject's left at +x. As in the CMU files of later papers the maps are meant for row vectors:
as column rotations they turn by -r. Root columns are steps: the way since the frame before, in the root's axes there,
and the turn since then; they are added up from a pelvis that is upright in the first frame, however it was. Where
somebody walks about, the feet that rest tell where the ground is, which is levelled; the lowest joint stands on it.
Files that hold poses in the world instead are told by their size: nobody steps that far in a fiftieth of a second. The
lengths are those of one subject, which all papers use for everybody. An .npy of (frames, 99) numbers is read alike.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.ground import lift
from poseviewer.data.numpy_files import is_stored, stored
from poseviewer.data.sources import SourceFile, decoded, is_number
from poseviewer.data.upright import told
from poseviewer.errors import PoseviewerError
from poseviewer.motion import kinematics, rotation
from poseviewer.motion.clip import Clip
from poseviewer.motion.joint_sets import joint_set
from poseviewer.motion.rotation import Array
from poseviewer.motion.skeleton import Skeleton

NAME = "Human3.6M exponential map"
SUFFIXES = (".txt", ".npy")
READS = "exponential maps of Jain et al. (CVPR 2016) on Human3.6M's skeleton, with rotations"
ASSUMES = "bone lengths: those of one subject; the ground, by the feet that rest; 50 fps"

FPS = 50.0
COLUMNS = 99
_STILL = 30  # columns; files of Human3.6M have 40 and more
_MAX_TEXT = 256 << 20
_FARTHEST_STEP, _LARGEST_TURN = 150.0, 0.5  # millimetres and radians in a frame, beyond which they are no steps
_FEET = [4, 9]  # the balls of the feet
_RESTS, _SOLE = 0.15, 0.06  # metres a second of a foot that rests, metres between two that stand
_WALKS = 0.25  # metres that resting feet are spread in every direction where they tell the ground
_FEWEST_RESTS, _STEEPEST = 50, 0.5  # frames, radians

_LEG = ((0, -442.895, 0), (0, -454.207, 0), (0, 0, 162.767), (0, 0, 75.0))
_ARM = ((0, 257.078, 0), (0, 151.034, 0), (0, 278.883, 0), (0, 251.733, 0), (0, 0, 0), (0, 0, 100.0))
_MILLIMETRES = (
    *((0, 0, 0), (-132.949, 0, 0), *_LEG, (132.949, 0, 0), *_LEG),
    *((0, 0.1, 0), (0, 233.383, 0), (0, 257.078, 0), (0, 121.135, 0), (0, 115.002, 0)),
    *(*_ARM, (0, 100.0, 0), (0, 0, 0), *_ARM, (0, 137.5, 0), (0, 0, 0)),
)


def accepts(file: SourceFile) -> bool:
    """Whether the first line, as far as it is seen, holds numbers, and 99 of them where it ends; of an array, whether
    rows of 99 have as many columns that never move as joints without freedom have: 33 points in space move.
    """
    if file.suffix == ".npy":
        array = _array(file)
        return array is not None and int((np.ptp(array, axis=0) == 0).sum()) >= _STILL
    line, newline, _ = file.head(8192).partition(b"\n")
    fields = line.replace(b",", b" ").split()
    if newline and len(fields) != COLUMNS:
        return False
    return len(fields) > 20 and all(map(is_number, fields[: min(len(fields) - 1, 60)]))


def read(file: SourceFile) -> Iterator[Clip]:
    """One clip, (F, 32, 3) metres, y up, at 50 Hz."""
    array = _array(file) if file.suffix == ".npy" else None
    yield clip_of(file, _numbers(file) if array is None else array, file.stem)


def clip_of(file: SourceFile, numbers: Array, name: str) -> Clip:
    """The clip of numbers (F, 99). Raises PoseviewerError where one is missing."""
    bad = ~(np.abs(numbers) < 1e7).all(axis=1)
    if bad.any():
        where = f"frame {int(np.argmax(bad)) + 1}"
        raise PoseviewerError(file.name, where, "a number is missing or not finite", "mend or remove that frame")
    root = numbers[:, :3] / 1000.0
    rotations = rotation.from_expmap(-numbers[:, 3:].reshape(len(numbers), -1, 3))
    note = ""
    if np.abs(numbers[:, :3]).max() <= _FARTHEST_STEP and np.abs(numbers[:, 3:6]).max() <= _LARGEST_TURN:
        root, rotations[:, 0] = _added_up(root, rotations[:, 0])
        note = ", steps of the root added up"
        level = _level(root, rotations)
        root, rotations[:, 0] = rotation.rotate(level, root), rotation.multiply(level, rotations[:, 0])
    known = joint_set("h36m32")
    assert known.parents is not None
    offsets = np.array(_MILLIMETRES) / 1000.0
    skeleton = Skeleton.tree(known.name, known.joints, known.parents, offsets)
    rotations = rotation.continuous(rotations)
    positions = kinematics.forward(root, rotations, offsets, known.parents)
    stand = told(positions, skeleton, file.reading, up="y", unit="m")
    positions = stand.points(positions)
    positions = positions + lift(positions)
    folder = file.folders[-1] if file.folders else ""
    return Clip(
        skeleton=stand.skeleton(skeleton),
        positions=positions.astype(np.float32),
        rotations=stand.rotations(rotations, skeleton).astype(np.float32),
        fps=FPS,
        name=f"{folder} {name}".strip(),
        action=name.rpartition("_")[0] or name,
        subject=folder,
        source=f"{file.name}: Human3.6M, exponential maps, 50 Hz, lengths of one subject for all{note}, "
        "lowest joint put on the ground",
    )


def _level(root: Array, rotations: Array) -> Array:
    """(4,) the rotation that makes the ground level on which feet rest; none where they do not tell it."""
    parents = joint_set("h36m32").parents
    assert parents is not None
    points = kinematics.forward(root, rotations, np.array(_MILLIMETRES) / 1000.0, parents)[:, _FEET]
    rests = np.linalg.norm(np.diff(points, axis=0, prepend=points[:1]), axis=-1) * FPS < _RESTS
    rests &= points[..., 1] <= points[..., 1].min(axis=1, keepdims=True) + _SOLE
    x, y, z = points[rests].T
    if len(x) < _FEWEST_RESTS or np.linalg.eigvalsh(np.cov(x, z))[0] < _WALKS**2:
        return rotation.IDENTITY
    plane = np.stack([x, z, np.ones_like(x)], axis=1)
    slope = np.linalg.lstsq(plane, y, rcond=None)[0]
    for _ in range(3):  # without what does not lie in it
        off = np.abs(plane @ slope - y)
        near = off <= max(2.0 * float(np.median(off)), _SOLE / 2.0)
        slope = np.linalg.lstsq(plane[near], y[near], rcond=None)[0]
    normal = np.array([-slope[0], 1.0, -slope[1]]) / np.sqrt(1.0 + slope[0] ** 2 + slope[1] ** 2)
    axis = np.cross(normal, [0.0, 1.0, 0.0])
    angle = float(np.arccos(np.clip(normal[1], -1.0, 1.0)))
    if not 1e-6 < angle < _STEEPEST:
        return rotation.IDENTITY
    return rotation.from_axis_angle(axis / np.linalg.norm(axis), angle)


def _added_up(steps: Array, turns: Array) -> tuple[Array, Array]:
    """Places (F, 3) and turns (F, 4) in the world of steps (F, 3) and turns (F, 4) in the frame before."""
    ways, reach = np.array(turns), 1
    while reach < len(ways):  # of the product of all turns before, twice as many at a time
        ways[reach:] = rotation.multiply(ways[:-reach], ways[reach:])
        reach *= 2
    ways = rotation.normalise(ways)
    before = np.concatenate([rotation.IDENTITY[None], ways[:-1]])
    return np.cumsum(rotation.rotate(before, steps), axis=0), ways


def _array(file: SourceFile) -> NDArray[np.float64] | None:
    """(F, 99) of an .npy file, None where it holds something else."""
    try:
        array = stored(file) if is_stored(file) else None
    except PoseviewerError:
        return None
    if not isinstance(array, np.ndarray) or array.dtype.kind != "f" or array.ndim != 2 or len(array) < 2:
        return None
    return array.astype(np.float64) if array.shape[1] == COLUMNS else None


def _numbers(file: SourceFile) -> NDArray[np.float64]:
    """(F, 99) as they stand in the file."""
    lines = [line for line in decoded(file.content(_MAX_TEXT)).replace(",", " ").splitlines() if line.strip()]
    rows: list[NDArray[np.float64]] = []
    for number, line in enumerate(lines, 1):
        fields = line.split()
        if len(fields) != COLUMNS or not all(map(is_number, fields)):
            if number == len(lines) and rows:
                break  # cut off
            cause = f"it has {len(fields)} fields, not {COLUMNS} numbers"
            raise PoseviewerError(file.name, f"line {number}", cause, "mend or remove the line")
        rows.append(np.array(fields, dtype=np.float64))
    if not rows:
        raise PoseviewerError(file.name, "", "it has no complete line", "get the file again")
    return np.array(rows)
