"""Motions of a few joints whose statistics can be worked out by hand."""

from __future__ import annotations

import numpy as np

from poseviewer.analysis.statistics.statistic import Judged
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array

PAIR = Skeleton("pair", ("root", "left_toe"), (-1, 0), ((0, 1),), (0, 1))
FPS = 10.0


def pair(root: Array, toe: Array, fps: float = FPS) -> Judged:
    """One motion of a root and a toe at places (n, 3)."""
    return Judged.of(np.stack([root, toe], axis=1).astype(np.float64), PAIR, fps)


def path(*steps: tuple[float, float, float]) -> Array:
    """(n + 1, 3) the places that n steps lead to from the origin."""
    return np.concatenate([np.zeros((1, 3)), np.cumsum(steps, axis=0)])
