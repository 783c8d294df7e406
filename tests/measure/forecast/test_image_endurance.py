from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from poseviewer.measure.forecast.image_endurance import image_endurance
from poseviewer.motion.skeleton import PENN13
from poseviewer.nets.protocols import Step
from tests.measure.forecast.test_image_forecast import moving


class Gliding:
    """Every joint goes on by the same step, and grows."""

    skeleton, fps, context, stochastic, embedding_id = PENN13, 30.0, 10, False, None

    def __init__(self, step: float, growth: float = 1.0) -> None:
        self._step, self._growth = np.array([step, 0.0]), growth

    def start(self, seed: Any, *, number: int, samples: int) -> Any:
        return SimpleNamespace(poses=np.repeat(seed.positions[-1:], samples, axis=0))

    def step(self, state: Any, *, temperature: float) -> Any:
        middle = state.poses.mean(axis=1, keepdims=True)
        moved = SimpleNamespace(poses=middle + self._growth * (state.poses - middle) + self._step)
        return self.newest(moved), moved

    def newest(self, state: Any) -> Step:
        return Step(state.poses)


@pytest.mark.parametrize("frames", [1, 40])
def test_rollouts_of_less_than_a_hundred_frames_are_judged_by_what_they_have(frames: int) -> None:
    clip = replace(moving(0.01), image_size=(640, 480))
    told = [image_endurance(Gliding(step), [clip], frames) for step in (0.0, 0.01)]  # type: ignore[arg-type]
    assert [(row["frozen"], row["late_speed"]) for row in told] == [(4, 0.0), (0, pytest.approx(1.0, abs=0.01))]


@pytest.mark.parametrize(
    ("model", "left", "frozen", "size"),
    [(Gliding(0.02), 4, 0, 1.0), (Gliding(0.0), 0, 4, 1.0), (Gliding(0.001, 1.01), 0, 0, 2.0)],
)
def test_what_leaves_freezes_or_grows_is_counted(model: Any, left: int, frozen: int, size: float) -> None:
    clip = replace(moving(0.01), image_size=(640, 480))
    told = image_endurance(model, [clip], frames=120)
    assert (told["rollouts"], told["left"], told["frozen"]) == (4, left, frozen)
    assert told["late_size"][0] == pytest.approx(size, rel=0.1)
