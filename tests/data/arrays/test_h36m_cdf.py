"""Human3.6M's CDF files: the joints upright in metres, whichever way the file is packed."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.data.readers import read
from poseviewer.errors import PoseviewerError
from tests.data.rigs.takes import cdf_bytes, h36m_rows


def clip_of(folder, content, name="Walking 1.cdf"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return next(read(path))


@pytest.mark.parametrize(("packed", "whole"), [(False, False), (True, False), (False, True)])
def test_joints_in_the_world(packed, whole, tmp_path):
    clip = clip_of(tmp_path, cdf_bytes(h36m_rows(), packed=packed, whole=whole))
    at = {joint: clip.positions[0, j] for j, joint in enumerate(clip.skeleton.joints)}
    assert at["Head_End"][1] == pytest.approx(1.7, abs=1e-5) and at["LeftFoot"][1] == pytest.approx(0.0, abs=1e-5)
    assert np.allclose(at["LeftUpLeg"], (0.0, 0.9, -0.1), atol=1e-6)
    assert (len(clip), clip.fps, clip.action, clip.skeleton.name) == (4, 50.0, "Walking", "h36m32") and clip.fps_known
    assert "z up by the body" in clip.source


def test_the_path_names_the_subject(tmp_path):
    clip_of(tmp_path, cdf_bytes(h36m_rows()), "S9/MyPoseFeatures/D3_Positions/Photo.cdf")
    assert [(clip.subject, clip.name, clip.action) for clip in read(tmp_path)] == [("S9", "S9 Photo", "Photo")]


def test_joints_of_a_camera(tmp_path):
    down = h36m_rows().reshape(4, 32, 3)[..., [1, 2, 0]] * [-1.0, -1.0, 1.0] + [0.0, 500.0, 4000.0]
    clip = clip_of(tmp_path, cdf_bytes(down.reshape(4, 96)), "Walking 1.54138969.cdf")
    up = clip.positions[0, clip.skeleton.joints.index("Head_End")] - clip.positions[0, 0]
    assert np.allclose(up, (0.0, 0.8, 0.0), atol=1e-5) and "-y up by the body" in clip.source


def test_places_in_an_image(tmp_path):
    clip = clip_of(tmp_path, cdf_bytes(np.full((3, 64), 501.0)), "Walking 1.54138969.cdf")
    assert clip.image_size == (1000, 1002) and np.allclose(clip.positions[0, 0], (1 / 1002, 0.0), atol=1e-6)


def test_what_is_wrong_is_told(tmp_path):
    for content, words in (
        (cdf_bytes(np.zeros((3, 78))), "angles without a skeleton; give the file of the same name in D3_Positions"),
        (cdf_bytes(h36m_rows(), name="Other"), "it has no variable Pose"),
        (cdf_bytes(h36m_rows())[:600], "it is a damaged CDF"),
        (cdf_bytes(np.zeros((3, 50))), "rows have 50 numbers"),
    ):
        with pytest.raises(PoseviewerError, match=words):
            clip_of(tmp_path, content)
