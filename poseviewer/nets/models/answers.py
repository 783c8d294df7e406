"""What a model answers must show something: an answer without a number is a sentence, not an empty picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from poseviewer.errors import PoseviewerError
from poseviewer.motion.plausible import FARTHEST
from poseviewer.nets.protocols import Array

_CURE = "choose another model, its weights do not work"


def require_poses(poses: Array, what: str | Path, where: str, cure: str = _CURE) -> None:
    """Raise PoseviewerError where one of the poses (B, J, D) has no known joint, or one that left the world."""
    known = np.asarray(np.isfinite(poses).all(axis=-1))
    if not known.any(axis=-1).all():
        raise PoseviewerError(what, where, "it gives a pose of which no joint is a number", cure)
    farthest = float(np.abs(poses[known]).max(initial=0.0))
    if farthest > FARTHEST:
        raise PoseviewerError(what, where, f"a joint of its pose lies {farthest:.0e} away", cure)


def require_numbers(answer: Array, what: str | Path, where: str) -> None:
    """Raise PoseviewerError where one of the answers (B, ...) holds no number at all."""
    if answer.size and np.isnan(answer).reshape(len(answer), -1).all(axis=1).any():
        raise PoseviewerError(what, where, "what it gives are no numbers", _CURE)
