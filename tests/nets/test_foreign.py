"""Models of another package: tests/example_package, installed as an installer would."""

import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

from poseviewer.analysis.rollout import Rollout
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.nets import foreign
from poseviewer.nets.model import load_model

EXAMPLE = Path(__file__).parent.parent / "example_package"


def install(site: Path, package: Path, points: dict[str, str], name: str) -> None:
    """What pip would leave behind: the package's folder on the path, and its entry points."""
    info = site / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    lines = [f"{point} = {value}" for point, value in points.items()]
    (info / "entry_points.txt").write_text("\n".join([f"[{foreign.GROUP}]", *lines]) + "\n")
    (site / f"{name}.pth").write_text(f"{package}\n")


@pytest.fixture
def installed(tmp_path, monkeypatch):
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    install(tmp_path, EXAMPLE, project["entry-points"][foreign.GROUP], project["name"])
    install(tmp_path, tmp_path, {"broken": "swing.nowhere:Model", "hollow": "swing.models:SWING.name.upper"}, "other")
    monkeypatch.syspath_prepend(EXAMPLE)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in [name for name in sys.modules if name.partition(".")[0] == "swing"]:
        del sys.modules[name]


@pytest.fixture
def pendulum(installed):
    """A second of it at 25 frames/s, half the model's rate, let go at 0.5 radians."""
    from swing.models import SWING, Placement, poses_of

    time = np.arange(25) / 25.0
    angles = 0.5 * np.cos(np.sqrt(9.81) * time)[:, None] * [1.0, 1.0]
    at = Placement(np.tile([0.0, 2.0, 0.0], (25, 1)), np.zeros(25), np.full(25, 2.0), np.tile([0.0, 1.0, 1.0], (25, 1)))
    return Clip(SWING, poses_of(angles, at), 25.0, "pendulum")


def test_installed_models_are_listed_without_running_them(installed):
    assert {"swing-embedding", "swing-classifier", "swing-generator", "broken"} <= set(foreign.names())
    assert "swing.models" not in sys.modules


def test_its_generator_rolls_out_on_its_own_skeleton_and_rate(pendulum):
    model = load_model("swing-generator")
    rollout = Rollout(model, pendulum, samples=3, temperature=0.0)
    rollout.step(50)
    assert rollout.fps == 50.0 and rollout.poses.shape == (3, 50, 3, 3)
    time = 0.96 + np.arange(1, 51) / 50.0
    angle = np.arctan2(rollout.poses[0, :, 1, 0], 2.0 - rollout.poses[0, :, 1, 1])
    assert np.abs(angle - 0.5 * np.cos(np.sqrt(9.81) * time)).max() < 0.15
    rollout.back(20)
    again = rollout.step(20)
    np.testing.assert_allclose(again, rollout.poses[:, 30:])


def test_its_samples_differ_at_temperature_one_and_are_the_same_again(pendulum):
    first, second = (Rollout(load_model("swing-generator"), pendulum, samples=2, number=5) for _ in range(2))
    np.testing.assert_array_equal(first.step(10), second.step(10))
    assert np.abs(first.poses[0] - first.poses[1]).max() > 1e-3


def test_its_embedding_and_classifier_speak_poses(pendulum):
    embedding, classifier = load_model("swing-embedding"), load_model("swing-classifier")
    posterior, at = embedding.encode(pendulum.positions)
    np.testing.assert_allclose(embedding.decode(posterior.latent, at).poses, pendulum.positions, atol=1e-6)
    told = classifier.log_probabilities(pendulum.positions[None])
    assert told.shape == (1, 25, 3)
    np.testing.assert_allclose(np.exp(told).sum(axis=-1), 1.0, atol=1e-6)
    assert classifier.classes[told[0, 10].argmax()] == "left"


@pytest.mark.parametrize(
    ("name", "words"), [("broken", "its package fails"), ("hollow", "lacks"), ("nothing", "no such file|no installed")]
)
def test_what_is_no_model_is_refused_in_one_sentence(installed, name, words):
    with pytest.raises(PoseviewerError, match=words):
        foreign.load(name)
