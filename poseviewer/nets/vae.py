"""A variational autoencoder of single poses (Kingma and Welling, ICLR 2014): Gaussian posterior, free bits.

Encoder and decoder are each a linear map plus a small network; the linear maps start as PCA, so that poses far from
the training data are still treated as PCA would treat them.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class VAEConfig:
    """inputs: features N; latent: Z; hidden, depth: of the networks beside the linear maps."""

    inputs: int
    latent: int = 16
    hidden: int = 256
    depth: int = 2


class VAE(nn.Module):
    """Standardised features (B, N) <-> latents (B, Z)."""

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        self.config = config
        n, z = config.inputs, config.latent
        self.encoder_linear, self.encoder = nn.Linear(n, z), _network(n, 2 * z, config)
        self.decoder_linear, self.decoder = nn.Linear(z, n), _network(z, n, config)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Features (B, N) -> mean and log standard deviation (B, Z) of the posterior."""
        shift, log_std = self.encoder(x).chunk(2, dim=-1)
        return self.encoder_linear(x) + shift, log_std.clamp(-7.0, 1.0)

    def decode(self, z: Tensor) -> Tensor:
        """Latents (B, Z) -> features (B, N)."""
        return self.decoder_linear(z) + self.decoder(z)

    @torch.no_grad()
    def start_as_pca(self, x: Tensor) -> None:
        """Set the linear maps to the PCA of features (B, N), whitened."""
        _, values, axes = torch.linalg.svd(x - x.mean(dim=0), full_matrices=False)
        count = self.config.latent
        scale = values[:count] / len(x) ** 0.5
        axes = axes[:count]
        self.encoder_linear.weight.copy_(axes / scale[:, None])
        self.encoder_linear.bias.copy_(-(axes / scale[:, None]) @ x.mean(dim=0))
        self.decoder_linear.weight.copy_((axes * scale[:, None]).T)
        self.decoder_linear.bias.copy_(x.mean(dim=0))


def divergence(mean: Tensor, log_std: Tensor) -> Tensor:
    """Kullback-Leibler divergence (B, Z), nats, of N(mean, exp(log_std)) from N(0, 1)."""
    return 0.5 * (mean**2 + torch.exp(2.0 * log_std) - 1.0) - log_std


def _network(inputs: int, outputs: int, config: VAEConfig) -> nn.Sequential:
    layers: list[nn.Module] = []
    for _ in range(config.depth):
        layers += [nn.Linear(inputs, config.hidden), nn.SiLU()]
        inputs = config.hidden
    last = nn.Linear(inputs, outputs)
    nn.init.normal_(last.weight, std=0.01)
    nn.init.zeros_(last.bias)
    return nn.Sequential(*layers, last)
