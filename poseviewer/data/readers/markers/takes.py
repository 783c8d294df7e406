"""Markers of one take as clips: which are somebody's, and what their labels tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.readers.markers.labels import FEWEST, place_of, set_of
from poseviewer.data.reading import Reading, Unit
from poseviewer.data.sources import SourceFile
from poseviewer.data.upright import METRES, Stand, told
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.motion.names import mirror_of
from poseviewer.motion.skeleton import Skeleton
from poseviewer.text import counted, numbered

_JOINTS = {"hip": "asi hip psi", "knee": "kne tib shu thi", "ankle": "ank hee toe", "shoulder": "sho asi hip psi"}
"""What stands for a joint where only the axis is asked that is up: the first that is there at both sides."""
_UNITS: dict[str, Unit] = {
    "m": "m", "meter": "m", "meters": "m", "metre": "m", "metres": "m", "cm": "cm", "centimeters": "cm",
    "mm": "mm", "millimeter": "mm", "millimeters": "mm", "millimetres": "mm", "in": "in", "inch": "in", "inches": "in",
}  # fmt: skip
_SIZES = (0.1, 6.0)  # metres that markers of one frame reach in a unit that can be right
_NAMELESS = re.compile(r"(.*:)?(\*|u_|uname\*?|unlabell?ed|c_|)\d*", re.I)


def unit_of(words: str) -> Unit | None:
    """The unit that a file names, None where it is none that is known."""
    return _UNITS.get(words.strip().lower())


def clips_of(
    file: SourceFile,
    labels: Sequence[str],
    positions: NDArray[np.floating],
    stated: Reading,
    note: str,
    **labelled: Any,
) -> Iterator[Clip]:
    """The clips of markers (F, M, 3), NaN where they were not seen, in the unit that the file states.

    Markers without a label, and those never seen, are left out. Where several bodies are told apart by what stands
    before ":" each is a clip; else all markers are one. stated: unit and axis as the file tells them. labelled: more of
    Clip. Raises PoseviewerError where nothing is left.
    """
    named = [m for m, label in enumerate(labels) if not _NAMELESS.fullmatch(label.strip())]
    seen = np.isfinite(positions).all(axis=-1).any(axis=0)
    kept = [m for m in (named or range(len(labels))) if seen[m]]
    if not kept:
        raise PoseviewerError(file.name, "", "no marker was ever seen", "export it again with its trajectories")
    if len(kept) < len(labels):
        note += f", {counted(len(labels) - len(kept), 'marker')} without a label or never seen left out"
    groups: dict[str, list[int]] = {}
    for m in kept:
        groups.setdefault(labels[m].rpartition(":")[0], []).append(m)
    bodies = {who: own for who, own in groups.items() if sum(bool(place_of(labels[m])) for m in own) >= FEWEST}
    parts = bodies if len(bodies) > 1 else {next(iter(bodies), ""): kept}
    for who, own in parts.items():
        names = _short([labels[m] for m in own])
        skeleton, words = set_of(names)
        stand = _stand(positions[:, own], skeleton, file.reading, stated)
        remarks = "".join(f", {said}" for said in stand.notes)
        yield Clip(
            skeleton=skeleton,
            positions=stand.points(positions[:, own]).astype(np.float32),
            name=file.stem if len(parts) == 1 else f"{file.stem} {who}",
            subject=who,
            action=file.folders[-1] if file.folders else "",
            source=f"{file.name}: {words}{note}{remarks}",
            **labelled,
        )


def _stand(positions: NDArray[np.floating], skeleton: Skeleton, reading: Reading, stated: Reading) -> Stand:
    """How markers stand: by those at hips, knees, ankles and shoulders as if they were the joints, else as stated."""
    if stated.unit is not None and reading.unit is None:
        seen = positions[np.isfinite(positions).all(axis=-1).any(axis=1)]
        reach = float(np.median(np.nanmax(seen, axis=1) - np.nanmin(seen, axis=1), axis=0).max())
        if not _SIZES[0] <= reach * METRES[stated.unit] <= _SIZES[1]:
            stated = replace(stated, unit=None)
    index = {place_of(joint): j for j, joint in reversed(list(enumerate(skeleton.joints)))}
    places: dict[str, int] = {}
    for part, choices in _JOINTS.items():
        both = next((place for place in choices.split() if {f"l{place}", f"r{place}"} <= set(index)), "")
        if both:
            places |= {f"left_{part}": index[f"l{both}"], f"right_{part}": index[f"r{both}"]}
    if len(places) == 2 * len(_JOINTS):
        body = Skeleton("body", tuple(places), None, (), mirror_of(tuple(places)))
        stand = told(positions[:, list(places.values())], body, reading, unit=stated.unit)
        if stated.up is None or "by the body" in stand.note:
            return stand
    stand = told(positions, skeleton, reading, up=stated.up, unit=stated.unit)
    if stated.up is None or reading.up is not None:
        return stand
    return replace(stand, notes=(*stand.notes, f"{stated.up} up as the file says"))


def _short(labels: list[str]) -> tuple[str, ...]:
    """The labels without what all of them begin with, each there once."""
    first, last = min(labels), max(labels)
    same = next((k for k, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    common = first[:same]
    cut = max(common.rfind(mark) for mark in ":_") + 1 if len(labels) > 1 else 0
    if not common[:cut].endswith(":") and sum(bool(place_of(label)) for label in labels) >= FEWEST:
        cut = 0
    taken: dict[str, int] = {}
    return tuple(numbered(label[cut:].strip() or "marker", taken, "_") for label in labels)
