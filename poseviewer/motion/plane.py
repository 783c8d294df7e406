"""Plane: where in the world the image lies that 2D poses are seen in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Plane:
    """An image standing upright in the world, seen at right angles.

    azimuth: radians about the y axis of the side that it is seen from; 0 looks along -z, so that +x is to the right.
    height: metres that the image's height measures. centre: (x, y, z) metres of the image's middle.
    """

    azimuth: float
    height: float
    centre: tuple[float, float, float]

    @property
    def numbers(self) -> tuple[float, ...]:
        """azimuth, height, and x, y, z of the centre, as files hold them."""
        return (self.azimuth, self.height, *self.centre)

    @classmethod
    def of_numbers(cls, numbers: Iterable[float]) -> Plane:
        """The plane of five such numbers."""
        azimuth, height, x, y, z = map(float, numbers)
        return cls(azimuth, height, (x, y, z))

    @property
    def right(self) -> NDArray[np.float64]:
        """(3,) the direction in the world that is to the right in the image."""
        return np.array([np.cos(self.azimuth), 0.0, -np.sin(self.azimuth)])

    @property
    def towards_eye(self) -> NDArray[np.float64]:
        """(3,) the direction in the world that comes out of the image."""
        return np.array([np.sin(self.azimuth), 0.0, np.cos(self.azimuth)])

    def image(self, points: ArrayLike) -> NDArray[np.float32]:
        """World points (..., 3) in metres -> where they are seen (..., 2), image heights from its middle, y up."""
        away = np.asarray(points, dtype=np.float64) - self.centre
        return (np.stack([away @ self.right, away[..., 1]], axis=-1) / self.height).astype(np.float32)

    def world(self, points: ArrayLike) -> NDArray[np.float32]:
        """Points of the image (..., 2), in its heights -> (..., 3) metres on the plane."""
        points = np.asarray(points, dtype=np.float64) * self.height
        placed = points[..., :1] * self.right + self.centre
        placed[..., 1] += points[..., 1]
        return placed.astype(np.float32)

    def moved(self, by: ArrayLike) -> Plane:
        """The plane `by` (x, y, z) metres farther on."""
        x, y, z = (np.asarray(self.centre) + by).tolist()
        return replace(self, centre=(x, y, z))

    def through(self, point: ArrayLike) -> Plane:
        """The plane moved along its line of sight, so that a world point (3,) lies on it; a pose looks the same."""
        towards = self.towards_eye
        return self.moved(towards * float((np.asarray(point, dtype=np.float64) - self.centre) @ towards))
