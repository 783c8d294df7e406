"""Generators of 2D motions on figures that wave and kick."""

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.analysis.rollout import Rollout
from poseviewer.errors import PoseviewerError
from poseviewer.nets.models.generator import together
from poseviewer.nets.models.load import GeneratorModel
from tests.moving_figures import figures


@pytest.fixture(params=["raw", "latent", "textbook"])
def model(request, shipped) -> GeneratorModel:
    return shipped(f"penn-generator-{request.param}")


@pytest.fixture
def seed():
    clip = next(clip for clip in figures(24) if clip.split == "test")
    positions = clip.positions.copy()
    positions[:, 9] = np.nan  # never known
    positions[12:, 5] = np.nan  # known once
    visible = clip.visible.copy()
    visible[:, 9] = visible[12:, 5] = False
    return replace(clip, positions=positions, visible=visible).cut(0, 20)


def test_a_seed_with_unknown_joints_is_continued_where_it_ends(model, seed):
    rollout = Rollout(model, seed, samples=3)
    poses = rollout.step(30)
    assert poses.shape == (3, 30, 13, 2) and np.isfinite(poses).all()
    assert rollout.visible is not None and rollout.visible.shape == (3, 30, 13)
    known = np.isfinite(seed.positions[-1]).all(axis=-1)
    jump = np.abs(poses[:, 0] - seed.positions[-1])[:, known]
    assert model.card.architecture == "textbook" or jump.max() < 0.1
    assert (rollout.latents is not None) == (model.embedding_id is not None)


def test_the_same_number_gives_the_same_frames_and_back_is_exact(model, seed):
    rollout = Rollout(model, seed, number=3, samples=2)
    poses = rollout.step(12)
    np.testing.assert_array_equal(Rollout(model, seed, number=3, samples=2).step(12), poses)
    rollout.back(5)
    branch = rollout.branch()
    np.testing.assert_array_equal(rollout.step(5), poses[:, 7:])
    np.testing.assert_array_equal(branch.step(5), poses[:, 7:])
    np.testing.assert_allclose(rollout.select([1]).step(2), rollout.step(2)[[1]], atol=1e-5)


def test_samples_differ_at_temperature_one_alone(model, seed):
    still, lively = (Rollout(model, seed, samples=2, temperature=t) for t in (0.0, 1.0))
    assert np.abs(np.diff(still.step(5), axis=0)).max() < 1e-5
    assert (np.abs(np.diff(lively.step(5), axis=0)).max() > 1e-4) == model.stochastic


def test_the_newest_frame_can_be_replaced(model, seed):
    rollout = Rollout(model, seed)
    rollout.step(3)
    pose = rollout.newest.poses[0] + np.float32(0.05)
    rollout.replace(pose=pose)
    np.testing.assert_allclose(rollout.newest.poses[0], pose, atol=1e-6)
    assert np.isfinite(rollout.step(2)).all()
    if model.embedding_id is None:
        with pytest.raises(PoseviewerError, match="without latents"):
            rollout.replace(latent=np.zeros(4))
    else:
        before = rollout.newest.poses
        rollout.replace(latent=rollout.newest.latents[0])
        np.testing.assert_array_equal(rollout.newest.poses, before)
        rollout.replace(latent=rollout.newest.latents[0] + 0.5)
        assert np.abs(rollout.newest.poses - before).max() > 1e-3


def test_seeds_run_together_as_they_run_alone(model, seed):
    states = [model.start(seed.cut(0, stop)) for stop in (10, 15, 20)]
    step, _ = model.step(together(states), temperature=0.0)
    alone = [model.step(state, temperature=0.0)[0].poses for state in states]
    np.testing.assert_allclose(step.poses, np.concatenate(alone), atol=1e-5)
