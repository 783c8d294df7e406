"""What stands for a pose in a generator's frames: an embedding's latent, or the pose's features themselves."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from poseviewer.motion.clip import Clip
from poseviewer.nets.checkpoints.checkpoint import FEATURES, Tensors, whole
from poseviewer.nets.models.embedding import EmbeddingModel
from poseviewer.nets.protocols import Array, Placement
from poseviewer.nets.spaces.choice import Space
from poseviewer.nets.spaces.image import ImageSpace

LEAST_SPREAD = 0.05
"""Deviation by which a frame's feature is divided at least: what hardly varies must not be blown up."""


class FrameCode:
    """Standardised features (B, N) <-> codes (B, M): latents where there is an embedding, else the features."""

    def __init__(self, space: Space, embedding: EmbeddingModel | None = None) -> None:
        self.space, self.embedding = space, embedding

    def of_clip(self, clip: Clip) -> tuple[Array, Placement]:
        """A clip's features (F, N) and placements. An unknown joint of a 2D clip stays where it was last known; an
        occluded one is where the labels say: latents of visible joints alone jump when a joint is occluded.
        """
        if isinstance(self.space, ImageSpace):
            return self.space.held(clip.positions)
        return self.space.features(clip.positions)

    @property
    def size(self) -> int:
        """M."""
        return self.embedding.size if self.embedding else self.space.size

    def encode(self, features: Array) -> Array:
        return self.embedding.encode_features(features)[0] if self.embedding else features

    def decode(self, code: Array) -> Array:
        return self.embedding.decode_features(code) if self.embedding else code

    def features(self, code: Tensor) -> Tensor:
        """Codes (..., M) -> standardised features (..., N), with gradients."""
        return self.embedding.network.decode(code) if self.embedding else code

    def document(self) -> dict[str, Any]:
        """What a generator's checkpoint says of its code."""
        below = {"embedding": dict(self.embedding.card.document)} if self.embedding else {}
        return {"features": self.space.config(), **below}

    def tensors(self) -> Tensors:
        """What a generator's checkpoint stores of its code, besides the embedding's tensors."""
        return {} if self.embedding else whole(self.space.tensors(), FEATURES)


def standardised(vectors: list[Tensor], mean: Tensor, std: Tensor) -> list[Tensor]:
    """Frames (F, M + P) at mean 0 and deviation 1."""
    return [torch.div(v - mean, std) for v in vectors]
