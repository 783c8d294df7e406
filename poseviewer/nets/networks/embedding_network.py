"""What every embedding's network is: a linear map each way, which starts as PCA, and whatever stands beside them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import torch
from torch import Tensor, nn

CERTAIN = -7.0
"""Log standard deviation of a posterior that is a point."""

_LEAST_SPREAD = 1e-4  # of standardised features, along an axis on which poses are taken to differ


class EmbeddingNetwork(nn.Module, ABC):
    """Standardised features (B, N) <-> latents (B, Z). config: its dataclass, with inputs N and latent Z at least;
    probabilistic: whether its posterior is more than a point.
    """

    config: Any
    probabilistic = False
    encoder_linear: nn.Linear
    decoder_linear: nn.Linear

    def __init__(self, config: Any) -> None:
        super().__init__()
        self.config = config

    @property
    def level_sizes(self) -> tuple[int, ...]:
        """Dimensions of each level of the latent, Z in all."""
        return (self.config.latent,)

    @abstractmethod
    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Features (B, N) -> mean and log standard deviation (B, Z) of the posterior."""

    @abstractmethod
    def decode(self, z: Tensor) -> Tensor:
        """Latents (B, Z) -> features (B, N)."""

    def sample(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """A draw (B, Z) from the posterior; its mean and log standard deviation (B, Z)."""
        mean, log_std = self.encode(x)
        return mean + log_std.exp() * torch.randn_like(mean) if self.probabilistic else mean, mean, log_std

    @torch.no_grad()
    def start_as_pca(self, x: Tensor) -> None:
        """Set the linear maps to the PCA of features (B, N), whitened: N -> Z and back.

        A latent that is left over, as the features lie in fewer dimensions, begins at 0 and says nothing.
        """
        mean, encoder, decoder = x.mean(dim=0), self.encoder_linear, self.decoder_linear
        _, values, axes = torch.linalg.svd(x - mean, full_matrices=False)
        count = encoder.out_features
        scale = values[:count] / len(x) ** 0.5
        axes = torch.where(scale[:, None] > _LEAST_SPREAD, axes[:count], 0.0)
        scale = scale.clamp_min(_LEAST_SPREAD)
        encoder.weight.copy_(axes / scale[:, None])
        encoder.bias.copy_(-(axes / scale[:, None]) @ mean)
        decoder.weight.copy_((axes * scale[:, None]).T)
        decoder.bias.copy_(mean)
