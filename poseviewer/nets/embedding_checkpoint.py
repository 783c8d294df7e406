"""What the checkpoint of a trained embedding holds, of 3D poses as of 2D ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from poseviewer.nets.autoencoder import Autoencoder
from poseviewer.nets.checkpoint import FEATURES, NETWORK, REFERENCE, Tensors, skeleton_document, whole
from poseviewer.nets.ladder import LadderVAE
from poseviewer.nets.pca import PCA
from poseviewer.nets.spaces import Space
from poseviewer.nets.vae import VAE

Network = VAE | LadderVAE | Autoencoder | PCA


def embedding_checkpoint(
    network: Network, architecture: str, space: Space, statistics: Tensors, metrics: Mapping[str, Any]
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
