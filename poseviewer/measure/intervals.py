"""Bootstrap intervals over clips, for means over actions and for differences between methods on the same windows.

Each resample draws clips within each action, then blocks of windows within each clip drawn: an action with a single
clip still varies. Blocks are as long as a window, so that windows of two blocks hardly share a frame. Letters: R
resamples, W windows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from poseviewer.nets.protocols import Array

RESAMPLES = 2000
LEVEL = 95.0  # percent


def macro_weights(actions: Sequence[str]) -> Array:
    """(W,) the weights of windows in a mean over actions of the means of their windows."""
    _, action_of, counts = np.unique(list(actions), return_inverse=True, return_counts=True)
    return 1.0 / (counts[action_of] * len(counts))


def resampled_weights(
    actions: Sequence[str], clips: Sequence[int], blocks: Sequence[int], resamples: int = RESAMPLES, seed: int = 0
) -> Array:
    """(R, W) such weights of resampled windows. blocks number the blocks of each clip."""
    draw = np.random.default_rng(seed)
    labels, of_clip, of_block = np.asarray(actions), np.asarray(clips), np.asarray(blocks)
    weights = np.zeros((resamples, len(labels)))
    names = np.unique(labels)
    for name in names:
        members = [
            [np.flatnonzero((of_clip == clip) & (of_block == block)) for block in np.unique(of_block[of_clip == clip])]
            for clip in np.unique(of_clip[labels == name])
        ]
        for row in weights:
            counts = np.zeros(len(labels))
            for clip in draw.integers(len(members), size=len(members)):
                for block in draw.integers(len(members[clip]), size=len(members[clip])):
                    counts[members[clip][block]] += 1.0
            row += counts / (counts.sum() * len(names))
    return weights


def interval(values: Array, digits: int) -> list[float]:
    """The middle LEVEL percent of resampled values (R,): lower and upper end, rounded to digits."""
    outside = (100.0 - LEVEL) / 2.0
    return [round(float(end), digits) for end in np.percentile(values, [outside, 100.0 - outside])]


def paired(ours: tuple[float, Array], theirs: tuple[float, Array], digits: int, of_ratio: int) -> dict[str, Any]:
    """Difference and ratio of two means, each with its values in resamples (R,), drawn alike; rounded to digits."""
    return {
        "difference": round(ours[0] - theirs[0], digits),
        "difference_interval": interval(ours[1] - theirs[1], digits),
        "ratio": round(ours[0] / max(theirs[0], 1e-12), of_ratio),
        "ratio_interval": interval(ours[1] / np.maximum(theirs[1], 1e-12), of_ratio),
    }
