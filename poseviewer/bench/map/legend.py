"""What the colours of the map's points mean, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from poseviewer.analysis.latent_index import LatentIndex

MapColour = Literal["action", "clip", "frame"]
RAMP = 12
"""Steps of the colouring by frame."""
OTHER = 255
"""The group of points that have no colour of their own."""
COLOURED = 15
"""Actions that have a colour of their own, in the order in which the dataset brings them; the others share one."""
_UNNAMED = "no action named"


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
        LegendKey(number, name or _UNNAMED, int(frames[number]))
        for number, name in enumerate(index.actions[:COLOURED])
        if frames[number]
    ]
    found.sort(key=lambda key: (key.group != own, -key.frames))
    others = np.count_nonzero(frames[COLOURED:])
    if others:
        name = (index.actions[-1] or _UNNAMED) if others == 1 else f"{others} other actions"
        found.append(LegendKey(OTHER, name, int(frames[COLOURED:].sum())))
    return tuple(found)


def groups(index: LatentIndex, colour: MapColour, clip: int | None) -> NDArray[np.uint8]:
    """(N,) the group of each point."""
    if colour == "frame":
        frames = np.ones(len(index.action), dtype=np.int64)
        np.maximum.at(frames, index.clip, index.frame + 1)
        return np.minimum(index.frame.astype(np.int64) * RAMP // frames[index.clip], RAMP - 1).astype(np.uint8)
    if colour == "clip":
        own = OTHER if clip is None or clip < 0 else int(index.action[clip]) % COLOURED
        return np.where(index.clip == clip, own, OTHER).astype(np.uint8)
    return np.where(index.action < COLOURED, index.action, OTHER)[index.clip].astype(np.uint8)


def _of_clip(index: LatentIndex, clip: int) -> tuple[LegendKey, ...]:
    frames = int(np.count_nonzero(index.clip == clip))
    others = LegendKey(OTHER, "other clips", len(index.clip) - frames)
    if not frames:
        return (others,)
    own = LegendKey(int(index.action[clip]) % COLOURED, index.dataset.infos[clip].name, frames)
    return (own, others) if others.frames else (own,)
