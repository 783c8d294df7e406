import numpy as np
import pytest

from poseviewer import paths
from poseviewer.analysis.encoding import latents_of
from poseviewer.analysis.latent_index import index_dataset
from poseviewer.data.dataset import Dataset
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import PENN13
from poseviewer.nets.models.load import load_model
from poseviewer.progress import finished


@pytest.fixture(scope="module")
def embedding():
    return load_model(paths.models() / "humanoid-embedding.safetensors")


def test_every_frame_of_the_demo_is_found_by_clip_and_frame(embedding):
    with Dataset.open(paths.demo()) as demo:
        index = finished(index_dataset(demo, embedding))
        assert len(index.latents) == len(index.clip) == len(index.frame) == demo.frames
        for number in (0, len(demo) - 1):
            mine = index.clip == number
            np.testing.assert_allclose(index.latents[mine], latents_of(demo.clip(number), embedding), atol=1e-5)
            np.testing.assert_array_equal(index.frame[mine], np.arange(len(demo.clip(number))))


def test_clips_that_do_not_fit_are_left_out(embedding):
    flat = Clip(PENN13, np.zeros((3, 13, 2), np.float32), 30.0, "flat")
    index = finished(index_dataset(Dataset.of([flat], "flat"), embedding))
    assert index.latents.shape == (0, embedding.size) and index.action.tolist() == [0]


def test_an_abandoned_index_is_no_trouble(embedding):
    with Dataset.open(paths.demo()) as demo:
        job = index_dataset(demo, embedding)
        assert next(job).total == len(demo)
        job.close()
