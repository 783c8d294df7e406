"""Rotations: quaternions (..., 4) as w, x, y, z; matrices (..., 3, 3) acting on columns; exponential maps (..., 3);
6D (..., 6) = the first two columns of the matrix (Zhou et al., CVPR 2019); Euler angles (..., 3) in radians, intrinsic,
in any order of distinct or repeated axes. Every function works on any leading shape and computes in float64.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.floating]

IDENTITY = np.array([1.0, 0.0, 0.0, 0.0])
_AXES = {"x": 0, "y": 1, "z": 2}
_TINY = 1e-12


def normalise(q: ArrayLike) -> Array:
    """Unit quaternions (..., 4); a zero quaternion becomes the identity."""
    q = np.asarray(q, dtype=np.float64)
    norm = np.linalg.norm(q, axis=-1, keepdims=True)
    return np.where(norm > _TINY, q / np.maximum(norm, _TINY), IDENTITY)


def multiply(a: ArrayLike, b: ArrayLike) -> Array:
    """Hamilton product: the rotation b, then a, on column vectors; (..., 4)."""
    aw, ax, ay, az = np.moveaxis(np.asarray(a, dtype=np.float64), -1, 0)
    bw, bx, by, bz = np.moveaxis(np.asarray(b, dtype=np.float64), -1, 0)
    return np.stack(
        [
            aw * bw - ax * bx - ay * by - az * bz,
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
        ],
        axis=-1,
    )


def conjugate(q: ArrayLike) -> Array:
    """The inverse of unit quaternions (..., 4)."""
    return np.asarray(q, dtype=np.float64) * np.array([1.0, -1.0, -1.0, -1.0])


def rotate(q: ArrayLike, v: ArrayLike) -> Array:
    """Vectors v (..., 3) turned by unit quaternions q (..., 4)."""
    q, v = np.asarray(q, dtype=np.float64), np.asarray(v, dtype=np.float64)
    axis = q[..., 1:]
    t = 2.0 * np.cross(axis, v)
    return v + q[..., :1] * t + np.cross(axis, t)


def continuous(q: ArrayLike) -> Array:
    """Quaternions (F, ..., 4) with signs such that neighbouring frames lie in one hemisphere; frame 0 has w >= 0."""
    q = np.array(q, dtype=np.float64)
    if not len(q):
        return q
    flips = np.sum(q[1:] * q[:-1], axis=-1) < 0
    first = q[:1, ..., 0] < 0
    sign = np.where(np.cumsum(np.concatenate([first, flips]), axis=0) % 2, -1.0, 1.0)
    return q * sign[..., None]


def slerp(a: ArrayLike, b: ArrayLike, t: ArrayLike) -> Array:
    """Spherical interpolation (..., 4) along the shorter arc, t (...) in 0..1 (Shoemake, SIGGRAPH 1985)."""
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    dot = np.sum(a * b, axis=-1)
    b = np.where((dot < 0)[..., None], -b, b)
    angle = np.arccos(np.clip(np.abs(dot), 0.0, 1.0))
    t = np.asarray(t, dtype=np.float64)
    sine = np.sin(angle)
    small = sine < 1e-6
    safe = np.where(small, 1.0, sine)
    wa = np.where(small, 1.0 - t, np.sin((1.0 - t) * angle) / safe)
    wb = np.where(small, t, np.sin(t * angle) / safe)
    return normalise(wa[..., None] * a + wb[..., None] * b)


def from_axis_angle(axis: ArrayLike, angle: ArrayLike) -> Array:
    """Unit quaternions (..., 4) about unit axes (..., 3) by angles (...) in radians."""
    half = np.asarray(angle, dtype=np.float64)[..., None] / 2.0
    axis = np.broadcast_to(np.asarray(axis, dtype=np.float64), (*half.shape[:-1], 3))
    return np.concatenate([np.cos(half), np.sin(half) * axis], axis=-1)


def from_expmap(v: ArrayLike) -> Array:
    """Unit quaternions (..., 4) of exponential maps (..., 3): direction = axis, length = angle in radians."""
    v = np.asarray(v, dtype=np.float64)
    angle = np.linalg.norm(v, axis=-1, keepdims=True)
    return np.concatenate([np.cos(angle / 2.0), 0.5 * np.sinc(angle / (2.0 * np.pi)) * v], axis=-1)


def to_matrix(q: ArrayLike) -> Array:
    """Rotation matrices (..., 3, 3) of unit quaternions (..., 4)."""
    w, x, y, z = np.moveaxis(np.asarray(q, dtype=np.float64), -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def from_matrix(m: ArrayLike) -> Array:
    """Unit quaternions (..., 4), w >= 0, of rotation matrices (..., 3, 3) (Shepperd, 1978)."""
    m = np.asarray(m, dtype=np.float64)
    x, y, z = m[..., 0, 0], m[..., 1, 1], m[..., 2, 2]
    a, b, c = m[..., 2, 1], m[..., 0, 2], m[..., 1, 0]
    d, e, f = m[..., 1, 2], m[..., 2, 0], m[..., 0, 1]
    rows = [  # each is the quaternion, times four times one of its own numbers
        [1 + x + y + z, a - d, b - e, c - f],
        [a - d, 1 + x - y - z, c + f, b + e],
        [b - e, c + f, 1 - x + y - z, a + d],
        [c - f, b + e, a + d, 1 - x - y + z],
    ]
    every = np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)
    largest = np.argmax(np.stack([x + y + z, x, y, z], axis=-1), axis=-1)
    q = np.take_along_axis(every, largest[..., None, None], axis=-2)[..., 0, :]
    return normalise(np.where(q[..., :1] < 0, -q, q))


def from_6d(v: ArrayLike) -> Array:
    """Unit quaternions (..., 4) of 6D rotations (..., 6), made orthonormal."""
    v = np.asarray(v, dtype=np.float64)
    first = v[..., :3] / np.maximum(np.linalg.norm(v[..., :3], axis=-1, keepdims=True), _TINY)
    second = v[..., 3:] - np.sum(first * v[..., 3:], axis=-1, keepdims=True) * first
    second = second / np.maximum(np.linalg.norm(second, axis=-1, keepdims=True), _TINY)
    return from_matrix(np.stack([first, second, np.cross(first, second)], axis=-1))


def from_euler(angles: ArrayLike, order: str) -> Array:
    """Unit quaternions (..., 4) of intrinsic Euler angles (..., n) about the n axes of `order` ("zxy", "y", "xyx").

    The first axis turns last in the world's frame: R = R_first R_second R_third, as BVH has it.
    """
    angles = np.asarray(angles, dtype=np.float64)
    if angles.shape[-1] != len(order):
        raise ValueError(f"{angles.shape[-1]} angles for the axes {order!r}")
    q = np.broadcast_to(IDENTITY, (*angles.shape[:-1], 4))
    for i, axis in enumerate(order.lower()):
        q = multiply(q, from_axis_angle(np.eye(3)[_AXES[axis]], angles[..., i]))
    return q


def to_euler(q: ArrayLike, order: str) -> Array:
    """Intrinsic Euler angles (..., 3) of unit quaternions (..., 4) about three distinct axes, middle one -pi/2..pi/2.

    At the singularity the third angle is set to 0: compare rotations, not angles.
    """
    i, j, k = (_AXES[axis] for axis in order.lower())
    if {i, j, k} != {0, 1, 2}:
        raise ValueError(f"to_euler needs three distinct axes, not {order!r}")
    sign = 1.0 if (j - i) % 3 == 1 else -1.0
    m = to_matrix(q)
    middle_sine = sign * m[..., i, k]
    middle = np.arctan2(middle_sine, np.hypot(m[..., i, i], m[..., i, j]))
    singular = np.hypot(m[..., i, i], m[..., i, j]) < 1e-9
    first = np.where(
        singular, np.arctan2(sign * m[..., k, j], m[..., j, j]), np.arctan2(-sign * m[..., j, k], m[..., k, k])
    )
    third = np.where(singular, 0.0, np.arctan2(-sign * m[..., i, j], m[..., i, i]))
    return np.stack([first, middle, third], axis=-1)
