"""Training of embeddings of 3D poses: the VAE, the ladder VAE, and beside them the plain autoencoder and PCA."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.checkpoints.checkpoint import Tensors
from poseviewer.nets.models import reference
from poseviewer.nets.networks.autoencoder import Autoencoder, AutoencoderConfig
from poseviewer.nets.networks.ladder import LadderConfig, LadderVAE
from poseviewer.nets.networks.pca import PCA, PCAConfig
from poseviewer.nets.networks.vae import VAE, VAEConfig, divergence
from poseviewer.nets.spaces.world import PoseSpace
from poseviewer.progress import Progress
from poseviewer.train.augment import leaning, mirrored, on_another_rig
from poseviewer.train.corpus import Corpus
from poseviewer.train.local_positions import LocalPositions
from poseviewer.train.loop import Training, Unfinished, batches
from poseviewer.train.writing import Network, embedding_checkpoint


@dataclass(frozen=True)
class VAESettings:
    """spread: the standard deviation, in leg lengths, that the likelihood gives a decoded joint's coordinate, so the
    weight of the divergence; free_bits: nats of each dimension that cost nothing; noise: added to standardised inputs;
    rigs: how many other bodies each clip is also shown on; leaning: radians, deviation of the angle by which half of
    those lean; mixing: share of the poses that are given the arms or the legs of another; fold: 1 to 5 = leave that
    fifth of the training clips out (analysis/folds.py).
    """

    features: str = "directions"
    latent: int = 16
    hidden: int = 256
    depth: int = 2
    epochs: int = 45
    batch: int = 256
    rate: float = 1e-3
    spread: float = 0.015
    free_bits: float = 0.1
    noise: float = 0.03
    rigs: int = 2
    leaning: float = 0.8
    mixing: float = 0.5
    fold: int = 0
    seed: int = 1


@dataclass(frozen=True)
class LadderSettings(VAESettings):
    """top: dimensions of the upper level, out of `latent`."""

    top: int = 6


@dataclass(frozen=True)
class PCASettings(VAESettings):
    """Fitted at once to the training poses as they are: there are no epochs."""

    epochs: int = 0


SETTINGS: dict[str, type[VAESettings]] = {
    "vae": VAESettings,
    "ladder": LadderSettings,
    "autoencoder": VAESettings,
    "pca": PCASettings,
}
"""By architecture."""


def fit(
    corpus: Corpus,
    skeleton: Skeleton,
    settings: VAESettings,
    state: Unfinished,
    resume: bool,
    architecture: str = "vae",
) -> Iterator[Progress | tuple[dict, Tensors]]:
    """Train; yields progress and at last the checkpoint's document and tensors."""
    if isinstance(settings, PCASettings) and settings.epochs:
        raise PoseviewerError("--set epochs", "", "a pca is fitted at once and has no epochs", "leave it out")
    training_poses = _poses(corpus.training)
    space = PoseSpace.fit(skeleton, settings.features, training_poses)
    x = _features(space, np.concatenate([training_poses, _poses(_others(corpus.training, settings))]))
    validation = _features(space, _poses(corpus.validation))
    local = LocalPositions(space)
    torch.manual_seed(settings.seed)
    network = _network(architecture, space.size, settings)
    network.start_as_pca(x if settings.epochs else _features(space, training_poses))
    limbs = _limbs(skeleton)
    per_epoch = len(x) // min(settings.batch, len(x))
    training = Training(network, settings.rate, settings.epochs * per_epoch, settings.seed)

    def losses(draw: np.random.Generator) -> Iterator[Tensor]:
        assert not isinstance(network, PCA)
        for rows in batches(len(x), settings.batch, draw):
            clean = _mixed(x[torch.from_numpy(rows)], limbs, settings.mixing)
            yield _loss(network, local, clean + settings.noise * torch.randn_like(clean), clean, settings)

    def averaged() -> Network:
        made = training.averaged_network(_network(architecture, space.size, settings))
        assert isinstance(made, Network)
        return made

    def judged() -> str:
        error, nats = _figures(averaged(), local, validation)
        return f"validation error {100 * error:.2f} % of the leg, {nats.sum():.1f} nats"

    yield from training.epochs(settings.epochs, settings, state, resume, losses, judged)
    error, nats = _figures(averaged(), local, validation)
    yield _checkpoint(averaged(), architecture, space, corpus, error, nats, settings)


def _network(architecture: str, inputs: int, settings: VAESettings) -> Network:
    """A fresh network."""
    sizes = (settings.hidden, settings.depth)
    if isinstance(settings, LadderSettings):
        try:
            return LadderVAE(LadderConfig(inputs, settings.latent, settings.top, *sizes))
        except ValueError as error:
            raise PoseviewerError("--set top", "", str(error), "choose a smaller one") from error
    if architecture == "autoencoder":
        return Autoencoder(AutoencoderConfig(inputs, settings.latent, *sizes))
    if architecture == "pca":
        return PCA(PCAConfig(inputs, settings.latent))
    return VAE(VAEConfig(inputs, settings.latent, *sizes))


def _loss(
    network: VAE | LadderVAE | Autoencoder, local: LocalPositions, noisy: Tensor, clean: Tensor, settings: VAESettings
) -> Tensor:
    latent, mean, log_std = network.sample(noisy)
    decoded = network.decode(latent)
    space = 0.5 * ((local(decoded) - local(clean)) / settings.spread).square().sum(dim=(-2, -1)).mean()
    features = 0.5 * (decoded - clean).square().sum(dim=-1).mean()  # keeps wrists and toes from twisting freely
    nats = _nats(network, mean, log_std).mean(dim=0).clamp_min(settings.free_bits).sum()
    return (space + features + nats) / clean.shape[-1]


def _nats(network: Network, mean: Tensor, log_std: Tensor) -> Tensor:
    """Divergence (B, Z) of the posterior from the prior, 0 where there is no prior."""
    return divergence(mean, log_std) if network.probabilistic else torch.zeros_like(mean)


@torch.no_grad()
def _figures(network: Network, local: LocalPositions, x: Tensor) -> tuple[float, Tensor]:
    """Mean joint error, leg lengths, and divergence (Z,) of the posterior's mean on features x."""
    mean, log_std = network.encode(x)
    error = (local(network.decode(mean)) - local(x)).norm(dim=-1)[:, 1:].mean()  # the root is at 0 in both
    return float(error), _nats(network, mean, log_std).mean(dim=0)


@torch.no_grad()
def _checkpoint(
    network: Network,
    architecture: str,
    space: PoseSpace,
    corpus: Corpus,
    error: float,
    nats: Tensor,
    settings: VAESettings,
) -> tuple[dict, Tensors]:
    x = _features(space, _poses(corpus.training))
    mean, log_std = network.encode(x)
    clips = np.repeat(np.arange(len(corpus.training)), [len(clip) for clip in corpus.training])
    statistics = reference.statistics(mean.numpy(), _nats(network, mean, log_std).numpy(), clips, settings.seed)
    leg = float(np.median(space.placement(_poses(corpus.validation)).scale))
    metrics = {"validation_error_cm": round(100 * error * leg, 3), "validation_nats": round(float(nats.sum()), 2)}
    return embedding_checkpoint(network, architecture, space, statistics, metrics)


def _mixed(x: Tensor, limbs: list[Tensor], share: float) -> Tensor:
    """Features (B, N), some of which get one limb's features from another row."""
    x = x.clone()
    for columns in limbs:
        rows = torch.nonzero(torch.rand(len(x)) < share / len(limbs))[:, 0]
        x[rows[:, None], columns] = x[torch.randint(len(x), (len(rows),))[:, None], columns]
    return x


def _limbs(skeleton: Skeleton) -> list[Tensor]:
    """Feature columns of the left arm, the right arm, both arms and both legs."""
    joints = [joint for joint, parent in zip(skeleton.joints, skeleton.parents or (), strict=True) if parent >= 0]

    def columns(*names: str) -> Tensor:
        picked = [k for k, joint in enumerate(joints) if joint.endswith(names)]
        return torch.tensor([3 * k + axis for k in picked for axis in range(3)])

    return [
        columns("left_elbow", "left_wrist"),
        columns("right_elbow", "right_wrist"),
        columns("elbow", "wrist"),
        columns("knee", "ankle", "toe"),
    ]


def _others(clips: Sequence[Clip], settings: VAESettings) -> list[Clip]:
    """The clips mirrored, and both on other rigs, half of those leaning."""
    draw = np.random.default_rng([settings.seed, 11])
    reflected = [mirrored(clip) for clip in clips]
    others = [on_another_rig(clip, draw) for clip in [*clips, *reflected] for _ in range(settings.rigs)]
    return reflected + [leaning(clip, draw, settings.leaning) if i % 2 else clip for i, clip in enumerate(others)]


def _poses(clips: Sequence[Clip]) -> np.ndarray:
    return np.concatenate([clip.positions for clip in clips])


def _features(space: PoseSpace, poses: np.ndarray) -> Tensor:
    return torch.tensor(space.features(poses)[0], dtype=torch.float32)
