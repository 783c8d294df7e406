"""Projections of latents onto the map's plane, and back. All are linear: what lies outside the plane is kept.

Letters: N latents, Z latent size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.nets.models.reference import principal_axes
from poseviewer.nets.protocols import Array

_MOST = 100_000  # latents that discriminants are fitted to


@dataclass(frozen=True, eq=False)
class Projection:
    """mean (Z,) lies at the map's origin; axes (2, Z): rows that latents are measured along."""

    mean: Array
    axes: Array

    @property
    def names(self) -> tuple[str, str]:
        """What the axes are called."""
        raise NotImplementedError

    @property
    def captions(self) -> tuple[str, str]:
        """What stands beside the axes: their names and how much each shows."""
        return self.names

    def map(self, latents: Array) -> Array:
        """Latents (N, Z) -> map points (N, 2)."""
        return (np.asarray(latents, dtype=np.float64) - self.mean) @ self.axes.T

    def lift(self, point: ArrayLike, near: Array) -> Array:
        """The latent (Z,) over a map point (2,) that keeps what `near` (Z,) has outside the plane: exact."""
        near = np.asarray(near, dtype=np.float64)
        return near + self._back @ (np.asarray(point, dtype=np.float64) - self.map(near[None])[0])

    @cached_property
    def _back(self) -> Array:
        """(Z, 2) the least change of a latent that moves its map point by one along each axis."""
        return np.asarray(np.linalg.pinv(self.axes))

    def widened(self, part: slice, size: int) -> Self:
        """The same of latents (N, size) in which the ones that it is of are a part; the others are not seen."""
        mean, axes = np.zeros(size), np.zeros((2, size))
        mean[part], axes[:, part] = self.mean, self.axes
        return replace(self, mean=mean, axes=axes)


@dataclass(frozen=True, eq=False)
class FittedProjection(Projection):
    """A plane of two axes that were fitted to latents. explained (2,): shares of the variance that they tell of."""

    explained: Array

    _AXIS: ClassVar[str]
    _OF: ClassVar[str] = ""

    @property
    def names(self) -> tuple[str, str]:
        return f"{self._AXIS} 1", f"{self._AXIS} 2"

    @property
    def captions(self) -> tuple[str, str]:
        told = zip(self.names, self.explained, strict=True)
        first, second = (f"{name}, {100.0 * share:.0f} %{self._OF}" for name, share in told)
        return first, second


@dataclass(frozen=True, eq=False)
class PCAProjection(FittedProjection):
    """The plane of two principal axes, orthonormal. explained: of the variance."""

    _AXIS = "PC"

    @classmethod
    def fit(cls, latents: Array) -> PCAProjection:
        """The plane of latents (N, Z)."""
        latents = np.asarray(latents, dtype=np.float64)
        if len(latents) < 2:
            return cls.from_moments(latents.mean(axis=0), np.eye(latents.shape[1]))
        return cls.from_moments(latents.mean(axis=0), np.cov(latents, rowvar=False))

    @classmethod
    def from_moments(cls, mean: Array, covariance: Array) -> PCAProjection:
        """The plane of a checkpoint's latent mean (Z,) and covariance (Z, Z); its density image lies in it."""
        axes, variances = principal_axes(np.atleast_2d(covariance))
        axes, variances = _two(axes), np.pad(variances, (0, 1))
        total = max(float(variances.sum()), 1e-12)
        return cls(np.asarray(mean, dtype=np.float64), axes, variances[:2] / total)


@dataclass(frozen=True, eq=False)
class LDAProjection(FittedProjection):
    """The two axes along which actions lie apart, measured in deviations within an action (Fisher's discriminants).

    explained: of the variance between actions.
    """

    _AXIS, _OF = "LD", " between actions"

    @classmethod
    def fit(cls, latents: Array, actions: NDArray[np.integer]) -> LDAProjection:
        """The axes of latents (N, Z) whose actions (N,) are known, three of them or more."""
        from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

        every = -(-len(latents) // _MOST)
        model: Any = LinearDiscriminantAnalysis()
        model.fit(np.asarray(latents[::every], dtype=np.float64), actions[::every])
        axes = _two(np.asarray(model.scalings_).T)
        largest = axes[np.arange(2), np.abs(axes).argmax(axis=1)]
        explained = np.pad(np.asarray(model.explained_variance_ratio_), (0, 2))[:2]
        return cls(np.asarray(model.xbar_), axes * np.where(largest < 0.0, -1.0, 1.0)[:, None], explained)


@dataclass(frozen=True, eq=False)
class DimensionsProjection(Projection):
    """Two of the latent dimensions themselves. dimensions: their numbers, from 0; kl: nats of each where known."""

    dimensions: tuple[int, int]
    kl: tuple[float, float] | None

    @property
    def names(self) -> tuple[str, str]:
        first, second = (f"z {number + 1}" for number in self.dimensions)
        return first, second

    @property
    def captions(self) -> tuple[str, str]:
        if self.kl is None:
            return self.names
        first, second = (f"{name}, {nats:.2f} nats" for name, nats in zip(self.names, self.kl, strict=True))
        return first, second

    @classmethod
    def of(cls, dimensions: tuple[int, int], size: int, kl: Array | None = None) -> DimensionsProjection:
        """Two of `size` dimensions, whose latents stay as they are; kl (size,): nats of each."""
        axes = np.zeros((2, size))
        if dimensions[0] != dimensions[1]:  # with one dimension the map's second axis stays empty
            axes[1, dimensions[1]] = 1.0
        axes[0, dimensions[0]] = 1.0
        nats = None if kl is None else (float(kl[dimensions[0]]), float(kl[dimensions[1]]))
        return cls(np.zeros(size), axes, dimensions, nats)


def _two(axes: Array) -> Array:
    """(2, Z) the first two of axes (K, Z); where there is one alone the second is empty."""
    return np.concatenate([axes, np.zeros((2, axes.shape[1]))])[:2]
