import numpy as np

from poseviewer import paths
from poseviewer.analysis.statistics.statistic import Judged
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


def test_figures_are_those_of_the_motion():
    """Ten frames a second of a body that glides along x and z, one toe on the ground, the other in the air."""
    poses = np.zeros((40, 18, 3))
    poses[:, HUMANOID.root, 1] = np.linspace(0.9, 1.0, 40)
    poses[:, HUMANOID.joints.index("right_toe"), 1] = np.r_[0.0, 0.0, 0.0, np.full(37, 0.5)]
    poses += np.arange(40)[:, None, None] * [0.03, 0.0, 0.04]
    told = figures(Judged.of(np.stack([poses, 0.0 * poses]), HUMANOID, 10.0), HUMANOID)
    assert told[0]["speed"] == told[0]["toe_slide"] == 0.5  # 5 cm a frame
    assert (told[0]["lowest_root"], told[0]["highest_root"]) == (0.9, 1.0)
    assert set(told[1].values()) == {0.0}
