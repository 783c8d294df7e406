"""A bench that is laid out without a window: a clip of a dataset, and what a generator makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poseviewer.bench.bench import Bench
from poseviewer.bench.lane import Lane
from poseviewer.errors import PoseviewerError
from poseviewer.progress import Job, Progress

if TYPE_CHECKING:
    from poseviewer.data.dataset import Dataset
    from poseviewer.nets.protocols import MotionGenerator


def laid_out(
    dataset: Dataset, index: int, generator: MotionGenerator | None, seed_frames: int | None, **look: object
) -> Bench:
    """A clip by its index, shown for itself, or before what a generator will make of its first `seed_frames` frames.

    seed_frames: None for what the bench chooses; look: fields of the bench's Look. Raises PoseviewerError where the
    clip has fewer frames.
    """
    bench = Bench(datasets=[dataset], lanes=(Lane(generator),))
    bench.look = bench.with_look(**look)
    clip = dataset.clip(index)
    bench.place(clip, dataset, index)
    frames = len(clip)
    if generator is None and clip.seed_frames is None:
        bench.seed, bench.look = (0, frames), bench.with_look(counted_from="start")
    if seed_frames is not None:
        if seed_frames > frames:
            cause = f"it has {frames} frames, fewer than --seed-frames {seed_frames}"
            raise PoseviewerError(clip.name, "", cause, f"give {frames} or fewer")
        bench.seed = (0, seed_frames)
    return bench


def generated(bench: Bench, frames: int) -> Job:
    """Let the generator in focus go on from the bench's seed. Its frames are on the bench when the job is done."""
    from poseviewer.analysis.rollout import Rollout

    lane = bench.lane
    seed = lane.seed_clip(bench.seed)
    if seed is None or lane.generator is None:
        cause = lane.misfit.rstrip(".") or "it does not fit the clip"
        raise PoseviewerError("--model", "", cause, "name another model or another --clip")
    rollout = Rollout(lane.generator, seed, number=lane.number)
    for k in range(frames):
        rollout.step(1)
        yield Progress(k + 1, frames, "generates frames")
    bench.set_rollout(rollout)
