"""Verdicts: at which frame a motion begins to drift or to collapse, which sign says so, and when it is real again.

A side (drift, collapse) has the largest score of its signs. It is entered after `enter` frames in a row above `high`,
and left after `leave` frames in a row below `low`; its onset is the first frame above `low` of the run that entered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.analysis.statistics.statistic import Side
from poseviewer.motion.clip import Clip
from poseviewer.nets.protocols import Array

SIDES: tuple[Side, ...] = ("drift", "collapse")
Word = Literal["not yet judged", "realistic", "drifting", "collapsed", "both", "unlike"]
WORDS: tuple[Word, ...] = ("not yet judged", "realistic", "drifting", "collapsed", "both", "unlike")
"""By the numbers that `Verdicts.words` holds."""
SAID: dict[Word, str] = {word: word for word in WORDS} | {
    "both": "drifting and collapsed", "unlike": "unlike the reference",
}  # fmt: skip
FAILED: tuple[Word, ...] = ("drifting", "collapsed", "both")
OF_SIDE: dict[Side, Word] = {"drift": "drifting", "collapse": "collapsed"}
"""What is said where one side alone has failed."""


@dataclass(frozen=True)
class Threshold:
    """Of a side. high, low: scores; enter, leave: frames."""

    high: float
    low: float
    enter: int
    leave: int


@dataclass(frozen=True, eq=False)
class Alarms:
    """Of one side over motions: on (B, n): whether the side is entered; onset (B,): frame at which it first was, -1 if
    never.
    """

    on: NDArray[np.bool_]
    onset: NDArray[np.intp]


def alarms(scores: Array, threshold: Threshold) -> Alarms:
    """Where a side's scores (B, n) enter and leave it; an unknown score is below everything."""
    watching = Alarming(threshold, len(scores))
    on = np.zeros(scores.shape, dtype=bool)
    watching.extend(scores, on)
    return Alarms(on, watching.onset)


class Alarming:
    """Of one side over B motions, as frames come. onset: (B,) as Alarms has it; frames: how many have come."""

    def __init__(self, threshold: Threshold, batch: int) -> None:
        self.threshold, self.frames = threshold, 0
        self.onset = np.full(batch, -1)
        self._high, self._low = np.zeros(batch, dtype=int), np.zeros(batch, dtype=int)
        self._inside = np.zeros(batch, dtype=bool)
        self._began = np.full(batch, -1)  # of the run above low that is going on

    def extend(self, scores: Array, on: NDArray[np.bool_]) -> None:
        """The next scores (B, n); written into on (B, frames), where the run that enters began before them too."""
        threshold, onset, inside, began = self.threshold, self.onset, self._inside, self._began
        scores = np.where(np.isfinite(scores), scores, -np.inf)
        high, low = self._high, self._low
        for column in range(scores.shape[1]):
            score, frame = scores[:, column], self.frames + column
            high = np.where(score > threshold.high, high + 1, 0)
            low = np.where(score > threshold.low, 0, low + 1)
            began = np.where(low > 0, -1, np.where(began < 0, frame, began))
            enters = ~inside & (high >= threshold.enter)
            for row in np.flatnonzero(enters):
                on[row, began[row] : frame] = True
            onset = np.where(enters & (onset < 0), began, onset)
            inside = (inside | enters) & (low < threshold.leave)
            on[:, frame] = inside
        self.frames += scores.shape[1]
        self.onset, self._inside, self._began, self._high, self._low = onset, inside, began, high, low


def words_of(judged: ArrayLike, unlike: ArrayLike, drift: ArrayLike, collapse: ArrayLike) -> NDArray[np.int8]:
    """Places in WORDS of what is judged, whose seed is unlike the reference, that drifts and that has collapsed."""
    word = np.where(unlike, WORDS.index("unlike"), WORDS.index("realistic"))
    word = np.where(judged, word, WORDS.index("not yet judged"))
    word = np.where(drift, WORDS.index("drifting"), word)
    word = np.where(collapse, np.where(drift, WORDS.index("both"), WORDS.index("collapsed")), word)
    return word.astype(np.int8)


def worst_of(scores: Array, on: NDArray[np.bool_], onset: int) -> int:
    """The frame that has the largest of scores (n,) in the run of on (n,) that begins at the onset."""
    off = np.flatnonzero(~on[onset:])
    end = len(on) if not len(off) else onset + max(1, int(off[0]))
    return onset + int(scores[onset:end].argmax())


def frames_given(clip: Clip, fps: float) -> int:
    """Of a clip that its file says was generated from a frame on: the frames before, at another rate; two at least."""
    return max(2, round((clip.seed_frames or 0) * fps / clip.fps))


def runs(marks: NDArray) -> Iterator[tuple[int, int, int]]:
    """Value, first frame and frame after the last of the runs of equal values in marks (n,)."""
    edges = [0, *(np.flatnonzero(np.diff(marks)) + 1).tolist(), len(marks)]
    for begin, end in pairwise(edges):
        if end > begin:
            yield int(marks[begin]), begin, end


def spelled(value: float) -> str:
    """A value with three figures."""
    return f"{value:.3g}"
