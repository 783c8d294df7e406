"""What classifiers have answered about the clip and the rollouts, frame by frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from poseviewer.render.palette import Role

if TYPE_CHECKING:  # they import torch, which must not stand before the first paint
    from poseviewer.analysis.classes.answers import Answers
    from poseviewer.nets.protocols import Classifier

Shown = Literal["", "one", "raw and latent"]
BOTH: Final = "raw and latent"


@dataclass(frozen=True)
class Namer:
    """A classifier that names actions. kind: "raw" or "latent", what it reads of poses; why: why there is none."""

    name: str
    kind: str
    classifier: Classifier | None = None
    why: str = ""


@dataclass(frozen=True, eq=False)
class Naming:
    """answers: by the namer's place, and the role of the lane whose rollout it is about or None for the clip; a
    sentence where it gives none.
    """

    namers: tuple[Namer, ...] = ()
    answers: Mapping[tuple[int, Role | None], Answers | str] = field(default_factory=dict)


NOT_NAMED = Naming()
