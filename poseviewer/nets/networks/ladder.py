"""A ladder VAE of single poses with two levels (Sønderby et al., NeurIPS 2016).

The upper level z2 has a standard normal prior; the lower one z1 has the prior p(z1 | z2), and its posterior joins that
prior with what the pose says, weighted by their precisions. The latent that the program sees is (z2, e1), where z1 is
the prior's mean at z2 plus e1 times its deviation: so both levels are standard normal beforehand, moving z2 takes z1
along, and e1 tells how a pose differs from what its upper level lets expect.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from poseviewer.errors import PoseviewerError
from poseviewer.nets.networks.embedding_network import EmbeddingNetwork
from poseviewer.nets.networks.weights import small_network


@dataclass(frozen=True)
class LadderConfig:
    """inputs: features N; latent: Z of both levels; top: of the upper one; hidden, depth: of the networks."""

    inputs: int
    latent: int = 16
    top: int = 6
    hidden: int = 256
    depth: int = 2

    def __post_init__(self) -> None:
        if self.top >= self.latent:
            cause = f"an upper level of {self.top} leaves nothing of {self.latent} dimensions"
            raise PoseviewerError("top", "", cause, "choose a smaller one")


class LadderVAE(EmbeddingNetwork):
    """Standardised features (B, N) <-> latents (B, Z): first z2, then e1. The upper level starts as the first principal
    components.
    """

    probabilistic = True

    def __init__(self, config: LadderConfig) -> None:
        super().__init__(config)
        n, z, top = config.inputs, config.latent, config.top
        self.bottom_size = z - top
        self.encoder_linear = nn.Linear(n, z)
        self.top_encoder = small_network(n, 2 * top, config.hidden, config.depth)
        self.bottom_encoder = small_network(n, 2 * self.bottom_size, config.hidden, config.depth)
        self.prior = small_network(top, 2 * self.bottom_size, config.hidden, 1)
        self.decoder_linear, self.decoder = nn.Linear(z, n), small_network(z, n, config.hidden, config.depth)

    @property
    def level_sizes(self) -> tuple[int, ...]:
        return (self.config.top, self.bottom_size)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Features (B, N) -> mean and log standard deviation (B, Z) of the posterior, e1's at the mean of z2."""
        linear = self.encoder_linear(x)
        mean, log_std = self._top(x, linear)
        lower = self._bottom(x, linear, mean)
        return torch.cat([mean, lower[0]], dim=-1), torch.cat([log_std, lower[1]], dim=-1)

    def sample(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """A draw (B, Z) from the posterior; its mean and log standard deviation (B, Z), e1's at the draw of z2."""
        linear = self.encoder_linear(x)
        mean, log_std = self._top(x, linear)
        top = mean + log_std.exp() * torch.randn_like(mean)
        lower_mean, lower_log_std = self._bottom(x, linear, top)
        bottom = lower_mean + lower_log_std.exp() * torch.randn_like(lower_mean)
        means, log_stds = torch.cat([mean, lower_mean], dim=-1), torch.cat([log_std, lower_log_std], dim=-1)
        return torch.cat([top, bottom], dim=-1), means, log_stds

    def decode(self, z: Tensor) -> Tensor:
        """Latents (B, Z) -> features (B, N)."""
        top, surprise = z[..., : self.config.top], z[..., self.config.top :]
        mean, log_std = self._prior(top)
        whole = torch.cat([top, mean + log_std.exp() * surprise], dim=-1)
        features: Tensor = self.decoder_linear(whole) + self.decoder(whole)
        return features

    def _top(self, x: Tensor, linear: Tensor) -> tuple[Tensor, Tensor]:
        shift, log_std = self.top_encoder(x).chunk(2, dim=-1)
        return linear[:, : self.config.top] + shift, log_std.clamp(-7.0, 1.0)

    def _bottom(self, x: Tensor, linear: Tensor, top: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log standard deviation (B, Z1) of e1, given the pose and z2 (B, Z2)."""
        shift, log_std = self.bottom_encoder(x).chunk(2, dim=-1)
        seen, log_std = linear[:, self.config.top :] + shift, log_std.clamp(-7.0, 1.0)
        mean, prior_log_std = self._prior(top)
        seen, log_std = (seen - mean) * torch.exp(-prior_log_std), log_std - prior_log_std
        precision = torch.exp(-2.0 * log_std)  # of what the pose says; that of the prior is 1
        return seen * precision / (1.0 + precision), -0.5 * torch.log1p(precision)

    def _prior(self, top: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log standard deviation (..., Z1) of z1, given z2 (..., Z2)."""
        mean, log_std = self.prior(top).chunk(2, dim=-1)
        return mean, log_std.clamp(-4.0, 1.0)
