"""What a frame of a generator or a classifier holds: a code of its pose, then how the pose is placed."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from poseviewer.errors import PoseviewerError
from poseviewer.nets.checkpoints.checkpoint import EMBEDDING, FEATURES, Card, Tensors, part, whole
from poseviewer.nets.models.building import StoredModel, network_of, space_of, tensor_of
from poseviewer.nets.models.embedding import EmbeddingModel
from poseviewer.nets.protocols import Array
from poseviewer.nets.spaces.space import Space


class FrameCode:
    """Standardised features (B, N) <-> codes (B, M): latents where there is an embedding, else the features.

    size: M. frame_size: M + P, of a code and of how its pose is placed. visible: the part of a code that says which
    joints are seen, if any does.
    """

    def __init__(self, space: Space, embedding: EmbeddingModel | None = None) -> None:
        self.space, self.embedding = space, embedding
        self.size = embedding.size if embedding else space.size
        self.frame_size = self.size + space.motion.SIZE
        self.visible = slice(0, 0) if embedding else space.visible

    def encode(self, features: Array) -> Array:
        return self.embedding.encode_features(features)[0] if self.embedding else features

    def decode(self, code: Array) -> Array:
        return self.embedding.decode_features(code) if self.embedding else code

    def features(self, code: Tensor) -> Tensor:
        """Codes (..., M) -> standardised features (..., N), with gradients."""
        return self.embedding.network.decode(code) if self.embedding else code

    def of_motions(self, poses: Array, fps: float) -> Array:
        """What a classifier reads of motions (B, F, J, D), NaN where unknown: (B, F, M + P)."""
        rows, frames = poses.shape[:2]
        features, at = self.space.features(poses.reshape(-1, *poses.shape[2:]))
        places = [at.rows(slice(row * frames, (row + 1) * frames)) for row in range(rows)]
        known: NDArray[np.bool_] = np.asarray(np.isfinite(poses).all(axis=-1).any(axis=-1))
        paths = [self.space.motion.path(place, seen, fps) for place, seen in zip(places, known, strict=True)]
        return np.concatenate([self.encode(features).reshape(rows, frames, -1), np.stack(paths)], axis=-1)

    def document(self) -> dict[str, Any]:
        """What a model's checkpoint says of its code."""
        below = {"embedding": dict(self.embedding.card.document)} if self.embedding else {}
        return {"features": self.space.config(), **below}

    def tensors(self) -> Tensors:
        """What a model's checkpoint stores of its code, besides the embedding's tensors."""
        return {} if self.embedding else whole(self.space.tensors(), FEATURES)


class FramesModel(StoredModel):
    """A model over frames, which are standardised by mean and std (M + P,). embedding: what it stands on, or None."""

    def __init__(self, card: Card, tensors: Tensors, device: str) -> None:
        super().__init__(card)
        path = card.path
        if card.fps is None:
            raise PoseviewerError(path, "fps", "it is missing", "get the file again")
        self.device, self.fps = device, card.fps
        self.network: Any = network_of(path, card.kind, card.document, tensors, device)
        self.embedding: EmbeddingModel | None = None
        if "embedding" in card.document:
            self.embedding = EmbeddingModel(card, card.document["embedding"], part(tensors, EMBEDDING), device)
        self.embedding_id = self.embedding.id if self.embedding else None
        self.space = self.embedding.space if self.embedding else space_of(path, card.document, tensors, card.skeleton)
        self._code = FrameCode(self.space, self.embedding)
        if self.network.config.inputs != self._code.frame_size:
            raise PoseviewerError(path, "features", "they do not fit the network", "get the file again")
        self._mean = tensor_of(path, tensors, "frame/mean", self._code.frame_size)
        self._std = tensor_of(path, tensors, "frame/std", self._code.frame_size)
        if not (self._std > 0.0).all():
            raise PoseviewerError(path, "frame/std", "it is not finite and above 0", "get the file again")

    def _standardised(self, *parts: Array) -> Tensor:
        """Frames (..., M + P) as the network reads them, of their parts."""
        frames = np.concatenate(parts, axis=-1)
        return torch.as_tensor((frames - self._mean) / self._std, dtype=torch.float32, device=self.device)
