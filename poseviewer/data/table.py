"""The table of a dataset's clips: one row a clip, held as columns so that a hundred thousand rows open at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from poseviewer.errors import PoseviewerError
from poseviewer.motion.actions import action_name
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton
from poseviewer.text import NAME, numbered, printable

TEXTS = ("name", "action", "subject", "split", "source")
"""Columns of UTF-8 text, fixed width."""

NUMBERS: dict[str, str] = {
    "skeleton": "<i4",
    "offset": "<i8",
    "length": "<i8",
    "fps": "<f8",
    "fps_known": "|u1",
    "loop": "|u1",
    "seed_frames": "<i8",
    "has_visible": "|u1",
    "has_rotations": "|u1",
    "has_boxes": "|u1",
    "image_width": "<i4",
    "image_height": "<i4",
    "digest": "<u8",
}
"""Columns of numbers. offset and length count frames in the skeleton's arrays; -1 or 0 where there is none. digest: 64
bits of the positions, by which two datasets are told apart without reading their frames.
"""

GEOMETRY: dict[str, tuple[int, ...]] = {"travel": (3,), "turn": (), "plane": (5,)}
"""Columns of float64, each with its shape behind (N,). travel in metres and turn in radians: what one cycle of a loop
carries the root, NaN where it is to be estimated. plane: azimuth, height and x, y, z of the centre of 2D clips' planes,
NaN where there is none; absent without any.
"""

LABELS = ("action", "subject", "split", "fps", "fps_known", "loop")
"""Columns of what a Clip and a ClipInfo call by the same name, beside the clip's own name."""

EXTRAS: dict[str, tuple[tuple[int, ...], str, float]] = {
    "visible": ((), "|u1", 1),
    "rotations": ((4,), "<f4", np.nan),
    "boxes": ((4,), "<f4", np.nan),
}
"""Arrays that a clip may have beside its positions, which the columns has_... tell: shape behind (F, J), of boxes
behind (F,), type, and what a clip without them has.
"""

MOST_CLIPS = 1_000_000
_LOOKED_AT = 4 << 20  # bytes of a column at a time


@dataclass(frozen=True)
class ClipInfo:
    """A clip's labels without its frames. skeleton: index into the dataset's skeletons; frames: how many it has."""

    name: str
    action: str
    subject: str
    split: str
    skeleton: int
    fps: float
    fps_known: bool
    loop: bool
    seed_frames: int | None
    frames: int


@dataclass(frozen=True)
class ClipTable:
    """Columns (N,) by name; a row becomes a ClipInfo when it is asked for."""

    columns: dict[str, NDArray]

    def __len__(self) -> int:
        return len(self.columns["length"])

    def __getitem__(self, index: int) -> ClipInfo:
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        seed = int(self.columns["seed_frames"][index])
        return ClipInfo(
            **{key: self.text(key, index) for key in ("name", "action", "subject", "split")},
            skeleton=int(self.columns["skeleton"][index]),
            fps=float(self.columns["fps"][index]),
            fps_known=bool(self.columns["fps_known"][index]),
            loop=bool(self.columns["loop"][index]),
            seed_frames=None if seed < 0 else seed,
            frames=int(self.columns["length"][index]),
        )

    def __iter__(self) -> Iterator[ClipInfo]:
        return (self[i] for i in range(len(self)))

    def text(self, column: str, index: int) -> str:
        return bytes(self.columns[column][index]).decode("utf-8", "replace")

    def texts(self, column: str) -> list[str]:
        return [bytes(value).decode("utf-8", "replace") for value in self.columns[column]]

    @cached_property
    def actions(self) -> dict[str, int]:
        """The actions as a person reads them, numbered in the order in which the clips bring them."""
        labels, first = np.unique(self.columns["action"], return_index=True)
        names = [bytes(label).decode("utf-8", "replace") for label in labels[np.argsort(first)]]
        numbers: dict[str, int] = {}
        for name in names:
            numbers.setdefault(action_name(name), len(numbers))
        return numbers

    def index_of(self, name: str) -> int | None:
        """The first clip of that name; None where there is none."""
        hits = np.flatnonzero(self.columns["name"] == _encoded(name))
        return int(hits[0]) if len(hits) else None


class TableBuilder:
    """Collects rows and gives the columns; clip names are made unique on the way."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []
        self.skeletons: list[Skeleton] = []
        self._taken: dict[str, int] = {}

    def number_of(self, skeleton: Skeleton) -> int:
        """Which one of the skeletons it is: a new one where none before is the same."""
        for k, known in enumerate(self.skeletons):
            if known is skeleton or (known.name == skeleton.name and known.same_as(skeleton)):
                return k
        self.skeletons.append(skeleton)
        return len(self.skeletons) - 1

    def add(self, clip: Clip, skeleton: int, offset: int) -> None:
        """Raises PoseviewerError where there are too many."""
        if len(self.rows) >= MOST_CLIPS:
            cause = f"it is beyond the {MOST_CLIPS} clips of a dataset"
            raise PoseviewerError(clip.source or clip.name, "", cause, "import a part of them")
        width, height = clip.image_size or (0, 0)
        self.rows.append(
            {
                "name": numbered(clip.name or "clip", self._taken),
                "source": clip.source,
                "skeleton": skeleton,
                "offset": offset,
                "length": len(clip),
                **{key: getattr(clip, key) for key in LABELS},
                "seed_frames": -1 if clip.seed_frames is None else clip.seed_frames,
                **{f"has_{key}": getattr(clip, key) is not None for key in EXTRAS},
                "image_width": width,
                "image_height": height,
                "digest": int.from_bytes(hashlib.blake2b(clip.positions.tobytes(), digest_size=8).digest(), "little"),
                "travel": (np.nan,) * 3 if clip.travel is None else clip.travel,
                "turn": clip.turn,
                "plane": (np.nan,) * 5 if clip.plane is None else clip.plane.numbers,
            }
        )

    def columns(self) -> dict[str, NDArray]:
        """Of the rows so far, one at least."""
        columns = {key: np.array([_encoded(str(row[key])) for row in self.rows], dtype="S") for key in TEXTS}
        for key, dtype in (NUMBERS | dict.fromkeys(GEOMETRY, "<f8")).items():
            columns[key] = np.array([row[key] for row in self.rows], dtype=dtype)
        if np.isnan(columns["plane"]).all():
            del columns["plane"]
        return columns


def printable_column(column: NDArray, most: int = NAME) -> NDArray:
    """A column (N,) of text, N > 0, as bytes, each row printable; one of plain letters, as most are, as it is."""
    letters = np.ascontiguousarray(column).view(np.uint8).reshape(len(column), -1)
    rows = max(1, _LOOKED_AT // letters.shape[1])
    odd = [at + row for at in range(0, len(letters), rows) for row in _odd_rows(letters[at : at + rows], most)]
    if not odd:
        return column
    texts = [printable(bytes(column[row]).decode("utf-8", "replace"), most).encode() for row in odd]
    cleaned = column.astype(f"S{max(letters.shape[1], *map(len, texts))}")
    cleaned[odd] = texts
    return cleaned


def _odd_rows(letters: NDArray[np.uint8], most: int) -> list[int]:
    """Rows (N, W) of bytes that are not plain letters, filled up with zeros, `most` at most."""
    odd = ((letters < 0x20) & (letters != 0)) | (letters > 0x7E)
    odd[:, 1:] |= (letters[:, :-1] == 0) & (letters[:, 1:] != 0)
    odd[:, most:] |= letters[:, most:] != 0
    return np.flatnonzero(odd.any(axis=1)).tolist()


def _encoded(text: str) -> bytes:
    """Text as it stands in a column; what cannot be encoded was made by a program, not read from a file."""
    return text.replace("\0", "").encode(errors="replace")
