"""A clip on trial: what verdicts say of it untouched and with each known failure in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from poseviewer.analysis.calibration import Calibration, seed_frames
from poseviewer.analysis.judgement import Judgement
from poseviewer.analysis.networks import ALONE, Through
from poseviewer.analysis.verdict import SIDES, Threshold, alarms
from poseviewer.measure.verdicts.controls import watched
from poseviewer.measure.verdicts.injections import SIDE, Usual, injections, onset_of
from poseviewer.motion.clip import Clip
from poseviewer.nets.protocols import Array

MISSED = float("inf")


@dataclass(frozen=True)
class Untouched:
    """Of a real clip: its judged frames; of each side and of both together the frames in which it is alarmed, and how
    often it begins to be.
    """

    name: str
    action: str
    frames: int
    alarmed: tuple[int, int, int]
    alarms: tuple[int, int, int]


@dataclass(frozen=True)
class Failed:
    """Of a clip with a failure in it: the largest score of the failure's side after the onset, and that of the same
    clip untouched; frames after the onset at which each side is entered (MISSED if never), and the failure's side in
    the clip untouched; named: the onset as the verdict has it, less the true one, NaN if none. leads: whether the
    failure's side is entered first. period: frames of a cycle.
    """

    name: str
    action: str
    kind: str
    strength: float
    score: float
    real_score: float
    delay: float
    other_delay: float
    real_delay: float
    named: float
    leads: bool
    period: int


def tried(
    clips: Sequence[Clip], calibration: Calibration, usual: Usual, through: Through = ALONE
) -> list[tuple[Untouched, list[Failed]]]:
    """What verdicts say of clips on the calibration's skeleton at its rate. through: what each is looked at through."""
    if through is not ALONE:
        return [_tried(clip, replace(calibration, networks=through.at(clip.name)), usual) for clip in clips]
    return [_tried(clip, calibration, usual) for clip in clips]


def _tried(clip: Clip, calibration: Calibration, usual: Usual) -> tuple[Untouched, list[Failed]]:
    motion = watched(clip)
    seed, onset = seed_frames(len(motion)), onset_of(len(motion))
    made = injections(motion, clip.name, clip.action, clip.loop, usual, calibration.skeleton, calibration.fps)
    count = 1 + len(made)
    judgement = Judgement(calibration, np.repeat(motion[None, :seed], count, axis=0), [clip.action] * count)
    judgement.extend(np.stack([motion, *(injection.motion for injection in made)])[:, seed:])
    sides, after = judgement.sides, onset - seed
    thresholds = [calibration.thresholds[side] for side in SIDES]
    failed = []
    for row, injection in enumerate(made, 1):
        own = SIDES.index(SIDE[injection.kind])
        mine, others = sides[own, row, after:], sides[1 - own, row, after:]
        delay, other = entered(mine, thresholds[own]), entered(others, thresholds[1 - own])
        leads = delay < other or (delay == other != MISSED and mine[int(delay)] > others[int(delay)])
        failed.append(
            Failed(
                clip.name, clip.action, injection.kind, injection.strength, float(mine.max()),
                float(sides[own, 0, after:].max()), delay, other, entered(sides[own, 0, after:], thresholds[own]),
                _named(sides[own, row], thresholds[own], after), bool(leads), injection.period,
            )
        )  # fmt: skip
    return _untouched(clip, sides[:, 0], thresholds), failed


def entered(scores: Array, threshold: Threshold) -> float:
    """The frame at which a side with scores (n,) is entered by these alone; MISSED if it is not."""
    row = 0
    for frame, above in enumerate(scores > threshold.high):
        row = row + 1 if above else 0
        if row >= threshold.enter:
            return float(frame)
    return MISSED


def _named(scores: Array, threshold: Threshold, onset: int) -> float:
    """Frames from the true onset to the beginning of the alarm that is the first to be on after it; NaN without one."""
    on = alarms(scores[None], threshold).on[0]
    after = np.flatnonzero(on[onset:])
    if not len(after):
        return float("nan")
    first = onset + int(after[0])
    while first and on[first - 1]:
        first -= 1
    return float(first - onset)


def _untouched(clip: Clip, sides: Array, thresholds: Sequence[Threshold]) -> Untouched:
    on = [alarms(sides[k][None], threshold).on[0] for k, threshold in enumerate(thresholds)]
    on.append(on[0] | on[1])
    frames = [int(mine.sum()) for mine in on]
    begun = [int((np.diff(mine.astype(int), prepend=0) > 0).sum()) for mine in on]
    return Untouched(clip.name, clip.action, sides.shape[1], (frames[0], frames[1], frames[2]),
                     (begun[0], begun[1], begun[2]))  # fmt: skip
