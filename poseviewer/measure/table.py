"""The measures by name: what `poseviewer measure NAME` works out.

What is heavy is imported when a measure is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from poseviewer.errors import PoseviewerError

if TYPE_CHECKING:
    from poseviewer.data.dataset import Dataset


@dataclass(frozen=True)
class Measure:
    """about: what it asks, in words; function: "module.name" in this room, which is given models, a dataset and what
    `options` name, and gives figures by name.

    models: how many it takes, where "several" are one recipe from several training seeds, or folds. kind: what they
    are; dims: of what poses, where they must be generators of ours, whose cards tell what they were trained on.
    """

    about: str
    function: str
    models: Literal["none", "one", "several"]
    options: tuple[str, ...] = ()
    kind: str = ""
    dims: tuple[int, ...] = ()

    def figures(self, models: Sequence[Any], dataset: Dataset, **options: Any) -> dict[str, Any]:
        """Figures by name. Raises PoseviewerError where a model is none that it can measure."""
        for model in models:
            self._require(model)
        module, _, name = self.function.rpartition(".")
        given = {"none": [], "one": models[:1], "several": [models]}[self.models]
        told: dict[str, Any] = getattr(import_module(f"poseviewer.measure.{module}"), name)(*given, dataset, **options)
        return told

    def _require(self, model: Any) -> None:
        from poseviewer.nets.models.generator import GeneratorModel
        from poseviewer.nets.models.guarded import kind_of

        ours = isinstance(model, GeneratorModel) and model.skeleton.dims in self.dims
        if kind_of(model) != self.kind or (self.dims and not ours):
            of = f" of {self.dims[0]}D poses" if len(self.dims) == 1 else ""
            raise PoseviewerError(getattr(model, "path", "model"), "", f"it is no {self.kind}{of}", "name another one")


MEASURES: Mapping[str, Measure] = {
    "forecast": Measure("how far forecasts lie from what came, beside baselines", "figures.figures",
                        "several", ("split",), kind="generator"),
    "folds": Measure("forecasts by clip in five folds, one model each (--set fold=1 to 5)",
                     "forecast.folds.fold_figures", "several", kind="generator", dims=(3,)),
    "sampling": Measure("whether samples differ as real continuations do", "forecast.sampling.sampling_figures",
                        "one", ("split",), kind="generator", dims=(3,)),
    "endurance": Measure("whether long rollouts stay real motion", "figures.endurance",
                         "one", ("split", "frames", "temperature"), kind="generator", dims=(2, 3)),
    "liveliness": Measure("whether rollouts are as lively as their seeds", "forecast.liveliness.liveliness",
                          "one", ("frames",), kind="generator", dims=(3,)),
    "embed": Measure("what an embedding gives back of poses, beside PCA", "figures.figures",
                     "several", ("split",), kind="embedding"),
    "classify": Measure("a recipe of classifiers in five folds by clip, beside a linear model",
                        "classify.cross_validate.recipe_figures",
                        "none", ("skeleton", "arch", "embedding", "repeats", "same", "settings")),
}  # fmt: skip
