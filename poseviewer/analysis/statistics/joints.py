"""How the joints of a body move in its world or image, and how far apart they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from poseviewer.analysis.known import known_mean
from poseviewer.analysis.statistics.statistic import Judged, Statistic
from poseviewer.nets.protocols import Array


class JointSpeed(Statistic):
    """Mean speed of the joints; NaN in the first frame. Unknown joints are left out."""

    name = "joint speed"
    unit = "m/s"
    side = "collapse"
    order = 1

    def measured(self, made: Array) -> Array:
        return known_mean(np.linalg.norm(made, axis=-1))


@dataclass(frozen=True)
class Jerk(Statistic):
    """Mean size of the joints' jerk, the rate at which acceleration changes, of the last four frames; NaN before.

    What shakes has much of it. about_root: of the joints from their root.
    """

    about_root: bool = False
    name = "jerk"
    unit = "m/s³"
    side = "drift"
    order = 3

    def points(self, frames: Judged) -> Array:
        return frames.about_root if self.about_root else frames.poses

    def measured(self, made: Array) -> Array:
        return np.linalg.norm(made, axis=-1).mean(axis=-1)


class PoseSize(Statistic):
    """Root mean square distance of the joints that are known from their middle; NaN where none is.

    It tells in an image that a person shrinks or grows.
    """

    name = "pose size"
    unit = "image heights"
    side = "drift"

    def measured(self, made: Array) -> Array:
        apart = made - known_mean(made, axis=-2)[..., None, :]
        return np.sqrt(known_mean((apart**2).sum(axis=-1)))
