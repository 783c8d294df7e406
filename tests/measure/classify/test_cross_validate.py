from dataclasses import replace

import pytest

from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.classify.cross_validate import cross_validate, pooled_figures, recipe_figures
from poseviewer.motion.skeleton import PENN13
from poseviewer.train.classifier import ClassifierSettings
from poseviewer.train.corpus import folds_of
from tests.moving_figures import figures

SMALL = {"hidden": 8, "depth": 1, "frames": 16, "epochs": 15, "batch": 8, "rate": 0.03, "mixing": 0.0}


def test_an_action_is_dealt_out_evenly_and_the_same_each_time():
    actions = ["walk"] * 12 + ["run"] * 2
    fold = folds_of(actions, 1)
    assert (fold == folds_of(actions, 1)).all() and (fold != folds_of(actions, 2)).any()
    assert sorted(fold[:12].tolist()) == [1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 5]
    assert sorted(fold[12:].tolist()) == [1, 2]  # each of the two is left out alone


def test_every_clip_is_judged_by_a_network_that_did_not_see_it():
    clips = [*figures(16), replace(figures(1)[0], action="once")]
    told = cross_validate(clips, PENN13, "cnn", None, ClassifierSettings(**SMALL))
    assert told["clips"] == 16 and told["classes"] == 2 and told["folds"] == 5 and told["repeats"] == 1
    assert told["balanced_accuracy"] >= 0.5 and told["linear_balanced_accuracy"] > 0.8


def test_answers_are_pooled_over_the_dealings():
    actions = ["walk"] * 8 + ["run"] * 2
    first = ["walk"] * 8 + ["walk", "run"]
    answers = {"": [first, list(actions)], "linear": [["walk"] * 10] * 2, "unweighted_linear": [actions, actions]}
    told = pooled_figures(actions, answers)
    assert told["balanced_accuracy"] == 0.875 and told["balanced_accuracy_by_repeat"] == [0.75, 1.0]
    assert told["accuracy_by_action"] == {"run": 0.75, "walk": 1.0} and told["taken_for"] == {"run for walk": 1}
    low, high = told["balanced_accuracy_interval"]
    assert low == 0.75 and high == 1.0  # every resample has both actions
    assert told["gain_over_linear"] == 0.375 and told["gain_over_linear_interval"] == [0.25, 0.5]
    assert told["gain_over_unweighted_linear"] == -0.125


def test_actions_can_count_as_one():
    clips = [replace(clip, action="kick hard" if i % 4 == 1 else clip.action) for i, clip in enumerate(figures(16))]
    told = cross_validate(
        clips, PENN13, "cnn", None, ClassifierSettings(**{**SMALL, "epochs": 2}), repeats=2, same=("kick", "kick hard")
    )
    assert told["classes"] == 3 and told["repeats"] == 2
    assert set(told["counted_as_one"]["accuracy_by_action"]) == {"kick or kick hard", "wave"}
    assert told["counted_as_one"]["clip_accuracy"] >= told["clip_accuracy"]


def test_one_action_is_not_enough():
    clips = [replace(clip, action="wave") for clip in figures(6)]
    with pytest.raises(PoseviewerError, match="two actions"):
        cross_validate(clips, PENN13, "cnn", None, ClassifierSettings(**SMALL))


def test_a_recipe_is_named_by_words():
    dataset = Dataset.of(figures(10), "figures")
    settings = [(key, str(value)) for key, value in {**SMALL, "epochs": 1}.items()]
    told = recipe_figures(dataset, "penn13", "gru", settings=settings)
    assert told["clips"] == 10 and 0.0 <= told["clip_accuracy"] <= 1.0
    for wrong in ({"skeleton": "octopus"}, {"arch": "oracle"}):
        with pytest.raises(PoseviewerError, match="choose one of"):
            recipe_figures(dataset, **wrong)
