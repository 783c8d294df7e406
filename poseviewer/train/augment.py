"""Other motions made of recorded ones: mirrored, faster, and `humanoid` ones on another body, leaning."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from poseviewer.motion import rotation
from poseviewer.motion.clip import Clip
from poseviewer.nets.protocols import Array
from poseviewer.nets.spaces.world import unit

_TORSO_SHIFT = 0.025  # metres, deviation of how far rigs disagree about where the joints of the torso are
_TOE_TILT = 0.12  # radians, likewise about the foot


def mirrored(clip: Clip) -> Clip:
    """The clip with left and right exchanged."""
    positions = clip.skeleton.mirrored(clip.positions)
    visible = None if clip.visible is None else clip.visible[:, list(clip.skeleton.mirror)]
    return replace(clip, positions=positions, visible=visible, rotations=None)


def at_speeds(clips: Iterable[Clip], speeds: Iterable[float]) -> list[Clip]:
    """Each clip at each speed, 1 = as recorded, at its own frame rate."""
    return [
        clip if speed == 1.0 else replace(replace(clip, fps=clip.fps * speed).resample(clip.fps), fps=clip.fps)
        for clip in clips
        for speed in speeds
    ]


def on_another_rig(clip: Clip, draw: np.random.Generator) -> Clip:
    """The motion as another rig would tell it: the joints of the torso shifted within the body, the feet tilted.

    Rigs agree on what a knee is and differ about the chest, the collar and the toes; the shifts stay over the clip.
    """
    index = {joint: j for j, joint in enumerate(clip.skeleton.joints)}
    p = np.array(clip.positions, dtype=np.float64)
    spine = p[:, index["neck"]] - p[:, index["pelvis"]]
    trunk = _frame(spine, p[:, index["left_shoulder"]] - p[:, index["right_shoulder"]])
    basin = _frame(spine, p[:, index["left_hip"]] - p[:, index["right_hip"]])
    side, up, ahead = draw.normal(0.0, _TORSO_SHIFT, (3, 3))
    shifts = {
        ("chest",): np.array([0.0, 1.5 * up[0], ahead[0]]),
        ("neck", "head"): np.array([0.0, up[1], ahead[1]]),
        ("head",): np.array([0.0, up[2], ahead[2]]),
    }
    shoulder = np.array([side[0], *draw.normal(0.0, _TORSO_SHIFT, 2)])
    for joints, shift in shifts.items():
        for joint in joints:
            p[:, index[joint]] += shift @ trunk
    for sign, name in ((1.0, "left"), (-1.0, "right")):
        arm = [index[f"{name}_{part}"] for part in ("shoulder", "elbow", "wrist")]
        leg = [index[f"{name}_{part}"] for part in ("hip", "knee", "ankle", "toe")]
        p[:, arm] += ((shoulder * [sign, 1.0, 1.0]) @ trunk)[:, None]
        p[:, leg] += (np.array([sign * 0.4 * side[1], 0.0, 0.0]) @ basin)[:, None]
    tilt = draw.normal(0.0, _TOE_TILT)
    for name in ("left", "right"):
        ankle, toe = index[f"{name}_ankle"], index[f"{name}_toe"]
        turned = rotation.from_axis_angle(basin[:, 0], np.full(len(p), tilt))
        p[:, toe] = p[:, ankle] + rotation.rotate(turned, p[:, toe] - p[:, ankle])
    return replace(clip, positions=p.astype(np.float32), visible=None, rotations=None)


def leaning(clip: Clip, draw: np.random.Generator, deviation: float) -> Clip:
    """The motion with the whole body tipped over by a random angle: poses that no one recorded."""
    axis = unit(draw.normal(size=3) * [1.0, 0.0, 1.0])
    angle = draw.normal(0.0, deviation)
    root = clip.positions[:, [clip.skeleton.root]]
    turned = rotation.rotate(rotation.from_axis_angle(axis, angle), clip.positions - root)
    return replace(clip, positions=(root + turned).astype(np.float32), visible=None, rotations=None)


def _frame(up: Array, across: Array) -> Array:
    """Frames (F, 3, 3) whose rows are the body's left, up and ahead."""
    up = unit(up)
    left = unit(across - np.sum(across * up, axis=-1, keepdims=True) * up)
    return np.stack([left, up, np.cross(left, up)], axis=1)
