"""A real file of each kind of keypoints, where $POSEVIEWER_DATA names the folder with them."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.data.readers import open_dataset, read
from poseviewer.errors import PoseviewerError

FILES = {  # clips, frames of the first, joints, dimensions, bones, a joint of a person over another
    "coco_keypoints.json": (9, 1, 14, 2, 14, ("Head top", "Neck")),
    "openpose.json": (1, 1, 25, 2, 24, ("nose", "mid_hip")),
    "deeplabcut.csv": (1, 116, 4, 2, 3, ()),
    "sleap_analysis.h5": (2, 3000, 13, 2, 13, ()),
    "mpi_inf_3dhp.npz": (2, 1, 17, 3, 16, ("head_top", "left_hip")),
    "h36m_spin.npz": (4, 1, 24, 3, 0, ("neck", "left_ankle")),
}


@pytest.mark.parametrize("name", FILES)
def test_a_real_file(real_data, name):
    number, frames, joints, dims, bones, order = FILES[name]
    clips = list(read(real_data / "formats" / name))
    skeleton = clips[0].skeleton
    assert (len(clips), len(clips[0]), len(skeleton.joints), skeleton.dims) == (number, frames, joints, dims)
    assert not bones or len(skeleton.edges) == bones
    height = {joint: clips[0].positions[0, j, 1] for j, joint in enumerate(skeleton.joints)}
    assert not order or height[order[0]] > height[order[1]]
    sizes = [np.nanmax(clip.positions[0], axis=0) - np.nanmin(clip.positions[0], axis=0) for clip in clips]
    assert 0.6 < max(size[1] for size in sizes) < 2.0 if dims == 3 else max(size.max() for size in sizes) < 1.0


def test_hdf5_of_another_program(real_data):
    with pytest.raises(PoseviewerError, match="nor what is read as SLEAP, DeepLabCut"):
        open_dataset(real_data / "formats" / "not_poses.h5")
