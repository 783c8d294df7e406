"""Verdicts: at which frame a motion begins to drift or to collapse, which sign says so, and when it is real again.

A side (drift, collapse) has the largest score of its signs. It is entered after `enter` frames in a row above `high`,
and left after `leave` frames in a row below `low`; its onset is the first frame above `low` of the run that entered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    watching = Alarming([threshold], len(scores))
    on = np.zeros((1, *scores.shape), dtype=bool)
    watching.extend(scores[None], on)
    return Alarms(on[0], watching.onset[0])


class Alarming:
    """Of sides (T), each with its threshold, over B motions, as frames come. onset: (T, B) as Alarms has it; frames:
    how many have come.
    """

    def __init__(self, thresholds: Sequence[Threshold], batch: int) -> None:
        self.frames, shape = 0, (len(thresholds), batch)
        self._levels, self._enough = (  # (3, T, 1) of scores, and (2, T, 1) of frames in a row
            np.array([[[getattr(threshold, name)] for threshold in thresholds] for name in names])
            for names in (("high", "low", "low"), ("enter", "leave"))
        )
        self.onset = np.full(shape, -1)
        self._in_a_row = np.zeros((3, *shape), dtype=int)  # frames above high, not above low, above low
        self._not = np.zeros((3, len(thresholds), 1), dtype=bool)
        self._not[1] = True
        self._inside = np.zeros(shape, dtype=bool)

    def extend(self, scores: Array, on: NDArray[np.bool_]) -> int:
        """The next scores (T, B, n), NaN where unknown; written into on (T, B, frames), where the run that enters began
        before them too. Gives the first frame that was written.
        """
        first = self.frames
        for frame, score in enumerate(scores.transpose(2, 0, 1), self.frames):
            self._in_a_row += 1
            np.putmask(self._in_a_row, (score > self._levels) == self._not, 0)
            begins, ends = self._in_a_row[:2] >= self._enough
            enters = begins > self._inside  # of truths: and not
            if np.count_nonzero(enters):
                began = frame + 1 - self._in_a_row[2]
                for row in zip(*np.nonzero(enters), strict=True):
                    on[row][began[row] : frame] = True
                    first = min(first, int(began[row]))
                self.onset = np.where(enters & (self.onset < 0), began, self.onset)
            self._inside = (self._inside | begins) > ends
            on[..., frame] = self._inside
        self.frames += scores.shape[-1]
        return first


_NAMED = np.array([
    WORDS.index("both" if drift and collapse else "collapsed" if collapse else "drifting" if drift else
                "not yet judged" if not judged else "unlike" if unlike else "realistic")
    for unlike in (False, True) for collapse in (False, True) for drift in (False, True) for judged in (False, True)
], dtype=np.int8)  # fmt: skip
"""Words of frames by 8 if the seed is unlike the reference, 4 if they are collapsed, 2 if they drift, 1 if judged."""


def words_of(judged: ArrayLike, unlike: ArrayLike, drift: ArrayLike, collapse: ArrayLike) -> NDArray[np.int8]:
    """Places in WORDS of what is judged, whose seed is unlike the reference, that drifts and that has collapsed."""
    return words_by(np.array(np.broadcast_arrays(judged, drift, collapse, unlike), dtype=bool))


def words_by(marks: NDArray[np.bool_]) -> NDArray[np.int8]:
    """The same of marks (4, ...): what is judged, drifts, has collapsed, and whose seed is unlike the reference."""
    return _NAMED.take(np.packbits(marks, axis=0, bitorder="little")[0])


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
