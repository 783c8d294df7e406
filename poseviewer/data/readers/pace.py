"""Whether limbs move as fast as people's at the rate that a clip is taken to have, and which rate would fit."""

from __future__ import annotations

import numpy as np

from poseviewer.data.upright import limbs_of
from poseviewer.motion.clip import Clip

_SLOWEST, _FASTEST = 0.4, 8.0  # body sizes a second; clips of CMU and the demo have 0.43 to 5.6
_USUAL = 1.3  # body sizes a second, the median of these
_MOVES = 0.25  # of the body's size that limbs get about in a clip that tells
_SMOOTH = 0.75  # times the pace over one frame, that over two
_FEW = 13.0  # frames a second; at more of them who is slow may be slow
RATES = (5.0, 10.0, 12.0, 15.0, 20.0, 24.0, 25.0, 30.0, 50.0, 60.0, 100.0, 120.0, 240.0)
"""Frames a second that motion is usually recorded at."""
_ASKED = 120  # steps, spread over the clip, that tell


def pace(clip: Clip, stride: int = 1) -> float:
    """Body sizes a second that the fastest limbs move about the body's middle, in its livelier frames; NaN where the
    clip does not tell, or is of no person. stride: frames between two that are compared.
    """
    last = len(clip) - stride
    steps = np.arange(0, last, max(1, last // _ASKED))
    if not len(steps) or limbs_of(clip.skeleton) is None:
        return np.nan
    before, after = (_about_middle(clip.positions[steps + k].astype(np.float64)) for k in (0, stride))
    known = np.isfinite(before)
    sides = np.where(known, before, -np.inf).max(axis=1) - np.where(known, before, np.inf).min(axis=1)
    size = _quantile(sides.max(axis=-1), 0.9)
    if not (size > 0.0 and np.ptp(np.nan_to_num(before), axis=0).max() >= _MOVES * size):
        return np.nan
    moved = np.sort(np.linalg.norm(after - before, axis=-1), axis=1)  # unknown ones are sorted last
    fast = (0.9 * (np.isfinite(moved).sum(axis=1) - 1)).astype(np.intp)
    return _quantile(moved[np.arange(len(moved)), np.maximum(fast, 0)], 0.9) * clip.fps / stride / size


def fitting_rate(clip: Clip) -> float | None:
    """The usual rate at which limbs would move as people's do, where at the clip's they are far slower or faster."""
    found = pace(clip)
    too_fast = found > _FASTEST and pace(clip, 2) > _SMOOTH * found  # what shakes is fast at any rate
    if not (too_fast or (found < _SLOWEST and clip.fps < _FEW)):
        return None
    return min(RATES, key=lambda rate: abs(float(np.log(found * rate / clip.fps / _USUAL))))


def pace_note(clip: Clip) -> str:
    """What is said of a clip's rate; empty where limbs move at it as people's do."""
    fits = fitting_rate(clip)
    if fits is None or abs(fits - clip.fps) < 0.05 * clip.fps:
        return ""
    how = "slower" if fits > clip.fps else "faster"
    rate = f"{clip.fps:g} {'frame' if clip.fps == 1 else 'frames'} a second"
    return f"at {rate} limbs move {how} than people's, {fits:g} would fit"


def _about_middle(poses: np.ndarray) -> np.ndarray:
    """Poses (F, J, D) about the middle of their known joints."""
    known = np.isfinite(poses).all(axis=-1, keepdims=True)
    count = np.maximum(known.sum(axis=1, keepdims=True), 1)
    middle = np.where(known, poses, 0.0).sum(axis=1, keepdims=True) / count
    return np.where(known, poses - middle, np.nan)


def _quantile(values: np.ndarray, share: float) -> float:
    values = values[np.isfinite(values)]
    return float(np.quantile(values, share)) if len(values) else float("nan")
