"""Embeddings of 3D poses, trained for a moment."""

import numpy as np
import pytest

from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.nets.checkpoints import container
from poseviewer.nets.models.load import load_model
from poseviewer.train.run import train

SMALL = {"latent": "8", "hidden": "32", "depth": "1", "epochs": "6", "rigs": "0"}


@pytest.mark.parametrize(("arch", "levels"), [("ladder", (3, 5)), ("autoencoder", (8,)), ("pca", (8,))])
def test_each_is_trained_and_gives_poses_back(arch, levels, walks, tmp_path):
    out = tmp_path / "e.safetensors"
    settings = {**SMALL, "epochs": "0"} if arch == "pca" else SMALL | ({"top": "3"} if arch == "ladder" else {})
    list(train("embedding", walks, out, arch=arch, settings=settings))
    model = load_model(out)
    with Dataset.open(walks) as dataset:
        poses = dataset.clip(0).positions
    posterior, at = model.encode(poses)
    assert model.level_sizes == levels and tuple(m.shape[1] for m, _ in posterior.levels) == levels
    decoded = model.decode(posterior.latent, at).poses
    assert np.linalg.norm(decoded - poses, axis=-1).mean() < 0.05


@pytest.mark.parametrize(
    ("arch", "change"), [("pca", {"epochs": "3"}), ("vae", {"hidden": "2049"}), ("vae", {"depth": "17"})]
)
def test_what_could_not_be_read_again_is_not_trained(arch, change, walks, tmp_path):
    with pytest.raises(PoseviewerError, match=next(iter(change))):
        list(train("embedding", walks, tmp_path / "e.safetensors", arch=arch, settings=SMALL | change))
    assert not list(tmp_path.iterdir())


def test_a_network_larger_than_a_checkpoint_is_refused_at_once(walks, tmp_path):
    settings = SMALL | {"hidden": "2048", "depth": "16"}
    with pytest.raises(PoseviewerError, match="a checkpoint has 128 at most"):
        list(train("embedding", walks, tmp_path / "e.safetensors", settings=settings))


def test_the_state_of_a_large_network_is_gone_on_from(walks, tmp_path, monkeypatch):
    out = tmp_path / "e.safetensors"
    job = train("embedding", walks, out, settings=SMALL)
    while not (tmp_path / "e.safetensors.training").exists():
        next(job)
    job.close()
    state = (tmp_path / "e.safetensors.training").stat().st_size
    monkeypatch.setattr(container.read_header, "__defaults__", (state // 2,))
    *_, last = train("embedding", walks, out, settings=SMALL, resume=True)
    assert out.exists() and last.done == last.total


def test_an_upper_level_that_leaves_nothing_is_refused(walks, tmp_path):
    with pytest.raises(PoseviewerError, match="top"):
        list(train("embedding", walks, tmp_path / "e.safetensors", arch="ladder", settings={**SMALL, "top": "8"}))
