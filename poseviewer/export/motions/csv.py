"""Motion as a table: .csv for spreadsheets, pandas and other programs. data/readers/arrays/csv.py tells the columns."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np

from poseviewer.aside import file_aside
from poseviewer.data.clip_arrays import arrays_of
from poseviewer.data.readers.arrays.csv import ABOUT, BOX, IN_COLUMNS, as_cell
from poseviewer.motion.clip import Clip
from poseviewer.progress import Job, Progress

_CELLS = 100_000  # between two reports of progress
_LONGEST_CELL = 30_000  # letters; spreadsheets hold 32,767
_LONGEST_HEADER = 1 << 20  # bytes that are looked at for the last column's name


def write(clip: Clip, out: Path) -> Job:
    """All of a clip but its rotations; `out` appears when it is complete."""
    axes = "xyz"[: clip.skeleton.dims]
    header = ["frame", "seconds"]
    header += [as_cell(f"{joint}_{axis}") for joint in clip.skeleton.joints for axis in axes]
    if clip.visible is not None:
        header += [as_cell(f"{joint}_visible") for joint in clip.skeleton.joints]
    if clip.boxes is not None:
        header += BOX
    if clip.seed_frames is not None:
        header.append("generated")
    about = _about(clip)
    with file_aside(out) as part, part.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow([*header, ABOUT])
        step = max(1, _CELLS // len(header))
        for start in range(0, len(clip), step):
            yield Progress(start, len(clip), "writes rows")
            rows = _rows(clip, start, min(start + step, len(clip)))
            table.writerows([*row, about.pop(0) if about else ""] for row in rows)


def _rows(clip: Clip, start: int, stop: int) -> list[list[str]]:
    """The cells of some frames; numbers with as many digits as single precision tells apart."""
    frames = np.arange(start, stop)
    columns = [
        np.array([[str(frame), f"{frame / clip.fps:.6f}"] for frame in frames.tolist()]),
        _cells(clip.positions[start:stop].reshape(stop - start, -1)),
    ]
    if clip.visible is not None:
        columns.append(clip.visible[start:stop].astype(np.int8).astype(np.str_))
    if clip.boxes is not None:
        columns.append(_cells(clip.boxes[start:stop]))
    if clip.seed_frames is not None:
        columns.append((frames >= clip.seed_frames).astype(np.int8).astype(np.str_)[:, None])
    rows: list[list[str]] = np.concatenate(columns, axis=1).tolist()
    return rows


def _cells(numbers: np.ndarray) -> np.ndarray:
    """(F, N) numbers as text, empty where one is unknown."""
    return np.where(np.isnan(numbers), "", numbers.astype(np.str_))


def _about(clip: Clip) -> list[str]:
    """What the clip has once, as JSON in as many cells as it takes, at most one a row."""
    arrays = {key: array.tolist() for key, array in arrays_of(clip).items() if key not in (*IN_COLUMNS, "rotations")}
    text = json.dumps(arrays, ensure_ascii=False)
    length = max(_LONGEST_CELL, math.ceil(len(text) / len(clip)))
    return [as_cell(text[at : at + length]) for at in range(0, len(text), length)]


def losses(clip: Clip) -> list[str]:
    """What of a clip is not in its table."""
    return [] if clip.rotations is None else ["rotations"]


def written_here(path: Path) -> bool:
    """Whether a table's last column is the one that this program writes."""
    with path.open("rb") as file:
        return file.readline(_LONGEST_HEADER).rstrip().endswith(f",{ABOUT}".encode())
