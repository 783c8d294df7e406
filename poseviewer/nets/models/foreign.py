"""Other people's models: Python entry points of the group `poseviewer.models` in installed packages.

Each entry point names something that is called without arguments and gives an object that meets one of the protocols
Embedding, Classifier or MotionGenerator (protocols.py); one that also has `load(path)` can be watched while it is
trained. Its features, skeleton and frame rate are its own affair. What
it answers is checked (guarded.py). Only a person's choice loads one: nothing in a dataset or checkpoint can name one.
A complete example package lies in tests/example_package.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.models.guarded import guarded, in_words, kind_of

GROUP = "poseviewer.models"


@dataclass(frozen=True)
class ForeignCard:
    """What is known of another package's model once it has been loaded; the counterpart of a checkpoint's card.

    entry_point: "module:attribute"; package: its name and version. fps, context, window, latent and classes are None
    where its kind has none. embedding_id: an embedding's own `id`, a generator's that of the one whose latents it has.
    """

    name: str
    kind: str
    entry_point: str
    package: str
    skeleton: Skeleton
    fps: float | None
    context: int | None
    stochastic: bool
    window: int | None
    latent: int | None
    classes: tuple[str, ...] | None
    embedding_id: str | None


def names() -> list[str]:
    """The models that installed packages offer. None of their code is run."""
    return sorted(_points())


def entry_point_of(name: str) -> str:
    """Where its package defines an installed model ("module:attribute"), without running it."""
    return _point(name).value


def is_offered(given: Path | str) -> bool:
    """Whether an installed model is meant: no file has that name, and a package offers it."""
    return not Path(given).exists() and str(given) in _points()


def load(name: str, weights: Path | None = None) -> Any:
    """The model of that name; weights: a file that its own `load(path)` reads, which gives the model or changes it.

    Runs its package's code; raises PoseviewerError where that fails or meets no protocol.
    """
    point = _point(name)
    where = f"model {name!r} ({point.value})"
    with in_words(where, "", "its package fails: ", "ask its author, or install its dependencies"):
        model = point.load()()
        if weights is not None:
            if not callable(getattr(model, "load", None)):
                cure = "give its class load(path), which puts a file's weights in"
                raise PoseviewerError(where, "load", "it has none, and so no weights can be put into it", cure)
            given = model.load(weights)
            model = model if given is None else given
    return guarded(model, where)


def card_of(name: str, model: Any) -> ForeignCard:
    """The card of a loaded model."""
    point = _point(name)
    package = point.dist
    sizes = getattr(model, "level_sizes", None)
    said = {part: getattr(model, part, None) for part in ("fps", "context", "window", "classes")}
    return ForeignCard(
        name=name,
        kind=kind_of(model),
        entry_point=point.value,
        package=f"{package.name} {package.version}" if package is not None else "",
        skeleton=model.skeleton,
        stochastic=bool(getattr(model, "stochastic", False)),
        latent=None if sizes is None else sum(sizes),
        embedding_id=getattr(model, "embedding_id", getattr(model, "id", None)),
        **said,
    )


def no_such_model(given: Path | str) -> PoseviewerError:
    """Neither a file nor an installed model has that name."""
    known = ", ".join(names())
    cause = "there is no such file, and no installed package offers a model of that name"
    return PoseviewerError(str(given), "", cause, f"installed: {known}" if known else "check the path")


def _point(name: str) -> EntryPoint:
    point = _points().get(name)
    if point is None:
        raise no_such_model(name)
    return point


def _points() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}
