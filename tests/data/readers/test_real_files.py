"""Real files that do not say how they stand. What is asserted of them holds for synthetic ones in test_upright.py."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from poseviewer.data.readers import open_dataset
from poseviewer.motion.clip import Clip
from poseviewer.motion.dialects import parts_of


@pytest.fixture(scope="module")
def formats(real_data: Path) -> Path:
    folder = real_data / "formats"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there")
    return folder


def only(path: Path) -> Clip:
    return open_dataset(path).clip(0)


def head_over_feet(clip: Clip) -> float:
    """Metres, median."""
    at = parts_of(clip.skeleton.joints).joints
    feet = clip.positions[:, [at["left_ankle"], at["right_ankle"]], 1].mean(axis=1)
    return float(np.median(clip.positions[:, at["head"], 1] - feet))


def test_a_bvh_with_z_up_in_no_usual_unit_stands(formats: Path) -> None:
    clip = only(formats / "z_up.bvh")
    assert 1.2 < head_over_feet(clip) < 1.7
    assert "z up by the body" in clip.source and "fits no usual unit" in clip.source


def test_a_rate_of_one_frame_a_second_is_remarked(formats: Path) -> None:
    clip = only(formats / "mixamo_one_fps.bvh")
    assert 1.2 < head_over_feet(clip) < 1.7
    assert clip.fps == 1.0 and "limbs move slower than people's" in clip.source


def test_an_elephant_keeps_its_size(formats: Path) -> None:
    clip = only(formats / "elephant.bvh")
    assert 1.8 < np.median(np.ptp(clip.positions[..., 1], axis=1)) < 2.4
    assert clip.source.endswith("BVH, taken to be in metres by its size, y up by the body")


@pytest.mark.parametrize("name", ["humanml3d_new_joints.npy", "mdm_results.npy", "amass_smpl.npz", "aistpp_smpl.pkl"])
def test_people_stand_in_whatever_axes_their_files_have(formats: Path, name: str) -> None:
    assert 1.1 < head_over_feet(only(formats / name)) < 1.7
