"""CMU motion capture as exponential maps, the text files of Li et al. (CVPR 2018): 117 comma-separated numbers a line.

Columns 0-2: the root's translation x, y, z (some published code swaps x and z); then 38 exponential maps in radians.
Quirks: line 0 is a T-pose, not motion, and is dropped. Files are 120 Hz whatever the papers say. One unit is 5.6444 cm
(the skeleton file's "length 0.45" inches); the papers' factor of 70 "mm" is 1.24 times too large. The maps are meant
for row vectors: as column rotations Rg_child = Rg_parent exp(-[r]x). They jump near an angle of pi, so quaternions are
made continuous. One skeleton, in the hierarchy of the BVH conversion, serves all subjects. walking_13 exists in
walking_extra of the training and of the test split: a clip's name carries its action and its split.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.sources import SourceFile, is_number
from poseviewer.errors import PoseviewerError
from poseviewer.motion import kinematics, rotation
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton

NAME = "CMU exponential map"
SUFFIXES = (".txt",)
READS = "exponential maps of Li et al. (CVPR 2018) on CMU's skeleton, with rotations"
ASSUMES = "nothing: 120 Hz, 5.6444 cm, y up by its format"

METRES_A_UNIT = 0.0254 / 0.45
FPS = 120.0
_COLUMNS = 117
_MAX_TEXT = 64 << 20  # bytes: six minutes, where the longest file of the archive has one
_NOTE = (
    "CMU motion capture (mocap.cs.cmu.edu, created with funding from NSF EIA-0196217), exponential maps of Li et al., "
    "120 Hz, 1 unit = 5.6444 cm, T-pose of frame 0 dropped"
)

# name, parent, offset in units
_JOINTS: tuple[tuple[str, int, tuple[float, float, float]], ...] = (
    ("Hips", -1, (0.0, 0.0, 0.0)),
    ("LHipJoint", 0, (0.0, 0.0, 0.0)),
    ("LeftUpLeg", 1, (1.65674, -1.80282, 0.62477)),
    ("LeftLeg", 2, (2.5972, -7.13576, 0.0)),
    ("LeftFoot", 3, (2.49236, -6.8477, 0.0)),
    ("LeftToeBase", 4, (0.19704, -0.54136, 2.14581)),
    ("LeftToeBase_End", 5, (0.0, 0.0, 1.11249)),
    ("RHipJoint", 0, (0.0, 0.0, 0.0)),
    ("RightUpLeg", 7, (-1.6107, -1.80282, 0.62476)),
    ("RightLeg", 8, (-2.59502, -7.12977, 0.0)),
    ("RightFoot", 9, (-2.4678, -6.78024, 0.0)),
    ("RightToeBase", 10, (-0.23024, -0.63258, 2.13368)),
    ("RightToeBase_End", 11, (0.0, 0.0, 1.11569)),
    ("LowerBack", 0, (0.0, 0.0, 0.0)),
    ("Spine", 13, (0.01961, 2.0545, -0.14112)),
    ("Spine1", 14, (0.01021, 2.06436, -0.05921)),
    ("Neck", 15, (0.0, 0.0, 0.0)),
    ("Neck1", 16, (0.00713, 1.56711, 0.14968)),
    ("Head", 17, (0.03429, 1.56041, -0.10006)),
    ("Head_End", 18, (0.01305, 1.6256, -0.05265)),
    ("LeftShoulder", 15, (0.0, 0.0, 0.0)),
    ("LeftArm", 20, (3.54205, 0.90436, -0.17364)),
    ("LeftForeArm", 21, (4.86513, 0.0, 0.0)),
    ("LeftHand", 22, (3.35554, 0.0, 0.0)),
    ("LeftFingerBase", 23, (0.0, 0.0, 0.0)),
    ("LeftHandIndex1", 24, (0.66117, 0.0, 0.0)),
    ("LeftHandIndex1_End", 25, (0.53306, 0.0, 0.0)),
    ("LThumb", 23, (0.0, 0.0, 0.0)),
    ("LThumb_End", 27, (0.5412, 0.0, 0.5412)),
    ("RightShoulder", 15, (0.0, 0.0, 0.0)),
    ("RightArm", 29, (-3.49802, 0.75994, -0.32616)),
    ("RightForeArm", 30, (-5.02649, 0.0, 0.0)),
    ("RightHand", 31, (-3.36431, 0.0, 0.0)),
    ("RightFingerBase", 32, (0.0, 0.0, 0.0)),
    ("RightHandIndex1", 33, (-0.73041, 0.0, 0.0)),
    ("RightHandIndex1_End", 34, (-0.58887, 0.0, 0.0)),
    ("RThumb", 32, (0.0, 0.0, 0.0)),
    ("RThumb_End", 36, (-0.59786, 0.0, 0.59786)),
)  # fmt: skip

_NAMES, _PARENTS, _OFFSETS = zip(*_JOINTS, strict=True)
SKELETON = Skeleton.tree("cmu", _NAMES, _PARENTS, np.array(_OFFSETS) * METRES_A_UNIT)


def accepts(file: SourceFile) -> bool:
    """Whether the first line, as far as it is seen, holds numbers between commas and 117 of them where it ends."""
    line, newline, _ = file.head(8192).partition(b"\n")
    fields = line.split(b",")
    if newline and len(fields) != _COLUMNS:
        return False
    return len(fields) > 20 and all(map(is_number, fields[:20]))


def read(file: SourceFile) -> Iterator[Clip]:
    """One clip, (F, 38, 3) metres, y up, at 120 Hz."""
    numbers = _numbers(file)[1:]
    if not len(numbers):
        raise PoseviewerError(file.name, "", "it has a T-pose and no motion after it", "get the file again")
    if not np.isfinite(numbers).all():
        line = int(np.flatnonzero(~np.isfinite(numbers).all(axis=1))[0]) + 2
        raise PoseviewerError(file.name, f"line {line}", "a number is missing or not finite", "mend or remove the line")
    root = numbers[:, :3] * METRES_A_UNIT
    rotations = rotation.continuous(rotation.from_expmap(-numbers[:, 3:].reshape(len(numbers), -1, 3)))
    assert SKELETON.offsets is not None and SKELETON.parents is not None
    positions = kinematics.forward(root, rotations, SKELETON.offsets, SKELETON.parents)
    name, action, split = _labels(file)
    yield Clip(
        skeleton=SKELETON,
        positions=positions.astype(np.float32),
        rotations=rotations.astype(np.float32),
        fps=FPS,
        name=name,
        action=action,
        split=split,
        source=f"{file.name}: {_NOTE}",
    )


def _numbers(file: SourceFile) -> NDArray[np.float64]:
    """(F, 117) as they stand in the file."""
    text = file.content(_MAX_TEXT)
    lines = text.count(b"\n") + (not text.endswith(b"\n"))
    if b"\0" in text[:4096]:
        raise PoseviewerError(file.name, "", "it is not plain text", "save it as UTF-8")
    fields = text.replace(b"\r", b"").rstrip().replace(b"\n", b",").split(b",")
    if len(fields) % _COLUMNS:
        cause = f"it has {len(fields)} numbers in {lines} lines, not {_COLUMNS} a line"
        raise PoseviewerError(file.name, _first_short_line(text), cause, "mend or remove the line")
    try:
        return np.array(fields, dtype="S24").astype(np.float64).reshape(-1, _COLUMNS)
    except ValueError as error:
        cause = f"it holds something that is not a number ({error})"
        raise PoseviewerError(file.name, "", cause, "mend it or get the file again") from error


def _first_short_line(text: bytes) -> str:
    counts = (i for i, line in enumerate(text.split(b"\n")) if line.strip() and line.count(b",") != _COLUMNS - 1)
    return f"line {next(counts, 0) + 1}"


def _labels(file: SourceFile) -> tuple[str, str, str]:
    """Name, action and split from "train/walking_extra/walking_13.txt"; a lone file has its stem and no split."""
    folders = file.folders
    if not folders:
        return file.stem, file.stem.rpartition("_")[0], ""
    action = folders[-1]
    split = next((part for part in reversed(folders[:-1]) if part in ("train", "test", "validation")), "")
    name = f"{action}_{file.stem.rpartition('_')[2]}"
    return (f"{name}_{split}" if split else name), action, split
