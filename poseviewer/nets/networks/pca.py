"""Principal component analysis of single poses: the linear control. Features that are known in part: masked_pca.py."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from poseviewer.nets.networks.autoencoder import CERTAIN
from poseviewer.nets.networks.vae import pca


@dataclass(frozen=True)
class PCAConfig:
    """inputs: features N; latent: Z."""

    inputs: int
    latent: int = 16


class PCA(nn.Module):
    """Standardised features (B, N) <-> their first principal components (B, Z), whitened."""

    probabilistic = False

    def __init__(self, config: PCAConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder_linear = nn.Linear(config.inputs, config.latent)
        self.decoder_linear = nn.Linear(config.latent, config.inputs)

    @property
    def level_sizes(self) -> tuple[int, ...]:
        return (self.config.latent,)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Features (B, N) -> latents (B, Z), and that they are certain."""
        z = self.encoder_linear(x)
        return z, torch.full_like(z, CERTAIN)

    def decode(self, z: Tensor) -> Tensor:
        """Latents (B, Z) -> features (B, N)."""
        features: Tensor = self.decoder_linear(z)
        return features

    @torch.no_grad()
    def start_as_pca(self, x: Tensor) -> None:
        """Fit to features (B, N)."""
        pca(x, self.encoder_linear, self.decoder_linear)
