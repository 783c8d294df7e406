import numpy as np
import pytest
import torch

from poseviewer.data.dataset import Dataset
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.nets.models.frame_code import FrameCode
from poseviewer.nets.spaces import world_motion
from poseviewer.nets.spaces.world import PoseSpace
from poseviewer.nets.spaces.world_motion import turn
from poseviewer.paths import demo
from poseviewer.train.judge import Judge, energy_score, rms
from poseviewer.train.sequences import vectors_of


@pytest.mark.parametrize("spread", [0.0, 0.5, 2.0])
def test_the_energy_score_is_least_for_samples_that_are_spread_as_the_truth(spread):
    draw = torch.Generator().manual_seed(1)
    first, second, truth = (torch.randn(20_000, 4, 3, generator=draw) for _ in range(3))
    calibrated = energy_score(first, second, truth, rms).mean()
    assert calibrated < energy_score(spread * first, spread * second, truth, rms).mean()


@pytest.fixture(scope="module")
def walk():
    with Dataset.open(demo()) as dataset:
        return dataset.clip(dataset.find("walk")).onto(HUMANOID).resample(30.0)


def test_a_motion_in_four_figures(walk):
    """Of four frames, the last of which is not known; the left toe moves half as much as everything else."""
    code = FrameCode(PoseSpace.fit(HUMANOID, "directions", walk.positions))
    steps = torch.zeros(1, 3, 18, 3)
    steps[0, :, :, 0] = torch.tensor([0.3, 0.5, 9.0])[:, None]
    steps[:, :, HUMANOID.joints.index("left_toe")] *= 0.5
    joints = torch.ones(1, 4, 18, 3)
    joints[0, :, 3, 1] = torch.tensor([0.0, 0.5, 0.2, 0.9])
    known = torch.tensor([[1.0, 1.0, 1.0, 0.0]])
    told = Judge(code, torch.zeros(1), torch.ones(1), 30.0).figures(joints, steps, known)
    np.testing.assert_allclose(told, [[0.4 * 17.5 / 18.0, 0.2 * 17.5 / 18.0, 0.2, 0.5]], atol=1e-6)


def test_frames_are_judged_by_the_joints_of_their_clip(walk):
    clip = walk
    code = FrameCode(PoseSpace.fit(HUMANOID, "directions", clip.positions))
    raw = vectors_of([clip], code, clip.fps)
    mean, std = raw[0].mean(dim=0), raw[0].std(dim=0).clamp_min(0.05)
    joints, steps = Judge(code, mean, std, clip.fps)(((raw[0] - mean) / std)[None])
    space = PoseSpace.plain(HUMANOID, "heading")
    at = space.placement(clip.positions)
    ground = at.root * [1.0, 0.0, 1.0] + [0.0, world_motion.floor_of(at), 0.0]
    expected = turn(clip.positions - ground[:, None], -at.yaw) / at.scale[:, None, None]
    np.testing.assert_allclose(joints[0], expected, atol=0.02)
    path = turn(np.diff(clip.positions, axis=0), -at.yaw[:-1]) / at.scale[1:, None, None]
    np.testing.assert_allclose(steps[0], path, atol=0.02)
