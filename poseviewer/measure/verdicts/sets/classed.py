"""What a classifier makes of motions: which actions they show and keep, and how far their features lie from real ones.

Letters: N motions, F frames, C classes, H features, W windows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from poseviewer.errors import PoseviewerError
from poseviewer.measure.verdicts.rollouts import Continued
from poseviewer.nets.models.classifier import ClassifierModel
from poseviewer.nets.protocols import Array

SECONDS = 2.0
"""Of a window whose action and features are told."""
_DIRECTIONS = 8  # principal ones of real features
_MOST_OF_ONE = 10  # windows of one motion
_AT_ONCE = 64


@dataclass(frozen=True, eq=False)
class Classed:
    """Of N motions. log: (F, C) each, logarithms of the classes' probabilities, NaN where there are none; features:
    (W, H) each, of windows that follow each other.
    """

    log: list[Array]
    features: list[Array]


@dataclass(frozen=True, eq=False)
class Reader:
    """A classifier, and the rate of the motions that it is shown."""

    classifier: ClassifierModel
    fps: float

    def read(self, motions: Sequence[Array]) -> Classed:
        """Motions (F, J, D) that begin after their seeds; those of one length at once."""
        log: list[Array] = [np.empty(0)] * len(motions)
        features: list[Array] = [np.empty(0)] * len(motions)
        alike: dict[int, list[int]] = {}
        for k, motion in enumerate(motions):
            alike.setdefault(len(motion), []).append(k)
        for frames, rows in alike.items():
            for first in range(0, len(rows), _AT_ONCE):
                some = rows[first : first + _AT_ONCE]
                told, seen = self._read(np.stack([np.asarray(motions[k], np.float64) for k in some]), frames)
                for k, mine, own in zip(some, told, seen, strict=True):
                    log[k], features[k] = mine, own[np.isfinite(own).all(axis=1)]
        return Classed(log, features)

    def _read(self, poses: Array, frames: int) -> tuple[Array, Array]:
        rate = self.classifier.fps / self.fps
        taken = np.unique(np.minimum(np.rint(np.arange(max(1, int(frames * rate))) / rate), frames - 1).astype(int))
        at = np.minimum((np.arange(frames) * rate).astype(int), len(taken) - 1)
        width = round(SECONDS * self.classifier.fps)
        starts = list(range(0, len(taken) - width + 1, width))
        starts = starts[:: max(1, -(-len(starts) // _MOST_OF_ONE))]
        log = np.full((len(poses), frames, len(self.classifier.classes)), np.nan)
        seen = np.full((len(poses), len(starts), self.classifier.features_size), np.nan)
        fine = np.flatnonzero(np.asarray(np.isfinite(poses).any(axis=(2, 3))).all(axis=1))
        if len(fine):
            try:
                told, features = self.classifier.read(poses[fine][:, taken])
            except PoseviewerError:  # of motion that has flown away
                return log, seen
            log[fine] = told[:, at]
            for k, start in enumerate(starts):
                seen[fine, k] = features[:, start : start + width].mean(axis=1)
        return log, seen


def actions_shown(
    made: Sequence[Continued], classed: Classed, classes: Sequence[str], fps: float, frames: Sequence[int]
) -> dict[str, Any]:
    """kept: at some frames, of the motions whose seed's action is one of the classes, the share that shows it in the
    two seconds up to then; by_action: the same by action at the last such frame. ends: mean probability of each class
    in the last two seconds of each motion.
    """
    width = round(SECONDS * fps)
    known = [k for k, motion in enumerate(made) if motion.action in classes]
    told: dict[str, Any] = {"frames": list(frames), "kept": [], "by_action": {}, "ends": {}}
    last: dict[str, list[bool]] = {}
    for frame in frames:
        shown = {k: _shown(classed.log[k], frame, width) for k in known if len(made[k].poses) >= frame >= width}
        right = {k: classes[best] == made[k].action for k, best in shown.items() if best >= 0}
        told["kept"].append(round(float(np.mean(list(right.values()))), 4) if right else None)
        if right:
            last = {}
            for k, fine in right.items():
                last.setdefault(made[k].action, []).append(fine)
    told["by_action"] = {action: round(float(np.mean(marks)), 4) for action, marks in sorted(last.items())}
    ends = [np.exp(log[-width:]).mean(axis=0) for log in classed.log if len(log) and np.isfinite(log[-width:]).all()]
    if ends:
        shares = np.mean(ends, axis=0)
        told["ends"] = {classes[c]: round(float(shares[c]), 4) for c in np.argsort(-shares) if shares[c] >= 0.01}
    return told


def _shown(log: Array, frame: int, width: int) -> int:
    mean = log[frame - width : frame].mean(axis=0)
    return int(mean.argmax()) if np.isfinite(mean).all() else -1


def frechet(made: Classed, real: Classed) -> float | None:
    """The distance of normal distributions fitted to the features of windows (Heusel et al., NeurIPS 2017), along the
    principal directions of the real ones, in their deviations; null where there are too few windows.
    """
    ours, theirs = (np.concatenate([f for f in c.features if f.size] or [np.zeros((0, 1))]) for c in (made, real))
    if min(len(ours), len(theirs)) < 2 * _DIRECTIONS:
        return None
    middle, deviation = theirs.mean(axis=0), theirs.std(axis=0) + 1e-9
    ours, theirs = ((rows - middle) / deviation for rows in (ours, theirs))
    axes = np.linalg.svd(theirs, full_matrices=False)[2][:_DIRECTIONS]
    ours, theirs = ours @ axes.T, theirs @ axes.T
    a, b = np.cov(ours, rowvar=False), np.cov(theirs, rowvar=False)
    values, vectors = np.linalg.eigh(a)
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    cross = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ b @ root), 0.0)).sum()
    apart = ((ours.mean(axis=0) - theirs.mean(axis=0)) ** 2).sum()
    return round(float(apart + np.trace(a) + np.trace(b) - 2.0 * cross), 4)
