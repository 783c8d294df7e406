"""Generators of 3D motions that stand on no embedding."""

import numpy as np
import pytest

from poseviewer.analysis.rollout import Rollout
from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.nets.spaces.world import bone_lengths


@pytest.fixture(params=["raw", "textbook"])
def model(request, shipped):
    return shipped(f"humanoid-generator-{request.param}")


def test_it_keeps_the_seeds_bones(model, walk):
    assert model.embedding_id is None and model.stochastic == (model.card.architecture == "gru")
    rollout = Rollout(model, walk, samples=2)
    poses = rollout.step(40)
    assert np.isfinite(poses).all() and rollout.newest.latents is None
    expected = np.broadcast_to(bone_lengths(walk.positions[-1:], HUMANOID), (40, 18))
    np.testing.assert_allclose(bone_lengths(poses[0], HUMANOID), expected, atol=1e-4)
    spread = np.abs(poses[0] - poses[1]).max()
    assert spread > 1e-4 if model.stochastic else spread < 1e-6


def test_a_pose_by_hand_needs_all_its_joints(model, walk):
    rollout = Rollout(model, walk)
    pose = rollout.step(3)[0, -1].copy()
    pose[4] = np.nan
    with pytest.raises(PoseviewerError, match="unknown"):
        rollout.replace(pose=pose)
    assert np.isfinite(rollout.step(3)).all()
