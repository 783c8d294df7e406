"""A dataset's latents, frame by frame."""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.encoding import latents_of
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.motion.actions import action_name
from poseviewer.motion.clip import Clip
from poseviewer.nets.protocols import Embedding
from poseviewer.progress import Progress

_BETWEEN_REPORTS = 0.08  # seconds


@dataclass(frozen=True, eq=False)
class LatentIndex:
    """A dataset as an embedding sees it: latents (N, Z) of every frame that could be encoded.

    It names what it was made of: clip (N,) and frame (N,) count in that dataset and mean nothing in another one.
    actions: names, in the order in which the dataset's clips bring them; action: (clips,) the number of each clip's.
    errors (N,): mean distance of a frame's known joints from what its latent decodes to, metres or, in 2D, image
    heights; None while nobody has asked for them.
    """

    dataset: Dataset
    embedding: Embedding
    latents: NDArray[np.float32]
    clip: NDArray[np.int32]
    frame: NDArray[np.int32]
    actions: tuple[str, ...]
    action: NDArray[np.int32]
    errors: NDArray[np.float32] | None = None

    def is_of(self, dataset: Dataset | None, embedding: Embedding | None) -> bool:
        """Whether it is of this dataset by this embedding, or by one with the same weights that was loaded again."""
        if self.dataset is not dataset or embedding is None:
            return False
        own = getattr(self.embedding, "id", None)
        return self.embedding is embedding or (bool(own) and own == getattr(embedding, "id", None))


def index_dataset(dataset: Dataset, embedding: Embedding) -> Generator[Progress, None, LatentIndex]:
    """Encode every frame of a dataset whose clip maps onto the embedding's skeleton. A Job that returns the index."""
    size = sum(embedding.level_sizes)
    latents, clips, frames = [np.zeros((0, size), np.float32)], [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
    actions: dict[str, int] = {}
    action = np.zeros(len(dataset), dtype=np.int32)
    reported = time.monotonic()
    for number in range(len(dataset)):
        clip = dataset.clip(number)
        action[number] = actions.setdefault(action_name(clip.action), len(actions))
        try:
            part = latents_of(clip, embedding)
        except PoseviewerError:
            continue
        latents.append(part)
        clips.append(np.full(len(part), number, dtype=np.int32))
        frames.append(np.arange(len(part), dtype=np.int32))
        if time.monotonic() - reported > _BETWEEN_REPORTS:
            reported = time.monotonic()
            yield Progress(number + 1, len(dataset), f"encodes {clip.name}")
    yield Progress(len(dataset), len(dataset), f"encoded {sum(map(len, latents))} frames")
    of_clip, of_frame = np.concatenate(clips), np.concatenate(frames)
    return LatentIndex(dataset, embedding, np.concatenate(latents), of_clip, of_frame, tuple(actions), action)


def with_errors(index: LatentIndex) -> Generator[Progress, None, LatentIndex]:
    """Decode what every frame was encoded to. A Job that returns the index with its errors."""
    errors = np.full(len(index.clip), np.nan, dtype=np.float32)
    numbers, starts = np.unique(index.clip, return_index=True)  # the frames of a clip stand together
    reported = time.monotonic()
    for done, (number, start) in enumerate(zip(numbers.tolist(), starts.tolist(), strict=True)):
        clip = index.dataset.clip(number)
        errors[start : start + len(clip)] = _off(clip, index.embedding)
        if time.monotonic() - reported > _BETWEEN_REPORTS:
            reported = time.monotonic()
            yield Progress(done + 1, len(numbers), f"decodes {clip.name}")
    yield Progress(len(numbers), len(numbers), f"decoded {len(errors)} frames")
    return replace(index, errors=errors)


def _off(clip: Clip, embedding: Embedding) -> NDArray[np.floating]:
    """(F,) of a clip; NaN where no joint is known."""
    mapped = clip.onto(embedding.skeleton)
    posterior, at = embedding.encode(mapped.positions, mapped.visible)
    away = np.linalg.norm(embedding.decode(posterior.latent, at).poses - mapped.positions, axis=-1)
    known = np.isfinite(away)
    return np.where(known, away, 0.0).sum(axis=1) / np.where(known.any(axis=1), known.sum(axis=1), np.nan)
