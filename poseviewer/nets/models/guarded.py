"""Models of other packages behind their protocols: what fails or answers in another shape becomes a sentence.

Without this a wrong shape would surface frames later, in a drawing routine. Letters as in protocols.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import FASTEST, SLOWEST, Clip, is_rate
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets import protocols
from poseviewer.nets.models.answers import require_numbers, require_poses
from poseviewer.nets.protocols import Array, Decoded, Placement, Posterior, State, Step
from poseviewer.text import distinct

_MEETS = {"generator": protocols.MotionGenerator, "classifier": protocols.Classifier, "embedding": protocols.Embedding}
MEMBERS = {kind: [m for m in vars(protocol) if not m.startswith("_")] for kind, protocol in _MEETS.items()}
"""What an object of each kind must have."""
_MOST_CONTEXT, _MOST_LATENT = 10_000, 2048
_CURE = "see poseviewer.nets.protocols"


def kind_of(model: Any, where: str = "model") -> str:
    """The kind whose protocol a model meets. Raises PoseviewerError where it meets none, naming what it lacks."""
    missing = {kind: [m for m in members if not hasattr(model, m)] for kind, members in MEMBERS.items()}
    kind = min(missing, key=lambda k: len(missing[k]) / len(MEMBERS[k]))
    if missing[kind]:
        cause = f"as {'an' if kind[0] in 'aeiou' else 'a'} {kind} it lacks {', '.join(missing[kind])}"
        raise PoseviewerError(where, "", cause, _CURE)
    return kind


def guarded(model: Any, where: str) -> Any:
    """A model that meets its protocol, its answers checked. Raises PoseviewerError where it says nonsense of itself."""
    kinds = {"embedding": GuardedEmbedding, "classifier": GuardedClassifier, "generator": GuardedGenerator}
    with in_words(where, "", ""):  # its properties are a stranger's code too
        return kinds[kind_of(model, where)](model, where)


@contextmanager
def in_words(where: str, part: str, fails: str, cure: str = "ask its author") -> Iterator[None]:
    """A stranger's code: whatever it trips over, and whatever its answer lacks, becomes a sentence."""
    try:
        yield
    except PoseviewerError:
        raise
    except (Exception, SystemExit) as error:
        raise PoseviewerError(where, part, f"{fails}{type(error).__name__}: {str(error)[:200]}", cure) from error


class _Guarded:
    """What a model brings beyond its protocol (reference statistics, an id) is handed through as it is."""

    def __init__(self, model: Any, where: str) -> None:
        self._model, self._where = model, where
        self._require("skeleton", isinstance(model.skeleton, Skeleton), "it is no poseviewer Skeleton")
        self.skeleton: Skeleton = model.skeleton

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def _require(self, part: str, right: bool, cause: str) -> None:
        if not right:
            raise PoseviewerError(self._where, part, cause, _CURE)

    def _rate(self) -> float:
        fps = self._model.fps
        right = isinstance(fps, Real) and is_rate(float(fps))
        self._require("fps", right, f"it is no number of frames a second, {SLOWEST:g} to {FASTEST:g}")
        return float(fps)

    def _shaped(self, part: str, array: Any, shape: tuple[int, ...]) -> None:
        found = np.shape(array)
        self._require(part, found == shape, f"it gives an array of shape {found} where {shape} is due")

    def _check_poses(self, part: str, poses: Any, count: int) -> None:
        self._shaped(part, poses, (count, len(self.skeleton.joints), self.skeleton.dims))
        require_poses(np.asarray(poses), self._where, part)

    def _answering(self, method: str) -> AbstractContextManager[None]:
        return in_words(self._where, method, "it fails: ")


class GuardedEmbedding(_Guarded):
    """Meets the Embedding protocol. latent_mean, latent_covariance and kl are handed through where it has them."""

    density = histogram = centres = None  # pictures of training data are read from checkpoints alone

    def __init__(self, model: Any, where: str) -> None:
        super().__init__(model, where)
        sizes = tuple(model.level_sizes)
        right = bool(sizes) and all(isinstance(size, Integral) and int(size) > 0 for size in sizes)
        self._require("level_sizes", right, "they are no whole numbers above 0")
        self.level_sizes: tuple[int, ...] = tuple(map(int, sizes))
        z = sum(self.level_sizes)
        self._require("level_sizes", z <= _MOST_LATENT, f"they are more than {_MOST_LATENT} in all")
        for name, shape in (("latent_mean", (z,)), ("latent_covariance", (z, z)), ("kl", (z,))):
            if hasattr(model, name):
                self._shaped(name, getattr(model, name), shape)
                self._require(name, bool(np.isfinite(getattr(model, name)).all()), "it holds what is no number")

    def encode(self, poses: Array, visible: NDArray[np.bool_] | None = None) -> tuple[Posterior, Placement]:
        with self._answering("encode"):
            posterior, at = self._model.encode(poses, visible)
            self._shaped("encode", posterior.latent, (len(poses), sum(self.level_sizes)))
            self._require("encode", bool(np.isfinite(posterior.latent).all()), "its latents are no numbers")
            return posterior, at

    def decode(self, latent: Array, at: Placement) -> Decoded:
        with self._answering("decode"):
            decoded: Decoded = self._model.decode(latent, at)
            self._check_poses("decode", decoded.poses, len(latent))
            return decoded


class GuardedClassifier(_Guarded):
    """Meets the Classifier protocol."""

    def __init__(self, model: Any, where: str) -> None:
        super().__init__(model, where)
        self.fps = self._rate()
        names = tuple(model.classes)
        right = len(names) > 0 and all(isinstance(name, str) for name in names)
        self._require("classes", right, "they are no names")
        self.classes = distinct(names)

    def log_probabilities(self, poses: Array, visible: NDArray[np.bool_] | None = None) -> Array:
        with self._answering("log_probabilities"):
            told = np.asarray(self._model.log_probabilities(poses, visible))
            self._shaped("log_probabilities", told, (*np.shape(poses)[:2], len(self.classes)))
            require_numbers(told, self._where, "log_probabilities")
            return told


class GuardedGenerator(_Guarded):
    """Meets the MotionGenerator protocol; embedding: the one that its latents belong to, where it brings it along."""

    def __init__(self, model: Any, where: str) -> None:
        super().__init__(model, where)
        self.fps = self._rate()
        right = isinstance(model.context, Integral) and int(model.context) > 0
        self._require("context", right and int(model.context) <= _MOST_CONTEXT, "it is no number of frames")
        self.context, self.stochastic = int(model.context), bool(model.stochastic)
        own = getattr(model, "embedding", None)
        self.embedding: Any = None if own is None else GuardedEmbedding(own, where)

    def start(self, seed: Clip, *, number: int = 0, samples: int = 1) -> State:
        with self._answering("start"):
            return self._model.start(seed, number=number, samples=samples)

    def step(self, state: State, *, temperature: float = 1.0) -> tuple[Step, State]:
        with self._answering("step"):
            frame, following = self._model.step(state, temperature=temperature)
            self._check_poses("step", frame.poses, len(frame.poses))
            return frame, following

    def newest(self, state: State) -> Step:
        with self._answering("newest"):
            frame: Step = self._model.newest(state)
            self._check_poses("newest", frame.poses, len(frame.poses))
            return frame

    def replace(self, state: State, *, poses: Array | None = None, latents: Array | None = None) -> State:
        with self._answering("replace"):
            return self._model.replace(state, poses=poses, latents=latents)

    def select(self, state: State, rows: Any) -> State:
        with self._answering("select"):
            return self._model.select(state, rows)
