"""Track: one motion placed on the common time axis, ready to be drawn: the clip, or one sample of a rollout."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from poseviewer.motion.clip import Clip, carried, loop_travel
from poseviewer.motion.growing import appended
from poseviewer.motion.heading import way
from poseviewer.motion.plane import Plane
from poseviewer.motion.skeleton import Skeleton
from poseviewer.motion.trunk import body_joints, pelvis_path
from poseviewer.render.body import LEG

if TYPE_CHECKING:
    from poseviewer.analysis.rollout import Rollout

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
        return len(self.positions)

    @property
    def end(self) -> float:
        """Seconds of the last frame."""
        return self.start + (len(self) - 1) / self.fps

    def frame_at(self, time: float) -> int:
        """The frame number at a time, counted on without end where the track loops, else clamped to the track."""
        frame = round((time - self.start) * self.fps)
        return max(0, frame) if self.loop else int(np.clip(frame, 0, len(self) - 1))

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
        """points (F, ..., 3) at frame numbers (P,): clamped to the track, or carried on by its cycles."""
        if not self.loop:
            return points[np.clip(frames, 0, len(self) - 1)]
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


@dataclass(frozen=True, eq=False)
class Continued:
    """Samples of a seed's continuation in the world, which go on at a constant cost a frame.

    positions (S, H, J, 3), paths (S, H, 3) of their pelvis; the first frame stands at `start` seconds. plane: where 2D
    ones stand. size: of the bodies, which is the seed's whatever becomes of their bones. latents: (S, H, Z) where the
    generator gives them.
    """

    seed: Clip
    start: float
    fps: float
    plane: Plane | None
    size: float
    positions: NDArray[np.float32]
    paths: NDArray[np.float32]
    latents: NDArray[np.floating] | None = None

    @classmethod
    def of(
        cls, rollout: Rollout, last: Rollout | None, known: Continued | None, plane: Plane | None, seed_end: float
    ) -> Continued:
        """A rollout, on from the frames that it shares with the last one where those are known."""
        seed, start = rollout.seed, seed_end + 1.0 / rollout.fps
        if last is not None and known is not None and (known.seed, known.start, known.plane) == (seed, start, plane):
            return known.further(rollout.shared(last), rollout)
        nowhere = np.empty((rollout.samples, 0, len(seed.skeleton.joints), 3), dtype=np.float32)
        placed = seed.positions if plane is None else plane.world(seed.positions)
        size = Track(seed.skeleton, placed, seed.fps, 0.0).body_scale
        return cls(seed, start, rollout.fps, plane, size, nowhere, nowhere[:, :, 0]).further(0, rollout)

    def further(self, kept: int, rollout: Rollout) -> Continued:
        """Its first `kept` frames, and behind them those that a rollout has there."""
        made, latents = np.asarray(rollout.poses_from(kept), dtype=np.float32), rollout.latents_from(kept)
        if self.plane is not None:
            made = self.plane.world(made)
        flat = made.reshape(-1, *made.shape[2:])
        path = pelvis_path(self.seed.skeleton, flat).astype(np.float32).reshape(*made.shape[:2], 3)
        positions = appended(self.positions[:, :kept], made, 1)
        if latents is not None:
            latents = appended(latents[:, :0] if self.latents is None else self.latents[:, :kept], latents, 1)
        return replace(self, positions=positions, paths=appended(self.paths[:, :kept], path, 1), latents=latents)

    @cached_property
    def tracks(self) -> tuple[Track, ...]:
        """One a sample; none before the first frame."""
        if not self.positions.shape[1]:
            return ()
        skeleton, fps, at = self.seed.skeleton, self.fps, self.start
        return tuple(
            Track(skeleton, positions, fps, at, path=path, size=self.size)
            for positions, path in zip(self.positions, self.paths, strict=True)
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
