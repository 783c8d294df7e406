"""Which networks verdicts look through, what these say frame by frame, and which clips may measure them."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.analysis.networks import EVERY, SECONDS, Networks, Reader, Through, alike, networks_of, unseen
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.nets.checkpoints import checkpoint
from poseviewer.nets.models.load import load_model, shared_model

FPS = 30.0
MODELS = paths.models()
ACTIONS = ["low", "high", "low"]


class Height:
    """A classifier of two actions by the height of the root: low and high. asked: shapes of what it was asked."""

    skeleton, fps, classes, window = HUMANOID, 15.0, ("low", "high"), 1

    def __init__(self) -> None:
        self.asked: list[tuple[int, ...]] = []

    def log_probabilities(self, poses, visible=None):
        self.asked.append(poses.shape[:2])
        high = np.clip(poses[:, :, 0, 1], 0.1, 0.9)
        return np.log(np.stack([1.0 - high, high], axis=-1))


def standing(height: float, frames: int, batch: int = 1) -> np.ndarray:
    poses = np.zeros((batch, frames, len(HUMANOID.joints), 3))
    poses[:, :, 0, 1] = height
    return poses


def test_the_classifier_answers_every_ten_frames_about_generated_ones_alone():
    reader = Reader(Networks(None, Height()), standing(0.9, 30), FPS, ["low"])
    motion = np.concatenate([standing(0.1, 60), standing(0.9, 60)], axis=1)
    seen = reader.extend(motion)
    high = np.exp(seen.log_probabilities[0, :, 1])
    full = round(SECONDS * FPS)
    assert np.exp(seen.in_seed[0]) == pytest.approx([0.55, 0.45]), "half its name, half what it is taken for"
    assert np.isnan(high[: full - 1]).all(), "no window is full before"
    assert high[full - 1 : full + EVERY - 1] == pytest.approx(0.1), "the answer holds until the next"
    assert high[full + EVERY - 1] > 0.1 and high[-1] == pytest.approx(0.9)


def test_answers_are_those_of_a_whole_rollout_however_it_comes_and_after_a_way_back():
    draw = np.random.default_rng(0)
    seeds, motion = standing(0.5, 20, 3), standing(0.0, 150, 3)
    motion[:, :, 0, 1] = draw.uniform(0.0, 1.0, (3, 150))
    networks = Networks(None, Height())
    whole = Reader(networks, seeds, FPS, ACTIONS).extend(motion).log_probabilities
    reader, parts = Reader(networks, seeds, FPS, ACTIONS), []
    for k in (0, 1, 7, 66, 100):
        end = {0: 1, 1: 7, 7: 66, 66: 100, 100: 150}[k]
        parts.append(reader.extend(motion[:, k:end]).log_probabilities)
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), whole)
    again = Reader(networks, seeds, FPS, ACTIONS, done=45)
    again.extend(motion[:, 45:130])
    np.testing.assert_array_equal(again.extend(motion[:, 130:]).log_probabilities, whole[:, 130:])


def test_the_classifier_answers_about_the_one_motion_that_is_told_of():
    draw = np.random.default_rng(0)
    seeds, motion = standing(0.5, 20, 25), standing(0.0, 100, 25)
    motion[:, :, 0, 1] = draw.uniform(0.0, 1.0, (25, 100))
    classifier = Height()
    whole = Reader(Networks(None, classifier), seeds, FPS, ["low"] * 25).extend(motion).log_probabilities
    reader = Reader(Networks(None, classifier), seeds, FPS, ["low"] * 25, told=4)
    classifier.asked.clear()
    alone = np.concatenate([reader.extend(motion[:, k : k + 1]).log_probabilities for k in range(100)], axis=1)
    assert {batch for batch, _ in classifier.asked} == {1}
    np.testing.assert_array_equal(alone[4], whole[4])
    assert np.isnan(np.delete(alone, 4, axis=0)).all()


def test_poses_are_given_back_of_the_one_motion_that_is_told_of_and_latents_of_all():
    draw = np.random.default_rng(0)
    with Dataset.open(paths.demo()) as demo:
        motion = next(iter(demo)).onto(HUMANOID).positions[None, :20] * (1.0 + 0.1 * draw.random((3, 1, 1, 1)))
    networks = Networks(shared_model(MODELS / "humanoid-embedding.safetensors"))
    whole = Reader(networks, motion, FPS).extend(motion)
    for known in (None, encoded(networks, motion)):
        told = Reader(networks, motion, FPS, told=1).extend(motion, known)
        np.testing.assert_allclose(told.latents, whole.latents, atol=1e-5)
        np.testing.assert_allclose(told.rebuilt[1], whole.rebuilt[1], atol=1e-5)
        assert np.isnan(told.rebuilt[[0, 2]]).all()


def test_samples_of_one_seed_are_each_told_what_is_seen_in_it():
    with Dataset.open(paths.demo()) as demo:
        seed = next(iter(demo)).onto(HUMANOID).positions[None, :20]
    networks = Networks(shared_model(MODELS / "humanoid-embedding.safetensors"))
    seen = Reader(networks, seed, FPS).of_seed(np.broadcast_to(seed, (4, *seed.shape[1:])))
    assert seen.latents.shape[0] == seen.rebuilt.shape[0] == 4
    np.testing.assert_array_equal(seen.latents[3], seen.latents[0])


def encoded(networks: Networks, motion: np.ndarray) -> np.ndarray:
    assert networks.embedding is not None
    return networks.embedding.encode(motion.reshape(-1, *motion.shape[2:]))[0].latent.reshape(*motion.shape[:2], -1)


def test_of_a_seed_whose_action_nobody_knows_none_can_be_lost():
    seeds = np.concatenate([standing(0.9, 30), standing(0.9, 30)])
    classifier = Height()
    for actions in (("high", ""), ("high", "rest")):
        seen = Reader(Networks(None, classifier), seeds, FPS, actions).extend(standing(0.1, 60, 2))
        assert np.exp(seen.in_seed[0]) == pytest.approx([0.05, 0.95]) and np.isnan(seen.in_seed[1]).all()


def test_seeds_that_are_the_same_are_looked_at_once():
    classifier = Height()
    Reader(Networks(None, classifier), np.broadcast_to(standing(0.5, 30), (64, 30, 18, 3)), FPS, ["low"] * 64)
    assert classifier.asked == [(1, 15)]


def test_what_a_network_makes_nothing_of_has_no_value_and_stops_nobody():
    class Failing(Height):
        def log_probabilities(self, poses, visible=None):
            if self.asked:
                raise PoseviewerError("model", "", "no", "no")
            return super().log_probabilities(poses)

    embedding = load_model(MODELS / "humanoid-embedding.safetensors")
    with Dataset.open(paths.demo()) as demo:
        walk = np.asarray(demo.clip(demo.find("walk")).onto(HUMANOID).positions, dtype=np.float64)[None, :20]
    reader = Reader(Networks(embedding, Failing()), walk, FPS, ["low"])
    far = np.repeat(walk, 5, axis=1)
    far[0, 3] = 1e7
    far[0, 5, 2] = np.nan
    seen = reader.extend(far)
    assert np.isnan(seen.rebuilt[0, 3]).all() and np.isnan(seen.latents[0, 3]).all()
    assert np.isnan(seen.log_probabilities).all()
    assert np.isfinite(seen.rebuilt[0, 4]).all() and np.abs(seen.rebuilt[0, 4] - far[0, 4]).max() < 0.3


def test_a_motion_that_ends_is_no_hindrance_to_those_beside_it():
    motion = standing(0.9, 60, 2)
    motion[1, 20:] = np.nan
    told = Reader(Networks(None, Height()), standing(0.9, 20, 2), FPS, ["high"] * 2).extend(motion).log_probabilities
    assert np.exp(told[0, -1]) == pytest.approx([0.1, 0.9]) and np.isnan(told[1, -1]).all()


def test_latents_that_are_known_are_not_encoded_again():
    embedding = load_model(MODELS / "humanoid-embedding.safetensors")
    with Dataset.open(paths.demo()) as demo:
        walk = np.asarray(demo.clip(demo.find("walk")).onto(HUMANOID).positions, dtype=np.float64)[None, :40]
    networks = Networks(embedding)
    own = Reader(networks, walk[:, :20], FPS).extend(walk[:, 20:])
    latents = embedding.encode(walk[0, 20:])[0].latent[None]
    away = (latents[0] - embedding.latent_mean) @ np.linalg.inv(embedding.latent_covariance)
    expected = np.sqrt((away * (latents[0] - embedding.latent_mean)).sum(axis=1))
    assert np.linalg.norm(own.latents[0], axis=1) == pytest.approx(expected, rel=1e-4)
    given = Reader(networks, walk[:, :20], FPS).extend(walk[:, 20:], latents)
    np.testing.assert_allclose(given.rebuilt, own.rebuilt, atol=1e-5)
    moved = Reader(networks, walk[:, :20], FPS).extend(walk[:, 20:], latents + 1.0)
    assert np.abs(moved.rebuilt - own.rebuilt).max() > 0.05


def test_a_latent_generator_brings_its_embedding_and_the_classifier_lies_beside_it(tmp_path):
    latent = load_model(MODELS / "humanoid-generator-latent.safetensors")
    found = networks_of(latent)
    assert found.embedding is latent.embedding
    assert found.ids == {
        "embedding": checkpoint.describe(MODELS / "humanoid-embedding.safetensors").document["id"],
        "classifier": checkpoint.describe(MODELS / "humanoid-classifier-raw.safetensors").document["id"],
    }
    alone = tmp_path / "alone.safetensors"
    shutil.copy(MODELS / "humanoid-generator-raw.safetensors", alone)
    assert networks_of(load_model(alone)).kinds == ()
    shutil.copy(MODELS / "penn-classifier.safetensors", tmp_path)
    (tmp_path / "broken.safetensors").write_bytes(b"no")
    assert networks_of(load_model(alone)).kinds == (), "one of another skeleton says nothing"
    shutil.copy(MODELS / "humanoid-embedding.safetensors", tmp_path)
    made = networks_of(load_model(alone))
    assert made.kinds == ("embedding",)
    assert networks_of(load_model(alone), made.ids).ids == made.ids
    assert networks_of(load_model(alone), {"embedding": "another"}).kinds == ()


def test_of_several_classifiers_the_one_that_can_be_calibrated_is_taken():
    model = load_model(MODELS / "penn-generator-raw.safetensors")
    assert networks_of(model).classifier.card.name == "penn-classifier-raw"


CLIPS = [("a", "train"), ("b", "train"), ("c", "train"), ("t", "test")]


def trained(embedding=None, **told) -> SimpleNamespace:
    card = checkpoint.describe(MODELS / "humanoid-embedding.safetensors")
    document = {**card.document, "trained_on": told}
    if embedding is not None:
        document["embedding"] = {"trained_on": embedding}
    return SimpleNamespace(card=replace(card, document=document), skeleton=HUMANOID)


def test_only_clips_that_nobody_learned_from_measure_a_network():
    with Dataset.open(paths.demo()) as demo:
        clips = [replace(demo.clip(k), name=name, split=split) for k, (name, split) in enumerate(CLIPS)]
    dataset = Dataset.of(clips, "x")
    own, names = dataset.fingerprint(), {name for name, _ in CLIPS}
    assert unseen(trained(fingerprint=own, validation_clips=["b"], left_out=["c"]), dataset) == {"b", "c"}
    assert unseen(trained(fingerprint=own, split="train", left_out=["c"]), dataset) == {"c", "t"}
    assert unseen(trained(fingerprint=own, split="all", left_out=["c"]), dataset) == {"c"}
    assert unseen(trained(fingerprint="y", validation_clips=["b"]), dataset) == {"b"}, "the same clips, written anew"
    assert unseen(trained(fingerprint="y", validation_clips=["q"]), dataset) == names, "another dataset"
    assert unseen(trained(fingerprint=own), dataset) == set(), "it learned from all"
    assert unseen(trained(fingerprint="y"), dataset) == set(), "nobody knows from what"
    assert unseen(object(), dataset) == set(), "another package's"
    below = trained(fingerprint=own, validation_clips=["b", "c"], embedding={"fingerprint": own, "left_out": ["c"]})
    assert unseen(below, dataset) == {"c"}, "what it stands on has learned from b"
    fold = trained(fingerprint=own, validation_clips=["b"], left_out=["a"])
    through = Through.over(dataset, Networks(trained(fingerprint=own, validation_clips=["b"])), [fold])
    assert through.at("a").embedding is fold and through.at("c").kinds == ()
    assert through.at("b").embedding is through.networks.embedding


def test_a_fold_is_of_the_same_recipe():
    vae, ladder, latent = (load_model(MODELS / f"humanoid-{name}.safetensors") for name in NAMES)
    assert alike(vae, vae) and not alike(ladder, vae) and not alike(object(), vae)
    assert alike(vae, latent.embedding) and not alike(ladder, latent.embedding), "the one within a generator"
    assert not alike(latent, latent.embedding)
    with Dataset.open(paths.demo()) as demo:
        clips = [replace(demo.clip(k), name=name) for k, name in enumerate(("walking_4_train", "walking_2_train"))]
    dataset = Dataset.of(clips, "x")
    assert unseen(latent.embedding, dataset) == unseen(vae, dataset) == {"walking_4_train"}


NAMES = ("embedding", "ladder", "generator-latent")


def test_what_a_checkpoint_says_of_its_training_in_no_known_way_names_no_clips(tmp_path):
    document, tensors = checkpoint.load(MODELS / "humanoid-embedding.safetensors")
    told = {"validation_clips": 5, "left_out": [["walk"], {}]}
    checkpoint.save(tmp_path / "odd.safetensors", {**document.document, "trained_on": told}, tensors)
    shutil.copy(MODELS / "humanoid-generator-raw.safetensors", tmp_path)
    model = load_model(tmp_path / "humanoid-generator-raw.safetensors")
    found = networks_of(model)
    with Dataset.open(paths.demo()) as demo:
        assert found.embedding is not None and unseen(found.embedding, demo) == set()


def test_what_lies_beside_two_models_is_loaded_once_until_its_file_is_another(tmp_path: Path) -> None:
    for name in ("humanoid-generator-latent", "humanoid-generator-raw", "humanoid-classifier-raw"):
        shutil.copy(paths.models() / f"{name}.safetensors", tmp_path)
    one, other = (shared_model(tmp_path / f"humanoid-generator-{kind}.safetensors") for kind in ("latent", "raw"))
    first = networks_of(one).classifier
    assert first is not None and networks_of(other).classifier is first
    assert shared_model(tmp_path / "humanoid-classifier-raw.safetensors") is first
    os.utime(tmp_path / "humanoid-classifier-raw.safetensors", ns=(1, 1))
    assert networks_of(other).classifier is not first
