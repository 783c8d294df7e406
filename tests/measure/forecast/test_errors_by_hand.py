"""Forecast errors of motions whose future is known by hand."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from poseviewer.measure.forecast.forecast import tables, window_errors
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.nets.protocols import Step
from tests.render.scenes import standing


def sliding(frames=120, yaw=0.7, speed=1.5, rising=0.2):
    """A stiff person that slides to its left and rises, metres a second: copying its last pose errs by both."""
    turned = np.array([[np.cos(yaw), 0.0, -np.sin(yaw)], [0.0, 1.0, 0.0], [np.sin(yaw), 0.0, np.cos(yaw)]])
    path = np.arange(frames)[:, None, None] / 30.0 * (np.array([speed, rising, 0.0]) @ turned)
    poses = standing() @ turned + path + [3.0, 0.0, -2.0]
    return Clip(HUMANOID, poses.astype(np.float32), 30.0, "slides", action="a")


class Glide:
    """Goes on as the last two poses moved, `more` metres a frame faster to the world's +x, and turns to no side."""

    skeleton, fps, context, stochastic, embedding_id = HUMANOID, 30.0, 2, False, None

    def __init__(self, more=0.0):
        self.more = np.array([more, 0.0, 0.0])

    def start(self, seed, *, number=0, samples=1):
        return SimpleNamespace(pose=seed.positions[-1:], step=seed.positions[-1] - seed.positions[-2] + self.more)

    def step(self, state, *, temperature=1.0):
        following = SimpleNamespace(pose=state.pose + state.step, step=state.step)
        return Step(following.pose), following


def figures(models, clips):
    return tables(*window_errors(models, clips, [], []), {clip.action for clip in clips})


AHEAD = {"100_ms": 0.1, "200_ms": 0.2, "400_ms": 0.4, "1000_ms": 1.0}


def test_a_generator_that_is_right_errs_by_nothing_and_the_last_pose_by_the_way_that_was_gone():
    told = figures([Glide()], [sliding()])
    for key, seconds in AHEAD.items():
        assert told["mpjpe_global"][key] == pytest.approx(0.0, abs=0.02)
        assert told["mpjpe_local"][key] == pytest.approx(0.0, abs=0.02)
        assert told["copy_last_global"][key] == pytest.approx(100 * seconds * np.hypot(1.5, 0.2), abs=0.02)
        assert told["copy_last_local"][key] == pytest.approx(0.0, abs=0.02)  # about its root it never moves
        assert told["constant_velocity_global"][key] == pytest.approx(0.0, abs=0.02)
    assert told["mpjpe"] == pytest.approx(0.0, abs=0.02)


def test_errors_are_centimetres_in_the_world_and_means_over_models_and_actions():
    """One model drifts by 1 cm a frame, one by 3; two clips of one action count as one of the other."""
    clips = [sliding(), replace(sliding(yaw=2.0), name="b"), replace(sliding(speed=0.5), name="c", action="c")]
    told = figures([Glide(0.01), Glide(0.03)], clips)
    for key, seconds in AHEAD.items():
        assert told["mpjpe_global"][key] == pytest.approx(2.0 * 30 * seconds, abs=0.05)
        still = (np.hypot(1.5, 0.2) + np.hypot(0.5, 0.2)) / 2
        assert told["copy_last_global"][key] == pytest.approx(100 * seconds * still, abs=0.05)
    assert told["mpjpe"] == pytest.approx(np.mean([60 * s for s in AHEAD.values()]), abs=0.05)
    against = told["against_copy_last_global"]["1000_ms"]
    assert against["difference"] == pytest.approx(60.0 - 100 * still, abs=0.05)
    assert against["ratio"] == pytest.approx(0.6 / still, abs=0.01)
