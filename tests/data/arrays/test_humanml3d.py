from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from poseviewer.data.readers import read
from poseviewer.data.readers.arrays import humanml3d
from poseviewer.data.reading import AS_FOUND, Reading
from poseviewer.errors import PoseviewerError
from poseviewer.motion import rotation
from poseviewer.motion.joint_sets import joint_set
from tests.data.arrays.people import person

FORMATS = Path(os.environ.get("POSEVIEWER_DATA", "")) / "formats"
MEAN, STD = np.linspace(-0.5, 1.0, 263), np.linspace(0.05, 0.6, 263)


def features(positions: np.ndarray) -> np.ndarray:
    """(F, 12 J - 1) as HumanML3D has them, of positions (F + 1, J, 3) whose body turns at a steady pace."""
    frames, joints = len(positions) - 1, positions.shape[1]
    turn = 0.02 * np.arange(frames + 1)  # half the angle
    to_heading = rotation.to_matrix(np.stack([np.cos(turn), 0 * turn, np.sin(turn), 0 * turn], axis=-1))
    local = np.einsum("fab,fjb->fja", to_heading, positions - positions[:, :1] * [1, 0, 1])
    step = np.einsum("fab,fb->fa", to_heading[1:], np.diff(positions[:, 0], axis=0))
    return np.concatenate(
        [
            np.diff(turn)[:, None],
            step[:, [0, 2]],
            positions[:-1, 0, 1:2],
            local[:-1, 1:].reshape(frames, -1),
            np.tile(np.eye(3)[:2].ravel(), (frames, joints - 1)),
            np.zeros((frames, 3 * joints)),
            np.ones((frames, 4)),
        ],
        axis=1,
    )


WALK = person(61)
WALK -= WALK[:1, :1] * [1, 0, 1]  # they begin at the origin
FEATURES = features(WALK).astype(np.float32)


@pytest.mark.parametrize("joints", [22, 21, 52])
def test_features_become_the_joints_that_they_were_made_of(joints):
    walk = np.concatenate([WALK, WALK, WALK], axis=1)[:, :joints]
    made = features(walk)
    assert made.shape[1] == 12 * joints - 1
    assert np.abs(humanml3d.joints_of(made) - walk[:-1]).max() < 1e-5


def clips_of(tmp_path, array, reading=AS_FOUND):
    np.save(tmp_path / "a.npy", array)
    return list(read(tmp_path / "a.npy", reading))


@pytest.mark.parametrize(
    "array",
    [FEATURES, FEATURES[None], FEATURES.T[None, :, None], np.stack([FEATURES.T, FEATURES.T])[:, :, None]],
    ids=["(F, 263)", "(1, F, 263)", "(1, 263, 1, F)", "(2, 263, 1, F)"],
)
def test_a_file_of_features_opens_in_any_order(tmp_path, array):
    clips = clips_of(tmp_path, array)
    assert len(clips) == (2 if len(array) == 2 else 1)
    for clip in clips:
        assert clip.skeleton.same_as(joint_set("smpl22")) and (clip.fps, clip.fps_known) == (20, False)
        assert np.abs(clip.positions - WALK[:-1]).max() < 1e-4
        assert "from 263 features a frame" in clip.source


def test_kit_has_21_joints_at_12_5_frames_a_second(tmp_path):
    for scale, unit in ((1.0, "metres"), (1000.0, "millimetres")):
        (clip,) = clips_of(tmp_path, features(WALK[:, :21] * scale))
        assert clip.skeleton.name == "kit21" and clip.fps == 12.5 and f"taken to be in {unit}" in clip.source


STANDARDISED = (FEATURES - MEAN) / STD


def test_standardised_features_say_what_brings_them_back(tmp_path):
    with pytest.raises(PoseviewerError, match=r"look standardised .*; save x \* Std \+ Mean, or give --mean .* --std"):
        clips_of(tmp_path, STANDARDISED)


def given(tmp_path, mean=MEAN, std=STD) -> Reading:
    np.save(tmp_path / "Mean.npy", mean)
    np.save(tmp_path / "Std.npy", std)
    return Reading(mean=tmp_path / "Mean.npy", std=tmp_path / "Std.npy")


def test_mean_and_std_bring_them_back_and_leave_plain_ones_alone(tmp_path):
    for array in (STANDARDISED, FEATURES):
        (clip,) = clips_of(tmp_path, array, given(tmp_path))
        assert np.abs(clip.positions - WALK[:-1]).max() < 1e-4


@pytest.mark.parametrize(
    ("mean", "std", "cause"),
    [
        (MEAN[:250], STD, r"Mean.npy: --mean holds \(250,\), not 263 numbers"),
        (MEAN, np.array(["a"] * 263), "Std.npy: --std holds"),
    ],
)
def test_a_mean_that_does_not_fit_is_named(tmp_path, mean, std, cause):
    with pytest.raises(PoseviewerError, match=cause):
        clips_of(tmp_path, STANDARDISED, given(tmp_path, mean, std))


def test_a_mean_that_is_not_there_is_named(tmp_path):
    reading = Reading(mean=tmp_path / "none.npy", std=tmp_path / "none.npy")
    with pytest.raises(PoseviewerError, match=r"none.npy: it cannot be read \(No such file"):
        clips_of(tmp_path, STANDARDISED, reading)


def test_features_without_a_number_are_refused(tmp_path):
    broken = FEATURES.copy()
    broken[3, 7] = np.nan
    with pytest.raises(PoseviewerError, match="some of its features are no numbers"):
        clips_of(tmp_path, broken)


@pytest.mark.skipif(not FORMATS.is_dir(), reason="real files lie in POSEVIEWER_DATA")
def test_a_real_file_is_its_own_joints_to_a_tenth_of_a_millimetre():
    (made,), (told,) = (list(read(FORMATS / f"humanml3d_{name}.npy")) for name in ("263", "new_joints"))
    assert np.abs(made.positions - told.positions).max() < 1e-4
    assert not humanml3d.look_standardised(np.load(FORMATS / "humanml3d_263.npy"))
