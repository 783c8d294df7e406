"""Training of the VAE of 2D poses: joints where they are seen, and which of them are seen (a Bernoulli head)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.checkpoints.checkpoint import Tensors
from poseviewer.nets.models import reference
from poseviewer.nets.models.mixture_prior import MixturePrior
from poseviewer.nets.networks.vae import VAE, VAEConfig, divergence
from poseviewer.nets.protocols import Array
from poseviewer.nets.spaces.image import ImageSpace
from poseviewer.progress import Progress
from poseviewer.train.batches import mirrored, reshaped, without_joints
from poseviewer.train.corpus import Corpus
from poseviewer.train.loop import Training, Unfinished, batches
from poseviewer.train.writing import embedding_checkpoint


@dataclass(frozen=True)
class ImageVAESettings:
    """spread: the standard deviation, in sizes of the pose, that the likelihood gives a decoded coordinate, so the
    weight of the divergence; free_bits: nats of each dimension that cost nothing; noise: added to the standardised
    input; hiding: share of the joints that are hidden from the encoder and asked of the decoder; turn, stretch: see
    motion_batches.
    """

    features: str = "centred"
    fps: float = 15.0
    latent: int = 16
    hidden: int = 384
    depth: int = 3
    epochs: int = 30
    batch: int = 512
    rate: float = 1e-3
    spread: float = 0.03
    free_bits: float = 0.05
    noise: float = 0.01
    hiding: float = 0.03
    turn: float = 0.1
    stretch: float = 0.05
    seed: int = 1


def fit(
    corpus: Corpus, skeleton: Skeleton, settings: ImageVAESettings, state: Unfinished, resume: bool
) -> Iterator[Progress | tuple[dict, Tensors]]:
    """Train; yields progress and at last the checkpoint's document and tensors."""
    poses, clips = known_poses(corpus.training)
    space = ImageSpace.fit(skeleton, settings.features, poses)
    x, validation = _features(space, poses), _features(space, known_poses(corpus.validation)[0])
    config = VAEConfig(space.size, settings.latent, settings.hidden, settings.depth)
    torch.manual_seed(settings.seed)
    network = VAE(config)
    network.start_as_pca(x)
    per_epoch = max(1, len(poses) // settings.batch)
    training = Training(network, settings.rate, settings.epochs * per_epoch, settings.seed)

    def losses(draw: np.random.Generator) -> Iterator[Tensor]:
        for rows in batches(len(poses), settings.batch, draw):
            shown = mirrored(poses[rows][:, None], draw.random(len(rows)) < 0.5, skeleton.mirror)
            shown = reshaped(shown, draw, turn=settings.turn, stretch=settings.stretch, shift=0.0)
            part = without_joints(shown, draw, settings.hiding)[:, 0]
            yield _loss(network, space, part, shown[:, 0], settings)

    def judged() -> str:
        error, nats = _figures(_averaged(training, config), space, validation)
        return f"validation error {100 * error:.2f} % of the pose's size, {nats.sum():.1f} nats"

    yield from training.epochs(settings.epochs, settings, state, resume, losses, judged)
    averaged = _averaged(training, config)
    error, nats = _figures(averaged, space, validation)
    with torch.no_grad():
        mean, log_std = averaged.encode(x)
    statistics = reference.statistics(mean.numpy(), divergence(mean, log_std).numpy(), clips, settings.seed)
    statistics |= MixturePrior.fit(mean.numpy(), log_std.exp().numpy(), clips, settings.seed).tensors()
    metrics = {"validation_error_of_size": round(error, 5), "validation_nats": round(float(nats.sum()), 2)}
    yield embedding_checkpoint(averaged, "vae", space, statistics, metrics)


def known_poses(clips: Sequence[Clip]) -> tuple[Array, np.ndarray]:
    """Poses (B, J, 2) in which a joint is seen, NaN where one is not, and the numbers of their clips (B,)."""
    poses = np.concatenate([_seen(clip) for clip in clips])
    number = np.repeat(np.arange(len(clips)), [len(clip) for clip in clips])
    some = np.isfinite(poses).all(axis=-1).any(axis=-1)
    return poses[some], number[some]


def _seen(clip: Clip) -> Array:
    """A clip's positions (F, J, 2), NaN where a joint is not visible."""
    positions = np.array(clip.positions, dtype=np.float64)
    if clip.visible is not None:
        positions[~clip.visible] = np.nan
    return positions


def _loss(network: VAE, space: ImageSpace, part: Array, poses: Array, settings: ImageVAESettings) -> Tensor:
    """Of poses (B, J, 2), of which the encoder sees a part."""
    features, at = space.features(part)
    full = np.where(np.isfinite(poses), poses, 0.0)
    raw = ((full - at.root[:, None]) / at.scale[:, None, None]).reshape(len(poses), -1)
    target = torch.tensor((raw - space.mean) / space.std, dtype=torch.float32)
    visible = torch.tensor(np.isfinite(poses).all(axis=-1), dtype=torch.float32)
    x = torch.tensor(features, dtype=torch.float32)
    mean, log_std = network.encode(x + settings.noise * torch.randn_like(x))
    decoded = network.decode(mean + log_std.exp() * torch.randn_like(mean))
    count = target.shape[1]
    unit = torch.tensor(space.std / settings.spread, dtype=torch.float32)
    squared = ((decoded[:, :count] - target) * unit).square().unflatten(1, (-1, 2)).sum(dim=-1)
    places = 0.5 * (squared * visible).sum(dim=-1).mean()
    seen_loss = binary_cross_entropy_with_logits(decoded[:, count:], visible, reduction="none").sum(dim=-1).mean()
    nats = divergence(mean, log_std).mean(dim=0).clamp_min(settings.free_bits).sum()
    return (places + seen_loss + nats) / count


@torch.no_grad()
def _figures(network: VAE, space: ImageSpace, x: Tensor) -> tuple[float, Tensor]:
    """Mean distance of the known joints of features x from their decoding, in sizes of the pose; divergence (Z,)."""
    mean, log_std = network.encode(x)
    count = len(space.mean)
    apart = (network.decode(mean)[:, :count] - x[:, :count]) * torch.tensor(space.std, dtype=torch.float32)
    visible = x[:, count:] > 0.0
    return float(apart.unflatten(1, (-1, 2)).norm(dim=-1)[visible].mean()), divergence(mean, log_std).mean(dim=0)


def _averaged(training: Training, config: VAEConfig) -> VAE:
    network = training.averaged_network(VAE(config))
    assert isinstance(network, VAE)
    return network


def _features(space: ImageSpace, poses: Array) -> Tensor:
    return torch.tensor(space.features(poses)[0], dtype=torch.float32)
