"""Data sets of images with 3D joints as SPIN (Kolotouros et al. 2019) and MMPose keep them, MPI-INF-3DHP among them:
.npz with `imgname` (N,), `S` (N, J, 3 or 4) and `part` (N, J, 3).

S is in the camera's axes, y down, in metres, a fourth number 0 for what is unknown; 17 joints are MPI-INF-3DHP's as
MMPose orders them, 24 are SPIN's. Images that count on are a clip, others stand alone. Where there is no S, part is
read, in pixels. MPI-INF-3DHP was filmed at 25 frames a second, five training sequences at 50, in 2048 x 2048 pixels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.numpy_files import stored
from poseviewer.data.readers.keypoints.films import Film, clips_of, films_of
from poseviewer.data.readers.keypoints.people import Frame, Person
from poseviewer.data.readers.keypoints.skeletons import MOST_JOINTS, Stated, skeleton_for
from poseviewer.data.sources import SourceFile
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip

NAME = "images with 3D joints (SPIN, MPI-INF-3DHP)"
SUFFIXES = (".npz",)
READS = "3D joints of people in images, in the camera's axes"
ASSUMES = "which set of joints, by their number; the rate"

_SETS = {17: "3dhp17", 24: "spin24"}
_OF_3DHP = re.compile(r"(TS?|S)(\d)(?:_Seq(\d)_Cam\d+)?")
_FAST = {("1", "2"), ("3", "1"), ("3", "2"), ("5", "1"), ("5", "2")}  # subject and sequence filmed at 50
_SIZE = (2048, 2048)
_CURE = "give imgname (images,) and S (images, joints, 4) or part (images, joints, 3)"


def accepts(file: SourceFile) -> bool:
    if file.head(4) != b"PK\x03\x04":
        return False
    try:
        arrays = stored(file)
        return "imgname" in arrays and any(key in arrays for key in ("S", "part"))
    except PoseviewerError:
        return False


def read(file: SourceFile) -> Iterator[Clip]:
    arrays = stored(file)
    names = _array(file, arrays["imgname"], "imgname", "US", 1)
    key = "S" if "S" in arrays else "part"
    table = _array(file, arrays[key], key, "iuf", 3).astype(np.float64)
    if (
        len(table) != len(names)
        or not len(names)
        or table.shape[2] < (3 if key == "S" else 2)
        or table.shape[1] > MOST_JOINTS
    ):
        cause = f"it has shape {table.shape} and there are {len(names)} images"
        raise PoseviewerError(file.name, key, cause, _CURE)
    dims = 3 if key == "S" else 2
    sure = table[..., dims] if table.shape[2] > dims else None
    points = np.where((sure <= 0)[..., None], np.nan, table[..., :dims]) if sure is not None else table[..., :dims]
    images = [name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name) for name in names.tolist()]
    placed = films_of(images)
    films: dict[str, dict[int, list[Person]]] = {}
    for n, image in enumerate(images):
        where, number = placed[image]
        person = Person(points[n], None if sure is None else np.minimum(sure[n], 1.0))
        films.setdefault(where, {}).setdefault(number, []).append(person)
    for name, frames in films.items():
        film = _film(name.rpartition("/")[2], file.name, points.shape[1] == 17)
        seen = [Frame(number, tuple(people)) for number, people in frames.items()]
        if any(np.isfinite(person.points).all(axis=-1).any() for frame in seen for person in frame.people):
            make = skeleton_for(Stated(), file.reading, _SETS.get(points.shape[1], ""))
            yield from filter(None, clips_of(film, seen, make, file.reading))


def _film(name: str, source: str, may_be_3dhp: bool) -> Film:
    found = _OF_3DHP.match(name) if may_be_3dhp else None
    if found is None:
        return Film(name, source, up="-y", unit="m")
    fps = 50.0 if (found[2], found[3]) in _FAST and found[1] == "S" else 25.0
    size = (1920, 1080) if found[1] == "TS" and found[2] in "56" else _SIZE
    return Film(name, source, fps, size, labels={"subject": f"{found[1]}{found[2]}"}, up="-y", unit="m")


def _array(file: SourceFile, array: Any, key: str, kinds: str, axes: int) -> NDArray[Any]:
    if not isinstance(array, np.ndarray) or array.dtype.kind not in kinds or array.ndim != axes:
        cause = f"it is {array.dtype} of shape {array.shape}" if isinstance(array, np.ndarray) else "it is no array"
        raise PoseviewerError(file.name, key, cause, _CURE)
    return array
