"""Checkpoints: one .safetensors file with a JSON document that says what the model is and where it comes from.

`describe` reads the document alone and needs no torch. The document's keys: format, kind, architecture, config,
skeleton, fps, features, trained_on, metrics, generation (generators), reference, id, and embedding: the document of the
embedding that a latent model stands on, whose tensors lie in the same file under "embedding/". Where a model has been
calibrated there is calibration, too: what its verdicts are measured by, with tensors under "calibration/".
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import is_rate
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.checkpoints import container
from poseviewer.text import distinct, printable

FORMAT = 1
KINDS = ("embedding", "classifier", "generator")
EMBEDDING = "embedding/"
NETWORK = "network/"
FEATURES = "features/"
REFERENCE = "reference/"
CALIBRATION = "calibration/"
LARGEST_SIZE, DEEPEST = 2048, 16
"""What a network's sizes may be at most; training asks here too, lest it write what cannot be read."""
_SPANS = ("context", "over")  # frames: no axis of the weights has to be as long
_MOST_JOINTS = 256
_LONGEST_CLASS = 100  # letters

Tensors = Mapping[str, NDArray]
C = TypeVar("C")
T = TypeVar("T")


@dataclass(frozen=True)
class Card:
    """What a checkpoint says of itself.

    latent: size Z of the latent that it has or stands on, or None; classes: the actions that a classifier tells apart;
    parameters: numbers in its network; document: the whole of it.
    """

    path: Path
    kind: str
    architecture: str
    skeleton: Skeleton
    fps: float | None
    latent: int | None
    classes: tuple[str, ...]
    representation: str
    context: int | None
    stochastic: bool
    parameters: int
    trained_on: Mapping[str, Any]
    metrics: Mapping[str, Any]
    embedding_id: str | None
    document: Mapping[str, Any]

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def set_aside(self) -> frozenset[str]:
        """Names of the clips that its training chose by and did not learn from."""
        return clips_named(self.trained_on, "validation_clips")

    @property
    def left_out(self) -> frozenset[str]:
        """Names of the clips of the fold that neither its training nor its choices saw; empty without folds."""
        return clips_named(self.trained_on, "left_out")


def clips_named(trained_on: Any, key: str) -> frozenset[str]:
    """The names of clips that a checkpoint's account of its training lists; none where it is malformed."""
    names = trained_on.get(key) if isinstance(trained_on, dict) else None
    return frozenset(name for name in names if isinstance(name, str)) if isinstance(names, list) else frozenset()


def card_behind(model: Any) -> Card | None:
    """That of a model at work; None of one that came out of no checkpoint, as another package's."""
    card = getattr(model, "card", None)
    return card if isinstance(card, Card) else None


def describe(path: Path | str) -> Card:
    """A checkpoint's card. Raises PoseviewerError where the file is damaged, foreign or from a newer poseviewer."""
    path = Path(path)
    return card_of(path, container.read_header(path))


def load(path: Path | str) -> tuple[Card, dict[str, NDArray]]:
    """A checkpoint's card and tensors. Raises PoseviewerError as `describe` does, and where weights are damaged."""
    path = Path(path)
    header = container.read_header(path)
    return card_of(path, header), container.read_tensors(path, header)


def save(path: Path, document: Mapping[str, Any], tensors: Tensors) -> None:
    """Write a checkpoint; its format and id are set here."""
    container.write(path, {**document, "format": FORMAT, "id": identity(tensors)}, tensors)


def save_calibration(path: Path, out: Path, document: Mapping[str, Any], tensors: Tensors) -> None:
    """Write the checkpoint at `path` to `out` (which may be the same) with this calibration in the place of any that it
    has: all else, its id and every other tensor's bits, stays as it is. Raises PoseviewerError as `load` does.
    """
    card, stored = load(path)
    others = {name: tensor for name, tensor in stored.items() if not name.startswith(CALIBRATION)}
    whole_document = {**card.document, CALIBRATION.rstrip("/"): dict(document)}
    container.write(out, whole_document, {**others, **whole(tensors, CALIBRATION)})


def calibration_of(card: Card, tensors: Tensors) -> tuple[Mapping[str, Any], dict[str, NDArray]] | None:
    """The document and tensors of a checkpoint's calibration; None where it has none."""
    if CALIBRATION.rstrip("/") not in card.document:
        return None
    return _object(card.path, card.document, CALIBRATION.rstrip("/")), part(tensors, CALIBRATION)


def identity(tensors: Tensors) -> str:
    """What two checkpoints share when their network and features are the same."""
    digest = hashlib.sha256()
    for name in sorted(name for name in tensors if name.startswith((NETWORK, FEATURES))):
        digest.update(name.encode() + np.ascontiguousarray(tensors[name]).tobytes())
    return digest.hexdigest()[:16]


def part(tensors: Mapping[str, T], prefix: str) -> dict[str, T]:
    """The tensors whose names begin with the prefix, without it."""
    return {name[len(prefix) :]: tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def whole(tensors: Mapping[str, T], prefix: str) -> dict[str, T]:
    """The tensors with the prefix before their names."""
    return {prefix + name: tensor for name, tensor in tensors.items()}


def card_of(path: Path, header: container.Header) -> Card:
    """The card of a checked header."""
    document = header.document
    form = document.get("format")
    if type(form) is not int or form < 1:
        raise PoseviewerError(path, "", "it does not say its format", "get the file again")
    if form > FORMAT:
        raise PoseviewerError(path, "", f"its format {form} is newer than this program's", "update poseviewer")
    kind = _text(path, document, "kind")
    if kind not in KINDS:
        raise PoseviewerError(path, "kind", f"{kind[:40]!r} is not known", f"choose one of {', '.join(KINDS)}")
    fps, generation = document.get("fps"), _object(path, document, "generation", {})
    if fps is not None and (type(fps) not in (int, float) or not is_rate(fps)):
        raise PoseviewerError(path, "fps", "it is no frame rate", "get the file again")
    below = _object(path, document, "embedding", {})
    config = _object(path, below or document, "config")
    context = generation.get("context")
    if kind == "generator" and (type(context) is not int or not 1 <= context <= 10_000 or fps is None):
        raise PoseviewerError(path, "generation", "its context or frame rate is missing", "get the file again")
    latent = config.get("latent")
    return Card(
        path=path,
        kind=kind,
        architecture=_text(path, document, "architecture"),
        skeleton=skeleton_of(path, _object(path, document, "skeleton")),
        fps=None if fps is None else float(fps),
        latent=latent if type(latent) is int else None,
        classes=_classes(path, document) if kind == "classifier" else (),
        representation=str(_object(path, document, "features").get("representation", "")),
        context=context,
        stochastic=generation.get("stochastic") is True,
        parameters=sum(int(np.prod(t.shape)) for name, t in header.tensors.items() if name.startswith(NETWORK)),
        trained_on=_object(path, document, "trained_on", {}),
        metrics=_object(path, document, "metrics", {}),
        embedding_id=str(below["id"]) if "id" in below else None,
        document=document,
    )


def skeleton_document(skeleton: Skeleton) -> dict[str, Any]:
    """A skeleton as JSON, without its rest pose."""
    return {key: getattr(skeleton, key) for key in ("name", "joints", "parents", "edges", "mirror", "dims")}


def skeleton_of(path: Path, document: Mapping[str, Any]) -> Skeleton:
    """A skeleton from JSON. Raises PoseviewerError where it is malformed."""
    try:
        joints = document["joints"]
        parents = document["parents"]
        edges = tuple((a, b) for a, b in document["edges"])
        mirror = tuple(document["mirror"])
        indices = [*(parents or ()), *mirror, *(end for edge in edges for end in edge)]
        right = all(type(joint) is str for joint in joints) and all(type(index) is int for index in indices)
        if not right or len(joints) > _MOST_JOINTS or type(document["name"]) is not str:
            raise ValueError
        tree = None if parents is None else tuple(parents)
        return Skeleton(printable(document["name"]), distinct(joints), tree, edges, mirror, document["dims"])
    except (KeyError, TypeError, ValueError) as error:
        raise PoseviewerError(path, "skeleton", "it is malformed", "get the file again") from error
    except PoseviewerError as error:
        raise PoseviewerError(path, "skeleton", error.cause, "get the file again") from error


def config_of(path: Path, kind: type[C], document: Mapping[str, Any], longest: int) -> C:
    """A network's config dataclass (ints only) from JSON, its sizes bounded before memory is taken for a network.

    longest: the longest axis of the file's weights, which no size but a span of frames may exceed.
    """
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    config = _object(path, document, "config")
    for name, value in config.items():
        largest = DEEPEST if name == "depth" else min(LARGEST_SIZE if name in _SPANS else longest, LARGEST_SIZE)
        least = 0 if name in known and known[name].default == 0 else 1
        if name not in known or type(value) is not int or not least <= value <= largest:
            raise PoseviewerError(path, f"config {name[:40]!r}", "it is not known or not in range", "update poseviewer")
    try:
        return kind(**config)
    except (TypeError, PoseviewerError) as error:
        raise PoseviewerError(path, "config", "it is incomplete or contradicts itself", "get the file again") from error


def _classes(path: Path, document: Mapping[str, Any]) -> tuple[str, ...]:
    names = document.get("classes")
    if not isinstance(names, list) or not all(type(name) is str and 0 < len(name) <= _LONGEST_CLASS for name in names):
        raise PoseviewerError(path, "classes", "they are missing or malformed", "get the file again")
    names = distinct(names)
    if not 0 < len(names) == len(set(names)) <= LARGEST_SIZE:
        raise PoseviewerError(path, "classes", "there are none, two alike or too many", "get the file again")
    return names


def _text(path: Path, document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str):
        raise PoseviewerError(path, key, "it is missing", "get the file again")
    return printable(value)


def _object(path: Path, document: Mapping[str, Any], key: str, default: Any = None) -> Mapping[str, Any]:
    value = document.get(key, default)
    if not isinstance(value, dict):
        raise PoseviewerError(path, key, "it is missing or malformed", "get the file again")
    return value
