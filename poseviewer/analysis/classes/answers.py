"""What a classifier takes motion for, frame by frame: its answer at a frame is about the second that ends there.

So an answer never changes when more frames come; in a motion's first second it is about that second.

Letters: K answers, C classes, n frames, J joints, D = 2 or 3.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.encoding import on_skeleton
from poseviewer.analysis.networks import SECONDS, classified
from poseviewer.analysis.rollout import Rollout
from poseviewer.motion.clip import Clip
from poseviewer.nets.protocols import Array, Classifier
from poseviewer.progress import Progress

APART = 1.0 / 3.0
"""Seconds from one answer to the next."""
_AT_ONCE = 32  # answers between two reports of progress
Frames = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Answers:
    """frames (K,): frame numbers, rising. probabilities (K, C): of the classes, NaN where poses are unknown."""

    frames: Frames
    probabilities: NDArray[np.float32]

    def until(self, frames: int) -> Answers:
        """Those about the first so many frames."""
        kept = int(np.searchsorted(self.frames, frames))
        return self if kept == len(self.frames) else Answers(self.frames[:kept], self.probabilities[:kept])

    def joined(self, others: Answers, asked: Frames) -> Answers:
        """With others, but only what answers the frames asked for."""
        frames = np.concatenate([self.frames, others.frames])
        order = np.argsort(frames, kind="stable")
        order = order[np.isin(frames[order], asked)]
        return Answers(frames[order], np.concatenate([self.probabilities, others.probabilities])[order])


NONE = Answers(np.zeros(0, dtype=np.int64), np.zeros((0, 0), dtype=np.float32))


def asked_of_clip(frames: int, fps: float) -> Frames:
    """The frames of a clip that are answered: one in a third of a second, and the last one."""
    return np.unique(np.append(np.arange(0, frames, _apart(fps)), frames - 1))


def asked_of_rollout(frames: int, fps: float, newest: bool) -> Frames:
    """The same of generated frames from 0; −1 is the seed's last one. newest: whether the last one is waited for."""
    grid = np.arange(-1, frames, _apart(fps))
    return np.unique(np.append(grid, frames - 1)) if newest else grid


def of_clip(classifier: Classifier, clip: Clip) -> Generator[Progress, None, Answers]:
    """A Job: what a classifier takes a clip for. Raises PoseviewerError where the clip does not map."""
    mapped = clip.onto(classifier.skeleton)
    asked = asked_of_clip(len(clip), clip.fps)
    return (yield from _answered(classifier, lambda low, high: mapped.positions[low:high], clip.fps, 0, asked))


def of_rollout(
    classifier: Classifier, rollout: Rollout, sample: int, known: Answers, asked: Frames
) -> Generator[Progress, None, Answers]:
    """A Job: what it takes a sample of a rollout for at the frames asked for; known: what needs no answer any more.

    The first answers are about the seed's end too. Raises PoseviewerError where the poses do not map.
    """
    seed = rollout.seed.positions

    def motion(low: int, high: int) -> Array:
        made = rollout.poses_of(sample, max(low, 0), max(high, 0))
        whole = np.concatenate([seed[len(seed) + low : len(seed) + min(high, 0)], made]) if low < 0 else made
        return on_skeleton(whole, rollout.skeleton, classifier.skeleton)

    fresh = asked[~np.isin(asked, known.frames)]
    made = yield from _answered(classifier, motion, rollout.fps, -len(seed), fresh)
    return known.joined(made, asked) if len(known.frames) else made


def _answered(
    classifier: Classifier, motion: Callable[[int, int], Array], fps: float, first: int, asked: Frames
) -> Generator[Progress, None, Answers]:
    """motion: gives the frames (n, J, D) from one number up to another one; first: the number of the first there is."""
    width, made = max(1, round(SECONDS * fps)), [np.zeros((0, len(classifier.classes)), dtype=np.float32)]
    last = int(asked[-1]) + 1 if len(asked) else first
    stops = np.maximum(asked + 1, min(first + width, last))
    starts = np.maximum(stops - width, first)
    for k in range(0, len(asked), _AT_ONCE):
        yield Progress(k, len(asked))
        windows = list(zip(starts[k : k + _AT_ONCE].tolist(), stops[k : k + _AT_ONCE].tolist(), strict=True))
        low = windows[0][0]
        whole = motion(low, windows[-1][1])
        motions = np.stack([whole[start - low : stop - low] for start, stop in windows])
        made.append(np.exp(classified(classifier, motions, fps)).astype(np.float32))
    return Answers(asked, np.concatenate(made))


def _apart(fps: float) -> int:
    return max(1, round(APART * fps))
