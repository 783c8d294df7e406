"""What a pose space is, and how its poses are placed: whether they stand in the world or in an image is asked nowhere
else.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array, Placement

_CURE = "get the file again"


class Motion(Protocol):
    """How frames say how their poses are placed, in SIZE numbers each: world_motion, image_motion.

    DOCUMENT: what a generator's checkpoint says of it, without which it means something else.
    """

    SIZE: int
    DOCUMENT: dict[str, str]

    def features(self, at: Placement, floor: float, fps: float, height: Array) -> Array: ...
    def moved(self, at: Placement, motion: Array, floor: Array, fps: float, height: Array) -> Placement: ...
    def by_hand(self, motion: Array, at: Placement, floor: Array, height: Array) -> Array: ...
    def floor_of(self, at: Placement) -> float: ...
    def path(self, at: Placement, known: NDArray[np.bool_], fps: float) -> Array: ...


@dataclass(frozen=True, eq=False)
class Space(ABC):
    """Poses (B, J, D) <-> features (B, N) and a Placement. The first V features are the pose, standardised by mean and
    std (V,); what follows, where there is more, says which joints are known.

    DIMS: D. REPRESENTATIONS: their names, the usual one first, which no other space has. motion: how its poses are
    placed. partial: whether a pose may have unknown joints.
    """

    skeleton: Skeleton
    representation: str
    mean: Array
    std: Array

    DIMS: ClassVar[int]
    REPRESENTATIONS: ClassVar[tuple[str, ...]]
    motion: ClassVar[Motion]
    partial: ClassVar[bool] = False

    def __post_init__(self) -> None:
        self._require_skeleton()
        if self.representation not in self.REPRESENTATIONS:
            known = ", ".join(self.REPRESENTATIONS)
            raise PoseviewerError("features", "", f"{self.representation!r} is not known", f"choose one of {known}")
        if any(getattr(self, name).shape != array.shape for name, array in self._blank(self.skeleton).items()):
            fault = f"their normalisation does not fit {len(self.skeleton.joints)} joints"
            raise PoseviewerError("features", "", fault, _CURE)
        if not (np.isfinite(self.mean).all() and np.isfinite(self.std).all() and (self.std > 0.0).all()):
            raise PoseviewerError("features", "", "their normalisation is not finite and above 0", _CURE)

    @classmethod
    def plain(cls, skeleton: Skeleton, representation: str) -> Self:
        """The space before its normalisation is known."""
        return cls(skeleton, representation, **cls._blank(skeleton))

    @property
    def size(self) -> int:
        """N."""
        return len(self.mean)

    @property
    def directions(self) -> bool:
        """Whether a pose's vectors (V / D) are directions: only where they point counts."""
        return False

    @property
    def chains(self) -> Array:
        """(J, V / D) how much of each of a pose's vectors it takes from the root to a joint, in sizes of the pose."""
        return np.eye(len(self.skeleton.joints))

    @property
    def visible(self) -> slice:
        """The part of a feature vector that says which joints are seen: above 0 they are. Empty where all have to be
        known.
        """
        return slice(len(self.mean), self.size)

    def seen(self, features: Array) -> NDArray[np.bool_] | None:
        """(B, J) which joints the features hold to be seen, None where they do not say."""
        return features[:, self.visible] > 0.0 if self.partial else None

    def sequence(self, poses: Array) -> tuple[Array, Placement]:
        """As `features`, of poses (F, J, D) that follow each other."""
        return self.features(poses)

    def height(self, features: Array, at: Placement) -> Array:
        """(B,) how high the root of standardised features (B, N) is over their lowest joint; 0 without a ground."""
        return np.zeros(len(at))

    def following(
        self, features: Array, at: Placement, motion: Array, floor: Array, fps: float
    ) -> tuple[Placement, Array]:
        """A frame later than the placements (B): where it stands by its `motion` (B, P), and its poses (B, J, D)."""
        at = self.motion.moved(at, motion, floor, fps, self.height(features, at))
        return at, self.poses(features, at)

    def valid(self, features: Array) -> Array:
        """Standardised features (B, N) drawn back to ones that a pose can have."""
        return features

    def config(self) -> dict[str, Any]:
        """What a checkpoint stores as JSON; `tensors` holds the rest."""
        return {"representation": self.representation}

    def tensors(self) -> dict[str, Array]:
        return {name: np.asarray(getattr(self, name), dtype=np.float32) for name in self._blank(self.skeleton)}

    @classmethod
    def from_config(cls, config: Mapping[str, Any], tensors: Mapping[str, Array], skeleton: Skeleton) -> Self:
        """Raises KeyError or PoseviewerError where they are of no such space."""
        arrays = {name: np.asarray(tensors[name], dtype=np.float64) for name in cls._blank(skeleton)}
        return cls(skeleton, config["representation"], **arrays)

    @classmethod
    @abstractmethod
    def fit(cls, skeleton: Skeleton, representation: str, poses: Array) -> Self: ...
    @property
    @abstractmethod
    def neutral(self) -> Placement: ...
    @abstractmethod
    def placement(self, poses: Array) -> Placement: ...
    @abstractmethod
    def features(self, poses: Array) -> tuple[Array, Placement]: ...
    @abstractmethod
    def poses(self, features: Array, at: Placement) -> Array: ...
    @abstractmethod
    def local(self, features: Array, at: Placement) -> Array: ...
    @abstractmethod
    def _require_skeleton(self) -> None: ...
    @classmethod
    @abstractmethod
    def _blank(cls, skeleton: Skeleton) -> dict[str, Array]: ...
