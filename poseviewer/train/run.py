"""Training a model into a checkpoint, as a job: exact settings in, one file out, resumable at every epoch."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from poseviewer.data.dataset import Dataset
from poseviewer.data.readers import opening
from poseviewer.data.reading import AS_FOUND, Reading
from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import CANONICAL, Skeleton
from poseviewer.nets.checkpoints import checkpoint
from poseviewer.nets.checkpoints.checkpoint import Tensors
from poseviewer.nets.models.embedding import EmbeddingModel
from poseviewer.outputs import CHECKPOINT, require_no_input, require_output
from poseviewer.progress import Job, Progress
from poseviewer.train import classifier, embedding, gru, textbook, window
from poseviewer.train.architectures import TRAINED
from poseviewer.train.corpus import Corpus, corpus_of, whole_clips_of
from poseviewer.train.embedding import BodyLadderSettings, BodySettings, ImageLadderSettings, ImageSettings
from poseviewer.train.loop import Unfinished, with_settings
from poseviewer.train.task import Task

_FPS = 30.0


def _cut(dataset: Dataset, skeleton: Skeleton, settings: Any) -> Corpus:
    """3D clips, cut where they jump."""
    return corpus_of(dataset, skeleton, getattr(settings, "fps", _FPS), getattr(settings, "fold", 0))


def _whole(dataset: Dataset, skeleton: Skeleton, settings: Any) -> Corpus:
    """2D clips, in which joints may be unknown."""
    found = whole_clips_of(dataset, skeleton, settings.fps)
    return replace(found, validation=found.validation or found.training)


@dataclass(frozen=True)
class Recipe:
    """How an architecture is trained: its usual settings, its corpus, and what yields progress and at last a
    checkpoint's document and tensors.
    """

    settings: Any
    corpus: Callable[[Dataset, Skeleton, Any], Corpus]
    fit: Callable[[Corpus, Task, Any], Iterator[Progress | tuple[dict, Tensors]]]


_BODIES = partial(embedding.fit, embedding.BodyPoses)
_IMAGES = partial(embedding.fit, embedding.ImagePoses)
_CLASSIFIER = Recipe(classifier.ClassifierSettings(), classifier.corpus, classifier.fit)
_RECURRENT = replace(_CLASSIFIER, settings=classifier.ClassifierSettings(depth=1))  # one layer, as the original study's

RECIPES: dict[tuple[str, str, int], Recipe] = {
    ("embedding", "vae", 3): Recipe(BodySettings(), _cut, _BODIES),
    ("embedding", "vae", 2): Recipe(ImageSettings(), _whole, _IMAGES),
    ("embedding", "ladder", 3): Recipe(BodyLadderSettings(), _cut, _BODIES),
    ("embedding", "ladder", 2): Recipe(ImageLadderSettings(), _whole, _IMAGES),
    ("embedding", "autoencoder", 3): Recipe(BodySettings(), _cut, _BODIES),
    ("embedding", "autoencoder", 2): Recipe(ImageSettings(), _whole, _IMAGES),
    ("embedding", "pca", 3): Recipe(BodySettings(epochs=0), _cut, _BODIES),
    ("embedding", "pca", 2): Recipe(ImageSettings(epochs=0), _whole, _IMAGES),
    **{("classifier", "cnn", dims): _CLASSIFIER for dims in (3, 2)},
    **{("classifier", arch, dims): _RECURRENT for arch in ("lstm", "gru") for dims in (3, 2)},
    ("generator", "gru", 3): Recipe(gru.GRUSettings(), _cut, gru.fit),
    ("generator", "window", 2): Recipe(window.WindowSettings(), _whole, window.fit),
    ("generator", "textbook", 3): Recipe(textbook.TextbookSettings(), _cut, textbook.fit),
    ("generator", "textbook", 2): Recipe(textbook.TextbookSettings(features="image"), _whole, textbook.fit),
}
"""By kind, architecture and the dimensions of the poses."""


def train(
    kind: str,
    data: Path,
    out: Path,
    *,
    arch: str | None = None,
    settings: Mapping[str, str] | None = None,
    skeleton: str = "humanoid",
    space: str = "latent",
    embedding: Path | None = None,
    resume: bool = False,
    force: bool = False,
    reading: Reading = AS_FOUND,
    opened: Callable[[Dataset], None] = lambda dataset: None,
) -> Job:
    """Train a model on the training split of a dataset, or of any file or folder of motions, and write the checkpoint
    `out`.

    reading: how files are read that do not say it themselves; opened: told the dataset, with what is remarked of it.
    settings: fields of the architecture's settings as text. A generator of space "latent" stands on `embedding`, one of
    space "raw" on none. The unfinished training lies beside `out` (".training"); resume goes on from it, and writes the
    checkpoint that it belongs to. A checkpoint or an unfinished training that is there is replaced with force alone.
    Raises PoseviewerError on wrong input.
    """
    changes = dict(settings or {})
    _check(kind, arch, skeleton, space, embedding)
    body = CANONICAL[skeleton]
    arch = arch or _usual(kind, body)
    recipe = RECIPES[kind, arch, body.dims]
    chosen = with_settings(recipe.settings, changes)
    state = out.with_name(out.name + ".training")
    _require_place(out, state, [data] if embedding is None else [data, embedding], resume, force)
    command = _command(kind, arch, data, out, changes, skeleton, embedding, reading)
    with (yield from opening(data, reading)) as dataset:
        opened(dataset)
        yield Progress(0, 0, f"reads {dataset.name}")
        model, tensors = _embedding(embedding, body)
        trained = {"kind": kind, "architecture": arch, "skeleton": skeleton, "data": dataset.fingerprint()}
        trained["embedding"] = model.id if model else ""
        task = Task(kind, arch, body, Unfinished(state, trained, resume), model, tensors)
        corpus = recipe.corpus(dataset, body, chosen)
        trained_on = _trained_on(dataset, corpus, chosen.seed, command)
    last = Progress(0)
    for event in recipe.fit(corpus, task, chosen):
        if isinstance(event, Progress):
            last = event
            yield event
        else:
            require_output(out, CHECKPOINT, force=force or resume)  # somebody else may have written it meanwhile
            checkpoint.save(out, {**event[0], "trained_on": trained_on}, event[1])
    state.unlink(missing_ok=True)
    yield Progress(last.total, last.total, last.text)


def _check(kind: str, arch: str | None, skeleton: str, space: str, embedding: Path | None) -> None:
    if kind not in TRAINED:
        raise PoseviewerError(f"train {kind}", "", "it cannot be trained yet", f"choose {' or '.join(TRAINED)}")
    known = TRAINED[kind]
    if arch is not None and arch not in known:
        raise PoseviewerError(f"--arch {arch}", "", "it is not known", f"choose {' or '.join(known)}")
    if skeleton not in CANONICAL:
        raise PoseviewerError(f"--skeleton {skeleton}", "", "it is not known", f"choose {' or '.join(CANONICAL)}")
    if arch is not None and CANONICAL[skeleton].dims not in known[arch]:
        raise PoseviewerError(f"--arch {arch}", "", f"it is no {kind} for {skeleton}", "leave it out")
    if kind != "embedding" and space == "latent" and embedding is None:
        cure = "name one with --embedding, or --space raw"
        raise PoseviewerError(f"train {kind}", "", "it needs an embedding to stand on", cure)
    if space == "raw" and embedding is not None:
        raise PoseviewerError("--embedding", "", "a model of space raw stands on none", "leave it out")


def _require_place(out: Path, state: Path, inputs: list[Path], resume: bool, force: bool) -> None:
    """Raise PoseviewerError where the checkpoint or the state of its training would take something else's place."""
    going_on = resume and state.exists()
    require_output(out, CHECKPOINT, inputs, force=force or going_on)
    require_no_input(state, inputs)
    if state.exists() and not (force or resume):
        cause = "an unfinished training lies there and would be lost"
        raise PoseviewerError(state, "", cause, "add --resume to go on from it, or --force to begin anew")


def _usual(kind: str, skeleton: Skeleton) -> str:
    """The architecture that is trained where none is named."""
    return next(arch for arch, dims in TRAINED[kind].items() if skeleton.dims in dims)


def _embedding(path: Path | None, skeleton: Skeleton) -> tuple[EmbeddingModel | None, Tensors]:
    """The embedding that a model of space latent stands on, and its tensors."""
    if path is None:
        return None, {}
    card, tensors = checkpoint.load(path)
    if card.kind != "embedding" or card.skeleton.joints != skeleton.joints:
        raise PoseviewerError(path, "", f"it is no embedding of {skeleton.name} poses", "name another one")
    return EmbeddingModel(card, card.document, tensors), tensors


def _command(
    kind: str,
    arch: str,
    data: Path,
    out: Path,
    settings: Mapping[str, str],
    skeleton: str,
    embedding: Path | None,
    reading: Reading,
) -> str:
    words = ["poseviewer", "train", kind, "--data", data.name, "-o", out.name]
    if arch != _usual(kind, CANONICAL[skeleton]):
        words += ["--arch", arch]
    if skeleton != "humanoid":
        words += ["--skeleton", skeleton]
    if kind != "embedding":
        words += ["--space", "raw"] if embedding is None else ["--space", "latent", "--embedding", embedding.name]
    for key, value in settings.items():
        words += ["--set", f"{key}={value}"]
    for name, value in reading.said.items():
        words += [f"--{name}", f"{value:g}" if isinstance(value, float) else Path(value).name]
    return shlex.join(words)


def _trained_on(dataset: Dataset, corpus: Corpus, seed: int, command: str) -> dict[str, Any]:
    return {
        "dataset": dataset.name,
        "fingerprint": dataset.fingerprint(),
        "split": corpus.split,
        "clips": len(corpus.training_names),
        "validation_clips": list(corpus.validation_names),
        **({"left_out": list(corpus.left_out)} if corpus.left_out else {}),
        "frames": sum(len(clip) for clip in corpus.training),
        "seed": seed,
        "command": command,
        "provenance": dataset.provenance,
    }
