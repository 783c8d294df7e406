"""Verdicts while somebody looks: what a Judgement says, kept small, worked out frame by frame at a constant cost.

Letters: S samples of one rollout, n frames, K signs, J joints, D = 2 or 3.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Generator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.calibration import Calibration
from poseviewer.analysis.encoding import Latents
from poseviewer.analysis.judge import LOOKBACK, BySide, Watch, strangeness
from poseviewer.analysis.judgement import FINITE, Finding, Verdict, found_unfinite, unfinite
from poseviewer.analysis.rollout import Rollout
from poseviewer.analysis.tails import Scales
from poseviewer.analysis.verdict import OF_SIDE, SIDES, WORDS, Alarming, Word, frames_given, runs, words_by
from poseviewer.motion.clip import Clip
from poseviewer.nets.protocols import Array
from poseviewer.progress import Progress, finished

_ROOM = 64  # frames that the first arrays hold
_TOLD = ("_scores", "_deciding", "_values", "_told")  # of which verdicts hold what is filled
_NO_POSE = np.float32(1e6)  # the score of what is none
_FAILED = tuple((WORDS.index(OF_SIDE[side]), WORDS.index("both")) for side in SIDES)  # words, by side


@dataclass(frozen=True)
class Segment:
    """Frames begin to end (half-open, generated frames from 0) of one word, and what decides on each failed side."""

    word: Word
    begin: int
    end: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, eq=False)
class Verdicts:
    """What was said of a rollout's frames; it does not change when more come.

    words: (S, n) places in WORDS. scores (2, S, n) of SIDES, deciding (2, S, n) the sign that each has it from, values
    (2, S, n) of that sign; one sign more than there are: there is no pose any more. row: the sample of which everything
    is told: told (K, n) and in the seed's last frames in_seed (K, m) the signs' values. unlike: (S,) whether the seeds
    are unlike the reference. bands: (K, 3) of real motion of the seed's action.
    """

    calibration: Calibration
    words: NDArray[np.int8]
    scores: NDArray[np.float32]
    deciding: NDArray[np.int8]
    values: NDArray[np.float32]
    row: int
    told: NDArray[np.float32]
    in_seed: NDArray[np.float32]
    onsets: NDArray[np.intp]
    unlike: NDArray[np.bool_]
    bands: Array

    def __len__(self) -> int:
        return self.words.shape[1]

    @property
    def nbytes(self) -> int:
        """Bytes that its arrays take."""
        return sum(made.nbytes for made in vars(self).values() if isinstance(made, np.ndarray))

    def word(self, frame: int) -> Word:
        """Of a generated frame of the sample that is told of."""
        return WORDS[self.words[self.row, frame]] if frame < len(self) else "not yet judged"

    def verdict(self, row: int | None = None) -> Verdict:
        """Of one sample as a whole: what has failed at any frame stays failed."""
        return self._told_of if row is None or row == self.row else self._verdict(row)

    @cached_property
    def _told_of(self) -> Verdict:
        return self._verdict(self.row)

    def _verdict(self, row: int) -> Verdict:
        found = [self._found_since(side, row, int(self.onsets[side, row])) for side in range(2)]
        return Verdict.of(found, bool((self.words[row] > 0).any()), bool(self.unlike[row]))

    @cached_property
    def stretches(self) -> tuple[tuple[Word, int, int], ...]:
        """Word, first frame and frame after the last of what the sample that is told of is made of."""
        return tuple((WORDS[number], begin, end) for number, begin, end in runs(self.words[self.row]))

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """The same with what decides in each."""
        return tuple(self._segment(*stretch) for stretch in self.stretches)

    def segment_at(self, frame: int) -> Segment | None:
        """The one that holds a generated frame."""
        if not 0 <= frame < len(self):
            return None
        return self._segment(*self.stretches[bisect(self.stretches, frame, key=lambda made: made[1]) - 1])

    def _segment(self, word: Word, begin: int, end: int) -> Segment:
        number = WORDS.index(word)
        found = (self._found(side, self.row, begin, end) for side in range(2) if number in _FAILED[side])
        return Segment(word, begin, end, tuple(found))

    def _found_since(self, side: int, row: int, onset: int) -> Finding | None:
        """Of a whole sample, by the worst frame of the first run that failed."""
        if onset < 0:
            return None
        off = np.flatnonzero(~np.isin(self.words[row, onset:], _FAILED[side]))
        return self._found(side, row, onset, onset + max(1, int(off[0])) if len(off) else len(self))

    def _found(self, side: int, row: int, onset: int, end: int) -> Finding:
        """By the worst frame from an onset up to an end."""
        worst = onset + int(self.scores[side, row, onset:end].argmax())
        sign = int(self.deciding[side, row, worst])
        if sign == len(self.calibration.signs):
            return found_unfinite(onset)
        low, _, high = self.bands[sign].tolist()
        return Finding(
            SIDES[side], onset, self.calibration.signs[sign], float(self.values[side, row, worst]), low, high
        )


class Live:
    """Judges samples that go on from one seed (F, J, D) of an action; `row` is told of in full. A branch goes its own
    way.
    """

    def __init__(self, calibration: Calibration, seed: Array, samples: int = 1, row: int = 0, action: str = "") -> None:
        self.calibration, self.row, self.frames = calibration, row, 0
        self._actions = (action,) * samples
        self._firsts = len(calibration.signs) * np.arange(samples)[:, None]  # of each sample among all signs' values
        self._seeds = np.broadcast_to(_without_padding(np.asarray(seed)), (samples, *_without_padding(seed).shape))
        self._watch = self._afresh()
        self._in_seed = self._watch.in_seed.values[row].astype(np.float32)
        self._scales = Scales(calibration.scales)
        self._unlike = strangeness(calibration.signs, self._scales, self._watch.seen) > calibration.unlike
        self._score, self._by_side = self._scales.after(self._watch.seen), BySide(calibration.signs)
        self._bands = calibration.bands_of(action)
        self._alarms = self._quiet()
        self._words = np.zeros((samples, _ROOM), dtype=np.int8)
        self._marks = np.zeros((4, samples, _ROOM), dtype=bool)  # judged, on which of SIDES it has failed, and unlike
        self._lost = np.zeros((samples, _ROOM), dtype=bool)
        self._scores = np.zeros((2, samples, _ROOM), dtype=np.float32)
        self._deciding = np.zeros((2, samples, _ROOM), dtype=np.int8)
        self._values = np.zeros((2, samples, _ROOM), dtype=np.float32)
        self._told = np.zeros((len(calibration.signs), _ROOM), dtype=np.float32)

    @property
    def of_sample(self) -> tuple[int, int]:
        """How many samples it judges, and which one it tells of."""
        return len(self._seeds), self.row

    def _afresh(self, done: int = 0) -> Watch:
        return self.calibration.watch(self._seeds, self._actions, done, told=self.row)

    def _quiet(self) -> Alarming:
        return Alarming([self.calibration.thresholds[side] for side in SIDES], len(self._seeds))

    def extend(self, poses: Array, latents: Array | None = None) -> None:
        """The next generated frames (S, n, J, D). latents (S, n, Z): of the calibration's embedding, where known."""
        if not poses.shape[1]:
            return
        count = poses.shape[1]
        made, new = self._watch.extend(poses, latents), slice(self.frames, self.frames + count)
        self._make_room(new.stop)
        scores = self._score(made.strengths)
        self._scores[:, :, new], deciding = self._by_side(scores)
        self._deciding[:, :, new] = deciding
        self._values[:, :, new] = made.values.take((deciding + self._firsts) * count + np.arange(count))
        self._marks[0, :, new] = np.logical_or.reduce(np.isfinite(scores), 1)
        self._marks[3, :, new] = self._unlike[:, None]
        self._told[:, new] = made.values[self.row]
        self._lost[:, new] = unfinite(self._seeds[0], poses)
        self.frames = new.stop
        self._enter(new)

    def _enter(self, new: slice) -> None:
        """Enter and leave the sides over the newest frames, and name these. What is no pose any more drifts at once."""
        first, lost = self._alarms.extend(self._scores[:, :, new], self._marks[1:3]), self._lost[:, new]
        if np.count_nonzero(lost):
            drift = SIDES.index(FINITE.side)
            self._marks[1 + drift, :, new] |= lost
            self._scores[drift, :, new][lost] = _NO_POSE
            self._deciding[drift, :, new][lost] = len(self.calibration.signs)
            onset, at = self._alarms.onset.copy(), new.start + lost.argmax(axis=1)
            onset[drift] = np.where(lost.any(axis=1) & ((onset[drift] < 0) | (onset[drift] > at)), at, onset[drift])
            self._alarms.onset = onset
        named = slice(first, new.stop)
        self._words[:, named] = words_by(self._marks[:, :, named])

    def cut(self, frames: int, before: Array) -> None:
        """Back to so many frames. before: (S, m, J, D) the frames right before them, `remembered` of them."""
        seen = self._watch.seen
        self._watch = self._afresh(frames - before.shape[1])
        if before.shape[1]:
            self._watch.extend(before)
        self._watch.seen, self.frames, self._alarms = seen, frames, self._quiet()
        for name in _TOLD:  # what was said so far stays as it was said
            setattr(self, name, getattr(self, name).copy())
        self._scores[self._scores == _NO_POSE] = 0.0
        self._enter(slice(0, frames))

    @property
    def remembered(self) -> int:
        """How many frames any sign looks back at."""
        return round(LOOKBACK * self.calibration.fps)

    def verdicts(self) -> Verdicts:
        """What has been said so far."""
        kept = slice(0, self.frames)
        return Verdicts(
            calibration=self.calibration,
            words=self._words[:, kept].copy(),  # the only ones that later frames change
            scores=self._scores[:, :, kept],
            deciding=self._deciding[:, :, kept],
            values=self._values[:, :, kept],
            row=self.row,
            told=self._told[:, kept],
            in_seed=self._in_seed,
            onsets=self._alarms.onset,
            unlike=self._unlike,
            bands=self._bands,
        )

    def _make_room(self, frames: int) -> None:
        if frames <= self._words.shape[1]:
            return
        for name in (*_TOLD, "_words", "_marks", "_lost"):
            held = getattr(self, name)
            if frames > held.shape[-1]:
                wider = np.zeros((*held.shape[:-1], max(frames, 2 * held.shape[-1])), held.dtype)
                wider[..., : held.shape[-1]] = held  # what is not filled yet takes no memory
                setattr(self, name, wider)


_IN_TURNS = 2  # rollouts that one judge follows, a lane each


class Judge:
    """Judges rollouts by one calibration, one after the other; only one thread may use it. Two may grow in turns."""

    def __init__(self, calibration: Calibration) -> None:
        self.calibration = calibration
        self._last: list[tuple[Rollout, Live]] = []  # the one judged last at the end

    def forget(self) -> None:
        """Let go of the last rollouts; the next one is judged from its seed on."""
        self._last = []

    def of(self, rollout: Rollout, latents: Latents | None = None, row: int = 0) -> Verdicts:
        """On from the frames that it has in common with a last one, else from its seed. latents: what the calibration's
        embedding makes of its frames, where that is known already. row: the sample that is told of.
        """
        return finished(self.job(rollout, latents, row))

    def job(
        self, rollout: Rollout, latents: Latents | None = None, row: int = 0
    ) -> Generator[Progress, None, Verdicts]:
        """The same as a Job. Frames of samples that are not at hand are computed again, and those of `row` kept."""
        row = row if row < rollout.samples else 0
        alike = (rollout.samples, row)
        known = [(rollout.shared(last), k) for k, (last, live) in enumerate(self._last) if live.of_sample == alike]
        shared, nearest = max(known, default=(0, 0))
        if shared:
            live = self._last.pop(nearest)[1]  # an error in between leaves nothing half done
        else:
            del self._last[: 1 - _IN_TURNS]
            live = Live(self.calibration, rollout.seed.positions, rollout.samples, row, rollout.seed.action)
        if shared < live.frames:
            live.cut(shared, rollout.poses_from(max(0, shared - live.remembered), shared))
        if rollout.at_hand(live.frames) == live.frames:
            live.extend(rollout.poses_from(live.frames), None if latents is None else latents.since(live.frames))
        else:
            first = live.frames if rollout.knows(row) else 0
            for steps in rollout.recall(row, first):
                first += len(steps)
                fresh = [step.poses for step in steps[max(0, len(steps) - (first - live.frames)) :]]
                if fresh and first > live.frames:
                    live.extend(np.stack(fresh, axis=1))
                yield Progress(first, len(rollout), "computes frames again")
        self._last.append((rollout, live))
        return live.verdicts()


def judged_clip(clip: Clip, calibration: Calibration) -> Verdicts:
    """A clip that is said to be generated from a frame on, on the calibration's skeleton and at its rate."""
    made = frames_given(clip, calibration.fps)
    poses = clip.onto(calibration.skeleton).resample(calibration.fps).positions
    live = Live(calibration, poses[:made], action=clip.action)
    live.extend(poses[None, made:])
    return live.verdicts()


def _without_padding(seed: Array) -> Array:
    """A seed (F, J, D) without the copies of its first frame that fill a model's context; two frames at least."""
    moved = np.flatnonzero((seed[1:] != seed[:-1]).any(axis=(1, 2)))
    return seed[min(int(moved[0]), len(seed) - 2) :] if len(moved) else seed
