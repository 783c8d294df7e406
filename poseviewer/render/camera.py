"""An orbit camera: where the eye is, what it sees, and how the mouse moves it.

World: metres, y up, right-handed. Screen: px, x right, y down from the top left corner.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Size = tuple[float, float]
Preset = Literal["front", "back", "left", "right", "top", "three-quarter"]

# The design's eye stands (+1.4, 0.75, 4.9) m from the point looked at.
_THREE_QUARTER = (0.2783, 0.1462)
_PRESETS: dict[str, tuple[float, float]] = {
    "front": (0.0, 0.0),
    "back": (np.pi, 0.0),
    "left": (np.pi / 2, 0.0),
    "right": (-np.pi / 2, 0.0),
    "top": (0.0, np.pi / 2),
    "three-quarter": _THREE_QUARTER,
}
_RADIANS_PER_PX = np.radians(0.4)
_NEAREST, _FARTHEST = 0.05, 2000.0


@dataclass(frozen=True)
class Camera:
    """target: the world point looked at; yaw: radians about y, 0 looks along -z; pitch: radians, positive looks down.

    distance: metres from eye to target; fov: vertical field of view, radians. An orthographic camera shows as much
    height as a perspective one does at its target.
    """

    target: tuple[float, float, float] = (0.0, 0.85, 0.0)
    yaw: float = _THREE_QUARTER[0]
    pitch: float = _THREE_QUARTER[1]
    distance: float = 5.15
    fov: float = float(np.radians(29.0))
    orthographic: bool = False

    @cached_property
    def axes(self) -> Array:
        """(3, 3) rows: the camera's right, up and back in the world."""
        sy, cy, sp, cp = np.sin(self.yaw), np.cos(self.yaw), np.sin(self.pitch), np.cos(self.pitch)
        return np.array([[cy, 0.0, -sy], [-sy * sp, cp, -cy * sp], [sy * cp, sp, cy * cp]])

    @property
    def eye(self) -> Array:
        """(3,) where the eye is."""
        return np.asarray(self.target) + self.distance * self.axes[2]

    @property
    def half_height(self) -> float:
        """Metres from the middle of the picture to its upper edge, at the target."""
        return float(self.distance * np.tan(self.fov / 2.0))

    def half_height_at(self, depth: Array) -> Array:
        """The same at depths (...) metres before the eye."""
        return np.full_like(depth, self.half_height) if self.orthographic else depth * np.tan(self.fov / 2.0)

    def view(self) -> Array:
        """(4, 4) world -> view; the view looks along -z."""
        matrix = np.eye(4)
        matrix[:3, :3] = self.axes
        matrix[:3, 3] = -self.axes @ self.eye
        return matrix

    def projection(self, aspect: float) -> Array:
        """(4, 4) view -> clip, OpenGL's."""
        if self.orthographic:
            half, far = self.half_height, self.distance + 500.0
            return np.diag([1.0 / (half * aspect), 1.0 / half, -1.0 / far, 1.0])
        near, far = min(0.1, 0.02 * self.distance), 50.0 * self.distance + 50.0
        focal = 1.0 / np.tan(self.fov / 2.0)
        matrix = np.diag([focal / aspect, focal, -(far + near) / (far - near), 0.0])
        matrix[2, 3], matrix[3, 2] = -2.0 * far * near / (far - near), -1.0
        return matrix

    def orbit(self, dx: float, dy: float) -> Camera:
        """Turned about the target by a drag of dx, dy px; the pitch stops straight above and below."""
        pitch = float(np.clip(self.pitch + dy * _RADIANS_PER_PX, -np.pi / 2, np.pi / 2))
        yaw = float((self.yaw - dx * _RADIANS_PER_PX + np.pi) % (2.0 * np.pi) - np.pi)
        return replace(self, yaw=yaw, pitch=pitch)

    def pan(self, dx: float, dy: float, size: Size) -> Camera:
        """Moved so that the target's plane follows a drag of dx, dy px."""
        metres = 2.0 * self.half_height / size[1]
        return self.looking_at(np.asarray(self.target) + (-dx * self.axes[0] + dy * self.axes[1]) * metres)

    def zoom(self, factor: float, at: tuple[float, float], size: Size) -> Camera:
        """Nearer by `factor` (> 1) towards the point under the cursor at px `at`, which stays under it."""
        factor = self.distance / float(np.clip(self.distance / factor, _NEAREST, _FARTHEST))
        origin, direction = self.ray(at, size)
        target, back = np.asarray(self.target), self.axes[2]
        point = origin + direction * (((target - origin) @ back) / (direction @ back))
        return replace(self.looking_at(point + (target - point) / factor), distance=self.distance / factor)

    def fit(self, low: ArrayLike, high: ArrayLike, aspect: float, margin: float = 1.15) -> Camera:
        """The same direction, so near that the box low..high (3,) just lies inside the picture, with a margin."""
        low, high = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
        centre, half = (low + high) / 2.0, np.maximum((high - low) / 2.0, 0.1)
        corners = np.array(np.meshgrid(*([[-1, 1]] * 3))).reshape(3, -1).T * half @ self.axes.T
        reach = margin * np.maximum(np.abs(corners[:, 0]) / aspect, np.abs(corners[:, 1])) / np.tan(self.fov / 2.0)
        distance = float(np.max(reach if self.orthographic else reach + corners[:, 2]))
        return replace(self.looking_at(centre), distance=float(np.clip(distance, _NEAREST, _FARTHEST)))

    def preset(self, name: Preset) -> Camera:
        """The same target and distance seen from the front, a side, above or the design's three-quarter view."""
        yaw, pitch = _PRESETS[name]
        return replace(self, yaw=yaw, pitch=pitch)

    def project(self, points: ArrayLike, size: Size) -> tuple[Array, Array]:
        """World points (..., 3) -> px (..., 2) and depth (...) metres before the eye; behind it px are NaN."""
        seen = (np.asarray(points, dtype=np.float64) - self.eye) @ self.axes.T
        depth = -seen[..., 2]
        scale = size[1] / 2.0 / self.half_height_at(np.where(depth > 1e-6, depth, np.nan))
        px = np.stack([size[0] / 2.0 + seen[..., 0] * scale, size[1] / 2.0 - seen[..., 1] * scale], axis=-1)
        return px, depth

    def ray(self, px: tuple[float, float], size: Size) -> tuple[Array, Array]:
        """(3,) origin and (3,) unit direction of the line of sight through a pixel."""
        x, y = (px[0] - size[0] / 2.0) * 2.0 / size[1], (size[1] / 2.0 - px[1]) * 2.0 / size[1]
        right, up, back = self.axes
        if self.orthographic:
            return self.eye + (x * right + y * up) * self.half_height, -back
        direction = (x * right + y * up) * np.tan(self.fov / 2.0) - back
        return self.eye, direction / np.linalg.norm(direction)

    def lerp(self, other: Camera, t: float) -> Camera:
        """Between this camera (t = 0) and another (1), the short way round; the other's projection from the start."""
        turn = (other.yaw - self.yaw + np.pi) % (2.0 * np.pi) - np.pi
        target = (1.0 - t) * np.asarray(self.target) + t * np.asarray(other.target)
        return replace(
            other.looking_at(target),
            yaw=float(self.yaw + t * turn),
            pitch=(1.0 - t) * self.pitch + t * other.pitch,
            distance=float(self.distance * (other.distance / self.distance) ** t),
            fov=(1.0 - t) * self.fov + t * other.fov,
        )

    def looking_at(self, target: NDArray[np.floating]) -> Camera:
        """Moved so that the point looked at is a target (3,); direction and distance stay."""
        return replace(self, target=(float(target[0]), float(target[1]), float(target[2])))
