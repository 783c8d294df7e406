"""An embedding that speaks poses: network, pose space, card and reference statistics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from poseviewer.errors import PoseviewerError
from poseviewer.nets.checkpoints.checkpoint import REFERENCE, Card, Tensors, part
from poseviewer.nets.models.answers import require_numbers, require_poses
from poseviewer.nets.models.building import StoredModel, network_of, space_of, tensor_of
from poseviewer.nets.models.mixture_prior import MixturePrior
from poseviewer.nets.models.one_call import OneCall
from poseviewer.nets.models.reference import BINS, Density, Histogram, require_reference
from poseviewer.nets.networks.embedding_network import EmbeddingNetwork
from poseviewer.nets.protocols import Array, Decoded, Placement, Posterior

_CHUNK = 8192  # poses at a time, so that a long clip's hidden layers do not fill the memory


class EmbeddingModel(StoredModel):
    """Poses in the world <-> latents. Numpy in and out; meets the Embedding protocol.

    size: Z. neutral: where a pose stands that nothing places. latent_mean (Z,), latent_covariance (Z, Z), kl (Z,) nats
    a dimension, histogram, density over the first two principal axes and centres (K, Z) describe its training data.
    """

    def __init__(self, card: Card, document: Mapping[str, Any], tensors: Tensors, device: str = "cpu") -> None:
        super().__init__(card)
        path = card.path
        network: EmbeddingNetwork = network_of(path, "embedding", document, tensors, device)
        self.id, self.network, self.device = str(document.get("id", "")), network, device
        self._encode, self._decode = OneCall(network, type(network).encode), OneCall(network, type(network).decode)
        self.level_sizes = network.level_sizes
        self.space = space_of(path, document, tensors, card.skeleton)
        if self.space.size != network.config.inputs:
            raise PoseviewerError(path, "features", "they do not fit the network", "get the file again")
        self.neutral = self.space.neutral
        self.size = z = int(network.config.latent)
        stored = part(tensors, REFERENCE)
        self.latent_mean = tensor_of(path, stored, "latent_mean", z)
        self.latent_covariance = tensor_of(path, stored, "latent_covariance", z, z)
        self.kl = tensor_of(path, stored, "kl", z)
        counts = tensor_of(path, stored, "histogram_counts", z, BINS)
        self.histogram = Histogram(counts, tensor_of(path, stored, "histogram_edges", z, BINS + 1))
        left, right, bottom, top = map(float, tensor_of(path, stored, "density_extent", 4))
        self.density = Density(tensor_of(path, stored, "density", None, None), (left, right, bottom, top))
        self.centres = tensor_of(path, stored, "centres", None, z)
        require_reference(path, stored)
        self.prior: MixturePrior | None = None
        if "prior_weights" in stored:
            weights = tensor_of(path, stored, "prior_weights", None)
            means = tensor_of(path, stored, "prior_means", len(weights), z)
            factors = tensor_of(path, stored, "prior_factors", len(weights), z, z)
            if not len(weights) or weights.min() < 0.0 or weights.sum() <= 0.0:
                raise PoseviewerError(path, "prior", "its weights are none", "get the file again")
            self.prior = MixturePrior(weights.astype(np.float64), means, factors)

    def encode(self, poses: Array, visible: NDArray[np.bool_] | None = None) -> tuple[Posterior, Placement]:
        """Poses (B, J, D) -> their posteriors and placements; joints that are NaN or not visible count as average."""
        poses = np.asarray(poses, dtype=np.float64)
        if visible is not None:
            poses = np.where(visible[..., None], poses, np.nan)
        features, at = self.space.features(poses)
        mean, std = self.encode_features(features)
        require_numbers(mean, self.path, "encode")
        ends = np.cumsum(self.level_sizes)[:-1]
        levels = zip(np.split(mean, ends, axis=1), np.split(std, ends, axis=1), strict=True)
        return Posterior(tuple(levels)), at

    def decode(self, latent: Array, at: Placement) -> Decoded:
        """Latents (B, Z) -> poses (B, J, D) at their placements."""
        features = self.decode_features(latent)
        with np.errstate(all="ignore"):  # what overflows is told in a sentence
            poses = self.space.poses(features, at).astype(np.float32)
        require_poses(poses, self.path, "decode", "move the latent point back towards the data")
        return Decoded(poses, self.space.seen(features))

    def draw(self, count: int, draw: np.random.Generator) -> Array:
        """Latents (count, Z) from the prior: the mixture that the checkpoint holds, else the standard normal."""
        return draw.standard_normal((count, self.size)) if self.prior is None else self.prior.draw(count, draw)

    @torch.inference_mode()
    def encode_features(self, features: Array) -> tuple[Array, Array]:
        """Standardised features (B, N) -> mean and standard deviation (B, Z)."""
        x = torch.tensor(np.asarray(features), dtype=torch.float32)
        parts = [self._encode(chunk.to(self.device)) for chunk in x.split(_CHUNK)]
        means, logs = [mean for mean, _ in parts], [log_std for _, log_std in parts]
        return torch.cat(means).cpu().numpy(), torch.cat(logs).exp().cpu().numpy()

    @torch.inference_mode()
    def decode_features(self, latent: Array) -> Array:
        """Latents (B, Z) -> standardised features (B, N)."""
        z = torch.tensor(np.asarray(latent), dtype=torch.float32)
        return torch.cat([self._decode(chunk.to(self.device)) for chunk in z.split(_CHUNK)]).cpu().numpy()
