"""Motion as arrays: our .npz, which holds all of a clip. data/clip_arrays.py tells the arrays."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from poseviewer.aside import file_aside
from poseviewer.data.clip_arrays import arrays_of
from poseviewer.motion.clip import Clip
from poseviewer.progress import Job, Progress

_MADE_BY = "poseviewer export"


def write(clip: Clip, out: Path) -> Job:
    """All of a clip, without pickled arrays; `out` appears when it is complete."""
    yield Progress(0, len(clip), "writes arrays")
    with file_aside(out) as part, part.open("wb") as file:  # a path that ends in .NPZ numpy would lengthen by .npz
        np.savez_compressed(file, **arrays_of(clip), made_by=np.str_(_MADE_BY))  # type: ignore[arg-type]


def losses(clip: Clip) -> list[str]:
    """Nothing of a clip is lost."""
    return []


def written_here(path: Path) -> bool:
    """Whether an .npz says that it was exported by this program."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("made_by.npy") as member:
            return _MADE_BY.encode("utf-32-le") in member.read(1000)
    except (OSError, KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return False
