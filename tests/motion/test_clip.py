from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.errors import PoseviewerError
from poseviewer.motion import kinematics, rotation
from poseviewer.motion.clip import Clip, loop_travel, unrolled
from poseviewer.motion.skeleton import HUMANOID, PENN13, Skeleton
from tests.motion.angles import angle_between

OFFSETS = np.array([[0, 0, 0], [0, 0.5, 0], [0, 0.5, 0]], dtype=float)
CHAIN = Skeleton.tree("chain", ("root", "middle", "end"), (-1, 0, 1), OFFSETS)


def swing(frames=30, fps=30.0, period=1.0, speed=1.0, turn=0.0, loop=False):
    """A chain that swings once a period and walks along x; with `turn`, around the origin by so much each period."""
    phase = 2 * np.pi * np.arange(frames) / fps / period
    rotations = np.tile(rotation.IDENTITY, (frames, 3, 1))
    rotations[:, 1] = rotation.from_axis_angle((0, 0, 1), 0.4 * np.sin(phase))
    heading = rotation.from_axis_angle((0, 1, 0), turn * phase / (2 * np.pi))
    rotations[:, 0] = heading
    root = np.stack([speed * phase / (2 * np.pi), 1 + 0.02 * np.cos(phase), 0 * phase], axis=-1)
    if turn:
        root = rotation.rotate(heading, np.array([2.0, 1.0, 0.0]))
    positions = kinematics.forward(root, rotations, OFFSETS, CHAIN.parents)
    return Clip(CHAIN, positions, fps, "swing", rotations=rotations, loop=loop)


def test_arrays_are_read_only_and_checked():
    clip = swing()
    with pytest.raises(ValueError, match="read-only"):
        clip.positions[0] = 0
    with pytest.raises(PoseviewerError, match="frame rate"):
        replace(clip, fps=0.0)
    with pytest.raises(PoseviewerError, match="shape"):
        replace(clip, rotations=clip.rotations[:5])
    with pytest.raises(PoseviewerError, match="no frames"):
        replace(clip, positions=clip.positions[:0])


@given(st.sampled_from([7.5, 15.0, 24.0, 30.0, 59.94, 60.0, 120.0]), st.integers(2, 90))
def test_resampling_keeps_time_and_motion(fps, frames):
    clip = swing(frames)
    other = clip.resample(fps)
    assert abs((len(other) - 1) / fps - clip.duration) < 1 / fps + 1e-6
    times = np.minimum(np.arange(len(other)) / fps, clip.duration)
    exact = np.stack([np.interp(times * 30, np.arange(frames), clip.positions[:, 2, axis]) for axis in range(3)], -1)
    assert np.allclose(other.positions[:, 2], exact, atol=1e-4)
    assert np.allclose(np.linalg.norm(other.rotations, axis=-1), 1, atol=1e-5)
    assert other.fps_known and other.fps == fps


@pytest.mark.parametrize(("fps", "seed"), [(60.0, 20), (15.0, 5), (30.0, 10)])
def test_the_seed_of_a_resampled_clip_lasts_as_long(fps, seed):
    assert replace(swing(30), seed_frames=10).resample(fps).seed_frames == seed


@given(st.sampled_from([10.0, 24.0, 30.0, 50.0, 120.0]))
def test_a_resampled_loop_keeps_its_period_and_travel(fps):
    clip = swing(30, loop=True)
    other = clip.resample(fps)
    assert len(other) == round(fps)
    assert np.allclose(loop_travel(other), [1, 0, 0], atol=1e-3)


def test_unknown_joints_stay_unknown_and_only_they():
    positions = swing().positions.copy()
    positions[10, 1] = np.nan
    clip = replace(swing(), positions=positions).resample(60.0)
    unknown = np.isnan(clip.positions).any(axis=-1)
    assert unknown[:, [0, 2]].sum() == 0
    assert np.flatnonzero(unknown[:, 1]).tolist() == [19, 20, 21]


def test_an_unrolled_loop_equals_the_motion_gone_on():
    assert np.allclose(unrolled(swing(30, loop=True), 200).positions, swing(200).positions, atol=1e-5)
    clip = unrolled(swing(30, loop=True), 200)
    assert len(clip) == 200 and not clip.loop and clip.rotations.shape[0] == 200
    assert len(unrolled(swing(30), 200)) == 30


def test_a_loop_that_turns_goes_round_in_a_circle():
    once = replace(swing(30, turn=0.5, loop=True), travel=(0.0, 0.0, 0.0), turn=0.5)
    goes_on, exact = unrolled(once, 200), swing(200, turn=0.5)
    assert np.allclose(goes_on.positions, exact.positions, atol=1e-4)
    assert angle_between(goes_on.rotations, exact.rotations).max() < 1e-3
    assert np.allclose(np.linalg.norm(goes_on.positions[:, 0, [0, 2]], axis=-1), 2, atol=1e-4)


def test_the_stated_travel_is_used_as_it_is():
    clip = replace(swing(30, loop=True), travel=(1.25, 0.0, 0.5))
    assert np.allclose(loop_travel(clip), [1.25, 0, 0.5])
    assert np.allclose(unrolled(clip, 61).positions[60] - clip.positions[0], [2.5, 0, 1.0], atol=1e-6)
    assert clip.cut(0, 10).travel is None and not clip.cut(0, 10).loop


def test_cutting():
    clip = swing()
    assert np.array_equal(clip.cut(5, 12).positions, clip.positions[5:12])
    with pytest.raises(PoseviewerError, match="outside"):
        clip.cut(40, 50)


def person(frames=2):
    """A standing person, left at +x, facing +z, with the humanoid's joints."""
    places = {
        "pelvis": (0, 1, 0), "chest": (0, 1.2, 0), "neck": (0, 1.45, 0), "head": (0, 1.6, 0),
        "hip": (0.1, 1, 0), "knee": (0.1, 0.5, 0), "ankle": (0.1, 0.1, 0), "toe": (0.1, 0.05, 0.15),
        "shoulder": (0.2, 1.4, 0), "elbow": (0.2, 1.1, 0), "wrist": (0.2, 0.85, 0),
    }  # fmt: skip
    pose = []
    for joint in HUMANOID.joints:
        side, _, part = joint.rpartition("_")
        pose.append(np.array(places[part]) * ((-1, 1, 1) if side == "right" else (1, 1, 1)))
    return Clip(HUMANOID, np.tile(np.array(pose), (frames, 1, 1)), 30.0, "person")


def test_a_projection_keeps_up_up_and_turns_with_the_side():
    front = person().onto(PENN13, azimuth=0.0)
    head, left, right = (front.positions[0, PENN13.joints.index(j)] for j in ("head", "left_hip", "right_hip"))
    assert head[1] > left[1] and left[0] > 0 > right[0]
    back = person().project(np.pi)
    assert back.positions[0, HUMANOID.joints.index("left_hip"), 0] < 0
    assert abs(np.ptp(front.positions[0, :, 1]) - 0.5) < 0.15
    # seen from its left (+x) a person that faces +z looks to the left of the picture
    side = person().project(np.pi / 2).positions[0]
    assert side[HUMANOID.joints.index("left_toe"), 0] < side[HUMANOID.joints.index("left_ankle"), 0] - 0.01


def test_a_flat_clip_cannot_become_solid():
    with pytest.raises(PoseviewerError, match="2D"):
        person().onto(PENN13).onto(HUMANOID)


def test_missing_joints_are_named():
    with pytest.raises(PoseviewerError, match="left_hip"):
        swing().onto(HUMANOID)
