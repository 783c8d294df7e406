"""Training of embeddings of single poses: the VAE, the ladder VAE, and beside them the plain autoencoder and PCA.

One `fit`, and for poses in the world and poses in an image each a recipe: what is shown, and how far off a decoded pose
is. Of 2D poses it is also learned which joints are seen (a Bernoulli head).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.checkpoints.checkpoint import REFERENCE, Tensors, whole
from poseviewer.nets.models import reference
from poseviewer.nets.models.frame_code import FrameCode
from poseviewer.nets.models.mixture_prior import MixturePrior
from poseviewer.nets.networks.embedding_network import EmbeddingNetwork
from poseviewer.nets.networks.vae import divergence
from poseviewer.nets.protocols import Array
from poseviewer.nets.spaces.choice import fit_space
from poseviewer.nets.spaces.space import Space
from poseviewer.progress import Progress
from poseviewer.train import augment
from poseviewer.train.batches import mirrored, reshaped, without_joints
from poseviewer.train.corpus import Corpus
from poseviewer.train.local_positions import LocalPositions
from poseviewer.train.loop import Training, batches, steps_of
from poseviewer.train.sequences import visible_joints
from poseviewer.train.task import Task

_LIMBS = (("left_elbow", "left_wrist"), ("right_elbow", "right_wrist"), ("elbow", "wrist"), ("knee", "ankle", "toe"))
"""The left arm, the right arm, both arms and both legs, by the ends of their joints' names."""


@dataclass(frozen=True)
class EmbeddingSettings:
    """spread: the standard deviation, in sizes of the pose (3D: leg lengths), that the likelihood gives a decoded
    joint's coordinate, so the weight of the divergence; free_bits: nats of each dimension that cost nothing; noise:
    added to standardised inputs; epochs: 0 of PCA, which is fitted at once to the training poses as they are.
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
    seed: int = 1


@dataclass(frozen=True)
class BodySettings(EmbeddingSettings):
    """rigs: how many other bodies each clip is also shown on; leaning: radians, deviation of the angle by which half of
    those lean; mixing: share of the poses that are given the arms or the legs of another; fold: 1 to 5 = leave that
    fifth of the training clips out (measure/forecast/folds.py).
    """

    rigs: int = 2
    leaning: float = 0.8
    mixing: float = 0.5
    fold: int = 0


@dataclass(frozen=True)
class ImageSettings(EmbeddingSettings):
    """hiding: share of the joints that are hidden from the encoder and asked of the decoder; turn, stretch: see
    batches.py.
    """

    features: str = "centred"
    hidden: int = 384
    depth: int = 3
    epochs: int = 30
    batch: int = 512
    spread: float = 0.03
    free_bits: float = 0.05
    noise: float = 0.01
    fps: float = 15.0
    hiding: float = 0.03
    turn: float = 0.1
    stretch: float = 0.05


@dataclass(frozen=True)
class BodyLadderSettings(BodySettings):
    """top: dimensions of the upper level, out of `latent`."""

    top: int = 6


@dataclass(frozen=True)
class ImageLadderSettings(ImageSettings):
    """top: dimensions of the upper level, out of `latent`."""

    top: int = 6


class Poses(Protocol):
    """Poses to learn from, as a recipe shows them. Features (B, N), T training poses.

    training (T, N), of the clips (T,), and validation: features of the poses as they are; start: those that the
    networks' linear maps begin at; linear: those that PCA is fitted to; count: poses of an epoch; values: what the loss
    is a mean over; size: what errors are told in; mixture: whether new poses are drawn from a mixture of Gaussians,
    else from the standard normal.

    shown: what the encoder is shown (B, N) of some poses, and what the decoder is asked for; loss: nats, the mean over
    the poses, of decoded features (B, N); error: mean distance of the joints of features x (B, N), where they are
    known, from decoded ones; metrics: what a checkpoint says of the error on the validation poses.
    """

    space: Space
    training: Tensor
    clips: NDArray[np.integer]
    validation: Tensor
    start: Tensor
    linear: Tensor
    count: int
    values: int
    size: str = ""
    mixture: bool = False

    def shown(self, rows: NDArray[np.intp], draw: np.random.Generator) -> tuple[Tensor, Tensor]: ...
    def loss(self, decoded: Tensor, asked: Tensor) -> Tensor: ...
    def error(self, decoded: Tensor, x: Tensor) -> float: ...
    def metrics(self, error: float) -> dict[str, float]: ...


def fit(
    recipe: Callable[[Corpus, Skeleton, Any], Poses], corpus: Corpus, task: Task, settings: EmbeddingSettings
) -> Iterator[Progress | tuple[dict, Tensors]]:
    """Train; yields progress and at last the checkpoint's document and tensors."""
    if task.architecture == "pca" and settings.epochs:
        raise PoseviewerError("--set epochs", "", "a pca is fitted at once and has no epochs", "leave it out")
    poses = recipe(corpus, task.skeleton, settings)
    if settings.latent > min(poses.linear.shape):
        cause = f"there are {len(poses.linear)} poses of {poses.space.size} features to make it of"
        raise PoseviewerError("--set latent", "", cause, "choose a smaller one")
    network: EmbeddingNetwork = task.network(settings, inputs=poses.space.size)
    network.start_as_pca(poses.start if settings.epochs else poses.linear)
    steps = settings.epochs * steps_of(poses.count, settings.batch)
    training = Training(network, settings.rate, steps, settings.seed)

    def losses(draw: np.random.Generator) -> Iterator[Tensor]:
        for rows in batches(poses.count, settings.batch, draw):
            x, asked = poses.shown(rows, draw)
            latent, mean, log_std = network.sample(x + settings.noise * torch.randn_like(x))
            nats = _nats(network, mean, log_std).mean(dim=0).clamp_min(settings.free_bits).sum()
            yield (poses.loss(network.decode(latent), asked) + nats) / poses.values

    def judged() -> str:
        error, nats = _figures(training.averaged_network(), poses)
        return f"validation error {100 * error:.2f} % of {poses.size}, {nats:.1f} nats"

    yield from training.epochs(settings.epochs, settings, task.unfinished, losses, judged)
    averaged = training.averaged_network()
    error, nats = _figures(averaged, poses)
    with torch.no_grad():
        mean, log_std = averaged.encode(poses.training)
    of_each = _nats(network, mean, log_std).numpy()
    statistics = reference.statistics(mean.numpy(), of_each, poses.clips, settings.seed)
    if poses.mixture:
        statistics |= MixturePrior.fit(mean.numpy(), log_std.exp().numpy(), poses.clips, settings.seed).tensors()
    metrics = poses.metrics(error) | {"validation_nats": round(nats, 2)}
    yield task.checkpoint(averaged, FrameCode(poses.space), None, metrics, whole(statistics, REFERENCE))


def _nats(network: EmbeddingNetwork, mean: Tensor, log_std: Tensor) -> Tensor:
    """Divergence (B, Z) of the posterior from the prior, 0 where there is no prior."""
    return divergence(mean, log_std) if network.probabilistic else torch.zeros_like(mean)


@torch.no_grad()
def _figures(network: EmbeddingNetwork, poses: Poses) -> tuple[float, float]:
    """Error of the validation poses decoded from the posterior's mean, and the posterior's divergence in nats."""
    mean, log_std = network.encode(poses.validation)
    nats = _nats(network, mean, log_std).mean(dim=0).sum()
    return poses.error(network.decode(mean), poses.validation), float(nats)


class BodyPoses(Poses):
    """3D poses, also mirrored, on other bodies, leaning and with limbs of others, judged by their joints in space, in
    leg lengths.
    """

    size = "the leg"

    def __init__(self, corpus: Corpus, skeleton: Skeleton, settings: BodySettings) -> None:
        poses, kept = _positions(corpus.training), _positions(corpus.validation)
        self.space = fit_space(skeleton, settings.features, poses)
        self.training, self.validation = _features(self.space, poses), _features(self.space, kept)
        self.linear = self.training
        self.clips = _numbers(corpus.training)
        self.start = _features(self.space, np.concatenate([poses, _positions(_others(corpus.training, settings))]))
        self.count, self.values = self.start.shape
        self._leg = float(np.median(self.space.placement(kept).scale))
        self._local, self._limbs, self._settings = LocalPositions(self.space), _limbs(skeleton), settings

    def shown(self, rows: NDArray[np.intp], draw: np.random.Generator) -> tuple[Tensor, Tensor]:
        clean = _mixed(self.start[torch.from_numpy(rows)], self._limbs, self._settings.mixing)
        return clean, clean

    def loss(self, decoded: Tensor, asked: Tensor) -> Tensor:
        apart = (self._local(decoded) - self._local(asked)) / self._settings.spread
        space = 0.5 * apart.square().sum(dim=(-2, -1)).mean()
        features = 0.5 * (decoded - asked).square().sum(dim=-1).mean()  # keeps wrists and toes from twisting freely
        return space + features

    def error(self, decoded: Tensor, x: Tensor) -> float:
        return float((self._local(decoded) - self._local(x)).norm(dim=-1)[:, 1:].mean())  # the root is at 0 in both

    def metrics(self, error: float) -> dict[str, float]:
        return {"validation_error_cm": round(100 * error * self._leg, 3)}


class ImagePoses(Poses):
    """2D poses, also mirrored, turned, stretched and with joints hidden, judged where their joints are seen, in sizes
    of the pose, and by which of them are.
    """

    size = "the pose's size"
    mixture = True

    def __init__(self, corpus: Corpus, skeleton: Skeleton, settings: ImageSettings) -> None:
        self._poses, self.clips = known_poses(corpus.training)
        self.space = fit_space(skeleton, settings.features, self._poses)
        self.training = self.start = _features(self.space, self._poses)
        self.validation = _features(self.space, known_poses(corpus.validation)[0])
        self.count, self.values = len(self._poses), len(self.space.mean)
        self.linear = self.training.clone()  # axes that tell which joints are seen would be lost to where they are
        self.linear[:, self.values :] = self.training[:, self.values :].mean(dim=0)
        self._std, self._settings = torch.tensor(self.space.std, dtype=torch.float32), settings
        self._unit = torch.tensor(self.space.std / settings.spread, dtype=torch.float32)

    def shown(self, rows: NDArray[np.intp], draw: np.random.Generator) -> tuple[Tensor, Tensor]:
        """What is asked for (B, 3 J): the coordinates, standardised, then 1 where a joint is known and 0 elsewhere."""
        settings, skeleton = self._settings, self.space.skeleton
        poses = mirrored(self._poses[rows][:, None], draw.random(len(rows)) < 0.5, skeleton)
        poses = reshaped(poses, draw, turn=settings.turn, stretch=settings.stretch, shift=0.0)
        part, poses = without_joints(poses, draw, settings.hiding)[:, 0], poses[:, 0]
        features, at = self.space.features(part)
        full = np.where(np.isfinite(poses), poses, 0.0)
        raw = ((full - at.root[:, None]) / at.scale[:, None, None]).reshape(len(poses), -1)
        asked = np.concatenate([(raw - self.space.mean) / self.space.std, np.isfinite(poses).all(axis=-1)], axis=1)
        return torch.tensor(features, dtype=torch.float32), torch.tensor(asked, dtype=torch.float32)

    def loss(self, decoded: Tensor, asked: Tensor) -> Tensor:
        places, logits = decoded[:, : self.values], decoded[:, self.values :]
        target, visible = asked[:, : self.values], asked[:, self.values :]
        squared = ((places - target) * self._unit).square().unflatten(1, (-1, 2)).sum(dim=-1)
        apart = 0.5 * (squared * visible).sum(dim=-1).mean()
        return apart + binary_cross_entropy_with_logits(logits, visible, reduction="none").sum(dim=-1).mean()

    def error(self, decoded: Tensor, x: Tensor) -> float:
        apart = (decoded[:, : self.values] - x[:, : self.values]) * self._std
        return float(apart.unflatten(1, (-1, 2)).norm(dim=-1)[x[:, self.values :] > 0.0].mean())

    def metrics(self, error: float) -> dict[str, float]:
        return {"validation_error_of_size": round(error, 5)}


def known_poses(clips: Sequence[Clip]) -> tuple[Array, NDArray[np.integer]]:
    """Poses (B, J, 2) in which a joint is seen, NaN where one is not, and the numbers of their clips (B,)."""
    poses = _positions(clips).astype(np.float64)
    poses[~np.concatenate([visible_joints(clip) for clip in clips])] = np.nan
    some = np.isfinite(poses).all(axis=-1).any(axis=-1)
    return poses[some], _numbers(clips)[some]


def _mixed(x: Tensor, limbs: list[Tensor], share: float) -> Tensor:
    """Features (B, N), some of which get one limb's features from another row."""
    x = x.clone()
    for columns in limbs:
        rows = torch.nonzero(torch.rand(len(x)) < share / len(limbs))[:, 0]
        x[rows[:, None], columns] = x[torch.randint(len(x), (len(rows),))[:, None], columns]
    return x


def _limbs(skeleton: Skeleton) -> list[Tensor]:
    """Feature columns of each of the limbs."""
    joints = [joint for joint, parent in zip(skeleton.joints, skeleton.parents or (), strict=True) if parent >= 0]
    picked = [[k for k, joint in enumerate(joints) if joint.endswith(names)] for names in _LIMBS]
    return [torch.tensor([3 * k + axis for k in limb for axis in range(3)]) for limb in picked]


def _others(clips: Sequence[Clip], settings: BodySettings) -> list[Clip]:
    """The clips mirrored, and both on other rigs, half of those leaning."""
    draw = np.random.default_rng([settings.seed, 11])
    reflected = [augment.mirrored(clip) for clip in clips]
    both = [*clips, *reflected]
    others = [augment.on_another_rig(clip, draw) for clip in both for _ in range(settings.rigs)]
    tipped = [augment.leaning(clip, draw, settings.leaning) if i % 2 else clip for i, clip in enumerate(others)]
    return reflected + tipped


def _positions(clips: Sequence[Clip]) -> Array:
    return np.concatenate([clip.positions for clip in clips])


def _numbers(clips: Sequence[Clip]) -> NDArray[np.integer]:
    """Which of the clips each of their poses is of."""
    return np.repeat(np.arange(len(clips)), [len(clip) for clip in clips])


def _features(space: Space, poses: np.ndarray) -> Tensor:
    return torch.tensor(space.features(poses)[0], dtype=torch.float32)
