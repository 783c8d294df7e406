"""An action that calibration is not told of: what its clips are called, and whether failures in them are found."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.verdicts.unusual import left_out
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.progress import finished
from tests.walking import walk


@pytest.fixture(scope="module")
def walks() -> Dataset:
    """Walks, of which each third one is judged, and quick ones."""
    draw = np.random.default_rng(5)
    clips = []
    for k in range(30):
        quick = k >= 27
        poses = walk(80, 2.5 if quick else draw.uniform(0.9, 1.5), draw.uniform(0.9, 1.2), draw.uniform(0.1, 0.3))
        poses = poses + draw.normal(0.0, 0.001, poses.shape)
        split, action = "test" if k % 3 == 2 else "train", "quick" if quick else "walk"
        clips.append(Clip(HUMANOID, poses.astype(np.float32), 30.0, f"{k:02d}", action=action, split=split))
    return Dataset.of(clips, "walks")


def test_clips_of_an_action_that_is_left_out_are_judged_and_so_are_the_others(walks):
    told = finished(left_out(walks, ["quick"]))
    row, others = told["left_out"]["quick"], told["held_out"]["quick"]
    assert row["clips"] == 3 and others["clips"] == 9  # of both splits; of those that do not calibrate
    assert sum(row["words"].values()) == pytest.approx(1.0, abs=1e-3)
    fine = row["words"].get("realistic", 0.0) + row["words"].get("unlike", 0.0)
    assert row["fine"] == pytest.approx(fine, abs=1e-3) and len(row["alarmed"]) == round(3 * (1.0 - fine))
    assert set(row["auc"]) == {"freeze", "stretch", "jump", "noise"} and row["auc"]["stretch"] == 1.0
    assert others["unlike"] <= 0.2


def test_an_action_that_is_not_there_is_named(walks):
    with pytest.raises(PoseviewerError, match="--leave-out swim: it has no clips"):
        finished(left_out(walks, ["swim"]))
