"""What a classifier makes of motions: the action that they keep, and the distance of their features."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.measure.verdicts.rollouts import Continued
from poseviewer.measure.verdicts.sets.classed import Classed, Reader, actions_shown, frechet
from poseviewer.nets.models.load import load_model
from tests.walking import walk

CLASSES = ("kick", "wave")


def test_an_action_is_kept_where_its_class_has_most_of_the_two_seconds_before():
    sure = np.log(np.array([[0.9, 0.1]]))
    kicks, waves = np.repeat(sure, 90, axis=0), np.repeat(sure[:, ::-1], 90, axis=0)
    turns = np.concatenate([waves[:30], kicks[:60]])
    made = [Continued(name, action, np.zeros((2, 1, 3)), np.zeros((90, 1, 3)))
            for name, action in (("a", "kick"), ("b", "wave"), ("c", "wave"), ("d", "swim"))]  # fmt: skip
    told = actions_shown(made, Classed([kicks, waves, turns, kicks], []), CLASSES, 30.0, [30, 60, 90])
    assert told["kept"] == [None, pytest.approx(2 / 3, abs=1e-3), pytest.approx(2 / 3, abs=1e-3)]  # swimming: no class
    assert told["by_action"] == {"kick": 1.0, "wave": 0.5}
    assert told["ends"] == {"kick": pytest.approx(0.7), "wave": pytest.approx(0.3)}


def test_the_distance_of_normal_distributions_is_that_of_their_means_and_deviations():
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(4000, 8))
    real = Classed([], [rows])
    assert frechet(real, real) == pytest.approx(0.0, abs=1e-6)
    moved = Classed([], [draw.normal(size=(4000, 8)) + np.eye(8)[0] * 2.0])
    assert frechet(moved, real) == pytest.approx(4.0, rel=0.1)
    wider = Classed([], [3.0 * draw.normal(size=(4000, 8))])
    assert frechet(wider, real) == pytest.approx(8 * 4.0, rel=0.1)  # (3 - 1)^2 in each of eight directions
    assert frechet(Classed([], [rows[:10]]), real) is None


def test_a_shipped_classifier_is_shown_motion_at_its_own_rate():
    classifier = load_model(paths.models() / "humanoid-classifier-raw.safetensors")
    motion = walk(130)
    told = Reader(classifier, 30.0).read([motion, motion[:90], np.full_like(motion, np.nan)])
    assert told.log[0].shape == (130, len(classifier.classes)) and told.features[0].shape[0] == 2
    own = classifier.log_probabilities(motion[None, ::2])[0]
    np.testing.assert_allclose(told.log[0][::2], own, atol=1e-5)
    np.testing.assert_array_equal(told.log[0][1::2], told.log[0][::2])
    assert np.isnan(told.log[2]).all() and not len(told.features[2])
