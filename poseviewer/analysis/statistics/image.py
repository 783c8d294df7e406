"""What tells of a person in an image: size, place, and a motion that all joints share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from poseviewer.analysis.statistics.sign import Sign, windowed
from poseviewer.analysis.statistics.statistic import Judged
from poseviewer.nets.protocols import Array


@dataclass(frozen=True, eq=False)
class _InImage(Sign):
    side = "drift"
    dims = (2,)


@dataclass(frozen=True, eq=False)
class SizeChange(_InImage):
    """The pose's root mean square distance from its middle, in sizes of the seed's body, over a quarter of a second.
    Strange is what grows as well as what shrinks.
    """

    name = "size"
    unit = "sizes"
    title = "size of the body"
    words = "the body has {value} of the size that it had"
    floor = 0.02
    seconds = 8.0 / 30.0

    def each(self, frames: Judged) -> Array:
        poses = frames.poses
        away = poses - np.nanmean(poses, axis=2, keepdims=True)
        spread = np.sqrt(np.nanmean((away**2).sum(axis=-1), axis=-1))
        return np.asarray(spread / np.maximum(frames.known_body.spread, 1e-6)[:, None])

    def strength(self, values: Array) -> Array:
        return np.asarray(np.abs(np.log10(values + self.floor)))


@dataclass(frozen=True, eq=False)
class Place(_InImage):
    """Distance of the body's middle from the image's, along the axis on which it is larger, in image heights."""

    name = "place"
    unit = "image heights"
    title = "place in the image"
    words = "the body's middle lies {value} image heights from the image's"
    floor = 0.2

    def each(self, frames: Judged) -> Array:
        return np.asarray(np.abs(np.nanmean(frames.poses, axis=2)).max(axis=-1))


@dataclass(frozen=True, eq=False)
class Wander(_InImage):
    """Distance of the body's middle from where the seed ended, in sizes of the body."""

    name = "wander"
    unit = "sizes"
    title = "distance from where it began"
    words = "the body has moved {value} body sizes away"
    floor = 0.2

    def each(self, frames: Judged) -> Array:
        body = frames.known_body
        away = np.nanmean(frames.poses, axis=2) - body.place[:, None]
        return np.asarray(np.linalg.norm(away, axis=-1) / body.size[:, None])


@dataclass(frozen=True, eq=False)
class CommonSlide(_InImage):
    """The mean velocity over a quarter of a second of the joint that moves least: what moves a body as a whole moves
    this one too.
    """

    name = "slide"
    unit = "sizes/s"
    title = "motion that all joints share"
    words = "every joint moves on at {value} body sizes a second"
    floor = 0.02
    seconds = 8.0 / 30.0

    def update(self, state: Array | None, frames: Judged) -> tuple[Array, Array | None]:
        body, width, count = frames.known_body, self.width(frames.fps), frames.poses.shape[1]
        moved = frames.difference(1).reshape(len(frames.poses), count, -1) * frames.fps / body.size[:, None, None]
        whole = moved if state is None else np.concatenate([state, moved], axis=1)
        columns = np.moveaxis(whole, 2, 1)  # (B, J D, m)
        means = windowed(columns.reshape(-1, whole.shape[1]), width, count, "mean")
        mean = np.moveaxis(means.reshape(*columns.shape[:2], count), 1, 2).reshape(len(moved), count, -1, 2)
        return np.fmin.reduce(np.linalg.norm(mean, axis=-1), axis=-1), whole[:, -width + 1 :]
