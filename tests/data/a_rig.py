"""A BVH of somebody who walks, for tests of what is assumed of files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from poseviewer.export.motions.bvh import write
from poseviewer.motion import kinematics, rotation
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID, Skeleton
from tests.walking import walk


def walking_bvh(path: Path, frames: int = 40) -> Path:
    """Write it: y up, in metres."""
    pose = walk(1)[0]
    parents = HUMANOID.parents
    assert parents is not None
    offsets = np.stack([pose[j] - (pose[p] if p >= 0 else pose[0]) for j, p in enumerate(parents)])
    turns = np.zeros((frames, len(parents), 3))
    swing = 0.5 * np.sin(np.arange(frames) * 0.2)
    for name, side in (("left_hip", 1.0), ("right_hip", -1.0), ("left_shoulder", -1.0), ("right_shoulder", 1.0)):
        turns[:, HUMANOID.joints.index(name), 0] = side * swing
    rotations = rotation.from_expmap(turns)
    root = np.array([0.0, 0.93, 0.0]) + np.arange(frames)[:, None] * [0.0, 0.0, 0.03]
    skeleton = Skeleton.tree("rig", HUMANOID.joints, parents, offsets)
    positions = kinematics.forward(root, rotations, offsets, parents)
    list(write(Clip(skeleton, positions.astype(np.float32), 30.0, "walk", rotations=rotations), path))
    return path
