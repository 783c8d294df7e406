"""Which joint lies under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from poseviewer.render.camera import Camera, Size
from poseviewer.render.stage import Figures

_REACH_PX = 12.0
# A joint one metre nearer wins over one that is this many px closer to the cursor.
_PX_PER_METRE = 6.0


@dataclass(frozen=True)
class Pick:
    """group: index into the figures given; figure: the pose among its N; joint."""

    group: int
    figure: int
    joint: int


def pick(groups: Sequence[Figures], camera: Camera, px: tuple[float, float], size: Size) -> Pick | None:
    """The joint under the cursor: within 12 px or inside its drawn sphere; of several, nearer to the eye wins."""
    best: Pick | None = None
    best_score = np.inf
    for group, figures in enumerate(groups):
        screen, depth = camera.project(figures.positions, size)
        scale = np.ones(len(figures.positions)) if figures.scale is None else figures.scale
        with np.errstate(divide="ignore", invalid="ignore"):
            radius = figures.body.joint_radii * scale[:, None] / (2.0 * camera.half_height_at(depth) / size[1])
            distance = np.linalg.norm(screen - np.asarray(px), axis=-1)
            inside = (distance <= np.maximum(_REACH_PX, radius)) & (figures.opacity[:, None] > 0.0)
            score = np.where(inside, np.maximum(distance - radius, 0.0) + depth * _PX_PER_METRE, np.inf)
        figure, joint = np.unravel_index(int(np.argmin(score)), score.shape)
        if score[figure, joint] < best_score:
            best, best_score = Pick(group, int(figure), int(joint)), float(score[figure, joint])
    return best
