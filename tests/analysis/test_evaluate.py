from dataclasses import replace

import pytest

from poseviewer import paths
from poseviewer.analysis.evaluate import evaluate
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import unrolled
from poseviewer.nets.model import load_model


@pytest.fixture(scope="module")
def walks():
    """Two of the demo's walks as a training and a test split."""
    with Dataset.open(paths.demo()) as demo:
        clips = [demo.clip(demo.find(name)) for name in ("walk", "turn_left0")]
    long = [replace(unrolled(clip, 80), split=split) for clip, split in zip(clips, ("train", "test"), strict=True)]
    return Dataset.of(long, "walks")


def test_an_embedding_is_measured_beside_pca(walks):
    figures = evaluate(load_model(paths.models() / "humanoid-embedding.safetensors"), walks)
    assert figures["clips"] == 1 and figures["split"] == "test"
    assert 0.3 < figures["mean_joint_error"] < 5.0 and figures["pca_mean_joint_error"] > 0.0


def test_a_generator_is_measured_beside_the_last_frame(walks):
    figures = evaluate(load_model(paths.models() / "humanoid-generator-latent.safetensors"), walks)
    for kind in ("global", "local"):
        made, still = figures[f"mpjpe_{kind}"], figures[f"copy_last_{kind}"]
        assert list(made) == ["100_ms", "200_ms", "400_ms", "1000_ms"]
        assert made["200_ms"] < still["200_ms"]


def test_a_split_without_clips_says_so(walks):
    with pytest.raises(PoseviewerError, match="validation"):
        evaluate(load_model(paths.models() / "humanoid-embedding.safetensors"), walks, "validation")
