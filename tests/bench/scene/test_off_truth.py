"""How far off the truth: of place and of joints, while there is truth, whatever lane it is drawn on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.bench.bench import Bench
from poseviewer.bench.compose import compose
from poseviewer.bench.scene.off_truth import joint_errors, off_words, placed_off
from poseviewer.bench.track import PLANE_HEIGHT
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import PENN13
from tests.bench.test_compose import rollout_of
from tests.bench.test_lane import two_lanes
from tests.standing_in import Made


def test_the_way_to_the_truth_leaves_the_lane_s_shift_out() -> None:
    bench = two_lanes()  # B goes 2 m beside the truth
    time = bench.time_of_relative(10)
    a, b = bench.lanes
    assert placed_off(bench, a, time) == pytest.approx(0.0, abs=1e-5)
    assert placed_off(bench, b, time) == pytest.approx(2.0, abs=1e-5)
    labels = [label.text for label in compose(bench, time).labels]
    assert {"A +10, root 0.00 m off truth", "B +10, root 2.00 m off truth"} <= set(labels)
    assert off_words(bench, b, bench.time_of_relative(15)) == ""  # B has no such frame


def test_there_is_no_truth_after_the_clip_s_end_nor_where_its_file_generated() -> None:
    bench = two_lanes()
    assert bench.clip is not None
    bench.set_rollout(rollout_of(bench.clip, 30, 60))
    ends = [placed_off(bench, bench.lane, bench.time_of_relative(frame)) is not None for frame in (50, 51)]
    assert ends == [True, False]
    bench.clip = replace(bench.clip, seed_frames=40)
    ends = [placed_off(bench, bench.lane, bench.time_of_relative(frame)) is not None for frame in (10, 11)]
    assert ends == [True, False]


def test_joints_are_compared_about_the_root_and_coloured_by_it() -> None:
    bench = two_lanes()
    lane = bench.lane
    moved = lane.tracks[0].positions.copy()
    moved[5:, 3] += [0.0, 0.15, 0.0]  # from +6 on the head, of poses that also stand elsewhere
    bench.put(replace(lane, tracks=(replace(lane.tracks[0], positions=moved + np.float32(3.0)),)))
    assert joint_errors(bench, bench.lane, np.array([0])) == pytest.approx(0.0, abs=1e-5)
    errors = joint_errors(bench, bench.lane, np.array([5, 9]))
    assert errors[:, 3] == pytest.approx(0.15, abs=1e-5) and np.delete(errors, 3, 1) == pytest.approx(0.0, abs=1e-5)
    bench.look = bench.with_look(colour_by="error")
    stage = compose(bench, bench.time_of_relative(10))
    shown = next(f for f in stage.figures if f.key == "generated A" and f.layer == "current")
    assert shown.per_joint and not np.allclose(shown.colours[0, 3], shown.colours[0, 0])
    before = compose(bench, bench.time_of_relative(3))
    still = next(f for f in before.figures if f.key == "generated A" and f.layer == "current")
    off = np.abs(shown.colours - still.colours)[0].max(axis=1) > 0.05
    assert off[3] and not np.delete(off, 3).any()
    assert stage.ramp is not None and stage.ramp.marks[-1] == "30 cm"
    (words,) = [label.text for label in stage.labels if label.text.startswith("A +10")]
    assert words.endswith(" m off truth, joints 0.8 cm")  # 15 cm over 18 joints
    bench.clip = replace(bench.clip, seed_frames=30)  # type: ignore[type-var]
    assert np.isnan(joint_errors(bench, bench.lane, np.array([0]))).all()
    assert not compose(bench, bench.time_of_relative(10)).figures[-1].per_joint


def test_of_2d_poses_it_is_told_in_image_heights() -> None:
    bench = Bench()
    positions = np.random.default_rng(0).normal(0.0, 0.2, size=(1, 13, 2)).repeat(60, axis=0).astype(np.float32)
    bench.place(Clip(PENN13, positions, 30.0, "flat"))
    bench.seed = (0, 20)
    assert bench.clip is not None
    poses = positions[None, :10] + np.float32([0.1, 0.0])
    bench.set_rollout(Made(bench.clip, poses))  # type: ignore[arg-type]
    time = bench.time_of_relative(4)
    assert off_words(bench, bench.lane, time) == "root 0.10 image heights off truth"
    assert placed_off(bench, bench.lane, time) == pytest.approx(0.1 * PLANE_HEIGHT, rel=1e-4)
