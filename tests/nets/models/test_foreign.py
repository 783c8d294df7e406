"""Models of another package: tests/example_package, installed as an installer would."""

import sys
from pathlib import Path

import numpy as np
import pytest

from poseviewer.analysis.rollout import Rollout
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import HUMANOID, Skeleton
from poseviewer.nets.checkpoints import checkpoint
from poseviewer.nets.models import foreign
from poseviewer.nets.models.load import load_model
from tests.installing import install


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
    ("name", "words"),
    [
        ("broken", "its package fails: ImportError: no module named 'nowhere'"),
        ("hollow", "as an embedding it lacks encode, decode"),
        ("nothing", "no installed package offers a model of that name; installed: broken, .*swing-generator"),
    ],
)
def test_what_is_no_model_is_refused_in_one_sentence(installed, name, words):
    with pytest.raises(PoseviewerError, match=words):
        load_model(name)


@pytest.mark.parametrize(
    ("attribute", "value", "words"),
    [
        ("skeleton", "bones", "skeleton: it is no poseviewer Skeleton"),
        ("fps", 0.0, "fps: it is no number of frames a second"),
        ("context", "all", "context: it is no number of frames"),
    ],
)
def test_a_model_that_says_nonsense_of_itself_is_refused(installed, monkeypatch, attribute, value, words):
    from swing.models import SwingGenerator

    monkeypatch.setattr(SwingGenerator, attribute, value)
    with pytest.raises(PoseviewerError, match=words):
        load_model("swing-generator")


def test_an_answer_of_another_shape_is_a_sentence(pendulum):
    with pytest.raises(PoseviewerError, match=r"wide.*encode: it gives an array of shape \(25, 2\) where \(25, 5\)"):
        load_model("wide").encode(pendulum.positions)


def test_a_failure_in_its_code_is_a_sentence(pendulum):
    with pytest.raises(PoseviewerError, match=r"failing.*step: it fails: ZeroDivisionError: division by zero"):
        Rollout(load_model("failing"), pendulum).step()


def test_an_answer_of_another_kind_is_a_sentence(pendulum, monkeypatch):
    from swing.models import SwingEmbedding

    monkeypatch.setattr(SwingEmbedding, "encode", lambda self, poses, visible=None: poses)
    with pytest.raises(PoseviewerError, match="encode: it fails: ValueError: too many values to unpack"):
        load_model("swing-embedding").encode(pendulum.positions)


def test_its_card_names_what_it_is(installed):
    card = foreign.card_of("swing-classifier", load_model("swing-classifier"))
    assert (card.kind, card.package, card.entry_point) == ("classifier", "swing 1.0", "swing.models:SwingClassifier")
    assert (card.skeleton.name, card.fps, card.classes) == ("swing", 50.0, ("left", "still", "right"))


def test_a_file_of_that_name_comes_first(installed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert foreign.is_offered("swing-generator")
    (tmp_path / "swing-generator").write_bytes(b"no checkpoint")
    assert not foreign.is_offered("swing-generator")
    with pytest.raises(PoseviewerError, match="swing-generator"):
        load_model("swing-generator")
    assert "swing.models" not in sys.modules


def test_a_checkpoint_cannot_name_one(installed, tmp_path):
    """A file says its architecture by name: one that names an installed model is refused, and none of it is run."""
    path = tmp_path / "sly.safetensors"
    checkpoint.save(path, {"kind": "generator", "architecture": "swing-generator", "config": {}, "fps": 50.0,
                           "skeleton": checkpoint.skeleton_document(HUMANOID), "features": {},
                           "generation": {"context": 2}}, {"network/w": np.zeros((2, 2), np.float32)})  # fmt: skip
    with pytest.raises(PoseviewerError, match="architecture"):
        load_model(path)
    assert "swing.models" not in sys.modules


def test_the_twenty_lines_of_the_guide_are_a_generator(tmp_path, monkeypatch, demo):
    """What CONTRIBUTING.md shows, installed as it stands there."""
    guide = (Path(__file__).parents[3] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    code = guide.partition("```python\n")[2].partition("```")[0]
    (tmp_path / "glide.py").write_text(code)
    install(tmp_path, tmp_path, {"glide": "glide:Glide"}, "glide")
    monkeypatch.syspath_prepend(tmp_path)
    with Dataset.open(demo) as dataset:
        clip = dataset.clip(dataset.find("walk"))
    rollout = Rollout(load_model("glide"), clip, samples=2)
    rollout.step(5)
    last, before = rollout.seed.positions[-1], rollout.seed.positions[-2]
    np.testing.assert_allclose(rollout.poses[1, 4], last + 5 * (last - before), atol=1e-5)
    rollout.back(3)
    rollout.replace(pose=last)
    np.testing.assert_allclose(rollout.step(1)[0, 0], last + (last - before), atol=1e-5)
    assert rollout.select([1]).samples == 1
    sys.modules.pop("glide")


def test_those_in_torch_are_one_too_and_read_weights(tmp_path, monkeypatch, demo):
    import torch

    guide = (Path(__file__).parents[3] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (tmp_path / "stride.py").write_text(guide.split("```python\n")[2].partition("```")[0])
    install(tmp_path, tmp_path, {"stride": "stride:Stride"}, "stride")
    monkeypatch.syspath_prepend(tmp_path)
    network = torch.nn.Linear(540, 54)
    torch.nn.init.zeros_(network.weight)
    torch.nn.init.constant_(network.bias, 0.01)
    torch.save({f"network.{name}": value for name, value in network.state_dict().items()}, tmp_path / "e7.pt")
    with Dataset.open(demo) as dataset:
        clip = dataset.clip(dataset.find("walk"))
    model = foreign.load("stride", tmp_path / "e7.pt")
    rollout = Rollout(model, clip, samples=2)
    rollout.step(5)
    np.testing.assert_allclose(rollout.poses[1, 4], rollout.seed.positions[-1] + 0.05, atol=1e-5)
    rollout.replace(pose=rollout.seed.positions[-1])
    np.testing.assert_allclose(rollout.step(1)[0, 0], rollout.seed.positions[-1] + 0.01, atol=1e-5)
    with pytest.raises(PoseviewerError, match="its package fails: FileNotFoundError"):
        foreign.load("stride", tmp_path / "gone.pt")
    sys.modules.pop("stride")


def test_weights_for_a_model_that_reads_none_are_refused(installed, tmp_path):
    with pytest.raises(PoseviewerError, match=r"swing-generator.*load: it has none.*give its class load\(path\)"):
        foreign.load("swing-generator", tmp_path / "a.pt")


def test_joints_given_as_lists_are_tuples(installed, monkeypatch):
    from swing.models import SWING, SwingEmbedding

    lists = Skeleton("swing", list(SWING.joints), np.array([-1, 0, 1]), [[0, 1], [1, 2]], [0, 1, 2])
    monkeypatch.setattr(SwingEmbedding, "skeleton", lists)
    skeleton = load_model("swing-embedding").skeleton
    assert skeleton.same_as(SWING) and skeleton.mirror == (0, 1, 2)
    assert hash(skeleton.joints) == hash(SWING.joints)
