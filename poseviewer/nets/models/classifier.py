"""A classifier that speaks poses: which action each frame shows, from features or an embedding's latents."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.nets.checkpoints.checkpoint import EMBEDDING, Card, Tensors, part
from poseviewer.nets.models.answers import require_numbers
from poseviewer.nets.models.building import deviation_of, network_of, space_of, tensor_of
from poseviewer.nets.models.embedding import EmbeddingModel
from poseviewer.nets.models.frame_vectors import FrameVectors
from poseviewer.nets.models.stored import StoredModel
from poseviewer.nets.networks.cnn_classifier import CNNClassifier
from poseviewer.nets.networks.rnn_classifier import LSTMClassifier
from poseviewer.nets.protocols import Array


class ClassifierModel(StoredModel):
    """Numpy in and out; meets the Classifier protocol. embedding: what it stands on, or None."""

    def __init__(self, card: Card, tensors: Tensors, device: str = "cpu") -> None:
        path, document = card.path, card.document
        network = network_of(path, document, tensors, device)
        if not isinstance(network, CNNClassifier | LSTMClassifier) or card.fps is None:
            raise PoseviewerError(path, "architecture", "it is no classifier", "get the file again")
        self.card, self.network, self.device = card, network, device
        self.classes = card.classes
        if len(card.classes) != network.config.classes:
            raise PoseviewerError(path, "classes", "they do not fit the network", "get the file again")
        self.embedding: EmbeddingModel | None = None
        if "embedding" in document:
            self.embedding = EmbeddingModel(card, document["embedding"], part(tensors, EMBEDDING), device)
        space = self.embedding.space if self.embedding else space_of(path, document, tensors, card.skeleton)
        self._vectors_of = FrameVectors(space, self.embedding, card.fps)
        size = self._vectors_of.size
        if network.config.inputs != size:
            raise PoseviewerError(path, "features", "they do not fit the network", "get the file again")
        self._mean = tensor_of(path, tensors, "frame/mean", size)
        self._std = deviation_of(path, tensors, "frame/std", size)

    @property
    def fps(self) -> float:
        assert self.card.fps is not None
        return self.card.fps

    @property
    def embedding_id(self) -> str | None:
        return self.card.embedding_id

    @property
    def window(self) -> int:
        """Frames, at `fps`, that the answer for one frame needs."""
        return self.network.window

    @torch.inference_mode()
    def log_probabilities(self, poses: Array, visible: NDArray[np.bool_] | None = None) -> Array:
        """Motions (B, F, J, D) at `fps` -> logarithms of the classes' probabilities (B, F, C) in each frame.

        Joints that are NaN count as unknown, occluded ones as where they are said to be. A clip's class has the largest
        mean over its frames.
        """
        del visible
        poses = np.asarray(poses, dtype=np.float64)
        x = torch.tensor((self._vectors_of(poses) - self._mean) / self._std, dtype=torch.float32, device=self.device)
        logits = self.network(x, torch.ones(x.shape[:2], device=self.device))
        told: Array = torch.log_softmax(logits, dim=-1).cpu().numpy()
        require_numbers(told, self.path, "log_probabilities")
        return told

    def clip_log_probabilities(self, clip: Clip) -> Array:
        """(C,) logarithms of the classes' probabilities of a whole clip, brought to the model's skeleton and rate."""
        clip = clip.onto(self.skeleton).resample(self.fps)
        mean = self.log_probabilities(clip.positions[None])[0].mean(axis=0)
        return mean - np.log(np.exp(mean).sum())
