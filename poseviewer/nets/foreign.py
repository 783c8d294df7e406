"""Other people's models: Python entry points of the group `poseviewer.models` in installed packages.

Each entry point names something that is called without arguments and gives an object that meets one of the protocols
Embedding, Classifier or MotionGenerator (protocols.py). Its features, skeleton and frame rate are its own affair. A
complete example package lies in tests/example_package.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import Skeleton

GROUP = "poseviewer.models"
MEMBERS: dict[str, tuple[str, ...]] = {
    "generator": ("skeleton", "fps", "context", "stochastic", "embedding_id", "start", "step", "newest", "replace",
                  "select"),
    "classifier": ("skeleton", "fps", "classes", "window", "log_probabilities"),
    "embedding": ("skeleton", "level_sizes", "encode", "decode"),
}  # fmt: skip
"""What an object of each kind must have."""


def names() -> list[str]:
    """The models that installed packages offer. None of their code is run."""
    return sorted(_points())


def load(name: str) -> Any:
    """The model of that name. Runs its package's code; raises PoseviewerError where that fails or meets no protocol."""
    point = _points().get(name)
    if point is None:
        known = ", ".join(names()) or "none is"
        raise PoseviewerError(f"model {name!r}", "", "no installed package offers it", f"installed: {known}")
    where = f"model {name!r} ({point.value})"
    try:
        model = point.load()()
    except PoseviewerError:
        raise
    except Exception as error:  # a stranger's code: whatever it trips over becomes a sentence
        cause = f"its package fails: {type(error).__name__}: {str(error)[:200]}"
        raise PoseviewerError(where, "", cause, "ask its author, or install its dependencies") from error
    kind_of(model, where)
    return model


def kind_of(model: Any, where: str = "model") -> str:
    """The kind whose protocol a model meets. Raises PoseviewerError where it meets none, naming what it lacks."""
    missing = {kind: [m for m in members if not hasattr(model, m)] for kind, members in MEMBERS.items()}
    kind = min(missing, key=lambda k: len(missing[k]) / len(MEMBERS[k]))
    if missing[kind]:
        cause = f"as {'an' if kind[0] in 'aeiou' else 'a'} {kind} it lacks {', '.join(missing[kind])}"
        raise PoseviewerError(where, "", cause, "see poseviewer.nets.protocols")
    if not isinstance(model.skeleton, Skeleton):
        raise PoseviewerError(where, "skeleton", "it is no poseviewer Skeleton", "see poseviewer.nets.protocols")
    return kind


def _points() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}
