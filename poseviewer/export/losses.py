"""What a format cannot hold of a clip: said when it is written, and nothing where nothing is lost."""

from __future__ import annotations

import numpy as np

from poseviewer.export.bvh import bvh_name
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton


def losses(clip: Clip, suffix: str) -> str:
    """A sentence's end that tells what is missing in a motion file of that suffix, empty where nothing is."""
    lost: list[str] = []
    if suffix == ".bvh":
        lost = _lost_in_bvh(clip)
    elif suffix == ".csv" and clip.rotations is not None:
        lost = ["rotations"]
    return f"; {suffix[1:].upper()} holds no {', '.join(lost)}" if lost else ""


def _lost_in_bvh(clip: Clip) -> list[str]:
    unknown = ~np.isfinite(clip.positions).all(axis=-1)
    spelled = [joint for joint in clip.skeleton.joints if bvh_name(joint) != joint]
    said = {
        "visibility": clip.visible is not None and not clip.visible.all(),
        "boxes": clip.boxes is not None,
        "image size": clip.image_size is not None,
        "action": bool(clip.action),
        "subject": bool(clip.subject),
        "split": bool(clip.split),
        "loop": clip.loop,
        "mark of generated frames": clip.seed_frames is not None,
        "sign that the frame rate is assumed": not clip.fps_known,
        "unknown joints (they stand at rest)": bool(unknown.any()),
        "bones beside its tree": clip.skeleton.edges != _tree(clip.skeleton),
        "spaces or braces in names": bool(spelled),
    }
    return [what for what, lost in said.items() if lost]


def _tree(skeleton: Skeleton) -> tuple[tuple[int, int], ...]:
    return tuple((parent, joint) for joint, parent in enumerate(skeleton.parents or ()) if parent >= 0)
