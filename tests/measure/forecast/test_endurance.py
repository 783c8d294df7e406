from dataclasses import replace

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.forecast.endurance import endurance, endurance_figures
from poseviewer.measure.forecast.sampling import sampling
from poseviewer.measure.forecast.yardstick import Yardstick
from poseviewer.motion.clip import unrolled
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.nets.models.load import load_model


@pytest.fixture(scope="module")
def walks():
    with Dataset.open(paths.demo()) as demo:
        clips = [demo.clip(demo.find(name)).onto(HUMANOID) for name in ("walk", "0walk_forward")]
    return [replace(unrolled(clip, 320), action="walk", loop=False) for clip in clips]


@pytest.fixture(scope="module")
def yardstick(walks):
    return Yardstick.of(walks, HUMANOID, 30.0)


@pytest.fixture(scope="module")
def generator():
    return load_model(paths.models() / "humanoid-generator-latent.safetensors")


def test_real_motion_is_within_its_own_range_and_a_statue_is_not(yardstick, walks):
    assert yardstick.inside(yardstick.windows(walks[0].positions)).mean() > 0.5
    statue = np.repeat(walks[0].positions[:1], 100, axis=0)
    assert not yardstick.inside(yardstick.windows(statue)).any()
    shaking = walks[0].positions + np.random.default_rng(1).normal(0, 0.02, walks[0].positions.shape)
    assert not yardstick.inside(yardstick.windows(shaking)).any()


def test_the_nearest_training_pose_of_a_training_pose_is_itself_whatever_the_stature(yardstick, walks):
    assert yardstick.nearest(walks[0].positions[:20]).max() < 1e-3
    assert yardstick.nearest(1.3 * walks[0].positions[:20]).max() < 1e-3
    bent = np.array(walks[0].positions[:20])
    bent[:, HUMANOID.joints.index("head")] += [0.3, 0.0, 0.0]
    assert yardstick.nearest(bent).min() > 0.01


def test_rollouts_are_judged_against_real_motion(generator, yardstick, walks):
    told = endurance(generator, walks[:1], yardstick, [walks[1]], frames=128)
    assert told["rollouts"] == 1 and told["frozen"] == told["flown"] == 0
    assert told["largest_bone_change"] < 1e-3
    assert 0.0 <= told["windows_inside_share"] <= 1.0 and told["nearest_training_pose_cm"] > 0.0


def test_what_cannot_be_compared_is_a_sentence(generator, walks):
    judged = [replace(walks[0], split="test")]
    learned = [replace(walks[1].cut(0, length), split="train") for length in (60, 320)]
    for clips in (judged, [*judged, learned[0]], [*judged, replace(learned[1], action="run")]):
        with pytest.raises(PoseviewerError, match="no training clips of the actions"):
            endurance_figures(generator, Dataset.of(clips, "walks"))
    with pytest.raises(PoseviewerError, match="63 are fewer than a window"):
        endurance_figures(generator, Dataset.of([*judged, learned[1]], "walks"), frames=63)
    for clip in (replace(walks[0], action="run"), walks[0].cut(0, 20)):
        with pytest.raises(PoseviewerError, match="no clips of one action"):
            sampling(generator, [clip], learned)


def test_samples_differ_and_the_best_of_them_is_no_worse_than_their_mean(generator, walks):
    short = [walk.cut(0, 60) for walk in walks]
    told = sampling(generator, short[:1], [walk.cut(60, 320) for walk in walks])
    assert told["spread_cm"] > 0.1 and told["real_spread_cm"] > 0.1
    assert 0.2 < told["best_to_temperature_0"]["ratio"] < 2.0
    assert all(told[key] == round(told[key], 2) for key in told if key.endswith("_cm"))
    assert told["best_of_16_at_one_second_cm"] < told["spread_cm"] + told["temperature_0_at_one_second_cm"]
