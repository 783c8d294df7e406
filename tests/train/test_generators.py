"""Generators, trained for a moment: of 2D motions on figures that wave and kick, of 3D ones on the demo's walks."""

from dataclasses import replace

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.analysis.rollout import Rollout
from poseviewer.data.dataset import Dataset, DatasetWriter
from poseviewer.errors import PoseviewerError
from poseviewer.nets.checkpoints import checkpoint
from poseviewer.nets.models.load import load_model
from poseviewer.train.run import train
from tests.moving_figures import figures

WINDOW = {"hidden": "32", "noise": "4", "warmup": "40", "steps": "40", "batch": "16", "horizon": "4"}
GRU = {"hidden": "32", "noise": "4", "width": "32", "horizon": "6", "windows": "64", "batch": "32",
       "warmup": "1", "epochs": "1", "speeds": "1", "rigs": "0"}  # fmt: skip
TEXTBOOK = {"hidden": "32", "epochs": "2"}


def trained(data, out, **how):
    list(train("generator", data, out, **how))
    return load_model(out)


@pytest.mark.parametrize(
    ("arch", "settings"),
    [("gru", GRU), ("gru", {**GRU, "restore": "0", "momentum": "0"}), ("textbook", TEXTBOOK)],
    ids=["gru", "gru, neither denoiser nor momentum", "textbook"],
)
def test_one_of_3d_motions_is_trained_and_goes_on(arch, settings, walks, tmp_path):
    model = trained(walks, tmp_path / "g.safetensors", arch=arch, settings=settings, space="raw")
    assert model.card.architecture == arch and model.stochastic == (arch == "gru")
    assert (getattr(model.network, "denoiser", None) is None) == ("restore" in settings or arch != "gru")
    with Dataset.open(walks) as dataset:
        assert np.isfinite(Rollout(model, dataset.clip(0)).step(5)).all()


@pytest.mark.parametrize(("arch", "space"), [("window", "latent"), ("textbook", "latent"), ("textbook", "raw")])
def test_one_of_2d_motions_is_trained_and_goes_on(arch, space, waving, tmp_path):
    embedding = paths.models() / "penn-embedding.safetensors" if space == "latent" else None
    settings = TEXTBOOK if arch == "textbook" else {**WINDOW, "warmup": "10", "steps": "10"}
    how = {"arch": arch, "settings": settings, "skeleton": "penn13", "space": space, "embedding": embedding}
    model = trained(waving, tmp_path / "g.safetensors", **how)
    card = checkpoint.describe(model.path)
    assert card.skeleton.name == "penn13" and card.fps == 30.0 and card.kind == "generator"
    assert card.context == (5 if arch == "textbook" else 10)
    assert (card.embedding_id is None) == (space == "raw")
    command = card.trained_on["command"]
    assert "--skeleton penn13" in command and ("--arch" in command) == (arch == "textbook")
    assert np.isfinite(Rollout(model, figures(1)[0].cut(0, 20)).step(5)).all()


def test_figures_go_on_waving(waving, tmp_path):
    """The mode of a generator that was trained for a moment forecasts better than the last frame."""
    model = trained(waving, tmp_path / "g.safetensors", settings=WINDOW, skeleton="penn13", space="raw")
    ours, still = [], []
    for clip in (clip for clip in figures(24) if clip.split == "test"):
        made = Rollout(model, clip.cut(0, 20), temperature=0.0).step(4)[0]
        ours.append(np.abs(made - clip.positions[20:24]).mean())
        still.append(np.abs(clip.positions[19] - clip.positions[20:24]).mean())
    assert np.mean(ours) < 0.9 * np.mean(still)


def test_joints_that_are_always_seen_are_learned_from(tmp_path):
    data = tmp_path / "seen.h5"
    with DatasetWriter(data) as writer:
        for clip in figures(12):
            writer.add(replace(clip, visible=np.ones_like(clip.visible)))
    how = {"arch": "textbook", "settings": {"hidden": "16", "epochs": "1"}, "skeleton": "penn13", "space": "raw"}
    model = trained(data, tmp_path / "t.safetensors", **how)
    assert model.card.metrics["validation_error_of_range"] > 1e-4


@pytest.mark.parametrize(("arch", "skeleton"), [("gru", "penn13"), ("window", "humanoid")])
def test_an_architecture_of_other_dimensions_is_refused(arch, skeleton, waving, tmp_path):
    with pytest.raises(PoseviewerError, match=skeleton):
        list(train("generator", waving, tmp_path / "g", arch=arch, skeleton=skeleton, space="raw"))


@pytest.mark.parametrize(
    "setting",
    [
        {"rate": "-1"},
        {"epochs": "-3"},
        {"rate": "nan"},
        {"hidden": "0"},
        {"fps": "0"},
        {"noise": "0"},
        {"noise_gain": "9"},
        {"noise_correlation": "1.5"},
    ],
    ids=str,
)
def test_settings_that_no_model_can_have_are_refused(walks, tmp_path, setting):
    with pytest.raises(PoseviewerError, match=f"--set {next(iter(setting))}"):
        list(train("generator", walks, tmp_path / "g.safetensors", settings=setting, space="raw"))
