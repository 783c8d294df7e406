"""What verdicts cost: `python tests/benchmarks/bench_verdicts.py`.

Prints the milliseconds a frame of judging one rollout and 128 samples of one, frame by frame and four frames at a time
(0.13 s, as late as a verdict may come), and the seconds of judging 1,000 rollouts of 300 frames and of calibrating by
the demo's clips. Time of the processor, which other work beside it does not lengthen; the model's own networks are not
in it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from poseviewer import paths
from poseviewer.analysis.calibration import Calibration, calibrated
from poseviewer.analysis.live import Live
from poseviewer.data.dataset import Dataset
from poseviewer.measure.verdicts.rollouts import Continued, judged
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.nets.protocols import Array
from poseviewer.progress import finished

FRAMES = 300
SEED = 30
ROLLOUTS = 1000


def motions() -> list[Array]:
    with Dataset.open(paths.demo()) as demo:
        return [clip.onto(HUMANOID).positions for clip in demo if len(clip) >= SEED]


def going_on(motion: Array, rollouts: int, frames: int) -> Array:
    """(B, frames, J, 3) a motion forth and back, each a little larger than the one before, as a sensor sees them."""
    there = np.concatenate([motion, motion[::-1]] * (1 + frames // len(motion)))[:frames]
    draw = np.random.default_rng(0)
    sizes = 1.0 + 0.1 * np.arange(rollouts)[:, None, None, None] / rollouts
    return (there * sizes + draw.normal(0.0, 1e-3, (rollouts, *there.shape))).astype(np.float32)


def milliseconds_a_frame(calibration: Calibration, seed: Array, poses: Array, at_once: int) -> float:
    """Median, of frames after all windows are full."""
    live, spent = Live(calibration, seed, len(poses)), []
    for frame in range(0, poses.shape[1] - at_once + 1, at_once):
        begun = time.thread_time()
        live.extend(poses[:, frame : frame + at_once])
        live.verdicts()
        spent.append(time.thread_time() - begun)
    return 1000.0 * float(np.median(spent[len(spent) // 2 :])) / at_once


def seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def main() -> None:
    every = motions()
    found: list[Calibration] = []
    learning = seconds(lambda: found.append(finished(calibrated(every, HUMANOID, 30.0))))
    calibration, walk = found[0], max(every, key=len)
    for samples in (1, 128):
        poses = going_on(walk, samples, FRAMES)
        alone, four = (milliseconds_a_frame(calibration, walk[:SEED], poses, n) for n in (1, 4))
        print(f"{samples:5} samples      {alone:6.2f} ms a frame, four at once {four:6.2f}")
    made = [Continued("walk", "walk", walk[:SEED], poses) for poses in going_on(walk, ROLLOUTS, FRAMES)]
    print(f"{ROLLOUTS:5} rollouts     {seconds(lambda: finished(judged(calibration, made))):6.1f} s of {FRAMES} frames")
    print(f"{len(every):5} clips        {learning:6.1f} s to learn from")


if __name__ == "__main__":
    main()
