"""What the colours of the map's points mean, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from poseviewer.analysis.latent_index import LatentIndex
    from poseviewer.bench.map_picture import MapColour

OTHER = 255
"""The group of points that have no colour of their own."""
UNNAMED = "no action named"


@dataclass(frozen=True)
class LegendKey:
    """A group of points, what it is called, and how many frames it has."""

    group: int
    name: str
    frames: int


def keys(index: LatentIndex, colour: MapColour, clip: int) -> tuple[LegendKey, ...]:
    """The groups of an index's points: the one of the clip on the bench first, the others by falling size.

    None where points are coloured by frame: their colours are a ramp.
    """
    if colour == "frame":
        return ()
    if colour == "clip":
        return _of_clip(index, clip)
    own = int(index.action[clip]) if 0 <= clip < len(index.action) else -1
    frames = np.bincount(index.action[index.clip], minlength=len(index.actions))
    found = [
        LegendKey(min(number, OTHER), name or UNNAMED, int(frames[number]))
        for number, name in enumerate(index.actions)
        if frames[number]
    ]
    return tuple(sorted(found, key=lambda key: (key.group != own, -key.frames)))


def _of_clip(index: LatentIndex, clip: int) -> tuple[LegendKey, ...]:
    frames = int(np.count_nonzero(index.clip == clip))
    others = LegendKey(OTHER, "other clips", len(index.clip) - frames)
    if not frames:
        return (others,)
    own = LegendKey(int(min(index.action[clip], OTHER)), index.dataset.infos[clip].name, frames)
    return (own, others) if others.frames else (own,)
