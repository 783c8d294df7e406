"""The curves: figures worked out by hand, the seed's range, one rate for all, growth that equals a fresh start."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from poseviewer.analysis.statistics.power import Power
from poseviewer.analysis.statistics.statistic import Judged, over
from poseviewer.bench.bench import Bench
from poseviewer.bench.curves import Curves
from poseviewer.bench.lane import Lane
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import PENN13, Skeleton
from tests.bench.test_lane import two_lanes
from tests.bench.test_track import walking
from tests.standing_in import Made

PAIR = Skeleton("pair", ("root", "hand"), (-1, 0), ((0, 1),), (0, 1))


def pair(hand_steps: list[float], fps: float = 10.0) -> Clip:
    """A root that walks 0.3 m and 0.4 m a frame along x and z, and a hand that moves by the given steps about it."""
    frames = len(hand_steps) + 1
    root = np.arange(frames)[:, None] * np.array([0.3, 0.0, 0.4])
    hand = root + np.concatenate([[0.0], np.cumsum(hand_steps)])[:, None] * np.array([0.0, 1.0, 0.0])
    return Clip(PAIR, np.stack([root, hand], axis=1).astype(np.float32), fps, "pair")


def bench_with(clip: Clip, seed: tuple[int, int]) -> Bench:
    bench = Bench()
    bench.place(clip)
    bench.seed = seed
    return bench


def shaken(clip: Clip, seed: int, frames: int) -> Any:
    """A stand-in for a rollout that left from a clip's first frames and shakes."""
    noise = np.random.default_rng(3).normal(0.0, 0.02, (1, frames, *clip.positions.shape[1:])).astype(np.float32)
    poses = clip.positions[seed - 1] + noise
    return Made(clip.cut(0, seed), poses)


def test_figures_agree_with_those_worked_out_by_hand() -> None:
    bench = bench_with(pair([0.1, 0.1, 0.2, 0.2, 0.2, 0.0]), (1, 4))
    drift, collapse = Curves().of(bench)
    # 0.5 m a frame, counted from the seed's first frame, which is frame 1
    assert drift.clip.values == pytest.approx([0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5], abs=1e-6)
    # the hand's squared speed, (0.1 m * 10 / s)^2 = 1 and (0.2 * 10)^2 = 4, halved by the resting root;
    # averaged over a third of a second, three frames at 10 a second
    assert collapse.clip.values == pytest.approx([0.5, 0.5, 0.5, 1.0, 1.5, 2.0, 4 / 3], rel=1e-4)
    assert drift.seed == slice(1, 4)
    assert drift.median == pytest.approx(0.5, abs=1e-6)
    assert (drift.low, drift.high) == pytest.approx((0.01, 0.99), abs=1e-6)
    assert collapse.at(0.31, None) == pytest.approx(1.0, rel=1e-4)


def test_a_rollouts_power_reaches_back_into_its_seed() -> None:
    clip = walking(frames=80, loop=False)
    bench = bench_with(clip, (0, 30))
    bench.set_rollout(shaken(clip, 30, 20))
    drift, collapse = Curves().of(bench)
    joined = np.concatenate([clip.positions[:30], bench.lane.tracks[0].positions])
    roots = np.concatenate([bench.track.root[:30], bench.lane.tracks[0].root])  # type: ignore[union-attr]
    whole = over(Power(), Judged(joined[None], roots[None], 30.0))[0]
    assert collapse.generated[0].values == pytest.approx(whole[30:], rel=1e-4)
    assert collapse.generated[0].times[0] == pytest.approx(1.0)
    assert len(drift.generated[0]) == 20
    assert drift.at(bench.end, 0) == pytest.approx(drift.generated[0].values[-1])


def test_growing_going_back_and_a_changed_frame_agree_with_a_fresh_start() -> None:
    clip = walking(frames=80, loop=False)
    bench, kept = bench_with(clip, (0, 30)), Curves()
    rollout = shaken(clip, 30, 60)
    poses = rollout.poses
    changed = poses.copy()
    changed[0, 41, 1:3] += 0.5  # against the root, or no joint would have moved about it
    for source, length in ((poses, 1), (poses, 6), (poses, 7), (poses, 40), (poses, 35), (changed, 44), (poses, 60)):
        bench.set_rollout(Made(rollout.seed, source[:, :length]))  # type: ignore[arg-type]
        grown, fresh = kept.of(bench)[1], Curves().of(bench)[1]
        assert grown.generated[0].values == pytest.approx(fresh.generated[0].values, rel=1e-6)
        assert len(grown.generated[0]) == length


def test_errors_grow_with_the_frames_and_end_with_the_truth() -> None:
    bench, kept = two_lanes(), Curves()
    clip = bench.clip
    assert clip is not None
    there = len(clip) - bench.seed[1]
    poses = shaken(clip, bench.seed[1], there + 10).poses
    poses[0, :there] = clip.positions[bench.seed[1] :]
    poses[0, :, 3, 1] += 0.36  # the head
    changed = poses.copy()
    changed[0, 4:, 3, 1] += 0.18
    for source, length in ((poses, 1), (poses, 3), (changed, 8), (poses, 8), (poses, there + 10)):
        bench.set_rollout(Made(clip.cut(*bench.seed), source[:, :length]))  # type: ignore[arg-type]
        curve = kept.errors(bench)
        assert curve is not None and curve.about.unit == "cm" and len(curve.generated[0]) == length
        told = curve.generated[0].values
        off = np.full(min(length, there), 2.0)  # 36 cm over 18 joints
        off[4:] += 1.0 if source is changed else 0.0
        assert told[:there] == pytest.approx(off, abs=1e-3) and np.isnan(told[there:]).all()
    bench.seed = (0, len(clip))
    bench.set_rollout(Made(clip, poses[:, :5]))  # type: ignore[arg-type]
    assert kept.errors(bench) is None


def test_a_clip_at_120_hz_is_measured_at_the_generators_rate() -> None:
    fine = walking(frames=80, loop=False).resample(120.0)
    bench = bench_with(fine, (0, 120))
    bench.put(Lane(SimpleNamespace(fps=30.0, skeleton=fine.skeleton)))  # type: ignore[arg-type]
    bench.fit_models()
    _, collapse = Curves().of(bench)
    assert collapse.clip.fps == 30.0
    assert collapse.seed == slice(0, 30)
    assert collapse.clip.times[collapse.seed][-1] <= bench.seed_end


def test_the_clips_part_is_kept_while_only_the_seed_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    bench, kept = bench_with(walking(frames=80, loop=False), (0, 30)), Curves()
    first = kept.of(bench)[1]
    monkeypatch.setattr("poseviewer.bench.curves.over", lambda *_: pytest.fail("measured twice"))
    bench.seed = (10, 40)
    drift, collapse = kept.of(bench)
    assert collapse.clip.values is first.clip.values
    assert drift.clip.values[10] == 0.0


def test_without_a_clip_there_are_names_and_no_figures() -> None:
    drift, collapse = Curves().of(Bench())
    assert (drift.about.title, collapse.about.title) == ("Root distance", "Motion power")
    assert len(drift.clip) == 0


def test_unknown_joints_leave_gaps_not_errors() -> None:
    clip = pair([0.1] * 6)
    positions = clip.positions.copy()
    positions[:, 0] = np.nan
    bench = bench_with(Clip(PAIR, positions, 10.0, "blind"), (0, 4))
    drift, _ = Curves().of(bench)
    assert np.isnan(drift.clip.values).all()
    assert np.isnan(drift.median)


def test_2d_clips_are_told_in_image_heights() -> None:
    positions = np.zeros((40, 13, 2), dtype=np.float32)
    positions[..., 1] = np.linspace(-0.2, 0.2, 13)
    positions[..., 0] += np.arange(40, dtype=np.float32)[:, None] * 0.01
    bench = Bench()
    bench.place(Clip(PENN13, positions, 30.0, "flat"))
    distance, power = Curves().of(bench)
    assert distance.about.unit == "image heights"
    assert power.about.unit == "heights²/s²"
    assert distance.clip.values[-1] == pytest.approx(0.39, abs=1e-4)


def test_the_first_generated_frame_of_a_file_is_counted_at_the_models_rate() -> None:
    clip = replace(pair([0.1] * 39, fps=20.0), seed_frames=13)
    bench = bench_with(clip, (0, 10))
    assert [curve.made for curve in Curves().of(bench)] == [13, 13]
    bench.put(Lane(SimpleNamespace(fps=10.0), fitted=clip))  # type: ignore[arg-type]
    assert [curve.made for curve in Curves().of(bench)] == [7, 7]  # frame 13 of 20 a second is the 6.5th of 10
    bench_of_truth = bench_with(pair([0.1] * 39), (0, 10))
    assert Curves().of(bench_of_truth)[0].made == 40
