"""Clip: poses over time with a frame rate and labels; resampling, cutting, mapping, projection to 2D."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.errors import PoseviewerError
from poseviewer.motion import rotation
from poseviewer.motion.heading import three_quarter, way
from poseviewer.motion.matching import match
from poseviewer.motion.plane import Plane
from poseviewer.motion.skeleton import Skeleton
from poseviewer.motion.trunk import pelvis_path

ASSUMED_FPS = 30.0
SLOWEST, FASTEST = 0.1, 1000.0
"""Frames a second that a clip, a file or a model may say; beyond them it is an error or an attack."""
ARRAYS = ("positions", "visible", "rotations", "boxes")
"""What a clip has of every frame."""
_MOST_NUMBERS = 1 << 29  # coordinates that resampling may make, 2 GB


def is_rate(fps: float) -> bool:
    """Whether a number of frames a second can be one."""
    return SLOWEST <= fps <= FASTEST


@dataclass(frozen=True, eq=False)
class Clip:
    """A motion of one skeleton; its arrays are read-only.

    positions: (F, J, D) float32, NaN where unknown; 3D in metres, world frame, y up; 2D in units of the image's
    height, origin at the image's centre, y up. visible: (F, J) bool or None; an occluded joint may still be known.
    rotations: (F, J, 4) float32 unit quaternions w, x, y, z local to the parent, or None. boxes: (F, 4) left,
    bottom, right, top in the units of positions, or None. image_size: (width, height) pixels, or None. fps: frames
    a second; fps_known is False where it was assumed. loop: the last frame leads to the first, one frame later
    (root travel carried on). travel, turn: what one cycle of a loop does, exactly: the motion is turned by `turn`
    radians about the world's y axis, then moved by `travel` (x, y, z) metres (in 2D, image heights); travel None =
    estimated from the pelvis. seed_frames: generated from this frame on, or None. source: where it was read from.
    plane: of a 2D clip that is a 3D one seen from one side, where in the world its image lies; what continues it in 2D
    is put back by it.
    """

    skeleton: Skeleton
    positions: NDArray[np.float32]
    fps: float
    name: str
    fps_known: bool = True
    visible: NDArray[np.bool_] | None = None
    rotations: NDArray[np.float32] | None = None
    boxes: NDArray[np.float32] | None = None
    image_size: tuple[int, int] | None = None
    action: str = ""
    subject: str = ""
    split: str = ""
    loop: bool = False
    travel: tuple[float, float, float] | None = None
    turn: float = 0.0
    seed_frames: int | None = None
    source: str = ""
    plane: Plane | None = None

    def __post_init__(self) -> None:
        joints, dims = len(self.skeleton.joints), self.skeleton.dims
        shape = np.shape(self.positions)
        if len(shape) != 3 or shape[1:] != (joints, dims):
            cause = f"its positions have shape {shape}, its skeleton needs (F, {joints}, {dims})"
            raise PoseviewerError(self.name, "", cause, "give every frame all joints")
        frames = shape[0]
        if not frames:
            raise PoseviewerError(self.name, "", "it has no frames", "give it one or more")
        if not is_rate(self.fps):
            cure = f"give one of {SLOWEST:g} to {FASTEST:g} a second with --fps"
            raise PoseviewerError(self.name, "", f"its frame rate is {self.fps:g}", cure)
        shapes = {"visible": (frames, joints), "rotations": (frames, joints, 4), "boxes": (frames, 4)}
        for key in ARRAYS:
            if getattr(self, key) is None:
                continue
            array = np.ascontiguousarray(getattr(self, key), dtype=bool if key == "visible" else np.float32).view()
            if array.shape != shapes.get(key, shape):
                cause = f"it has shape {array.shape}, not {shapes[key]}"
                raise PoseviewerError(self.name, key, cause, "give every frame its own")
            array.flags.writeable = False
            object.__setattr__(self, key, array)

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def duration(self) -> float:
        """Seconds from the first frame to the last; of a loop, to its return to the first."""
        return (len(self) - (0 if self.loop else 1)) / self.fps

    def cut(self, start: int, stop: int) -> Clip:
        """Frames start..stop-1 as a clip of their own, which no longer loops unless it is whole."""
        start, stop = max(0, start), min(len(self), stop)
        if stop <= start:
            cause = f"frames {start} to {stop} are outside its {len(self)} frames"
            raise PoseviewerError(self.name, "", cause, "name others")
        once: dict[str, Any] = {} if (start, stop) == (0, len(self)) else {"loop": False, "travel": None, "turn": 0.0}
        return self.taken(slice(start, stop), **once)

    def taken(self, frames: slice | NDArray[np.integer], **changes: Any) -> Clip:
        """The clip of some of its frames, by their numbers, in that order; changes: of anything else."""
        for key in ARRAYS:
            array = getattr(self, key)
            changes.setdefault(key, None if array is None else array[frames])
        return replace(self, **changes)

    def resample(self, fps: float) -> Clip:
        """The same motion at another frame rate: positions linearly, rotations by slerp, visibility nearest.

        A loop keeps its period: its last frame leads to the first one, carried on by the root's travel. Raises
        PoseviewerError where the rate is none or the clip would become far too long.
        """
        if abs(fps - self.fps) < 1e-9:
            return self
        if self.positions.size * fps / self.fps > _MOST_NUMBERS:
            cause = f"at {fps:g} instead of {self.fps:g} frames a second it does not fit into memory"
            raise PoseviewerError(self.name, "", cause, "choose a lower rate or cut it into parts")
        source = unrolled(self, len(self) + 1) if self.loop else self
        last = len(source) - 1
        count = max(1, round(last * fps / self.fps)) if self.loop else int(np.floor(last * fps / self.fps + 1e-6)) + 1
        step = last / count if self.loop and last else self.fps / fps
        at = np.minimum(np.arange(count) * step, last)
        low = np.minimum(at.astype(int), max(last - 1, 0))
        high = np.minimum(low + 1, last)
        t = (at - low).astype(np.float32)
        nearest = np.where(t < 0.5, low, high)
        rotations = source.rotations
        return replace(
            self,
            positions=_mixed(source.positions, low, high, t),
            visible=None if source.visible is None else source.visible[nearest],
            rotations=None if rotations is None else rotation.slerp(rotations[low], rotations[high], t[:, None]),
            boxes=None if source.boxes is None else _mixed(source.boxes, low, high, t),
            fps=float(fps),
            seed_frames=None if self.seed_frames is None else min(count, round(self.seed_frames * fps / self.fps)),
        )

    def onto(self, skeleton: Skeleton, azimuth: float | None = None) -> Clip:
        """The clip on a canonical skeleton, matched by joint name; without rotations, which belong to the source's rig.

        azimuth: the side that a 3D clip is seen from on a 2D skeleton, as `project` has it.
        Raises PoseviewerError where a joint is missing or a 2D clip would have to become 3D.
        """
        if self.skeleton.joints == skeleton.joints and self.skeleton.dims == skeleton.dims:
            return self if self.skeleton is skeleton else replace(self, skeleton=skeleton)
        if self.skeleton.dims < skeleton.dims:
            cause = f"its poses are 2D and {skeleton.name!r} is 3D"
            raise PoseviewerError(self.name, "", cause, "choose a penn13 model")
        if self.skeleton.dims > skeleton.dims:
            match(self.skeleton, skeleton)  # what is no person is told by its rest pose, which an image has not
        source = self.project(azimuth) if self.skeleton.dims > skeleton.dims else self
        joints = match(source.skeleton, skeleton)
        return replace(
            source,
            source=noted(source.source, joints.note),
            skeleton=skeleton,
            positions=joints.positions(source.positions),
            visible=None if source.visible is None else joints.visible(source.visible),
            rotations=None,
        )

    def project(self, azimuth: float | None = None) -> Clip:
        """A 3D clip seen from one side, orthographically, as a 2D clip that fills half of an image's height.

        azimuth: radians about the y axis; 0 looks along -z, so that +x is to the right; None is `opening_azimuth`. The
        clip's `plane` then tells where that image stands: upright, through the middle of where the pelvis goes.
        """
        if self.skeleton.dims == 2:
            return self
        return self.seen_on(_seen(self, self.opening_azimuth if azimuth is None else azimuth))

    def seen_on(self, plane: Plane) -> Clip:
        """A 3D clip as a 2D one: what an image shows of it that stands there."""
        travel = None
        if self.loop and not self.turn:
            travel = (float(loop_travel(self) @ plane.right) / plane.height, 0.0, 0.0)
        return replace(
            self,
            skeleton=replace(self.skeleton, dims=2, offsets=None),
            positions=plane.image(self.positions),
            rotations=None,
            boxes=None,
            loop=self.loop and not self.turn,  # what comes round turned is seen from another side
            travel=travel,
            turn=0.0,
            plane=plane,
        )

    @property
    def opening_azimuth(self) -> float:
        """Radians: the side that a 3D clip is looked at from, and projected from, unless somebody chooses another."""
        return three_quarter(way(self.skeleton, self.positions, pelvis_path(self.skeleton, self.positions)))


def noted(source: str, note: str) -> str:
    """Where a clip was read from, with one more remark on what was assumed behind ": "."""
    if not note:
        return source
    return f"{source}, {note}" if ": " in source else f"{source}: {note}"


def _seen(clip: Clip, azimuth: float) -> Plane:
    """The plane of an image in which a 3D clip fills half of the height, seen from an azimuth."""
    known = np.isfinite(clip.positions).all(axis=-1)
    points = clip.positions[known]
    axes = Plane(azimuth, 1.0, (0.0, 0.0, 0.0))
    if not len(points):
        return axes
    y = np.where(known, clip.positions[..., 1], np.nan)
    y = y[np.isfinite(y).any(axis=1)]
    height = max(float(np.median(np.nanmax(y, axis=1) - np.nanmin(y, axis=1))), 1e-6)
    across = points @ axes.right
    root = pelvis_path(clip.skeleton, clip.positions) @ axes.towards_eye
    depth = float(np.median(root[np.isfinite(root)])) if np.isfinite(root).any() else 0.0
    x, _, z = (across.min() + across.max()) / 2.0 * axes.right + depth * axes.towards_eye
    return Plane(azimuth, 2.0 * height, (float(x), float(points[:, 1].min() + points[:, 1].max()) / 2.0, float(z)))


def _mixed(a: NDArray[np.float32], low: NDArray, high: NDArray, t: NDArray[np.float32]) -> NDArray[np.float32]:
    """Between rows low and high of a (F, ...) at t (N,); a row at t = 0 is taken as it is."""
    weight = t.reshape((-1,) + (1,) * (a.ndim - 1))
    return np.where(weight > 0, (1 - weight) * a[low] + weight * a[high], a[low])


def unrolled(clip: Clip, frames: int) -> Clip:
    """A looping clip carried on to `frames` frames: each cycle starts where the last one led, root travel kept.

    A clip that does not loop is cut to `frames` at most.
    """
    if not clip.loop:
        return clip.cut(0, min(frames, len(clip)))
    index = np.arange(frames)
    frame, cycle = index % len(clip), index // len(clip)
    positions = carried(clip.positions[frame], cycle, loop_travel(clip), clip.turn)
    rotations = None
    if clip.rotations is not None:
        rotations = clip.rotations[frame]
        if clip.turn:
            root = clip.skeleton.root
            rotations[:, root] = rotation.multiply(_turns(clip.turn, cycle), rotations[:, root])
        rotations = rotation.continuous(rotations)
    return clip.taken(frame, positions=positions, rotations=rotations, loop=False, travel=None, turn=0.0)


def carried(points: ArrayLike, cycles: ArrayLike, travel: ArrayLike, turn: float = 0.0) -> NDArray[np.floating]:
    """World points (N, ..., D) of a loop as they are `cycles` (N,) cycles later; travel (D,) and turn as in Clip."""
    points, cycles = np.asarray(points, dtype=np.float64), np.asarray(cycles, dtype=np.intp)
    across = (len(points),) + (1,) * (points.ndim - 2)
    if not turn:
        return points + cycles.reshape((*across, 1)) * np.asarray(travel, dtype=np.float64)
    turns = _turns(turn, np.arange(cycles.max(initial=0) + 1))
    moves = np.zeros((len(turns), 3))
    moves[1:] = np.cumsum(rotation.rotate(turns[:-1], np.asarray(travel, dtype=np.float64)), axis=0)
    turned = rotation.rotate(turns[cycles].reshape((*across, 4)), points)
    return turned + moves[cycles].reshape((*across, 3))


def _turns(turn: float, cycles: NDArray[np.integer]) -> NDArray[np.floating]:
    return rotation.from_axis_angle((0.0, 1.0, 0.0), turn * cycles)


def loop_travel(clip: Clip) -> NDArray[np.float32]:
    """(D,) how far one cycle of a looping clip carries it along the ground, its last step back to frame 0 included.

    The clip's own `travel` where it has one; else the missing step is taken to be as long as the steps inside the clip.
    """
    travel = np.zeros(clip.skeleton.dims, dtype=np.float32)
    if clip.loop and clip.travel is not None:
        return np.asarray(clip.travel[: clip.skeleton.dims], dtype=np.float32)
    if not clip.loop or len(clip) < 2 or clip.skeleton.dims == 2:
        return travel
    root = pelvis_path(clip.skeleton, clip.positions)
    step = (root[-1] - root[0]) * len(clip) / (len(clip) - 1)
    travel[[0, 2]] = np.nan_to_num(step[[0, 2]])
    return travel
