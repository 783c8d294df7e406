"""Joint positions as arrays: .npy of (F, J, 3) or (F, J, 2), and our .npz.

.npy: metres, y up (2D: image heights, origin at the centre). 22 joints in 3D are taken for HumanML3D's (the body joints
of SMPL, 20 fps); any other count gives numbered joints without bones. (B, F, J, D) are B clips.

Our .npz holds a clip; clip_arrays.py names its arrays. It needs `positions` alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.clip_arrays import KEYS, clip_of
from poseviewer.data.numpy_files import is_stored, stored
from poseviewer.data.sources import SourceFile
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip

NAME = "joint positions"
SUFFIXES = (".npy", ".npz")

_MOST_CLIPS = 100_000


def accepts(file: SourceFile) -> bool:
    return is_stored(file)


def read(file: SourceFile) -> Iterator[Clip]:
    if file.suffix == ".npz":
        yield _npz(file)
        return
    array = _plain(stored(file), file.name)
    if array.dtype.kind not in "iuf" or array.ndim not in (3, 4):
        cause = f"it holds {array.dtype} of shape {array.shape}"
        raise PoseviewerError(file.name, "", cause, "give positions (frames, joints, 3) in metres")
    several = array.ndim == 4
    if several and len(array) > _MOST_CLIPS:
        raise PoseviewerError(file.name, "", f"it holds {len(array)} clips", f"save {_MOST_CLIPS} a file at most")
    for number, positions in enumerate(array if several else array[None]):
        name = f"{file.stem} {number + 1}" if several else file.stem
        clip = clip_of(file.name, name, {"positions": positions}, given=file.reading.fps)
        yield replace(clip, action=file.folders[-1] if file.folders else "")


def _npz(file: SourceFile) -> Clip:
    arrays = stored(file)
    if "positions" not in arrays:
        least = "give an .npz with an array positions (frames, joints, 3) in metres, and fps where it is known"
        raise PoseviewerError(file.name, "", "it has no array 'positions'", least)
    known = {key: _plain(arrays[key], file.name, key) for key in KEYS if key in arrays}
    return clip_of(file.name, file.stem, known, given=file.reading.fps)


def _plain(array: Any, label: str, where: str = "") -> NDArray[Any]:
    """An array of numbers or text. Raises PoseviewerError where it is none, or empty."""
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "biufU":
        cause = f"it holds {array.dtype if isinstance(array, np.ndarray) else type(array).__name__}"
        raise PoseviewerError(label, where, cause, "save plain numbers, without pickled objects")
    if (not array.size and where != "edges") or not array.dtype.itemsize:
        raise PoseviewerError(label, where, f"it is empty, of shape {array.shape}", "save it with its numbers")
    return array
