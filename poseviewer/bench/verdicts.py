"""What has been said of generated frames, on the bench's time axis: stretches of one word, curves, words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from poseviewer.analysis.verdict import FAILED, OF_SIDE, SAID, SIDES, WORDS, Word, frames_given, spelled, words_of
from poseviewer.bench.bench import Bench
from poseviewer.bench.curves import Curve, Line, Statistic
from poseviewer.bench.words import signed

if TYPE_CHECKING:
    from poseviewer.analysis.judgement import Finding
    from poseviewer.analysis.live import Segment, Verdicts
    from poseviewer.analysis.statistics.statistic import Side
    from poseviewer.bench.lane import Lane
    from poseviewer.motion.skeleton import Skeleton

TOKENS: dict[Word, str] = {
    "realistic": "ok", "drifting": "drift", "collapsed": "collapse", "both": "both",
    "unlike": "truth", "not yet judged": "text3",
}  # fmt: skip
"""The colours of words, as the palette names them; areas have its `_fill` where there is one."""
ICONS: dict[Word, str] = {
    "realistic": "circle-check", "drifting": "trending-up", "collapsed": "activity", "both": "circle-x",
    "unlike": "circle-question-mark", "not yet judged": "",
}  # fmt: skip
_OF_SAMPLES: dict[Word, str] = SAID | {
    "drifting": "drift", "collapsed": "collapse", "both": "drift and collapse",
}  # fmt: skip
_USUAL: dict[Side, str] = {"drift": "distance from real poses", "collapse": "motion over two thirds of a second"}
"""The titles of the signs that are shown while none decides."""


SOON = 8
"""Newest frames that may not have been judged yet."""


@dataclass(frozen=True, eq=False)
class Placed:
    """Verdicts on the time axis: the first frame stands at `start` seconds. of_clip: they are of the clip's own.

    frames: how many have been made, of which the newest may not have been judged.
    """

    verdicts: Verdicts
    start: float
    fps: float
    of_clip: bool
    frames: int = 0

    def time(self, frame: float) -> float:
        """Seconds of a generated frame from 0."""
        return self.start + frame / self.fps

    def frame(self, time: float) -> int | None:
        """The generated frame at a time; None where none was judged. The last one stands for those that soon are."""
        frame, last = round((time - self.start) * self.fps), len(self.verdicts) - 1
        soon = max(last, min(last + SOON, self.frames - 1))
        return min(frame, last) if 0 <= frame <= soon else None

    def segment_at(self, time: float) -> Segment | None:
        """The stretch of one word that a time lies in."""
        frame = self.frame(time)
        return None if frame is None else self.verdicts.segment_at(frame)


def placed(bench: Bench, lane: Lane | None = None) -> Placed | None:
    """Of what a lane, the one in focus where none is named, generated, or else of what the clip's file says was.

    None where nothing is judged.
    """
    lane, clip = lane or bench.lane, bench.clip
    if lane.verdicts is not None and lane.track is not None and len(lane.verdicts):
        return Placed(lane.verdicts, lane.track.start, lane.track.fps, False, lane.horizon)
    if bench.clip_verdicts is None or clip is None or bench.generated or not len(bench.clip_verdicts):
        return None
    if lane is not bench.lane:
        return None
    fps = bench.clip_verdicts.calibration.fps
    return Placed(bench.clip_verdicts, frames_given(clip, fps) / fps, fps, True)


def number(bench: Bench, made: Placed, frame: int) -> str:
    """A generated frame's number as the timeline counts it."""
    return signed(round((made.time(frame) - bench.seed_end) * bench.fps))


def word_at(bench: Bench, made: Placed, time: float) -> tuple[Word, str] | None:
    """The word for the frame at a time, and since when; None where no frame was judged."""
    segment = made.segment_at(time)
    if segment is None:
        return None
    return segment.word, f"since {number(bench, made, segment.begin)}" if segment.word in FAILED else ""


def why_at(bench: Bench, made: Placed, time: float) -> list[str]:
    """Of the stretch that a time lies in, why each side has failed there; none where none has."""
    segment = made.segment_at(time)
    return [] if segment is None else [_told(finding) for finding in segment.findings]


def _told(finding: Finding) -> str:
    return ", ".join(filter(None, (finding.told, real_words(finding))))


def real_words(finding: Finding) -> str:
    """What real motion has where a sign decides: the end of its range that was left."""
    if not np.isfinite([finding.low, finding.high]).all():
        return ""
    if finding.sign.low:
        return f"real from {spelled(finding.low)}"
    return f"real to {spelled(finding.high)}"


@dataclass(frozen=True)
class Reason:
    """Why a rollout has failed. word: what failed first makes it; side: its name ("Drift"); told: the statistic and its
    value; real: what real motion has; since: from where on, and since when the other side; onset: the first frame.
    """

    word: Word
    side: str
    told: str
    real: str
    since: str
    onset: int

    @property
    def words(self) -> str:
        """All but the side."""
        return ", ".join(filter(None, (self.told, self.real, self.since)))


def reason(bench: Bench, made: Placed) -> Reason | None:
    """Of the whole rollout; None where nothing has failed."""
    findings = made.verdicts.verdict().findings
    if not findings:
        return None
    first, *others = findings
    since = "; ".join(
        [f"since {number(bench, made, first.onset)}"]
        + [f"{other.side} since {number(bench, made, other.onset)}" for other in others]
    )
    return Reason(OF_SIDE[first.side], first.side.capitalize(), first.told, real_words(first), since, first.onset)


def samples_sentence(bench: Bench) -> str:
    """How many of several samples are what; empty of one, and where nothing is judged."""
    made = bench.lane.verdicts
    if made is None or len(made.words) < 2 or not len(made):
        return ""
    drift, collapse = made.onsets >= 0
    word = words_of((made.words > 0).any(axis=1), made.unlike, drift, collapse)
    counts = np.bincount(word, minlength=len(WORDS)).tolist()
    told = [f"{count} {_OF_SAMPLES[name]}" for name, count in zip(WORDS, counts, strict=True) if count]
    return f"{len(word)} samples: {', '.join(told)} to {signed(len(made))}."


def segment_words(bench: Bench, made: Placed, segment: Segment) -> str:
    """A stretch in full: its frames, and for each failed side the statistic, its value and the real range."""
    first, last = number(bench, made, segment.begin), number(bench, made, segment.end - 1)
    lines = [f"{SAID[segment.word].capitalize()} from {first} to {last}"]
    if segment.word == "unlike":
        lines.append("Its seed lies outside what the reference has: what is judged is how it changes from there")
    for finding in segment.findings:
        lines.append(f"{finding.side.capitalize()}, {finding.sign.title}: {finding.told}")
        if np.isfinite([finding.low, finding.high]).all():
            lines.append(f"1 to 99 % of real motion: {spelled(finding.low)} to {spelled(finding.high)}")
    return "\n".join(lines)


def verdict_curves(bench: Bench) -> tuple[Curve, ...]:
    """Of each side the sign that decides, over the range that it has in real motion; none where nothing is judged."""
    made = placed(bench)
    return () if made is None else tuple(_curve(bench, made, side) for side in SIDES)


def _curve(bench: Bench, made: Placed, side: Side) -> Curve:
    verdicts = made.verdicts
    signs, bands = verdicts.calibration.signs, verdicts.bands
    sign = _shown(verdicts, side)
    low, median, high = bands[sign].tolist()
    about = Statistic(side.capitalize(), signs[sign].title, "", False, signs[sign].title)
    before, told = verdicts.in_seed[sign].astype(np.float64), verdicts.told[sign].astype(np.float64)
    start = made.start - len(before) / made.fps
    own = Line(np.concatenate([before, told]) if made.of_clip else before, start, made.fps)
    measured = verdicts.calibration.skeleton
    lines = tuple(_line(bench, lane, signs[sign].title, measured) for lane in bench.lanes)
    seed = slice(0, len(before))
    return Curve(about, own, seed, lines, low, median, high, len(before), True, side, signs[sign].low)


def _line(bench: Bench, lane: Lane, title: str, skeleton: Skeleton) -> Line:
    """A sign's values over what a lane generated; empty where that is not judged by such a sign of such bodies: what is
    measured in an image lies in no band of metres.
    """
    made = placed(bench, lane)
    signs = () if made is None or made.of_clip else made.verdicts.calibration.signs
    sign = next((k for k, sign in enumerate(signs) if sign.title == title), None)
    if made is None or sign is None or made.verdicts.calibration.skeleton.joints != skeleton.joints:
        return Line(np.empty(0), bench.seed_end, bench.fps)
    return Line(made.verdicts.told[sign].astype(np.float64), made.start, made.fps)


def _shown(verdicts: Verdicts, side: Side) -> int:
    """The sign that decided that a side has failed, else the usual one."""
    signs = verdicts.calibration.signs
    for finding in verdicts.verdict().findings:
        if finding.side == side and finding.sign in signs:
            return signs.index(finding.sign)
    titles = {sign.title: k for k, sign in enumerate(signs) if sign.side == side}
    return titles.get(_USUAL[side], next(iter(titles.values())))
