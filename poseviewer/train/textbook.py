"""Training of the textbook generator: teacher forcing, one frame ahead, kept at its best validation error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from poseviewer.nets.checkpoints.checkpoint import Tensors
from poseviewer.nets.models.frame_code import FrameCode
from poseviewer.nets.networks.textbook_generator import TextbookGenerator
from poseviewer.progress import Progress
from poseviewer.train.corpus import Corpus
from poseviewer.train.loop import Training, batches, steps_of
from poseviewer.train.sequences import LEAST_SPREAD, Frames, both_ways, joined, vectors_of
from poseviewer.train.task import Task


@dataclass(frozen=True)
class TextbookSettings:
    """features: of a generator that stands on no embedding; context: frames read; patience: epochs without a better
    validation error after which it ends; epochs: the most.
    """

    features: str = "directions"
    fps: float = 30.0
    context: int = 5
    hidden: int = 256
    epochs: int = 120
    patience: int = 15
    batch: int = 128
    rate: float = 1e-3
    seed: int = 1


def fit(corpus: Corpus, task: Task, settings: TextbookSettings) -> Iterator[Progress | tuple[dict, Tensors]]:
    """Train over a code of poses; yields progress and at last the checkpoint's document and tensors."""
    code = task.code(settings.features, np.concatenate([clip.positions for clip in corpus.training]))
    train = both_ways(corpus.training)
    raw = vectors_of(train, code, settings.fps)
    low, high = torch.cat(raw).amin(dim=0), torch.cat(raw).amax(dim=0)
    low[code.visible], high[code.visible] = -1.0, 1.0  # a joint that is always seen must not look unseen
    span = (high - low).clamp_min(LEAST_SPREAD)
    frames = joined(raw, train, settings.context + 1, low, span)
    kept = vectors_of(corpus.validation, code, settings.fps)
    held = joined(kept, corpus.validation, settings.context + 1, low, span)
    count = len(frames.starts)
    steps = settings.epochs * steps_of(count, settings.batch)
    network: TextbookGenerator = task.network(settings, inputs=code.frame_size)
    training = Training(network, settings.rate, steps, settings.seed, patience=settings.patience)

    def losses(draw: np.random.Generator) -> Iterator[Tensor]:
        for rows in batches(count, settings.batch, draw):
            yield _error(network, code, frames, rows).square().mean()

    def judged() -> str:
        error = _validation_error(training.averaged_network(), code, held)
        training.keep_if_best(error)
        return f"validation error {error:.5f} of the range, best {training.best_error:.5f}"

    yield from training.epochs(settings.epochs, settings, task.unfinished, losses, judged)
    metrics = {"validation_error_of_range": round(training.best_error, 6), "epochs": training.epoch}
    yield task.generator(training.averaged_network(best=True), code, settings, metrics, low, span)


def _error(network: TextbookGenerator, code: FrameCode, frames: Frames, rows: np.ndarray) -> Tensor:
    """Predicted less real next frames (B, N) of some windows, 0 where the real one is not known."""
    windows, _ = frames.windows(rows, network.config.context + 1)
    predicted: Tensor = network(windows[:, :-1]) - windows[:, -1]
    return predicted * _known(code, windows[:, -1])


def _known(code: FrameCode, frame: Tensor) -> Tensor:
    """(B, N) 1 for the values of real frames in 0..1 that are known: a joint of a 2D pose only where it is seen."""
    known = torch.ones_like(frame)
    seen = frame[:, code.visible].round().repeat_interleave(2, dim=1)
    known[:, : seen.shape[1]] = seen
    return known


@torch.no_grad()
def _validation_error(network: TextbookGenerator, code: FrameCode, held: Frames) -> float:
    """Mean absolute error of the next frame, in units of the training data's range."""
    chosen = np.array_split(np.arange(len(held.starts)), 8)
    parts = [_error(network, code, held, rows).abs().mean(dim=1) for rows in chosen]
    return float(torch.cat(parts).mean())
