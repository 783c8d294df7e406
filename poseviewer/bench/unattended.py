"""A bench that is laid out without a window: a clip of a dataset, and what a generator makes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from poseviewer.bench.bench import Bench
from poseviewer.bench.lane import Lane
from poseviewer.errors import PoseviewerError
from poseviewer.motion.matching import is_mapped
from poseviewer.motion.skeleton import CANONICAL
from poseviewer.progress import Job, Progress

if TYPE_CHECKING:
    from poseviewer.data.dataset import Dataset
    from poseviewer.nets.protocols import MotionGenerator

_ASKED_BY = {"A": "--model", "B": "--model-b"}


def laid_out(
    dataset: Dataset,
    index: int,
    generator: MotionGenerator | None,
    seed_frames: int | None,
    beside: MotionGenerator | None = None,
    **look: object,
) -> Bench:
    """A clip by its index, shown for itself, or before what a generator will make of its first `seed_frames` frames,
    and another one `beside` it.

    seed_frames: None for what the bench chooses; without a generator the clip was generated from there on. look: fields
    of the bench's Look. Raises PoseviewerError where the clip has fewer frames.
    """
    bench = Bench(datasets=[dataset], lanes=(Lane(generator),))
    if beside is not None:
        bench.put(replace(bench.lay("generated_b"), generator=beside))
    bench.look = bench.with_look(**look)
    clip = dataset.clip(index)
    frames = len(clip)
    if generator is None and seed_frames is not None and seed_frames < frames:
        clip = replace(clip, seed_frames=seed_frames)
    bench.place(clip, dataset, index)
    if generator is None and clip.seed_frames is None:
        bench.seed, bench.look = (0, frames), bench.with_look(counted_from="start")
    if seed_frames is not None:
        if seed_frames > frames:
            cause = f"it has {frames} frames, fewer than --seed-frames {seed_frames}"
            raise PoseviewerError(clip.name, "", cause, f"give {frames} or fewer")
        bench.seed = (0, seed_frames)
    return bench


def generated(bench: Bench, frames: int) -> Job:
    """Let the generators of all lanes go on from the bench's seed. Their frames are there when the job is done."""
    from poseviewer.analysis.rollout import Rollout

    rollouts, total = {}, frames * len(bench.lanes)
    for lane in bench.lanes:
        seed = lane.seed_clip(bench.seed)
        if seed is None or lane.generator is None:
            cause = lane.misfit.rstrip(".") or "it does not fit the clip"
            raise PoseviewerError(_ASKED_BY[lane.name], "", cause, "name another model or another --clip")
        rollouts[lane.role] = Rollout(lane.generator, seed, number=lane.number)
    for number, (role, rollout) in enumerate(rollouts.items()):
        for k in range(frames):
            rollout.step(1)
            yield Progress(number * frames + k + 1, total, "generates frames")
        bench.set_rollout(rollout, role=role)


def judged(bench: Bench, reference: Dataset | None) -> Job:
    """Judge what is generated on the bench: its lanes, or what its clip's file says was generated. The verdicts are on
    the bench when the job is done.

    It is measured by the calibration in the model's checkpoint, or without one by real motion, the reference's. Raises
    PoseviewerError where there is neither, or nothing is generated.
    """
    from poseviewer.analysis.live import Judge, judged_clip
    from poseviewer.analysis.reference import calibration_of, measured

    clip = bench.clip
    for lane in bench.lanes:
        if lane.rollout is not None:
            stored = yield from calibration_of(lane.generator, reference)
            if stored is None:
                cause, cure = "there is no real motion to judge by", "calibrate the model, or add --reference REAL.h5"
                raise PoseviewerError("--verdict", "", cause, cure)
            bench.put(replace(lane, verdicts=Judge(stored.calibration).of(lane.rollout, None, lane.sample)))
    if any(lane.rollout is not None for lane in bench.lanes):
        return
    if clip is None or not clip.seed_frames or clip.seed_frames >= len(clip):
        cure = "add --model CKPT, or say with --seed-frames K from where on it is"
        raise PoseviewerError("--verdict", "", "nothing on it is generated", cure)
    if reference is None:
        raise PoseviewerError("--verdict", "", "there is no real motion to judge by", "add --reference REAL.h5")
    own, there = clip.skeleton, (*reference.skeletons, *CANONICAL.values())
    skeleton = next((skeleton for skeleton in there if is_mapped(own, skeleton)), own)
    calibration, _ = yield from measured(reference, skeleton, clip.fps)
    bench.clip_verdicts = judged_clip(clip, calibration)
