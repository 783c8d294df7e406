import numpy as np
import pytest

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


@pytest.mark.parametrize("fps", [10.0, 30.0])
def test_figures_of_a_motion_by_hand(fps):
    """A body that goes along z as t^3 / 6 + 2 t and rises by 0.1 m/s: a jerk of 1 m/s^3, whatever the frame rate."""
    time = np.arange(round(2 * fps)) / fps
    path = np.stack([0 * time, 1.0 + 0.1 * time, time**3 / 6 + 2 * time], axis=-1)
    pose = np.random.default_rng(1).normal(size=(18, 3))
    pose[HUMANOID.root] = 0.0
    (told,) = figures(Judged.of((path[:, None] + pose)[None], HUMANOID, fps), HUMANOID)
    assert told["jerk"] == pytest.approx(1.0, abs=2e-3)
    assert told["power"] == pytest.approx(0.0, abs=1e-6)  # of the joints about the root
    assert told["speed"] == pytest.approx((path[-1, 2] - path[0, 2]) / time[-1], abs=2e-3)
    assert (told["lowest_root"], told["highest_root"]) == pytest.approx((1.0, path[-1, 1]), abs=1e-3)


def test_a_toe_slides_as_far_as_it_goes_on_the_ground():
    """Both feet stand and are dragged along by 0.2 m/s, across and ahead; one that is lifted does not count."""
    poses = np.tile(np.random.default_rng(1).normal(size=(1, 18, 3)), (60, 1, 1))
    toes = [HUMANOID.joints.index(f"{side}_toe") for side in ("left", "right")]
    poses[:, toes, 1] = 0.0
    poses[:, toes[0], 0] += 0.2 * np.arange(60) / 30.0
    poses[:, toes[1], 2] += 0.2 * np.arange(60) / 30.0
    poses[20:, toes[1], 2] += np.arange(40)
    poses[20:, toes[1], 1] = 0.5
    (told,) = figures(Judged.of(poses[None], HUMANOID, 30.0), HUMANOID)
    assert told["toe_slide"] == pytest.approx(0.2, abs=1e-3)
