"""Motion as numbers: our .npz, which the readers open again, and .csv for spreadsheets and other programs."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from poseviewer.aside import file_aside
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import CANONICAL
from poseviewer.progress import Job, Progress

_MADE_BY = "poseviewer export"
_ROWS = 500  # of a table between two reports of progress


def write_npz(clip: Clip, out: Path) -> Job:
    """positions (F, J, D), and what else the clip has; no pickled arrays."""
    yield Progress(0, len(clip), "writes arrays")
    with file_aside(out) as part:
        np.savez_compressed(part, **npz_arrays(clip), made_by=np.str_(_MADE_BY))


def npz_arrays(clip: Clip) -> dict[str, Any]:
    """The arrays of our .npz: positions, fps, and where they are there visibility, rotations, action, seed_frames.

    A canonical skeleton is stored by its name, any other by its joints and parents.
    """
    arrays: dict[str, Any] = {"positions": clip.positions, "fps": np.float64(clip.fps)}
    if clip.visible is not None:
        arrays["visibility"] = clip.visible
    if clip.rotations is not None:
        arrays["rotations"] = clip.rotations
    if clip.action:
        arrays["action"] = np.str_(clip.action)
    if clip.seed_frames is not None:
        arrays["seed_frames"] = np.int64(clip.seed_frames)
    skeleton = clip.skeleton
    if skeleton.name in CANONICAL and CANONICAL[skeleton.name].joints == skeleton.joints:
        arrays["skeleton"] = np.str_(skeleton.name)
    else:
        arrays["joints"] = np.array(skeleton.joints, dtype=np.str_)
        if skeleton.parents is not None:
            arrays["parents"] = np.array(skeleton.parents, dtype=np.int64)
        if skeleton.offsets is not None:
            arrays["offsets"] = np.asarray(skeleton.offsets, dtype=np.float32)
    return arrays


def write_csv(clip: Clip, out: Path) -> Job:
    """One row a frame: frame, seconds, then x, y (and z) of every joint; empty where a joint is unknown.

    Generated frames are marked in the column `generated` where there are any.
    """
    axes = "xyz"[: clip.skeleton.dims]
    marked = clip.seed_frames is not None
    with file_aside(out) as part, part.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        columns = [f"{joint}_{axis}" for joint in clip.skeleton.joints for axis in axes]
        table.writerow(["frame", "seconds", *(["generated"] if marked else []), *columns])
        for frame, pose in enumerate(clip.positions):
            if frame % _ROWS == 0:
                yield Progress(frame, len(clip), "writes rows")
            mark = [int(frame >= (clip.seed_frames or 0))] if marked else []
            values = ["" if np.isnan(v) else f"{v:.6g}" for v in pose.ravel()]
            table.writerow([frame, f"{frame / clip.fps:.6f}", *mark, *values])


def npz_written_here(path: Path) -> bool:
    """Whether an .npz says that it was exported by this program."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("made_by.npy") as member:
            return _MADE_BY.encode("utf-32-le") in member.read(1000)
    except (OSError, KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return False


def csv_written_here(path: Path) -> bool:
    """Whether a table begins as one that this program writes."""
    with path.open("rb") as file:
        return file.read(14) == b"frame,seconds,"
