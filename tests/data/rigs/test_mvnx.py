"""MVNX: segments of Xsens, brought upright with their rotations."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.data.readers import read
from poseviewer.errors import PoseviewerError
from poseviewer.motion import kinematics
from tests.data.rigs.takes import mvnx_text


def clips_of(tmp_path, text):
    (tmp_path / "walk.mvnx").write_text(text)
    return list(read(tmp_path / "walk.mvnx"))


def test_a_body_walks_upright_facing_where_it_goes(tmp_path):
    (clip,) = clips_of(tmp_path, mvnx_text())
    joints = clip.skeleton.joints
    assert joints == ("Pelvis", "L5", "T8", "Head", "LeftUpperLeg", "LeftLowerLeg", "Head_End")
    assert (len(clip), clip.fps, clip.fps_known, clip.subject) == (5, 60.0, True, "Ada")
    at = {joint: clip.positions[0, j] for j, joint in enumerate(joints)}
    assert np.allclose(at["Head_End"], (0, 1.7, 0), atol=1e-6)
    assert np.allclose(at["LeftUpperLeg"], (0.1, 0.9, 0), atol=1e-6)  # left is x
    assert np.allclose(clip.positions[4, 0], (0, 0.9, 0.4), atol=1e-6)  # forward is z
    turned = clip.positions[4, joints.index("LeftUpperLeg")] - clip.positions[4, 0]
    assert np.allclose(turned, (0.1 * np.cos(0.4), 0, -0.1 * np.sin(0.4)), atol=1e-6)  # to the left


def test_rotations_give_the_positions(tmp_path):
    (clip,) = clips_of(tmp_path, mvnx_text())
    again = kinematics.forward(clip.positions[:, 0], clip.rotations, clip.skeleton.offsets, clip.skeleton.parents)
    assert np.abs(again - clip.positions).max() < 1e-5


def test_without_joints_the_segments_names_tell_the_tree(tmp_path):
    text = mvnx_text(joints=False).replace('label="T8"', 'label="L3"')
    (clip,) = clips_of(tmp_path, text)
    assert clip.skeleton.parents[:3] == (-1, 0, 1) and "LeftLowerLeg" in clip.skeleton.joints
    assert "Head" not in clip.skeleton.joints and "1 segments that hang on nothing left out" in clip.source


def test_an_upper_body_is_lifted_onto_the_ground(tmp_path):
    (clip,) = clips_of(tmp_path, mvnx_text(height=-0.3))
    assert clip.positions[..., 1].min() == pytest.approx(0.0, abs=1e-6) and "lifted by 0.75 m" in clip.source


def test_several_subjects_are_several_clips(tmp_path):
    body = mvnx_text()[: -len("</mvnx>\n")]
    second = mvnx_text(frames=3).partition("?>")[2].partition(">")[2].replace("Ada", "Bob")
    clips = clips_of(tmp_path, body + second)
    assert [(clip.name, clip.subject, len(clip)) for clip in clips] == [("walk Ada", "Ada", 5), ("walk Bob", "Bob", 3)]


def test_what_is_wrong_is_told(tmp_path):
    (clip,) = clips_of(tmp_path, mvnx_text()[:-400])
    assert 0 < len(clip) < 5 and "frames before its XML breaks off" in clip.source
    for text, words in (
        (mvnx_text().replace("<position>", "<placement>").replace("</position>", "</placement>"), "position has 0 num"),
        (mvnx_text().replace("<mvnx", "<!DOCTYPE a [<!ENTITY b 'c'>]><mvnx"), "declares entities"),
        (mvnx_text(frames=0), "no frames of type normal"),
        (mvnx_text(rate="0"), "frame rate is 0"),
        (mvnx_text().replace("1.000000000 0.0", "1.7 0.0", 1), "no unit quaternions"),
    ):
        with pytest.raises(PoseviewerError, match=words):
            clips_of(tmp_path, text)


def test_xsens(real_data):
    clip = next(read(real_data / "formats" / "xsens.mvnx"))
    index = clip.skeleton.joints.index
    assert len(clip) == 112 and clip.fps == 60 and len(clip.skeleton.joints) >= 23
    assert (clip.positions[:, index("Head"), 1] > clip.positions[:, index("Pelvis"), 1] + 0.4).all()
    assert 1.4 < np.median(np.ptp(clip.positions[..., 1], axis=1)) < 2.0
    again = kinematics.forward(clip.positions[:, 0], clip.rotations, clip.skeleton.offsets, clip.skeleton.parents)
    assert np.abs(again - clip.positions).max() < 0.01
