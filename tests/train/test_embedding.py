from dataclasses import replace

import numpy as np
import pytest

from poseviewer.data.dataset import Dataset, DatasetWriter
from poseviewer.errors import PoseviewerError
from poseviewer.nets.checkpoints import checkpoint
from poseviewer.nets.models.load import EmbeddingModel, load_model
from poseviewer.train.embedding import known_poses
from poseviewer.train.run import train
from tests.moving_figures import figures

SMALL = {"latent": "4", "hidden": "32", "depth": "1", "epochs": "30", "batch": "64", "rate": "0.003"}
LEVELS = {"vae": (4,), "ladder": (2, 2), "autoencoder": (4,), "pca": (4,)}


@pytest.fixture(scope="module")
def models(waving, tmp_path_factory):
    """By architecture, one trained for a moment of each."""
    folder = tmp_path_factory.mktemp("embeddings")
    return {arch: trained(waving, arch, folder / f"{arch}.safetensors") for arch in LEVELS}


def trained(data, arch, path):
    settings = SMALL | {"top": "2"} if arch == "ladder" else SMALL
    settings = {key: value for key, value in settings.items() if (arch, key) != ("pca", "epochs")}
    *_, last = train("embedding", data, path, arch=arch, settings=settings, skeleton="penn13")
    assert "of the pose's size" in last.text
    model = load_model(path)
    assert isinstance(model, EmbeddingModel)
    return model


@pytest.fixture
def model(models):
    return models["vae"]


@pytest.mark.parametrize("arch", LEVELS)
def test_figures_come_back_from_their_latents(arch, models):
    model = models[arch]
    assert model.level_sizes == LEVELS[arch] and model.card.architecture == arch
    clip = next(clip for clip in figures(24) if clip.split == "test")
    posterior, at = model.encode(clip.positions, clip.visible)
    decoded = model.decode(posterior.latent, at)
    error = np.linalg.norm(decoded.poses - clip.positions, axis=-1)
    assert posterior.latent.shape == posterior.std.shape == (len(clip), 4)
    assert error[clip.visible].mean() < (0.1 if arch == "pca" else 0.045) * at.scale.mean()  # training helps
    assert error[~clip.visible].mean() < 0.3 * at.scale.mean()  # hidden joints are told from the others


@pytest.mark.parametrize("arch", LEVELS)
def test_what_is_seen_is_told(arch, models):
    model, clip = models[arch], figures(1)[0]
    posterior, at = model.encode(clip.positions, clip.visible)
    visible = model.decode(posterior.latent, at).visible
    assert visible is not None and visible.shape == clip.positions.shape[:2]
    assert visible.mean() > 0.9  # 5 % of the joints are hidden, at random


@pytest.mark.parametrize("arch", LEVELS)
def test_poses_can_be_drawn_from_its_prior(arch, models):
    model = models[arch]
    assert model.prior is not None and model.prior.means.shape[1] == 4
    latents = model.draw(200, np.random.default_rng(0))
    at = model.space.placement(figures(1)[0].positions[:1]).rows(np.zeros(200, dtype=int))
    poses = model.decode(latents, at).poses
    assert (poses[:, 0, 1] > poses[:, 11:, 1].mean(axis=1)).mean() > 0.95  # the head over the feet


def test_a_damaged_prior_is_refused(model, tmp_path):
    card, tensors = checkpoint.load(model.path)
    path = tmp_path / "damaged.safetensors"
    for name, wrong in (("weights", -np.ones(3)), ("weights", np.zeros(0)), ("means", np.ones((1, 9)))):
        checkpoint.save(path, card.document, {**tensors, f"reference/prior_{name}": wrong.astype(np.float32)})
        with pytest.raises(PoseviewerError, match="damaged"):
            load_model(path)


def test_its_card_and_reference_are_there(model):
    card = checkpoint.describe(model.path)
    assert card.latent == 4 and card.representation == "centred" and card.skeleton.name == "penn13"
    assert model.latent_mean.shape == (4,) and model.density.image.sum() == pytest.approx(1.0, abs=1e-4)
    assert "--skeleton penn13" in card.trained_on["command"]


def test_a_classifier_can_stand_on_it(model, waving, tmp_path):
    path = tmp_path / "c.safetensors"
    settings = {"hidden": "8", "frames": "12", "epochs": "1", "batch": "4"}
    list(train("classifier", waving, path, arch="gru", settings=settings, skeleton="penn13", embedding=model.path))
    classifier = load_model(path)
    assert classifier.embedding_id == model.id
    with Dataset.open(waving) as dataset:
        assert np.isfinite(classifier.clip_log_probabilities(dataset.clip(0))).all()


def test_joints_that_are_not_seen_and_poses_without_any_are_not_learned_from():
    first, second = (clip.cut(0, 3) for clip in figures(2))
    seen = np.ones((3, 13), dtype=bool)
    seen[0, 4] = seen[1] = False
    poses, numbers = known_poses([replace(first, visible=seen), replace(second, visible=None)])
    assert numbers.tolist() == [0, 0, 1, 1, 1]
    unknown = np.zeros((5, 13, 2), dtype=bool)
    unknown[0, 4] = True
    np.testing.assert_array_equal(np.isnan(poses), unknown)
    np.testing.assert_array_equal(poses[1:], np.concatenate([first.positions[2:], second.positions]))


@pytest.mark.parametrize(("poses", "latent"), [(40, 39), (20, 20)])
def test_a_latent_has_as_many_dimensions_as_there_are_features_or_poses_at_most(poses, latent, tmp_path):
    """Of 13 joints, two coordinates and whether it is seen make 39 features."""
    data, out = tmp_path / "one.h5", tmp_path / "m.safetensors"
    with DatasetWriter(data) as writer:
        writer.add(figures(1, 2 * poses)[0])  # learned at half their rate
    how = {"arch": "pca", "skeleton": "penn13"}
    with pytest.raises(PoseviewerError, match=f"there are {poses} poses of 39 features"):
        list(train("embedding", data, out, settings={"latent": str(latent + 1)}, **how))
    list(train("embedding", data, out, settings={"latent": str(latent)}, **how))
    model = load_model(out)
    assert isinstance(model, EmbeddingModel) and np.isfinite(model.latent_covariance).all()
