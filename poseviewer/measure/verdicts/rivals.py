"""What models are held against, judged alike: the real continuation, the last frame repeated, ridge regression fed with
its own forecasts, and how the training clip that looks most like the seed went on.

Letters: W windows, C context frames, H predicted frames, J joints, D = 2 or 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from poseviewer.analysis.statistics.body import Body, turned, yaw
from poseviewer.measure.forecast.baselines import Ridge, copy_last
from poseviewer.measure.verdicts.in_world import bone_lengths, on_bones
from poseviewer.measure.verdicts.rollouts import Continued, floor_at
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array

CONTEXT = 10
_AHEAD = 10
_STRIDE = 5
_MOST_WINDOWS = 12_000
_LEAST_AFTER = 30  # frames that follow a training window that is taken, where any has as many
_FADE = 15  # frames over which the nearest continuation leaves the seed's last pose
_FAR = 1e3
Seed = tuple[Clip, int, int]


@dataclass(frozen=True, eq=False)
class View:
    """Where windows are seen from: origin (W, D), angle (W,) about y (0 in an image) and size (W,)."""

    origin: Array
    angle: Array
    size: Array

    @classmethod
    def of(cls, last: Array, skeleton: Skeleton) -> View:
        """From poses (W, J, D): over their root and facing as they do; in an image their middle, in their size."""
        if skeleton.dims == 3:
            return cls(last[:, skeleton.root] * [1.0, 0.0, 1.0], yaw(last[:, None], skeleton)[:, 0], np.ones(len(last)))
        middle = last.mean(axis=1)
        spread = np.sqrt(((last - middle[:, None]) ** 2).sum(axis=-1).mean(axis=-1))
        return cls(middle, np.zeros(len(last)), np.maximum(spread, 1e-3))

    def seen(self, poses: Array) -> Array:
        """Poses (W, n, J, D) of the world as they are seen."""
        return _turned((poses - self.origin[:, None, None]) / self.size[:, None, None, None], -self.angle)

    def world(self, poses: Array) -> Array:
        """The way back."""
        return _turned(poses, self.angle) * self.size[:, None, None, None] + self.origin[:, None, None]


def _turned(poses: Array, angle: Array) -> Array:
    """Poses (W, n, J, D) about y; as they are in an image."""
    return poses if poses.shape[-1] == 2 else turned(poses, angle[:, None])


def known(poses: Array) -> Array:
    """Poses (F, J, D) whose unknown joints are filled in time; one that is never known lies in the others' middle."""
    poses = np.asarray(poses, dtype=np.float64).copy()
    frames = np.arange(len(poses))
    for joint in range(poses.shape[1]):
        told = np.isfinite(poses[:, joint]).all(axis=-1)
        if told.any() and not told.all():
            for axis in range(poses.shape[2]):
                poses[:, joint, axis] = np.interp(frames, frames[told], poses[told, joint, axis])
    never = ~np.isfinite(poses).all(axis=(0, 2))
    if never.all():
        return np.zeros_like(poses)
    poses[:, never] = poses[:, ~never].mean(axis=1, keepdims=True)
    return poses


def real(seeds: Sequence[Seed], frames: int) -> list[Continued]:
    """How the clips of the seeds went on."""
    return [_of(seed, seed[0].positions[seed[2] : seed[2] + frames]) for seed in seeds]


def copies(seeds: Sequence[Seed], frames: int) -> list[Continued]:
    """The seed's last pose, repeated."""
    made = []
    for seed in seeds:
        clip, start, end = seed
        made.append(_of(seed, copy_last(_filled(clip, start, end)[None], range(frames))[0]))
    return made


@dataclass(frozen=True, eq=False)
class Trained:
    """What training clips give: ridge, and the windows (W, C, J, D) that begin what is nearest, clips and ends (W,)."""

    skeleton: Skeleton
    ridge: Ridge
    windows: Array
    clips: Sequence[Array]
    numbers: Array
    ends: Array

    @classmethod
    def of(cls, clips: Sequence[Clip], skeleton: Skeleton) -> Trained | None:
        """None where no clip is as long as a window."""
        filled = [known(clip.positions) for clip in clips]
        places = [
            (k, end) for k, p in enumerate(filled) for end in range(CONTEXT, len(p) - _AHEAD + 1, _STRIDE)
        ]  # the frame after a context's last
        places = places[:: max(1, -(-len(places) // _MOST_WINDOWS))]
        if len({k for k, _ in places}) < 2:
            return None
        whole = np.stack([filled[k][end - CONTEXT : end + _AHEAD] for k, end in places])
        seen = View.of(whole[:, CONTEXT - 1], skeleton).seen(whole)
        context = seen[:, :CONTEXT].reshape(len(seen), -1)
        change = (seen[:, CONTEXT:] - seen[:, CONTEXT - 1 : CONTEXT]).reshape(len(seen), _AHEAD, -1)
        numbers = np.array([k for k, _ in places])
        held = numbers % 8 == numbers[-1] % 8
        ridge = Ridge.fit(context[~held], change[~held], (context[held], change[held]),
                          lambda made, true: np.abs(made - true).mean(axis=-1))  # fmt: skip
        return cls(skeleton, ridge, seen[:, :CONTEXT].astype(np.float32), filled, numbers,
                   np.array([end for _, end in places]))  # fmt: skip

    def forecasts(self, seeds: Sequence[Seed], frames: int) -> list[Continued]:
        """Ridge regression, ten frames at a time, each time fed with its own."""
        poses = np.stack([_filled(clip, start, end)[-CONTEXT:] for clip, start, end in seeds])
        made: list[Array] = []
        for _ in range(0, frames, _AHEAD):
            view = View.of(poses[:, -1], self.skeleton)
            seen = view.seen(poses)
            change = self.ridge(seen.reshape(len(seen), -1)).reshape(len(seen), _AHEAD, *seen.shape[2:])
            fresh = np.clip(view.world(seen[:, -1:] + change), -_FAR, _FAR)
            made.append(fresh)
            poses = np.concatenate([poses, fresh], axis=1)[:, -CONTEXT:]
        whole = np.concatenate(made, axis=1)[:, :frames]
        return [_of(seed, motion) for seed, motion in zip(seeds, whole, strict=True)]

    def nearest(self, seeds: Sequence[Seed], frames: int) -> list[Continued]:
        """How the training window nearest to the seed's end went on, from where the seed ends, until its clip ends, on
        the seed's own bones.
        """
        after = np.array([len(self.clips[k]) for k in self.numbers]) - self.ends
        enough = np.flatnonzero(after >= min(frames, _LEAST_AFTER))
        rows = enough if len(enough) else np.arange(len(after))
        made = []
        for seed in seeds:
            clip, start, end = seed
            own = _filled(clip, start, end)[None, -CONTEXT:]
            view = View.of(own[:, -1], self.skeleton)
            apart = ((self.windows[rows] - view.seen(own)[0]) ** 2).mean(axis=(1, 2, 3))
            row = int(rows[apart.argmin()])
            source, at = self.clips[self.numbers[row]], int(self.ends[row])
            whole = source[None, at - 1 : at + frames]
            theirs = View.of(whole[:, 0], self.skeleton).seen(whole)
            if self.skeleton.dims == 3:
                bodies = (Body.of(poses, self.skeleton).size[0] for poses in (own, source[None, :at]))
                theirs = theirs * float(np.divide(*bodies))
            moved = view.world(theirs)[0]
            fade = np.maximum(0.0, 1.0 - np.arange(1, len(moved)) / _FADE)[:, None, None]
            poses = moved[1:] + fade * (own[0, -1] - moved[0])
            if self.skeleton.dims == 3 and self.skeleton.parents is not None:
                bones = np.median(bone_lengths(own[0], self.skeleton), axis=0)
                poses = on_bones(poses, np.broadcast_to(bones, (len(poses), len(bones))), self.skeleton)
            made.append(_of(seed, poses))
        return made


def _filled(clip: Clip, start: int, end: int) -> Array:
    return known(clip.positions[start:end])


def _of(seed: Seed, poses: Array) -> Continued:
    clip, start, end = seed
    return Continued(clip.name, clip.action, clip.positions[start:end], poses, 0, start, floor_at(clip, end))
