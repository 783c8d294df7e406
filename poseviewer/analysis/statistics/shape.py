"""What a body is made of: the lengths of its bones, how far its joints bend, how strange its pose is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.known import are_known, joined
from poseviewer.analysis.statistics.body import lengths
from poseviewer.analysis.statistics.directions import CELLS, GRID, bone_directions, nearest_cells
from poseviewer.analysis.statistics.sign import FOURFOLD, Sign, axes, usual
from poseviewer.analysis.statistics.statistic import Judged
from poseviewer.motion.skeleton import HUMANOID, Skeleton
from poseviewer.nets.models.reference import LEAST_FRAMES, cluster_means
from poseviewer.nets.protocols import Array

_STRETCH = 0.01  # share of a bone: what is no change in any recording
_RIGID, _OF_MEDIAN = 0.003, 3.0  # a bone changes by such a share of its length at most, or by so much more than others
_NO_BONE = 1e6  # the scale of an edge that no change of counts
_BEND = 4.0  # degrees: between neighbouring directions of the grid
_CENTRES = 400
_THINNED = 2
_AT_ONCE, _BENT_AT_ONCE = 4096, 64


@dataclass(frozen=True, eq=False)
class BoneLength(Sign):
    """The largest change of a bone's length against the seed's, in multiples of what that bone's usual one is. An edge
    that real motion shortens far more than others is no bone but a row of joints, a neck or a back, and does not count.
    """

    scale: Array = field(default_factory=lambda: np.ones(1), metadata=axes("E", above=0.0))
    """(E,) the usual change of each edge, as a share of its length."""
    name = "bones"
    unit = "times"
    side = "drift"
    title = "bone length"
    words = "a bone changes its length {value} times as much as in real motion"
    floor = 1.0
    dims = (3,)

    def fitted(self, motions: Sequence[Judged]) -> Self:
        change = usual([self._change(m)[0] for m in motions], 99.0, 90.0)
        rigid = change <= max(_RIGID, _OF_MEDIAN * float(np.median(change)))
        return replace(self, scale=np.where(rigid, change + _STRETCH, _NO_BONE))

    def each(self, frames: Judged) -> Array:
        return np.maximum.reduce(self._change(frames) / self.scale[None, None], axis=-1)

    def _change(self, frames: Judged) -> Array:
        body = frames.known_body
        return np.abs(lengths(frames.poses, body.skeleton) / body.usual_bones - 1.0)


@dataclass(frozen=True, eq=False)
class JointRange(Sign):
    """How far the most bent joint lies beyond what was seen, in multiples of two steps of the grid.

    Directions of limbs in the frames of their parents, on a grid of the sphere: the angle to the nearest cell that real
    motion visits.
    """

    seen: Array = field(default_factory=lambda: np.ones((1, CELLS), dtype=np.float32), metadata=axes("K", "cells"))
    """(K, CELLS) 1 where a direction was seen, of limbs of the left side and mirrored ones of the right."""
    scale: Array = field(default_factory=lambda: np.ones(1), metadata=axes("K", above=0.0))
    """(K,) degrees."""
    name = "range"
    unit = "times"
    side = "drift"
    title = "joint range"
    weight = FOURFOLD
    manifold = True
    words = f"a joint bends beyond its range by {{value}} times {2.0 * _BEND:.0f} degrees"
    floor = 1.0
    dims = (3,)
    seconds = 3.0 / 30.0
    how = "least"

    @classmethod
    def applies(cls, skeleton: Skeleton) -> bool:
        return skeleton.joints == HUMANOID.joints and skeleton.dims == 3

    def fitted(self, motions: Sequence[Judged]) -> Self:
        seen = None
        for motion in motions:
            for directions in bone_directions(motion.poses[0, ::_THINNED], motion.known_body.skeleton):
                cells = nearest_cells(directions)
                if seen is None:
                    seen = np.zeros((len(directions), CELLS), dtype=np.float32)
                for k, found in enumerate(cells):
                    seen[k, found] = 1.0
        return self if seen is None else replace(self, seen=seen, scale=np.full(len(seen), 2.0 * _BEND))

    def each(self, frames: Judged) -> Array:
        shape = frames.poses.shape
        flat = frames.poses.reshape(-1, *shape[2:])
        directions = bone_directions(flat, frames.known_body.skeleton)
        parts = [self._worst(directions[:, :, k : k + _BENT_AT_ONCE]) for k in range(0, len(flat), _BENT_AT_ONCE)]
        return joined(parts).reshape(shape[:2])

    def _worst(self, directions: Array) -> Array:
        """(N,) of directions (2, K, N, 3)."""
        near = np.maximum.reduce(directions.astype(np.float32, order="C") @ self._ranges, axis=-1)
        beyond = np.degrees(np.arccos(np.minimum(near, 1.0))) / self.scale[:, None]
        return np.maximum.reduce(beyond, axis=(0, 1), initial=0.0)

    @cached_property
    def _ranges(self) -> Array:
        """(K, 3, C) the cells that were seen of each limb; fewer than C of them are filled up with the first."""
        cells = [np.flatnonzero(seen) for seen in self.seen]
        most = max(map(len, cells))
        return np.stack([GRID[np.append(own, np.repeat(own[:1], most - len(own)))].T for own in cells])


@dataclass(frozen=True, eq=False)
class NearestPose(Sign):
    """Distance of the pose, in the frame of its heading and in sizes of its body, to the nearest of the centres that
    real poses gather about; each the mean of 20 frames of 3 clips at least.
    """

    centres: Array = field(default_factory=lambda: np.zeros((1, 1), dtype=np.float32), metadata=axes("C", "JD"))
    """(C, J D)"""
    name = "nearest"
    unit = "sizes"
    side = "drift"
    title = "distance from real poses"
    manifold = True
    words = "the pose lies {value} body sizes from any that real motion has"
    floor = 0.02
    dims = (3,)

    def fitted(self, motions: Sequence[Judged]) -> Self:
        poses = [m.local[0, ::_THINNED] for m in motions]
        flat = np.concatenate(poses).reshape(sum(map(len, poses)), -1)
        clips = np.repeat(np.arange(len(poses)), [len(p) for p in poses])
        known = np.isfinite(flat).all(axis=1)
        return replace(self, centres=_centres(flat[known].astype(np.float32), clips[known]))

    def each(self, frames: Judged) -> Array:
        shape = frames.poses.shape
        flat = frames.local.reshape(-1, shape[2] * shape[3]).astype(np.float32)
        parts = [self._nearest(flat[k : k + _AT_ONCE]) for k in range(0, len(flat), _AT_ONCE)]
        return np.sqrt(joined(parts)).reshape(shape[:2])

    def _nearest(self, poses: Array) -> Array:
        """(N,) the mean squared distance over the coordinates that are known."""
        if are_known(poses):
            squares = 2.0 * poses @ self.centres.T
            np.subtract(np.add.reduce(poses * poses, axis=1)[:, None], squares, out=squares)  # in place: there are many
            squares += self._squares
            return np.maximum(np.minimum.reduce(squares, axis=1), 0.0) / poses.shape[1]
        known = np.isfinite(poses)
        filled = np.where(known, poses, 0.0)
        weights = known.astype(np.float32)
        squares = (filled**2).sum(axis=1)[:, None] - 2.0 * filled @ self.centres.T + weights @ (self.centres**2).T
        count = known.sum(axis=1)
        per_joint = np.maximum(squares.min(axis=1), 0.0) / np.maximum(count, 1)
        return np.where(count >= poses.shape[1] // 2, per_joint, np.nan)

    @cached_property
    def _squares(self) -> Array:
        """(1, C) of the centres."""
        return (self.centres**2).sum(axis=1)[None]


def _centres(poses: Array, clips: NDArray[np.intp]) -> Array:
    """(C, K) that poses (N, K) gather about, beside their mean."""
    if not len(poses):
        return np.zeros((1, poses.shape[1]), dtype=np.float32)
    return np.concatenate([poses.mean(axis=0, keepdims=True), gathered(poses, clips, _CENTRES)])


def gathered(poses: Array, clips: NDArray[np.intp], most: int) -> Array:
    """(C, K) that poses (N, K) of clips (N,) gather about, at most so many, each the mean of frames enough out of clips
    enough; none of so few poses that they are one cluster.
    """
    count = min(most, len(poses) // LEAST_FRAMES)
    return cluster_means(poses, clips, count if count > 1 else 0, 1, 20)
