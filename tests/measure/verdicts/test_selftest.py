"""The self-test as a whole, on synthetic motion and by the command on the demo."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.analysis.calibration import calibrated
from poseviewer.analysis.verdict import SIDES, Threshold
from poseviewer.data.dataset import Dataset
from poseviewer.measure.verdicts.selftest import self_test
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.progress import finished
from tests.cli.test_commands import run, told
from tests.walking import walk

pytestmark = pytest.mark.long


def walks(count: int) -> Dataset:
    """Walks of other speeds and strides, with the noise of a sensor; each third one is to be judged."""
    draw = np.random.default_rng(5)
    clips = []
    for k in range(count):
        poses = walk(90, draw.uniform(0.9, 1.5), draw.uniform(0.9, 1.2), draw.uniform(0.1, 0.3))
        poses = poses + draw.normal(0.0, 0.001, poses.shape)
        split = "test" if k % 3 == 2 else "train"
        clips.append(Clip(HUMANOID, poses.astype(np.float32), 30.0, f"{k:02d}", action="walk", split=split))
    return Dataset.of(clips, "walks")


@pytest.fixture(scope="module")
def figures() -> dict:
    return finished(self_test(walks(18)))


def test_what_is_put_into_walks_is_found_and_the_walks_are_not(figures: dict) -> None:
    assert figures["clips"] == 6 and figures["frames"] == 6 * 60
    assert figures["injected"]["freeze"] == 6 == figures["half_injected"]["jump"]
    for kind in ("freeze", "noise", "jump", "stretch"):
        assert figures["auc"][kind] >= 0.99, kind
        assert figures["detected"][kind] >= 0.8, kind
        assert figures["delay"][kind] <= 25.0, kind
    assert figures["false_alarms_overall"]["either"]["clips"] <= 1.0 / 3.0
    assert "half_cycle" not in figures and figures["auc"]["noise"] == figures["auc_pooled"]["noise"]


def test_a_calibration_that_is_brought_judges_in_the_place_of_the_training_split(figures: dict) -> None:
    motions = [clip.positions for clip in walks(18) if clip.split == "train"]
    own = finished(calibrated(motions, HUMANOID, 30.0))
    assert finished(self_test(walks(18), processes=1, calibration=own)) == figures
    deaf = replace(own, thresholds={side: Threshold(1e9, 1e9, 2, 15) for side in SIDES})
    told = finished(self_test(walks(18), processes=1, calibration=deaf))
    assert set(told["detected"].values()) == {0.0} and told["auc"] == figures["auc"]


def test_several_processes_find_the_same(figures: dict) -> None:
    assert finished(self_test(walks(18), processes=2)) == figures


def test_the_command_tells_of_the_demo(capsys: pytest.CaptureFixture[str]) -> None:
    report = told(capsys, "diagnose", "--self-test", "--data", paths.demo())
    assert report["clips"] == sum(row["clips"] for row in report["false_alarms_by_action"].values()) >= 3
    assert set(report["auc"]) >= {"freeze", "slide", "joint"} and report["auc"]["stretch"] >= 0.95
    assert set(report["left_out"]) == {"jumps", "repeats_frames", "unknown_joints", "short"}
    assert report["left_out"]["jumps"] == []  # whoever rolls or spins turns fast, but not at once


@pytest.mark.parametrize("arguments", [[], ["--self-test"], ["--self-test", "--data", "d.h5", "--folds", "1"]])
def test_wrong_usage_is_two(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    code, out, err = run(capsys, "diagnose", *arguments)
    assert (code, out) == (2, "") and "usage: poseviewer diagnose" in err
