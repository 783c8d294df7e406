"""2D models on a 3D clip: what they make stands in the world where the clip does, at its own size."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from poseviewer.bench.bench import Bench, Held
from poseviewer.bench.compose import compose
from poseviewer.bench.curves import Curves
from poseviewer.bench.lane import Lane
from poseviewer.bench.planes import held_positions, put_down, side_sentence
from poseviewer.bench.track import PLANE_HEIGHT
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID, PENN13
from tests.motion.test_plane import walker
from tests.standing_in import Made

FLAT = SimpleNamespace(skeleton=PENN13, fps=30.0, context=5, stochastic=False, embedding_id=None)
SEEN = [HUMANOID.joints.index(joint) for joint in PENN13.joints]


def bench_of(clip: Clip, azimuth: float | None = None) -> Bench:
    bench = Bench(lanes=(Lane(FLAT),), embedding=FLAT)  # type: ignore[arg-type]
    bench.place(clip)
    bench.project_from(azimuth)
    return bench


def still(bench: Bench, frames: int = 4) -> Any:
    """A stand-in for a rollout that stays in the seed's last pose."""
    seed = bench.lane.seed_clip(bench.seed)
    assert seed is not None
    poses = np.repeat(seed.positions[None, -1:], frames, axis=1)
    return Made(seed, poses, FLAT)


@pytest.mark.parametrize("azimuth", [None, 0.0, 0.6, 2.0])
def test_a_flat_rollout_goes_on_where_the_seed_ends(azimuth: float | None) -> None:
    bench = bench_of(walker(frames=60), azimuth)
    bench.set_rollout(still(bench))
    assert bench.clip is not None and bench.read is not None and bench.read.plane is not None
    last = bench.clip.positions[bench.seed[1] - 1, SEEN]
    made, plane = bench.lane.tracks[0].positions[0], bench.read.plane
    assert made[:, 1] == pytest.approx(last[:, 1], abs=1e-4)
    assert made @ plane.right == pytest.approx(last @ plane.right, abs=1e-4)
    root = bench.clip.positions[bench.seed[1] - 1, 0]
    assert made @ plane.towards_eye == pytest.approx(np.full(13, root @ plane.towards_eye), abs=1e-4)


def test_its_bones_are_as_thick_as_the_clips() -> None:
    bench = bench_of(walker(frames=60))
    bench.set_rollout(still(bench))
    thigh = {}
    for time in (bench.seed_end, bench.time_of_relative(2)):
        figures = [f for f in compose(bench, time).figures if f.layer == "current"][-1]
        body, knee = figures.body, figures.body.names.index("left_knee")
        assert figures.scale is not None
        radius = body.edge_radii[body.edges[:, 1] == knee] * figures.scale[0]
        thigh[figures.key] = float(radius[0, 0])
    assert thigh["generated A"] == pytest.approx(thigh["seed"], rel=0.15)


@pytest.mark.parametrize("cycles", [0, 2])
def test_a_held_flat_pose_stands_where_the_clip_is_now(cycles: int) -> None:
    bench = bench_of(walker(frames=60, loop=cycles > 0), 0.4)
    assert bench.embedded is not None and bench.embedded.plane is not None and bench.clip is not None
    frame = 20
    bench.time = (frame + cycles * 60) / 30.0
    across = cycles * 60 * 0.04 * np.cos(0.4) / bench.embedded.plane.height
    seen = bench.embedded.positions[frame] + [across, 0.0]
    bench.held = Held(np.zeros(2), seen.astype(np.float32), np.zeros(2))
    stands = held_positions(bench)
    assert stands is not None
    assert bench.track is not None
    now = bench.track.pose(bench.track.frame_at(bench.time))
    plane = bench.embedded.plane
    assert stands[:, 1] == pytest.approx(now[SEEN, 1], abs=1e-3)
    assert stands @ plane.right == pytest.approx(now[SEEN] @ plane.right, abs=1e-3)
    assert stands @ plane.towards_eye == pytest.approx(np.full(13, now[0] @ plane.towards_eye), abs=1e-3)
    shown = [f for f in compose(bench).figures if f.key == "held pose"]
    assert shown[0].positions[0] == pytest.approx(stands)


def test_a_held_pose_of_a_flat_clip_stands_on_its_plane() -> None:
    positions = np.random.default_rng(3).uniform(-0.4, 0.4, (40, 13, 2)).astype(np.float32)
    bench = bench_of(Clip(PENN13, positions, 30.0, "flat"))
    bench.held = Held(np.zeros(2), positions[0], np.zeros(2))
    assert held_positions(bench) is not None and bench.track is not None
    assert held_positions(bench) == pytest.approx(bench.track.pose(0))
    assert np.ptp(held_positions(bench)[:, 1]) == pytest.approx(PLANE_HEIGHT * np.ptp(positions[0, :, 1]), rel=1e-4)
    assert not side_sentence(bench)


def test_the_side_is_told_and_kept_with_the_clip() -> None:
    first, second = walker(), walker()
    bench = bench_of(first, np.radians(35.0))
    assert side_sentence(bench).startswith("Seen from 35°")
    bench.place(second)
    assert bench.azimuth is None
    assert side_sentence(bench).startswith(f"Seen from {round(np.degrees(second.opening_azimuth)) % 360}°")


@pytest.mark.parametrize("azimuth", [0.0, 1.2])
def test_a_rollout_that_stays_is_as_far_from_its_start_as_the_seed_s_end(azimuth: float) -> None:
    bench = bench_of(walker(frames=60), azimuth)
    bench.set_rollout(still(bench))
    distance, _ = Curves().of(bench)
    assert distance.generated[0].values == pytest.approx(distance.clip.values[bench.seed[1] - 1], abs=1e-3)
    assert distance.clip.values[bench.seed[1] - 1] == pytest.approx(29 * 0.04 * abs(np.cos(azimuth)), abs=1e-3)


def test_a_held_flat_pose_comes_round_with_a_loop_that_turns() -> None:
    bench = bench_of(walker(frames=60, loop=True, turn=0.5), 0.4)
    assert bench.embedded is not None and bench.track is not None
    bench.time = (60 + 20) / 30.0
    bench.held = Held(np.zeros(2), bench.embedded.positions[20], np.zeros(2))
    stands = held_positions(bench)
    assert stands is not None
    hips = [PENN13.joints.index(f"{side}_hip") for side in ("left", "right")]
    assert stands[hips].mean(axis=0) == pytest.approx(bench.track.roots(np.array([80]))[0], abs=1e-3)


def test_a_held_flat_pose_of_a_frame_that_is_unknown_stands_on_the_plane_as_it_is() -> None:
    clip = walker(frames=60)
    known = np.where(np.arange(60)[:, None, None] == 20, np.float32(np.nan), clip.positions)
    bench = bench_of(replace(clip, positions=known))
    assert bench.embedded is not None and bench.embedded.plane is not None
    bench.time, pose = 20 / 30.0, bench.embedded.positions[10]
    bench.held = Held(np.zeros(2), pose, np.zeros(2))
    assert held_positions(bench) == pytest.approx(bench.embedded.plane.world(pose))


def test_a_decoded_pose_stands_on_its_soles_where_the_figure_is() -> None:
    clip = walker(frames=60)
    pose, flat = clip.positions[0] + np.float32(5.0), clip.onto(PENN13).positions[0]
    alone = put_down(Bench(), pose)
    assert alone == pytest.approx(pose + np.array([0.0, 0.03 - pose[:, 1].min(), 0.0]), abs=1e-5)
    bench = bench_of(replace(clip, positions=clip.positions + np.float32([0.0, 2.0, 0.0])))
    assert bench.track is not None and bench.track.ground == pytest.approx(2.0 + 0.05 - 0.03, abs=1e-5)
    bench.time = 20 / 30.0
    root = np.array([20 * 0.04, bench.track.ground, 3.0])
    assert put_down(bench, pose) == pytest.approx(alone + root, abs=1e-4)
    above = PLANE_HEIGHT * (flat[:, 1] - flat[:, 1].min())
    assert put_down(Bench(), flat)[:, 1] == pytest.approx(above + 0.03, abs=1e-5)
