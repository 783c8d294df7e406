"""From a checkpoint to a model and its network, without taking memory that the file does not fill."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.checkpoints.checkpoint import FEATURES, NETWORK, Card, Tensors, config_of, part
from poseviewer.nets.networks.autoencoder import Autoencoder, AutoencoderConfig
from poseviewer.nets.networks.cnn_classifier import CNNClassifier, CNNClassifierConfig
from poseviewer.nets.networks.gru_generator import GRUGenerator, GRUGeneratorConfig
from poseviewer.nets.networks.ladder import LadderConfig, LadderVAE
from poseviewer.nets.networks.pca import PCA, PCAConfig
from poseviewer.nets.networks.rnn_classifier import GRUClassifier, LSTMClassifier, RNNClassifierConfig
from poseviewer.nets.networks.textbook_generator import TextbookGenerator, TextbookGeneratorConfig
from poseviewer.nets.networks.vae import VAE
from poseviewer.nets.networks.window_generator import WindowGenerator, WindowGeneratorConfig
from poseviewer.nets.protocols import Array
from poseviewer.nets.spaces.choice import space_from
from poseviewer.nets.spaces.space import Space

ARCHITECTURES: dict[str, dict[str, tuple[type, type]]] = {
    "embedding": {
        "vae": (AutoencoderConfig, VAE),
        "ladder": (LadderConfig, LadderVAE),
        "autoencoder": (AutoencoderConfig, Autoencoder),
        "pca": (PCAConfig, PCA),
    },
    "classifier": {
        "cnn": (CNNClassifierConfig, CNNClassifier),
        "lstm": (RNNClassifierConfig, LSTMClassifier),
        "gru": (RNNClassifierConfig, GRUClassifier),
    },
    "generator": {
        "gru": (GRUGeneratorConfig, GRUGenerator),
        "window": (WindowGeneratorConfig, WindowGenerator),
        "textbook": (TextbookGeneratorConfig, TextbookGenerator),
    },
}
"""By kind and name: the config dataclass and the network, which meets the protocol of its kind."""


class StoredModel:
    """What every model knows of itself that was read from a checkpoint. card: the checkpoint's."""

    def __init__(self, card: Card) -> None:
        self.card, self.path, self.skeleton = card, card.path, card.skeleton


class GeneratorNetwork(Protocol):
    """Reads frames (B, N) into a memory, and makes the following one with a latent (B, U) of a prior; noise: U."""

    config: Any
    noise: int

    def start(self, rows: int) -> Tensor: ...
    def read(self, frame: Tensor, memory: Tensor) -> Tensor: ...
    def prior(self, memory: Tensor) -> tuple[Tensor, Tensor]: ...
    def following(self, frame: Tensor, memory: Tensor, latent: Tensor) -> Tensor: ...


class ClassifierNetwork(Protocol):
    """Frames (B, F, N), of which known (B, F) are real -> logits (B, F, C)."""

    config: Any
    window: int

    def __call__(self, x: Tensor, known: Tensor) -> Tensor: ...


def network_of(path: Path, kind: str, document: Mapping[str, Any], tensors: Tensors, device: str) -> Any:
    """The network of a kind that a document describes, with its weights. Raises PoseviewerError where they do not
    fit.
    """
    if document.get("kind") != kind:
        raise PoseviewerError(path, "kind", f"it is no {kind}", "get the file again")
    known, name = ARCHITECTURES[kind], str(document.get("architecture"))
    if name not in known:
        raise PoseviewerError(path, "architecture", f"{name[:40]!r} is not known", "update poseviewer")
    config_class, network_class = known[name]
    stored = part(tensors, NETWORK)
    longest = max((n for tensor in stored.values() for n in tensor.shape), default=0)
    config: Any = config_of(path, config_class, document, longest)
    with torch.device("meta"):  # shapes alone: a small file may describe a huge network
        network = network_class(config)
    weights = {key: torch.from_numpy(np.array(tensor)) for key, tensor in stored.items()}
    if {key: t.shape for key, t in network.state_dict().items()} != {key: t.shape for key, t in weights.items()}:
        raise PoseviewerError(path, "weights", f"they do not fit the architecture {name!r}", "get the file again")
    if any(tensor.dtype != torch.float32 for tensor in weights.values()):
        raise PoseviewerError(path, "weights", "they are not 32-bit numbers", "get the file again")
    network.load_state_dict(weights, assign=True)
    return network.to(device).eval().requires_grad_(False)


def space_of(path: Path, document: Mapping[str, Any], tensors: Tensors, skeleton: Skeleton) -> Space:
    """The pose space of a document. Raises PoseviewerError where it is damaged."""
    try:
        return space_from(document["features"], part(tensors, FEATURES), skeleton)
    except (KeyError, TypeError, AttributeError) as error:
        raise PoseviewerError(path, "features", "their normalisation is missing", "get the file again") from error
    except PoseviewerError as error:
        raise PoseviewerError(path, error.what, error.cause, error.cure) from error


def tensor_of(path: Path, tensors: Tensors, name: str, *shape: int | None) -> Array:
    """A tensor of a given shape (None: any). Raises PoseviewerError where it is not there or has another one."""
    tensor = tensors.get(name)
    fits = tensor is not None and len(tensor.shape) == len(shape)
    if tensor is None or not fits or any(b is not None and a != b for a, b in zip(tensor.shape, shape, strict=True)):
        raise PoseviewerError(path, name, "it is missing or has the wrong shape", "get the file again")
    return np.asarray(tensor)
