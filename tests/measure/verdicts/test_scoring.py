"""The figures of a self-test from what was found of each clip."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.analysis.verdict import Threshold
from poseviewer.measure.verdicts.scoring import area, by_kind, figures, share_interval
from poseviewer.measure.verdicts.trial import MISSED, Failed, Untouched, entered


def failed(name: str, action: str, score: float, real: float, delay: float, **other: object) -> Failed:
    row = {"kind": "cycle", "strength": 1.0, "other_delay": MISSED, "real_delay": MISSED, "named": 2.0,
           "leads": delay < MISSED, "period": 20}  # fmt: skip
    return Failed(name=name, action=action, score=score, real_score=real, delay=delay, **{**row, **other})  # type: ignore[arg-type]


REAL = [
    Untouched("a", "walk", 300, (30, 0, 30), (2, 0, 2)),
    Untouched("b", "walk", 300, (0, 0, 0), (0, 0, 0)),
    Untouched("c", "jump", 600, (6, 12, 15), (1, 1, 1)),
]


def test_areas_count_ties_half() -> None:
    assert area([2.0, 3.0], [0.0, 1.0]) == 1.0
    assert area([1.0], [1.0]) == 0.5
    assert area([0.0, 2.0], [1.0, 1.0, 3.0]) == pytest.approx(2.0 / 6.0)


def test_a_side_is_entered_by_enough_frames_in_a_row() -> None:
    rule = Threshold(high=2.0, low=1.0, enter=2, leave=5)
    assert entered(np.array([0.0, 3.0, 0.0, 2.5, 2.1, 0.0]), rule) == 4.0
    assert entered(np.array([3.0, 2.0, 3.0]), rule) == MISSED


def test_a_miss_is_an_infinite_delay_and_actions_weigh_alike() -> None:
    rows = [
        failed("a", "walk", 3.0, 1.0, 4.0, named=-4.0),
        failed("b", "walk", 5.0, 2.0, 30.0, named=-2.0),
        failed("c", "jump", 0.5, 1.5, MISSED, other_delay=3.0, real_delay=1.0, named=float("nan")),
        failed("c", "jump", 0.5, 1.5, MISSED, strength=0.5),
    ]
    told = figures(REAL, rows, 30.0, macro=True)
    assert told["auc"] == {"cycle": 0.5} == told["auc_macro"]
    assert told["auc_pooled"]["cycle"] == pytest.approx(6.0 / 9.0, abs=1e-4)
    assert figures(REAL, rows, 30.0, macro=False)["auc"] == told["auc_pooled"]
    told["auc_macro"]["same_future"] = None  # sets are of no action
    assert "same_future" not in told["auc"]
    assert told["detected"]["cycle"] == pytest.approx(2.0 / 3.0, abs=1e-4)
    assert told["delay"] == {"cycle": 30.0} and told["periods"] == {"cycle": 1.5}
    assert told["named_onset"] == {"cycle": -3.0}  # an alarm may be named before what it is of
    assert told["half_delay"] == {"cycle": None} and told["half_injected"] == {"cycle": 1}
    assert told["told_apart"]["cycle"] == told["told_apart_overall"] == pytest.approx(2.0 / 3.0, abs=1e-4)
    assert told["half_told_apart"] == {"cycle": None}
    assert told["false_alarms"] == {"cycle": pytest.approx(1.0 / 3.0, abs=1e-4)}
    rows = by_kind(told)
    assert rows["failures"]["cycle half"]["delay"] == "-" and rows["failures"]["cycle full"]["delay"] == 30.0
    assert "detected" not in rows and rows["clips"] == 3


def test_real_clips_that_alarm_are_named_with_the_side() -> None:
    sitting = Untouched("d", "sit", 300, (0, 5, 5), (0, 1, 1))
    named = figures([*REAL, sitting], [], 30.0, macro=True)["false_alarms_named"]
    assert named == {"a": "drift", "c": "both", "d": "collapse"}


def test_false_alarms_are_pooled_over_clips_and_told_by_action() -> None:
    told = figures(REAL, [], 30.0, macro=True)
    assert (told["clips"], told["frames"], told["minutes"]) == (3, 1200, 0.67)
    either, drift = (told["false_alarms_overall"][side] for side in ("either", "drift"))
    assert either["clips"] == pytest.approx(2.0 / 3.0, abs=1e-4) and either["frames"] == 45 / 1200
    assert either["per_minute"] == pytest.approx(4.5) and drift["per_minute"] == pytest.approx(4.5)
    assert either["clips_interval"] == share_interval(2, 3) == [pytest.approx(0.2077, abs=1e-3), 0.9385]
    low, high = either["frames_interval"]
    assert 0.0 <= low < either["frames"] < high <= 0.1
    assert told["false_alarms_by_action"]["walk"] == {
        "clips": 2,
        "drift": 1,
        "collapse": 0,
        "either": 1,
        "frames": 0.05,
    }
    assert told["false_alarms_named"] == {"a": "drift", "c": "both"}
