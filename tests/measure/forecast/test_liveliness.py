import numpy as np

from poseviewer import paths
from poseviewer.data.dataset import Dataset
from poseviewer.measure.forecast.liveliness import figures, liveliness
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.nets.models.load import load_model


def test_rollouts_of_the_demos_walk_are_alive():
    with Dataset.open(paths.demo()) as demo:
        walk = demo.clip(demo.find("walk"))
    told = liveliness(load_model(paths.models() / "humanoid-generator-latent.safetensors"), [walk], frames=90)
    assert told["rollouts"] == 4 and told["frozen"] == told["flown"] == 0
    made, seed = told["clips"]["walk"]["rollout"], told["clips"]["walk"]["seed"]
    assert 0.3 < made["power"] / seed["power"] < 3.0
    assert 0.6 < made["speed"] / seed["speed"] < 1.6
    assert made["toe_slide"] < 0.4


def test_a_statue_has_no_power_and_does_not_slide():
    still = np.tile(np.random.default_rng(1).normal(size=(1, 18, 3)), (40, 1, 1))
    told = figures(still, HUMANOID, 30.0)
    assert told["power"] == told["jerk"] == told["toe_slide"] == told["speed"] == 0.0
