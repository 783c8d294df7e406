"""Classifiers, trained for a moment on figures that wave and kick."""

from dataclasses import replace

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.data.dataset import Dataset, DatasetWriter
from poseviewer.errors import PoseviewerError
from poseviewer.measure.classify.classifier import classifier_figures
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.nets.checkpoints import checkpoint
from poseviewer.nets.models.load import ClassifierModel, load_model
from poseviewer.train.run import train

SMALL = {"hidden": "16", "depth": "1", "frames": "16", "epochs": "40", "batch": "4", "rate": "0.02", "mixing": "0"}


def finish(job):
    return list(job)[-1]


@pytest.mark.parametrize("arch", ["cnn", "lstm", "gru"])
def test_waving_is_told_from_kicking(arch, waving, tmp_path):
    path = tmp_path / "c.safetensors"
    finish(train("classifier", waving, path, arch=arch, settings=SMALL, skeleton="penn13", space="raw"))
    model = load_model(path)
    assert isinstance(model, ClassifierModel) and model.classes == ("kick", "wave") and model.fps == 15.0
    with Dataset.open(waving) as dataset:
        tests = [clip for clip in dataset if clip.split == "test"]
    told = [model.classes[model.clip_log_probabilities(clip).argmax()] for clip in tests]
    assert sum(a == clip.action for a, clip in zip(told, tests, strict=True)) >= len(tests) - 1
    probabilities = np.exp(model.log_probabilities(tests[0].positions[None], tests[0].visible[None]))
    assert probabilities.shape == (1, len(tests[0]), 2)
    np.testing.assert_allclose(probabilities.sum(axis=-1), 1.0, atol=1e-5)
    card = checkpoint.describe(path)
    assert card.kind == "classifier" and card.representation == "centred" and card.parameters > 100
    assert "--skeleton penn13 --space raw" in card.trained_on["command"]
    assert card.trained_on["validation_clips"] and "validation_clip_accuracy" in card.metrics


def test_a_classifier_of_latents_carries_its_embedding(tmp_path):
    data, path = tmp_path / "walks.h5", tmp_path / "c.safetensors"
    with Dataset.open(paths.demo()) as demo, DatasetWriter(data) as writer:
        for name in ("walk", "0walk_forward", "turn_left0", "run", "jump", "dance_a"):
            action = "walk" if "r" not in name[:1] and name not in ("jump", "dance_a") else "other"
            writer.add(replace(demo.clip(demo.find(name)).onto(HUMANOID), action=action, split="train", loop=False))
    embedding = paths.models() / "humanoid-embedding.safetensors"
    finish(train("classifier", data, path, arch="lstm", settings={**SMALL, "epochs": "2"}, embedding=embedding))
    model = load_model(path)
    assert model.embedding is not None and model.embedding_id == checkpoint.describe(embedding).document["id"]
    with Dataset.open(data) as dataset:
        assert np.isfinite(model.clip_log_probabilities(dataset.clip(0))).all()


def test_everything_may_be_learned_from(waving, tmp_path):
    path = tmp_path / "c.safetensors"
    settings = {**SMALL, "epochs": "1", "everything": "1"}
    finish(train("classifier", waving, path, settings=settings, skeleton="penn13", space="raw"))
    card = checkpoint.describe(path)
    assert card.trained_on["clips"] == 18 and not card.trained_on["validation_clips"] and not card.metrics


def test_every_clip_may_be_learned_from_the_test_clips_too(waving, tmp_path):
    path = tmp_path / "c.safetensors"
    settings = {**SMALL, "epochs": "1", "everything": "2"}
    finish(train("classifier", waving, path, settings=settings, skeleton="penn13", space="raw"))
    card = checkpoint.describe(path)
    assert card.trained_on["clips"] == 24 and card.trained_on["split"] == "all" and not card.metrics
    with Dataset.open(waving) as dataset, pytest.raises(PoseviewerError, match="learned from every clip"):
        classifier_figures(load_model(path), dataset)


def test_an_even_number_of_frames_around_is_refused(waving, tmp_path):
    settings = {**SMALL, "epochs": "1", "over": "4"}
    with pytest.raises(PoseviewerError, match="odd"):
        finish(
            train("classifier", waving, tmp_path / "c.safetensors", settings=settings, skeleton="penn13", space="raw")
        )


def test_one_action_is_not_enough(waving, tmp_path):
    one = tmp_path / "one.h5"
    with Dataset.open(waving) as dataset, DatasetWriter(one) as writer:
        for clip in dataset:
            writer.add(replace(clip, action="wave"))
    with pytest.raises(PoseviewerError, match="two actions"):
        finish(train("classifier", one, tmp_path / "c.safetensors", skeleton="penn13", space="raw"))


def test_rare_actions_can_be_shown_as_often_as_others():
    from poseviewer.train.classifier import _as_often

    labels = np.array([0] * 90 + [1] * 10)
    assert (_as_often(labels, 0.0, np.random.default_rng(0)) == np.arange(100)).all()
    shown = np.concatenate([labels[_as_often(labels, 1.0, np.random.default_rng(seed))] for seed in range(20)])
    assert 0.45 < shown.mean() < 0.55
