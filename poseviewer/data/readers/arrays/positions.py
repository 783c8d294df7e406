"""Our .npz: a clip as arrays, in metres, y up, as clip_arrays.py names them.

It is told from others by the names of its joints, or by another array that no other program writes beside `positions`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.clip_arrays import KEYS, clip_of
from poseviewer.data.numpy_files import Npz, is_stored, stored
from poseviewer.data.sources import SourceFile
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip

NAME = "poseviewer clip"
SUFFIXES = (".npz",)
READS = "all that a clip has, as `poseviewer export` writes it"
ASSUMES = "nothing"

_OURS = ("skeleton", "fps_known", "travel", "turn", "plane", "boxes", "visibility", "loop")
"""What no other program writes beside positions."""


def accepts(file: SourceFile) -> bool:
    return is_stored(file) and is_ours(stored(file))


def is_ours(arrays: Any) -> bool:
    """Whether arrays are a clip of ours: positions, and what tells whose joints they are, or another thing of ours."""
    if not isinstance(arrays, Npz) or "positions" not in arrays:
        return False
    return any(key in arrays for key in _OURS) or ("joints" in arrays and len(arrays.shape("joints")) == 1)


def read(file: SourceFile) -> Iterator[Clip]:
    arrays = stored(file)
    known = {key: _plain(arrays[key], file.name, key) for key in KEYS if key in arrays}
    yield clip_of(file.name, file.stem, known, given=file.reading.fps)


def _plain(array: Any, label: str, where: str = "") -> NDArray[Any]:
    """An array of numbers or text. Raises PoseviewerError where it is none, or empty."""
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "biufU":
        cause = f"it holds {array.dtype if isinstance(array, np.ndarray) else type(array).__name__}"
        raise PoseviewerError(label, where, cause, "save plain numbers, without pickled objects")
    if (not array.size and where != "edges") or not array.dtype.itemsize:
        raise PoseviewerError(label, where, f"it is empty, of shape {array.shape}", "save it with its numbers")
    return array
