"""A skeleton of a simulator moved by its root and its joints' rotations, as a clip: z is up there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from poseviewer.data.sources import SourceFile
from poseviewer.data.upright import told
from poseviewer.errors import PoseviewerError
from poseviewer.motion import kinematics, rotation
from poseviewer.motion.clip import ASSUMED_FPS, Clip, is_rate
from poseviewer.motion.rotation import Array
from poseviewer.motion.skeleton import Skeleton

MAX_POSED = 20_000_000
"""Joints times frames that are read."""
_RATES = ("fps", "frame_rate", "framerate", "mocap_framerate")


def rate(found: Mapping[Any, Any]) -> float | None:
    """The frame rate that stands in a mapping, None where none is there that can be."""
    for key in _RATES:
        value = np.asarray(found[key]) if key in found else np.empty(0)
        if value.size == 1 and value.dtype.kind in "iuf" and is_rate(float(value.item())):
            return float(value.item())
    return None


def local_turns(turns: Array, skeleton: Skeleton) -> Array:
    """Rotations (F, J, 4) in the world as local to their parents."""
    local = np.array(turns)
    for joint, parent in enumerate(skeleton.parents or ()):
        if parent >= 0:
            local[:, joint] = rotation.multiply(rotation.conjugate(turns[:, parent]), turns[:, joint])
    return local


def moved(
    file: SourceFile, skeleton: Skeleton, root: Array, turns: Array, fps: float | None, notes: list[str], name: str = ""
) -> Clip:
    """The clip, in metres, y up. skeleton: a tree with offsets in metres; root: (F, 3) of its first joint; turns:
    (F, J, 4) local; fps: None where the file does not say; notes: what was assumed; name: within the file.
    """
    assert skeleton.offsets is not None and skeleton.parents is not None
    require_modest(file, turns.shape[0], turns.shape[1])
    turns = rotation.continuous(turns)
    positions = kinematics.forward(root, turns, skeleton.offsets, skeleton.parents)
    return stood(file, skeleton, positions, turns, fps, notes, name)


def stood(
    file: SourceFile,
    skeleton: Skeleton,
    positions: Array,
    turns: Array | None,
    fps: float | None,
    notes: list[str],
    name: str = "",
) -> Clip:
    """Positions (F, J, 3) of a simulator, in metres, z up, as a clip; the rest as `moved` has it."""
    stand = told(positions, skeleton, file.reading, up="z", unit="m")
    axes = [] if file.reading.up or file.reading.unit else ["metres, z up as in its format"]
    notes = [*notes, *axes, *stand.notes, *([] if fps else ["frame rate assumed"])]
    return Clip(
        skeleton=stand.skeleton(skeleton),
        positions=stand.points(positions).astype(np.float32),
        rotations=None if turns is None else stand.rotations(turns, skeleton).astype(np.float32),
        fps=fps or file.reading.fps or ASSUMED_FPS,
        fps_known=fps is not None,
        name=f"{file.stem} {name}".strip(),
        action=file.folders[-1] if file.folders else "",
        source=f"{file.name}: {', '.join(notes)}",
    )


def require_modest(file: SourceFile, frames: int, joints: int) -> None:
    """Raises PoseviewerError where so many joints in so many frames do not fit into memory."""
    if frames * joints > MAX_POSED:
        cause = f"{joints} joints in {frames} frames do not fit into memory"
        raise PoseviewerError(file.name, "", cause, "cut it into parts")
