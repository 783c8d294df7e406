"""Our .csv: one row a frame, a header and no other lines, so that spreadsheets and pandas read it as it stands.

Columns, in any order: `frame` (counts up by one), `seconds`, then NAME_x, NAME_y and in 3D NAME_z of every joint
(metres, y up; 2D: image heights, origin at the centre), empty where it is unknown. Where there is something to say also
NAME_visible (1 or 0), `generated` (1 from the first generated frame on) and box_left, box_bottom, box_right, box_top.
The last column, `poseviewer`, holds in its first rows what the clip has once: a JSON object of the arrays that
clip_arrays.py names. All other columns are passed over.

Text that a spreadsheet would take for a formula has a ' before it, in the header too. A table that a spreadsheet or
pandas has saved again is read: ; or tab between cells, decimal commas, an index column, frames cut off. The columns are
believed before the JSON is: where joints were renamed or left out, there are no bones, and a rate that the seconds
contradict is told from them.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.clip_arrays import KEYS, clip_of
from poseviewer.data.sources import SourceFile, decoded, is_number
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import CANONICAL

NAME = "joint table"
SUFFIXES = (".csv",)
READS = "a row a frame as `poseviewer export` writes it, with all that a clip has"
ASSUMES = "nothing"
EXPECTED = "give a header with frame, seconds, NAME_x, NAME_y and in 3D NAME_z of every joint"

ABOUT = "poseviewer"
BOX = ("box_left", "box_bottom", "box_right", "box_top")
IN_COLUMNS = ("positions", "visibility", "boxes", "seed_frames")
"""Arrays that have columns of their own."""
_SKELETON = ("skeleton", "joints", "parents", "offsets", "edges", "mirror")
_FORMULA = "=+-@\t\r'"
_MAX_TEXT = 256 << 20
_MAX_COLUMNS = 25_000
_MAX_NUMBERS = 50_000_000
_PRINTED = 1.1e-6  # seconds: they are printed with six digits
_UNEVEN = 0.1  # of a frame that a row may lie off its time
_RATES = (24.0, 25.0, 30.0, 48.0, 50.0, 60.0, 72.0, 75.0, 90.0, 100.0, 120.0, 144.0, 150.0, 200.0, 240.0, 250.0, 480.0)


def as_cell(text: str) -> str:
    """Text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] and text[0] in _FORMULA else text


def of_cell(cell: str) -> str:
    """What `as_cell` was given."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in _FORMULA else cell


@dataclass(frozen=True)
class _Header:
    """joints: their names; places: (J, D) the columns of their coordinates, visible: (J,) those of their visibility,
    boxes: (4,) those of the box, each empty where there is none; about: that of the JSON.
    """

    names: tuple[str, ...]
    joints: tuple[str, ...]
    places: tuple[tuple[int, ...], ...]
    visible: tuple[int, ...]
    boxes: tuple[int, ...]
    frame: int
    seconds: int
    generated: int | None
    about: int | None

    @property
    def numbers(self) -> list[int]:
        """All columns of numbers, in the order in which `_numbers` gives them."""
        places = [column for joint in self.places for column in joint]
        generated = [] if self.generated is None else [self.generated]
        return [self.frame, self.seconds, *places, *self.visible, *self.boxes, *generated]


def accepts(file: SourceFile) -> bool:
    line = decoded(file.head(65536)).lstrip("\ufeff").partition("\n")[0]
    names = {name.strip().strip('"') for name in line.split(delimiter_of(line))}
    return {"frame", "seconds"} <= names


def read(file: SourceFile) -> Iterator[Clip]:
    text = decoded(file.content(_MAX_TEXT)).lstrip("\ufeff")
    delimiter = delimiter_of(text.partition("\n")[0])
    rows = csv.reader(lines_of(text), delimiter=delimiter)
    try:
        header = _header(file.name, [of_cell(cell) for cell in next(rows)])
        numbers, lines, about = _rows(file.name, rows, header, "." if delimiter == "," else ",")
    except csv.Error as error:
        cause = f"it is damaged ({error})"
        raise PoseviewerError(file.name, f"line {rows.line_num}", cause, "export it again") from error
    yield _clip(file, header, numbers, lines, about)


def lines_of(text: str) -> Iterator[str]:
    """The lines one after another, without a copy of the whole text; some tables end theirs by a carriage return."""
    if "\n" not in text:
        text = text.replace("\r", "\n")
    return (line[0] for line in re.finditer(r"[^\n]*\n|[^\n]+", text))


def delimiter_of(line: str) -> str:
    """What stands between the cells: the commonest of those that tables have."""
    return max(",;\t", key=line.count)


def _header(label: str, names: Sequence[str]) -> _Header:
    """Raises PoseviewerError naming the column that is missing or there twice."""
    if len(names) > _MAX_COLUMNS:
        raise PoseviewerError(label, "line 1", f"it has {len(names)} columns", f"{_MAX_COLUMNS} are read")
    column: dict[str, int] = {}
    for k, name in enumerate(names):
        if name in column:
            raise PoseviewerError(label, f"line 1, column {k + 1}", f"{name!r} is there twice", "rename one of them")
        column[name] = k
    joints = [name[:-2] for name in names if name.endswith("_x")]
    dims = 3 if any(f"{joint}_z" in column for joint in joints) else 2
    needed = [f"{joint}_{axis}" for joint in joints for axis in "xyz"[:dims]]
    missing = [name for name in ("frame", "seconds", *needed) if name not in column]
    if missing or not joints:
        raise PoseviewerError(label, "line 1", f"there is no column {(missing or ['NAME_x'])[0]!r}", EXPECTED)
    seen = [f"{joint}_visible" for joint in joints]
    return _Header(
        names=tuple(names),
        joints=tuple(joints),
        places=tuple(tuple(column[f"{joint}_{axis}"] for axis in "xyz"[:dims]) for joint in joints),
        visible=tuple(column[name] for name in seen) if all(name in column for name in seen) else (),
        boxes=tuple(column[name] for name in BOX) if all(name in column for name in BOX) else (),
        frame=column["frame"],
        seconds=column["seconds"],
        generated=column.get("generated"),
        about=column.get(ABOUT),
    )


def _rows(label: str, rows: Any, header: _Header, mark: str) -> tuple[NDArray[np.float64], list[int], str]:
    """(F, columns of numbers), NaN for empty cells; the line of each row; the JSON. mark: the decimal one."""
    numbers: list[NDArray[np.float64]] = []
    lines: list[int] = []
    about: list[str] = []
    wanted = header.numbers
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header.names):
            cause = f"it has {len(row)} cells and the header has {len(header.names)}"
            raise PoseviewerError(label, f"line {rows.line_num}", cause, "complete that line or cut it off")
        cells = [row[column].strip().replace(mark, ".") for column in wanted]
        try:
            numbers.append(np.array([float(cell or "nan") for cell in cells]))
        except ValueError:
            bad = next(k for k, cell in enumerate(cells) if not is_number(cell or "nan"))
            where = f"line {rows.line_num}, column {header.names[wanted[bad]]!r}"
            cure = "correct that cell, or empty it where the joint is unknown"
            raise PoseviewerError(label, where, f"{cells[bad][:40]!r} is no number", cure) from None
        lines.append(rows.line_num)
        if len(lines) * len(wanted) > _MAX_NUMBERS:
            cause = f"it holds more than the {_MAX_NUMBERS:,} numbers that are read"
            raise PoseviewerError(label, f"line {rows.line_num}", cause, "cut it into parts")
        if header.about is not None and row[header.about]:
            about.append(of_cell(row[header.about]))
    if not numbers:
        raise PoseviewerError(label, "", "it has a header and no frames", "export it again")
    return np.array(numbers), lines, "".join(about)


def _clip(file: SourceFile, header: _Header, numbers: NDArray[np.float64], lines: list[int], about: str) -> Clip:
    joints, dims = len(header.joints), len(header.places[0])
    sizes = (1, 1, joints * dims, len(header.visible), len(header.boxes))
    count, seconds, positions, visible, boxes, generated = np.split(numbers, np.cumsum(sizes), axis=1)
    _require_count(file.name, count[:, 0], lines)
    arrays = _about(file.name, header, about)
    arrays["positions"] = positions.reshape(len(numbers), joints, dims)
    if header.visible:
        arrays["visibility"] = np.nan_to_num(visible) != 0
    if header.boxes:
        arrays["boxes"] = boxes
    if header.generated is not None:
        arrays["seed_frames"] = np.array(_seed_frames(file.name, generated[:, 0], lines))
    stated = arrays.get("fps", np.array(np.nan))
    is_rate = stated.size == 1 and stated.dtype.kind in "iuf" and np.isfinite(stated).all()
    told = float(stated.item()) if is_rate else None
    fps = _rate(file.name, seconds[:, 0], lines, told)
    if fps is not None:
        if told != fps:
            arrays.pop("fps_known", None)
        arrays["fps"] = np.array(fps)
    return clip_of(file.name, file.stem, arrays, given=file.reading.fps)


def _about(label: str, header: _Header, about: str) -> dict[str, NDArray[Any]]:
    """The arrays of the JSON, those of the skeleton only where its joints are the columns'."""
    try:
        told = json.loads(about) if about else {}
        if not isinstance(told, dict):
            raise TypeError(f"{type(told).__name__} is no object")
        arrays = {key: np.array(told[key]) for key in KEYS if key in told and key not in IN_COLUMNS}
    except (ValueError, TypeError, RecursionError) as error:
        cure = "empty that column: the joints then have no bones"
        raise PoseviewerError(label, f"column {ABOUT!r}", "it holds no JSON object", cure) from error
    odd = next((key for key, array in arrays.items() if array.dtype.kind not in "biufU" or not array.size), None)
    if odd is not None and not (odd == "edges" and not arrays[odd].size):
        raise PoseviewerError(label, f"column {ABOUT!r}", f"{odd!r} is neither a number nor a text", "leave it out")
    named = arrays.get("joints")
    if named is None and str(arrays.get("skeleton")) in CANONICAL:
        named = np.array(CANONICAL[str(arrays["skeleton"])].joints)
    if named is None or named.tolist() != list(header.joints):
        arrays = {key: array for key, array in arrays.items() if key not in _SKELETON}
        arrays["joints"] = np.array(header.joints, dtype=np.str_)
    return arrays


def _require_count(label: str, frames: NDArray[np.float64], lines: list[int]) -> None:
    """Raises PoseviewerError where rows are missing, doubled or sorted otherwise: the motion would jump."""
    wrong = ~(np.diff(frames, prepend=frames[0] - 1) == 1)
    if wrong.any():
        k = int(np.argmax(wrong))
        cause = f"frame {frames[k]:g} stands after {frames[k - 1]:g}" if np.isfinite(frames[k]) else "it is no number"
        raise PoseviewerError(label, f"line {lines[k]}, column 'frame'", cause, "number the frames one by one")


def _seed_frames(label: str, generated: NDArray[np.float64], lines: list[int]) -> int:
    """How many frames come before the generated ones, which reach to the end."""
    marked = np.nan_to_num(generated) != 0
    first = int(np.argmax(marked)) if marked.any() else len(marked)
    if not marked[first:].all():
        where = f"line {lines[first + int(np.argmin(marked[first:]))]}, column 'generated'"
        raise PoseviewerError(label, where, "it is 0 after a generated frame", "let generated frames reach to the end")
    return first


def _rate(label: str, seconds: NDArray[np.float64], lines: list[int], told: float | None) -> float | None:
    """Frames a second that the rows lie apart: what the file tells where that agrees; None where nothing says it.

    Raises PoseviewerError where the rows are not evenly spaced in time.
    """
    steps = np.arange(len(seconds))
    since = seconds - seconds[0]

    def off(rate: float) -> NDArray[np.float64]:
        return np.abs(since - steps / rate)

    if len(seconds) < 2 or (told is not None and told > 0 and (off(told) <= 2 * _PRINTED).all()):
        return told
    rate = float((len(seconds) - 1) / since[-1]) if since[-1] > 0 else np.nan
    uneven = ~(off(rate) * rate <= _UNEVEN)
    if uneven.any():
        where = f"line {lines[int(np.argmax(uneven))]}, column 'seconds'"
        raise PoseviewerError(label, where, "the frames are not evenly spaced in time", "resample them to one rate")
    return next((usual for usual in _RATES if (off(usual) <= _PRINTED).all()), rate)
