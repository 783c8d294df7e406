from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.analysis.encoding import latents_of
from poseviewer.analysis.latent_index import index_dataset, nearest_real
from poseviewer.data.dataset import Dataset
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID, PENN13
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


@pytest.mark.parametrize("dims", [2, 3])
def test_the_nearest_real_pose_is_laid_onto_the_one_that_asked(dims: int) -> None:
    """Elsewhere, turned and, in 2D, of another size it is the same pose; a joint that differs is the distance."""
    draw = np.random.default_rng(3)
    skeleton = HUMANOID if dims == 3 else PENN13
    joints = len(skeleton.joints)
    clip = Clip(skeleton, draw.normal(size=(6, joints, dims)).astype(np.float32), 30.0, "walk")
    latents = draw.normal(size=(6, 4)).astype(np.float32)
    index: Any = SimpleNamespace(latents=latents, clip=np.zeros(6, np.int32), frame=np.arange(6, dtype=np.int32))
    turn = np.array([[0.6, 0.0, -0.8], [0.0, 1.0, 0.0], [0.8, 0.0, 0.6]])
    asked = clip.positions[4] @ turn + (3.0, 1.0, -2.0) if dims == 3 else 1.7 * clip.positions[4] + (0.2, -0.1)
    found = nearest_real(index, latents[1], asked, lambda _: clip)
    assert found is not None and (found.name, found.frame) == ("walk", 4)  # the latent that is nearest is another's
    assert found.error == pytest.approx(0.0, abs=1e-5) and np.allclose(found.pose, asked, atol=1e-5)
    other = asked.copy()
    other[0] += 0.3
    found = nearest_real(index, latents[1], other, lambda _: clip)
    assert found is not None and found.frame == 4 and 0.0 < found.error < 0.3
    assert nearest_real(index, latents[1], np.full_like(asked, np.nan), lambda _: clip) is None
