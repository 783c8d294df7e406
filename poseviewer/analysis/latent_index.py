"""A dataset's latents, frame by frame."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
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
_CANDIDATES = 32  # frames near in the latent that are compared as poses


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


@dataclass(frozen=True, eq=False)
class RealPose:
    """A frame of a dataset, laid onto a pose that was asked about: pose (J, D), on the embedding's skeleton.

    error: mean distance of their known joints, metres or, in 2D, image heights.
    """

    name: str
    frame: int
    pose: NDArray[np.float32]
    error: float


def nearest_real(
    index: LatentIndex, latent: NDArray[np.floating], pose: NDArray[np.floating], read: Callable[[int], Clip]
) -> RealPose | None:
    """Of the indexed frames whose latents are nearest to `latent` (Z,) the one that is nearest as a pose (J, D).

    read: a clip of the dataset by its number. Each is moved, turned about y and, in 2D, scaled to lie best; None where
    no joint is known.
    """
    away = np.einsum("nz,nz->n", index.latents - np.float32(latent), index.latents - np.float32(latent))
    few = np.argpartition(away, _CANDIDATES)[:_CANDIDATES] if len(away) > _CANDIDATES else np.arange(len(away))
    best: RealPose | None = None
    for point in few[np.argsort(index.clip[few])].tolist():
        clip, frame = read(int(index.clip[point])), int(index.frame[point])
        laid = _laid(np.asarray(clip.positions[frame], dtype=np.float64), np.asarray(pose, dtype=np.float64))
        off = np.linalg.norm(laid - pose, axis=-1)
        error = float(off[np.isfinite(off)].mean()) if np.isfinite(off).any() else np.inf
        if error < (np.inf if best is None else best.error):
            best = RealPose(clip.name, frame, laid.astype(np.float32), error)
    return best


def _laid(real: NDArray[np.floating], pose: NDArray[np.floating]) -> NDArray[np.floating]:
    """A pose (J, D) moved, turned about y and, in 2D, scaled so that its joints are nearest to another one's."""
    known = np.isfinite(real).all(axis=1) & np.isfinite(pose).all(axis=1)
    if not known.any():
        return real
    centre, there = real[known].mean(axis=0), pose[known].mean(axis=0)
    a, b = real[known] - centre, pose[known] - there
    if real.shape[1] == 2:
        size = np.sqrt((b**2).sum() / max(float((a**2).sum()), 1e-12))
        return size * (real - centre) + there
    turn = np.arctan2((a[:, 2] * b[:, 0] - a[:, 0] * b[:, 2]).sum(), (a[:, 0] * b[:, 0] + a[:, 2] * b[:, 2]).sum())
    cos, sin = np.cos(turn), np.sin(turn)
    turned: NDArray[np.floating] = (real - centre) @ np.array([[cos, 0.0, -sin], [0.0, 1.0, 0.0], [sin, 0.0, cos]])
    return turned + there
