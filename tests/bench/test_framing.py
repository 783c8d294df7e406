"""Where the eye stands before anybody has moved it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from poseviewer.bench.bench import Bench
from poseviewer.bench.framing import follow_point, heading, opening_camera, preset
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID, PENN13, Skeleton
from tests.render.scenes import standing
from tests.standing_in import Made


def going(yaw: float, frames: int = 40) -> Bench:
    """A person of 1.6 m that goes one metre a second; yaw 0 along +z, a left turn positive."""
    way = np.array([np.sin(yaw), 0.0, np.cos(yaw)])
    path = np.arange(frames)[:, None, None] / 30.0 * way
    bench = Bench()
    bench.place(Clip(HUMANOID, (standing() + path).astype(np.float32), 30.0, "goes"))
    return bench


@pytest.mark.parametrize("yaw", [0.0, 0.5 * np.pi, 2.0, -2.5])
def test_a_motion_is_first_seen_from_its_right_and_a_little_ahead(yaw: float) -> None:
    camera = opening_camera(going(yaw))
    away = (camera.eye - np.array(camera.target)) / camera.distance
    ahead, right = np.array([np.sin(yaw), 0.0, np.cos(yaw)]), np.array([-np.cos(yaw), 0.0, np.sin(yaw)])
    length = np.linalg.norm([1.4, 0.75, 4.9])  # the design's eye
    assert away @ ahead == pytest.approx(1.4 / length, abs=1e-3)
    assert away @ right == pytest.approx(4.9 / length, abs=1e-3)
    assert away[1] == pytest.approx(0.75 / length, abs=1e-3)


@pytest.mark.parametrize("yaw", [0.0, 1.0, -2.0])
def test_front_and_sides_are_the_motion_s_own(yaw: float) -> None:
    bench = going(yaw)
    assert heading(bench) == pytest.approx(yaw, abs=1e-3)
    ahead, left = np.array([np.sin(yaw), 0.0, np.cos(yaw)]), np.array([np.cos(yaw), 0.0, -np.sin(yaw)])
    for name, side in (("front", ahead), ("back", -ahead), ("left", left), ("right", -left)):
        camera = preset(bench, opening_camera(bench), name)  # type: ignore[arg-type]
        assert (camera.eye - np.array(camera.target)) / camera.distance == pytest.approx(side, abs=1e-3)


def moving(x: NDArray[np.float64], fps: float) -> Clip:
    """A person whose pelvis is at x (F,) metres."""
    path = x[:, None, None] * np.array([1.0, 0.0, 0.0])
    return Clip(HUMANOID, (standing() + path).astype(np.float32), fps, "moves")


def test_the_eye_follows_the_mean_over_a_quarter_of_a_second_to_either_side() -> None:
    bench = Bench()
    bench.place(moving((np.arange(61) / 30.0) ** 2, 30.0))
    # of 1 s and eight frames to either side: 1 + (2 * (1 + 4 + ... + 64) / 17) / 30^2
    assert follow_point(bench, 1.0)[0] == pytest.approx(1.0 + 24.0 / 900.0, abs=1e-5)


@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0])
def test_what_the_eye_follows_goes_on_from_the_seed_into_a_rollout_of_another_rate(fps: float) -> None:
    """A person that goes a metre a second, in the clip and in what is generated."""
    bench = Bench()
    bench.place(moving(np.arange(2 * fps) / fps, fps))
    assert bench.clip is not None
    after = moving(bench.seed_end + np.arange(1, 31) / 30.0, 30.0)
    rollout: Any = Made(after, after.positions[None])
    bench.set_rollout(rollout)
    for frame in (1, 4, 12):
        time = bench.time_of_relative(frame)
        assert follow_point(bench, time)[0] == pytest.approx(time, abs=1e-3)


def test_a_flat_motion_is_first_seen_from_the_front_a_little_above() -> None:
    bench = Bench()
    bench.place(Clip(PENN13, np.random.default_rng(0).normal(size=(9, 13, 2)).astype(np.float32), 30.0, "flat"))
    camera = opening_camera(bench)
    away = np.array([0.25, np.linalg.norm([1.4, 0.75, 4.9])])
    assert (camera.yaw, camera.pitch) == (0.0, pytest.approx(np.arctan2(*away)))
    assert bench.track is not None
    assert camera.distance == pytest.approx(np.linalg.norm(away) * bench.track.height / 1.6)


def test_two_lanes_side_by_side_are_seen_from_farther_away_and_more_from_ahead() -> None:
    bench = going(0.0)
    assert bench.clip is not None
    bench.seed = (0, 30)
    near, yaw = opening_camera(bench).distance, opening_camera(bench).yaw
    made = Made(bench.clip.cut(0, 30), bench.clip.positions[None, 30:])
    bench.set_rollout(made)  # type: ignore[arg-type]
    assert opening_camera(bench).distance == pytest.approx(near)
    bench.set_rollout(made, role="generated_b")  # type: ignore[arg-type]
    assert opening_camera(bench).distance == pytest.approx(1.3 * near)
    assert opening_camera(bench).yaw == pytest.approx(yaw + 0.35)
    bench.look = replace(bench.look, placement="one spot")
    assert opening_camera(bench).yaw == pytest.approx(yaw)


def test_what_crosses_an_image_seen_from_above_stays_in_the_middle() -> None:
    body = np.array([[0, 0], [0.02, 0], [0, 0.03], [0.02, 0.03], [0.01, 0.05]])
    climb = np.linspace(0.0, 0.8, 201)[:, None, None] * np.array([0.0, 1.0])
    joints = ("snout", "leftear", "rightear", "body", "tail")
    animal = Skeleton("mouse", joints, None, ((0, 3), (3, 4)), (0, 2, 1, 3, 4), 2)
    bench = Bench()
    bench.place(Clip(animal, (body + climb).astype(np.float32), 20.0, "crossing"))
    assert bench.track is not None
    for frame in (0, 100, 200):
        y = bench.track.pose(frame)[:, 1]
        away = abs(follow_point(bench, frame / 20.0)[1] - 0.5 * (y.min() + y.max()))
        assert away < 0.6 * bench.track.height


def test_who_lies_is_seen_whole() -> None:
    lying = standing()[..., [1, 0, 2]]  # along x, a hand's breadth above the ground
    bench = Bench()
    bench.place(Clip(HUMANOID, np.repeat(lying.reshape(1, -1, 3), 9, axis=0).astype(np.float32), 30.0, "lies"))
    assert bench.track is not None and bench.track.height < 1.0
    camera, x = opening_camera(bench), bench.track.pose(0)[:, 0]
    assert x.max() - x.min() < 2.0 * 1.5 * camera.distance * np.tan(0.5 * camera.fov)
    assert camera.distance == pytest.approx(0.8 * opening_camera(going(0.0)).distance, rel=0.15)


def test_who_stands_up_from_the_ground_is_in_the_view_then() -> None:
    up, down = standing().reshape(1, -1, 3), standing()[..., [1, 0, 2]].reshape(1, -1, 3)
    poses = np.concatenate([np.repeat(down, 30, axis=0), np.repeat(up, 10, axis=0)])
    bench = Bench()
    bench.place(Clip(HUMANOID, poses.astype(np.float32), 30.0, "rises"))
    camera = opening_camera(bench)
    top = follow_point(bench, 1.2)[1] + camera.distance * np.tan(0.5 * camera.fov)
    assert poses[-1, :, 1].max() < top


@pytest.mark.parametrize("upright", [False, True])
def test_a_swift_long_animal_is_seen_whole_however_it_lies(upright: bool) -> None:
    body = np.array([[0, 0], [0.02, 0.01], [0.02, -0.01], [0.2, 0]])
    beat = np.arange(60) / 4.0
    jerks = 0.15 * np.stack([np.sin(beat), np.cos(beat)], axis=1)[:, None]
    animal = Skeleton("mouse", ("snout", "leftear", "rightear", "tail"), None, ((0, 3),), (0, 2, 1, 3), 2)
    lying = np.where(np.arange(60)[:, None, None] % 10 == 5, body[:, ::-1], body) if upright else body
    bench = Bench()
    bench.place(Clip(animal, (lying + jerks).astype(np.float32), 30.0, "swift"))
    assert bench.track is not None
    camera = opening_camera(bench)
    half = camera.distance * np.tan(0.5 * camera.fov)
    for frame in range(0, 60, 5):
        off = bench.track.pose(frame)[:, 1] - follow_point(bench, frame / 30.0)[1]
        assert np.abs(off).max() < half


def test_somebody_whose_legs_are_not_seen_is_in_the_middle() -> None:
    poses = np.full((9, 13, 2), np.nan, dtype=np.float32)
    poses[:, 0], poses[:, 1:3], poses[:, 7:9] = (0, 0.5), ((-0.1, 0.4), (0.1, 0.4)), ((-0.1, 0), (0.1, 0))
    bench = Bench()
    bench.place(Clip(PENN13, poses, 30.0, "waist up"))
    assert bench.track is not None
    y = bench.track.pose(0)[:, 1]
    middle = 0.5 * (np.nanmin(y) + np.nanmax(y))
    assert follow_point(bench, 0.0)[1] == pytest.approx(middle, abs=0.15 * bench.track.height)


def test_who_climbs_stays_in_view_and_who_hops_does_not_shake_it() -> None:
    rise = np.zeros((90, 1, 3), np.float32)
    rise[10:20, 0, 1] = 0.4
    rise[30:, 0, 1] = np.linspace(0.0, 6.0, 60)
    bench = Bench()
    bench.place(Clip(HUMANOID, (standing() + rise).astype(np.float32), 30.0, "climbs"))
    assert bench.track is not None
    level = follow_point(bench, 0.0)[1]
    assert follow_point(bench, 0.5)[1] == pytest.approx(level)
    assert abs(follow_point(bench, 2.5)[1] - bench.track.roots(np.array([75]))[0, 1]) < 0.7 * bench.track.tall
