"""CMU Panoptic as VoxelPose (Tu et al. 2020) and MMPose prepare it: pickles whose `db` has an entry an image.

`joints_3d` (people, 15, 3) of an image are the same for every camera: the first one is read. 15 joints are the first
of Panoptic's 19. Millimetres, z up, as these programs turn it. (Its own files are JSON, one a frame: `json_files.py`.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.frames import numbered
from poseviewer.data.numpy_files import PICKLES, is_stored, stored
from poseviewer.data.readers.keypoints.films import Film, clips_of
from poseviewer.data.readers.keypoints.people import Frame, Person
from poseviewer.data.readers.keypoints.skeletons import Stated, skeleton_for
from poseviewer.data.sources import SourceFile
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.motion.joint_sets import joint_set

NAME = "CMU Panoptic, as VoxelPose prepares it"
SUFFIXES = PICKLES
READS = "3D joints of people, a clip each, by sequence; of several cameras the first"
ASSUMES = "up axis and unit, by the body; 29.97 fps"

_FPS = 29.97  # of its HD cameras
_IMAGES = ("image", "image_file", "img_path", "key")
_PEOPLE = ("joints_3d", "pose", "keypoints_3d")
_VISIBLE = ("joints_3d_vis", "joints_3d_visible", "keypoints_3d_visible")
_OF_19 = 15


def accepts(file: SourceFile) -> bool:
    return is_stored(file) and bool(_entries(stored(file)))


def read(file: SourceFile) -> Iterator[Clip]:
    films: dict[str, tuple[str, dict[int, tuple[Person, ...]]]] = {}
    for number, entry in enumerate(_entries(stored(file))):
        sequence, camera, frame = _place(entry, number)
        first, frames = films.setdefault(sequence, (camera, {}))
        if camera == first:
            frames[frame] = _people(entry)
    count = 0
    for sequence, (_, frames) in films.items():
        seen = [Frame(frame, people) for frame, people in frames.items()]
        if any(np.isfinite(person.points).all(axis=-1).any() for frame in seen for person in frame.people):
            film = Film(sequence, file.name, _FPS, has_ground=True)
            for clip in filter(None, clips_of(film, seen, skeleton_for(_joints(seen), file.reading), file.reading)):
                count += 1
                yield clip
    if not count:
        raise PoseviewerError(file.name, "db", "there is nobody in it", "prepare it again, with joints_3d of people")


def _entries(content: Any) -> list[Mapping[Any, Any]]:
    """The images of a data base; [] where it is none."""
    entries = content.get("db") if isinstance(content, Mapping) and not hasattr(content, "shape") else content
    if not isinstance(entries, list) or not entries or not isinstance(entries[0], Mapping):
        return []
    if not any(key in entries[0] for key in _PEOPLE) or not any(key in entries[0] for key in _IMAGES):
        return []
    return [entry for entry in entries if isinstance(entry, Mapping)]


def _place(entry: Mapping[Any, Any], number: int) -> tuple[str, str, int]:
    """Sequence, camera and frame, which the image's path tells: .../160906_pizza1/hdImgs/00_16/00_16_00001234.jpg."""
    name = next((entry[key] for key in _IMAGES if isinstance(entry.get(key), str)), "")
    path = PurePosixPath(name.replace("\\", "/"))
    found = numbered(path.stem)
    if found is None:
        return path.parent.name or "panoptic", "", number
    folders = [part for part in path.parts[:-1] if part not in ("hdImgs", "images", "/")]
    sequence = (
        folders[-2]
        if len(folders) > 1
        else folders[-1]
        if folders
        else found[0].partition("*")[0].strip("_") or "panoptic"
    )
    return sequence, found[0], found[1]


def _people(entry: Mapping[Any, Any]) -> tuple[Person, ...]:
    points = _numbers(next((entry[key] for key in _PEOPLE if key in entry), None))
    if points is None or points.ndim != 3 or points.shape[2] != 3 or points.shape[1] < 5:
        return ()
    visible = _numbers(next((entry[key] for key in _VISIBLE if key in entry), None))
    scores = None
    if visible is not None and visible.shape[:2] == points.shape[:2]:
        scores = visible if visible.ndim == 2 else visible.max(axis=-1)
    tracks = _numbers(entry.get("person_ids"))
    names = [""] * len(points) if tracks is None or tracks.shape != (len(points),) else [f"{n:g}" for n in tracks]
    return tuple(Person(points[p], None if scores is None else scores[p], names[p]) for p in range(len(points)))


def _joints(frames: list[Frame]) -> Stated:
    count = next(len(person.points) for frame in frames for person in frame.people)
    if count != _OF_19:
        return Stated()
    all_of_them = joint_set("panoptic19")
    edges = tuple(edge for edge in all_of_them.edges if max(edge) < _OF_19)
    return Stated(all_of_them.joints[:_OF_19], edges, name="panoptic")


def _numbers(value: Any) -> NDArray[np.floating] | None:
    """Numbers of an array, or of a list of arrays of one shape."""
    if isinstance(value, (list, tuple)) and value and all(isinstance(part, np.ndarray) for part in value):
        value = np.stack(value) if len({part.shape for part in value}) == 1 else None
    array = value if isinstance(value, np.ndarray) else np.empty(0, dtype=object)
    return array.astype(np.float64) if array.dtype.kind in "biuf" and array.size else None
