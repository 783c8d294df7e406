"""Whether a generator's long rollouts look alive: figures of them beside those of the clips that they began from.

For each clip: median motion power (m/s)^2, mean size of the jerk m/s^3, median speed m/s of a toe that
is within 2.5 cm of its lowest, the root's mean speed m/s, and the range of the root's height m, at the model's rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from poseviewer.analysis.rollout import Rollout
from poseviewer.analysis.statistics.ground import FootSlide, is_flown
from poseviewer.analysis.statistics.joints import Jerk
from poseviewer.analysis.statistics.power import Power, is_frozen
from poseviewer.analysis.statistics.root import RootSpeed
from poseviewer.analysis.statistics.statistic import Judged, over
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.models.generator import GeneratorModel

FRAMES = 300
SAMPLES = 4


def liveliness(model: GeneratorModel, clips: Iterable[Clip], frames: int = FRAMES) -> dict[str, Any]:
    """Figures by clip, of the clip itself ("seed") and of its rollouts at temperature 1 ("rollout", medians over them);
    "medians" over the clips, and how many rollouts froze or flew, as `endurance` counts them.
    """
    by_clip: dict[str, Any] = {}
    frozen = flown = 0
    for clip in clips:
        rollout = Rollout(model, clip, samples=SAMPLES)
        rollout.step(frames)
        judged = Judged.of(rollout.poses, model.skeleton, model.fps)
        frozen += int(is_frozen(judged).sum())
        flown += int(is_flown(judged).sum())
        made = figures(judged, model.skeleton)
        (seed,) = figures(Judged.of(rollout.seed.positions, model.skeleton, model.fps), model.skeleton)
        by_clip[clip.name] = {"seed": seed, "rollout": _medians(made)}
    of_all = {kind: _medians([c[kind] for c in by_clip.values()]) for kind in ("seed", "rollout")}
    counts = {"rollouts": SAMPLES * len(by_clip), "frozen": frozen, "flown": flown}
    return {**counts, "medians": of_all, "clips": by_clip}


def figures(motions: Judged, skeleton: Skeleton) -> list[dict[str, float]]:
    """The figures of each of B motions (B, F, J, 3)."""
    feet = FootSlide.of(skeleton)
    slide = feet.of_each(feet.start(), motions)[0].reshape(len(motions.poses), -1)
    slide[~np.isfinite(slide).any(axis=1)] = 0.0
    values = {
        "power": np.median(over(Power(), motions), axis=1),
        "jerk": np.nanmean(over(Jerk(), motions), axis=1),
        "toe_slide": np.nanmedian(slide, axis=1),
        "speed": np.nanmean(over(RootSpeed(), motions), axis=1),
        "lowest_root": motions.root[..., 1].min(axis=1),
        "highest_root": motions.root[..., 1].max(axis=1),
    }
    return [{key: round(float(of[b]), 3) for key, of in values.items()} for b in range(len(motions.poses))]


def _medians(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {key: round(float(np.median([row[key] for row in rows])), 3) for key in rows[0]}
