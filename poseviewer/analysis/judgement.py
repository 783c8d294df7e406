"""Judgement: the verdicts of motions as they go on, frame by frame, with an exact way back.

Letters: B motions that go on alike, n frames, K signs, J joints, D = 2 or 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.calibration import Calibration
from poseviewer.analysis.judge import LOOKBACK, by_side, strangeness
from poseviewer.analysis.known import are_known
from poseviewer.analysis.statistics.sign import Sign
from poseviewer.analysis.statistics.statistic import Side
from poseviewer.analysis.tails import Scales
from poseviewer.analysis.verdict import OF_SIDE, SIDES, Alarms, Word, alarms, spelled, words_of, worst_of
from poseviewer.nets.protocols import Array


@dataclass(frozen=True, eq=False)
class Finding:
    """What decides on a side. onset: generated frame from 0 at which it began; sign; value: where its score is largest
    from the onset on; low, high: 1 and 99 % of real values.
    """

    side: Side
    onset: int
    sign: Sign
    value: float
    low: float
    high: float

    @property
    def reason(self) -> str:
        """In one sentence."""
        return f"{self.told} since frame +{self.onset + 1}"

    @property
    def told(self) -> str:
        """The sign's words with its value."""
        return self.sign.words.format(value=spelled(self.value))


@dataclass(frozen=True, eq=False)
class Verdict:
    """Of one motion as a whole. word: what it is called; findings: what has failed, the earliest first."""

    word: Word
    findings: tuple[Finding, ...]

    @property
    def onset(self) -> int | None:
        """The generated frame from 0 at which the first failure began; None where nothing has failed."""
        return self.findings[0].onset if self.findings else None

    @classmethod
    def of(cls, found: Iterable[Finding | None], judged: bool, unlike: bool) -> Verdict:
        """Of what each side has failed by, if it has. judged: whether any frame is; unlike: whether the seed is so."""
        findings = tuple(sorted((f for f in found if f is not None), key=lambda f: f.onset))
        if findings:
            word: Word = "both" if len(findings) == 2 else OF_SIDE[findings[0].side]
        elif not judged:
            word = "not yet judged"
        else:
            word = "unlike" if unlike else "realistic"
        return cls(word, findings)


class Finite(Sign):
    """Whether a pose is one at all."""

    name = "finite"
    unit = ""
    side = "drift"
    title = "no pose"
    words = "the pose is no number any more"


FINITE = Finite()


def unfinite(seed: Array, poses: Array) -> NDArray[np.bool_]:
    """(B, n) in which frames of poses (B, n, J, D) after a seed (F, J, D) there is no pose: a joint of a 3D body that
    the seed's last frame knows is no number, or an image has none of those, or a place is infinite.
    """
    if are_known(poses):
        return np.zeros(poses.shape[:2], dtype=bool)
    known = np.isfinite(seed[-1]).all(axis=-1)
    lost: NDArray[np.bool_] = np.asarray(~np.isfinite(poses[:, :, known]).all(axis=-1))
    gone = np.asarray(lost.any(axis=2) if poses.shape[-1] == 3 else lost.all(axis=2) & known.any())
    return np.asarray(gone | np.isinf(poses).any(axis=(2, 3)))


def found_unfinite(onset: int) -> Finding:
    """What is said of a motion that is none from a frame on."""
    return Finding(FINITE.side, onset, FINITE, float("nan"), float("nan"), float("nan"))


class Judgement:
    """Of motions that go on from seeds (B, F, J, D) on the calibration's skeleton at its rate. actions (B,): of these,
    empty where unknown; floor (B,): how high the floor is at most, where more than the seeds tells of it.

    values, scores: (B, K, n) of the signs; sides: (2, B, n) the scores of SIDES; deciding: (2, B, n) the sign that each
    has it from. unlike: (B,) whether the seeds are unlike the reference.
    """

    def __init__(
        self, calibration: Calibration, seeds: Array, actions: Sequence[str] = (), floor: Array | None = None
    ) -> None:
        self.calibration = calibration
        self._seeds, self._floor = np.asarray(seeds), floor
        self._actions = tuple(actions)
        self._watch = calibration.watch(self._seeds, actions, 0, floor)
        self._scales = Scales(calibration.scales)
        strange = strangeness(calibration.signs, self._scales, self._watch.seen)
        self.unlike: NDArray[np.bool_] = strange > calibration.unlike
        count = len(calibration.signs)
        self.values = np.empty((len(self._seeds), count, 0))
        self.scores = np.empty((len(self._seeds), count, 0))
        self._known: tuple[Array, NDArray[np.intp], tuple[Alarms, ...]] | None = None

    def __len__(self) -> int:
        """n, generated frames so far."""
        return self.values.shape[2]

    def extend(self, poses: Array, latents: Array | None = None) -> None:
        """The next generated frames (B, m, J, D). latents (B, m, Z): of the calibration's embedding, where known."""
        made = self._watch.extend(poses, latents)
        self.values = np.concatenate([self.values, made.values], axis=2)
        fresh = self._scales.score(made.strengths, self._watch.seen)
        self.scores = np.concatenate([self.scores, fresh], axis=2)
        self._known = None

    def cut(self, frames: int, poses: Array) -> None:
        """Back to so many generated frames; poses (B, >= frames, J, D): what was generated."""
        seen = self._watch.seen
        first = max(0, frames - round(LOOKBACK * self.calibration.fps))
        self._watch = self.calibration.watch(self._seeds, self._actions, first, self._floor)
        if frames:
            self._watch.extend(poses[:, first:frames])
        self._watch.seen = seen
        self.values, self.scores = self.values[:, :, :frames], self.scores[:, :, :frames]
        self._known = None

    @property
    def sides(self) -> Array:
        return self._sides[0]

    @property
    def deciding(self) -> NDArray[np.intp]:
        return self._sides[1]

    @property
    def words(self) -> NDArray[np.int8]:
        """(B, n) places in WORDS, of each frame."""
        drift, collapse = (made.on for made in self._sides[2])
        return words_of(np.isfinite(self.scores).any(axis=1), self.unlike[:, None], drift, collapse)

    def verdict(self, row: int = 0) -> Verdict:
        """Of one motion as a whole: what has failed at any frame stays failed."""
        found = [self._finding(side, made, row) for side, made in enumerate(self._sides[2])]
        return Verdict.of(found, bool(np.isfinite(self.scores[row]).any()), bool(self.unlike[row]))

    def _finding(self, side: int, made: Alarms, row: int) -> Finding | None:
        onset = int(made.onset[row])
        if onset < 0:
            return None
        sides, deciding, _ = self._sides
        worst = worst_of(sides[side, row], made.on[row], onset)
        sign = int(deciding[side, row, worst])
        low, _, high = self.calibration.bands_of(self._actions[row] if self._actions else "")[sign]
        value = float(self.values[row, sign, worst])
        return Finding(SIDES[side], onset, self.calibration.signs[sign], value, float(low), float(high))

    @property
    def _sides(self) -> tuple[Array, NDArray[np.intp], tuple[Alarms, ...]]:
        if self._known is None:
            sides, deciding = by_side(self.calibration.signs, self.scores)
            made = tuple(alarms(sides[k], self.calibration.thresholds[side]) for k, side in enumerate(SIDES))
            self._known = sides, deciding, made
        return self._known
