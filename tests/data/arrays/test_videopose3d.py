"""VideoPose3D's archives: every motion of every subject a clip, from each camera one in 2D."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.data.readers import read
from poseviewer.data.reading import Reading
from poseviewer.errors import PoseviewerError
from tests.data.rigs.takes import pickled_npz, standing


def clips_of(tmp_path, reading=None, **arrays):
    (tmp_path / "data.npz").write_bytes(pickled_npz(**arrays))
    return list(read(tmp_path / "data.npz", *([reading] if reading else [])))


def test_motions_in_3d_stand_upright(tmp_path):
    motions = {"S1": {"Walking 1": standing(), "Eating": standing()[:2]}, "S9": {"Photo": standing()}}
    clips = clips_of(tmp_path, positions_3d=motions)
    assert [(clip.name, clip.subject, clip.action) for clip in clips] == [
        ("S1 Walking 1", "S1", "Walking"), ("S1 Eating", "S1", "Eating"), ("S9 Photo", "S9", "Photo"),
    ]  # fmt: skip
    clip = clips[0]
    at = {joint: clip.positions[0, j] for j, joint in enumerate(clip.skeleton.joints)}
    assert (clip.skeleton.name, clip.fps, clip.fps_known) == ("h36m17", 50.0, True)
    assert at["head"][1] == pytest.approx(1.7) and at["left_ankle"][1] == pytest.approx(0.0)
    assert np.allclose(at["left_hip"], (0.0, 0.9, -0.1), atol=1e-6)  # it faces x, and its left is y in the file


def test_all_32_joints_and_humaneva(tmp_path):
    many, few = np.zeros((3, 32, 3), np.float32), np.zeros((3, 15, 3), np.float32)
    for array in (many, few):
        array[..., 2] = np.arange(array.shape[1])
    (clip,) = clips_of(tmp_path, positions_3d={"S1": {"Walking": many}})
    assert (clip.skeleton.name, clip.fps) == ("h36m32", 50.0)
    (clip,) = clips_of(tmp_path, positions_3d={"Train/S1": {"Walking 1 chunk0": few, "Walking 1 chunk1": None}})
    assert (clip.skeleton.name, clip.fps, clip.subject) == ("humaneva15", 60.0, "Train/S1")


def test_cameras_in_2d_are_clips_in_image_heights(tmp_path):
    pixels = np.full((4, 17, 2), 500.0, np.float32)
    pixels[:, 1], pixels[2, 5] = (1000.0, 1002.0), (0.0, 0.0)
    first, second = clips_of(
        tmp_path, positions_2d={"S1": {"Walking": [pixels, pixels]}}, metadata={"layout_name": "h36m", "num_joints": 17}
    )
    assert (first.name, second.name) == ("S1 Walking camera 1", "S1 Walking camera 2")
    assert (first.image_size, second.image_size) == ((1000, 1002), (1000, 1000)) and first.skeleton.name == "h36m17"
    assert np.allclose(first.positions[0, 1], (500 / 1002, -0.5)) and np.isnan(first.positions[2, 5]).all()


def test_videos_of_ones_own_say_their_size(tmp_path):
    pixels = np.full((4, 17, 3), 120.0, np.float32)
    sizes = {"layout_name": "coco", "num_joints": 17, "video_metadata": {"me.mp4": {"w": 640, "h": 480}}}
    (clip,) = clips_of(tmp_path, positions_2d={"me.mp4": {"custom": [pixels]}}, metadata=sizes)
    assert (clip.image_size, clip.skeleton.name, clip.fps_known) == ((640, 480), "coco17", False)
    assert np.allclose(clip.positions[0, 0], ((120 - 320) / 480, 0.25)) and "frame rate assumed" in clip.source
    (clip,) = clips_of(tmp_path, positions_2d={"me.mp4": {"custom": [pixels]}})
    assert clip.image_size == (120, 120) and "as far as the joints reach" in clip.source


def test_the_user_says_joints(tmp_path):
    (clip,) = clips_of(tmp_path, Reading(joints="coco17"), positions_3d={"S1": {"Walking": standing()}})
    assert clip.skeleton.name == "coco17"


def test_what_is_wrong_is_told(tmp_path):
    for arrays, words in (
        ({"positions_3d": {}}, "it holds no motion"),
        ({"positions_3d": {"S1": 5}}, r"positions_3d\['S1'\]: it holds int, not motions by name"),
        ({"positions_3d": {"S1": {"a": np.zeros((3, 17))}}}, r"shape \(3, 17\), not \(frames, joints, 3\)"),
        ({"positions_2d": {"S1": {"a": [np.zeros((0, 17, 2))]}}}, "it has no frames"),
        ({"positions_3d": [1, 2]}, "not motions by name"),
    ):
        with pytest.raises(PoseviewerError, match=words):
            clips_of(tmp_path, **arrays)
