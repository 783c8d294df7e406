"""What the colours of the map's points mean, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from poseviewer.analysis.latent_index import LatentIndex

MapColour = Literal["action", "split", "clip", "frame", "error"]
RAMP = 12
"""Steps of the scales of frames and of errors."""
WHEEL = 24
"""Steps of the scale of clips, which comes round: two clips of one colour are so many apart."""
OTHER = 255
"""The group of points that have no colour of their own."""
COLOURED = 15
"""Actions that have a colour of their own, in the order in which the dataset brings them; the others share one."""
SPLITS = ("train", "validation", "test")
"""In the order of their colours; a dataset's own names follow."""
_UNNAMED = "no action named"
_NO_SPLIT = "no split named"
_WORST = 98.0  # per cent of the frames that are better than the warm end of the scale of errors


@dataclass(frozen=True)
class LegendKey:
    """A group of points, what it is called, and how many frames it has."""

    group: int
    name: str
    frames: int


@dataclass(frozen=True)
class LegendScale:
    """Of colours that are steps: what its two ends mean, and in words what it is."""

    begin: str
    end: str
    said: str


def keys(index: LatentIndex, colour: MapColour, clip: int) -> tuple[LegendKey, ...]:
    """The groups of an index's points: the one of the clip on the bench first, the others by falling size.

    None where colours are a scale.
    """
    if colour == "split":
        return _of_splits(index)
    if colour != "action":
        return ()
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


def scale(index: LatentIndex, colour: MapColour) -> LegendScale | None:
    """What the steps of a colouring mean; None where its groups have names."""
    if colour == "frame":
        return LegendScale("first frame", "last frame of each clip", "each clip from its first to its last frame")
    if colour == "clip":
        clips = len(index.action)
        rounds = f"clip {min(clips, WHEEL)}" + (", then again" if clips > WHEEL else "")
        return LegendScale("clip 1", rounds, f"{clips} clips in the dataset's order")
    if colour == "error":
        if index.errors is None:
            return LegendScale("", "reconstruction errors are being measured", "reconstruction errors")
        said = "mean distance of a frame's joints from what its latent decodes to"
        return LegendScale("0", f"{off_words(index, worst(index))} off and more", said)
    return None


def worst(index: LatentIndex) -> float:
    """The error at which the scale ends: nearly all frames are better."""
    known = np.zeros(0) if index.errors is None else index.errors[np.isfinite(index.errors)]
    return max(float(np.percentile(known, _WORST)), 1e-9) if len(known) else 1.0


def off_words(index: LatentIndex, error: float) -> str:
    """An error with its unit."""
    flat = index.embedding.skeleton.dims == 2
    return f"{100.0 * error:.2g} % of the image's height" if flat else f"{100.0 * error:.2g} cm"


def groups(index: LatentIndex, colour: MapColour) -> NDArray[np.uint8]:
    """(N,) the group of each point."""
    if colour == "frame":
        frames = np.ones(len(index.action), dtype=np.int64)
        np.maximum.at(frames, index.clip, index.frame + 1)
        return np.minimum(index.frame.astype(np.int64) * RAMP // frames[index.clip], RAMP - 1).astype(np.uint8)
    if colour == "clip":
        return (index.clip % WHEEL).astype(np.uint8)
    if colour == "error":
        return _by_error(index)
    if colour == "split":
        names = split_names(index)
        number = {name: place for place, name in enumerate(names) if name and place < COLOURED}
        of_clip = np.array([number.get(name, OTHER) for name in index.dataset.infos.texts("split")], dtype=np.uint8)
        return of_clip[index.clip]
    return np.where(index.action < COLOURED, index.action, OTHER)[index.clip].astype(np.uint8)


def _by_error(index: LatentIndex) -> NDArray[np.uint8]:
    if index.errors is None:
        return np.full(len(index.clip), OTHER, dtype=np.uint8)
    known = np.isfinite(index.errors)
    steps = np.minimum(RAMP * np.where(known, index.errors, 0.0) / worst(index), RAMP - 1)
    return np.where(known, steps, OTHER).astype(np.uint8)


def split_names(index: LatentIndex) -> list[str]:
    """Those of the clips that were encoded, in the order of their colours; "" where a clip names none."""
    texts = index.dataset.infos.texts("split")
    there = {texts[number] for number in np.unique(index.clip).tolist()}
    return [name for name in SPLITS if name in there] + sorted(there - {*SPLITS, ""}) + [""] * ("" in there)


def _of_splits(index: LatentIndex) -> tuple[LegendKey, ...]:
    frames = np.bincount(groups(index, "split"), minlength=OTHER + 1)
    names = split_names(index)
    found = [LegendKey(place, name, int(frames[place])) for place, name in enumerate(names[:COLOURED]) if name]
    rest = int(frames[OTHER])
    return (*found, LegendKey(OTHER, _NO_SPLIT, rest)) if rest else tuple(found)
