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
from poseviewer.nets.checkpoints import checkpoint
from poseviewer.nets.checkpoints.checkpoint import Tensors
from poseviewer.nets.models.embedding import EmbeddingModel
from poseviewer.nets.models.frame_code import FrameCode
from poseviewer.nets.spaces.choice import fit_space
from poseviewer.outputs import CHECKPOINT, require_no_input, require_output
from poseviewer.progress import Job, Progress
from poseviewer.train.classifier import defaults
from poseviewer.train.classifier import fit as fit_classifier
from poseviewer.train.corpus import Corpus, corpus_of, whole_clips_of
from poseviewer.train.embedding import SETTINGS
from poseviewer.train.embedding import fit as fit_vae
from poseviewer.train.gru import RNNSettings
from poseviewer.train.gru import fit as fit_rnn
from poseviewer.train.image_embedding import ImageVAESettings
from poseviewer.train.image_embedding import fit as fit_image_vae
from poseviewer.train.loop import Unfinished, with_settings
from poseviewer.train.textbook import TextbookSettings
from poseviewer.train.textbook import fit as fit_textbook
from poseviewer.train.window import ImageGeneratorSettings
from poseviewer.train.window import fit as fit_image_generator

ARCHITECTURES = {
    "embedding": ("vae", "ladder", "autoencoder", "pca"),
    "classifier": ("cnn", "lstm", "gru"),
    "generator": ("gru", "window", "textbook"),
}
"""By kind, the first one being what is trained where none is named: a generator of 2D poses is a window."""
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
    force: bool = False,
) -> Job:
    """Train an embedding or a generator on a dataset's training split and write the checkpoint `out`.

    settings: fields of the architecture's settings as text. A generator of space "latent" stands on `embedding`, one of
    space "raw" on none. The unfinished training lies beside `out` (".training"); resume goes on from it, and writes the
    checkpoint that it belongs to. A checkpoint or an unfinished training that is there is replaced with force alone.
    Raises PoseviewerError on wrong input.
    """
    settings = dict(settings or {})
    _check(kind, arch, skeleton, space, embedding)
    arch = arch or _usual(kind, CANONICAL[skeleton])
    state = out.with_name(out.name + ".training")
    _require_place(out, state, [data] if embedding is None else [data, embedding], resume, force)
    command = _command(kind, arch, data, out, settings, skeleton, embedding)
    split = "train"
    with Dataset.open(data) as dataset:
        yield Progress(0, 0, f"reads {dataset.name}")
        unfinished = Unfinished(
            state,
            {
                "kind": kind,
                "architecture": arch,
                "skeleton": skeleton,
                "embedding": "" if embedding is None else str(checkpoint.describe(embedding).document.get("id", "")),
                "data": dataset.fingerprint(),
            },
        )
        if kind == "embedding" and CANONICAL[skeleton].dims == 2:
            flat = with_settings(ImageVAESettings(), settings)
            corpus, seed = whole_clips_of(dataset, CANONICAL[skeleton], flat.fps), flat.seed
            job = fit_image_vae(corpus, CANONICAL[skeleton], flat, unfinished, resume)
        elif kind == "embedding":
            vae = with_settings(SETTINGS[arch](), settings)
            corpus, seed = corpus_of(dataset, CANONICAL[skeleton], _FPS, vae.fold), vae.seed
            job = fit_vae(corpus, CANONICAL[skeleton], vae, unfinished, resume, arch)
        elif kind == "classifier":
            chosen = with_settings(defaults(arch), settings)
            every, seed = chosen.everything > 1, chosen.seed
            corpus = whole_clips_of(dataset, CANONICAL[skeleton], chosen.fps, every)
            corpus = corpus.everything() if chosen.everything else corpus
            split = "all" if every else split
            model, tensors = _embedding(embedding, CANONICAL[skeleton])
            job = fit_classifier(corpus, CANONICAL[skeleton], arch, model, tensors, chosen, unfinished, resume)
        elif arch == "window":
            flat_generator = with_settings(ImageGeneratorSettings(), settings)
            seed = flat_generator.seed
            corpus = whole_clips_of(dataset, CANONICAL[skeleton], flat_generator.fps)
            code, tensors = _code(corpus, CANONICAL[skeleton], flat_generator.features, embedding)
            job = fit_image_generator(corpus, code, tensors, flat_generator, unfinished, resume)
        elif arch == "textbook":
            usual = TextbookSettings(features="image") if CANONICAL[skeleton].dims == 2 else TextbookSettings()
            textbook = with_settings(usual, settings)
            seed = textbook.seed
            corpus = _corpus(dataset, CANONICAL[skeleton], textbook.fps)
            code, tensors = _code(corpus, CANONICAL[skeleton], textbook.features, embedding)
            job = fit_textbook(corpus, code, tensors, textbook, unfinished, resume)
        else:
            rnn = with_settings(RNNSettings(), settings)
            corpus, seed = corpus_of(dataset, CANONICAL[skeleton], rnn.fps, rnn.fold), rnn.seed
            code, tensors = _code(corpus, CANONICAL[skeleton], rnn.features, embedding)
            job = fit_rnn(corpus, code, tensors, rnn, unfinished, resume)
        trained_on = _trained_on(dataset, corpus, split, seed, command)
    last = Progress(0)
    for event in job:
        if isinstance(event, Progress):
            last = event
            yield event
            continue
        checkpoint.save(out, {**event[0], "trained_on": trained_on}, event[1])
    unfinished.path.unlink(missing_ok=True)
    yield Progress(last.total, last.total, last.text)


def _check(kind: str, arch: str | None, skeleton: str, space: str, embedding: Path | None) -> None:
    if kind not in ARCHITECTURES:
        raise PoseviewerError(f"train {kind}", "", "it cannot be trained yet", f"choose {' or '.join(ARCHITECTURES)}")
    if arch is not None and arch not in ARCHITECTURES[kind]:
        raise PoseviewerError(f"--arch {arch}", "", "it is not known", f"choose {' or '.join(ARCHITECTURES[kind])}")
    if skeleton not in CANONICAL:
        raise PoseviewerError(f"--skeleton {skeleton}", "", "it is not known", f"choose {' or '.join(CANONICAL)}")
    if kind == "generator" and arch in ("gru", "window") and arch != _usual(kind, CANONICAL[skeleton]):
        raise PoseviewerError(f"--arch {arch}", "", f"it is no generator for {skeleton}", "leave it out")
    if kind == "embedding" and arch not in (None, "vae") and CANONICAL[skeleton].dims == 2:
        raise PoseviewerError(
            f"--arch {arch}", "", f"it is no embedding for {skeleton}", "leave it out: a vae is trained"
        )
    if kind != "embedding" and space == "latent" and embedding is None:
        raise PoseviewerError(
            f"train {kind}", "", "it needs an embedding to stand on", "name one with --embedding, or --space raw"
        )
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
    return "window" if kind == "generator" and skeleton.dims == 2 else ARCHITECTURES[kind][0]


def _corpus(dataset: Dataset, skeleton: Skeleton, fps: float) -> Corpus:
    """Clips for a generator: 2D ones whole, since joints may be unknown in them; 3D ones cut where they jump."""
    return (whole_clips_of if skeleton.dims == 2 else corpus_of)(dataset, skeleton, fps)


def _code(corpus: Corpus, skeleton: Skeleton, features: str, embedding: Path | None) -> tuple[FrameCode, Tensors]:
    """What a generator's frames hold of a pose, and the tensors of the embedding that this needs."""
    if embedding is None:
        poses = np.concatenate([clip.positions for clip in corpus.training])
        return FrameCode(fit_space(skeleton, features, poses)), {}
    model, tensors = _embedding(embedding, skeleton)
    assert model is not None
    return FrameCode(model.space, model), tensors


def _embedding(path: Path | None, skeleton: Skeleton) -> tuple[EmbeddingModel | None, Tensors]:
    """The embedding that a model of space latent stands on, and its tensors."""
    if path is None:
        return None, {}
    card, tensors = checkpoint.load(path)
    if card.kind != "embedding" or card.skeleton.joints != skeleton.joints:
        raise PoseviewerError(path, "", f"it is no embedding of {skeleton.name} poses", "name another one")
    return EmbeddingModel(card, card.document, tensors), tensors


def _command(
    kind: str, arch: str, data: Path, out: Path, settings: Mapping[str, str], skeleton: str, embedding: Path | None
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
    return shlex.join(words)


def _trained_on(dataset: Dataset, corpus: Corpus, split: str, seed: int, command: str) -> dict[str, Any]:
    return {
        "dataset": dataset.name,
        "fingerprint": dataset.fingerprint(),
        "split": split,
        "clips": len(corpus.training_names),
        "validation_clips": list(corpus.validation_names),
        **({"left_out": list(corpus.left_out)} if corpus.left_out else {}),
        "frames": sum(len(clip) for clip in corpus.training),
        "seed": seed,
        "command": command,
        "provenance": dataset.provenance,
    }
