from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.render.camera import Camera

SIZE = (640.0, 360.0)
coordinate = st.floats(-5, 5)
cameras = st.builds(
    Camera,
    target=st.tuples(coordinate, coordinate, coordinate),
    yaw=st.floats(-3.1, 3.1),
    pitch=st.floats(-1.57, 1.57),
    distance=st.floats(0.5, 30),
    orthographic=st.booleans(),
)
pixels = st.tuples(st.floats(0, SIZE[0]), st.floats(0, SIZE[1]))


@given(cameras, st.floats(-500, 500), st.floats(-500, 500))
def test_orbit_keeps_target_and_distance(camera: Camera, dx: float, dy: float) -> None:
    turned = camera.orbit(dx, dy)
    assert turned.target == camera.target
    assert np.linalg.norm(turned.eye - np.array(turned.target)) == pytest.approx(camera.distance)
    assert abs(turned.pitch) <= np.pi / 2


def test_a_drag_turns_what_is_near_along_with_the_mouse() -> None:
    camera = Camera(yaw=0.4, pitch=0.2)
    near = np.array(camera.target) + 0.5 * camera.axes[2]
    (before, _), (right, _), (down, _) = (
        seen.project(near, SIZE) for seen in (camera, camera.orbit(50, 0), camera.orbit(0, 50))
    )
    assert right[0] > before[0] + 10 and right[1] == pytest.approx(before[1], abs=5)
    assert down[1] > before[1] + 10 and down[0] == pytest.approx(before[0], abs=1)
    assert camera.orbit(100, 0).yaw == pytest.approx(0.4 - np.radians(40.0))


@given(cameras, pixels, st.floats(0.5, 2.0))
def test_zoom_keeps_the_world_point_under_the_cursor(camera: Camera, px: tuple[float, float], factor: float) -> None:
    origin, direction = camera.ray(px, SIZE)
    back = camera.axes[2]
    under = origin + direction * (((np.array(camera.target) - origin) @ back) / (direction @ back))
    zoomed = camera.zoom(factor, px, SIZE)
    assert zoomed.distance == pytest.approx(camera.distance / factor)
    assert zoomed.project(under, SIZE)[0] == pytest.approx(px, abs=1e-5)


@given(cameras, pixels, st.floats(0.3, 20))
def test_a_point_on_a_ray_is_projected_back_to_its_pixel(camera: Camera, px: tuple[float, float], far: float) -> None:
    origin, direction = camera.ray(px, SIZE)
    back, depth = camera.project(origin + far * direction, SIZE)
    assert back == pytest.approx(px, abs=1e-5)
    assert depth == pytest.approx(far * -(direction @ camera.axes[2]))


@given(cameras, st.tuples(coordinate, coordinate, coordinate), st.tuples(*[st.floats(0, 6)] * 3), st.floats(0.4, 3))
def test_fit_contains_the_whole_box(camera: Camera, low: tuple, size: tuple, aspect: float) -> None:
    high = np.array(low) + size
    fitted = camera.fit(low, high, aspect)
    corners = np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(3, -1).T
    screen = (100.0 * aspect, 100.0)
    px, depth = fitted.project(corners, screen)
    assert (depth > 0).all() or camera.orthographic
    assert (px >= -1e-6).all() and (px <= np.array(screen) + 1e-6).all()


@given(cameras, st.floats(-100, 100), st.floats(-100, 100))
def test_pan_moves_the_target_s_plane_with_the_mouse(camera: Camera, dx: float, dy: float) -> None:
    before, _ = camera.project(camera.target, SIZE)
    after, _ = camera.pan(dx, dy, SIZE).project(camera.target, SIZE)
    assert after - before == pytest.approx([dx, dy], abs=1e-6)


@given(cameras)
def test_the_matrices_agree_with_project(camera: Camera) -> None:
    point = np.array(camera.target) + camera.axes[0] * 0.1 + camera.axes[1] * 0.2
    clip = camera.projection(SIZE[0] / SIZE[1]) @ camera.view() @ np.append(point, 1.0)
    ndc = clip[:3] / clip[3]
    assert np.abs(ndc[2]) < 1
    px = (ndc[0] + 1) * SIZE[0] / 2, (1 - ndc[1]) * SIZE[1] / 2
    assert camera.project(point, SIZE)[0] == pytest.approx(px, abs=1e-6)


def test_a_point_behind_the_eye_has_no_pixel() -> None:
    camera = Camera()
    px, depth = camera.project(camera.eye + camera.axes[2], SIZE)
    assert np.isnan(px).all() and depth < 0


def test_the_three_quarter_preset_stands_where_the_design_says() -> None:
    camera = Camera(target=(0.0, 0.0, 0.0)).preset("three-quarter")
    assert camera.eye == pytest.approx([1.4, 0.75, 4.9], abs=0.02)


def test_lerp_starts_here_ends_there_and_takes_the_short_way() -> None:
    first, last = Camera(yaw=3.0, distance=2.0), Camera(yaw=-3.0, distance=8.0)
    assert first.lerp(last, 0.0).eye == pytest.approx(first.eye)
    assert first.lerp(last, 1.0).eye == pytest.approx(last.eye)
    assert abs(first.lerp(last, 0.5).yaw) > 3.0
