"""What is said of generated frames in words, counted as the timeline counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.analysis.live import Live, judged_clip
from poseviewer.bench.bench import Bench
from poseviewer.bench.verdicts import number, placed, reason, samples_sentence, segment_words, word_at
from tests.judged import few_signs, walks


@pytest.fixture(scope="module")
def bench() -> Bench:
    """A walk that is said to be generated from its 31st frame on, and stands still from the 81st."""
    clips = walks()
    poses = np.concatenate([clips[0].positions[:80], np.repeat(clips[0].positions[80:81], 40, axis=0)])
    bench = Bench()
    bench.place(replace(clips[0], positions=poses, seed_frames=30))
    assert bench.clip is not None
    bench.clip_verdicts = judged_clip(bench.clip, few_signs(clips))
    return bench


def test_since_when_is_said_of_what_has_failed_alone(bench: Bench) -> None:
    made = placed(bench)
    assert made is not None
    told = reason(bench, made)
    assert told is not None and told.word == "collapsed" and 50 <= told.onset <= 60
    assert word_at(bench, made, made.time(told.onset - 1)) == ("realistic", "")
    assert word_at(bench, made, made.time(told.onset)) == ("collapsed", told.since)
    assert word_at(bench, made, made.time(-1)) is None


def test_a_sign_of_which_little_is_strange_is_beside_the_least_that_real_motion_has(bench: Bench) -> None:
    made = placed(bench)
    assert made is not None
    told = reason(bench, made)
    (finding,) = made.verdicts.verdict().findings
    assert told is not None and finding.sign.low and finding.low < finding.high
    assert told.real == f"real from {finding.low:.3g}"
    segment = made.verdicts.segment_at(finding.onset)
    assert segment is not None
    assert segment_words(bench, made, segment).endswith(f"real motion: {finding.low:.3g} to {finding.high:.3g}")


def test_frames_are_counted_at_the_clip_s_rate() -> None:
    clips = walks()
    bench = Bench()
    bench.place(replace(clips[0].resample(60.0), seed_frames=60))
    assert bench.clip is not None and bench.fps == 60.0
    bench.clip_verdicts = judged_clip(bench.clip, few_signs(clips))
    made = placed(bench)
    assert made is not None
    first, later = (int(number(bench, made, frame)) for frame in (0, 10))
    assert later - first == 20


def test_samples_that_are_not_judged_yet_are_not_called_realistic() -> None:
    clips = walks()
    live, bench = Live(few_signs(clips), clips[0].positions[:30], samples=3), Bench()
    for frames, said in ((2, "3 samples: 3 not yet judged to +2."), (20, "3 samples: 3 realistic to +20.")):
        live.extend(np.repeat(clips[0].positions[None, 30 + live.frames : 30 + frames], 3, axis=0))
        bench.put(replace(bench.lane, verdicts=live.verdicts()))
        assert samples_sentence(bench) == said
