from dataclasses import replace

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.nets.models.load import EmbeddingModel, GeneratorModel, load_model
from poseviewer.nets.spaces.world import bone_lengths


@pytest.fixture(scope="module")
def embedding(shipped) -> EmbeddingModel:
    return shipped("humanoid-embedding")


@pytest.fixture(scope="module")
def generator(shipped) -> GeneratorModel:
    return shipped("humanoid-generator-latent")


def test_a_walk_comes_back_from_its_latents(embedding, walk):
    posterior, at = embedding.encode(walk.positions)
    decoded = embedding.decode(posterior.latent, at).poses
    error = np.linalg.norm(decoded - walk.positions, axis=-1)
    assert posterior.latent.shape == posterior.std.shape == (len(walk), embedding.size)
    assert error.mean() < 0.03 and error.max() < 0.15
    np.testing.assert_allclose(bone_lengths(decoded, HUMANOID), bone_lengths(walk.positions, HUMANOID), atol=1e-5)


def test_reference_statistics_describe_the_latents(embedding, walk):
    z = embedding.size
    assert embedding.latent_mean.shape == embedding.kl.shape == (z,)
    assert np.linalg.eigvalsh(embedding.latent_covariance).min() > 0
    assert embedding.histogram.counts.shape[0] == z and (np.diff(embedding.histogram.edges, axis=1) > 0).all()
    assert embedding.density.image.sum() == pytest.approx(1.0, abs=1e-4)
    left, right, bottom, top = embedding.density.extent
    assert left < 0 < right and bottom < 0 < top
    assert 0 < len(embedding.centres) <= 1000
    latent = embedding.encode(walk.positions)[0].latent
    away = latent - embedding.latent_mean
    assert np.median(np.einsum("bi,ij,bj->b", away, np.linalg.inv(embedding.latent_covariance), away)) < 6 * z


def test_latents_from_the_prior_are_bodies(embedding, walk):
    draw = np.random.default_rng(3)
    at = embedding.space.placement(walk.positions[:1]).rows(np.zeros(50, dtype=int))
    poses = embedding.decode(draw.multivariate_normal(embedding.latent_mean, embedding.latent_covariance, 50), at).poses
    assert np.isfinite(poses).all()
    head, ankles = HUMANOID.joints.index("head"), [HUMANOID.joints.index(f"{s}_ankle") for s in ("left", "right")]
    upright = poses[:, head, 1] > poses[:, ankles, 1].mean(axis=1) + 0.5
    assert upright.mean() > 0.9


def test_hidden_joints_do_not_break_an_encoding(embedding, walk):
    visible = np.ones(walk.positions.shape[:2], dtype=bool)
    visible[:, -1] = False
    posterior, at = embedding.encode(walk.positions, visible)
    assert np.isfinite(posterior.latent).all() and np.isfinite(at.root).all()


def test_a_generated_walk_goes_on_where_the_seed_stood(generator, walk):
    state = generator.start(walk, number=0, samples=3)
    np.testing.assert_allclose(generator.newest(state).poses, np.repeat(walk.positions[-1:], 3, axis=0), atol=1e-6)
    step, _ = generator.step(state, temperature=0.0)
    moved = np.linalg.norm(step.poses - walk.positions[-1], axis=-1)
    usual = np.linalg.norm(np.diff(walk.positions, axis=0), axis=-1)
    assert moved.max() < 2.0 * usual.max()
    np.testing.assert_allclose(
        bone_lengths(step.poses, HUMANOID), np.repeat(bone_lengths(walk.positions[-1:], HUMANOID), 3, axis=0), atol=1e-4
    )


def run(generator, state, frames, temperature=1.0):
    poses = []
    for _ in range(frames):
        step, state = generator.step(state, temperature=temperature)
        poses.append(step.poses)
    return np.stack(poses, axis=1), state


def test_the_same_number_gives_the_same_motion_and_another_one_another(generator, walk):
    first, _ = run(generator, generator.start(walk, number=4, samples=2), 20)
    again, _ = run(generator, generator.start(walk, number=4, samples=2), 20)
    other, _ = run(generator, generator.start(walk, number=5, samples=2), 20)
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.01
    assert np.abs(first[0] - first[1]).max() > 0.01


def test_a_sample_does_not_depend_on_those_beside_it(generator, walk):
    many, _ = run(generator, generator.start(walk, number=1, samples=6), 20)
    state = generator.select(generator.start(walk, number=1, samples=6), [4])
    alone, _ = run(generator, state, 20)
    np.testing.assert_allclose(alone[0], many[4], atol=1e-5)


def test_at_temperature_zero_all_samples_agree(generator, walk):
    poses, _ = run(generator, generator.start(walk, number=0, samples=2), 10, temperature=0.0)
    np.testing.assert_allclose(poses[0], poses[1], atol=1e-6)


def test_a_states_copy_is_never_changed(generator, walk):
    state = generator.start(walk, number=0, samples=2)
    kept = {name: np.array(value) for name, value in vars(state).items() if isinstance(value, np.ndarray)}
    run(generator, state, 5)
    generator.replace(state, latents=state.code + 1.0)
    assert all(np.array_equal(vars(state)[name], value) for name, value in kept.items())


def test_a_latent_put_in_by_hand_moves_the_pose_by_its_decoding(generator, walk):
    _, state = run(generator, generator.start(walk, number=0, samples=1), 5)
    same = generator.replace(state, latents=state.code)
    np.testing.assert_array_equal(same.poses, state.poses)
    other = generator.replace(state, latents=state.code + 0.8)
    assert 0.005 < np.linalg.norm(other.poses - state.poses, axis=-1).mean() < 0.6
    np.testing.assert_allclose(other.at.root, state.at.root)


def test_a_crouch_put_in_by_hand_leaves_the_feet_on_the_floor_at_the_next_frame(generator, walk):
    with Dataset.open(paths.demo()) as demo:
        jump = demo.clip(demo.find("jump")).onto(HUMANOID)
    crouched = jump.positions[[np.argmin(jump.positions[:, 0, 1])]]
    latent = generator.embedding.encode(crouched)[0].latent
    state = generator.start(walk, number=0, samples=1)
    lower = generator.replace(state, latents=latent)
    assert lower.poses[0, 0, 1] < state.poses[0, 0, 1] - 0.1
    step, _ = generator.step(lower, temperature=0.0)
    assert abs(step.poses[0, :, 1].min() - lower.poses[0, :, 1].min()) < 0.06


def test_a_pose_put_in_by_hand_is_the_newest_frame(generator, walk):
    _, state = run(generator, generator.start(walk, number=0, samples=1), 5)
    by_hand = generator.replace(state, poses=walk.positions[:1] + np.float32([2.0, 0.0, 1.0]))
    np.testing.assert_allclose(generator.newest(by_hand).poses, walk.positions[:1] + np.float32([2.0, 0.0, 1.0]))
    step, _ = generator.step(by_hand, temperature=0.0)
    assert np.linalg.norm(step.poses[0, 0] - by_hand.poses[0, 0]) < 0.2


@pytest.mark.parametrize("name", ["walk", "run", "dance_a", "crawl"])
def test_ten_seconds_from_the_demo_stay_alive_and_on_the_ground(generator, name):
    from poseviewer.analysis.statistics.power import Power
    from poseviewer.analysis.statistics.statistic import Judged, over

    with Dataset.open(paths.demo()) as demo:
        seed = demo.clip(demo.find(name))
    poses, _ = run(generator, generator.start(seed, number=0, samples=2), 300)
    for sample in poses:
        power = np.median(over(Power(), Judged.of(sample[60:], generator.skeleton, 30.0)))
        assert 0.015 < power < 3.0, power  # CMU's motions reach from 0.015 to 1.91, the demo's run has 5.4
        assert np.linalg.norm(np.diff(sample[:, 0], axis=0), axis=-1).max() * 30 < 8.0
        assert sample[..., 1].min() > -0.25 and sample[60:, :, 1].min(axis=1).max() < 0.6
        assert 0.4 < np.median(sample[60:, 0, 1]) < 1.2


def test_a_seed_of_another_rate_and_skeleton_is_taken(generator):
    with Dataset.open(paths.demo()) as demo:
        seed = demo.clip(demo.find("walk"))
    step, _ = generator.step(generator.start(replace(seed, fps=60.0), number=0, samples=1), temperature=1.0)
    assert np.isfinite(step.poses).all()


def test_a_folder_is_no_model(tmp_path):
    with pytest.raises(PoseviewerError):
        load_model(tmp_path)
    with pytest.raises(PoseviewerError):
        load_model(tmp_path / "nothing.safetensors")
