"""Training of the generator of 2D motions: closed loop from real frames, judged in the image.

Two losses: the mode (noise 0) by the distance of its joints from the real ones, and pairs of samples by the energy
score (Gneiting and Raftery, 2007), which is least where samples are spread as what may come is. Only joints that are
known count: fully where they are visible, less where the labels tell where an occluded one is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from poseviewer.nets.checkpoints.checkpoint import Tensors
from poseviewer.nets.models.frame_code import FrameCode
from poseviewer.nets.networks.window_generator import WindowGenerator
from poseviewer.progress import Progress
from poseviewer.train.corpus import Corpus
from poseviewer.train.judge import energy_score
from poseviewer.train.loop import Training
from poseviewer.train.sequences import ImageFrames, Windows, both_ways, bound
from poseviewer.train.task import Task

_SHORT = 2  # frames of the runs that training begins with
_EPOCH = 100  # steps between two looks at the validation clips
_CHECKED = 2000  # validation windows
_STEPS = (1, 2, 4, 8, 16)


@dataclass(frozen=True)
class WindowSettings:
    """features: of a generator that stands on no embedding; context: frames that it reads; horizon: frames that it then
    runs; warmup: steps of training with short runs of more windows, before the `steps` with long ones; forcing: share
    of the frames that are replaced by real ones before the next is made; sampled: share of the windows that are sampled
    twice and judged by the energy score, with weight sampled_weight, and for the steps from frame to frame with
    velocity_weight; occluded: weight of a joint that is known and not visible; code_weight: of the frame's own values;
    shift: standard deviation, image heights, by which windows are moved in the image; noise_correlation, noise_gain,
    residual_fading: of the finished generator.
    """

    features: str = "centred"
    hidden: int = 256
    depth: int = 3
    noise: int = 16
    fps: float = 30.0
    context: int = 10
    horizon: int = 32
    warmup: int = 500
    steps: int = 500
    batch: int = 64
    rate: float = 1e-3
    forcing: float = 0.3
    sampled: float = 0.5
    sampled_weight: float = 1.0
    velocity_weight: float = 1.0
    occluded: float = 0.3
    code_weight: float = 0.001
    shift: float = 0.05
    noise_correlation: float = 0.5
    noise_gain: float = 1.0
    residual_fading: float = 0.99
    seed: int = 1


def fit(corpus: Corpus, task: Task, settings: WindowSettings) -> Iterator[Progress | tuple[dict, Tensors]]:
    """Train over a code of poses; yields progress and at last the checkpoint's document and tensors."""
    code = task.code(settings.features, np.concatenate([clip.positions for clip in corpus.training]))
    frames = ImageFrames.of(both_ways(corpus.training), code, settings.occluded)
    held = ImageFrames.of(corpus.validation, code, 0.0)
    network: WindowGenerator = task.network(settings, inputs=code.frame_size)
    bound(network, frames.vectors, frames.changes())
    training = Training(network, settings.rate, settings.warmup + settings.steps, settings.seed)

    def losses(draw: np.random.Generator) -> Iterator[Tensor]:
        for _ in range(min(_EPOCH, training.steps - training.step)):
            horizon = _SHORT if training.step < settings.warmup else settings.horizon
            rows = settings.batch * settings.horizon // horizon
            yield _loss(network, code, frames.draw(rows, settings.context, horizon, draw, settings.shift), settings)

    def judged() -> str:
        errors = validation_errors(training.averaged_network(), code, held, settings)
        told = "validation error " + ", ".join(f"{100 * e:.2f}" for e in errors.values()) + " % of the image after "
        return told + ", ".join(map(str, errors)) + " frames"

    yield from training.epochs(math.ceil(training.steps / _EPOCH), settings, task.unfinished, losses, judged)
    averaged = training.averaged_network()
    errors = validation_errors(averaged, code, held, settings)
    metrics = {"validation_error_of_image": {f"{k}_frames": round(e, 5) for k, e in errors.items()}}
    yield task.generator(averaged, code, settings, metrics, torch.zeros(code.frame_size), torch.ones(code.frame_size))


def run(
    network: WindowGenerator, code: FrameCode, windows: Windows, noise: Tensor, forcing: float, fading: float
) -> tuple[Tensor, Tensor]:
    """What the network makes of windows: joints (B, H, J, 2) and frames (B, H, N). noise (B, H, U); forcing: share of
    frames after which it goes on from the real one.
    """
    memory, frame, residual = windows.context, windows.context[:, -1], windows.residual
    joints, frames = [], []
    for k in range(noise.shape[1]):
        following = network.following(frame, memory, noise[:, k])
        residual = fading * residual
        joints.append(_joints(code, following, residual))
        frames.append(following)
        real = torch.rand(len(frame), 1) < forcing
        frame = torch.where(real, windows.ahead[:, k], following)
        residual = torch.where(real, windows.residuals[:, k], residual)
        memory = network.read(frame, memory)
    return torch.stack(joints, dim=1), torch.stack(frames, dim=1)


def _joints(code: FrameCode, frame: Tensor, residual: Tensor) -> Tensor:
    """Joints (B, J, 2), image heights, of frames (B, N) whose poses hold `residual` (B, 2 J) beyond their codes."""
    count = residual.shape[1]
    features = code.features(frame[:, :-3])[:, :count] + residual
    space = code.space
    mean, std = (torch.tensor(a, dtype=torch.float32) for a in (space.mean, space.std))
    local = (features * std + mean).unflatten(1, (-1, 2))
    return frame[:, None, -3:-1] + frame[:, -1:, None].exp() * local


def _loss(network: WindowGenerator, code: FrameCode, windows: Windows, settings: WindowSettings) -> Tensor:
    count = len(windows.context)
    pairs = min(round(settings.sampled * count / 2), (count - 1) // 2)
    plain = windows.rows(torch.arange(count - 2 * pairs))
    both = windows.rows(torch.arange(count - pairs, count).repeat(2))
    zero = torch.zeros(len(plain.context), windows.ahead.shape[1], settings.noise)
    joints, frames = run(network, code, plain, zero, settings.forcing, settings.residual_fading)
    soon = 1.0 / torch.arange(1, zero.shape[1] + 1)
    weight = plain.weights * soon[:, None]
    error = ((joints - plain.truth).abs().sum(dim=-1) * weight).sum() / weight.sum().clamp_min(1.0)
    values = (frames - plain.ahead) / network.change_scale
    error = error + settings.code_weight * (values.abs().mean(dim=-1) * plain.known * soon).mean()
    if not pairs:
        return 100.0 * error
    noise = _wandering(len(both.context), zero.shape[1], settings)
    joints, _ = run(network, code, both, noise, 0.0, settings.residual_fading)
    score = _energy(joints, both.truth, both.weights, soon)
    steps = both.weights[:, 1:].minimum(both.weights[:, :-1])
    score = score + settings.velocity_weight * _energy(joints.diff(dim=1), both.truth.diff(dim=1), steps, soon[1:])
    return 100.0 * (error + settings.sampled_weight * score)


def _energy(made: Tensor, truth: Tensor, weights: Tensor, soon: Tensor) -> Tensor:
    """Energy score of pairs of samples (2 P, H, J, 2), the first and the second ones one after the other."""

    def apart(a: Tensor, b: Tensor) -> Tensor:
        squared = ((a - b).square().sum(dim=-1) * w).sum(dim=-1) / w.sum(dim=-1).clamp_min(1e-3)
        return (squared + 1e-8).sqrt()

    (first, second), half = made.chunk(2), len(made) // 2
    w = weights[:half]
    counts = soon * (w.sum(dim=-1) > 0.0)
    error = energy_score(first, second, truth[:half], apart)
    return (error * counts).sum() / counts.sum().clamp_min(1.0)


def _wandering(rows: int, length: int, settings: WindowSettings) -> Tensor:
    """Noise (B, T, U), standard normal and correlated from frame to frame as the finished generator's is."""
    rho = settings.noise_correlation
    noise = [torch.randn(rows, settings.noise)]
    for _ in range(length - 1):
        noise.append(rho * noise[-1] + (1.0 - rho**2) ** 0.5 * torch.randn_like(noise[-1]))
    return torch.stack(noise, dim=1)


@torch.no_grad()
def validation_errors(
    network: WindowGenerator, code: FrameCode, held: ImageFrames, settings: WindowSettings
) -> dict[int, float]:
    """Mean absolute error, image heights, of the coordinates of visible joints, by frames ahead, of the mode."""
    last = np.arange(0, len(held.vectors), max(1, len(held.vectors) // _CHECKED))
    windows = held.windows(last, settings.context, settings.horizon)
    zero = torch.zeros(len(last), settings.horizon, settings.noise)
    joints, _ = run(network, code, windows, zero, 0.0, settings.residual_fading)
    apart = (joints - windows.truth).abs().mean(dim=-1)
    seen = windows.weights * windows.visible[:, None]
    error = (apart * seen).sum(dim=(0, 2)) / seen.sum(dim=(0, 2)).clamp_min(1.0)
    return {k: float(error[k - 1]) for k in _STEPS if k <= settings.horizon}
