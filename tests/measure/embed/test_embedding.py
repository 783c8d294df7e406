from dataclasses import replace

import pytest

from poseviewer import paths
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.embed.embedding import embedding_figures
from poseviewer.measure.figures import figures as figures_of
from poseviewer.motion.clip import unrolled
from poseviewer.nets.models.load import load_model


@pytest.fixture(scope="module")
def walks():
    """Two of the demo's walks as a training and a test split."""
    with Dataset.open(paths.demo()) as demo:
        clips = [demo.clip(demo.find(name)) for name in ("walk", "turn_left0")]
    long = [replace(unrolled(clip, 80), split=split) for clip, split in zip(clips, ("train", "test"), strict=True)]
    return Dataset.of(long, "walks")


def test_an_embedding_is_measured_beside_pca(walks):
    figures = embedding_figures([load_model(paths.models() / "humanoid-embedding.safetensors")], walks)
    assert figures["clips"] == 1 and figures["split"] == "test"
    assert 0.3 < figures["mean_joint_error"] < 5.0 and figures["latent"] == 16
    for name in ("pca", "pca_of_positions"):
        ratio, (low, high) = figures[f"ratio_to_{name}"], figures[f"ratio_to_{name}_interval"]
        assert low < ratio < high
        assert figures["mean_joint_error"] / figures[f"{name}_mean_joint_error"] == pytest.approx(ratio, abs=1e-3)


def test_models_of_several_seeds_are_measured_together(walks):
    model, other = (load_model(paths.models() / f"humanoid-{name}.safetensors") for name in ("embedding", "ladder"))
    alone = [embedding_figures([one], walks)["mean_joint_error"] for one in (model, other)]
    together = embedding_figures([model, other], walks)
    assert together["models"] == 2
    assert together["mean_joint_error"] == pytest.approx(sum(alone) / 2, abs=2e-3)
    flat = load_model(paths.models() / "penn-embedding.safetensors")
    flat.size = 8
    with pytest.raises(PoseviewerError, match="dimensions"):
        embedding_figures([model, flat], walks)


def test_actions_without_training_clips_stand_apart(walks):
    clips = list(walks)
    with_new = Dataset.of([*clips, replace(clips[1], name="new", action="new")], "walks")
    told = embedding_figures([load_model(paths.models() / "humanoid-embedding.safetensors")], with_new)
    assert "new" in told["mean_joint_error_by_action"]
    known = told["actions_with_training_clips"]
    assert "new" not in known["mean_joint_error_by_action"] and known["ratio_to_pca"] > 0.0


def test_a_generator_is_measured_beside_the_last_frame(walks):
    figures = figures_of([load_model(paths.models() / "humanoid-generator-latent.safetensors")], walks)
    for kind in ("global", "local"):
        made, still = figures[f"mpjpe_{kind}"], figures[f"copy_last_{kind}"]
        assert list(made) == ["100_ms", "200_ms", "400_ms", "1000_ms"]
        assert made["200_ms"] < still["200_ms"]


def test_without_training_clips_there_is_no_pca(walks):
    embedding = load_model(paths.models() / "humanoid-embedding.safetensors")
    told = embedding_figures([embedding], Dataset.of([walks.clip(1)], "walks"))
    assert told["clips"] == 1 and not any("pca" in name for name in told)


def test_a_split_without_clips_says_so(walks):
    with pytest.raises(PoseviewerError, match="validation"):
        figures_of([load_model(paths.models() / "humanoid-embedding.safetensors")], walks, "validation")


def test_models_of_two_kinds_have_no_common_figures(walks):
    models = [load_model(paths.models() / f"humanoid-{name}.safetensors") for name in ("embedding", "generator-raw")]
    with pytest.raises(PoseviewerError, match="not of one kind"):
        figures_of(models, walks)
