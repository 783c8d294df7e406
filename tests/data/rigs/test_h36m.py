"""Human3.6M as exponential maps: steps added up, a right-handed body on the ground."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.data.readers import read
from poseviewer.errors import PoseviewerError
from poseviewer.motion import kinematics, rotation
from tests.data.rigs.takes import h36m_text


def clip_of(tmp_path, text, name="S5/walking_1.txt"):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return next(read(path))


def test_steps_of_the_root_are_added_up_in_its_own_axes(tmp_path):
    clip = clip_of(tmp_path, h36m_text(3))
    way = clip.positions[:, 0] - clip.positions[0, 0]
    assert np.allclose(way[1], (0, 0, 0.01), atol=1e-6)
    assert np.allclose(way[2] - way[1], (0.01 * np.sin(0.1), 0, 0.01 * np.cos(0.1)), atol=1e-6)  # turned to the left
    assert (clip.fps, len(clip.skeleton.joints)) == (50.0, 32) and "steps of the root added up" in clip.source
    assert (clip.name, clip.action) == ("walking_1", "walking")


def test_the_body_stands_on_the_ground_and_faces_z(tmp_path):
    clip = clip_of(tmp_path, h36m_text(1))
    at = {joint: clip.positions[0, j] for j, joint in enumerate(clip.skeleton.joints)}
    assert clip.positions[..., 1].min() == pytest.approx(0.0, abs=1e-6)
    assert at["LeftUpLeg"][0] > 0.1 and at["RightUpLeg"][0] < -0.1
    assert at["LeftToeBase"][2] > 0.1 and at["Head"][1] > 1.4
    # a map of +0.5 about x at the knee lifts the shin forward for row vectors, backward for columns: files mean rows
    assert at["RightFoot"][2] > 0.1
    again = kinematics.forward(clip.positions[:, 0], clip.rotations, clip.skeleton.offsets, clip.skeleton.parents)
    assert np.abs(again - clip.positions).max() < 1e-5


def test_an_array_of_such_numbers_is_told_from_33_points(tmp_path):
    text = clip_of(tmp_path, h36m_text())
    numbers = np.array([line.split(",") for line in h36m_text().splitlines()], dtype=np.float32)
    np.save(tmp_path / "walking_1.npy", numbers)
    assert np.allclose(next(read(tmp_path / "walking_1.npy")).positions, text.positions, atol=1e-5)
    np.save(tmp_path / "points.npy", np.random.default_rng(0).normal(size=(5, 99)))
    try:
        assert "Human3.6M" not in next(read(tmp_path / "points.npy")).source
    except PoseviewerError as error:
        assert "Human3.6M" not in str(error)


def test_poses_in_the_world_are_not_added_up(tmp_path):
    rows = [line.split(",") for line in h36m_text(3).splitlines()]
    for row in rows:
        row[0:6] = ["1000", "900", "2000", "0", "1.5", "0"]
    clip = clip_of(tmp_path, "\n".join(",".join(row) for row in rows))
    assert np.allclose(clip.positions[2, 0], clip.positions[0, 0]) and "added up" not in clip.source


def test_the_ground_that_somebody_walks_on_is_levelled(tmp_path):
    """Somebody whose pelvis leaned by 0.2 radians in the first frame shuffles along a square, stopping to stand."""
    lean = rotation.from_expmap([0.2, 0.0, 0.0])  # of the pelvis in the world
    rows, way = np.zeros((400, 99)), np.array([0.0, 0.0])
    back = rotation.conjugate(lean)
    for f in range(1, 400):
        side = (f // 100) % 4
        if f % 20 < 10:
            step = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]][side]) * 20.0
            rows[f, :3] = rotation.rotate(back, [step[0], 0.0, step[1]])
            way = way + step
    rows[:, 6:9] = rows[:, 21:24] = 0.2, 0.0, 0.0  # the thighs are upright: row vectors turn the other way
    clip = clip_of(tmp_path, "\n".join(",".join(f"{number:.6f}" for number in row) for row in rows))
    feet = clip.positions[:, [clip.skeleton.joints.index(f"{side}ToeBase") for side in ("Left", "Right")], 1]
    assert np.ptp(feet) < 0.005 and np.ptp(clip.positions[:, 0, 0]) > 0.8


def test_what_is_wrong_is_told(tmp_path):
    cut = clip_of(tmp_path, h36m_text(4)[:-300])
    assert len(cut) == 3
    with pytest.raises(PoseviewerError, match="line 2: it has 98 fields"):
        lines = h36m_text().splitlines()
        clip_of(tmp_path, "\n".join([lines[0], lines[1].rpartition(",")[0], *lines[2:]]))
    with pytest.raises(PoseviewerError, match="frame 1: a number is missing"):
        clip_of(tmp_path, h36m_text().replace("0.0000000", "nan", 1))


