"""The raw and the textbook generator, trained on the demo's walks for a moment."""

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.analysis.rollout import Rollout
from poseviewer.data.dataset import Dataset, DatasetWriter
from poseviewer.errors import PoseviewerError
from poseviewer.measure.forecast.forecast import forecast_figures
from poseviewer.motion.clip import unrolled
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.nets.models.load import load_model
from poseviewer.nets.spaces.world import bone_lengths
from poseviewer.train.run import train

SMALL = {
    "gru": {"hidden": "32", "noise": "4", "width": "32", "horizon": "6", "windows": "128", "batch": "32",
            "warmup": "2", "epochs": "2", "speeds": "1", "rigs": "0"},
    "textbook": {"hidden": "32", "epochs": "6"},
}  # fmt: skip


@pytest.fixture(scope="module")
def walks(tmp_path_factory):
    from dataclasses import replace

    path = tmp_path_factory.mktemp("data") / "walks.h5"
    with Dataset.open(paths.demo()) as demo, DatasetWriter(path) as writer:
        for name in ("walk", "0walk_forward", "turn_left0", "turn_left1", "turn_right0"):
            clip = unrolled(demo.clip(demo.find(name)).onto(HUMANOID), 90)
            split = "test" if name == "turn_right0" else "train"
            writer.add(replace(clip, action="walk", split=split, loop=False))
    return path


@pytest.fixture(scope="module", params=sorted(SMALL))
def model(request, walks, tmp_path_factory):
    out = tmp_path_factory.mktemp("models") / "g.safetensors"
    list(train("generator", walks, out, arch=request.param, settings=SMALL[request.param], space="raw"))
    return load_model(out)


def test_it_stands_on_no_embedding_and_keeps_the_seeds_bones(model, walks):
    with Dataset.open(walks) as dataset:
        seed = dataset.clip(0)
    assert model.embedding_id is None and model.stochastic == (model.card.architecture == "gru")
    rollout = Rollout(model, seed, samples=2)
    poses = rollout.step(40)
    assert np.isfinite(poses).all() and rollout.newest.latents is None
    expected = np.broadcast_to(bone_lengths(seed.positions[-1:], HUMANOID), (40, 18))
    np.testing.assert_allclose(bone_lengths(poses[0], HUMANOID), expected, atol=1e-4)
    spread = np.abs(poses[0] - poses[1]).max()
    assert spread > 1e-4 if model.stochastic else spread < 1e-6


def test_it_is_measured_beside_all_baselines_with_intervals(model, walks):
    with Dataset.open(walks) as dataset:
        told = forecast_figures([model], dataset)
    assert told["windows"] > 3 and told["mpjpe"] > 0.0
    for kind in ("global", "local"):
        for name in ("mpjpe", "copy_last", "constant_velocity", "ridge"):
            assert list(told[f"{name}_{kind}"]) == ["100_ms", "200_ms", "400_ms", "1000_ms"]
        against = told[f"against_ridge_{kind}"]["400_ms"]
        low, high = against["difference_interval"]
        assert low <= against["difference"] <= high


def test_the_denoiser_and_the_momentum_can_be_left_out(walks, tmp_path):
    out = tmp_path / "plain.safetensors"
    settings = {**SMALL["gru"], "epochs": "1", "warmup": "0", "restore": "0", "momentum": "0"}
    list(train("generator", walks, out, settings=settings, space="raw"))
    plain = load_model(out)
    assert plain.network.denoiser is None and plain.network.momentum is None
    with Dataset.open(walks) as dataset:
        assert np.isfinite(Rollout(plain, dataset.clip(0)).step(5)).all()


def test_a_pose_by_hand_needs_all_its_joints(model, walks):
    with Dataset.open(walks) as dataset:
        rollout = Rollout(model, dataset.clip(0))
    pose = rollout.step(3)[0, -1].copy()
    pose[4] = np.nan
    with pytest.raises(PoseviewerError, match="unknown"):
        rollout.replace(pose=pose)
    assert np.isfinite(rollout.step(3)).all()


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
)
def test_settings_that_no_model_can_have_are_refused(walks, tmp_path, setting):
    with pytest.raises(PoseviewerError, match=f"--set {next(iter(setting))}"):
        list(train("generator", walks, tmp_path / "g.safetensors", settings=setting, space="raw"))
