"""Opening a checkpoint as a model that speaks poses."""

from __future__ import annotations

from pathlib import Path

from poseviewer.errors import PoseviewerError
from poseviewer.nets import checkpoint
from poseviewer.nets.embedding_model import EmbeddingModel
from poseviewer.nets.generator_model import GeneratorModel

__all__ = ["EmbeddingModel", "GeneratorModel", "load_model"]


def load_model(path: Path | str, device: str = "cpu") -> EmbeddingModel | GeneratorModel:
    """Open a checkpoint. Raises PoseviewerError where it is damaged, foreign, or of a kind that is not known."""
    card, tensors = checkpoint.load(path)
    if card.kind == "embedding":
        return EmbeddingModel(card, card.document, tensors, device)
    if card.kind == "generator":
        return GeneratorModel(card, tensors, device)
    raise PoseviewerError(card.path, "", f"a {card.kind} cannot be opened yet", "choose an embedding or a generator")
