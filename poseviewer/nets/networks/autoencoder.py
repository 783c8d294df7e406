"""A plain autoencoder of single poses: without noise and without a prior.

Encoder and decoder are each a linear map plus a small network; the linear maps start as PCA, so that poses far from
the training data are still treated as PCA would treat them.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from poseviewer.nets.networks.embedding_network import CERTAIN, EmbeddingNetwork
from poseviewer.nets.networks.weights import small_network


@dataclass(frozen=True)
class AutoencoderConfig:
    """inputs: features N; latent: Z; hidden, depth: of the networks beside the linear maps."""

    inputs: int
    latent: int = 16
    hidden: int = 256
    depth: int = 2


class Autoencoder(EmbeddingNetwork):
    """Standardised features (B, N) <-> latents (B, Z)."""

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__(config)
        n, z, told = config.inputs, config.latent, config.latent * (2 if self.probabilistic else 1)
        self.encoder_linear, self.encoder = nn.Linear(n, z), small_network(n, told, config.hidden, config.depth)
        self.decoder_linear, self.decoder = nn.Linear(z, n), small_network(z, n, config.hidden, config.depth)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Features (B, N) -> latents (B, Z), and that they are certain."""
        z = self.encoder_linear(x) + self.encoder(x)
        return z, torch.full_like(z, CERTAIN)

    def decode(self, z: Tensor) -> Tensor:
        """Latents (B, Z) -> features (B, N)."""
        features: Tensor = self.decoder_linear(z) + self.decoder(z)
        return features
