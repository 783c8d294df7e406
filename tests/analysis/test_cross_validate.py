import json
import sys
from dataclasses import replace

import pytest

from poseviewer.analysis.cross_validate import cross_validate, folds_of, main
from poseviewer.data.dataset import DatasetWriter
from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import PENN13
from poseviewer.nets.train_classifier import ClassifierSettings
from tests.moving_figures import figures

SMALL = {"hidden": 8, "depth": 1, "frames": 16, "epochs": 15, "batch": 8, "rate": 0.03, "mixing": 0.0}


def test_an_action_is_dealt_out_evenly_and_the_same_each_time():
    actions = ["walk"] * 12 + ["run"] * 2
    fold = folds_of(actions, 1)
    assert (fold == folds_of(actions, 1)).all() and (fold != folds_of(actions, 2)).any()
    assert sorted(fold[:12].tolist()) == [0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 4]
    assert sorted(fold[12:].tolist()) == [0, 1]  # each of the two is left out alone


def test_every_clip_is_judged_by_a_network_that_did_not_see_it():
    clips = [*figures(16), replace(figures(1)[0], action="once")]
    told = cross_validate(clips, PENN13, "cnn", None, ClassifierSettings(**SMALL))
    assert told["clips"] == 16 and told["classes"] == 2 and told["folds"] == 5
    assert told["balanced_accuracy"] >= 0.5 and told["linear_balanced_accuracy"] > 0.8


def test_one_action_is_not_enough():
    clips = [replace(clip, action="wave") for clip in figures(6)]
    with pytest.raises(PoseviewerError, match="two actions"):
        cross_validate(clips, PENN13, "cnn", None, ClassifierSettings(**SMALL))


def test_the_command_prints_the_figures(tmp_path, monkeypatch, capsys):
    with DatasetWriter(tmp_path / "figures.h5") as writer:
        for clip in figures(10):
            writer.add(clip)
    words = ["cross_validate", "--data", str(tmp_path / "figures.h5"), "--skeleton", "penn13", "--arch", "gru"]
    words += [word for key, value in {**SMALL, "epochs": 1}.items() for word in ("--set", f"{key}={value}")]
    monkeypatch.setattr(sys, "argv", words)
    main()
    assert 0.0 <= json.loads(capsys.readouterr().out)["clip_accuracy"] <= 1.0
