"""The motion that a bench holds, as one clip: its clip, or the seed with the frames that were generated from it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.bench import Bench
from poseviewer.errors import PoseviewerError
from poseviewer.export.formats import MOTIONS, MotionFormat
from poseviewer.export.options import Options, frame_number, prepared
from poseviewer.motion.clip import Clip
from poseviewer.motion.inverse import at_rate, jointed
from poseviewer.progress import Progress

if TYPE_CHECKING:
    from poseviewer.analysis.rollout import Rollout


def write_motion(bench: Bench, out: Path, options: Options) -> Generator[Progress, None, str]:
    """Write the bench's motion in the format of `out`'s suffix. It returns what its last progress says."""
    clip, form = motion_of(bench, options), MOTIONS[out.suffix.lower()]
    if form.name == "NPZ" and bench.lane.rollout is not None and clip.seed_frames is not None:
        clip = _with_turns(clip)
    said = yield from form.load().write(clip, out)
    told = "; ".join([f"wrote {out}", *_left_out(bench, clip, form), *filter(None, [said])])
    yield Progress(len(clip), len(clip), told)
    return told


def _with_turns(clip: Clip) -> Clip:
    """Generated frames with the rotations that bring rigid bones nearest to them, where their joints form a tree."""
    parents = clip.skeleton.parents
    if clip.rotations is not None or clip.skeleton.dims != 3 or parents is None or parents.count(-1) != 1:
        return clip
    turned, _ = jointed(clip)
    return replace(turned, positions=clip.positions)


def held_by(bench: Bench, suffix: str, options: Options) -> str:
    """What a motion file of that suffix will not hold, in sentences; empty where nothing is lost.

    Raises PoseviewerError where it cannot hold the motion at all.
    """
    lost = _left_out(bench, motion_of(bench, options), MOTIONS[suffix])
    return " ".join(f"{words[:1].upper()}{words[1:]}." for words in lost)


def _left_out(bench: Bench, clip: Clip, form: MotionFormat) -> list[str]:
    """What is not in the file: what the format cannot hold, and further samples."""
    lost = form.load().losses(clip)
    samples = bench.lane.rollout.samples if bench.lane.rollout is not None and clip.seed_frames is not None else 1
    which = f"sample {bench.lane.sample + 1}" if bench.lane.sample else "the first"
    one = [f"it is {which} of {samples} samples"] if samples > 1 else []
    return [*([f"{form.name} holds no {', '.join(lost)}"] if lost else []), *one]


def written_here(path: Path) -> bool:
    """Whether a motion file looks as an export writes it: one that can be exported again."""
    try:
        return path.is_file() and bool(MOTIONS[path.suffix.lower()].load().written_here(path))
    except OSError:  # what may not be looked at is not ours
        return False


def motion_of(bench: Bench, options: Options) -> Clip:
    """Frames as `options` says. Generated frames follow their seed as `rolled_out` has them; of several samples it is
    the one that is picked. At another rate than its own where the options name one.
    """
    bench, frames = prepared(bench, options)
    clip = bench.clip
    assert clip is not None
    lane = bench.lane
    if lane.rollout is not None and lane.rollout.length:
        made = rolled_out(lane.rollout, lane.sample)
        # The rollout begins where the bench's seed does; what came before it in the clip is not part of the motion.
        start = frame_number(bench, bench.seed_end) - (len(lane.rollout.seed) - 1)
        stop = start + len(made)
        if frames.stop <= start or frames.start >= stop:
            where, cause = f"frames {frames.start}:{frames.stop}", f"seed and rollout are frames {start}:{stop}"
            raise PoseviewerError(clip.name, where, cause, "stay within them")
        frames = range(max(frames.start - start, 0), frames.stop - start)
        clip = replace(made, name=clip.name)
    part = clip.cut(frames.start, min(frames.stop, len(clip)))
    if part.seed_frames is not None:
        part = replace(part, seed_frames=min(max(part.seed_frames - frames.start, 0), len(part)))
    return part if options.fps is None else at_rate(part, options.fps)


def rolled_out(rollout: Rollout, sample: int) -> Clip:
    """The seed of a rollout with the frames of one sample behind it, marked by seed_frames, without rotations; their
    joints count as visible, their boxes are unknown.
    """
    seed, generated = rollout.seed, np.asarray(rollout.poses_of(sample), dtype=np.float32)
    return replace(
        seed,
        positions=np.concatenate([seed.positions, generated]),
        visible=_continued(seed.visible, generated.shape[:2], True),
        rotations=None,
        boxes=_continued(seed.boxes, (len(generated), 4), np.nan),
        loop=False,
        seed_frames=len(seed),
    )


def _continued(frames: NDArray | None, shape: tuple[int, ...], value: float) -> NDArray | None:
    """What the seed has a frame, one value for the frames behind it."""
    return None if frames is None else np.concatenate([frames, np.full(shape, value, dtype=frames.dtype)])
