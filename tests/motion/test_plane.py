"""The plane of an image: what is projected onto it is put back where it was."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.motion.clip import Clip, loop_travel
from poseviewer.motion.plane import Plane
from poseviewer.motion.skeleton import HUMANOID, PENN13

NUMBER = st.floats(-20.0, 20.0)


def walker(frames: int = 30, loop: bool = False, turn: float = 0.0) -> Clip:
    """A person that walks along +x, one leg before the other, three metres away from the origin in z."""
    places = {
        "pelvis": (0, 0.95, 0), "chest": (0, 1.2, 0), "neck": (0, 1.45, 0), "head": (0, 1.6, 0),
        "hip": (0, 0.95, 0.1), "knee": (0, 0.5, 0.1), "ankle": (0, 0.1, 0.1), "toe": (0.15, 0.05, 0.1),
        "shoulder": (0, 1.4, 0.2), "elbow": (0, 1.1, 0.2), "wrist": (0, 0.85, 0.2),
    }  # fmt: skip
    pose = []
    for joint in HUMANOID.joints:
        side, _, part = joint.rpartition("_")
        pose.append(np.array(places[part]) * ((1, 1, -1) if side == "left" else (1, 1, 1)))
    travel = np.arange(frames)[:, None, None] * np.array([0.04, 0.0, 0.0]) + [0.0, 0.0, 3.0]
    return Clip(HUMANOID, (np.array(pose) + travel).astype(np.float32), 30.0, "walker", loop=loop, turn=turn)


@given(NUMBER, st.floats(0.1, 20.0), st.tuples(NUMBER, NUMBER, NUMBER), st.tuples(NUMBER, NUMBER))
def test_points_of_the_image_come_back_from_the_world(azimuth, height, centre, point):
    plane = Plane(azimuth, height, centre)
    assert plane.image(plane.world(point)) == pytest.approx(point, abs=1e-3)


@given(NUMBER, st.tuples(NUMBER, NUMBER, NUMBER), st.tuples(NUMBER, NUMBER, NUMBER))
def test_a_plane_through_a_point_shows_the_same(azimuth, centre, point):
    plane = Plane(azimuth, 2.0, centre)
    moved = plane.through(point)
    assert moved.image(point) == pytest.approx(plane.image(point), abs=1e-4)
    assert moved.world(moved.image(point)) == pytest.approx(np.array(point), abs=1e-3)


@pytest.mark.parametrize("azimuth", [None, 0.0, 1.0, -2.5])
def test_a_projected_clip_knows_where_its_image_stands(azimuth):
    clip = walker()
    flat = clip.onto(PENN13, azimuth)
    assert flat.plane is not None
    assert np.ptp(flat.positions[0, :, 1]) == pytest.approx(0.5, abs=0.05)
    placed = flat.plane.world(flat.positions)
    seen = clip.positions[:, [HUMANOID.joints.index(joint) for joint in PENN13.joints]]
    assert placed[..., 1] == pytest.approx(seen[..., 1], abs=1e-4)
    assert placed @ flat.plane.right == pytest.approx(seen @ flat.plane.right, abs=1e-4)
    depth = clip.positions[:, 0] @ flat.plane.towards_eye
    assert placed[0, 0] @ flat.plane.towards_eye == pytest.approx(np.median(depth), abs=1e-4)


def test_a_projected_loop_travels_across_its_image():
    flat = walker(loop=True).project(0.0)
    assert flat.plane is not None
    assert loop_travel(flat)[0] * flat.plane.height == pytest.approx(30 * 0.04, abs=1e-3)


def test_a_loop_that_turns_is_no_loop_from_one_side():
    assert not walker(loop=True, turn=0.3).project(0.0).loop
