"""The classifier that every other is measured against: a linear model on statistics of a clip."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array
from poseviewer.nets.spaces.image import ImageSpace
from poseviewer.nets.spaces.world import PoseSpace

_PERCENTILES = (10, 50, 90)
_STRENGTH = 1.0  # C of the logistic regression, the best of 0.003 to 1 on Penn Action's validation clips


def clip_statistics(clip: Clip, skeleton: Skeleton) -> Array:
    """Mean, deviation, percentiles and mean speed of each coordinate over a clip's known frames, and how often it is
    known: of the joints in the body's own frame and size, and of the root.
    """
    clip = clip.onto(skeleton)
    positions = np.asarray(clip.positions, dtype=np.float64)
    if skeleton.dims == 2:
        at = ImageSpace.plain(skeleton, "centred").placement(positions)
        shape = (positions - at.root[:, None]) / at.scale[:, None, None]
    else:
        space = PoseSpace.plain(skeleton, "heading")
        features, at = space.features(positions)
        shape = space.local(features, at) / at.scale[:, None, None]
    travel = (at.root - at.root.mean(axis=0)) / np.median(at.scale)
    series = np.concatenate([shape.reshape(len(shape), -1), travel], axis=1)
    steps = np.diff(series, axis=0) if len(series) > 1 else np.zeros_like(series)
    known, filled, speed = np.isfinite(series).mean(axis=0), _filled(series), _filled(np.abs(steps) * clip.fps)
    figures = [known, np.nanmean(filled, axis=0), np.nanstd(filled, axis=0), np.nanmean(speed, axis=0)]
    return np.concatenate([*figures, *np.nanpercentile(filled, _PERCENTILES, axis=0)])


def linear_predictions(
    training: Sequence[Clip], clips: Sequence[Clip], skeleton: Skeleton, balanced: bool = False
) -> list[str]:
    """Each clip's action as logistic regression on the statistics of the training clips tells it. balanced: every
    action weighs as much as every other, not every clip.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    weights = "balanced" if balanced else None
    model = make_pipeline(StandardScaler(), LogisticRegression(C=_STRENGTH, max_iter=2000, class_weight=weights))
    model.fit(np.stack([clip_statistics(clip, skeleton) for clip in training]), [clip.action for clip in training])
    return list(model.predict(np.stack([clip_statistics(clip, skeleton) for clip in clips])))


def _filled(series: Array) -> Array:
    """Columns (F, N) in which nothing is known, as zeros."""
    return np.where(np.isfinite(series).any(axis=0), series, 0.0)
