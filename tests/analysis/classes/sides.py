"""A classifier whose answers are known: left where the root is at x < 0, else right."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.motion.skeleton import HUMANOID


class Sides:
    """Frames of 30 a second: "left" 0.9 where the root's x is below 0, else "right" 0.8. asked: motions so far."""

    skeleton, fps, window = HUMANOID, 30.0, 15
    classes = ("left", "right_extra", "right")

    def __init__(self) -> None:
        self.asked = 0

    def log_probabilities(self, poses: NDArray[Any], visible: NDArray[np.bool_] | None = None) -> NDArray[Any]:
        self.asked += len(poses)
        left = np.asarray(poses)[..., 0, 0] < 0
        return np.log(np.where(left[..., None], (0.9, 0.05, 0.05), (0.2, 0.3, 0.5)))
