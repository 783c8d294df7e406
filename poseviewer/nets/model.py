"""Opening a checkpoint as a model that speaks poses."""

from __future__ import annotations

from pathlib import Path

from poseviewer.nets import checkpoint
from poseviewer.nets.classifier_model import ClassifierModel
from poseviewer.nets.embedding_model import EmbeddingModel
from poseviewer.nets.generator_model import GeneratorModel

__all__ = ["ClassifierModel", "EmbeddingModel", "GeneratorModel", "load_model"]


def load_model(path: Path | str, device: str = "cpu") -> ClassifierModel | EmbeddingModel | GeneratorModel:
    """Open a checkpoint. Raises PoseviewerError where it is damaged or foreign."""
    card, tensors = checkpoint.load(path)
    if card.kind == "embedding":
        return EmbeddingModel(card, card.document, tensors, device)
    if card.kind == "generator":
        return GeneratorModel(card, tensors, device)
    return ClassifierModel(card, tensors, device)
