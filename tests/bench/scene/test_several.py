"""What stands in the scene where several lanes do: each lane's figure, where it failed, and what lies between them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.analysis.live import Live, Verdicts
from poseviewer.bench.bench import Bench, Held
from poseviewer.bench.compose import compose
from tests.bench.test_lane import two_lanes
from tests.judged import few_signs, walks


def failed(onset: int) -> Verdicts:
    """Of twenty frames, which drift from one of them on."""
    clips = walks()
    live = Live(few_signs(clips), clips[0].positions[:30])
    live.extend(clips[0].positions[None, 30:50])
    made = live.verdicts()
    words = made.words.copy()
    words[0, onset:] = 2
    return replace(made, words=words, onsets=np.array([[onset], [-1]]))


def labels(bench: Bench, frame: int) -> list[str]:
    return [label.text for label in compose(bench, bench.time_of_relative(frame)).labels]


def test_the_pose_with_which_a_lane_failed_stands_there_once_it_has() -> None:
    bench = two_lanes()
    bench.look = bench.with_look(placement="one spot")
    a, b = bench.lanes
    long = replace(a.tracks[0], positions=a.tracks[0].positions + np.float32([0.0, 0.0, 2.0]))
    bench.put(replace(b, tracks=(long,)))
    verdicts = failed(9)
    (finding,) = verdicts.verdict().findings
    bench.put(replace(a, verdicts=verdicts))
    assert (finding.side, finding.onset) == ("drift", 9)
    for frame, there in ((2, False), (10, False), (15, True)):
        assert ("A +10, drift begins" in labels(bench, frame)) == there, frame
    skins = [f for f in compose(bench, bench.time_of_relative(15)).figures if f.layer == "skin"]
    (onset,) = [f for f in skins if f.key == "generated A"]
    assert onset.positions[0] == pytest.approx(bench.lane.tracks[0].positions[9])


def test_beside_another_lane_no_sample_is_a_figure_and_the_eye_looks_at_the_middle() -> None:
    bench = two_lanes(samples=3)
    bench.look = bench.with_look(placement="one spot")
    time = bench.time_of_relative(8)
    stage = compose(bench, time)
    assert sum(len(f.positions) for f in stage.figures if f.key.startswith("generated")) == 2
    roots = [lane.tracks[0].root[7] for lane in bench.lanes]
    assert (stage.centre[0], stage.centre[2]) == pytest.approx(tuple(np.mean(roots, axis=0)[[0, 2]]), abs=1e-5)


def test_what_is_held_in_one_lane_leaves_the_figure_of_the_other() -> None:
    bench = two_lanes()
    bench.time = bench.time_of_relative(8)
    bench.held = Held(np.zeros(2), bench.lane.tracks[0].positions[7], np.zeros(2))
    layers = {f.key: (f.layer, float(f.opacity[0])) for f in compose(bench).figures}
    assert layers["generated B"][0] == layers["held pose"][0] == "current"
    assert layers["generated A"][0] == "skin" and layers["generated A"][1] < 0.5
    assert {"A +8, held"} <= set(labels(bench, 8)) and any(text.startswith("B +8") for text in labels(bench, 8))
