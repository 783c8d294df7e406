"""Real clips for verdicts: which of them calibrate and which are judged, and which recordings are no reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from poseviewer.analysis.calibration import SECONDS
from poseviewer.analysis.reference import JUMPS, REPEATS, UNKNOWN, fault_of
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import CANONICAL, HUMANOID, PENN13, Skeleton
from poseviewer.nets.protocols import Array

FPS = 30.0
LEAST_FRAMES = 30
"""Of a clip that is judged."""
_DEAL = 17
_FAULTS = {JUMPS: "jumps", REPEATS: "repeats_frames", UNKNOWN: "unknown_joints"}


@dataclass(frozen=True, eq=False)
class Part:
    """reference: clips that calibrate. judged: clips that calibration never saw."""

    reference: list[Clip]
    judged: list[Clip]


@dataclass(frozen=True, eq=False)
class Controls:
    """Parts of a dataset's clips, on one skeleton at one rate. left_out: names of clips by the reason."""

    skeleton: Skeleton
    fps: float
    parts: list[Part]
    left_out: dict[str, list[str]]


def controls_of(dataset: Dataset, folds: int = 0, skeleton: Skeleton | None = None, fps: float = FPS) -> Controls:
    """The training split calibrates and the rest is judged; where there is not both, each other clip of an action. With
    folds, each of so many parts of the clips, dealt out by clip within each action, is judged beside the others.

    Recordings that are no measure of real motion are left out of both, and clips that are too short are not judged.
    Raises PoseviewerError where clips are missing.
    """
    skeleton = skeleton or _canonical(dataset)
    left_out: dict[str, list[str]] = {**{name: [] for name in _FAULTS.values()}, "short": []}
    clips = []
    for i in range(len(dataset)):
        clip = dataset.clip(i).onto(skeleton)
        if fault := fault_of(clip):
            left_out[_FAULTS[fault]].append(clip.name)
        else:
            clips.append(clip.resample(fps))
    parts = []
    if folds:
        fold = dealt([clip.action for clip in clips], folds)
        parts = [Part(*_divided(clips, fold == k)) for k in range(folds)]
    else:
        judged = np.array([clip.split not in ("train", "") for clip in clips], dtype=bool)
        if judged.all() or not judged.any():
            judged = dealt([clip.action for clip in clips], 2) == 1
        parts = [Part(*_divided(clips, judged))]
    for part in parts:
        left_out["short"] += [clip.name for clip in part.judged if len(clip) < LEAST_FRAMES]
        part.judged[:] = [clip for clip in part.judged if len(clip) >= LEAST_FRAMES]
    if not any(part.judged for part in parts):
        cause = f"none of its clips that could be judged has {LEAST_FRAMES} frames without a jump"
        raise PoseviewerError(dataset.name, "", cause, "give longer clips, or --folds")
    return Controls(skeleton, fps, parts, left_out)


def dealt(actions: Sequence[str], folds: int) -> Array:
    """(N,) the fold of each clip, from 0: those of one action are dealt out at random, one after the other."""
    draw = np.random.default_rng([1, _DEAL])
    fold = np.zeros(len(actions), dtype=int)
    for action in sorted(set(actions)):
        rows = draw.permutation([i for i, other in enumerate(actions) if other == action])
        fold[rows] = np.arange(len(rows)) % folds
    return fold


def watched(clip: Clip) -> Array:
    """(F, J, D) what is judged of a clip: as many seconds as calibration looks at."""
    return np.asarray(clip.positions[: round(SECONDS * clip.fps)], dtype=np.float64)


def _canonical(dataset: Dataset) -> Skeleton:
    """What the dataset's clips are mapped onto."""
    own = dataset.skeletons[0]
    return CANONICAL.get(own.name, HUMANOID if own.dims == 3 else PENN13)


def _divided(clips: Sequence[Clip], judged: Array) -> tuple[list[Clip], list[Clip]]:
    return ([clip for clip, mine in zip(clips, judged, strict=True) if not mine],
            [clip for clip, mine in zip(clips, judged, strict=True) if mine])  # fmt: skip
