"""A model's figures on one split of a dataset, whatever kind it is of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.classify.classifier import classifier_figures
from poseviewer.measure.embed.embedding import embedding_figures
from poseviewer.measure.embed.image_embedding import image_embedding_figures
from poseviewer.measure.forecast.endurance import endurance_figures
from poseviewer.measure.forecast.forecast import forecast_figures
from poseviewer.measure.forecast.image_endurance import image_endurance_figures
from poseviewer.measure.forecast.image_forecast import image_forecast_figures
from poseviewer.measure.foreign import foreign_figures
from poseviewer.nets.models.load import ClassifierModel, EmbeddingModel, GeneratorModel


def figures(models: Sequence[Any], dataset: Dataset, split: str = "test") -> dict[str, Any]:
    """Figures by name, of one model, or of embeddings or generators that differ by their training seed (means over
    them). split: "test", "train", "all" or "validation", the clips that the trainings set aside; what another package's
    model set aside is not known.

    Raises PoseviewerError where the split has no clips that the model can read, or the models are not of one kind.
    """
    model = models[0]
    flat = model.skeleton.dims == 2
    if any(type(other) is not type(model) or other.skeleton.dims != model.skeleton.dims for other in models):
        raise PoseviewerError("models", "", "they are not of one kind", "name one model, from several training seeds")
    if isinstance(model, GeneratorModel):
        return (image_forecast_figures if flat else forecast_figures)(models, dataset, split)
    if isinstance(model, EmbeddingModel):
        return (image_embedding_figures if flat else embedding_figures)(models, dataset, split)
    if len(models) > 1:
        raise PoseviewerError("models", "", "no means are taken over models of this kind", "name one of them")
    return (classifier_figures if isinstance(model, ClassifierModel) else foreign_figures)(model, dataset, split)


def endurance(model: GeneratorModel, dataset: Dataset, **options: Any) -> dict[str, Any]:
    """Figures of a generator's long rollouts; options: split, frames and temperature, each kind has its defaults."""
    return (image_endurance_figures if model.skeleton.dims == 2 else endurance_figures)(model, dataset, **options)
