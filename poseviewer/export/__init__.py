"""What leaves the program: films, pictures, motion as BVH, arrays and tables. Nothing appears before it is complete."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from poseviewer.errors import PoseviewerError
from poseviewer.progress import Job

if TYPE_CHECKING:
    from poseviewer.bench.bench import Bench
    from poseviewer.export.options import Options

SUFFIXES = (".mp4", ".webm", ".gif", ".apng", ".png", ".bvh", ".npz", ".csv")


def export_clip(bench: Bench, out: Path, options: Options) -> Job:
    """Write what lies on the bench in the format that the suffix of `out` names. The bench itself is left as it is.

    The job may be closed at any time and then leaves nothing. Raises PoseviewerError for an unknown suffix at once.
    """
    suffix = out.suffix.lower()
    if suffix not in SUFFIXES:
        known = " ".join(SUFFIXES)
        raise PoseviewerError(
            out, "", f"{suffix!r} is no format to export to" if suffix else "it has no suffix", f"give one of {known}"
        )
    if suffix == ".bvh":
        from poseviewer.export.bvh import write_bvh

        return write_bvh(bench, out, options)
    if suffix in (".npz", ".csv"):
        from poseviewer.export.arrays import write_csv, write_npz

        return write_npz(bench, out, options) if suffix == ".npz" else write_csv(bench, out, options)
    from poseviewer.export.film import film

    return film(bench, out, options)
