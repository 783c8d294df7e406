"""A variational autoencoder of single poses (Kingma and Welling, ICLR 2014): Gaussian posterior, free bits.

Encoder and decoder are each a linear map plus a small network; the linear maps start as PCA, so that poses far from
the training data are still treated as PCA would treat them.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from poseviewer.nets.networks.embedding_network import EmbeddingNetwork
from poseviewer.nets.networks.weights import normal


@dataclass(frozen=True)
class VAEConfig:
    """inputs: features N; latent: Z; hidden, depth: of the networks beside the linear maps."""

    inputs: int
    latent: int = 16
    hidden: int = 256
    depth: int = 2


class VAE(EmbeddingNetwork):
    """Standardised features (B, N) <-> latents (B, Z)."""

    probabilistic = True

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        self.config = config
        n, z = config.inputs, config.latent
        self.encoder_linear, self.encoder = nn.Linear(n, z), small_network(n, 2 * z, config.hidden, config.depth)
        self.decoder_linear, self.decoder = nn.Linear(z, n), small_network(z, n, config.hidden, config.depth)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Features (B, N) -> mean and log standard deviation (B, Z) of the posterior."""
        shift, log_std = self.encoder(x).chunk(2, dim=-1)
        return self.encoder_linear(x) + shift, log_std.clamp(-7.0, 1.0)

    def decode(self, z: Tensor) -> Tensor:
        """Latents (B, Z) -> features (B, N)."""
        features: Tensor = self.decoder_linear(z) + self.decoder(z)
        return features


def divergence(mean: Tensor, log_std: Tensor) -> Tensor:
    """Kullback-Leibler divergence (B, Z), nats, of N(mean, exp(log_std)) from N(0, 1)."""
    return 0.5 * (mean**2 + torch.exp(2.0 * log_std) - 1.0) - log_std


def small_network(inputs: int, outputs: int, hidden: int, depth: int) -> nn.Sequential:
    """Linear layers with SiLU between them, the last one near zero at first."""
    layers: list[nn.Module] = []
    for _ in range(depth):
        layers += [nn.Linear(inputs, hidden), nn.SiLU()]
        inputs = hidden
    last = nn.Linear(inputs, outputs)
    normal(last.weight, 0.01)
    nn.init.zeros_(last.bias)
    return nn.Sequential(*layers, last)
