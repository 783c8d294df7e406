"""The bench's plain state: the rate that frames are counted in, the seed that a generator is given, whose latents."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from poseviewer.bench.bench import Bench
from poseviewer.bench.lane import Lane
from poseviewer.motion.skeleton import HUMANOID, Skeleton
from tests.bench.test_track import walking


def generator(fps: float, skeleton: Skeleton = HUMANOID, embedding_id: str | None = None) -> Any:
    return SimpleNamespace(fps=fps, skeleton=skeleton, embedding_id=embedding_id)


def bench_at(fps: float, of: Any) -> Bench:
    """A walk of 80 frames at 30 frames/s, resampled, before a generator."""
    bench = Bench(lanes=(Lane(of),))
    bench.place(walking(frames=80, loop=False).resample(fps))
    return bench


def test_frames_count_in_the_generator_s_rate_where_it_reads_the_clip() -> None:
    rope = Skeleton.tree("rope", ("a", "b"), (-1, 0))
    assert (bench_at(120.0, None).fps, bench_at(120.0, generator(30.0)).fps) == (120.0, 30.0)
    other = bench_at(120.0, generator(30.0, rope))
    assert other.lane.misfit and other.fps == 120.0
    assert bench_at(120.0, generator(30.0)).shown_fps == 120.0


@pytest.mark.parametrize("time", [0.0, 0.01, 0.25, 0.6, 0.9917, 1.5])
def test_a_frame_s_number_leads_back_to_it(time: float) -> None:
    bench = bench_at(120.0, generator(30.0))
    frame = bench.relative_frame(time)
    assert frame >= bench.first_frame
    assert abs(bench.time_of_relative(frame) - time) < 0.5 / 30.0 + 1.0 / 119.0
    assert bench.relative_frame(bench.time_of_relative(frame)) == frame


@pytest.mark.parametrize(("fps", "rate"), [(120.0, 30.0), (60.0, 30.0), (100.0, 30.0), (25.0, 50.0), (30.0, 30.0)])
def test_the_last_frame_of_the_seed_is_the_last_that_the_generator_reads(fps: float, rate: float) -> None:
    bench = bench_at(fps, generator(rate))
    assert bench.read is not None
    bench.seed = (2, 50)
    seed = bench.lane.seed_clip(bench.seed)
    assert seed is not None and len(seed) >= 36
    np.testing.assert_allclose(seed.resample(rate).positions[-1], bench.read.positions[49], atol=1e-6)


def test_a_seed_at_the_generator_s_rate_and_a_short_one_are_given_whole() -> None:
    for fps, stop in ((30.0, 30), (120.0, 3)):
        bench = bench_at(fps, generator(30.0))
        bench.seed = (0, stop)
        seed = bench.lane.seed_clip(bench.seed)
        assert seed is not None and len(seed) == stop


def test_latents_are_taken_as_they_are_only_from_a_generator_that_names_the_embedding() -> None:
    embedding: Any = SimpleNamespace(skeleton=HUMANOID, id="a")
    bench = bench_at(30.0, generator(30.0))
    bench.embedding = embedding
    assert [bench.speaks_latents(generator(30.0, embedding_id=own)) for own in (None, "b", "a")] == [False, False, True]
    own = SimpleNamespace(fps=30.0, skeleton=HUMANOID, embedding_id="", embedding=embedding)
    assert bench.speaks_latents(own)  # type: ignore[arg-type]
