"""DeepLabCut (Mathis et al. 2018, Lauer et al. 2022) and Lightning Pose: .csv with three or four rows of heads, .h5 of
pandas.

The heads are scorer, individuals where there are several animals, bodyparts and coords: x, y and likelihood, or x, y, z
after triangulation. Rows are frames by number, or images by path in one or three columns. Neither states the bones, the
image's size or the rate. Several animals are several clips, each with its own body parts.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.foreign_hdf5 import MAGIC, ForeignFile
from poseviewer.data.frames import numbered
from poseviewer.data.readers.keypoints.films import Film, clips_of
from poseviewer.data.readers.keypoints.image import image_of
from poseviewer.data.readers.keypoints.pandas_tables import is_table, table_of
from poseviewer.data.readers.keypoints.people import Frame, Person
from poseviewer.data.readers.keypoints.skeletons import MOST_JOINTS, Stated, skeleton_for
from poseviewer.data.sources import SourceFile, decoded
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip

NAME = "DeepLabCut"
SUFFIXES = (".h5", ".hdf5", ".csv")
READS = "points of any animals in an image or in 3D, a clip each"
ASSUMES = "bones, image size, rate; up axis and unit of 3D by the body"
EXPECTED = "give the .h5 or .csv that DeepLabCut wrote, with rows scorer, bodyparts and coords"

_HEADS = ("scorer", "individuals", "bodyparts", "coords")
_SURE = 0.6  # DeepLabCut's own pcutoff
_MOST_COLUMNS = 20_000
_COORDS = ("x", "y", "z")
_SURENESS = ("likelihood", "confidence", "score")
Names = list[tuple[str, ...]]


def accepts(file: SourceFile) -> bool:
    if file.suffix == ".csv":
        return file.head(7).removeprefix(b"\xef\xbb\xbf").lower().startswith(b"scorer"[:4]) and b"\nbodyparts" in (
            file.head(1 << 16).replace(b"\r", b"\n")
        )
    if file.head(8) != MAGIC:
        return False
    try:
        with ForeignFile(file) as opened:
            return is_table(opened)
    except PoseviewerError:
        return False


def read(file: SourceFile) -> Iterator[Clip]:
    if file.suffix == ".csv":
        rows, columns, values = _csv(file)
    else:
        with ForeignFile(file) as opened:
            rows, columns, values = table_of(opened, file.name)
    yield from _clips(file, rows, columns, values)


def _clips(file: SourceFile, rows: Names, columns: Names, values: NDArray[np.floating]) -> Iterator[Clip]:
    animals = _animals(file, columns)
    numbers, films = _frames(rows)
    film = Film(file.stem, file.name, sure=_SURE, person="animal", is_crowd=len(animals) > 1)
    flat = [values[:, found[:, :2]].reshape(-1, 2) for _, found, dims in animals.values() if dims == 2]
    if flat:
        image = image_of(np.concatenate(flat))
        film = replace(film, size=image.size, notes=(image.note,))
    kinds: dict[tuple[str, ...], list[str]] = {}
    for name, (joints, _, _) in animals.items():
        kinds.setdefault(joints, []).append(name)
    for where in dict.fromkeys(films):
        mine = [n for n, other in enumerate(films) if other == where]
        named = replace(film, name=where) if where and len(set(films)) > 1 else film
        for joints, names in kinds.items():
            frames: dict[int, list[Person]] = {numbers[n]: [] for n in mine}
            for name in names:
                _, found, dims = animals[name]
                points = values[:, found[:, :dims]]
                scores = values[:, found[:, 3]] if (found[:, 3] >= 0).all() else None
                for n in mine:
                    if np.isfinite(points[n]).all(axis=-1).any():
                        track = name if len(animals) > 1 else ""
                        frames[numbers[n]].append(Person(points[n], None if scores is None else scores[n], track))
            seen = [Frame(number, tuple(people)) for number, people in frames.items()]
            make = skeleton_for(Stated(joints, name="DeepLabCut"), file.reading)
            yield from filter(None, clips_of(named, seen, make, file.reading))


def _animals(file: SourceFile, columns: Names) -> dict[str, tuple[tuple[str, ...], NDArray[np.intp], int]]:
    """Each animal's body parts (J,), the columns (J, 4) of their x, y, z and likelihood, -1 for none, and 2 or 3."""
    levels = {len(column) for column in columns}
    if len(levels) != 1 or not 2 <= (depth := levels.pop()) <= 4 or len(columns) > _MOST_COLUMNS:
        raise PoseviewerError(file.name, "", "its columns are not those of DeepLabCut", EXPECTED)
    parts: dict[str, dict[str, list[int]]] = {}
    for at, column in enumerate(columns):
        animal = column[1] if depth == 4 else ""
        kind = column[-1].strip().lower()
        place = _COORDS.index(kind) if kind in _COORDS else 3 if kind in _SURENESS else -1
        if place >= 0:
            parts.setdefault(animal, {}).setdefault(column[-2].strip(), [-1, -1, -1, -1])[place] = at
    animals = {}
    for animal, mine in parts.items():
        found = {joint: at for joint, at in mine.items() if min(at[:2]) >= 0}
        if found and len(found) <= MOST_JOINTS:
            table = np.array(list(found.values()), dtype=np.intp)
            animals[animal] = (tuple(found), table, 3 if (table[:, 2] >= 0).all() else 2)
    if not animals:
        raise PoseviewerError(file.name, "", "no column of it is the x or y of a body part", EXPECTED)
    return animals


def _frames(rows: Names) -> tuple[list[int], list[str]]:
    """The number of each row's frame and its film: rows are numbers, or images of folders."""
    if all(len(row) == 1 and row[0].strip().lstrip("-").replace(".0", "").isdecimal() for row in rows):
        return [int(float(row[0])) for row in rows], [""] * len(rows)
    numbers, films = [], []
    for n, row in enumerate(rows):
        path = PurePosixPath("/".join(row).replace("\\", "/"))
        found = numbered(path.stem)
        numbers.append(found[1] if found else n)
        films.append(path.parent.name)
    if any(
        len({number for number, film in zip(numbers, films, strict=True) if film == f}) < films.count(f)
        for f in set(films)
    ):
        numbers = list(range(len(rows)))
    return numbers, films


def _csv(file: SourceFile) -> tuple[Names, Names, NDArray[np.floating]]:
    lines = decoded(file.content()).replace("\0", "").splitlines()
    heads: list[list[str]] = []
    table = csv.reader(lines)
    rows: list[list[str]] = []
    try:
        for row in table:
            if len(heads) < len(_HEADS) and not rows and row and row[0].strip().lower() in _HEADS:
                heads.append(row)
            elif any(word.strip() for word in row):
                rows.append(row)
    except csv.Error as error:
        raise PoseviewerError(file.name, f"line {table.line_num}", "it is no line of a table", EXPECTED) from error
    if len(heads) < 3 or not rows:
        raise PoseviewerError(file.name, "", f"it has {len(heads)} rows of heads and {len(rows)} of numbers", EXPECTED)
    width = len(heads[0])
    before = next((n for n, word in enumerate(heads[-1][1:], 1) if word.strip()), width)
    for number, row in enumerate((*heads, *rows), 1):
        if len(row) != width:
            cause = f"it has {len(row)} columns and the head has {width}"
            raise PoseviewerError(file.name, f"row {number}", cause, EXPECTED)
    values = np.full((len(rows), width - before), np.nan)
    for n, row in enumerate(rows):
        try:
            values[n] = [float(word) if word.strip() else np.nan for word in row[before:]]
        except ValueError as error:
            where = f"row {n + 1 + len(heads)}"
            raise PoseviewerError(file.name, where, "it holds what is no number", EXPECTED) from error
    columns = list(zip(*(head[before:] for head in heads), strict=True))
    return [tuple(row[:before]) for row in rows], columns, values
