"""TRC, the table of marker trajectories of Motion Analysis and OpenSim.

Three lines tell what follows (rate, unit, counts), one names the markers, each above three columns, one numbers the
axes, and then stands a line a frame: its number, its time, x, y and z of every marker. An empty cell, or 0 0 0, is a
marker that was not seen. Tabs between cells; spaces do where no cell is empty. Which axis is up is not said.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import islice, pairwise

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.readers.markers.takes import clips_of, unit_of
from poseviewer.data.reading import Reading
from poseviewer.data.sources import SourceFile, decoded, is_number
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import ASSUMED_FPS, Clip
from poseviewer.motion.plausible import stated_rate

NAME = "TRC markers"
SUFFIXES = (".trc",)
READS = "markers of any label set, with joints and bones where the set is known"
ASSUMES = "which axis is up, by the body"
EXPECTED = "give a table of marker trajectories, whose fourth line begins with Frame#"

_MAX_TEXT = 400 << 20
_MAX_MARKERS = 2000
_MAX_NUMBERS = 60_000_000
_HEADER_LINES = 20
_AXES = re.compile(r"\s*([XYZ]\d+\s*)+$", re.I)


def accepts(file: SourceFile) -> bool:
    head = decoded(file.head(8192))
    return head.lstrip("\ufeff").startswith("PathFileType") or re.search(r"^\s*Frame#", head, re.I | re.M) is not None


def read(file: SourceFile) -> Iterator[Clip]:
    lines = decoded(file.content(_MAX_TEXT)).splitlines()
    top = next((n for n, line in enumerate(lines[:_HEADER_LINES]) if re.match(r"\s*Frame\s?#", line, re.I)), None)
    if top is None:
        raise PoseviewerError(file.name, "", "no line begins with Frame#, which names the markers", EXPECTED)
    said = _said(lines[:top])
    labels = _labels(file.name, lines[top], f"line {top + 1}")
    body = top + 2 if top + 1 < len(lines) and _AXES.match(lines[top + 1]) else top + 1
    times, positions = _rows(file.name, lines, body, len(labels))
    fps, fps_known = ASSUMED_FPS, False
    if said.get("datarate"):
        rate = said["datarate"].replace(",", ".")
        fps, fps_known = stated_rate(float(rate) if is_number(rate) else math.nan, file.name, file.reading.fps)
    elif len(times) > 1 and times[-1] > times[0]:
        fps, fps_known = stated_rate((len(times) - 1) / (times[-1] - times[0]), file.name, file.reading.fps)
    note = "" if fps_known else ", frame rate assumed"
    stated = Reading(unit=unit_of(said.get("units", "")))
    yield from clips_of(file, labels, positions, stated, note, fps=fps, fps_known=fps_known)


def _said(lines: list[str]) -> dict[str, str]:
    """What stands above the table: names in one line, their values in the next."""
    said: dict[str, str] = {}
    for names, values in pairwise(lines):
        if re.search(r"\b(DataRate|Units)\b", names, re.I):
            said.update(zip(names.lower().split(), values.split(), strict=False))
    return said


def _labels(label: str, line: str, where: str) -> list[str]:
    """The names of the markers; three columns of one that are named one by one are one marker."""
    cells = line.split("\t") if "\t" in line else line.split()
    names = [cell.strip() for cell in cells[2:] if cell.strip()]
    if names[0::3] and all(re.fullmatch(r".+[_.]?x", name, re.I) for name in names[0::3]) and len(names) % 3 == 0:
        stems = [re.sub(r"[_.]?x$", "", name, flags=re.I) for name in names[0::3]]
        if all(re.sub(r"[_.]?z$", "", name, flags=re.I) == stem for name, stem in zip(names[2::3], stems, strict=True)):
            names = stems
    if not names or len(names) > _MAX_MARKERS:
        raise PoseviewerError(label, where, f"it names {len(names)} markers", f"name 1 to {_MAX_MARKERS}")
    return names


def _rows(label: str, lines: list[str], body: int, count: int) -> tuple[list[float], NDArray[np.float64]]:
    """Times of the frames and positions (F, count, 3), NaN where a cell is empty or all three are 0."""
    times: list[float] = []
    rows: list[NDArray[np.float64]] = []
    for number, line in enumerate(islice(lines, body, None), body + 1):
        if not line.strip():
            continue
        if "," in line and "." not in line:
            line = line.replace(",", ".")
        cells = line.rstrip("\r\n").split("\t") if "\t" in line else line.split()
        cells = [cell.strip() for cell in cells]
        given = cells[2 : 2 + 3 * count]
        if any(cells[2 + 3 * count :]):
            cause = f"it has {len(cells)} cells, {2 + 3 * count} at most are named"
            raise PoseviewerError(label, f"line {number}", cause, "name all markers in the line of Frame#")
        odd = next((cell for cell in (*cells[:2], *given) if cell and not is_number(cell)), None)
        if odd is not None:
            raise PoseviewerError(label, f"line {number}", f"{odd[:40]!r} is no number", "correct or empty that cell")
        row = np.full(3 * count, np.nan)
        row[: len(given)] = [float(cell) if cell else math.nan for cell in given]
        times.append(float(cells[1]) if len(cells) > 1 and cells[1] else math.nan)
        rows.append(row)
        if len(rows) * 3 * count > _MAX_NUMBERS:
            cause = f"it holds more than {_MAX_NUMBERS:,} numbers"
            raise PoseviewerError(label, f"line {number}", cause, "cut it into parts")
    if not rows:
        raise PoseviewerError(label, "", "it names markers and has no frames", "export it again")
    positions = np.array(rows).reshape(len(rows), count, 3)
    positions[(positions == 0).all(axis=-1)] = np.nan
    return times, positions
