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
    """group: index into the figures given; figure: the pose among its N; joint; distance: px from the cursor."""

    group: int
    figure: int
    joint: int
    distance: float


def pick(
    groups: Sequence[Figures], camera: Camera, px: tuple[float, float], size: Size, reach: float = _REACH_PX
) -> Pick | None:
    """The joint under the cursor: within `reach` px or inside its drawn sphere; of several, nearer to the eye wins."""
    best: Pick | None = None
    best_score = np.inf
    for group, figures in enumerate(groups):
        if not len(figures.positions):
            continue
        screen, depth = camera.project(figures.positions, size)
        per_px = 2.0 * (camera.half_height if camera.orthographic else depth * np.tan(camera.fov / 2.0)) / size[1]
        scale = np.ones(len(figures.positions)) if figures.scale is None else figures.scale
        with np.errstate(divide="ignore", invalid="ignore"):
            radius = figures.body.joint_radii * scale[:, None] / per_px
            distance = np.linalg.norm(screen - np.asarray(px), axis=-1)
            inside = distance <= np.maximum(reach, radius)
            score = np.where(inside, np.maximum(distance - radius, 0.0) + depth * _PX_PER_METRE, np.inf)
        score = np.where(np.isfinite(score) & (figures.opacity[:, None] > 0.0), score, np.inf)
        figure, joint = np.unravel_index(int(np.argmin(score)), score.shape)
        if score[figure, joint] < best_score:
            best_score = float(score[figure, joint])
            best = Pick(group, int(figure), int(joint), float(distance[figure, joint]))
    return best
