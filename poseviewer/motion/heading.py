"""Which way a motion goes or faces, and the side that it is looked at from unless somebody chooses another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from poseviewer.motion.skeleton import Skeleton

EYE = np.array([1.4, 0.75, 4.9])
"""Metres from the point looked at to the eye, for a walk along +x: a three-quarter view from the right (theme.md)."""
_TRAVELS = 0.4  # metres of root travel that make a direction of walking


def way(skeleton: Skeleton, positions: NDArray[np.floating], root: NDArray[np.floating]) -> NDArray[np.floating]:
    """(3,) level direction that a 3D motion (F, J, 3) with root (F, 3) travels, or that it faces where it stays."""
    known = root[np.isfinite(root).all(axis=1)]
    travel = known[-1] - known[0] if len(known) else np.zeros(3)
    return travel if np.hypot(travel[0], travel[2]) >= _TRAVELS else _facing(skeleton, positions[0])


def three_quarter(way: NDArray[np.floating]) -> float:
    """The azimuth in radians, as Plane has it, that a motion going `way` (3,) is looked at from."""
    return float(np.arctan2(EYE[0], EYE[2]) + np.arctan2(-way[2], way[0]))


def _facing(skeleton: Skeleton, pose: NDArray[np.floating]) -> NDArray[np.floating]:
    """(3,) level direction that a pose (J, 3) faces, square to the line from right to left; +x without sides."""
    sides, known = np.array(skeleton.sides), np.isfinite(pose).all(axis=-1)
    if not (known & (sides > 0)).any() or not (known & (sides < 0)).any():
        return np.array([1.0, 0.0, 0.0])
    across = pose[known & (sides > 0)].mean(axis=0) - pose[known & (sides < 0)].mean(axis=0)
    forward = np.cross(across, [0.0, 1.0, 0.0])
    return forward if np.linalg.norm(forward) > 1e-6 else np.array([1.0, 0.0, 0.0])
