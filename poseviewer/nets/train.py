"""Training a model into a checkpoint, as a job: exact settings in, one file out, resumable at every epoch."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import CANONICAL, Skeleton
from poseviewer.nets import checkpoint
from poseviewer.nets.corpus import Corpus, corpus_of
from poseviewer.nets.checkpoint import Tensors
from poseviewer.nets.embedding_model import EmbeddingModel
from poseviewer.nets.frame_code import FrameCode
from poseviewer.nets.pose_space import PoseSpace
from poseviewer.nets.train_rnn import RNNSettings
from poseviewer.nets.train_rnn import fit as fit_rnn
from poseviewer.nets.train_vae import VAESettings
from poseviewer.nets.train_vae import fit as fit_vae
from poseviewer.nets.training import with_settings
from poseviewer.progress import Job, Progress

ARCHITECTURES = {"embedding": ("vae",), "generator": ("gru",)}
"""By kind, the first one being what is trained where none is named."""
_FPS = 30.0


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
) -> Job:
    """Train an embedding or a generator on a dataset's training split and write the checkpoint `out`.

    settings: fields of VAESettings or RNNSettings as text. A generator of space "latent" stands on `embedding`, one of space "raw" on
    the features themselves. The
    unfinished training lies beside `out` (".training"); resume goes on from it. Raises PoseviewerError on wrong input.
    """
    settings = dict(settings or {})
    _check(kind, arch, skeleton, space, embedding)
    command = _command(kind, data, out, settings, embedding)
    unfinished = out.with_name(out.name + ".training")
    with Dataset.open(data) as dataset:
        yield Progress(0, 0, f"reads {dataset.name}")
        if kind == "embedding":
            vae = with_settings(VAESettings(), settings)
            corpus, seed = corpus_of(dataset, CANONICAL[skeleton], _FPS, vae.seed), vae.seed
            job = fit_vae(corpus, CANONICAL[skeleton], vae, unfinished, resume)
        else:
            rnn = with_settings(RNNSettings(), settings)
            corpus, seed = corpus_of(dataset, CANONICAL[skeleton], rnn.fps, rnn.seed), rnn.seed
            code, tensors = _code(corpus, CANONICAL[skeleton], rnn.features, embedding)
            job = fit_rnn(corpus, code, tensors, rnn, unfinished, resume)
        trained_on = _trained_on(dataset, corpus, seed, command)
    last = Progress(0)
    for event in job:
        if isinstance(event, Progress):
            last = event
            yield event
            continue
        checkpoint.save(out, {**event[0], "trained_on": trained_on}, event[1])
    unfinished.unlink(missing_ok=True)
    yield Progress(last.total, last.total, last.text)


def _check(kind: str, arch: str | None, skeleton: str, space: str, embedding: Path | None) -> None:
    if kind not in ARCHITECTURES:
        raise PoseviewerError(f"train {kind}", "", "it cannot be trained yet", f"choose {' or '.join(ARCHITECTURES)}")
    if arch is not None and arch not in ARCHITECTURES[kind]:
        raise PoseviewerError(f"--arch {arch}", "", "it is not known", f"choose {' or '.join(ARCHITECTURES[kind])}")
    if skeleton != "humanoid":
        raise PoseviewerError(f"--skeleton {skeleton}", "", "no model can be trained on it yet", "choose humanoid")
    if kind == "generator" and space == "latent" and embedding is None:
        raise PoseviewerError(
            "train generator", "", "it needs an embedding to stand on", "name one with --embedding, or --space raw"
        )
    if space == "raw" and embedding is not None:
        raise PoseviewerError("--embedding", "", "a generator of space raw stands on none", "leave it out")


def _code(corpus: Corpus, skeleton: Skeleton, features: str, embedding: Path | None) -> tuple[FrameCode, Tensors]:
    """What a generator's frames hold of a pose, and the tensors of the embedding that this needs."""
    if embedding is None:
        poses = np.concatenate([clip.positions for clip in corpus.training])
        return FrameCode(PoseSpace.fit(skeleton, features, poses)), {}  # type: ignore[arg-type]
    card, tensors = checkpoint.load(embedding)
    if card.kind != "embedding" or not card.skeleton.same_as(skeleton):
        raise PoseviewerError(embedding, "", f"it is no embedding of {skeleton.name} poses", "name another one")
    model = EmbeddingModel(card, card.document, tensors)
    return FrameCode(model.space, model), tensors


def _command(kind: str, data: Path, out: Path, settings: Mapping[str, str], embedding: Path | None) -> str:
    words = ["poseviewer", "train", kind, "--data", data.name, "-o", out.name]
    if kind == "generator":
        words += ["--space", "raw"] if embedding is None else ["--space", "latent", "--embedding", embedding.name]
    for key, value in settings.items():
        words += ["--set", f"{key}={value}"]
    return shlex.join(words)


def _trained_on(dataset: Dataset, corpus: Corpus, seed: int, command: str) -> dict[str, Any]:
    return {
        "dataset": dataset.name,
        "fingerprint": dataset.fingerprint(),
        "split": "train",
        "clips": len(corpus.training_names),
        "validation_clips": list(corpus.validation_names),
        "frames": sum(len(clip) for clip in corpus.training),
        "seed": seed,
        "command": command,
        "provenance": dataset.provenance,
    }
