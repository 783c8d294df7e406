"""What tells of a person in an image: size, place, and a motion that all joints share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.statistics.sign import Sign, axes, usual
from poseviewer.analysis.statistics.statistic import Judged
from poseviewer.analysis.statistics.stillness import MeanPose
from poseviewer.nets.models.reference import LEAST_CLIPS, LEAST_FRAMES
from poseviewer.nets.protocols import Array

_CENTRES, _THINNED = 100, 3
_USUAL, _REACHED = 90.0, 97.5  # percent of clips
_PRIOR_CLIPS = 10  # of all poses, that a centre's own clips are weighed against


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
    """Distance of the body's middle from the image's, along the axis on which it is the larger part of what real motion
    reaches there; 1 for all that lies within.
    """

    reach: Array = field(default_factory=lambda: np.ones(2), metadata=axes("D", above=0.0))
    """(2,) image heights."""
    name = "place"
    unit = "times"
    title = "place in the image"
    words = "the body's middle lies {value} times as far from the image's as in real motion"
    floor = 0.0

    def fitted(self, motions: Sequence[Judged]) -> Self:
        return replace(self, reach=np.maximum(usual([_middle(m)[0] for m in motions], 100.0, _REACHED), 1e-3))

    def each(self, frames: Judged) -> Array:
        return np.asarray(np.maximum((_middle(frames) / self.reach).max(axis=-1), 1.0))


@dataclass(frozen=True, eq=False)
class _BesidePose(_InImage):
    """What real motion in a pose like the frame's has: a measure in multiples of what is usual about the nearest of the
    centres that real poses gather about. A bowler's image is panned and a pull-up's is not.
    """

    centres: Array = field(default_factory=lambda: np.zeros((1, 1)), metadata=axes("C", "JD"))
    """(C, J D) in sizes of the body."""
    usual: Array = field(default_factory=lambda: np.ones(1), metadata=axes("C", above=0.0))
    """(C,) what nine real clips in ten that come near a centre stay below, of the measure and `least`."""
    unit = "times"
    floor = 1e-6
    least: ClassVar[float]

    def measure(self, state: Any, frames: Judged) -> tuple[Array, Any]:
        """(B, n) what is compared, and the state after it."""
        raise NotImplementedError

    def fitted(self, motions: Sequence[Judged]) -> Self:
        poses = [_flat(m)[0] for m in motions]
        thinned = [pose[::_THINNED] for pose in poses]
        clips = np.repeat(np.arange(len(thinned)), [len(pose) for pose in thinned])
        centres = _centres(np.concatenate(thinned), clips)
        largest = np.full((len(motions), len(centres)), np.nan)
        for row, (motion, pose) in enumerate(zip(motions, poses, strict=True)):
            values, near = self.measure(None, motion)[0][0] + self.least, _nearest(pose, centres)
            for k in np.unique(near[np.isfinite(values)]):
                largest[row, k] = np.nanmax(values[near == k])
        told = largest[np.isfinite(largest)]
        if not len(told):
            return replace(self, centres=centres, usual=np.full(len(centres), self.least))
        count = np.isfinite(largest).sum(axis=0)
        columns = zip(largest.T, count, strict=True)
        own = np.array([np.nanpercentile(column, _USUAL) if n else 0.0 for column, n in columns])
        shared = np.log(np.percentile(told, _USUAL)) * _PRIOR_CLIPS
        logs = (count * np.log(np.maximum(own, self.least)) + shared) / (count + _PRIOR_CLIPS)
        return replace(self, centres=centres, usual=np.exp(logs))

    def update(self, state: Any, frames: Judged) -> tuple[Array, Any]:
        values, state = self.measure(state, frames)
        flat = _flat(frames)
        near = _nearest(flat.reshape(-1, flat.shape[2]), self.centres).reshape(values.shape)
        return (values + self.least) / self.usual[near], state


@dataclass(frozen=True, eq=False)
class CommonSlide(_BesidePose):
    """How far the joint that moves least comes in 0.4 s, in sizes a second: what moves a body as a whole moves this one
    too.
    """

    name = "slide"
    title = "motion that all joints share"
    words = "every joint moves on {value} times as fast as in real motion in such a pose"
    least = 0.1
    seconds = 0.4

    def measure(self, state: Array | None, frames: Judged) -> tuple[Array, Array]:
        width, count = self.width(frames.fps), frames.poses.shape[1]
        whole = frames.poses if state is None else np.concatenate([state, frames.poses], axis=1)
        moved = np.full((len(whole), count), np.nan)
        fresh = min(count, whole.shape[1] - width)
        if fresh > 0:
            away = np.linalg.norm(whole[:, -fresh:] - whole[:, -fresh - width : -width], axis=-1)
            seconds = frames.known_body.size[:, None] * width / frames.fps
            moved[:, -fresh:] = np.fmin.reduce(away, axis=-1) / seconds
        return moved, whole[:, -width:]


@dataclass(frozen=True, eq=False)
class Tremble(_BesidePose):
    """The fourth difference of the joint that a quarter of the joints are steadier than, over a third of a second, in
    sizes: noise shakes all joints, a person seldom.
    """

    name = "tremble"
    title = "trembling of all joints"
    words = "all joints tremble {value} times as much as in real motion in such a pose"
    least = 0.005
    seconds = 10.0 / 30.0

    def each(self, frames: Judged) -> Array:
        size = frames.known_body.size[:, None, None]
        ranked = np.sort(np.linalg.norm(frames.difference(4), axis=-1) / size, axis=-1)  # unknown ones last
        quarter = np.maximum(np.isfinite(ranked).sum(axis=-1, keepdims=True) - 1, 0) // 4
        return np.asarray(np.take_along_axis(ranked, quarter, axis=-1)[..., 0])

    def measure(self, state: Any, frames: Judged) -> tuple[Array, Any]:
        return Sign.update(self, state, frames)


@dataclass(frozen=True, eq=False)
class CommonJump(_BesidePose):
    """Acceleration that most joints have in common, the largest of a tenth of a second: a body that is put elsewhere
    begins and ends its way at once. Sizes a second squared.
    """

    name = "whole jump"
    title = "acceleration of the whole body"
    words = "the whole body is moved on {value} times as suddenly as in real motion in such a pose"
    least = 10.0
    seconds = 0.1
    how = "largest"
    full = 1.0 / 3.0

    def each(self, frames: Judged) -> Array:
        made = np.nanmedian(frames.difference(2), axis=2) * frames.fps**2
        return np.asarray(np.linalg.norm(made, axis=-1) / frames.known_body.size[:, None])

    def measure(self, state: Any, frames: Judged) -> tuple[Array, Any]:
        return Sign.update(self, state, frames)


@dataclass(frozen=True, eq=False)
class MeanPoseInImage(MeanPose):
    """The same of bodies that lie, stand and hang: nobody comes near the mean of all those."""

    dims = (2,)
    decides = True


def _middle(frames: Judged) -> Array:
    """(B, n, 2) how far the body's middle lies from the image's, in image heights."""
    return np.asarray(np.abs(np.nanmean(frames.poses, axis=2)))


def _flat(frames: Judged) -> Array:
    """(B, n, J D) the poses from their middle, in sizes of the body."""
    return frames.local.reshape(*frames.poses.shape[:2], -1)


def _nearest(poses: Array, centres: Array) -> Array:
    """(N,) the centre that is nearest to each of poses (N, K) in the coordinates that are known."""
    known = np.isfinite(poses)
    filled = np.where(known, poses, 0.0)
    return np.asarray((known.astype(np.float64) @ (centres**2).T - 2.0 * filled @ centres.T).argmin(axis=1))


def _centres(poses: Array, clips: NDArray[np.intp]) -> Array:
    """(C, K) that poses (N, K) of clips (N,) gather about, each the mean of frames enough out of clips enough; their
    origin alone where there is none.
    """
    from sklearn.cluster import MiniBatchKMeans

    known = np.isfinite(poses).all(axis=1)
    poses, clips = poses[known], clips[known]
    count = min(_CENTRES, len(poses) // LEAST_FRAMES)
    if count < 2:
        return np.zeros((1, poses.shape[1]))
    label = MiniBatchKMeans(count, random_state=1, n_init=1, batch_size=2048, max_iter=20).fit_predict(poses)
    groups = [np.flatnonzero(label == k) for k in range(count)]
    kept = [g for g in groups if len(g) >= LEAST_FRAMES and len(np.unique(clips[g])) >= LEAST_CLIPS]
    return np.array([poses[g].mean(axis=0) for g in kept]) if kept else np.zeros((1, poses.shape[1]))
