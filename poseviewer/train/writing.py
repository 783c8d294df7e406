"""What the checkpoints of trained embeddings and generators hold, of 3D poses and motions as of 2D ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from torch import Tensor

from poseviewer.nets.checkpoints.checkpoint import (
    EMBEDDING,
    FEATURES,
    NETWORK,
    REFERENCE,
    Tensors,
    skeleton_document,
    whole,
)
from poseviewer.nets.models.frame_code import FrameCode
from poseviewer.nets.networks.embedding_network import EmbeddingNetwork
from poseviewer.nets.networks.rnn_generator import RNNGenerator
from poseviewer.nets.networks.textbook_generator import TextbookGenerator
from poseviewer.nets.networks.window_generator import WindowGenerator
from poseviewer.nets.spaces.space import Space

_DRAWN = ("context", "noise_correlation", "noise_gain", "residual_fading")


def embedding_checkpoint(
    network: EmbeddingNetwork, architecture: str, space: Space, statistics: Tensors, metrics: Mapping[str, Any]
) -> tuple[dict, Tensors]:
    """Document and tensors. statistics: of the latents (reference.py)."""
    document = {
        "kind": "embedding",
        "architecture": architecture,
        "config": asdict(network.config),
        "skeleton": skeleton_document(space.skeleton),
        "fps": None,
        "features": space.config(),
        "metrics": dict(metrics),
    }
    weights = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    return document, whole(weights, NETWORK) | whole(space.tensors(), FEATURES) | whole(statistics, REFERENCE)


def sampled(settings: Any) -> dict[str, Any]:
    """How a stochastic generator that was trained by these settings draws."""
    return {"stochastic": True, **{key: getattr(settings, key) for key in _DRAWN}}


def generator_checkpoint(
    network: RNNGenerator | WindowGenerator | TextbookGenerator,
    architecture: str,
    code: FrameCode,
    fps: float,
    generation: Mapping[str, Any],
    metrics: Mapping[str, Any],
    normalisation: tuple[Tensor, Tensor],
    embedding: Tensors,
) -> tuple[dict, Tensors]:
    """Document and tensors. generation: how it draws; normalisation: mean and deviation (M + P,) of its frames;
    embedding: the tensors of what it stands on.
    """
    document = {
        "kind": "generator",
        "architecture": architecture,
        "config": asdict(network.config),
        "skeleton": skeleton_document(code.space.skeleton),
        "fps": fps,
        "generation": {**generation, **code.space.motion.DOCUMENT},
        "metrics": dict(metrics),
        **code.document(),
    }
    mean, std = normalisation
    frame = {"frame/mean": mean.numpy(), "frame/std": std.numpy()}
    weights = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    return document, {**whole(weights, NETWORK), **code.tensors(), **frame, **whole(embedding, EMBEDDING)}
