"""A double pendulum with a skeleton (three joints), features (two angles) and a frame rate (50) of its own.

Everything that poseviewer needs of a model is here: no file of poseviewer's, no torch. Angles are from the vertical,
radians, in the plane x-y.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Decoded, Placement, Posterior, Step

SWING = Skeleton(
    name="swing",
    joints=("pivot", "elbow", "bob"),
    parents=(-1, 0, 1),
    edges=((0, 1), (1, 2)),
    mirror=(0, 1, 2),
)
FPS = 50.0
GRAVITY = 9.81


def angles_of(poses):
    """Poses (B, 3, 3) -> angles (B, 2) of the two rods."""
    rods = np.diff(poses, axis=1)
    return np.arctan2(rods[..., 0], -rods[..., 1])


def placement_of(poses):
    """Where poses (B, 3, 3) hang and how long their rods are."""
    rods = np.linalg.norm(np.diff(poses, axis=1), axis=-1)
    bones = np.concatenate([np.zeros((len(poses), 1)), rods], axis=1)
    return Placement(poses[:, 0], np.zeros(len(poses)), rods.sum(axis=1), bones)


def poses_of(angles, at):
    """Angles (B, 2) at their placements -> poses (B, 3, 3)."""
    rods = np.stack([np.sin(angles), -np.cos(angles), np.zeros_like(angles)], axis=-1) * at.bones[:, 1:, None]
    return np.concatenate([at.root[:, None], at.root[:, None] + np.cumsum(rods, axis=1)], axis=1).astype(np.float32)


class SwingEmbedding:
    """Its latents are the two angles, known to a hundredth of a radian; one level."""

    skeleton = SWING
    level_sizes = (2,)

    def encode(self, poses, visible=None):
        angles = angles_of(np.asarray(poses, dtype=np.float64))
        return Posterior(((angles, np.full_like(angles, 0.01)),)), placement_of(poses)

    def decode(self, latent, at):
        return Decoded(poses_of(latent, at))


class SwingClassifier:
    """Does the bob move to the right, to the left, or neither?"""

    skeleton = SWING
    fps = FPS
    classes = ("left", "still", "right")
    window = 2

    def log_probabilities(self, poses, visible=None):
        """Motions (B, F, 3, 3) -> (B, F, 3)."""
        speed = np.gradient(np.asarray(poses)[..., 2, 0], axis=1) * self.fps
        scores = np.stack([-speed, np.full_like(speed, 0.1), speed], axis=-1) * 10.0
        return scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))


@dataclass(frozen=True)
class Swinging:
    """A rollout's state, never changed in place: angles, speeds (B, 2), the samples' own random numbers."""

    frame: int
    number: int
    samples: np.ndarray
    angles: np.ndarray
    speeds: np.ndarray
    at: Placement


class SwingGenerator:
    """Each rod swings as a pendulum of its own, nudged at random at temperature 1."""

    skeleton = SWING
    fps = FPS
    context = 2
    stochastic = True
    embedding_id = None

    def start(self, seed, *, number=0, samples=1):
        angles, at = angles_of(seed.positions), placement_of(seed.positions)
        rows = np.full(samples, len(seed) - 1)
        speeds = np.diff(angles, axis=0)[-1:] * self.fps
        return Swinging(0, number, np.arange(samples), angles[rows], np.repeat(speeds, samples, axis=0), at.rows(rows))

    def step(self, state, *, temperature=1.0):
        nudge = np.stack(
            [np.random.default_rng([state.number, sample, state.frame]).normal(size=2) for sample in state.samples]
        )
        pull = -GRAVITY / state.at.bones[:, 1:] * np.sin(state.angles)
        speeds = state.speeds + pull / self.fps + 0.05 * temperature * nudge
        following = replace(state, frame=state.frame + 1, speeds=speeds, angles=state.angles + speeds / self.fps)
        return self.newest(following), following

    def newest(self, state):
        return Step(poses_of(state.angles, state.at))

    def replace(self, state, *, poses=None, latents=None):
        angles = angles_of(poses) if latents is None else np.asarray(latents)
        return replace(state, angles=angles, at=state.at if poses is None else placement_of(poses))

    def select(self, state, rows):
        kept = {name: getattr(state, name)[rows] for name in ("samples", "angles", "speeds")}
        return replace(state, at=state.at.rows(rows), **kept)
