"""What was assumed of files that do not say it, or said by somebody: found again in the notes that readers leave.

Whoever makes use of what somebody said leaves "... as given"; what has no such note was said in vain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from poseviewer.data.reading import Reading
from poseviewer.errors import PoseviewerError
from poseviewer.text import printable

About = Literal["unit", "up", "fps", "joints"]

RATE_ASSUMED = "an assumed rate"
_NOTES: tuple[tuple[About, re.Pattern[str], str], ...] = (  # about what, how the note reads, and it in a few words
    ("unit", re.compile(r"\btaken to be in (CMU units|[a-z]+)\b[^,;]* by its size"), r"\1"),
    ("unit", re.compile(r"\bin ([a-z]+) as given"), r"\1"),
    ("unit", re.compile(r"\bfits no usual unit, taken to be ([\d.]+) m tall"), r"\1 m tall"),
    ("up", re.compile(r"(?<!\S)([xyz]) up\b"), r"\1 up"),
    ("up", re.compile(r"(?<!\S)-([xyz]) up\b"), r"\1 down"),
    ("fps", re.compile(r"\bat ([\d.]+) frames? a second limbs move [^,;]*"), r"\1 fps?"),
    ("fps", re.compile(r"\b([\d.]+) frames a second as given"), r"\1 fps"),
    ("fps", re.compile(r"\bframe rate (?:not stated|assumed)"), RATE_ASSUMED),
    ("joints", re.compile(r"\btaken to be (\S+?)(?:'s)? by their number"), r"\1 joints"),
    ("joints", re.compile(r"\bjoints taken for those of ([\w ]+)"), r"\1 joints"),
    ("joints", re.compile(r"\bjoints of (.+?) as given"), r"\1"),
)
_USED = {  # by field of a Reading, the note of whoever used it
    "joints": re.compile(r"\bjoints of .+? as given"),
    "up": re.compile(r"(?<!\S)-?[xyz] up as given"),
    "unit": re.compile(r"\bin [a-z]+ as given"),
    "mean": re.compile(r"\bStd and Mean as given"),
    "std": re.compile(r"\bStd and Mean as given"),
}
_WHY = {  # why nobody did, in an image and in space
    "joints": {2: "its joints are stated", 3: "its joints are stated"},
    "up": {2: "it lies in an image", 3: "its up axis is stated"},
    "unit": {2: "it lies in an image", 3: "its unit is stated"},
    "mean": dict.fromkeys((2, 3), "it is not standardised"),
    "std": dict.fromkeys((2, 3), "it is not standardised"),
}
_IN_VAIN = re.compile(r"\b(\w+) given but ([^,;]*)")
_PART = re.compile(r"\bonly (the first \d+ of \d+ points) are read")


def assumed(provenance: str) -> dict[About, str]:
    """What each thing was taken to be, in a few words; those of several files beside one another."""
    found: dict[About, dict[str, None]] = {}
    for about, note, words in _NOTES:
        for match in note.finditer(provenance):
            found.setdefault(about, {})[match.expand(words)] = None
    return {about: " or ".join(words) for about, words in found.items()}


def in_vain(reading: Reading, source: str, dims: int) -> list[str]:
    """Notes on what was said of a file and left no trace in the source of its clip, in space or in an image (dims)."""
    is_so = reading.unit == "px" and dims == 2  # points of an image are in pixels, whether or not somebody says so
    unused = (field for field, note in _USED.items() if field in reading.said and not note.search(source))
    return [f"{field} given but {_WHY[field][dims]}" for field in unused if not (field == "unit" and is_so)]


def require_possible(reading: Reading, label: str, dims: int) -> None:
    """Raises PoseviewerError where what is said of a file cannot be true."""
    if reading.unit == "px" and dims == 3:
        cause, cure = "it moves in space, which has no pixels", "give its unit of length, or leave --unit out"
        raise PoseviewerError(label, "", cause, cure)


def remarks(reading: Reading, notes: Iterable[str]) -> dict[str, str]:
    """What is to be told of what was said of files, by field: that none of them had a use for it, and why; or that it
    names a part of the points alone. notes: of all files.
    """
    notes, told = list(notes), dict[str, str]()
    vain = [dict(_IN_VAIN.findall(note)) for note in notes]
    for field in reading.said.keys() & _USED.keys():
        used = any(_USED[field].search(note) and field not in why for note, why in zip(notes, vain, strict=True))
        reason = next((why[field] for why in vain if field in why), "")
        if reason and not used:
            told[field] = f"not used: {reason}"
    part = next(filter(None, map(_PART.search, notes)), None) if reading.joints else None
    return told if part is None else told | {"joints": f"used for {part[1]} alone"}


def unread(reading: Reading, name: str) -> dict[str, str]:
    """The same of a dataset of ours, which is opened as it is."""
    told = dict.fromkeys(reading.said, "not used: a dataset of ours states all itself")
    if "fps" in told:
        told["fps"] = f"not used: a dataset is opened as it is; `poseviewer import {printable(name)}` resamples it"
    return told
