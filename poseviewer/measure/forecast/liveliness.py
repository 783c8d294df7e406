"""Whether a generator's long rollouts look alive: figures of them beside those of the clips that they began from.

For each clip: median motion power (m/s)^2 (statistics.py), mean size of the jerk m/s^3, median speed m/s of a toe that
is within 2.5 cm of its lowest, the root's mean speed m/s, and the range of the root's height m, at the model's rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from poseviewer.analysis.rollout import Rollout
from poseviewer.analysis.statistics import motion_power
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.models.generator import GeneratorModel
from poseviewer.nets.protocols import Array

FRAMES = 300
SAMPLES = 4
_STANDING = 0.025  # metres over a toe's lowest place


def liveliness(model: GeneratorModel, clips: Iterable[Clip], frames: int = FRAMES) -> dict[str, Any]:
    """Figures by clip, of the clip itself ("seed") and of its rollouts at temperature 1 ("rollout", medians over them);
    "medians" over the clips, and how many rollouts froze (power below 0.005) or flew (a frame wholly over 0.6 m).
    """
    by_clip: dict[str, Any] = {}
    frozen = flown = 0
    for clip in clips:
        rollout = Rollout(model, clip, samples=SAMPLES)
        rollout.step(frames)
        made = [figures(poses, model.skeleton, model.fps) for poses in rollout.poses]
        frozen += sum(f["power"] < 0.005 for f in made)
        flown += sum(float(poses[..., 1].min(axis=-1).max()) > 0.6 for poses in rollout.poses)
        seed = figures(rollout.seed.positions, model.skeleton, model.fps)
        by_clip[clip.name] = {"seed": seed, "rollout": _medians(made)}
    of_all = {kind: _medians([c[kind] for c in by_clip.values()]) for kind in ("seed", "rollout")}
    counts = {"rollouts": SAMPLES * len(by_clip), "frozen": frozen, "flown": flown}
    return {**counts, "medians": of_all, "clips": by_clip}


def figures(poses: Array, skeleton: Skeleton, fps: float) -> dict[str, float]:
    """The figures of one motion (F, J, 3)."""
    root = poses[:, skeleton.root]
    toes = poses[:, [j for j, joint in enumerate(skeleton.joints) if joint.endswith("toe")]]
    low = toes[1:, :, 1] < np.percentile(toes[..., 1], 5, axis=0) + _STANDING
    slide = np.linalg.norm(np.diff(toes, axis=0)[..., [0, 2]], axis=-1)[low] * fps
    values = {
        "power": np.median(motion_power(poses, root, fps)),
        "jerk": np.linalg.norm(np.diff(poses, 3, axis=0), axis=-1).mean() * fps**3,
        "toe_slide": np.median(slide) if len(slide) else 0.0,
        "speed": np.linalg.norm(np.diff(root, axis=0)[:, [0, 2]], axis=-1).mean() * fps,
        "lowest_root": root[:, 1].min(),
        "highest_root": root[:, 1].max(),
    }
    return {key: round(float(value), 3) for key, value in values.items()}


def _medians(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {key: round(float(np.median([row[key] for row in rows])), 3) for key in rows[0]}
