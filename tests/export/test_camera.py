"""The film's eye keeps everything in the picture and moves without jerks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.bench.bench import Bench
from poseviewer.bench.framing import opening_camera
from poseviewer.bench.track import Track
from poseviewer.export.camera import cameras
from poseviewer.motion.clip import Clip, unrolled
from tests.export.conftest import STICK, swing


@pytest.mark.parametrize("aspect", [16 / 9, 9 / 16])
@pytest.mark.parametrize("reach", [1.0, 4.0])
def test_all_joints_stay_in_the_picture(aspect: float, reach: float) -> None:
    clip = swing(60)
    wide = Clip(STICK, clip.positions * np.float32([reach, 1, reach]), 30.0, "wide")
    bench = Bench()
    bench.place(wide)
    times = np.arange(60) / 30.0
    size = (400 * aspect, 400.0)
    for time, eye in zip(times, cameras(bench, opening_camera(bench), times, aspect), strict=True):
        px, depth = eye.project(wide.positions[round(time * 30)], size)
        assert (depth > 0).all()
        assert (px > 0).all() and (px < size).all()


def test_it_follows_smoothly_and_from_one_side() -> None:
    bench = Bench()
    bench.place(unrolled(swing(20, loop=True), 90))
    times = np.arange(90) / 30.0
    eyes = cameras(bench, opening_camera(bench), times, 1.0)
    targets = np.array([eye.target for eye in eyes])
    assert len({(eye.yaw, eye.pitch, eye.distance) for eye in eyes}) == 1
    assert targets[-1, 0] - targets[0, 0] > 3.0, "it stays behind"
    assert np.abs(np.diff(targets, n=2, axis=0)).max() < 0.01, "it jerks"


def test_one_frame_is_a_film_too() -> None:
    bench = Bench()
    bench.place(swing())
    assert len(cameras(bench, opening_camera(bench), np.zeros(1), 1.0)) == 1


def test_beside_what_is_generated_only_truth_that_is_drawn_takes_room() -> None:
    """A loop that has gone on for 10 s is 15 m away, and nobody draws it."""
    bench = Bench()
    bench.place(swing(20, loop=True))
    assert bench.track is not None
    track = Track(STICK, np.repeat(bench.track.positions[-1:], 400, axis=0), 30.0, 20 / 30.0)
    bench.put(replace(bench.lane, tracks=(track,)))
    times = np.array([9.0, 10.0])
    (near, _), opening = cameras(bench, opening_camera(bench), times, 1.0), opening_camera(bench)
    assert near.distance == opening.distance
