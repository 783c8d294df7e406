import pytest

from poseviewer.data.dataset import Dataset, DatasetWriter
from poseviewer.errors import PoseviewerError
from poseviewer.measure.classify.classifier import classifier_figures, figures_of
from poseviewer.measure.classify.clip_statistics import clip_statistics, linear_predictions
from poseviewer.motion.skeleton import PENN13
from poseviewer.nets.models.load import load_model
from poseviewer.train.run import train
from tests.moving_figures import figures


def test_accuracy_counts_clips_and_balanced_accuracy_actions():
    actions = ["walk"] * 8 + ["run"] * 2
    told = ["walk"] * 8 + ["walk", "run"]
    figures = figures_of(actions, told, None)
    assert figures["clip_accuracy"] == 0.9 and figures["balanced_accuracy"] == 0.75
    assert figures["accuracy_by_action"] == {"run": 0.5, "walk": 1.0}
    low, high = figures["clip_accuracy_interval"]
    assert 0.6 <= low < 0.9 < high <= 1.0


def test_a_gain_over_the_linear_model_is_paired():
    actions = ["walk", "run"] * 50
    same = figures_of(actions, actions, actions)
    assert same["clip_accuracy_gain_interval"] == [0.0, 0.0]
    better = figures_of(actions, actions, ["walk"] * 100)
    assert better["clip_accuracy_gain_interval"][0] > 0.3 and better["linear_clip_accuracy"] == 0.5


def test_statistics_of_a_clip_tell_waving_from_kicking():
    clips = figures(24)
    training = [clip for clip in clips if clip.split == "train"]
    tests = [clip for clip in clips if clip.split == "test"]
    assert linear_predictions(training, tests, PENN13) == [clip.action for clip in tests]
    assert clip_statistics(clips[0].cut(0, 1), PENN13).shape == clip_statistics(clips[0], PENN13).shape


@pytest.fixture(scope="module")
def model_and_data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("classifier")
    with DatasetWriter(folder / "figures.h5") as writer:
        for clip in figures(24):
            writer.add(clip)
    settings = {
        "hidden": "16",
        "depth": "1",
        "frames": "16",
        "epochs": "30",
        "batch": "4",
        "rate": "0.02",
        "mixing": "0",
    }
    out = folder / "c.safetensors"
    list(train("classifier", folder / "figures.h5", out, settings=settings, skeleton="penn13", space="raw"))
    return out, folder / "figures.h5"


def test_a_classifier_is_measured_beside_the_linear_model(model_and_data):
    path, data = model_and_data
    with Dataset.open(data) as dataset:
        measured = classifier_figures(load_model(path), dataset)
        held = classifier_figures(load_model(path), dataset, "validation")
        with pytest.raises(PoseviewerError, match="nothing"):
            classifier_figures(load_model(path), dataset, "nothing")
    assert measured["clips"] == 6 and measured["split"] == "test" and measured["clip_accuracy"] > 0.8
    assert measured["linear_clip_accuracy"] > 0.8 and held["clips"] == 2


def test_of_one_action_there_is_no_linear_model(model_and_data):
    with Dataset.open(model_and_data[1]) as dataset:
        waving = Dataset.of([clip for clip in dataset if clip.action == "wave"], "waving")
    measured = classifier_figures(load_model(model_and_data[0]), waving)
    assert list(measured["accuracy_by_action"]) == ["wave"] and "linear_clip_accuracy" not in measured


def test_the_command_prints_the_figures(model_and_data, capsys):
    import json

    from poseviewer.cli import main

    path, data = model_and_data
    assert main(["evaluate", str(path), "--data", str(data), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["clip_accuracy"] > 0.8 and told["balanced_accuracy"] > 0.8
    assert main(["evaluate", str(path), "--data", str(data), "--split", "validation"]) == 0
    assert "clip_accuracy" in capsys.readouterr().out
    assert main(["evaluate", str(data.with_name("no.safetensors")), "--data", str(data)]) == 1
