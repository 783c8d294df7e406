"""What of the map's look the bench can show, and why it cannot show the rest."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np

from poseviewer.bench.bench import Bench
from poseviewer.bench.map.legend import MapColour, split_names
from poseviewer.bench.map.look import Projecting

_LEAST_ACTIONS = 3  # that it takes to part them along two axes


def level_of(bench: Bench) -> int | None:
    """The level that is shown; None where all are, or there is one alone."""
    sizes, level = _sizes(bench), bench.map.level
    return level if level is not None and len(sizes) > 1 and 0 <= level < len(sizes) else None


def part_of(bench: Bench) -> slice:
    """The latent dimensions that are shown: those of the level, or all."""
    ends, level = [0, *accumulate(_sizes(bench))], level_of(bench)
    return slice(0, ends[-1]) if level is None else slice(ends[level], ends[level + 1])


def _sizes(bench: Bench) -> tuple[int, ...]:
    return () if bench.embedding is None else tuple(bench.embedding.level_sizes)


def dimensions(bench: Bench) -> list[int]:
    """The dimensions that an axis can show, those that tell most first."""
    part, embedding = part_of(bench), bench.embedding
    numbers = list(range(part.start, part.stop))
    kl = getattr(embedding, "kl", None)
    return numbers if kl is None else sorted(numbers, key=lambda number: -float(kl[number]))


def nats(bench: Bench) -> Any:
    """(Z,) nats of each dimension as the embedding tells them; None where it does not."""
    kl = getattr(bench.embedding, "kl", None)
    return None if kl is None else np.asarray(kl, dtype=np.float64)


def axes_of(bench: Bench) -> tuple[int, int]:
    """The dimensions along x and y."""
    offered, chosen = dimensions(bench), bench.map.axes
    if chosen is not None and set(chosen) <= set(offered):
        return chosen
    return offered[0], offered[min(1, len(offered) - 1)]


def projecting(bench: Bench) -> Projecting:
    """The projection that is shown: what was chosen where it can be."""
    return "PCA" if bench.map.projection == "LDA" and why_no_lda(bench) else bench.map.projection


def why_no_lda(bench: Bench) -> str:
    """Why actions cannot be parted; empty where they can."""
    if bench.dataset is None:
        return "LDA parts the actions of a dataset, and none is open."
    index = bench.index
    if index is None:
        return "LDA parts the actions of a dataset: it can be chosen once this one has been encoded."
    named = {index.actions[number] for number in np.unique(index.action[np.unique(index.clip)]).tolist()} - {""}
    if len(named) < _LEAST_ACTIONS:
        there = "no action" if not named else "one action" if len(named) == 1 else "two actions"
        return f"LDA parts three actions or more, and this dataset names {there} that the embedding reads."
    return ""


def colouring(bench: Bench) -> MapColour:
    """What the points' colours mean: what was chosen where it can be shown, else the first that can."""
    colour = bench.map.colour
    if not why_no_colour(bench, colour) or bench.index is None:
        return colour
    return next((other for other in ("action", "clip", "frame") if not why_no_colour(bench, other)), "frame")


def why_no_colour(bench: Bench, colour: MapColour) -> str:
    """Why a colouring would tell nothing apart; empty where it does."""
    index = bench.index
    if index is None or not len(index.clip):
        return "Colours tell the frames of an open dataset apart; here are none that the embedding reads."
    if colour == "action" and not any(index.actions):
        return "This dataset names no actions."
    if colour == "split" and not any(split_names(index)):
        return "This dataset names no splits."
    if colour == "clip" and index.clip[0] == index.clip[-1]:
        return "All frames here are of one clip."
    return ""
