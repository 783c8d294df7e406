"""Whether a forest tells generated limb motion from real: a two-sample test (Lopez-Paz and Oquab, ICLR 2017).

Each second of motion is a row: of every joint, seen from the body, the spread of its place, its speed and its
acceleration. The forest judges clips that it was not fitted to; 0.5 is chance. Letters: N windows, J joints.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from poseviewer.measure.intervals import interval
from poseviewer.measure.verdicts.rollouts import Continued
from poseviewer.measure.verdicts.sets.spread import seen_from_body
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array

_FOLDS = 5
_CARRIED = 0.05
_NONE: dict[str, Any] = dict.fromkeys(("two_sample_auc", "two_sample_interval", "two_sample_carried_by"))
_TREES = 200
_RESAMPLES = 200
_LEAST_CLIPS = 10
_MOST_OF_ONE = 10  # windows of one motion


def two_sample(
    made: Sequence[Continued], reference: Sequence[Continued], skeleton: Skeleton, fps: float
) -> dict[str, Any]:
    """two_sample_auc with two_sample_interval (95 %, bootstrap over clips) and two_sample_carried_by, clips without
    which it moves by 0.05, and what it then is; null with a reason where there are too few.
    Only actions that both have count, each as much in the reference as in what is judged, and each clip alike.
    """
    common = {m.action for m in made} & {m.action for m in reference}
    ours = _rows([m for m in made if m.action in common], skeleton, fps)
    theirs = _rows([m for m in reference if m.action in common], skeleton, fps)
    names = [*(f"made {name}" for name in ours[1]), *(f"real {name}" for name in theirs[1])]
    if min(len(set(ours[1])), len(set(theirs[1]))) < _LEAST_CLIPS:
        reason = f"fewer than {_LEAST_CLIPS} clips of one action, a second long after the seed"
        return {**_NONE, "two_sample_reason": reason}
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedGroupKFold

    rows = np.concatenate([ours[0], theirs[0]])
    rows = np.where(np.isfinite(rows), rows, np.nan_to_num(np.nanmedian(rows, axis=0)))
    label = np.r_[np.ones(len(ours[0]), int), np.zeros(len(theirs[0]), int)]
    of_action = np.array([*ours[2], *theirs[2]])
    _, clip = np.unique(names, return_inverse=True)
    weight = 1.0 / np.bincount(clip)[clip]
    for action in common:
        mine, real = (label == 1) & (of_action == action), (label == 0) & (of_action == action)
        if real.any():
            weight[real] *= weight[mine].sum() / weight[real].sum()
    if weight[label == 0].sum() <= 0.0:
        return {**_NONE, "two_sample_reason": "no common action"}
    score = np.full(len(rows), np.nan)
    for fitted, held in StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=0).split(rows, label, clip):
        forest = RandomForestClassifier(_TREES, min_samples_leaf=2, random_state=0, n_jobs=1)
        forest.fit(rows[fitted], label[fitted], sample_weight=weight[fitted])
        score[held] = forest.predict_proba(rows[held])[:, 1]
    draw, drawn = np.random.default_rng(0), []
    kinds = [np.unique(clip[label == k]) for k in (0, 1)]
    for _ in range(_RESAMPLES):
        times = np.zeros(clip.max() + 1)
        for kind in kinds:
            np.add.at(times, draw.choice(kind, len(kind)), 1.0)
        drawn.append(roc_auc_score(label, score, sample_weight=weight * times[clip]))
    auc = float(roc_auc_score(label, score, sample_weight=weight))
    carried = {}
    for number in np.unique(clip):
        rest = clip != number
        without = roc_auc_score(label[rest], score[rest], sample_weight=weight[rest])
        if abs(without - auc) >= _CARRIED:
            carried[names[int(np.flatnonzero(clip == number)[0])]] = round(float(without), 4)
    return {
        "two_sample_auc": round(auc, 4),
        "two_sample_interval": interval(np.array(drawn), 4),
        "two_sample_carried_by": carried,
    }


def _rows(motions: Sequence[Continued], skeleton: Skeleton, fps: float) -> tuple[Array, list[str], list[str]]:
    """Features (N, 5 J or 6 J) of seconds of motions, and of each the clip and the action."""
    width = round(fps)
    found: list[Array] = [np.zeros((0, (skeleton.dims + 2) * len(skeleton.joints)))]
    clips: list[str] = []
    actions: list[str] = []
    for motion in motions:
        places = seen_from_body(motion, skeleton)
        starts = list(range(0, len(places) - width + 1, width))
        starts = starts[:: max(1, -(-len(starts) // _MOST_OF_ONE))]
        for start in starts:
            found.append(_features(places[start : start + width], fps)[None])
            clips.append(motion.clip)
            actions.append(motion.action)
    return np.concatenate(found), clips, actions


def _features(places: Array, fps: float) -> Array:
    moved, bent = np.diff(places, axis=0) * fps, np.diff(places, 2, axis=0) * fps**2
    speed, jolt = (np.linalg.norm(v, axis=-1).mean(axis=0) for v in (moved, bent))
    return np.concatenate([places.std(axis=0).ravel(), speed, jolt])
