"""The small interfaces that every model meets, shipped or foreign. All arrays are numpy, poses are in the world.

Letters: B poses or rollouts (samples), F frames, J joints, D = 2 or 3, Z latent size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton

Array = NDArray[np.floating]
State = Any
"""A generator's immutable state after its newest frame: keeping it is Back and Branch."""


@dataclass(frozen=True, eq=False)
class Placement:
    """What puts bodiless poses into the world.

    root (B, D): where the root stands, metres: its ground position, and as height that of the pose's lowest joint.
    yaw (B,): radians about y, 0 faces +z, a left turn is positive. scale (B,): leg length, metres.
    bones (B, J): distance of each joint from its parent, metres, 0 for the root; None where the model does not need it.
    """

    root: Array
    yaw: Array
    scale: Array
    bones: Array | None = None

    def __len__(self) -> int:
        return len(self.root)

    def rows(self, rows: Any) -> Placement:
        """The placements of some rows, by any numpy index."""
        bones = None if self.bones is None else self.bones[rows]
        return Placement(self.root[rows], self.yaw[rows], self.scale[rows], bones)


@dataclass(frozen=True, eq=False)
class Posterior:
    """Gaussian posteriors over the latent, one (mean, std) pair a level, each (B, Zi)."""

    levels: tuple[tuple[Array, Array], ...]

    @property
    def latent(self) -> Array:
        """(B, Z) the levels' means, concatenated."""
        return np.concatenate([mean for mean, _ in self.levels], axis=-1)

    @property
    def std(self) -> Array:
        """(B, Z) the levels' standard deviations, concatenated."""
        return np.concatenate([std for _, std in self.levels], axis=-1)


@dataclass(frozen=True, eq=False)
class Decoded:
    """poses (B, J, D) in the world; visible (B, J) bool where the model knows it."""

    poses: Array
    visible: NDArray[np.bool_] | None = None


@dataclass(frozen=True, eq=False)
class Step(Decoded):
    """One generated frame of every sample: poses (B, J, D), visible (B, J) or None, latents (B, Z) or None."""

    latents: Array | None = None


class Embedding(Protocol):
    """Poses <-> latents."""

    @property
    def skeleton(self) -> Skeleton: ...
    @property
    def level_sizes(self) -> tuple[int, ...]: ...
    def encode(self, poses: Array, visible: NDArray[np.bool_] | None = None) -> tuple[Posterior, Placement]: ...
    def decode(self, latent: Array, at: Placement) -> Decoded: ...


class Classifier(Protocol):
    """Motions -> the logarithm of each class' probability in each frame; `window`: frames that an answer needs."""

    @property
    def skeleton(self) -> Skeleton: ...
    @property
    def fps(self) -> float: ...
    @property
    def classes(self) -> tuple[str, ...]: ...
    @property
    def window(self) -> int: ...
    def log_probabilities(self, poses: Array, visible: NDArray[np.bool_] | None = None) -> Array: ...


class MotionGenerator(Protocol):
    """Continues motions frame by frame, many samples at once, reproducibly for a given number."""

    @property
    def skeleton(self) -> Skeleton: ...
    @property
    def fps(self) -> float: ...
    @property
    def context(self) -> int: ...
    @property
    def stochastic(self) -> bool: ...
    @property
    def embedding_id(self) -> str | None: ...
    def start(self, seed: Clip, *, number: int, samples: int) -> State: ...
    def step(self, state: State, *, temperature: float) -> tuple[Step, State]: ...
    def newest(self, state: State) -> Step: ...
    def replace(self, state: State, *, poses: Array | None = None, latents: Array | None = None) -> State: ...
    def select(self, state: State, rows: Any) -> State: ...
