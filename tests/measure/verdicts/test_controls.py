"""Which clips calibrate, which are judged, and which are no reference."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.verdicts.controls import controls_of, dealt
from poseviewer.motion.clip import Clip
from tests.moving_figures import figures


def dataset(clips: list[Clip]) -> Dataset:
    return Dataset.of(clips, "clips")


def names(clips: list[Clip]) -> list[str]:
    return [clip.name for clip in clips]


def test_the_training_split_calibrates_and_the_rest_is_judged() -> None:
    (part,) = controls_of(dataset(figures(12))).parts
    assert names(part.judged) == ["006", "007"]
    assert names(part.reference) == ["000", "001", "002", "003", "004", "005", "008", "009", "010", "011"]


def test_without_a_split_half_of_each_action_is_judged() -> None:
    (part,) = controls_of(dataset([replace(clip, split="") for clip in figures(12)])).parts
    assert len(part.judged) == len(part.reference) == 6
    assert [clip.action for clip in part.judged].count("wave") == 3


def test_folds_judge_every_clip_once_and_never_beside_itself() -> None:
    controls = controls_of(dataset(figures(12)), folds=3)
    assert sorted(name for part in controls.parts for name in names(part.judged)) == names(figures(12))
    for part in controls.parts:
        assert len(part.judged) == 4 and not set(names(part.judged)) & set(names(part.reference))
        assert [clip.action for clip in part.judged].count("wave") == 2
    assert dealt(["a", "b", "a", "a"], 2).tolist().count(0) == 3  # two of three, and the one alone


def test_a_recording_that_repeats_a_frame_and_one_that_is_short_are_named() -> None:
    clips = figures(12)
    still = np.array(clips[6].positions)
    still[20:31] = still[19]
    clips[6] = replace(clips[6], positions=still)
    clips[7] = clips[7].cut(0, 29)
    clips += [replace(clip, name=f"more{k}", split="test") for k, clip in enumerate(figures(2, seed=3))]
    controls = controls_of(dataset(clips))
    assert controls.left_out == {"jumps": [], "repeats_frames": ["006"], "unknown_joints": [], "short": ["007"]}
    assert names(controls.parts[0].judged) == ["more0", "more1"]
    with pytest.raises(PoseviewerError, match="30 frames"):
        controls_of(dataset([clip.cut(0, 20) for clip in figures(12)]))
