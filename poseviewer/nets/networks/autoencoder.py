"""A plain autoencoder of single poses: the VAE's networks without noise and without a prior."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from poseviewer.nets.networks.vae import pca, small_network

CERTAIN = -7.0
"""Log standard deviation of a posterior that is a point."""


@dataclass(frozen=True)
class AutoencoderConfig:
    """inputs: features N; latent: Z; hidden, depth: of the networks beside the linear maps."""

    inputs: int
    latent: int = 16
    hidden: int = 256
    depth: int = 2


class Autoencoder(nn.Module):
    """Standardised features (B, N) <-> latents (B, Z)."""

    probabilistic = False

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        self.config = config
        n, z = config.inputs, config.latent
        self.encoder_linear, self.encoder = nn.Linear(n, z), small_network(n, z, config.hidden, config.depth)
        self.decoder_linear, self.decoder = nn.Linear(z, n), small_network(z, n, config.hidden, config.depth)

    @property
    def level_sizes(self) -> tuple[int, ...]:
        return (self.config.latent,)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Features (B, N) -> latents (B, Z), and that they are certain."""
        z = self.encoder_linear(x) + self.encoder(x)
        return z, torch.full_like(z, CERTAIN)

    def sample(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """As `encode`, the latents twice: there is nothing to draw."""
        z, log_std = self.encode(x)
        return z, z, log_std

    def decode(self, z: Tensor) -> Tensor:
        """Latents (B, Z) -> features (B, N)."""
        features: Tensor = self.decoder_linear(z) + self.decoder(z)
        return features

    @torch.no_grad()
    def start_as_pca(self, x: Tensor) -> None:
        """Set the linear maps to the PCA of features (B, N), whitened."""
        pca(x, self.encoder_linear, self.decoder_linear)
