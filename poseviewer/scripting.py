"""For scripts, training loops and notebooks: what lies at hand, shown, filmed, or drawn as pictures."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.errors import PoseviewerError

if TYPE_CHECKING:
    from poseviewer.export.options import Options
    from poseviewer.motion.clip import Clip
    from poseviewer.motion.skeleton import Skeleton

Thing = Any
"""A path to any motion file, a Dataset (its first clip), a Clip, a Rollout, or an array or tensor (F, J, 3 or 2)."""
SIZE = (480, 272)
"""(width, height) px of pictures that are drawn for others."""


def show(*things: Thing, skeleton: Skeleton | str | None = None, fps: float | None = None) -> int:
    """Open the window with files, checkpoints, and what a script has made, or with the demo where nothing is given;
    returns its exit code when it is closed.

    skeleton, fps: of arrays; the skeleton or the name of a known joint set. Raises PoseviewerError where there is no
    display, and as `clip_of` does.
    """
    from poseviewer import window

    files = []
    for number, thing in enumerate(things):
        lies_at = thing if isinstance(thing, (str, os.PathLike)) else getattr(thing, "path", None)
        if lies_at is None:
            lies_at = _put_down(clip_of(thing, skeleton=skeleton, fps=fps), number)
        files.append(Path(lies_at))
    return window.show(files)


def film(
    thing: Thing,
    out: str | Path,
    *,
    skeleton: Skeleton | str | None = None,
    fps: float | None = None,
    size: tuple[int, int] | None = None,
    sample: int = 0,
) -> Path:
    """Film a motion into `out` (.mp4, .webm, .gif, .apng, .png), without a display, and return where it lies.

    fps: of an array's frames. size: (width, height) px, the format's usual one where None. sample: of a rollout. Raises
    PoseviewerError where the thing is no motion or the file cannot be written.
    """
    from poseviewer.export import export_clip
    from poseviewer.export.film import written_to

    out = Path(out)
    clip = clip_of(thing, skeleton=skeleton, fps=fps, sample=sample)
    bench, options = _laid_out(clip, size)
    for _ in export_clip(bench, out, options):
        pass
    return written_to(out, len(clip))


def frames(
    thing: Thing,
    *,
    skeleton: Skeleton | str | None = None,
    fps: float | None = None,
    size: tuple[int, int] = SIZE,
    sample: int = 0,
) -> Generator[NDArray[np.uint8], None, None]:
    """Draw a motion picture by picture, without a display: yields (H, W, 3) uint8, sRGB, one a frame of the motion.

    Take all of them in one thread, any one. Arguments and errors as `film` has them.
    """
    from poseviewer.export.film import taken
    from poseviewer.export.formats import FILMS

    clip = clip_of(thing, skeleton=skeleton, fps=fps, sample=sample)
    bench, options = _laid_out(clip, size)
    pictures = taken(bench, FILMS[".png"], options)
    with pictures.drawing() as draw:
        for k in range(len(pictures)):
            yield np.ascontiguousarray(draw(k)[..., :3])


def clip_of(
    thing: Thing, *, skeleton: Skeleton | str | None = None, fps: float | None = None, sample: int = 0
) -> Clip:
    """The motion that a thing is. Of a rollout it is the seed with the frames of one sample, marked as generated.

    skeleton, fps: of an array; 30 a second and joints without bones where they are not given and their number tells
    nothing. Raises PoseviewerError where it is no motion.
    """
    from poseviewer.motion.clip import Clip

    if isinstance(thing, Clip):
        return thing
    if isinstance(thing, (str, os.PathLike)):
        if not os.fspath(thing) or "\0" in str(thing):
            raise PoseviewerError(repr(thing), "", "it names no file", "give the path of a motion file or of a folder")
        from poseviewer.data.readers import open_dataset
        from poseviewer.data.reading import Reading

        with open_dataset(Path(thing), Reading(fps=fps)) as dataset:
            return dataset.clip(0)
    if hasattr(thing, "poses_of") and hasattr(thing, "seed"):
        from poseviewer.export.motion import rolled_out

        return rolled_out(thing, sample)
    if hasattr(thing, "infos"):
        first: Clip = thing.clip(0)
        return first
    return _of_array(thing, skeleton, fps)


def _of_array(thing: Any, skeleton: Skeleton | str | None, fps: float | None) -> Clip:
    from poseviewer.data.clip_arrays import clip_of as made
    from poseviewer.motion.clip import ASSUMED_FPS, FASTEST, SLOWEST, Clip, is_rate
    from poseviewer.motion.joint_sets import joint_set
    from poseviewer.motion.plausible import plausible
    from poseviewer.motion.skeleton import Skeleton

    if fps is not None and not (isinstance(fps, (int, float)) and is_rate(fps)):
        raise PoseviewerError(f"fps={fps!r}", "", "it is no frame rate", f"give {SLOWEST:g} to {FASTEST:g} a second")
    if not (skeleton is None or isinstance(skeleton, (str, Skeleton))):
        cure = "give a Skeleton or a joint set's name"
        raise PoseviewerError(f"skeleton={skeleton!r}", "", "it is no skeleton", cure)
    tensor = thing.detach().cpu() if hasattr(thing, "detach") else thing
    try:
        positions = np.asarray(tensor)
    except ValueError:
        cure = "give positions (frames, joints, 3)"
        raise PoseviewerError(type(thing).__name__, "", "its rows are not alike", cure) from None
    if positions.dtype.kind not in "fiu" or positions.ndim != 3:
        what = f"{type(thing).__name__} of shape {positions.shape}" if positions.ndim else type(thing).__name__
        cure = "give a path, a Dataset, a Clip, a Rollout, or positions (frames, joints, 3)"
        raise PoseviewerError(what, "", "it is no motion", cure)
    if skeleton is None:
        return plausible(made("array", "motion", {"positions": positions}, given=fps), "array")
    known = joint_set(skeleton) if isinstance(skeleton, str) else skeleton
    if positions.shape[1:] != (len(known.joints), known.dims):
        cause = f"it has shape {positions.shape}, and {known.name!r} has {len(known.joints)} joints in {known.dims}D"
        raise PoseviewerError("array", "", cause, "give the skeleton that its joints are of")
    clip = Clip(known, positions.astype(np.float32), fps or ASSUMED_FPS, "motion", fps_known=fps is not None)
    return plausible(clip, "array")


def _laid_out(clip: Clip, size: tuple[int, int] | None) -> tuple[Any, Options]:
    from poseviewer.bench.bench import Bench
    from poseviewer.export.options import Options

    pair = size if isinstance(size, (tuple, list)) and len(size) == 2 else (0, 0)
    if size is not None and not all(isinstance(side, (int, np.integer)) and side > 0 for side in pair):
        cure = "give (width, height) in px, such as (480, 272)"
        raise PoseviewerError(f"size={size!r}", "", "it is no picture's", cure)
    bench = Bench()
    bench.place(clip)
    if clip.seed_frames is None:
        bench.seed, bench.look = (0, len(clip)), bench.with_look(counted_from="start", skins=False)
    return bench, Options(size=size, part="clip", fps=clip.fps)


def _put_down(clip: Clip, number: int) -> Path:
    """A dataset of one clip in a folder that lasts as long as the script."""
    from poseviewer.data.writer import DatasetWriter

    folder = Path(tempfile.mkdtemp(prefix="poseviewer-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    out = folder / f"script-{number + 1}.h5"
    with DatasetWriter(out) as writer:
        writer.add(clip)
    return out

