from dataclasses import replace

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.errors import PoseviewerError
from poseviewer.nets.checkpoints import checkpoint
from poseviewer.nets.models.load import load_model
from tests.moving_figures import figures

RAW = paths.models() / "humanoid-classifier-raw.safetensors"


@pytest.mark.parametrize("name", ["penn-classifier-raw", "penn-classifier-latent"])
def test_each_frame_has_a_probability_of_each_class(name, shipped):
    model, clip = shipped(name), figures(1)[0]
    probabilities = np.exp(model.log_probabilities(np.stack([clip.positions, 0.5 * clip.positions]), clip.visible))
    assert probabilities.shape == (2, len(clip), len(model.classes)) and model.fps == 15.0
    np.testing.assert_allclose(probabilities.sum(axis=-1), 1.0, atol=1e-5)
    assert (model.embedding is not None) == name.endswith("latent")
    assert model.embedding_id == model.card.embedding_id


@pytest.mark.parametrize("name", ["penn-classifier-raw", "penn-classifier-latent"])
def test_where_a_figure_stands_does_not_change_its_class(name, shipped):
    model, clip = shipped(name), figures(1)[0]
    here = model.clip_log_probabilities(clip)
    there = model.clip_log_probabilities(replace(clip, positions=0.5 * clip.positions + np.float32(0.3)))
    np.testing.assert_allclose(here, there, atol=1e-4)


def changed(tmp_path, change, tensors=None):
    """The shipped classifier with another document; where `change` has a config, with that part of it changed."""
    card, own = checkpoint.load(RAW)
    config = {"config": {**card.document["config"], **change["config"]}} if "config" in change else {}
    path = tmp_path / "c.safetensors"
    checkpoint.save(path, {**card.document, **change, **config}, {**own, **(tensors or {})})
    return path


@pytest.mark.parametrize(
    "change",
    [
        {"classes": None},
        {"classes": ["kick"]},
        {"classes": ["kick", "kick"]},
        {"classes": ["kick", 7]},
        {"classes": ["kick", "w" * 1000]},
        {"config": {"depth": 10**9}},
        {"config": {"classes": 5}},
        {"config": {"over": 1}},
        {"config": {"over": 4}},
        {"architecture": "vae"},
        {"architecture": "lstm"},
        {"kind": "embedding"},
        {"fps": None},
        {"features": {"representation": "centred"}},
    ],
    ids=str,
)
def test_a_lying_document_is_refused(change, tmp_path):
    with pytest.raises(PoseviewerError, match=r"c\.safetensors"):
        load_model(changed(tmp_path, change))


def test_a_small_file_that_describes_a_huge_network_takes_no_memory(tmp_path):
    import resource

    long = {"network/x": np.zeros(2048, np.float32)}
    path = changed(tmp_path, {"config": {"hidden": 2048, "depth": 16}}, long)  # 400 million weights
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(PoseviewerError, match="do not fit"):
        load_model(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kilobytes
