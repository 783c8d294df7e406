"""Motion as BVH, for clips that carry the rotations which that format consists of."""

from __future__ import annotations

from pathlib import Path

from poseviewer.bench.bench import Bench
from poseviewer.errors import PoseviewerError
from poseviewer.export.motion import motion_of
from poseviewer.export.options import Options
from poseviewer.progress import Job, Progress


def write_bvh(bench: Bench, out: Path, options: Options) -> Job:
    """The clip in its own skeleton's rest pose and rotations. Raises PoseviewerError where it has none."""
    from poseviewer.data.readers import bvh

    clip = motion_of(bench, options)
    if clip.rotations is None or clip.skeleton.offsets is None or clip.skeleton.parents is None:
        what = "generated frames are positions" if clip.seed_frames is not None else "it has positions only"
        raise PoseviewerError(clip.name, "", f"{what}, and BVH needs joint rotations", "export .npz or .csv instead")
    yield Progress(0, len(clip), "writes BVH")
    bvh.write_bvh(clip, out)
    yield Progress(len(clip), len(clip), f"wrote {out}")
