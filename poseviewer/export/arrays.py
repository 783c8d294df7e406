"""Motion as numbers: our .npz, which the readers open again, and .csv for spreadsheets and other programs."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np

from poseviewer.bench.bench import Bench
from poseviewer.export.aside import file_aside
from poseviewer.export.motion import motion_of
from poseviewer.export.options import Options
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import CANONICAL
from poseviewer.progress import Job, Progress

_ROWS = 500  # of a table between two reports of progress


def write_npz(bench: Bench, out: Path, options: Options) -> Job:
    """positions (F, J, D), and what else the clip has; no pickled arrays."""
    clip = motion_of(bench, options)
    yield Progress(0, len(clip), "writes arrays")
    with file_aside(out) as part:
        np.savez_compressed(part, **npz_arrays(clip))
    yield Progress(len(clip), len(clip), f"wrote {out}")


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


def write_csv(bench: Bench, out: Path, options: Options) -> Job:
    """One row a frame: frame, seconds, then x, y (and z) of every joint; empty where a joint is unknown.

    Generated frames are marked in the column `generated` where there are any.
    """
    clip = motion_of(bench, options)
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
    yield Progress(len(clip), len(clip), f"wrote {out}")
