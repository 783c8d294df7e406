"""Samples that are not picked: thin ways on the ground, found under the pointer, and figures where they are few."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.bench.bench import Bench
from poseviewer.bench.compose import compose
from poseviewer.bench.framing import opening_camera
from poseviewer.bench.lane import Lane
from poseviewer.bench.scene.fan import sample_under
from poseviewer.bench.track import Track
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.render.palette import palette
from tests.bench.test_lane import GENERATOR, two_lanes

SIZE = (900, 600)


def spread(samples: int, frames: int = 20) -> Bench:
    """One lane whose samples go apart: sample k 20 cm farther to the side."""
    bench = two_lanes()
    bench.lanes = (replace(bench.lane),)
    track = bench.lane.tracks[0]
    steps = np.arange(1, frames + 1, dtype=np.float32)[:, None, None] * np.float32([0.04, 0.0, 0.0])
    assert bench.clip is not None
    made = bench.clip.positions[29] + steps
    tracks = tuple(Track(HUMANOID, made + np.float32([0, 0, 0.2 * k]), 30.0, track.start) for k in range(samples))
    bench.put(replace(bench.lane, tracks=tracks))
    bench.time = bench.time_of_relative(min(20, frames))
    return bench


def faint(bench: Bench, hovered: tuple[str, int] | None = None) -> int:
    figures = compose(bench, None, hovered).figures  # type: ignore[arg-type]
    return sum(len(f.positions) for f in figures if f.opacity[0] == pytest.approx(0.30))


def test_others_go_on_the_ground_and_stand_there_where_they_are_few() -> None:
    few, many = spread(4), spread(16)
    assert faint(few) == 3 and faint(many) == 0
    (fan,) = [trail for trail in compose(many).trails if trail.on_ground and trail.width < 0.01]
    assert fan.colour == palette("dark").colour("generated_a") and set(fan.opacity) == {np.float32(0.45)}
    assert np.isnan(fan.points[:, 0]).sum() == 15  # a gap after each of them
    assert fan.points[~np.isnan(fan.points[:, 0]), 1] == pytest.approx(many.track.ground + 0.003)  # type: ignore[union-attr]
    assert "A, other samples" in [entry.text for entry in compose(many).legend]
    for bench in (few, many):
        bench.look = bench.with_look(trails=False)
        assert not [trail for trail in compose(bench).trails if trail.width < 0.01]
    assert "A, other samples" in [entry.text for entry in compose(few).legend]  # their figures are there
    assert "A, other samples" not in [entry.text for entry in compose(many).legend]
    assert len([trail for trail in compose(spread(1)).trails if trail.on_ground]) == 3


def test_a_sample_whose_frame_is_not_kept_has_no_figure_there() -> None:
    bench = spread(4)
    first, *rest = bench.lane.tracks
    late = (replace(track, positions=track.positions[15:], path=track.root, before=15) for track in rest)
    bench.put(replace(bench.lane, tracks=(first, *late)))
    assert faint(bench) == 3
    bench.time = bench.time_of_relative(5)
    assert faint(bench) == 0


def test_the_pointer_finds_the_way_that_it_is_on() -> None:
    bench = spread(16)
    camera, ground = replace(opening_camera(bench), distance=20.0), bench.track.ground  # type: ignore[union-attr]
    for sample in (1, 7, 15):
        root = bench.lane.tracks[sample].root[12]
        (px,), _ = camera.project(np.array([[root[0], ground, root[2]]]), SIZE)
        assert sample_under(bench, camera, (float(px[0]), float(px[1])), SIZE) == ("generated_a", sample)
    assert sample_under(bench, camera, (5.0, 5.0), SIZE) is None
    root = bench.lane.tracks[0].root[12]  # the one that is picked is no other sample
    (px,), _ = camera.project(np.array([[root[0], ground, root[2]]]), SIZE)
    assert sample_under(bench, camera, (float(px[0]), float(px[1])), SIZE) != ("generated_a", 0)


def test_the_way_under_the_pointer_has_its_figure() -> None:
    bench = spread(16)
    assert faint(bench, ("generated_a", 7)) == 1 and faint(bench, ("generated_b", 7)) == 0
    stage = compose(bench, None, ("generated_a", 7))
    shown = next(f for f in stage.figures if f.opacity[0] == pytest.approx(0.30))
    assert shown.positions[0] == pytest.approx(bench.lane.tracks[7].positions[19])
    bench.put(replace(bench.lane, sample=7))
    assert faint(bench, ("generated_a", 7)) == 0  # it stands there in full


@pytest.mark.parametrize("frames", [90, 9000])
def test_a_long_fan_costs_what_a_short_one_does(frames: int) -> None:
    bench = spread(64, frames)
    bench.time = bench.end
    (fan,) = [trail for trail in compose(bench).trails if trail.on_ground and trail.width < 0.01]
    assert len(fan.points) < 64 * 60
    ways = [trail.points for trail in compose(bench).trails if trail.on_ground and trail.width > 0.01]
    assert max(map(len, ways)) < 1300  # the picked one's: of what is old every 16th frame
    near = {tuple(point) for way in ways for point in way[:, [0, 2]].tolist()}
    assert {tuple(point) for point in bench.lane.tracks[0].root[-80:, [0, 2]].tolist()} <= near
    assert np.nanmax(fan.points[:, 0]) == pytest.approx(bench.lane.tracks[1].root[-1, 0], abs=1e-3)


def test_a_lane_without_frames_has_no_fan() -> None:
    bench = Bench(lanes=(Lane(GENERATOR),))
    assert sample_under(bench, opening_camera(bench), (5.0, 5.0), SIZE) is None
