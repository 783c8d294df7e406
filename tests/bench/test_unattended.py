"""A bench without a window: which frames are the seed, how they are counted, and what is generated from them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from poseviewer.bench.unattended import generated, laid_out
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID, PENN13
from poseviewer.nets.protocols import Step
from tests.linear_world import FRAMES, clips


class Rising:
    """Goes on from the seed's last pose, a centimetre a frame upwards."""

    skeleton, fps, context, stochastic, embedding_id = HUMANOID, 30.0, 4, False, None

    def start(self, seed: Clip, *, number: int, samples: int) -> Any:
        return np.repeat(seed.positions[-1:], samples, axis=0)

    def step(self, state: Any, *, temperature: float) -> tuple[Step, Any]:
        higher = state + np.array([0.0, 0.01, 0.0])
        return Step(higher), higher


@pytest.fixture
def dataset() -> Dataset:
    one, other = clips()
    return Dataset.of([replace(one, loop=False), replace(other, loop=False, seed_frames=20)], "two")


def test_a_clip_by_itself_is_shown_whole_and_counted_from_its_start(dataset: Dataset) -> None:
    bench = laid_out(dataset, 0, None, None, theme="light", trails=False)
    assert (bench.clip_index, bench.seed, bench.look.counted_from) == (0, (0, FRAMES), "start")
    assert (bench.look.theme, bench.look.trails, bench.look.labels) == ("light", False, True)
    assert bench.datasets == [dataset] and bench.lane.generator is None


def test_what_its_file_says_was_generated_begins_behind_the_seed(dataset: Dataset) -> None:
    bench = laid_out(dataset, 1, None, None)
    assert (bench.clip_index, bench.seed, bench.look.counted_from) == (1, (0, 20), "seed")


def test_a_generator_goes_on_from_as_many_frames_as_it_is_given(dataset: Dataset) -> None:
    bench = laid_out(dataset, 0, Rising(), 12)  # type: ignore[arg-type]
    assert bench.seed == (0, 12) and bench.clip is not None
    bench.put(replace(bench.lane, number=3))
    steps = list(generated(bench, 5))
    assert [(step.done, step.total) for step in steps] == [(k, 5) for k in range(1, 6)]
    assert bench.lane.horizon == 5 and bench.lane.rollout is not None and bench.lane.rollout.number == 3
    expected = bench.clip.positions[11] + np.arange(1, 6)[:, None, None] * [0.0, 0.01, 0.0]
    np.testing.assert_allclose(bench.lane.rollout.poses[0], expected, atol=1e-5)


def test_two_generators_go_on_from_the_same_frames(dataset: Dataset) -> None:
    bench = laid_out(dataset, 0, Rising(), 12, Rising(), theme="light")  # type: ignore[arg-type]
    steps = list(generated(bench, 5))
    assert [(step.done, step.total) for step in steps] == [(k, 10) for k in range(1, 11)]
    assert [(lane.name, lane.role, lane.horizon) for lane in bench.lanes] == [
        ("A", "generated_a", 5),
        ("B", "generated_b", 5),
    ]
    one, other = (lane.tracks[0].positions for lane in bench.lanes)
    np.testing.assert_array_equal(one, other)


def test_what_cannot_go_on_says_so(dataset: Dataset) -> None:
    with pytest.raises(PoseviewerError, match=f"{FRAMES} frames, fewer than --seed-frames {FRAMES + 1}"):
        laid_out(dataset, 0, Rising(), FRAMES + 1)  # type: ignore[arg-type]
    assert laid_out(dataset, 0, Rising(), FRAMES).seed == (0, FRAMES)  # type: ignore[arg-type]
    flat = Dataset.of([Clip(PENN13, np.zeros((20, 13, 2), np.float32), 30.0, "flat")], "flat")
    bench = laid_out(flat, 0, Rising(), None)  # type: ignore[arg-type]
    assert "penn13" in bench.lane.misfit
    with pytest.raises(PoseviewerError, match="name another model") as told:
        list(generated(bench, 5))
    assert bench.lane.misfit.rstrip(".") in told.value.sentence()
