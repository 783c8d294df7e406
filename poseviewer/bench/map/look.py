"""What somebody chose to see on the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from poseviewer.bench.map.legend import MapColour

FitTo = Literal["all", "action", "clip"]
Projecting = Literal["PCA", "LDA", "dimensions"]


@dataclass(frozen=True)
class MapLook:
    """axes: the dimensions (from 0) along x and y, None for the two that tell most. level: of an embedding with several
    the one that is shown and dragged, from 0; None for all of them.
    """

    projection: Projecting = "PCA"
    axes: tuple[int, int] | None = None
    level: int | None = None
    colour: MapColour = "action"
