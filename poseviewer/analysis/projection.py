"""Projections of latents onto the map's plane, and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from poseviewer.nets.models.reference import principal_axes
from poseviewer.nets.protocols import Array


@dataclass(frozen=True, eq=False)
class PCAProjection:
    """The plane of two principal axes. mean (Z,), axes (2, Z) orthonormal, explained (2,) shares of the variance."""

    mean: Array
    axes: Array
    explained: Array

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
        if len(axes) == 1:  # one latent dimension: the map's second axis stays empty
            axes, variances = np.concatenate([axes, np.zeros((1, 1))]), np.append(variances, 0.0)
        total = max(float(variances.sum()), 1e-12)
        return cls(np.asarray(mean, dtype=np.float64), axes[:2], variances[:2] / total)

    def map(self, latents: Array) -> Array:
        """Latents (N, Z) -> map points (N, 2)."""
        return (np.asarray(latents, dtype=np.float64) - self.mean) @ self.axes.T

    def lift(self, point: ArrayLike, near: Array) -> Array:
        """The latent (Z,) over a map point (2,) that keeps what `near` (Z,) has outside the plane: exact."""
        near = np.asarray(near, dtype=np.float64)
        return near + (np.asarray(point, dtype=np.float64) - self.map(near[None])[0]) @ self.axes
