"""A variational autoencoder of single poses (Kingma and Welling, ICLR 2014): Gaussian posterior, free bits."""

from __future__ import annotations

import torch
from torch import Tensor

from poseviewer.nets.networks.autoencoder import Autoencoder


class VAE(Autoencoder):
    """Standardised features (B, N) <-> latents (B, Z): the autoencoder's networks, with noise and a prior."""

    probabilistic = True

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Features (B, N) -> mean and log standard deviation (B, Z) of the posterior."""
        shift, log_std = self.encoder(x).chunk(2, dim=-1)
        return self.encoder_linear(x) + shift, log_std.clamp(-7.0, 1.0)


def divergence(mean: Tensor, log_std: Tensor) -> Tensor:
    """Kullback-Leibler divergence (B, Z), nats, of N(mean, exp(log_std)) from N(0, 1)."""
    return 0.5 * (mean**2 + torch.exp(2.0 * log_std) - 1.0) - log_std
