"""C3D (c3d.org), markers of motion capture in the lab; `c3d_file.py` knows the format.

Of the points only those that are positions are taken: angles, forces, moments and powers that a model has added, and
which POINT says are such, are left out, as are the axes of its segments. The unit stands in POINT:UNITS; the axis that
is up is told from the body, and where there is none from POINT:Y_SCREEN, which is how Vicon calls it. Analog channels
(force plates, EMG) are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from poseviewer.data.readers.markers.c3d_file import parsed
from poseviewer.data.readers.markers.takes import clips_of, unit_of
from poseviewer.data.reading import Reading, Up
from poseviewer.data.sources import SourceFile
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import ASSUMED_FPS, Clip
from poseviewer.motion.plausible import stated_rate

NAME = "C3D markers"
SUFFIXES = (".c3d",)
READS = "markers of any label set, with joints and bones where the set is known"
ASSUMES = "which axis is up, by the body or Vicon's Y_SCREEN"
EXPECTED = "export it as C3D again"

_MAX_BYTES = 1 << 30
_NOT_POSITIONS = ("ANGLES", "FORCES", "MOMENTS", "POWERS", "SCALARS", "REACTIONS")
_COMPUTED = re.compile(r"\w*(Angles?|Forces?|Moments?|Powers?|GRF|GRM|Scalars?)|CentreOfMass\w*")
_AXES = re.compile(r"([LR](FE|TI|FO|TO|HU|RA|HN|CL)|PEL|HED|TRX)[OAPL]")
"""A segment's origin and the ends of its three axes, as Plug-in Gait names them."""


def accepts(file: SourceFile) -> bool:
    return file.head(2)[1:] == b"\x50"


def read(file: SourceFile) -> Iterator[Clip]:
    take = parsed(file.content(_MAX_BYTES), file.name)
    point: Mapping[str, Any] = take.parameters.get("POINT", {})
    count = take.points.shape[1]
    labels = [str(label) for label in _all(point, "LABELS")][:count]
    labels += [f"*{m}" for m in range(len(labels), count)]
    bare = [label.split(":")[-1] for label in labels]
    none = {str(name).split(":")[-1] for key in _NOT_POSITIONS for name in _all(point, key)}
    axes = [name for name in bare if _AXES.fullmatch(name)]
    none |= set(axes) if len(axes) >= 4 else set()  # fewer are markers that happen to be called so
    kept = [m for m, name in enumerate(bare) if name not in none and not _COMPUTED.fullmatch(name)]
    if not kept:
        raise PoseviewerError(file.name, "", "it holds no markers", "export it with its trajectories")
    note = "" if len(kept) == count else f", {count - len(kept)} points that a model computed left out"
    if len(take.points) < take.announced:
        note += f", {len(take.points)} of the announced {take.announced} frames"
    unit = unit_of(str(next(iter(_all(point, "UNITS")), "")))
    screen = str(next(iter(_all(point, "Y_SCREEN")), "")).lower().lstrip("+")
    stated = Reading(unit=unit, up=next((known for known in get_args(Up) if known == screen), None))
    rate = next((rate for rate in (*_all(point, "RATE")[:1], take.rate) if isinstance(rate, (int, float)) and rate), 0)
    fps, fps_known = stated_rate(float(rate), file.name, file.reading.fps) if rate else (ASSUMED_FPS, False)
    note += "" if fps_known else ", frame rate assumed"
    positions = take.points[:, kept]
    yield from clips_of(file, [labels[m] for m in kept], positions, stated, note, fps=fps, fps_known=fps_known)


def _all(group: Mapping[str, Any], name: str) -> list[Any]:
    """The values of a parameter, and of those that go on where it is full: LABELS, LABELS2."""
    return [value for key in (name, *(f"{name}{k}" for k in range(2, 20))) for value in group.get(key, ())]
