"""What networks see in motion: how far a pose lies from those that an embedding knows, how its latent moves, and
whether a classifier still finds the action of the seed. Without such a network they have no values.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from poseviewer.analysis.known import known_mean
from poseviewer.analysis.statistics.sign import Sign
from poseviewer.analysis.statistics.statistic import Judged, differences
from poseviewer.nets.protocols import Array


def _unknown(frames: Judged) -> Array:
    return np.full(frames.poses.shape[:2], np.nan)


class Rebuilt(Sign):
    """Root mean square distance of the joints from where they come back out of the embedding, |x - D(E(x))|."""

    name = "rebuilt"
    unit = "sizes"
    side = "drift"
    title = "error of the embedding"
    manifold = True
    words = "the embedding gives the pose back {value} body sizes wrong"
    decides = False  # it finds no failure that the others miss, and whoever moves in a new way has it
    floor = 0.01
    seconds = 4.0 / 30.0
    how = "least"
    network = "embedding"

    def each(self, frames: Judged) -> Array:
        rebuilt = frames.insight.rebuilt
        if rebuilt is None:
            return _unknown(frames)
        squares = ((frames.poses - rebuilt) ** 2).sum(axis=-1)
        return np.asarray(np.sqrt(known_mean(squares)) / frames.known_body.size[:, None])


class LatentDistance(Sign):
    """Mahalanobis distance of the latent from the mean of the embedding's data."""

    name = "latent distance"
    unit = "deviations"
    side = "drift"
    title = "distance of the latent"
    manifold = True
    words = "the pose's latent lies {value} deviations from the mean of the embedding's data"
    floor = 1.0
    seconds = 4.0 / 30.0
    how = "least"
    network = "embedding"

    def each(self, frames: Judged) -> Array:
        latents = frames.insight.latents
        return _unknown(frames) if latents is None else np.linalg.norm(latents, axis=-1)


class LatentCentre(Sign):
    """Distance of the latent from the nearest centre that the embedding's data gather about. Other recordings of usual
    motion lie far from all of them, so that it does not tell what is unlike the reference.
    """

    name = "latent centre"
    unit = "deviations"
    side = "drift"
    title = "distance from the nearest centre"
    words = "the pose's latent lies {value} deviations from any that the embedding's data gather about"
    decides = False  # as above
    floor = 0.5
    seconds = 4.0 / 30.0
    how = "least"
    network = "embedding"

    def each(self, frames: Judged) -> Array:
        latents, centres = frames.insight.latents, frames.insight.centres
        if latents is None or centres is None or not len(centres):
            return _unknown(frames)
        squares = 2.0 * latents @ centres.T
        np.subtract((latents**2).sum(axis=-1)[..., None], squares, out=squares)  # in place: there are many
        squares += (centres**2).sum(axis=-1)
        return np.sqrt(np.maximum(np.minimum.reduce(squares, axis=-1), 0.0))


class LatentStep(Sign):
    """How far the latent moves a second, over two thirds of one."""

    name = "latent step"
    unit = "deviations/s"
    side = "collapse"
    low = True
    title = "movement of the latent"
    words = "the pose's latent moves by {value} deviations a second"
    decides = False  # whoever stands has it, and the joints tell more
    floor = 0.1
    seconds = 20.0 / 30.0
    network = "embedding"

    def raw(self, state: Any, frames: Judged) -> tuple[Array, Any]:
        latents = frames.insight.latents
        if latents is None:
            return _unknown(frames), None
        moved, state = differences(state, latents, 1)
        return np.linalg.norm(moved, axis=-1) * frames.fps, state


class ActionKept(Sign):
    """How probable it is that the motion shows the action of the seed, the sum over actions of p(in the seed) p(now):
    at its most over a second and a half, since a classifier may doubt for a while.
    """

    name = "action"
    unit = "probability"
    side = "collapse"
    low = True
    title = "the seed's action"
    words = "the seed's action is lost: the classifier gives it a probability of {value}"
    decides = False  # a real jump ends and is none any more: a threshold above that finds few who stand still
    floor = 1e-3
    seconds = 1.5
    how = "largest"
    network = "classifier"

    def each(self, frames: Judged) -> Array:
        now, seed = frames.insight.log_probabilities, frames.insight.in_seed
        if now is None or seed is None:
            return _unknown(frames)
        return np.asarray((np.exp(now) * np.exp(seed)[:, None]).sum(axis=-1))
