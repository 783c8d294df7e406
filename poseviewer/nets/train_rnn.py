"""Training of the recurrent generator: closed loop, feeding on its own output more and more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import smooth_l1_loss

from poseviewer.motion.clip import Clip
from poseviewer.nets import root_motion
from poseviewer.nets.augment import at_speeds, mirrored, on_another_rig
from poseviewer.nets.checkpoint import EMBEDDING, NETWORK, Tensors, skeleton_document, whole
from poseviewer.nets.corpus import SHORTEST, Corpus
from poseviewer.nets.embedding_model import EmbeddingModel
from poseviewer.nets.local_positions import LocalPositions, grounded
from poseviewer.nets.rnn_generator import RNNGenerator, RNNGeneratorConfig
from poseviewer.nets.training import Training, batches
from poseviewer.nets.vae import VAE, divergence
from poseviewer.progress import Progress

_RANGE = (0.05, 99.95)  # percentiles of the training data that bound a frame's values
_MARGIN = 0.1
_TOLERANCE = 0.2  # of the logarithm of a figure: continuations of one beginning differ by that much
_STANDING = 0.3  # leg lengths a second: a foot about as fast as that is hardly standing any more


@dataclass(frozen=True)
class RNNSettings:
    """context: real frames before the model feeds on itself; horizon: frames that it then runs; windows: sequences an
    epoch; own_feeding: share of the training after which it feeds on its own output alone; mean_share: share of the
    sequences that run on the prior's mean; free_share: of those that are sampled from the prior and compared with real
    motion by their statistics, with weight free_weight; divergence: weight of the prior against the posterior; speeds:
    the motions are also shown slower and faster; rigs: and on so many other bodies; feet: how much more the velocity of
    a standing foot counts than that of other joints; noise_correlation, residual_fading: of the finished generator.
    """

    hidden: int = 256
    noise: int = 16
    width: int = 192
    fps: float = 30.0
    context: int = 10
    horizon: int = 40
    epochs: int = 28
    windows: int = 4096
    batch: int = 64
    rate: float = 1.5e-3
    own_feeding: float = 0.42
    mean_share: float = 0.35
    divergence: float = 0.2
    input_noise: float = 0.04
    pose_weight: float = 10.0
    velocity_weight: float = 40.0
    free_share: float = 0.3
    free_weight: float = 1.5
    feet: float = 4.0
    speeds: tuple = (0.9, 1.0, 1.1)
    rigs: int = 1
    noise_correlation: float = 0.7
    residual_fading: float = 0.97
    seed: int = 1


@dataclass(frozen=True, eq=False)
class _Frames:
    """Frames (F, N) of many clips end to end; where windows may begin (W,), where their clips end, how often each is drawn."""

    vectors: Tensor
    starts: np.ndarray
    stops: np.ndarray
    odds: np.ndarray

    def windows(self, chosen: np.ndarray, length: int) -> tuple[Tensor, Tensor]:
        """Windows (B, length, N) and which of their frames are real (B, length): a clip's last frame is repeated."""
        at = self.starts[chosen, None] + np.arange(length)
        stops = self.stops[chosen, None]
        return self.vectors[torch.from_numpy(np.minimum(at, stops - 1))], torch.from_numpy(
            (at < stops).astype(np.float32)
        )


def fit(
    corpus: Corpus,
    embedding: EmbeddingModel,
    embedding_tensors: Tensors,
    settings: RNNSettings,
    state: Path,
    resume: bool,
) -> Iterator[Progress | tuple[dict, Tensors]]:
    """Train over an embedding; yields progress and at last the checkpoint's document and tensors."""
    length = settings.context + settings.horizon
    train = _shown(corpus.training, settings)
    raw = _vectors(train, embedding, settings.fps)
    mean, std = torch.cat(raw).mean(dim=0), torch.cat(raw).std(dim=0)
    frames = _joined([(v - mean) / std for v in raw], [clip.action for clip in train], settings.context + SHORTEST)
    kept = [(v - mean) / std for v in _vectors(corpus.validation, embedding, settings.fps)]
    held = _joined(kept, [clip.action for clip in corpus.validation], settings.context + SHORTEST)
    config = RNNGeneratorConfig(frames.vectors.shape[1], settings.hidden, settings.noise, settings.width)
    torch.manual_seed(settings.seed)
    network = _bounded(RNNGenerator(config), raw, mean, std)
    judge = _Judge(embedding, mean, std, settings.fps)
    per_epoch = settings.windows // settings.batch
    training = Training(network, settings.rate, settings.epochs * per_epoch, settings.seed)
    if resume and state.exists():
        training.resume(state, _plain(settings))
    text = ""
    while training.epoch < settings.epochs:
        draw = training.begin_epoch()
        chosen = draw.choice(len(frames.starts), settings.windows, p=frames.odds)
        for done, rows in enumerate(batches(settings.windows, settings.batch, draw)):
            real, known = frames.windows(chosen[rows], length)
            fed = min(1.0, training.step / max(1.0, settings.own_feeding * training.steps))
            training.descend(_loss(network, judge, real, known, fed, settings))
            yield Progress(training.epoch * per_epoch + done, training.steps, text)
        training.epoch += 1
        averaged = training.averaged_network(RNNGenerator(config))
        assert isinstance(averaged, RNNGenerator)
        errors = _errors(averaged, judge, held, settings)
        text = "validation error " + ", ".join(f"{e:.1f}" for e in errors.values()) + " % of the leg at "
        text += ", ".join(f"{1000 * k / settings.fps:.0f}" for k in errors) + " ms"
        training.save(state, _plain(settings))
    averaged = training.averaged_network(RNNGenerator(config))
    assert isinstance(averaged, RNNGenerator)
    errors = _errors(averaged, judge, held, settings)
    weights = {name: tensor.numpy() for name, tensor in averaged.state_dict().items()}
    document = {
        "kind": "generator",
        "architecture": "gru",
        "config": asdict(config),
        "skeleton": skeleton_document(embedding.skeleton),
        "fps": settings.fps,
        "features": embedding.space.config(),
        "generation": {
            "context": settings.context,
            "stochastic": True,
            "noise_correlation": settings.noise_correlation,
            "residual_fading": settings.residual_fading,
        },
        "metrics": {
            "validation_error_of_leg": {
                f"{1000 * k / settings.fps:.0f}_ms": round(e / 100, 4) for k, e in errors.items()
            }
        },
        "embedding": dict(embedding.card.document),
    }
    frame = {"frame/mean": mean.numpy(), "frame/std": std.numpy()}
    yield document, whole(weights, NETWORK) | frame | whole(embedding_tensors, EMBEDDING)


class _Judge:
    """What frames look like in space: joints and their velocities over the ground, in leg lengths."""

    def __init__(self, embedding: EmbeddingModel, mean: Tensor, std: Tensor, fps: float) -> None:
        self._vae: VAE = embedding.network
        self._local = LocalPositions(embedding.space)
        self._mean, self._std, self._fps = mean, std, fps
        joints = embedding.skeleton.joints
        self._toes = [j for j, joint in enumerate(joints) if joint.endswith("toe")]
        self._feet = torch.tensor([float(joint.endswith(("ankle", "toe"))) for joint in joints])

    def __call__(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """Frames (B, T, N) -> joints (B, T, J, 3) in the heading frame; their steps (B, T - 1, J, 3) over the ground."""
        raw = frames * self._std + self._mean
        code, motion = raw[..., : -root_motion.SIZE], raw[..., -root_motion.SIZE :]
        local = self._local(self._vae.decode(code))
        joints = grounded(local) + _upward(motion[..., 3])
        left, ahead, turn = (motion[:, 1:, k, None] / self._fps for k in range(3))
        later = joints[:, 1:]
        c, s = torch.cos(turn), torch.sin(turn)
        x, y, z = later[..., 0], later[..., 1], later[..., 2]
        moved = torch.stack([c * x + s * z + left, y, c * z - s * x + ahead], dim=-1)
        return joints, moved - joints[:, :-1]

    def figures(self, joints: Tensor, steps: Tensor, known: Tensor) -> Tensor:
        """(B, 4) the joints' mean speed and change of speed, the slower foot's speed and the largest clearance.

        joints (B, T, J, 3), steps (B, T - 1, J, 3), known (B, T); in leg lengths.
        """
        speed = _mean(steps.norm(dim=-1).mean(dim=2), known[:, 1:])
        change = _mean(steps.diff(dim=1).norm(dim=-1).mean(dim=2), known[:, 2:])
        slower = _mean(steps[:, :, self._toes].norm(dim=-1).amin(dim=-1), known[:, 1:])
        height = joints[..., 1].amin(dim=-1) * known
        return torch.stack([speed, change, slower, torch.logsumexp(40.0 * height, dim=1) / 40.0], dim=1)

    def standing(self, steps: Tensor, feet: float) -> Tensor:
        """Weights (B, T, J) of steps (B, T, J, 3): 1, more for feet the slower they are."""
        speed = steps.norm(dim=-1) * self._fps
        return 1.0 + feet * self._feet * torch.exp(-speed / _STANDING)


@dataclass(frozen=True, eq=False)
class _Run:
    """A batch that the network made: frames (B, T, N) and divergences (B, T); guided (B,) followed the posterior or the
    prior's mean, the others sampled from the prior.
    """

    frames: Tensor
    nats: Tensor
    guided: Tensor


def _run(network: RNNGenerator, real: Tensor, fed: float, settings: RNNSettings) -> _Run:
    """Real frames (B, T + 1, N) read and predicted, more and more on the network's own output."""
    rows, length, _ = real.shape
    kind = torch.rand(rows, 1)
    on_mean = (kind < settings.mean_share).float()
    free = (kind > 1.0 - settings.free_share).float()
    own = (torch.rand(rows, length) < fed).float().maximum(free)
    own[:, : settings.context] = 0.0
    memory, frame = network.start(rows), real[:, 0]
    frames, nats = [], []
    drift = torch.randn(rows, network.config.noise)
    rho = settings.noise_correlation
    for t in range(length - 1):
        memory = network.read(frame + settings.input_noise * torch.randn_like(frame), memory)
        change = ((real[:, t + 1] - frame) / network.change_scale).clamp(-8.0, 8.0)
        prior, posterior = network.prior(memory), network.posterior(memory, change)
        drift = rho * drift + (1.0 - rho**2) ** 0.5 * torch.randn_like(drift)
        guided = posterior[0] + posterior[1].exp() * torch.randn_like(drift)
        sampled = prior[0] + prior[1].exp() * drift
        latent = on_mean * prior[0] + free * sampled + (1.0 - on_mean - free) * guided
        following = network.following(frame, memory, latent)
        nats.append(_between(posterior, prior).mean(dim=-1))
        frames.append(following)
        feed = own[:, t + 1, None]
        frame = feed * following + (1.0 - feed) * real[:, t + 1]
    return _Run(torch.stack(frames, dim=1), torch.stack(nats, dim=1), 1.0 - free[:, 0])


def _loss(
    network: RNNGenerator, judge: _Judge, real: Tensor, known: Tensor, fed: float, settings: RNNSettings
) -> Tensor:
    run = _run(network, real, fed, settings)
    made, truth = run.frames, real[:, 1:]
    joints, steps = judge(made)
    with torch.no_grad():
        real_joints, real_steps = judge(truth)
    scale, known = network.change_scale, known[:, 1:]
    change = smooth_l1_loss(made / scale, truth / scale, reduction="none").mean(dim=2)
    pose = (joints - real_joints).norm(dim=-1).mean(dim=2)
    apart = (judge.standing(real_steps, settings.feet) * (steps - real_steps).norm(dim=-1)).mean(dim=2)
    followed = _mean(0.3 * change + settings.pose_weight * pose + settings.divergence * run.nats, known)
    followed = followed + settings.velocity_weight * _mean(apart, known[:, 1:])
    after = slice(settings.context - 1, None)
    figures = judge.figures(joints[:, after], steps[:, after], known[:, after])
    real_figures = judge.figures(real_joints[:, after], real_steps[:, after], known[:, after])
    unlike = _unlikeness(figures, real_figures)
    return (run.guided * followed).mean() + settings.free_weight * fed * ((1.0 - run.guided) * unlike).mean()


def _unlikeness(figures: Tensor, real: Tensor) -> Tensor:
    """(B,) how far the figures (B, 4) of sampled windows lie from those of the real ones that began alike."""
    apart = (torch.log(figures[:, :3] + 1e-3) - torch.log(real[:, :3] + 1e-3)).abs()
    higher = (figures[:, 3] - real[:, 3]).clamp_min(0.0)
    return (apart - _TOLERANCE).clamp_min(0.0).sum(dim=1) + 20.0 * higher


def _mean(values: Tensor, known: Tensor) -> Tensor:
    """Mean (B,) over the known ones of values (B, T)."""
    return (values * known).sum(dim=1) / known.sum(dim=1).clamp_min(1.0)


def _between(q: tuple[Tensor, Tensor], p: tuple[Tensor, Tensor]) -> Tensor:
    """Divergence (B, U), nats, of the Gaussian q from p, each (mean, log_std)."""
    log = q[1] - p[1]
    return divergence((q[0] - p[0]) * torch.exp(-p[1]), log)


@torch.no_grad()
def _errors(network: RNNGenerator, judge: _Judge, held: _Frames, settings: RNNSettings) -> dict[int, float]:
    """Mean joint error, % of the leg, of the prior's mean on held-out windows, by frame after the context."""
    chosen = np.arange(0, len(held.starts), max(1, len(held.starts) // 512))
    real, known = held.windows(chosen, settings.context + settings.horizon)
    memory = network.start(len(real))
    frame, made = real[:, 0], []
    for t in range(settings.context + settings.horizon - 1):
        memory = network.read(frame, memory)
        following = network.following(frame, memory, network.prior(memory)[0])
        frame = following if t + 1 >= settings.context else real[:, t + 1]
        made.append(frame)
    error = (judge(torch.stack(made, dim=1))[0] - judge(real[:, 1:])[0]).norm(dim=-1).mean(dim=2)
    after = _mean(error.T, known[:, 1:].T)[settings.context - 1 :]
    return {k: round(100 * float(after[k - 1]), 3) for k in (3, 6, 12, 30) if k <= len(after)}


def _shown(clips: Sequence[Clip], settings: RNNSettings) -> list[Clip]:
    """The clips and their mirror images, on other rigs too, at all speeds."""
    draw = np.random.default_rng([settings.seed, 13])
    both = [*clips, *(mirrored(clip) for clip in clips)]
    others = [on_another_rig(clip, draw) for clip in both for _ in range(settings.rigs)]
    return at_speeds([*both, *others], settings.speeds)


@torch.no_grad()
def _vectors(clips: Sequence[Clip], embedding: EmbeddingModel, fps: float) -> list[Tensor]:
    """Each clip's frames (F, Z + 4): latent and root motion."""
    result = []
    for clip in clips:
        features, at = embedding.space.features(clip.positions)
        motion = root_motion.features(at, root_motion.floor_of(at), fps)
        code = embedding.encode_features(features)[0]
        result.append(torch.tensor(np.concatenate([code, motion], axis=1), dtype=torch.float32))
    return result


def _joined(vectors: Sequence[Tensor], actions: Sequence[str], shortest: int) -> _Frames:
    """Clips' frames end to end. Rare actions are drawn more often than their frames: by the root of their number."""
    starts: list[np.ndarray] = []
    stops: list[np.ndarray] = []
    labels: list[str] = []
    offset = 0
    for v, action in zip(vectors, actions, strict=True):
        count = max(0, len(v) - shortest + 1)
        starts.append(offset + np.arange(count))
        offset += len(v)
        stops.append(np.full(count, offset))
        labels += [action] * count
    _, action_of, windows = np.unique(labels, return_inverse=True, return_counts=True)
    odds = windows[action_of] ** -0.5
    return _Frames(torch.cat(list(vectors)), np.concatenate(starts), np.concatenate(stops), odds / odds.sum())


def _bounded(network: RNNGenerator, raw: Sequence[Tensor], mean: Tensor, std: Tensor) -> RNNGenerator:
    """Tell the network the training data's range and its usual change."""
    frames = torch.cat(list(raw)).sub(mean).div(std).numpy()
    low, high = np.percentile(frames, _RANGE, axis=0)
    margin = _MARGIN * (high - low)
    network.low.copy_(torch.tensor(low - margin))
    network.high.copy_(torch.tensor(high + margin))
    network.change_scale.copy_(torch.cat([v.diff(dim=0) for v in raw]).div(std).std(dim=0))
    return network


def _upward(height: Tensor) -> Tensor:
    """Heights (B, T) as vectors (B, T, 1, 3)."""
    zero = torch.zeros_like(height)
    return torch.stack([zero, height, zero], dim=-1)[..., None, :]


def _plain(settings: RNNSettings) -> dict:
    return {**asdict(settings), "speeds": list(settings.speeds)}
