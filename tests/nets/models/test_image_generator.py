"""Generators of 2D motions, trained for a moment on figures that wave and kick."""

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.analysis.rollout import Rollout
from poseviewer.data.dataset import DatasetWriter
from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import PENN13
from poseviewer.nets.checkpoints import checkpoint
from poseviewer.nets.models.generator import together
from poseviewer.nets.models.load import GeneratorModel, load_model
from poseviewer.train.run import train
from tests.moving_figures import figures

SMALL = {"hidden": "32", "noise": "4", "warmup": "40", "steps": "40", "batch": "16", "horizon": "4"}
VAE = {"latent": "4", "hidden": "32", "depth": "1", "epochs": "10", "batch": "64", "rate": "0.003"}
KINDS = ("raw", "latent", "textbook")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("generators")
    with DatasetWriter(folder / "figures.h5") as writer:
        for clip in figures(24):
            writer.add(clip)
    data, embedding = folder / "figures.h5", folder / "e.safetensors"
    list(train("embedding", data, embedding, settings=VAE, skeleton="penn13"))
    list(train("generator", data, folder / "raw.safetensors", settings=SMALL, skeleton="penn13", space="raw"))
    path = folder / "latent.safetensors"
    list(train("generator", data, path, settings=SMALL, skeleton="penn13", embedding=embedding))
    textbook = {"hidden": "32", "epochs": "8"}
    path = folder / "textbook.safetensors"
    list(train("generator", data, path, arch="textbook", settings=textbook, skeleton="penn13", space="raw"))
    return folder


@pytest.fixture(params=KINDS)
def model(request, folder) -> GeneratorModel:
    return load_model(folder / f"{request.param}.safetensors")


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


def test_its_card_says_what_it_is(model):
    card = checkpoint.describe(model.path)
    assert card.skeleton.name == "penn13" and card.fps == 30.0 and card.kind == "generator"
    assert card.context == (5 if card.architecture == "textbook" else 10)
    assert "--skeleton penn13" in card.trained_on["command"] and ("--arch" in card.trained_on["command"]) == (
        card.architecture == "textbook"
    )


@pytest.mark.parametrize(("arch", "skeleton"), [("gru", "penn13"), ("window", "humanoid")])
def test_an_architecture_of_other_dimensions_is_refused(arch, skeleton, folder, tmp_path):
    with pytest.raises(PoseviewerError, match=skeleton):
        list(train("generator", folder / "figures.h5", tmp_path / "g", arch=arch, skeleton=skeleton, space="raw"))


def test_an_interrupted_training_ends_as_one_that_was_not(folder, tmp_path):
    from itertools import islice

    settings = {**SMALL, "warmup": "0", "steps": "130", "batch": "4", "horizon": "2"}
    whole, broken = tmp_path / "whole.safetensors", tmp_path / "broken.safetensors"
    data = folder / "figures.h5"
    list(train("generator", data, whole, settings=settings, skeleton="penn13", space="raw"))
    job = train("generator", data, broken, settings=settings, skeleton="penn13", space="raw")
    list(islice(job, 110))
    job.close()
    list(train("generator", data, broken, settings=settings, skeleton="penn13", space="raw", resume=True))
    (_, expected), (_, resumed) = checkpoint.load(whole), checkpoint.load(broken)
    assert all(np.array_equal(expected[name], resumed[name]) for name in expected)


def test_figures_go_on_waving(folder, seed):
    """The mode of a generator that was trained for a moment forecasts better than the last frame."""
    model = load_model(folder / "raw.safetensors")
    clips = [clip for clip in figures(24) if clip.split == "test"]
    ours, still = [], []
    for clip in clips:
        made = Rollout(model, clip.cut(0, 20), temperature=0.0).step(4)[0]
        ours.append(np.abs(made - clip.positions[20:24]).mean())
        still.append(np.abs(clip.positions[19] - clip.positions[20:24]).mean())
    assert np.mean(ours) < 0.9 * np.mean(still)
    assert PENN13.joints == model.skeleton.joints


def test_joints_that_are_always_seen_are_learned_from(tmp_path):
    with DatasetWriter(tmp_path / "seen.h5") as writer:
        for clip in figures(12):
            writer.add(replace(clip, visible=np.ones_like(clip.visible)))
    out = tmp_path / "t.safetensors"
    settings = {"hidden": "16", "epochs": "1"}
    data = tmp_path / "seen.h5"
    list(train("generator", data, out, arch="textbook", settings=settings, skeleton="penn13", space="raw"))
    assert load_model(out).card.metrics["validation_error_of_range"] > 1e-4
