"""A denoiser of poses, by which a generator's frames are drawn towards real ones.

Where D was trained to take noise of deviation s from poses, D(x) - x = s^2 d log p(x) / dx (Alain and Bengio, JMLR
2014): a small step along it leads to where poses are likelier. Without it long rollouts stray three to five times as
far from real poses as held-out real motion does, and come to rest there.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Denoiser(nn.Module):
    """pull: how far a pose goes towards D's answer in one step."""

    pull: Tensor

    def __init__(self, pose: int, width: int, pull: float = 0.0) -> None:
        super().__init__()
        self.network = nn.Sequential(
            nn.Linear(pose, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, pose)
        )
        self.register_buffer("pull", torch.tensor(pull))

    def forward(self, pose: Tensor) -> Tensor:
        """Poses (B, M), standardised, a step nearer to real ones. No gradient reaches the denoiser's weights."""
        if not torch.is_grad_enabled():  # it takes a third of a step to hand the weights over
            return torch.lerp(pose, self.network(pose), self.pull)
        fixed = {name: weight.detach() for name, weight in self.network.named_parameters()}
        cleaner: Tensor = torch.func.functional_call(self.network, fixed, (pose,))
        return torch.lerp(pose, cleaner, self.pull)

    def error(self, pose: Tensor, deviation: float) -> Tensor:
        """Mean squared error about real poses (B, M) to which noise was added: what it is trained by."""
        answer: Tensor = self.network(pose + deviation * torch.randn_like(pose))
        return (answer - pose).square().mean()
