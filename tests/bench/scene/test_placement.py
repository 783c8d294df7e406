"""Lanes side by side: A before, B behind, the seed and the truth between them, and nothing that is measured moves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.bench.bench import Bench, Held
from poseviewer.bench.compose import compose
from poseviewer.bench.framing import follow_point, opening_camera
from poseviewer.bench.planes import held_positions
from poseviewer.bench.scene.placement import apart
from tests.bench.test_lane import two_lanes


def beside() -> Bench:
    """A and B go on alike, 40 frames each, before the clip ends."""
    bench = two_lanes()
    bench.put(replace(bench.lanes[1], tracks=bench.lanes[0].tracks))
    return bench


def figure(bench: Bench, frame: int, key: str) -> np.ndarray:
    stage = compose(bench, bench.time_of_relative(frame))
    return next(f for f in stage.figures if f.key == key and f.layer in ("current", "ghost")).positions[0]


def test_a_comes_nearer_and_b_goes_farther_and_the_truth_stays() -> None:
    bench = beside()
    size, camera = (900, 600), opening_camera(bench)
    depths = [
        np.median(camera.project(figure(bench, 20, key), size)[1]) for key in ("generated A", "truth", "generated B")
    ]
    assert depths == sorted(depths) and depths[2] - depths[0] > apart(bench)
    a, b = figure(bench, 20, "generated A"), figure(bench, 20, "generated B")
    assert np.linalg.norm((a - b)[0]) == pytest.approx(2 * apart(bench), rel=0.1)
    bench.look = bench.with_look(placement="one spot")
    assert figure(bench, 20, "generated A") == pytest.approx(figure(bench, 20, "generated B"))


def test_lanes_part_bit_by_bit_and_come_in_meanwhile() -> None:
    bench = beside()
    aside = [
        np.linalg.norm(figure(bench, f, "generated A")[0] - figure(bench, f, "generated B")[0]) for f in range(1, 21)
    ]
    assert 0.0 < aside[0] < 0.03 and np.diff(aside).min() > 0.0 and np.diff(aside).max() < 0.15
    opacity = [
        float(f.opacity[0])
        for frame in (1, 10, 20)
        for f in compose(bench, bench.time_of_relative(frame)).figures
        if f.key == "generated A" and f.layer == "current"
    ]
    assert opacity[0] < 0.4 < opacity[1] < 0.9 < opacity[2]
    (path,) = [t for t in compose(bench, bench.time_of_relative(20)).trails if t.on_ground and t.opacity is not None][
        :1
    ]
    assert path.opacity is not None and path.opacity[0] < 0.4 and path.opacity[-1] > 0.9


def test_the_corner_says_how_far_apart_lanes_are_and_the_badge_has_a_line_for_each() -> None:
    bench = beside()
    assert compose(bench, bench.time_of_relative(5)).caption == f"lanes {apart(bench):.1f} m apart, grid 0.5 m"
    assert compose(bench, 0.5).caption == "grid 0.5 m"  # the seed stands on no lane
    labels = [label.text for label in compose(bench, bench.time_of_relative(20)).labels]
    assert {"A +20, root 0.00 m off truth", "B +20, root 0.00 m off truth", "truth +20", "0"} <= set(labels)
    bench.put(replace(bench.lanes[1], tracks=()))
    assert apart(bench) == 0.0 and compose(bench, bench.time_of_relative(5)).caption == "grid 0.5 m"


def test_the_eye_looks_between_the_lanes_and_at_the_one_that_goes_on_alone() -> None:
    bench = beside()
    assert bench.track is not None
    middle = follow_point(bench, bench.time_of_relative(12))
    assert middle[[0, 2]] == pytest.approx(bench.track.root[41, [0, 2]], abs=0.02)
    short = bench.lanes[1].tracks[0]
    bench.put(replace(bench.lanes[1], tracks=(replace(short, positions=short.positions[:11]),)))
    alone = follow_point(bench, bench.time_of_relative(12)) - middle
    assert alone[2] > 0.4 * apart(bench)


def test_what_is_held_stands_where_its_lane_does() -> None:
    bench = beside()
    bench.time = bench.time_of_relative(20)
    track = bench.lane.tracks[0]
    bench.held = Held(np.zeros(2), track.positions[19], np.zeros(2))
    assert held_positions(bench) == pytest.approx(figure(bench, 20, "held pose"))
    assert figure(bench, 20, "held pose") - track.positions[19] == pytest.approx(
        np.broadcast_to(apart(bench) * np.array([0.0, 0.0, 1.0]), track.positions[19].shape), abs=0.02
    )
