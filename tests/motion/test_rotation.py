from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.transform import Rotation

from poseviewer.motion import rotation
from tests.motion.angles import angle_between

numbers = st.floats(-1, 1, allow_subnormal=False)
quaternions = arrays(np.float64, (5, 4), elements=numbers).filter(lambda q: (np.linalg.norm(q, axis=-1) > 1e-3).all())
vectors = arrays(np.float64, (5, 3), elements=st.floats(-10, 10, allow_subnormal=False))
orders = st.permutations("xyz").map("".join)
TINY = 1e-9


def same(a, b, tolerance=TINY):
    return angle_between(a, b).max() < tolerance


@given(quaternions, vectors)
def test_rotate_agrees_with_matrix_and_keeps_length(q, v):
    q = rotation.normalise(q)
    turned = rotation.rotate(q, v)
    assert np.allclose(turned, np.einsum("fij,fj->fi", rotation.to_matrix(q), v), atol=1e-9)
    assert np.allclose(np.linalg.norm(turned, axis=-1), np.linalg.norm(v, axis=-1), atol=1e-9)


@given(quaternions, quaternions, vectors)
def test_multiply_turns_by_the_right_one_first(a, b, v):
    a, b = rotation.normalise(a), rotation.normalise(b)
    assert np.allclose(
        rotation.rotate(rotation.multiply(a, b), v), rotation.rotate(a, rotation.rotate(b, v)), atol=1e-9
    )


@given(vectors)
def test_an_exponential_map_is_as_scipy_has_it(v):
    assert same(rotation.from_expmap(v), Rotation.from_rotvec(v).as_quat()[:, [3, 0, 1, 2]])


@given(quaternions)
def test_matrices_and_6d_come_back_as_the_same_rotation(q):
    q = rotation.normalise(q)
    matrix = rotation.to_matrix(q)
    assert same(rotation.from_matrix(matrix), q, 1e-7) and (rotation.from_matrix(matrix)[:, 0] >= 0).all()
    six = np.concatenate([matrix[..., 0], matrix[..., 1]], axis=-1)
    assert same(rotation.from_6d(six * 1.02), q, 1e-7)


@pytest.mark.parametrize("axis", np.eye(3))
def test_a_half_turn_comes_back_from_its_matrix(axis):
    half = rotation.from_axis_angle(axis, np.pi)
    assert same(rotation.from_matrix(rotation.to_matrix(half)), half, 1e-7)


@given(quaternions, orders)
def test_euler_comes_back_as_the_same_rotation(q, order):
    q = rotation.normalise(q)
    assert same(rotation.from_euler(rotation.to_euler(q, order), order), q, 1e-7)


@given(orders, st.sampled_from([-90.0, 90.0]), st.floats(-180, 180), st.floats(-180, 180))
def test_euler_at_the_singularity(order, middle, first, third):
    q = rotation.from_euler(np.radians([first, middle, third]), order)
    assert same(rotation.from_euler(rotation.to_euler(q, order), order), q, 1e-6)


@given(
    arrays(np.float64, 3, elements=st.floats(-np.pi, np.pi)),
    st.sampled_from(["zxy", "xyz", "zyx", "yzx", "zxz", "xyx"]),
)
def test_euler_is_intrinsic_as_scipy_has_it(angles, order):
    w = Rotation.from_euler(order.upper(), angles).as_quat()[[3, 0, 1, 2]]
    assert same(rotation.from_euler(angles, order), w, 1e-7)


def test_euler_of_one_or_many_axes():
    q = rotation.from_euler([0.1, 0.2, 0.3, 0.4], "zyzx")
    steps = [rotation.from_euler([angle], axis) for angle, axis in zip([0.1, 0.2, 0.3, 0.4], "zyzx", strict=True)]
    product = steps[0]
    for step in steps[1:]:
        product = rotation.multiply(product, step)
    assert same(q, product)
    with pytest.raises(ValueError, match="angles"):
        rotation.from_euler([0.1, 0.2], "xyz")


@given(quaternions, st.lists(st.booleans(), min_size=5, max_size=5))
def test_continuous_undoes_sign_flips(q, flips):
    path = rotation.normalise(
        rotation.slerp(rotation.normalise(q[:1]), rotation.normalise(q[1:2]), np.linspace(0, 1, 5))
    )
    sign = np.where(flips, -1.0, 1.0)[:, None]
    smooth = rotation.continuous(path * sign)
    assert (np.sum(smooth[1:] * smooth[:-1], axis=-1) >= 0).all()
    assert smooth[0, 0] >= 0
    assert same(smooth, path)


@given(quaternions, quaternions, st.floats(0, 1))
def test_slerp_moves_evenly_along_the_shorter_arc(a, b, t):
    a, b = rotation.normalise(a), rotation.normalise(b)
    whole = angle_between(a, b)
    part = angle_between(a, rotation.slerp(a, b, np.full(5, t)))
    assert np.allclose(part, t * whole, atol=1e-5)


def test_a_zero_quaternion_becomes_the_identity():
    assert (rotation.normalise(np.zeros((2, 4))) == rotation.IDENTITY).all()
