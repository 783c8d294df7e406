"""What tells of a person in an image: size, place, a motion that all joints share, and poses that gather or repeat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.known import known_mean
from poseviewer.analysis.statistics.body import lengths, local
from poseviewer.analysis.statistics.cycle import Cycle
from poseviewer.analysis.statistics.shape import NearestPose, gathered
from poseviewer.analysis.statistics.sign import Sign, axes, usual
from poseviewer.analysis.statistics.statistic import Judged
from poseviewer.analysis.statistics.stillness import MeanPose, Spread
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array

_CENTRES, _THINNED = 100, 3
_USUAL, _REACHED = 90.0, 100.0  # percent of clips
_PRIOR_CLIPS = 10  # of all poses, that a centre's own clips are weighed against
_DIRECTIONS = np.stack([np.cos(np.arange(8) * np.pi / 4.0), np.sin(np.arange(8) * np.pi / 4.0)])
_LIMBS = (("hip", "knee", "ankle"), ("shoulder", "elbow", "wrist"))
_FORESHORTENED = 0.1  # sizes: differences of shorter bones hardly count


@dataclass(frozen=True, eq=False)
class _InImage(Sign):
    side = "drift"
    dims = (2,)


@dataclass(frozen=True, eq=False)
class SizeChange(_InImage):
    """Lengths beside the longest that the seed shows of each bone, over a sixth of a second: of the limb both of whose
    bones have grown most, or, where that says more, of the bone that all others but one have shrunk beyond. Turning
    out of the image shortens some bones and never lengthens one, and it shortens all at once seldom.
    """

    name = "size"
    unit = "times"
    title = "size of the body and its limbs"
    words = "its bones have {value} times the greatest length that they had"
    seconds = 5.0 / 30.0
    _SHRINKING: ClassVar[float] = 2.0 / 3.0  # what one real clip in twenty reaches in either is as strange then
    _SECOND: ClassVar[int] = 1

    def each(self, frames: Judged) -> Array:
        body = frames.known_body
        least = _FORESHORTENED * body.size[:, None, None]
        change = np.log((lengths(frames.poses, body.skeleton) + least) / (body.longest[:, None] + least))
        shrunk = np.maximum(np.sort(-change, axis=-1)[..., self._SECOND], 0.0)  # unknown ones last
        grown = np.zeros(shrunk.shape)
        for upper, lower in _limbs(body.skeleton):
            grown = np.fmax(grown, np.minimum(change[..., upper], change[..., lower]))
        return np.exp(np.where(grown >= self._SHRINKING * shrunk, grown, -shrunk))

    def strength(self, values: Array) -> Array:
        change = np.log10(values)
        return np.where(change > 0.0, change, -self._SHRINKING * change)


@dataclass(frozen=True, eq=False)
class Place(_InImage):
    """Distance of the body's middle from the image's, along the axis on which it is the larger part of what real motion
    ever reaches there; 1 for all that lies within.
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
class _BesidePose(Sign):
    """Values, a `least` one added, in multiples of what is usual about the nearest of the centres that real poses
    gather about: a bowler's image is panned and a pull-up's is not, who strums repeats himself and who bowls does not.
    """

    centres: Array = field(default_factory=lambda: np.zeros((1, 26)), metadata=axes("C", "JD"))
    """(C, J D) in sizes of the body."""
    usual: Array = field(default_factory=lambda: np.ones(1), metadata=axes("C", above=0.0))
    """(C,) what nine real clips in ten that come near a centre are less strange than."""
    dims = (2,)
    unit = "times"
    floor = 1e-6
    least: ClassVar[float] = 0.0

    def bare(self, state: Any, frames: Judged) -> tuple[Array, Any]:
        """The values (B, n) of the next frames as they are, and the state after them."""
        return super().update(state, frames)

    def fitted(self, motions: Sequence[Judged]) -> Self:
        thinned = [_flat(m)[0, ::_THINNED] for m in motions]
        clips = np.repeat(np.arange(len(thinned)), [len(pose) for pose in thinned])
        centres = _centres(np.concatenate(thinned), clips)
        direction = -1.0 if self.low else 1.0
        largest = np.full((len(motions), len(centres)), np.nan)
        for row, motion in enumerate(motions):
            strengths = direction * np.log(self.bare(None, motion)[0][0] + self.least)
            near = motion.nearest(centres)[0]
            known = np.isfinite(strengths)
            np.fmax.at(largest[row], near[known], strengths[known])
        told = np.isfinite(largest)
        if not told.any():
            return replace(self, centres=centres, usual=np.ones(len(centres)))
        count = told.sum(axis=0)
        columns = zip(largest.T, count, strict=True)
        own = np.array([np.nanpercentile(column, _USUAL) if n else 0.0 for column, n in columns])
        shared = np.percentile(largest[told], _USUAL) * _PRIOR_CLIPS
        usual = (count * own + shared) / (count + _PRIOR_CLIPS)
        return replace(self, centres=centres, usual=np.exp(direction * usual))

    def update(self, state: Any, frames: Judged) -> tuple[Array, Any]:
        values, state = self.bare(state, frames)
        return (values + self.least) / self.usual[frames.nearest(self.centres)], state


@dataclass(frozen=True, eq=False)
class CommonSlide(_BesidePose):
    """How fast every joint moves on in one and the same direction, in sizes a second: what moves a body as a whole
    moves the joint too that moves least that way. The geometric mean, a little added, over several spans of time up to
    two thirds of a second; beside what is usual in such a pose.
    """

    name = "slide"
    side = "drift"
    title = "motion that all joints share"
    words = "every joint moves on {value} times as fast as in real motion in such a pose"
    _SPANS: ClassVar[tuple[int, ...]] = (4, 8, 12, 16, 20)  # thirtieths of a second
    _LEAST: ClassVar[float] = 0.6  # sizes a second

    def bare(self, state: Any, frames: Judged) -> tuple[Array, Any]:
        """Signs that make another mean of it share it."""
        if CommonSlide not in frames.shared or frames.shared[CommonSlide][0] is not state:
            frames.shared[CommonSlide] = state, self._speeds(state, frames)
        made: tuple[Array, Any] = frames.shared[CommonSlide][1]
        return made

    def _speeds(self, state: Any, frames: Judged) -> tuple[Array, Any]:
        count, spans = frames.poses.shape[1], [max(1, round(k * frames.fps / 30.0)) for k in self._SPANS]
        whole = frames.poses if state is None else np.concatenate([state, frames.poses], axis=1)
        total, known = np.zeros((len(whole), count, _DIRECTIONS.shape[1])), np.zeros((len(whole), count))
        for span in spans:
            fresh = min(count, whole.shape[1] - span)
            if fresh <= 0:
                break
            way = (whole[:, -fresh:] - whole[:, -fresh - span : -span]) @ _DIRECTIONS
            seconds = frames.known_body.size[:, None, None] * span / frames.fps
            total[:, -fresh:] += np.log(np.maximum(np.fmin.reduce(way, axis=2), 0.0) / seconds + self._LEAST)
            known[:, -fresh:] += 1.0
        speed = np.exp(total.max(axis=-1) / np.maximum(known, 1.0))
        return np.where(known > 1.0, speed, np.nan), whole[:, -spans[-1] :]


@dataclass(frozen=True, eq=False)
class LongSlide(CommonSlide):
    """The same, its geometric mean over a second, or as much of it as has come from half a second on: a camera or a
    stride moves all joints on as fast for a moment, a slide does not end.
    """

    name = "long slide"
    title = "motion that all joints share for a second"
    words = "every joint has moved on {value} times as fast as in real motion in such a pose for a second"
    seconds = 1.0
    full = 0.5

    def update(self, state: Any, frames: Judged) -> tuple[Array, Any]:
        before, past = state or (None, None)
        values, before = super().update(before, frames)
        mean, past = self.over(past, np.log(values), frames.fps)
        return np.exp(mean), (before, past)


@dataclass(frozen=True, eq=False)
class CommonJump(_InImage):
    """Change of a frame's step, in sizes, of the joint that a quarter of the joints are steadier than, the largest of a
    tenth of a second: who is put elsewhere begins and ends the way at once with every joint.
    """

    name = "whole jump"
    unit = "sizes"
    title = "sudden steps of all joints"
    words = "all joints jump at once, most by {value} body sizes within a frame"
    floor = 0.05
    seconds = 0.1
    how = "largest"
    full = 1.0 / 3.0

    def each(self, frames: Judged) -> Array:
        return _steady(frames, 2)


@dataclass(frozen=True, eq=False)
class Tremble(_BesidePose):
    """The third difference of the joint that a quarter of the joints are steadier than, over a third of a second, in
    sizes: noise shakes all joints, a person seldom. Beside what is usual in such a pose.
    """

    name = "tremble"
    side = "drift"
    title = "trembling of all joints"
    words = "all joints tremble {value} times as much as in real motion in such a pose"
    least = 0.002
    seconds = 10.0 / 30.0

    def each(self, frames: Judged) -> Array:
        return _steady(frames, 3)


@dataclass(frozen=True, eq=False)
class NearestPoseInImage(NearestPose):
    """The same, shown alone: what people do in an image is so varied that it tells no failure that others miss."""

    dims = (2,)
    decides = False


@dataclass(frozen=True, eq=False)
class SpreadInImage(Spread):
    """The same over half a second."""

    title = "motion over half a second"
    words = "the joints stay within {value} body sizes for half a second"
    dims = (2,)
    seconds = 16.0 / 30.0


@dataclass(frozen=True, eq=False)
class ShapeSpread(SpreadInImage):
    """The same of the shape alone, about its middle and brought to the size that it had in the seed: who is rigid does
    not live because the image of him grows or glides.
    """

    name = "rigid"
    title = "change of the pose over half a second"
    words = "the pose stays the same within {value} body sizes for half a second, whatever its size"

    def followed(self, poses: Array, frames: Judged) -> Array:
        about = poses - known_mean(poses, axis=2)[:, :, None]
        extent = np.sqrt(known_mean((about**2).sum(axis=-1)))
        share = frames.known_body.spread[:, None] / np.maximum(extent, 1e-9)
        return np.asarray(about * share[..., None, None])


@dataclass(frozen=True, eq=False)
class MeanPoseInImage(MeanPose):
    """Distance from the mean of bodies that lie, stand and hang, which nobody comes near, over a seventh of a second;
    beside the least that it was in the seed.
    """

    unit = "times"
    title = "distance from the mean pose"
    words = "the pose lies {value} times as far from the mean of all poses as it ever did before"
    floor = 0.01
    dims = (2,)
    decides = True
    seconds = 4.0 / 30.0
    _LEAST: ClassVar[float] = 0.03  # sizes

    def fitted(self, motions: Sequence[Judged]) -> Self:
        poses = np.concatenate([m.local[0, ::2] for m in motions])
        return replace(self, mean=np.nan_to_num(np.nanmean(poses, axis=0)))

    def update(self, state: Any, frames: Judged) -> tuple[Array, Any]:
        body = frames.known_body
        before, past = state or (np.nanmin(self._away(local(body.seed, body)), axis=1) + self._LEAST, None)
        values, past = super().update(past, frames)
        return values / before[:, None], (before, past)

    def each(self, frames: Judged) -> Array:
        return self._away(frames.local)

    def _away(self, poses: Array) -> Array:
        return np.sqrt(known_mean(((poses - self.mean) ** 2).sum(axis=-1)))


@dataclass(frozen=True, eq=False)
class CycleInImage(_BesidePose, Cycle):
    """The same of fewer directions, over a fifth of a period, and beside what is usual in such a pose."""

    words = "each period differs from the one before {value} times as much as in real motion in such a pose"
    least = 1e-5
    directions = 6
    follows = 1
    parts = ((0.2, 0.1),)
    within = 90.0
    still = 0.005

    def fitted(self, motions: Sequence[Judged]) -> Self:
        return super(CycleInImage, Cycle.fitted(self, motions)).fitted(motions)


def _middle(frames: Judged) -> Array:
    """(B, n, 2) how far the body's middle lies from the image's, in image heights."""
    return np.asarray(np.abs(known_mean(frames.poses, axis=2)))


def _flat(frames: Judged) -> Array:
    """(B, n, J D) the poses from their middle, in sizes of the body."""
    return frames.local.reshape(*frames.poses.shape[:2], -1)


def _steady(frames: Judged, order: int) -> Array:
    """(B, n) the finite difference, in sizes, of the joint that a quarter of those known are steadier than."""
    size = frames.known_body.size[:, None, None]
    ranked = np.sort(np.linalg.norm(frames.difference(order), axis=-1) / size, axis=-1)  # unknown ones last
    quarter = np.maximum(np.isfinite(ranked).sum(axis=-1, keepdims=True) - 1, 0) // 4
    return np.asarray(np.take_along_axis(ranked, quarter, axis=-1)[..., 0])


@lru_cache(maxsize=8)
def _limbs(skeleton: Skeleton) -> list[tuple[int, int]]:
    """Edges of the upper and the lower bone of each limb that has such names."""
    edges = {frozenset((skeleton.joints[i], skeleton.joints[j])): e for e, (i, j) in enumerate(skeleton.edges)}
    found = []
    for side in ("left", "right"):
        for first, middle, last in _LIMBS:
            bones = [frozenset((f"{side}_{a}", f"{side}_{b}")) for a, b in ((first, middle), (middle, last))]
            if all(bone in edges for bone in bones):
                found.append((edges[bones[0]], edges[bones[1]]))
    return found


def _centres(poses: Array, clips: NDArray[np.intp]) -> Array:
    """(C, K) that poses (N, K) of clips (N,) gather about, of those that are known; their origin alone where there is
    none.
    """
    known = np.isfinite(poses).all(axis=1)
    found = gathered(poses[known], clips[known], _CENTRES)
    return found if len(found) else np.zeros((1, poses.shape[1]))
