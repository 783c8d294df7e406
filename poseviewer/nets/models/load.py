"""Opening a checkpoint as a model that speaks poses."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from poseviewer.nets.checkpoints import checkpoint
from poseviewer.nets.models import foreign
from poseviewer.nets.models.classifier import ClassifierModel
from poseviewer.nets.models.embedding import EmbeddingModel
from poseviewer.nets.models.generator import GeneratorModel

__all__ = ["ClassifierModel", "EmbeddingModel", "GeneratorModel", "load_model", "shared_model"]

_loading = threading.Lock()
_shared: WeakValueDictionary[tuple[Path, int, int], Any] = WeakValueDictionary()


def load_model(path: Path | str, device: str = "cpu") -> Any:
    """Open a checkpoint, or by its name a model that an installed package offers (foreign.py).

    Gives a ClassifierModel, EmbeddingModel or GeneratorModel, or an object of another package that meets the same
    protocol. Raises PoseviewerError where a checkpoint is damaged or none of ours, and where there is neither.
    """
    if foreign.is_offered(path):
        return foreign.load(str(path))
    if not Path(path).exists():
        raise foreign.no_such_model(path)
    card, tensors = checkpoint.load(path)
    if card.kind == "embedding":
        return EmbeddingModel(card, card.document, tensors, device)
    if card.kind == "generator":
        return GeneratorModel(card, tensors, device)
    return ClassifierModel(card, tensors, device)


def shared_model(path: Path) -> Any:
    """Open a checkpoint, or take the model that somebody has of it, as long as the file is the same.

    Raises PoseviewerError as `load_model`.
    """
    path = path.absolute()
    written, size = (path.stat().st_mtime_ns, path.stat().st_size) if path.exists() else (0, 0)
    with _loading:
        model = _shared.get((path, written, size))
        if model is None:
            model = _shared[path, written, size] = load_model(path)
    return model
