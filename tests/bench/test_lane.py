"""Lanes side by side, and the one answer to which part of the motion stands at a time."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from poseviewer.analysis.encoding import Latents
from poseviewer.bench.bench import Bench, Held
from poseviewer.bench.compose import compose
from poseviewer.bench.curves import Curves
from poseviewer.bench.framing import follow_point
from poseviewer.bench.lane import Lane
from poseviewer.bench.track import Track
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.render.palette import palette
from tests.bench.test_compose import rollout_of
from tests.bench.test_track import walking
from tests.standing_in import Made

GENERATOR: Any = SimpleNamespace(skeleton=HUMANOID, fps=30.0, context=5, stochastic=True, embedding_id=None)


def coarse(frames: int = 40) -> Bench:
    """A clip of one frame a second, its seed one frame, and ten generated frames at 30 a second behind it."""
    bench = Bench(lanes=(Lane(GENERATOR),))
    bench.place(replace(walking(frames=frames, loop=False), fps=1.0))
    assert bench.clip is not None and bench.seed == (0, 1)
    rollout = rollout_of(bench.clip, 1, 10)
    rollout.generator = GENERATOR
    bench.set_rollout(rollout)
    return bench


def two_lanes(samples: int = 1) -> Bench:
    """A walk along x whose seed ends at frame 29; A goes on with 20 frames, B beside it, at 2 m along z, with 10."""
    bench = Bench(lanes=(Lane(GENERATOR), Lane(GENERATOR, role="generated_b", name="B")))
    bench.place(walking(frames=80, loop=False))
    assert bench.clip is not None
    made = rollout_of(bench.clip, 30, 20, samples)
    made.generator = GENERATOR
    bench.set_rollout(made)
    aside = made.poses[:, :10] + np.array([0.0, 0.0, 2.0], dtype=np.float32)
    tracks = tuple(Track(HUMANOID, sample, 30.0, bench.seed_end + 1 / 30) for sample in aside)
    other: Any = Made(bench.clip, aside, GENERATOR)
    bench.put(replace(bench.lanes[1], rollout=other, tracks=tracks))
    return bench


def badge(bench: Bench, time: float) -> str:
    shown = compose(bench, time).badge
    assert shown is not None
    return f"{shown.number.text} {shown.lines[0][0].text}"


def test_generation_begins_where_the_seed_ends_whatever_the_clip_s_rate() -> None:
    bench = coarse()
    made = bench.lane.tracks[0]
    assert bench.seed_span[1] < made.start
    kinds = [bench.part_at(bench.time_of_relative(frame)).kind for frame in (0, 1, 10, 13, 30)]
    assert kinds == ["seed", "generated", "generated", "truth", "truth"]
    assert badge(bench, bench.time_of_relative(13)).startswith("+13 walk, truth")
    assert badge(bench, bench.time_of_relative(10)).startswith("+10 walk, generated")
    bench.set_rollout(None)
    assert [bench.part_at(bench.time_of_relative(frame)).kind for frame in (0, 1, 13)] == ["seed", "truth", "truth"]


@pytest.mark.parametrize("fps", [1.0, 12.0, 24.0, 30.0, 120.0])
def test_every_frame_of_a_clip_is_of_the_part_that_the_seed_says(fps: float) -> None:
    bench = Bench(lanes=(Lane(GENERATOR),))
    bench.place(replace(walking(frames=40, loop=False), fps=fps, seed_frames=30))
    bench.seed = (5, 20)
    kinds = [bench.part_at(frame / fps).kind for frame in range(40)]
    assert kinds == ["before seed"] * 5 + ["seed"] * 15 + ["truth"] * 10 + ["elsewhere"] * 10
    low, high = bench.seed_span
    assert 4 / fps < low < 5 / fps and 19 / fps < high < 20 / fps


def test_a_loop_comes_round_to_its_parts() -> None:
    bench = Bench()
    bench.place(walking(frames=20, loop=True))
    bench.seed = (0, 10)
    for cycle in range(4):
        kinds = [bench.part_at((frame + 20 * cycle) / 30.0).kind for frame in (0, 9, 10, 19)]
        assert kinds == ["seed", "seed", "truth", "truth"], cycle
    assert bench.part_at(19.99 / 30.0).kind == "seed"  # its nearest frame is the first one


@pytest.mark.parametrize("fps", [30.0, 120.0])
def test_step_goes_on_from_what_is_held_on_the_seed_s_last_frame_or_a_generated_one(fps: float) -> None:
    bench = Bench(lanes=(Lane(GENERATOR),))
    bench.place(walking(frames=80, loop=False).resample(fps))
    assert bench.clip is not None
    bench.set_rollout(rollout_of(bench.clip, bench.seed[1], 6))
    bench.held = Held(np.zeros(2), bench.clip.positions[0], np.zeros(2))
    found = {}
    for frame in (-1, 0, 1, 6, 7):
        bench.time = bench.time_of_relative(frame)
        found[frame] = bench.held_frame
    assert found == {-1: None, 0: 0, 1: 1, 6: 6, 7: None}
    bench.held = None
    assert bench.held_frame is None


def test_each_lane_has_its_figure_its_path_and_its_place_in_the_legend() -> None:
    bench = two_lanes(samples=3)
    bench.look = bench.with_look(placement="one spot")
    stage, colours = compose(bench, bench.time_of_relative(8)), palette("dark")
    assert [figure.key for figure in stage.figures if figure.layer == "current"] == ["generated A", "generated B"]
    shown = [figure for figure in stage.figures if figure.layer == "current"]
    assert shown[1].positions[0] == pytest.approx(bench.lanes[1].tracks[0].positions[7])
    assert shown[1].colours[0] == pytest.approx(colours.sided("generated_b"))
    lines = {entry.text: entry.mark for entry in stage.legend}
    keys = {"seed": "dot", "generated A": "dot", "generated B": "triangle", "truth": "dashed"}
    assert lines == keys | {"A, other samples": "thin", "B, other samples": "thin"}
    paths = {trail.colour for trail in stage.trails if trail.on_ground}
    assert {colours.colour("generated_a"), colours.colour("generated_b")} <= paths
    behind = [figure.key for figure in compose(bench, bench.time_of_relative(15)).figures if figure.layer == "current"]
    assert behind == ["generated A"]  # lane B is not so long


def test_the_eye_follows_what_the_lanes_show() -> None:
    bench = two_lanes()
    bench.look = bench.with_look(placement="one spot")
    alone = replace(bench, lanes=bench.lanes[:1])
    time = bench.time_of_relative(10)
    assert follow_point(bench, time)[2] - follow_point(alone, time)[2] == pytest.approx(1.0, abs=1e-3)


def test_each_lane_has_its_line_in_the_curves() -> None:
    bench = two_lanes()
    distance, power = Curves().of(bench)
    assert [len(line) for line in distance.generated] == [len(line) for line in power.generated] == [20, 10]
    root = bench.lanes[1].tracks[0].root[4] - bench.track.root[0]  # type: ignore[union-attr]
    assert distance.generated[1].values[4] == pytest.approx(float(np.hypot(root[0], root[2])), rel=1e-3)


def test_the_sample_that_was_picked_stands_for_its_lane() -> None:
    bench = two_lanes(samples=3)
    bench.look = bench.with_look(placement="one spot")
    tracks = enumerate(bench.lane.tracks)
    moved = tuple(replace(track, positions=track.positions + np.float32(k)) for k, track in tracks)
    bench.put(replace(bench.lane, tracks=moved, sample=2))
    time = bench.time_of_relative(4)
    current = next(figure for figure in compose(bench, time).figures if figure.layer == "current")
    assert current.positions[0] == pytest.approx(moved[2].positions[3])
    latents = np.arange(3 * 20 * 2, dtype=np.float64).reshape(3, 20, 2)
    bench.put(replace(bench.lane, latents=Latents.nothing(3, 2, 2).further(latents)))
    assert bench.latent_at(time) == pytest.approx(latents[2, 3])


def test_a_copy_of_a_bench_keeps_its_own_lanes() -> None:
    bench = two_lanes()
    copy = replace(bench)
    copy.set_rollout(None)
    assert bench.lane.horizon == 20 and copy.lane.horizon == 0 and copy.lanes[1].horizon == 10


def test_what_a_file_generated_looks_like_no_lane_that_generates() -> None:
    bench = two_lanes()
    bench.clip = replace(bench.clip, seed_frames=30)  # type: ignore[type-var]
    assert bench.part_at(60 / 30.0).kind == "elsewhere"
    bench.put(Lane(role="generated_a"))
    bench.put(Lane(role="generated_b"))
    assert bench.part_at(60 / 30.0).role == "generated_a"
    bench.set_rollout(rollout_of(bench.clip, 30, 5))
    assert bench.part_at(60 / 30.0).role == "generated_b"


def test_a_generated_frame_that_no_latent_is_known_of_has_none() -> None:
    bench = two_lanes()
    latents = np.arange(20, dtype=np.float64).reshape(1, 10, 2)
    bench.put(replace(bench.lane, latents=Latents.nothing(1, 0, 2).further(latents)))
    assert bench.latent_at(bench.time_of_relative(10)) == pytest.approx(latents[0, 9])
    assert bench.latent_at(bench.time_of_relative(11)) is None
