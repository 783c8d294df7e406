from dataclasses import replace

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.data.dataset import Dataset
from poseviewer.measure.forecast.baselines import BASELINES, Ridge, constant_velocity, copy_last
from poseviewer.measure.forecast.forecast import KEYS, forecast_figures
from poseviewer.motion.clip import unrolled
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.nets.models.load import load_model


def errors(made, true):
    return np.abs(made - true).mean(axis=-1)


def motions(count, seed, noise=0.0):
    """Sine waves of one frequency: contexts (W, 10) and the changes (W, 2, 1) three and six frames on."""
    draw = np.random.default_rng(seed)
    time = np.arange(16) * 0.3 + draw.uniform(0, 6, (count, 1))
    waves = draw.uniform(0.5, 2.0, (count, 1)) * np.sin(time) + noise * draw.normal(size=time.shape)
    return waves[:, :10], (waves[:, [12, 15]] - waves[:, [9]])[..., None]


def test_the_simple_ones_do_what_they_say():
    context = np.array([[[0.0], [1.0], [3.0]]])
    np.testing.assert_array_equal(copy_last(context, (1, 4))[0, :, 0], [3.0, 3.0])
    np.testing.assert_array_equal(constant_velocity(context, (1, 4))[0, :, 0], [5.0, 11.0])


def test_ridge_continues_a_wave_that_the_simple_ones_cannot():
    ridge = Ridge.fit(*motions(200, 1), motions(50, 2), errors)
    context, change = motions(50, 3)
    assert errors(ridge(context), change).max() < 0.02
    assert np.abs(change).mean() > 0.5


def test_ridge_shrinks_more_where_the_data_are_noise():
    clear = Ridge.fit(*motions(60, 1), motions(40, 2), errors)
    noisy = Ridge.fit(*motions(60, 1, noise=1.0), motions(40, 2, noise=1.0), errors)
    assert min(noisy.alphas) > max(clear.alphas)


@pytest.mark.parametrize("name", ["raw", "textbook"])
def test_a_generator_is_measured_beside_all_baselines_with_intervals(name):
    """A walk to learn from, one that the model's training set aside to choose by, and one that is judged."""
    model = load_model(paths.models() / f"humanoid-generator-{name}.safetensors")
    with Dataset.open(paths.demo()) as demo:
        short = [demo.clip(demo.find(part)).onto(HUMANOID) for part in ("walk", "turn_left0", "0walk_forward")]
    walk, aside, judged = (replace(unrolled(clip, 60), action="walk", split="train", loop=False) for clip in short)
    clips = [walk, replace(aside, name=min(model.card.set_aside)), replace(judged, split="test")]
    told = forecast_figures([model], Dataset.of(clips, "walks"))
    assert (told["clips"], told["windows"], told["models"]) == (1, 5, 1) and told["mpjpe"] > 0.0
    for kind in ("global", "local"):
        for of in ("mpjpe", *BASELINES):
            assert list(told[f"{of}_{kind}"]) == list(KEYS) and min(told[f"{of}_{kind}"].values()) > 0.0
        for baseline in BASELINES:
            against = told[f"against_{baseline}_{kind}"]["400_ms"]
            difference = told[f"mpjpe_{kind}"]["400_ms"] - told[f"{baseline}_{kind}"]["400_ms"]
            assert against["difference"] == pytest.approx(difference, abs=0.011)
            low, high = against["difference_interval"]
            assert low <= against["difference"] <= high
