"""A model's figures on one split of a dataset, whatever kind it is of."""

from __future__ import annotations

from typing import Any

from poseviewer.data.dataset import Dataset
from poseviewer.measure.classify.classifier import evaluate_classifier
from poseviewer.measure.embed.image_embedding import evaluate_image_embedding
from poseviewer.measure.evaluate import evaluate_embedding, evaluate_generator
from poseviewer.measure.forecast.image_forecast import evaluate_image_generator
from poseviewer.measure.foreign import evaluate_foreign
from poseviewer.nets.models.load import ClassifierModel, EmbeddingModel, GeneratorModel


def figures(model: Any, dataset: Dataset, split: str = "test") -> dict[str, Any]:
    """Figures by name. split: "test", "train" or "validation", the clips that the model's training set aside; what
    another package's model set aside is not known.

    Raises PoseviewerError where the split has no clips that the model can read.
    """
    if isinstance(model, ClassifierModel):
        return evaluate_classifier(model, dataset, split)
    if isinstance(model, GeneratorModel) and model.skeleton.dims == 2:
        return evaluate_image_generator(model, dataset, split)
    if isinstance(model, GeneratorModel):
        return evaluate_generator(model, dataset, split)
    if not isinstance(model, EmbeddingModel):
        return evaluate_foreign(model, dataset, split)
    if model.skeleton.dims == 2:
        return evaluate_image_embedding(model, dataset, split)
    return evaluate_embedding(model, dataset, split)
