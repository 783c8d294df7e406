"""Tracks: loops without a seam, places on the common time axis, upright 2D poses."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.bench.bench import Bench
from poseviewer.bench.track import PLANE_HEIGHT, Track, plane_of
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID, PENN13
from tests.standing_in import Made


def walking(frames: int = 20, loop: bool = True, speed: float = 0.04) -> Clip:
    """A rigid figure that travels along x."""
    rest = np.random.default_rng(0).normal(size=(18, 3)).astype(np.float32) * 0.2 + [0.0, 1.0, 0.0]
    travel = np.arange(frames, dtype=np.float32)[:, None, None] * np.array([speed, 0.0, 0.0], dtype=np.float32)
    return Clip(HUMANOID, (rest + travel).astype(np.float32), 30.0, "walk", loop=loop)


def test_a_loop_goes_on_where_its_last_frame_led() -> None:
    track = Track.of_clip(walking())
    roots = np.array([track.pose(frame)[0, 0] for frame in range(65)])
    assert np.diff(roots) == pytest.approx(0.04, abs=1e-4)


@pytest.mark.parametrize("dims", [2, 3])
def test_a_continuation_that_grows_is_as_one_made_at_once(dims: int) -> None:
    clip = walking(frames=80, loop=False)
    clip = clip if dims == 3 else Clip(PENN13, clip.positions[:, :13, :2] / 2.0, 30.0, "flat")
    seed, bench = clip.cut(0, 30), Bench()
    bench.place(clip)
    bench.seed = (0, 30)
    moved = np.random.default_rng(1).normal(0.0, 0.01, (2, 40, *clip.positions.shape[1:])).astype(np.float32)
    poses, branch = clip.positions[30:70] + moved, clip.positions[30:70] - moved
    branch[:, :20] = poses[:, :20]
    for source, count in ((poses, 1), (poses, 2), (poses, 40), (poses, 25), (branch, 30), (poses, 40)):
        bench.set_rollout(Made(seed, source[:, :count]))  # type: ignore[arg-type]
        alone = Bench()
        alone.place(clip)
        alone.seed = (0, 30)
        alone.set_rollout(Made(seed, source[:, :count]))  # type: ignore[arg-type]
        for ours, theirs in zip(bench.lane.tracks, alone.lane.tracks, strict=True):
            np.testing.assert_array_equal(ours.positions, theirs.positions)
            np.testing.assert_array_equal(ours.root, theirs.root)
            assert ours.body_scale == theirs.body_scale and len(ours) == count


def test_a_clip_that_does_not_loop_stays_on_its_last_frame() -> None:
    track = Track.of_clip(walking(loop=False))
    assert track.frame_at(100.0) == 19
    assert not track.holds(1.0)


def test_time_is_common_to_tracks_of_different_rates() -> None:
    track = Track(HUMANOID, np.zeros((10, 18, 3), np.float32), 10.0, start=2.0)
    assert [track.frame_at(t) for t in (0.0, 2.0, 2.26, 9.0)] == [0, 0, 3, 9]
    assert track.end == pytest.approx(2.9)


def test_unknown_joints_do_not_hide_the_ground() -> None:
    clip = walking()
    positions = clip.positions.copy()
    positions[:, 3] = np.nan
    positions[..., 1] += 5.0
    track = Track.of_clip(Clip(HUMANOID, positions, 30.0, "up"))
    assert track.ground == pytest.approx(np.nanmin(positions[..., 1]) - 0.03, abs=1e-3)


def test_2d_poses_stand_upright_with_the_image_height_as_unit() -> None:
    flat = np.full((1, 13, 2), -0.5, dtype=np.float32)
    flat[0, 1] = 0.5
    stood = plane_of(Clip(PENN13, flat, 30.0, "flat")).world(flat)
    assert stood[0, 0] == pytest.approx([-0.5 * PLANE_HEIGHT, 0.0, 0.0])
    assert stood[0, 1] == pytest.approx([0.5 * PLANE_HEIGHT, PLANE_HEIGHT, 0.0])


def test_a_2d_clip_becomes_a_track_on_the_plane() -> None:
    clip = Clip(PENN13, np.random.default_rng(1).uniform(-0.5, 0.5, (4, 13, 2)).astype(np.float32), 30.0, "flat")
    track = Track.of_clip(clip)
    assert track.positions.shape == (4, 13, 3)
    assert track.positions[..., 2] == pytest.approx(0.0)
    assert track.positions[..., 1].min() == pytest.approx(0.0, abs=1e-6)


def test_the_ground_is_where_a_foot_stands_and_not_where_it_flies() -> None:
    positions = np.ones((11, 18, 3), np.float32)
    positions[:, 0, 1] = np.linspace(0.33, 0.43, 11)  # the lowest joint
    assert Track(HUMANOID, positions, 30.0, 0.0).ground == pytest.approx(0.35 - 0.03)
