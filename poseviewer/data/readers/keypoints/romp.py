"""ROMP, BEV and TRACE (Sun et al. 2021 to 2023): .npz whose `results` are who was found in an image, or in many.

`joints` (N, 71, 3) of N people begin with SMPL's 24, about the body; `cam_trans` (N, 3) puts them before the camera, y
down, in metres; `track_ids` (N,) tell who is who, where they are there. A folder with a file an image is one clip.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.frames import numbered, series_name
from poseviewer.data.numpy_files import is_stored, stored
from poseviewer.data.readers.keypoints.films import Film, clips_of, films_of
from poseviewer.data.readers.keypoints.people import Frame, Person
from poseviewer.data.readers.keypoints.skeletons import Stated, skeleton_for
from poseviewer.data.sources import SourceFile
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip

NAME = "ROMP and BEV"
SUFFIXES = (".npz",)
READS = "SMPL's 24 joints of people before the camera, a clip each; a folder of images is one clip"
ASSUMES = "the rate"

_JOINTS = 24
_MOST_IMAGES = 1_000_000
_CURE = "give the .npz that ROMP wrote, whose results hold joints (people, 71, 3)"
_NOTE = "joints before the camera as ROMP estimates them"


def accepts(file: SourceFile) -> bool:
    if not is_stored(file):
        return False
    try:
        return "results" in stored(file) and bool(file.once(NAME, _images))
    except PoseviewerError:
        return False


def read(file: SourceFile) -> Iterator[Clip]:
    """The clips of a film, or of one image."""
    images = file.once(NAME, _images)
    placed = films_of(list(images))
    films: dict[str, list[Frame]] = {}
    for name, people in images.items():
        where, number = placed[name]
        films.setdefault(where, []).append(Frame(number, people))
    for name, frames in films.items():
        film = _film(file.stem if len(films) == 1 else name.rpartition("/")[2], file.name)
        yield from filter(None, clips_of(film, frames, skeleton_for(Stated(), file.reading, "smpl24"), file.reading))


def read_frames(files: Sequence[SourceFile]) -> Iterator[Clip | None]:
    """The clips of files of one image each; those of films by themselves."""
    frames: list[Frame] = []
    for file in files:
        yield None
        try:
            images = _images(file)
        except PoseviewerError:
            continue  # nobody is seen in it
        if len(images) > 1:
            yield from read(file)
            continue
        number = numbered(file.stem)
        people = next(iter(images.values()), ())
        frames.append(Frame(number[1] if number else len(frames), people))
    if any(frame.people for frame in frames):
        film = _film(series_name(files), f"{files[0].name} to {files[-1].name.rpartition('/')[2]}")
        make = skeleton_for(Stated(), files[0].reading, "smpl24")
        yield from clips_of(film, frames, make, files[0].reading)


def _film(name: str, source: str) -> Film:
    return Film(name, source, notes=(_NOTE,), up="-y", unit="m")


def _images(file: SourceFile) -> dict[str, tuple[Person, ...]]:
    """Who is in each image; {} where a file's results are other ones."""
    results = stored(file)["results"]
    results = results.item() if isinstance(results, np.ndarray) and results.shape == () else results
    if not isinstance(results, Mapping):
        return {}
    if "joints" in results:
        return {file.stem: _people(results, file.name, "results")} if "cam_trans" in results else {}
    images = {}
    for key, image in list(results.items())[:_MOST_IMAGES]:
        if not isinstance(image, Mapping) or "joints" not in image or "cam_trans" not in image:
            return {}
        images[str(key)] = _people(image, file.name, f"results {key}")
    return images


def _people(image: Mapping[Any, Any], label: str, where: str) -> tuple[Person, ...]:
    joints, places = _numbers(image["joints"]), _numbers(image["cam_trans"])
    if joints is None or places is None or joints.ndim != 3 or joints.shape[1] < _JOINTS or joints.shape[2] != 3:
        shape = None if joints is None else joints.shape
        raise PoseviewerError(label, where, f"its joints have the shape {shape}", _CURE)
    if places.shape != (len(joints), 3):
        cause = f"it has {len(joints)} people and cam_trans of shape {places.shape}"
        raise PoseviewerError(label, where, cause, _CURE)
    tracks = _numbers(image.get("track_ids"))
    known = tracks is not None and tracks.shape == (len(joints),)
    points = joints[:, :_JOINTS] + places[:, None]
    return tuple(
        Person(points[p], None, f"{tracks[p]:g}" if tracks is not None and known else "") for p in range(len(points))
    )


def _numbers(value: Any) -> NDArray[np.floating] | None:
    array = value if isinstance(value, np.ndarray) else np.empty(0, dtype=object)
    return array.astype(np.float64) if array.dtype.kind in "iuf" else None
