import numpy as np
import pytest

from poseviewer import paths
from poseviewer.analysis.latent_index import contour_levels, density, finished, index_dataset, latents_of
from poseviewer.data.dataset import Dataset
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import PENN13
from poseviewer.nets.models.load import load_model


@pytest.fixture(scope="module")
def embedding():
    return load_model(paths.models() / "humanoid-embedding.safetensors")


def test_every_frame_of_the_demo_is_found_by_clip_and_frame(embedding):
    with Dataset.open(paths.demo()) as demo:
        index = finished(index_dataset(demo, embedding))
        assert len(index.latents) == len(index.clip) == len(index.frame) == demo.frames
        for number in (0, len(demo) - 1):
            np.testing.assert_allclose(index.of_clip(number), latents_of(demo.clip(number), embedding), atol=1e-5)
        assert not index.skipped


def test_clips_that_do_not_fit_are_skipped_and_named(embedding):
    flat = Clip(PENN13, np.zeros((3, 13, 2), np.float32), 30.0, "flat")
    index = finished(index_dataset(Dataset.of([flat], "flat"), embedding))
    assert index.skipped == ("flat",) and index.latents.shape == (0, embedding.size)


def test_an_abandoned_index_is_no_trouble(embedding):
    with Dataset.open(paths.demo()) as demo:
        job = index_dataset(demo, embedding)
        assert next(job).total == len(demo)
        job.close()


def test_contours_hold_their_share_of_the_points():
    points = np.random.default_rng(1).normal(size=(60_000, 2))
    picture = density(points, bins=120)
    half, most = contour_levels(picture.image, (0.5, 0.95))
    assert half > most > 0
    left, right, bottom, top = picture.extent
    rows = ((points[:, 1] - bottom) / (top - bottom) * picture.image.shape[0]).astype(int)
    columns = ((points[:, 0] - left) / (right - left) * picture.image.shape[1]).astype(int)
    values = picture.image[
        np.clip(rows, 0, picture.image.shape[0] - 1), np.clip(columns, 0, picture.image.shape[1] - 1)
    ]
    assert np.mean(values >= half) == pytest.approx(0.5, abs=0.03)
    assert np.mean(values >= most) == pytest.approx(0.95, abs=0.02)


def test_a_given_extent_is_kept():
    picture = density(np.array([[0.1, 0.1], [0.9, 0.2]]), bins=50, extent=(0.0, 2.0, 0.0, 1.0))
    assert picture.extent == (0.0, 2.0, 0.0, 1.0) and picture.image.shape == (25, 50)
    assert picture.image[:, 25:].sum() < 0.1
