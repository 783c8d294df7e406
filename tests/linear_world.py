"""A small bench for widget tests: two clips and an embedding that is linear, so that every expectation is exact."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.density import kernel_density
from poseviewer.analysis.latent_index import index_dataset
from poseviewer.analysis.projection import PCAProjection
from poseviewer.app.session import Session
from poseviewer.bench.bench import Bench
from poseviewer.data.dataset import Dataset
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.nets.models.reference import Density, Histogram
from poseviewer.nets.protocols import Decoded, Placement, Posterior
from poseviewer.progress import finished

SIZE = 6
FRAMES = 48


class LinearEmbedding:
    """Poses about their pelvis <-> six orthogonal directions of them, of variances 6 to 1 in the latent."""

    skeleton = HUMANOID
    level_sizes = (SIZE,)

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self._axes = np.linalg.qr(rng.normal(size=(3 * len(HUMANOID.joints), SIZE)))[0].T
        self.latent_mean = np.linspace(-0.2, 0.2, SIZE)
        self.latent_covariance = np.diag(np.linspace(6.0, 1.0, SIZE)) / 10.0
        self.kl = np.array([0.5, 2.0, 1.0, 3.0, 0.1, 1.5])
        points = rng.normal(size=(4000, SIZE)) @ np.sqrt(self.latent_covariance)
        self.density: Density = kernel_density(points[:, :2])
        edges = np.stack([np.linspace(-2, 2, 65)] * SIZE)
        counts = np.stack([np.histogram(p, e)[0] for p, e in zip(points.T, edges, strict=True)])
        self.histogram = Histogram(counts, edges)

    def encode(self, poses: NDArray[Any], visible: NDArray[np.bool_] | None = None) -> tuple[Posterior, Placement]:
        root = np.asarray(poses, dtype=np.float64)[:, 0]
        flat = (poses - root[:, None]).reshape(len(poses), -1)
        latent = flat @ self._axes.T
        ones = np.ones(len(poses))
        return Posterior(((latent, np.ones_like(latent)),)), Placement(root, 0.0 * ones, ones)

    def decode(self, latent: NDArray[Any], at: Placement) -> Decoded:
        flat = np.asarray(latent, dtype=np.float64) @ self._axes
        return Decoded(flat.reshape(len(latent), -1, 3) + at.root[:, None])


def clips() -> list[Clip]:
    """A walk and a run: two rings in the latent space."""
    rng, made = np.random.default_rng(1), []
    embedding = LinearEmbedding()
    phase = np.arange(FRAMES) * 2 * np.pi / FRAMES
    for name, radius in (("walk", 1.0), ("run", 1.6)):
        latent = np.zeros((FRAMES, SIZE))
        latent[:, 0], latent[:, 1] = radius * np.cos(phase), 0.6 * radius * np.sin(phase)
        latent[:, 2:] = 0.05 * rng.normal(size=(FRAMES, SIZE - 2))
        root = np.stack([0 * phase, 0.9 + 0 * phase, 0.03 * np.arange(FRAMES)], axis=1)
        poses = embedding.decode(latent, Placement(root, phase, phase)).poses
        poses = poses - poses[:, :1] + root[:, None]
        made.append(Clip(HUMANOID, poses.astype(np.float32), 30.0, name, action=name, loop=name == "walk"))
    return made


def fill_bench(bench: Bench) -> LinearEmbedding:
    """Put the walk, the embedding, the index and the map on a bench."""
    embedding, dataset = LinearEmbedding(), Dataset.of(clips(), "rings")
    bench.datasets.append(dataset)
    bench.embedding = embedding  # type: ignore[assignment]
    bench.place(dataset.clip(0), dataset, 0)
    assert bench.read is not None
    bench.clip_latents = embedding.encode(bench.read.positions)[0].latent
    index = finished(index_dataset(dataset, embedding))  # type: ignore[arg-type]
    bench.indexes.append(index)
    bench.projection = PCAProjection.fit(index.latents)
    return embedding


def fill(session: Session) -> LinearEmbedding:
    """The same on a session's bench, at once and without threads."""
    embedding = fill_bench(session.bench)
    for signal in (session.datasets_changed, session.clip_changed, session.models_changed, session.latents_changed):
        signal.emit()
    return embedding
