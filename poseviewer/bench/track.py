"""Track: one motion placed on the common time axis, ready to be drawn: the clip, or one sample of a rollout."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.encoding import Latents
from poseviewer.analysis.rollout import RECENT
from poseviewer.motion.clip import Clip, carried, loop_travel
from poseviewer.motion.growing import appended
from poseviewer.motion.heading import way
from poseviewer.motion.plane import Plane
from poseviewer.motion.skeleton import Skeleton
from poseviewer.motion.trunk import body_joints, pelvis_path
from poseviewer.render.body import LEG

if TYPE_CHECKING:
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.nets.protocols import Step

PLANE_HEIGHT = 2.4
"""Metres that an image's height measures where 2D poses are drawn upright: a person of half of it stands 1.2 m tall."""
_LEVEL = 0.012  # metres from y = 0 within which the ground is y = 0
SOLE = 0.03  # metres from a foot joint's centre to the sole that Figure draws
_STANDING = 0.2  # quantile of the lowest joint's height over a clip: a foot that stands, toes that push off stand lower


@dataclass(frozen=True, eq=False)
class Track:
    """Frames of one skeleton from `start` seconds on.

    positions: (F, J, 3) metres, world, y up; visible: (F, J) or None; travel (3,) and turn: where a
    cycle of a loop leads to, as Clip has them. path (F, 3) and size: `root` and `body_scale` where they are known.
    before: frames in front of those of `positions`, whose poses are not known.
    """

    skeleton: Skeleton
    positions: NDArray[np.float32]
    fps: float
    start: float
    visible: NDArray[np.bool_] | None = None
    loop: bool = False
    travel: NDArray[np.float32] | None = None
    turn: float = 0.0
    path: NDArray[np.float32] | None = None
    size: float | None = None
    before: int = 0

    @classmethod
    def of_clip(cls, clip: Clip) -> Track:
        """A clip from time 0; a 2D clip stands on its plane, joints of the world that are no body are left out."""
        positions = clip.positions
        if clip.skeleton.dims == 2:
            positions = plane_of(clip).world(positions)
        body = body_joints(clip.skeleton, positions)
        if not body.all():
            positions = np.where(body[:, None], positions, np.float32(np.nan))
        travel = loop_travel(clip) if clip.loop and clip.skeleton.dims == 3 else None
        return cls(clip.skeleton, positions, clip.fps, 0.0, clip.visible, clip.loop, travel, clip.turn)

    def __len__(self) -> int:
        return self.before + len(self.positions)

    @property
    def end(self) -> float:
        """Seconds of the last frame."""
        return self.start + (len(self) - 1) / self.fps

    def frame_at(self, time: float) -> int:
        """The frame number at a time, counted on without end where the track loops, else clamped to the track."""
        frame = round((time - self.start) * self.fps)
        return max(0, frame if self.loop else min(frame, len(self) - 1))

    def holds(self, time: float) -> bool:
        """Whether the track has a frame of its own at a time."""
        return self.start - 0.5 / self.fps < time <= self.end + 0.5 / self.fps or (self.loop and time > self.end)

    def pose(self, frame: int) -> NDArray[np.float32]:
        """(J, 3) at a frame number, carried on where the track loops."""
        return self._on(self.positions, np.array([frame]))[0]

    def joint(self, joint: int, frames: NDArray[np.int64]) -> NDArray[np.float32]:
        """(P, 3) places of one joint at frame numbers."""
        return self._on(self.positions[:, joint], frames)

    def roots(self, frames: NDArray[np.int64]) -> NDArray[np.float32]:
        """(P, 3) places of the root at frame numbers."""
        return self._on(self.root, frames)

    def _on(self, points: NDArray[np.float32], frames: NDArray[np.int64]) -> NDArray[np.float32]:
        """points (F, ..., 3) at frame numbers (P,): clamped to the track, or carried on by its cycles; NaN where there
        are none.
        """
        if not self.loop:
            inside = np.clip(frames, 0, len(self) - 1) - (len(self) - len(points))
            if inside.min(initial=0) < 0:
                unknown = (inside < 0).reshape(-1, *(1,) * (points.ndim - 1))
                return np.where(unknown, np.float32(np.nan), points[np.maximum(inside, 0)])
            return points[inside]
        cycles, inside = np.divmod(frames, len(self))
        if self.travel is None or not cycles.any():
            return points[inside]
        return carried(points[inside], cycles, self.travel, self.turn).astype(np.float32)

    def hidden(self, frame: int) -> NDArray[np.bool_] | None:
        """(J,) joints that are known but not visible at a frame."""
        return None if self.visible is None else ~self.visible[frame % len(self)]

    @cached_property
    def root(self) -> NDArray[np.float32]:
        """(F, 3) the pelvis, which is followed and measured."""
        return pelvis_path(self.skeleton, self.positions).astype(np.float32) if self.path is None else self.path

    @cached_property
    def way(self) -> NDArray[np.floating]:
        """(3,) level direction that the motion travels, or that it faces where it stays."""
        return way(self.skeleton, self.positions, self.root)

    @cached_property
    def ground(self) -> float:
        """Height in metres of the ground that the motion stands on."""
        if not np.isfinite(self.positions).any():
            return 0.0
        height = np.where(np.isfinite(self.positions[..., 1]), self.positions[..., 1], np.inf).min(axis=1)
        height = height[np.isfinite(height)]
        ground = float(np.quantile(height, _STANDING)) - SOLE
        return 0.0 if abs(ground) < _LEVEL else ground

    @cached_property
    def body_scale(self) -> float:
        """By what the radii of the skeleton's body are multiplied: its size where no rest pose tells it."""
        return body_scale(self.skeleton, self.positions, self.height) if self.size is None else self.size

    @cached_property
    def height(self) -> float:
        """Metres from the lowest to the highest joint, median over the frames: the figure's size on the screen."""
        y = self.positions[..., 1]
        known = np.isfinite(y).any(axis=1)
        if not known.any():
            return 1.0
        return max(float(np.median(np.nanmax(y[known], axis=1) - np.nanmin(y[known], axis=1))), 1e-3)

    @cached_property
    def tall(self) -> float:
        """Metres that it is high in nine of ten frames at most: who gets up from the ground stands then."""
        return self.extent([1], 0.9) or 1.0

    def extent(self, axes: list[int], share: float) -> float:
        """Metres between its farthest sides along axes together, in a share of the frames at most; 0 of nothing."""
        along = self.positions[:, :, axes]
        along = along[np.isfinite(along.sum(axis=2)).any(axis=1)]
        if not len(along):
            return 0.0
        sides = np.nanmax(along, axis=1) - np.nanmin(along, axis=1)
        return float(np.quantile(np.linalg.norm(sides, axis=1), share))


@dataclass(frozen=True, eq=False)
class Continued:
    """Samples of a seed's continuation in the world, which go on at a constant cost a frame.

    positions (H, J, 3) of the picked sample, recent (S, n, J, 3) the newest frames of all, paths (S, H, 3) of their
    pelvis; the first frame stands at `start` seconds. plane: where 2D ones stand. size: of the bodies, which is the
    seed's whatever becomes of their bones. latents: where the generator gives them. Of samples that are not picked
    paths are NaN where their frames were not at hand.
    """

    seed: Clip
    start: float
    fps: float
    plane: Plane | None
    size: float
    sample: int
    positions: NDArray[np.float32]
    recent: NDArray[np.float32]
    paths: NDArray[np.float32]
    latents: Latents | None = None

    @classmethod
    def of(
        cls, rollout: Rollout, last: Rollout | None, known: Continued | None, plane: Plane | None, seed_end: float
    ) -> Continued:
        """A rollout, on from the frames that it shares with the last one where those are known."""
        seed, start, sample = rollout.seed, seed_end + 1.0 / rollout.fps, rollout.sample
        if last is not None and known is not None and (known.seed, known.start, known.plane) == (seed, start, plane):
            shared = rollout.shared(last)
            if known.sample != sample:
                known = known._cut(shared)._picked(rollout)
            return known.further(shared, rollout)
        nowhere = np.empty((rollout.samples, 0, len(seed.skeleton.joints), 3), dtype=np.float32)
        placed = seed.positions if plane is None else plane.world(seed.positions)
        size = Track(seed.skeleton, placed, seed.fps, 0.0).body_scale
        begun = cls(seed, start, rollout.fps, plane, size, sample, nowhere[0], nowhere, nowhere[:, :, 0])
        return begun.further(0, rollout)

    def further(self, kept: int, rollout: Rollout) -> Continued:
        """Its first `kept` frames, and behind them those that a rollout has there."""
        made, whole = self._cut(kept), rollout.at_hand(kept)
        if whole > kept:  # of the other samples these frames would have to be computed again
            made = made._with_one(list(rollout.steps_of(self.sample, kept, whole)))
        if whole < rollout.length:
            return made._with_all(list(rollout.steps(whole)))
        if rollout.length and not made.recent.shape[1]:  # so many were taken back that no pose of the others is left
            return replace(made, recent=self._in_world(rollout.poses_from(rollout.length - 1)))
        return made

    def _cut(self, kept: int) -> Continued:
        """Its first frames alone."""
        gone = len(self.positions) - kept
        if not gone:
            return self
        recent = self.recent[:, : max(0, self.recent.shape[1] - gone)]
        latents = None if self.latents is None else self.latents.cut(kept)
        return replace(
            self, positions=self.positions[:kept], recent=recent, paths=self.paths[:, :kept], latents=latents
        )

    def _picked(self, rollout: Rollout) -> Continued:
        """The same frames with the sample picked that is picked of a rollout, which has all of its frames."""
        sample, steps = rollout.sample, list(rollout.steps_of(rollout.sample, 0, len(self.positions)))
        own = self.positions[:0] if not steps else self._in_world(np.concatenate([step.poses for step in steps]))
        paths = self.paths.copy()
        paths[sample] = self._pelvis(own[None])[0]
        latents, known = self.latents, [step.latents for step in steps if step.latents is not None]
        if latents is not None:
            latents = replace(latents, sample=sample, own=np.concatenate([latents.own[:0], *known]))
        return replace(self, sample=sample, positions=own, paths=paths, latents=latents)

    def _with_one(self, steps: list[Step]) -> Continued:
        """With frames of which the picked sample alone is known."""
        poses = self._in_world(np.stack([step.poses for step in steps], axis=1))
        latents = [step.latents for step in steps if step.latents is not None]
        told = self._told(latents[0].shape[-1]).further_alone(np.concatenate(latents)) if latents else None
        paths = appended(self.paths, self._among(self._pelvis(poses)), 1)
        positions = appended(self.positions, poses[0])
        return replace(self, positions=positions, recent=self.recent[:, :0], paths=paths, latents=told)

    def _with_all(self, steps: list[Step]) -> Continued:
        """With frames of every sample."""
        poses = self._in_world(np.stack([step.poses for step in steps], axis=1))
        latents = [step.latents for step in steps if step.latents is not None]
        told = self._told(latents[0].shape[-1]).further(np.stack(latents, axis=1)) if latents else None
        recent = appended(self.recent, poses, 1)
        if recent.shape[1] > 2 * RECENT:
            recent = recent[:, -RECENT:].copy()
        paths = appended(self.paths, self._pelvis(poses), 1)
        positions = appended(self.positions, poses[self.sample])
        return replace(self, positions=positions, recent=recent, paths=paths, latents=told)

    def _in_world(self, poses: NDArray[np.floating]) -> NDArray[np.float32]:
        placed = np.asarray(poses, dtype=np.float32)
        return placed if self.plane is None else self.plane.world(placed)

    def _pelvis(self, poses: NDArray[np.float32]) -> NDArray[np.float32]:
        """(S, n, 3) of poses (S, n, J, 3)."""
        path = pelvis_path(self.seed.skeleton, poses.reshape(-1, *poses.shape[2:]))
        return path.astype(np.float32).reshape(*poses.shape[:2], 3)

    def _among(self, alone: NDArray[Any]) -> NDArray[Any]:
        """(S, n, ...) what is known of the picked sample, (1, n, ...), among the others, which are unknown."""
        every = np.full((len(self.paths), *alone.shape[1:]), np.nan, dtype=alone.dtype)
        every[self.sample] = alone[0]
        return every

    def _told(self, size: int) -> Latents:
        return Latents.nothing(len(self.paths), self.sample, size) if self.latents is None else self.latents

    @cached_property
    def tracks(self) -> tuple[Track, ...]:
        """One a sample; none before the first frame."""
        frames = len(self.positions)
        if not frames:
            return ()
        made = partial(Track, self.seed.skeleton, fps=self.fps, start=self.start, size=self.size)
        before = frames - self.recent.shape[1]
        return tuple(
            made(self.positions, path=path) if sample == self.sample else made(poses, path=path, before=before)
            for sample, (poses, path) in enumerate(zip(self.recent, self.paths, strict=True))
        )


def body_scale(skeleton: Skeleton, positions: NDArray[np.floating], height: float) -> float:
    """By what a body's radii are multiplied for positions (F, J, 3) of a figure that is `height` metres high."""
    if skeleton.dims == 2:  # bodies of 2D skeletons are drawn for a figure half as high as an image of one metre
        return float(np.clip(2.0 * height, 0.2 * PLANE_HEIGHT, 2.0 * PLANE_HEIGHT))
    names = skeleton.joints
    if skeleton.offsets is not None or not {"left_hip", "left_knee", "left_ankle"} <= set(names):
        return 1.0
    hip, knee, ankle = (positions[:, names.index(f"left_{part}")] for part in ("hip", "knee", "ankle"))
    leg = np.linalg.norm(hip - knee, axis=-1) + np.linalg.norm(knee - ankle, axis=-1)
    known = leg[np.isfinite(leg)]
    return float(np.median(known)) / LEG if len(known) else 1.0


def plane_of(clip: Clip) -> Plane:
    """Where a 2D clip is drawn: where it was seen, or upright on z = 0 with its lowest joint on the ground."""
    if clip.plane is not None:
        return clip.plane
    y = clip.positions[..., 1]
    low = float(np.nanmin(y)) if np.isfinite(y).any() else 0.0
    return Plane(0.0, PLANE_HEIGHT, (0.0, -low * PLANE_HEIGHT, 0.0))


def through(plane: Plane, root: NDArray[np.floating]) -> Plane:
    """The plane moved along its line of sight, so that a figure's root (3,) lies on it, where that is known."""
    return plane.through(root) if np.isfinite(root).all() else plane
