"""Verdicts that are worked out frame by frame are those of the whole, also after frames were taken back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.analysis.calibration import Calibration, _judged, control, seed_frames
from poseviewer.analysis.judge import by_side
from poseviewer.analysis.judgement import Judgement
from poseviewer.analysis.live import Judge, Live, Verdicts, _without_padding, judged_clip
from poseviewer.analysis.statistics.shape import BoneLength
from poseviewer.analysis.statistics.stillness import Spread, Still
from poseviewer.analysis.tails import Scale, Scales
from poseviewer.analysis.verdict import WORDS, Threshold
from poseviewer.data.dataset import Dataset
from poseviewer.measure.verdicts.rollouts import Continued, judged
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.progress import finished

FPS = 30.0


@pytest.fixture(scope="module")
def motions() -> list[np.ndarray]:
    with Dataset.open(paths.demo()) as demo:
        return [np.asarray(clip.onto(HUMANOID).positions, dtype=np.float64) for clip in demo if len(clip) >= 34]


@pytest.fixture(scope="module")
def calibration(motions: list[np.ndarray]) -> Calibration:
    """Of three signs alone, without leaving one out: that it is quick is what counts here."""
    learned = [_judged(motion, HUMANOID, FPS) for motion in motions]
    signs = tuple(sign().fitted(learned) for sign in (BoneLength, Still, Spread))
    watched = [control(signs, motion, HUMANOID, FPS) for motion in motions]
    seen = np.array([seen for _, seen in watched])
    largest = np.array([np.nanmax(made.strengths[0], axis=1) for made, _ in watched])
    scales = tuple(Scale.of(seen[:, k], largest[:, k]) for k in range(len(signs)))
    every = np.concatenate([made.values[0] for made, _ in watched], axis=1)
    bands = np.nanpercentile(every, [1, 50, 99], axis=1).T
    high = [by_side(signs, Scales(scales).score(m.strengths, s[None]))[0].max(axis=(1, 2)) for m, s in watched]
    thresholds: Any = {
        side: Threshold(float(np.max(high, axis=0)[k]) + 0.01, float(np.max(high, axis=0)[k]), 2, 15)
        for k, side in enumerate(("drift", "collapse"))
    }
    return Calibration(HUMANOID, FPS, signs, scales, bands, thresholds, 99.0, len(motions), 1, np.full(3, len(motions)))


@pytest.fixture
def frozen(motions: list[np.ndarray]) -> np.ndarray:
    """The longest motion, standing still from its 20th generated frame on; its bones grow from the 50th on."""
    walk = max(motions, key=len)
    made = np.concatenate([walk[:40], np.repeat(walk[40:41], 60, axis=0)])
    made[70:] *= np.linspace(1.0, 2.0, len(made) - 70)[:, None, None]
    return made[None]


class Rolled:
    """A rollout as far as a judge sees it."""

    def __init__(self, seed: np.ndarray, poses: np.ndarray, frames: list[object]) -> None:
        self.seed, self.poses, self.frames, self.samples = seed, poses, frames, len(poses)

    def shared(self, other: Rolled) -> int:
        same = [a is b for a, b in zip(self.frames, other.frames, strict=False)]
        return same.index(False) if False in same else len(same)

    def poses_from(self, first: int, stop: int | None = None) -> np.ndarray:
        return self.poses[:, first:stop]

    def at_hand(self, first: int) -> int:
        return first


def test_frame_by_frame_is_as_all_at_once_and_as_a_judgement(calibration: Calibration, frozen: np.ndarray) -> None:
    whole, slowly = (Live(calibration, frozen[0, :20], 2) for _ in range(2))
    made = np.concatenate([frozen[:, 20:]] * 2)
    made[1, 10:] = made[1, 9]
    whole.extend(made)
    for frame in range(made.shape[1]):
        slowly.extend(made[:, frame : frame + 1])
    judgement = Judgement(calibration, np.concatenate([frozen[:, :20]] * 2))
    judgement.extend(made)
    told = slowly.verdicts()
    assert told.words.tolist() == whole.verdicts().words.tolist() == judgement.words.tolist()
    np.testing.assert_allclose(told.scores, judgement.sides, atol=1e-3)
    for row in range(2):
        ours, theirs = told.verdict(row), judgement.verdict(row)
        assert ours.word == theirs.word and ours.onset == theirs.onset
        assert [f.sign.name for f in ours.findings] == [f.sign.name for f in theirs.findings]
        assert [f.value for f in ours.findings] == pytest.approx([f.value for f in theirs.findings], rel=1e-3, abs=1e-6)
    assert told.verdict(0).word == "both" and 20 <= (told.verdict(0).onset or 0) <= 50
    assert told.verdict(1).onset is not None and told.verdict(1).onset < told.verdict(0).onset  # type: ignore[operator]


def test_segments_cover_every_frame_and_say_what_decides(calibration: Calibration, frozen: np.ndarray) -> None:
    live = Live(calibration, frozen[0, :20])
    live.extend(frozen[:, 20:])
    told = live.verdicts()
    segments = told.segments
    assert [s.begin for s in segments] == [0, *(s.end for s in segments[:-1])] and segments[-1].end == 80
    for segment in segments:
        assert {WORDS[w] for w in told.words[0, segment.begin : segment.end]} == {segment.word}
        sides = {"drifting": ["drift"], "collapsed": ["collapse"], "both": ["drift", "collapse"]}
        assert [f.side for f in segment.findings] == sides.get(segment.word, [])
    last = told.segment_at(79)
    assert last is not None and last.begin == segments[-1].begin and told.segment_at(80) is None
    assert told.word(79) == segments[-1].word and told.word(80) == "not yet judged"


def test_a_judge_goes_on_from_what_two_rollouts_share(calibration: Calibration, frozen: np.ndarray) -> None:
    seed: Any = SimpleNamespace(positions=frozen[0, :20], action="")
    made, steps = frozen[:, 20:], [object() for _ in range(80)]
    judge = Judge(calibration)
    first: Any = Rolled(seed, made, steps)
    told = judge.of(first)
    back: Any = Rolled(seed, made[:, :35], steps[:35])
    assert judge.of(back).words.tolist() == told.words[:, :35].tolist()
    other = made.copy()
    other[:, 35:] = made[:, 35:][:, ::-1]
    branch: Any = Rolled(seed, other, steps[:35] + [object() for _ in range(45)])
    alone = Judge(calibration).of(branch)
    again = judge.of(branch)
    assert again.words.tolist() == alone.words.tolist()
    np.testing.assert_allclose(again.scores, alone.scores, atol=1e-3)
    assert len(told) == 80  # what was said before stays as it was said


def test_verdicts_that_were_given_out_stay_while_frames_come_and_go(
    calibration: Calibration, frozen: np.ndarray
) -> None:
    """Also where an alarm is found out about late: what was said before it was said."""
    live, made = Live(calibration, frozen[0, :20], 2), np.concatenate([frozen[:, 20:]] * 2)
    made = np.concatenate([made, made[:, ::-1], made], axis=1)
    given: list[tuple[Verdicts, list[bytes]]] = []
    for stop in (1, 7, 30, 31, 32, 33, 70, 130, 200, 240, 90, 45, 60, 240):
        if stop < live.frames:
            live.cut(stop, made[:, max(0, stop - live.remembered) : stop])
        else:
            live.extend(made[:, live.frames : stop])
        told = live.verdicts()
        given.append((told, [held.tobytes() for held in (told.words, told.scores, told.told)]))
        alone = Live(calibration, frozen[0, :20], 2)
        alone.extend(made[:, :stop])
        assert told.words.tolist() == alone.verdicts().words.tolist() and len(told) == stop
        np.testing.assert_array_equal(told.onsets, alone.verdicts().onsets)
    for told, then in given:
        assert [held.tobytes() for held in (told.words, told.scores, told.told)] == then


def test_a_judge_tells_of_the_sample_that_it_is_asked_for(calibration: Calibration, frozen: np.ndarray) -> None:
    seed: Any = SimpleNamespace(positions=frozen[0, :20], action="")
    still = np.repeat(frozen[:, 20:21], 80, axis=1)
    both: Any = Rolled(seed, np.concatenate([frozen[:, 20:], still]), [object() for _ in range(80)])
    judge = Judge(calibration)
    first, second, again = (judge.of(both, None, row) for row in (0, 1, 0))
    assert (first.row, second.row) == (0, 1) and first.words.tolist() == second.words.tolist()
    assert not np.allclose(first.told, second.told, equal_nan=True)
    np.testing.assert_array_equal(first.told, again.told)
    alone: Any = Rolled(seed, still, [object() for _ in range(80)])
    assert judge.of(alone, None, 1).row == 0  # it has no second one


def test_the_padding_of_a_seed_is_no_stillness_of_it(calibration: Calibration, frozen: np.ndarray) -> None:
    padded = np.concatenate([np.repeat(frozen[0, :1], 40, axis=0), frozen[0, :20]])
    told = []
    for seed in (frozen[0, :20], padded):
        live = Live(calibration, seed)
        live.extend(frozen[:, 20:])
        told.append(live.verdicts().words.tolist())
    assert told[0] == told[1]


def test_a_clip_is_judged_from_where_its_file_says(calibration: Calibration, frozen: np.ndarray) -> None:
    clip = Clip(HUMANOID, frozen[0].astype(np.float32), FPS, "made", seed_frames=20)
    told = judged_clip(clip, calibration)
    assert len(told) == 80 and told.verdict().word == "both"
    assert seed_frames(100) == 30  # a control's, which this is none of


@pytest.mark.parametrize("back", [None, 40, 10])
def test_what_is_no_pose_any_more_drifts_from_there_on_as_in_a_diagnosis(
    calibration: Calibration, motions: list[np.ndarray], back: int | None
) -> None:
    walk = max(motions, key=len)[:100]
    made = np.stack([walk[20:]] * 2)
    made[1, 35:60] = np.nan
    live = Live(calibration, walk[:20], 2, row=1)
    for frame in range(80):
        live.extend(made[:, frame : frame + 1])
    before = live.verdicts()
    if back is not None:
        live.cut(back, made[:, max(0, back - live.remembered) : back])
        live.extend(made[:, back:])
    told = live.verdicts()
    assert before.words.tolist() == told.words.tolist()
    assert not told.verdict(0).findings and told.verdict(1).word == "drifting"
    (finding,) = told.verdict(1).findings
    assert (finding.sign.name, finding.onset) == ("finite", 35)
    assert "+36" in finding.reason and "no number" in finding.reason
    drifting = [(s.begin, s.end) for s in told.segments if s.word == "drifting"]
    assert drifting == [(35, 60)] and told.segments[-1].word == "realistic"
    (of_many,) = finished(judged(calibration, [Continued("walk", "", walk[:20], made[1])])).verdicts
    assert [(f.sign.name, f.onset) for f in of_many.findings] == [("finite", 35)]
    clip = Clip(HUMANOID, np.concatenate([walk[:20], made[1]]).astype(np.float32), FPS, "made", seed_frames=20)
    assert judged_clip(clip, calibration).verdict().findings[0].onset == 35


def test_a_failure_before_the_last_pose_stays_the_first(calibration: Calibration, frozen: np.ndarray) -> None:
    live = Live(calibration, frozen[0, :20])
    made = frozen[:, 20:].copy()
    made[:, 78:] = np.nan
    live.extend(made)
    onset = {finding.side: finding.onset for finding in live.verdicts().verdict().findings}
    assert onset["drift"] < 78  # its bones grow from the 50th on
    alone = Live(calibration, frozen[0, :20])
    alone.extend(made[:, [0, 1, 78]])  # one such frame is enough
    assert alone.verdicts().verdict().findings[0].onset == 2


def test_what_is_said_of_a_failure_is_of_its_own_run(calibration):
    words = np.array([[1, 2, 1, 2]], dtype=np.int8)  # realistic, drifting, realistic, drifting
    scores, values = np.zeros((2, 1, 4), np.float32), np.zeros((2, 1, 4), np.float32)
    scores[0, 0], values[0, 0] = [0.0, 5.0, 7.0, 9.0], [0.125, 0.5, 0.75, 1.0]
    none, yes = np.zeros((1, 0), np.float32), np.zeros(1, dtype=bool)
    made = Verdicts(calibration, words, scores, np.zeros((2, 1, 4), np.int8), values, 0, none, none,
                    np.array([[1], [-1]]), yes, calibration.bands)  # fmt: skip
    (finding,) = made.verdict().findings
    assert (finding.onset, finding.value, made.verdict().word) == (1, 0.5, "drifting")
    assert [f.value for segment in made.segments for f in segment.findings] == [0.5, 1.0]


def test_copies_of_a_first_frame_that_fill_a_context_are_no_seed():
    first, second, third = np.arange(3.0)[:, None, None] * np.ones((3, 4, 2))
    kept = _without_padding(np.stack([first, first, first, second, third]))
    np.testing.assert_array_equal(kept, [first, second, third])
    assert len(_without_padding(np.stack([first, first, second]))) == 2
