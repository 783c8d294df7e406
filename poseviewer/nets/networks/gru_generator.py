"""A recurrent generator with a latent per step, in the manner of motion VAEs (Ling et al., SIGGRAPH 2020).

A GRU reads the newest frame; a Gaussian prior p(u | h) offers what may come next, a posterior q(u | h, change) says in
training what came; the output is the change to the next frame, scaled by the training data's own change and bounded.
A frame is a standardised vector: latents or features of the pose, then the root's four features.

The pose of each frame is then drawn a little towards real ones (denoiser.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from poseviewer.nets.networks.bounded import LARGEST_CHANGE, BoundedGenerator, limited
from poseviewer.nets.networks.denoiser import Denoiser
from poseviewer.nets.networks.weights import near_zero

_SOFTNESS = 0.25  # how far, in half ranges, a value may go beyond its training range


@dataclass(frozen=True)
class GRUGeneratorConfig:
    """inputs: size N of a frame's vector; hidden: GRU units H; noise: size U of the latent per step; reads: 1 for the
    newest frame alone, 2 for its change since the one before too, which makes the first frames much more accurate;
    momentum: 1 where that change, if it is read, is also handed on linearly. pose: size M of a frame's pose, its first
    numbers; restore: units of the denoiser, 0 for none.
    """

    inputs: int
    hidden: int = 256
    noise: int = 16
    width: int = 192
    reads: int = 1
    momentum: int = 0
    pose: int = 0
    restore: int = 0


class GRUGenerator(BoundedGenerator):
    """One step at a time: `read` the newest frame, ask `prior` or `posterior`, make the `following` one."""

    config: GRUGeneratorConfig

    def __init__(self, config: GRUGeneratorConfig) -> None:
        super().__init__(config)
        n, h, u, w = config.inputs, config.hidden, config.noise, config.width
        self._parts = [h, n, n, 1]  # sizes of a memory's hidden units, last frame, its change, and whether there is one
        self.gru = nn.GRUCell(n * min(config.reads, 2), h)
        self.prior_network = nn.Linear(h, 2 * u)
        self.posterior_network = nn.Sequential(nn.Linear(h + n, w), nn.SiLU(), nn.Linear(w, 2 * u))
        self.output = nn.Sequential(nn.Linear(h + u, w), nn.SiLU(), nn.Linear(w, w), nn.SiLU(), nn.Linear(w, n))
        for layer in (self.prior_network, self.posterior_network[-1], self.output[-1]):
            near_zero(layer)  # no change, and a standard normal latent
        self.momentum = nn.Linear(n, n, bias=False) if config.momentum and config.reads > 1 else None
        if self.momentum is not None:
            nn.init.zeros_(self.momentum.weight)
        self.denoiser = Denoiser(config.pose, config.restore) if config.restore else None

    def start(self, rows: int) -> Tensor:
        """The memory (B, K) before any frame: hidden units, and for two reads the last frame, its change and whether
        there is one."""
        size = self.config.hidden + (2 * self.config.inputs + 1 if self.config.reads > 1 else 0)
        return self.low.new_zeros(rows, size)

    def read(self, frame: Tensor, memory: Tensor) -> Tensor:
        """Memory (B, K) after the frame (B, N)."""
        frame = self.inside(frame)
        if self.config.reads == 1:
            return self.gru(frame, memory)
        hidden, before, _, seen = memory.split(self._parts, dim=-1)
        change = seen * ((frame - before) / self.change_scale).clamp(-LARGEST_CHANGE, LARGEST_CHANGE)
        hidden = self.gru(torch.cat([frame, change], dim=-1), hidden)
        return torch.cat([hidden, frame, change, torch.ones_like(seen)], dim=-1)

    def prior(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log standard deviation (B, U) of the step's latent."""
        mean, log_std = self.prior_network(self._hidden(memory)).chunk(2, dim=-1)
        return mean, log_std.clamp(-5.0, 1.0)

    def posterior(self, memory: Tensor, change: Tensor) -> tuple[Tensor, Tensor]:
        """The same, knowing the change (B, N) that came, in units of change_scale."""
        mean, log_std = self.posterior_network(torch.cat([self._hidden(memory), change], dim=-1)).chunk(2, dim=-1)
        return mean, log_std.clamp(-5.0, 1.0)

    def following(self, frame: Tensor, memory: Tensor, latent: Tensor) -> Tensor:
        """The next frame (B, N), given the newest one, the memory after it and the step's latent (B, U)."""
        change = self.output(torch.cat([self._hidden(memory), latent], dim=-1))
        if self.momentum is not None:
            change = change + self.momentum(memory.split(self._parts, dim=-1)[2])
        following = frame + limited(change) * self.change_scale
        if self.denoiser is not None:
            pose, motion = following.tensor_split([self.config.pose], dim=-1)
            following = torch.cat([self.denoiser(pose), motion], dim=-1)
        return self.inside(following)

    def _hidden(self, memory: Tensor) -> Tensor:
        """The hidden units (B, H) of a memory (B, K)."""
        return memory[:, : self.config.hidden]

    def inside(self, frame: Tensor) -> Tensor:
        """The frame (B, N) drawn softly back into the range of the training data."""
        middle, half = self.middle_and_half()
        y = (frame - middle) / half
        inner = y.clamp(-1.0, 1.0)
        return middle + half * (inner + _SOFTNESS * torch.tanh((y - inner) / _SOFTNESS))
