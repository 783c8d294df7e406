"""The measures by name: what `poseviewer measure NAME` works out.

The space of a model chooses between figures of 3D and of 2D motion. What is heavy is imported inside the functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from poseviewer.errors import PoseviewerError

if TYPE_CHECKING:
    from poseviewer.data.dataset import Dataset

Figures = dict[str, Any]


@dataclass(frozen=True)
class Measure:
    """about: what it asks, in words; figures: models, a dataset and what `options` name -> figures by name.

    models: how many it takes, where "several" are one recipe from several training seeds, or folds.
    """

    about: str
    figures: Callable[..., Figures]
    models: Literal["none", "one", "several"]
    options: tuple[str, ...] = ()


def _forecast(models: Sequence[Any], dataset: Dataset, **options: Any) -> Figures:
    from poseviewer.measure.figures import figures

    return figures(_of_kind("generator", models), dataset, **options)


def _embed(models: Sequence[Any], dataset: Dataset, **options: Any) -> Figures:
    from poseviewer.measure.figures import figures

    return figures(_of_kind("embedding", models), dataset, **options)


def _classify(models: Sequence[Any], dataset: Dataset, **options: Any) -> Figures:
    from poseviewer.measure.classify.cross_validate import recipe_figures

    return recipe_figures(dataset, **options)


def _folds(models: Sequence[Any], dataset: Dataset) -> Figures:
    from poseviewer.measure.forecast.folds import fold_figures

    return fold_figures(_generators(models, 3), dataset)


def _sampling(models: Sequence[Any], dataset: Dataset, **options: Any) -> Figures:
    from poseviewer.measure.forecast.sampling import sampling_figures

    return sampling_figures(_generators(models, 3)[0], dataset, **options)


def _endurance(models: Sequence[Any], dataset: Dataset, **options: Any) -> Figures:
    from poseviewer.measure.forecast.endurance import endurance_figures
    from poseviewer.measure.forecast.image_endurance import image_endurance_figures

    model = _generators(models)[0]
    return (image_endurance_figures if model.skeleton.dims == 2 else endurance_figures)(model, dataset, **options)


def _liveliness(models: Sequence[Any], dataset: Dataset, **options: Any) -> Figures:
    from poseviewer.measure.forecast.liveliness import liveliness

    return liveliness(_generators(models, 3)[0], dataset, **options)


MEASURES: Mapping[str, Measure] = {
    "forecast": Measure("how far forecasts lie from what came, beside baselines", _forecast, "several", ("split",)),
    "folds": Measure("forecasts by clip in five folds, one model each (--set fold=1 to 5)", _folds, "several"),
    "sampling": Measure("whether samples differ as real continuations do", _sampling, "one", ("split",)),
    "endurance": Measure(
        "whether long rollouts stay real motion", _endurance, "one", ("split", "frames", "temperature")
    ),
    "liveliness": Measure("whether rollouts are as lively as their seeds", _liveliness, "one", ("frames",)),
    "embed": Measure("what an embedding gives back of poses, beside PCA", _embed, "several", ("split",)),
    "classify": Measure(
        "a recipe of classifiers in five folds by clip, beside a linear model",
        _classify,
        "none",
        ("skeleton", "arch", "embedding", "repeats", "same", "settings"),
    ),
}


def _of_kind(kind: str, models: Sequence[Any]) -> Sequence[Any]:
    from poseviewer.nets.models.guarded import kind_of

    for model in models:
        if kind_of(model) != kind:
            raise PoseviewerError(_name(model), "", f"it is no {kind}", "name another one")
    return models


def _generators(models: Sequence[Any], dims: int | None = None) -> Sequence[Any]:
    """Generators of ours, of 2D or 3D poses where that matters: their cards tell what they were trained on."""
    from poseviewer.nets.models.generator import GeneratorModel

    for model in models:
        if not isinstance(model, GeneratorModel) or dims not in (None, model.skeleton.dims):
            of = "" if dims is None else f" of {dims}D poses"
            raise PoseviewerError(_name(model), "", f"it is no generator{of}", "name another one")
    return models


def _name(model: Any) -> Any:
    return getattr(model, "path", "model")
