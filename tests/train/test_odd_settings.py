"""Settings and data at the edge: what is trained can be read again, and what cannot be is a sentence."""

import math

import pytest

from poseviewer import paths
from poseviewer.data.dataset import DatasetWriter
from poseviewer.errors import PoseviewerError
from poseviewer.nets.models.load import load_model
from poseviewer.train.run import train
from tests.moving_figures import figures

EMBEDDING = {"latent": "4", "hidden": "8", "depth": "1", "epochs": "1", "batch": "64"}
CLASSIFIER = {"hidden": "8", "depth": "1", "frames": "8", "epochs": "1", "batch": "4"}
GRU = {"hidden": "16", "noise": "4", "width": "16", "horizon": "4", "context": "3", "windows": "32", "batch": "16",
       "restore": "8", "warmup": "1", "epochs": "1", "speeds": "1", "rigs": "0"}  # fmt: skip
WINDOW = {"hidden": "8", "noise": "2", "batch": "4", "horizon": "2", "warmup": "2", "steps": "2"}
TEXTBOOK = {"hidden": "8", "epochs": "1"}


@pytest.mark.parametrize(
    ("kind", "arch", "settings"),
    [
        ("generator", "gru", GRU | {"reads": "1"}),
        ("generator", "gru", GRU | {"free_share": "1.5"}),
        ("generator", "gru", GRU | {"windows": "8", "batch": "50"}),
        ("generator", "textbook", TEXTBOOK | {"epochs": "0"}),
        ("generator", "textbook", TEXTBOOK | {"patience": "0"}),
    ],
    ids=lambda value: None if isinstance(value, str) else str(list(value.items())[-1]),
)
def test_it_is_trained_and_read_again(kind, arch, settings, walks, tmp_path):
    out = tmp_path / "m.safetensors"
    list(train(kind, walks, out, arch=arch, settings=settings, space="raw"))
    model = load_model(out)
    metrics = str(model.card.metrics)
    assert model.card.architecture == arch and "nan" not in metrics and "inf" not in metrics


def test_a_context_longer_than_every_axis_of_the_weights_is_read_again(waving, tmp_path):
    settings = TEXTBOOK | {"hidden": "4", "context": "30"}
    how = {"arch": "textbook", "settings": settings, "skeleton": "penn13"}
    out = tmp_path / "m.safetensors"
    list(train("generator", waving, out, embedding=paths.models() / "penn-embedding.safetensors", **how))
    assert load_model(out).context == 30


@pytest.mark.parametrize(
    ("kind", "arch", "settings", "word"),
    [
        ("embedding", "vae", EMBEDDING | {"depth": "0"}, "--set depth"),
        ("embedding", "ladder", EMBEDDING | {"top": "0"}, "--set top"),
        ("embedding", "pca", {"latent": "1"}, "--set latent"),
        ("embedding", "autoencoder", EMBEDDING | {"latent": "40"}, "--set latent"),
        ("embedding", "vae", EMBEDDING | {"seed": str(2**32)}, "--set seed"),
        ("embedding", "vae", EMBEDDING | {"rate": "1e30", "epochs": "40"}, "--set rate"),
        ("classifier", "lstm", CLASSIFIER | {"depth": "0"}, "--set depth"),
        ("classifier", "cnn", CLASSIFIER | {"over": "2"}, "--set over"),
        ("classifier", "cnn", CLASSIFIER | {"smoothing": "2"}, "--set smoothing"),
        ("classifier", "cnn", CLASSIFIER | {"frames": "0"}, "--set frames"),
        ("generator", "window", WINDOW | {"context": "4096"}, "--set context"),
        ("generator", "textbook", TEXTBOOK | {"context": "60"}, "--set context"),
    ],
)
def test_it_is_refused_in_a_sentence(kind, arch, settings, word, waving, tmp_path):
    how = {"arch": arch, "settings": settings, "skeleton": "penn13", "space": "raw"}
    with pytest.raises(PoseviewerError, match=word):
        list(train(kind, waving, tmp_path / "m.safetensors", **how))
    assert not (tmp_path / "m.safetensors").exists()


def test_a_generator_that_reads_no_frame_is_refused(walks, tmp_path):
    with pytest.raises(PoseviewerError, match="--set reads"):
        list(train("generator", walks, tmp_path / "g.safetensors", settings=GRU | {"reads": "0"}, space="raw"))


@pytest.mark.parametrize(
    ("kind", "arch", "settings"),
    [
        ("embedding", "vae", EMBEDDING),
        ("generator", "window", WINDOW | {"sampled": "1"}),
        ("generator", "textbook", TEXTBOOK),
    ],
)
def test_too_few_2d_clips_to_set_one_aside_are_judged_by_what_was_learned(kind, arch, settings, tmp_path):
    with DatasetWriter(tmp_path / "few.h5") as writer:
        for clip in figures(4):
            writer.add(clip)
    out = tmp_path / "m.safetensors"
    how = {"arch": arch, "settings": settings, "skeleton": "penn13", "space": "raw"}
    *_, last = train(kind, tmp_path / "few.h5", out, **how)
    card = load_model(out).card
    assert card.set_aside == frozenset() and "validation error" in last.text
    figure = next(iter(card.metrics.values()))
    assert all(math.isfinite(value) for value in (figure.values() if isinstance(figure, dict) else [figure]))
