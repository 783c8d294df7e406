"""Forecasts judged by clip in five folds: each generator on the clips that its training left out (`--set fold=1` to 5).

The windows of all folds are pooled; beside each model stand the baselines, ridge fitted to that fold's training clips.
A generator over latents stands on an embedding that left the same clips out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.forecast.forecast import tables, window_errors
from poseviewer.measure.forecast.windows import Windows
from poseviewer.measure.splits import pieces
from poseviewer.nets.models.generator import GeneratorModel


def fold_figures(models: Sequence[GeneratorModel], dataset: Dataset) -> dict[str, Any]:
    """Pooled figures, one model a fold. Raises PoseviewerError where a model left no clip out, or one another's."""
    clips = [dataset.clip(i).onto(models[0].skeleton).resample(models[0].fps) for i in range(len(dataset))]
    parts, unseen, judged = [], set[str](), set[str]()
    for model in models:
        left_out = model.card.left_out
        if not left_out or left_out & judged:
            cause = "it left no clips out, or another one's"
            raise PoseviewerError(model.path, "", cause, "train it with --set fold=K")
        below = model.card.document.get("embedding", {}).get("trained_on", {})
        if model.embedding and set(below.get("left_out", ())) != left_out:
            cause = "it has seen clips that the model is judged on"
            raise PoseviewerError(model.path, "embedding", cause, "train it with the same fold")
        judged |= left_out
        aside = model.card.set_aside
        learned = [c for c in clips if c.split == "train" and c.name not in left_out]
        training, held = (pieces(c for c in learned if (c.name in aside) == kept) for kept in (False, True))
        windows, errors = window_errors([model], [c for c in clips if c.name in left_out], training, held)
        unseen |= set(windows.actions) - {clip.action for clip in learned}
        parts.append((windows, errors))
    pooled = _pooled([windows for windows, _ in parts])
    together = {name: np.concatenate([errors[name] for _, errors in parts]) for name in parts[0][1]}
    seen = set(pooled.actions) - unseen
    return {"folds": len(models), "clips": len(judged), "windows": len(pooled), **tables(pooled, together, seen)}


def _pooled(parts: Sequence[Windows]) -> Windows:
    """Windows of several folds, whose clips are numbered on."""
    return replace(
        parts[0],
        poses={kind: np.concatenate([part.poses[kind] for part in parts]) for kind in parts[0].poses},
        known=np.concatenate([part.known for part in parts]),
        counted=np.concatenate([part.counted for part in parts]),
        actions=[action for part in parts for action in part.actions],
        clips=np.concatenate([1000 * k + part.clips for k, part in enumerate(parts)]),
        last=np.concatenate([part.last for part in parts]),
    )
