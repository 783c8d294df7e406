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


def test_what_a_pose_has_beyond_its_latent_fades_and_the_noise_keeps_its_variance(shipped, walk):
    """The shipped model: by 0.97 a frame, and standard normal at every frame, correlated by 0.5 with the one before."""
    generator = shipped("humanoid-generator-latent")
    generation = generator.card.document["generation"]
    fading, correlation = generation["residual_fading"], generation["noise_correlation"]
    assert 0.0 < fading < 1.0 and 0.0 < correlation < 1.0
    states = [generator.start(walk, number=3, samples=500)]
    for _ in range(6):
        states.append(generator.step(states[-1])[1])
    assert np.abs(states[0].residual).max() > 0.0
    np.testing.assert_allclose(states[6].residual, fading**6 * states[0].residual, rtol=1e-5)
    drifts = np.stack([state.drift for state in states])
    assert drifts.std(axis=(1, 2)) == pytest.approx(1.0, abs=0.05)
    assert (drifts[1:] * drifts[:-1]).mean(axis=(1, 2)) == pytest.approx(correlation, abs=0.05)
