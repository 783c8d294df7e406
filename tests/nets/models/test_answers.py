"""A model whose answers are no numbers, or whose checkpoint says what can be of no data, is one sentence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.errors import PoseviewerError
from poseviewer.nets.checkpoints import checkpoint
from poseviewer.nets.models.load import load_model
from poseviewer.nets.protocols import Decoded, Step

EMBEDDING = paths.models() / "humanoid-embedding.safetensors"
GENERATOR = paths.models() / "humanoid-generator-raw.safetensors"
CLASSIFIER = paths.models() / "humanoid-classifier-raw.safetensors"


def changed(tmp_path, source, change):
    """The checkpoint with some of its tensors changed."""
    card, tensors = checkpoint.load(source)
    path = tmp_path / "changed.safetensors"
    checkpoint.save(path, card.document, {**tensors, **change(tensors)})
    return path


def overflowing(tensors):
    """Weights that are numbers, whose products are none."""
    return {k: np.full_like(v, 3e38) for k, v in tensors.items() if k.startswith("network/") and v.dtype.kind == "f"}


def test_our_embedding(tmp_path, walk, shipped):
    model = load_model(changed(tmp_path, EMBEDDING, overflowing))
    _, at = shipped(EMBEDDING.stem).encode(walk.positions[:2])
    with pytest.raises(PoseviewerError, match=r"changed\.safetensors, encode: what it gives are no numbers"):
        model.encode(walk.positions[:2])
    with pytest.raises(PoseviewerError, match=r"changed\.safetensors, decode: .*; move the latent point back"):
        model.decode(np.full((2, model.size), 5.0), at)


def test_our_classifier(tmp_path, walk):
    model = load_model(changed(tmp_path, CLASSIFIER, overflowing))
    with pytest.raises(PoseviewerError, match="log_probabilities: what it gives are no numbers"):
        model.log_probabilities(walk.resample(model.fps).positions[None])


def test_our_generator(tmp_path, walk):
    model = load_model(changed(tmp_path, GENERATOR, overflowing))
    with pytest.raises(PoseviewerError, match=r"changed\.safetensors, frame \+1: "):
        model.step(model.start(walk))


@pytest.mark.parametrize("fault", [np.nan, np.inf, 1e9])
def test_models_of_other_packages(installed, pendulum, monkeypatch, fault):
    from swing.models import SwingClassifier, SwingEmbedding, SwingGenerator

    def poses(self, latent, at):
        return Decoded(np.full((len(latent), 3, 3), fault))

    monkeypatch.setattr(SwingEmbedding, "decode", poses)
    embedding = load_model("swing-embedding")
    _, at = embedding.encode(pendulum.positions)
    with pytest.raises(PoseviewerError, match="decode: "):
        embedding.decode(np.zeros((25, 2)), at)
    step = SwingGenerator.step

    def stepped(self, state, *, temperature=1.0):
        frame, following = step(self, state, temperature=temperature)
        return Step(np.full_like(frame.poses, fault)), following

    monkeypatch.setattr(SwingGenerator, "step", stepped)
    generator = load_model("swing-generator")
    with pytest.raises(PoseviewerError, match="step: "):
        generator.step(generator.start(pendulum))
    if np.isnan(fault):
        monkeypatch.setattr(SwingClassifier, "log_probabilities", lambda self, p, v=None: np.full((1, 25, 3), fault))
        with pytest.raises(PoseviewerError, match="log_probabilities: "):
            load_model("swing-classifier").log_probabilities(pendulum.positions[None])


@pytest.mark.parametrize(("rate", "context"), [(1e9, 4), (0.01, 4), (np.nan, 4), (50.0, 1_000_000)])
def test_a_rate_or_a_context_that_none_can_have(installed, monkeypatch, rate, context):
    from swing.models import SwingGenerator

    monkeypatch.setattr(SwingGenerator, "fps", rate)
    monkeypatch.setattr(SwingGenerator, "context", context)
    with pytest.raises(PoseviewerError, match=r"fps: |context: "):
        load_model("swing-generator")


REFERENCE = {
    "latent_covariance": lambda t: -t,
    "latent_mean": lambda t: t + 1e9,
    "kl": lambda t: t - 1e3,
    "histogram_counts": lambda t: -1.0 - t,
    "histogram_edges": lambda t: t[:, ::-1],
    "density": lambda t: t - 1.0,
    "density_extent": lambda t: t[[1, 0, 3, 2]],
}


@pytest.mark.parametrize("name", REFERENCE)
def test_statistics_that_can_be_of_no_data(tmp_path, name):
    key = checkpoint.REFERENCE + name
    path = changed(tmp_path, EMBEDDING, lambda tensors: {key: REFERENCE[name](tensors[key])})
    with pytest.raises(PoseviewerError, match=f"reference '{name}'"):
        load_model(path)


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_a_classifier_that_divides_by_nothing(tmp_path, value):
    path = changed(tmp_path, CLASSIFIER, lambda tensors: {"frame/std": np.full_like(tensors["frame/std"], value)})
    with pytest.raises(PoseviewerError, match="above 0"):
        load_model(path)


@pytest.mark.parametrize("fps", [0.0, 0.01, 1e9, 1e300, -30.0, True, "30"])
def test_the_frame_rate_of_a_checkpoint(tmp_path, fps):
    card, tensors = checkpoint.load(GENERATOR)
    path = tmp_path / "rate.safetensors"
    checkpoint.save(path, {**card.document, "fps": fps}, tensors)
    with pytest.raises(PoseviewerError, match="fps"):
        checkpoint.describe(path)


def test_resampling_a_clip_has_a_bound(walk):
    slow = replace(walk, positions=np.tile(walk.positions, (40, 1, 1)), rotations=None, fps=0.1)
    with pytest.raises(PoseviewerError, match="does not fit into memory; choose a lower rate"):
        replace(slow, positions=np.broadcast_to(slow.positions[:1], (60_000, *slow.positions.shape[1:]))).resample(1e3)
