"""Principal component analysis of single poses: the linear control. Features that are known in part: masked_pca.py."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from poseviewer.nets.networks.embedding_network import CERTAIN, EmbeddingNetwork


@dataclass(frozen=True)
class PCAConfig:
    """inputs: features N; latent: Z."""

    inputs: int
    latent: int = 16


class PCA(EmbeddingNetwork):
    """Standardised features (B, N) <-> their first principal components (B, Z), whitened."""

    def __init__(self, config: PCAConfig) -> None:
        super().__init__(config)
        self.encoder_linear = nn.Linear(config.inputs, config.latent)
        self.decoder_linear = nn.Linear(config.latent, config.inputs)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Features (B, N) -> latents (B, Z), and that they are certain."""
        z = self.encoder_linear(x)
        return z, torch.full_like(z, CERTAIN)

    def decode(self, z: Tensor) -> Tensor:
        """Latents (B, Z) -> features (B, N)."""
        features: Tensor = self.decoder_linear(z)
        return features
