import pytest

from poseviewer.data.dataset import Dataset, DatasetWriter
from poseviewer.errors import PoseviewerError
from poseviewer.measure.embed.image_embedding import image_embedding_figures
from poseviewer.nets.models.load import load_model
from poseviewer.train.run import train
from tests.moving_figures import figures


@pytest.fixture(scope="module")
def alone_and_twice(tmp_path_factory):
    folder = tmp_path_factory.mktemp("embedding")
    with DatasetWriter(folder / "figures.h5") as writer:
        for clip in figures(24):
            writer.add(clip)
    settings = {"latent": "3", "hidden": "32", "depth": "1", "epochs": "30", "batch": "64", "rate": "0.003"}
    list(train("embedding", folder / "figures.h5", folder / "e.safetensors", settings=settings, skeleton="penn13"))
    with Dataset.open(folder / "figures.h5") as dataset:
        model = load_model(folder / "e.safetensors")
        with pytest.raises(PoseviewerError, match="nothing"):
            image_embedding_figures([model], dataset, "nothing")
        return image_embedding_figures([model], dataset), image_embedding_figures([model, model], dataset)


@pytest.fixture(scope="module")
def measured(alone_and_twice):
    return alone_and_twice[0]


def test_models_of_several_seeds_are_measured_together(alone_and_twice):
    alone, twice = alone_and_twice
    assert twice == {**alone, "models": 2}


def test_reconstruction_stands_beside_pca(measured):
    assert measured["clips"] == 6 and measured["latent"] == 3
    assert 0.0 < measured["mpjpe"] < 3.0
    assert 0.0 < measured["pca_least_squares_mpjpe"] <= measured["pca_mpjpe"]
    low, high = measured["ratio_to_pca_interval"]
    assert low <= measured["ratio_to_pca"] <= high


def test_the_latent_is_described(measured):
    assert 1 <= measured["active_units"] <= 3
    assert sum(measured["nats_by_dimension"]) == pytest.approx(measured["nats"], abs=0.02)


def test_the_prior_is_compared_with_real_poses(measured):
    assert 0.0 <= measured["prior_limbs_outside"] <= 1.0
    assert 0.3 < measured["prior_spread"] < 2.0
    assert 0.4 < measured["prior_auc"] <= 1.0


@pytest.mark.parametrize(("arch", "levels"), [("ladder", 2), ("pca", 1)])
def test_every_level_counts_and_a_point_has_no_divergence(arch, levels, tmp_path):
    data, path = tmp_path / "figures.h5", tmp_path / "e.safetensors"
    with DatasetWriter(data) as writer:
        for clip in figures(12):
            writer.add(clip)
    settings = {"latent": "3", **({"top": "1", "hidden": "8", "depth": "1", "epochs": "1"} if levels > 1 else {})}
    list(train("embedding", data, path, arch=arch, settings=settings, skeleton="penn13"))
    model = load_model(path)
    assert len(model.level_sizes) == levels
    with Dataset.open(data) as dataset:
        told = image_embedding_figures([model], dataset, "train")
    assert told["active_units"] == 3
    assert ("nats" in told) == (levels > 1) and len(told.get("nats_by_dimension", "abc")) == 3
