"""What the checkpoint of a trained generator holds, of 3D motions as of 2D ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from torch import Tensor

from poseviewer.nets.checkpoint import EMBEDDING, NETWORK, Tensors, skeleton_document, whole
from poseviewer.nets.frame_code import FrameCode
from poseviewer.nets.rnn_generator import RNNGenerator
from poseviewer.nets.textbook_generator import TextbookGenerator
from poseviewer.nets.window_generator import WindowGenerator

HEIGHT = "root joint"
"""What a generator of 3D motions says that its fourth root feature is the height of (root_motion)."""
_DRAWN = ("context", "noise_correlation", "noise_gain", "residual_fading")


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
    height = {"height": HEIGHT} if code.space.skeleton.dims == 3 else {}
    document = {
        "kind": "generator",
        "architecture": architecture,
        "config": asdict(network.config),
        "skeleton": skeleton_document(code.space.skeleton),
        "fps": fps,
        "generation": {**generation, **height},
        "metrics": dict(metrics),
        **code.document(),
    }
    mean, std = normalisation
    frame = {"frame/mean": mean.numpy(), "frame/std": std.numpy()}
    weights = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    return document, {**whole(weights, NETWORK), **code.tensors(), **frame, **whole(embedding, EMBEDDING)}
