"""Training of the recurrent generator: closed loop, feeding on its own output more and more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad, smooth_l1_loss

from poseviewer.nets.checkpoints.checkpoint import Tensors
from poseviewer.nets.networks.gru_generator import GRUGenerator
from poseviewer.progress import Progress
from poseviewer.train.corpus import SHORTEST, Corpus
from poseviewer.train.judge import Judge, divergence_between, energy_score, masked_mean, rms, unlikeness
from poseviewer.train.loop import Training, batches, steps_of
from poseviewer.train.sequences import LEAST_SPREAD, Frames, bound, joined, shown, vectors_of
from poseviewer.train.task import Task

_WARM_HORIZON = 2
_SOON = 6.0  # frames


@dataclass(frozen=True)
class GRUSettings:
    """features: of a generator that stands on no embedding; reads: of the network; context: real frames before the
    model feeds on itself; horizon: frames that it then runs; warmup: epochs of short windows of real frames alone,
    before the others; windows: sequences of an epoch; own_feeding: share of the others after which it feeds on its own
    output alone; mean_share: share of the sequences that run on the prior's mean; free_share: of those that are sampled
    from the prior, two of each beginning, and compared with what came: by their statistics, with weight free_weight,
    and by the energy score, with weight energy_weight; divergence: weight of the prior against the posterior; early:
    how much more the first generated frames count; speeds: the motions are also shown slower and faster; rigs: and on
    so many other bodies; feet: how much more the velocity of a standing foot counts than that of other joints;
    momentum, restore: of the network (gru_generator.py); pull, pull_noise: of its denoiser; learned_correlation: from
    frame to frame, of the noise that it learns with; noise_correlation, noise_gain, pull_gain, residual_fading: of the
    finished generator; fold: 1 to 5 = leave that fifth of the training clips out (measure/forecast/folds.py).
    """

    features: str = "directions"
    hidden: int = 256
    noise: int = 16
    width: int = 192
    reads: int = 2
    momentum: int = 1
    restore: int = 256
    pull: float = 0.03
    pull_noise: float = 1.0
    fps: float = 30.0
    context: int = 10
    horizon: int = 40
    warmup: int = 10
    epochs: int = 16
    windows: int = 4096
    batch: int = 80
    rate: float = 2e-3
    own_feeding: float = 0.42
    mean_share: float = 0.35
    divergence: float = 0.2
    input_noise: float = 0.01
    early: float = 4.0
    pose_weight: float = 10.0
    velocity_weight: float = 40.0
    free_share: float = 0.3
    free_weight: float = 1.5
    energy_weight: float = 1.5
    feet: float = 4.0
    speeds: tuple = (0.9, 1.0, 1.1)
    rigs: int = 1
    learned_correlation: float = 0.7
    noise_correlation: float = 0.5
    noise_gain: float = 1.5
    pull_gain: float = 1.5
    residual_fading: float = 0.97
    fold: int = 0
    seed: int = 1


def fit(corpus: Corpus, task: Task, settings: GRUSettings) -> Iterator[Progress | tuple[dict, Tensors]]:
    """Train over a code of poses; yields progress and at last the checkpoint's document and tensors."""
    code = task.code(settings.features, np.concatenate([clip.positions for clip in corpus.training]))
    train = shown(corpus.training, settings.speeds, settings.rigs, settings.seed)
    raw = vectors_of(train, code, settings.fps)
    mean, std = torch.cat(raw).mean(dim=0), torch.cat(raw).std(dim=0).clamp_min(LEAST_SPREAD)
    frames = joined(raw, train, settings.context + SHORTEST, mean, std)
    kept = vectors_of(corpus.validation, code, settings.fps)
    held = joined(kept, corpus.validation, settings.context + SHORTEST, mean, std)
    network: GRUGenerator = task.network(settings, inputs=code.frame_size, pose=code.size)
    bound(network, frames.vectors, torch.cat([v.diff(dim=0) for v in raw]).div(std))
    if network.denoiser is not None:
        network.denoiser.pull.fill_(settings.pull)
    judge = Judge(code, mean, std, settings.fps)
    warm = replace(settings, horizon=_WARM_HORIZON, windows=4 * settings.windows, batch=2 * settings.batch)
    warm = replace(warm, mean_share=0.5, free_share=0.0)
    warm_steps = settings.warmup * steps_of(warm.windows, warm.batch)
    long_steps = settings.epochs * steps_of(settings.windows, settings.batch)
    training = Training(network, settings.rate, warm_steps + long_steps, settings.seed)

    def losses(draw: np.random.Generator) -> Iterator[Tensor]:
        now = warm if training.epoch < settings.warmup else settings
        chosen = draw.choice(len(frames.starts), now.windows, p=frames.odds)
        for rows in batches(now.windows, now.batch, draw):
            real, known = frames.windows(chosen[rows], now.context + now.horizon)
            fed = min(1.0, max(0, training.step - warm_steps) / max(1.0, settings.own_feeding * long_steps))
            yield _loss(network, judge, real, known, fed, now)

    def judged() -> str:
        errors = _errors(training.averaged_network(), judge, held, settings)
        told = "validation error " + ", ".join(f"{e:.1f}" for e in errors.values()) + " % of the leg at "
        return told + ", ".join(f"{1000 * k / settings.fps:.0f}" for k in errors) + " ms"

    yield from training.epochs(settings.warmup + settings.epochs, settings, task.unfinished, losses, judged)
    finished = training.averaged_network()
    if finished.denoiser is not None:
        finished.denoiser.pull.mul_(settings.pull_gain)
    errors = _errors(finished, judge, held, settings)
    error = {f"{1000 * k / settings.fps:.0f}_ms": round(e / 100, 4) for k, e in errors.items()}
    yield task.generator(finished, code, settings, {"validation_error_of_leg": error}, mean, std)


def _run(network: GRUGenerator, real: Tensor, fed: float, pairs: int, settings: GRUSettings) -> tuple[Tensor, Tensor]:
    """Real frames (B, T + 1, N) read and predicted, more and more on the network's own output: on the posterior or the
    prior's mean, the last 2 * pairs rows on samples from the prior. Made frames (B, T, N), and divergences (B, T).
    """
    rows, length, _ = real.shape
    free = (torch.arange(rows) >= rows - 2 * pairs).float()[:, None]
    on_mean = (1.0 - free) * (torch.rand(rows, 1) * (1.0 - settings.free_share) < settings.mean_share)
    own = (torch.rand(rows, length) < fed).float().maximum(free)
    own[:, : settings.context] = 0.0
    memory, frame = network.start(rows), real[:, 0]
    frames, nats = [], []
    drift = torch.randn(rows, network.config.noise)
    rho = settings.learned_correlation
    for t in range(length - 1):
        memory = network.read(frame + settings.input_noise * torch.randn_like(frame), memory)
        change = ((real[:, t + 1] - frame) / network.change_scale).clamp(-8.0, 8.0)
        prior, posterior = network.prior(memory), network.posterior(memory, change)
        drift = rho * drift + (1.0 - rho**2) ** 0.5 * torch.randn_like(drift)
        guided = posterior[0] + posterior[1].exp() * torch.randn_like(drift)
        sampled = prior[0] + prior[1].exp() * drift
        latent = on_mean * prior[0] + free * sampled + (1.0 - on_mean - free) * guided
        following = network.following(frame, memory, latent)
        nats.append(divergence_between(posterior, prior).mean(dim=-1))
        frames.append(following)
        feed = own[:, t + 1, None]
        frame = feed * following + (1.0 - feed) * real[:, t + 1]
    return torch.stack(frames, dim=1), torch.stack(nats, dim=1)


def _loss(
    network: GRUGenerator, judge: Judge, real: Tensor, known: Tensor, fed: float, settings: GRUSettings
) -> Tensor:
    pairs = min(round(settings.free_share * len(real) / 2), len(real) // 2)
    real, known = _twice_at_the_end(real, pairs), _twice_at_the_end(known, pairs)
    made, nats = _run(network, real, fed, pairs, settings)
    truth = real[:, 1:]
    joints, steps = judge(made)
    with torch.no_grad():
        real_joints, real_steps = judge(truth)
    scale, known = network.change_scale, known[:, 1:]
    change = smooth_l1_loss(made / scale, truth / scale, reduction="none").mean(dim=2)
    pose = (joints - real_joints).norm(dim=-1).mean(dim=2)
    apart = (judge.standing(real_steps, settings.feet) * (steps - real_steps).norm(dim=-1)).mean(dim=2)
    drift = judge.drift(steps[:, settings.context - 1 :], real_steps[:, settings.context - 1 :])
    pose = pose + pad(drift, (settings.context, 0))
    soon = _soon(made.shape[1], settings)
    followed = soon * (0.3 * change + settings.pose_weight * pose) + settings.divergence * nats
    followed = masked_mean(followed, known) + settings.velocity_weight * masked_mean(apart, known[:, 1:])
    guided = len(real) - 2 * pairs
    lost = followed[:guided].sum()
    if pairs:
        after = slice(settings.context - 1, None)
        figures = judge.figures(joints[:, after], steps[:, after], known[:, after])
        real_figures = judge.figures(real_joints[:, after], real_steps[:, after], known[:, after])
        unlike = unlikeness(figures[guided:], real_figures[guided:])
        first, second = joints[guided:, after].chunk(2)
        score = masked_mean(energy_score(first, second, real_joints[-pairs:, after], rms), known[-pairs:, after])
        energy = settings.pose_weight * settings.energy_weight * 2.0 * score.sum()
        lost = lost + fed * (settings.free_weight * unlike.sum() + energy)
    lost = lost / len(real)
    if network.denoiser is not None:  # shares no weights with the rest
        poses = real[..., : network.config.pose].flatten(0, 1)
        lost = lost + network.denoiser.error(poses, settings.pull_noise)
    return lost


def _twice_at_the_end(rows: Tensor, pairs: int) -> Tensor:
    """The rows (B, ...), the last `pairs` ones also in place of as many before them."""
    return torch.cat([rows[: len(rows) - 2 * pairs], rows[len(rows) - pairs :], rows[len(rows) - pairs :]])


def _soon(length: int, settings: GRUSettings) -> Tensor:
    """(T,) how much the errors of a window's frames count: more where it has just begun to feed on itself."""
    ahead = torch.arange(length) - (settings.context - 1)
    return 1.0 + settings.early * torch.where(ahead >= 0, torch.exp(-ahead / _SOON), 0.0)


@torch.no_grad()
def _errors(network: GRUGenerator, judge: Judge, held: Frames, settings: GRUSettings) -> dict[int, float]:
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
    after = masked_mean(error.T, known[:, 1:].T)[settings.context - 1 :]
    return {k: round(100 * float(after[k - 1]), 3) for k in (3, 6, 12, 30) if k <= len(after)}
