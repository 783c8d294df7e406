"""Known failures of 3D motion of the `humanoid`, put into a real one from a frame on.

Letters: F frames, J joints. Lengths in metres; strength 1 is full, 0.5 half.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.statistics.body import Body, local, turned, yaw
from poseviewer.analysis.statistics.directions import CELLS, GRID, bone_directions, frame, nearest_cells
from poseviewer.measure.verdicts import seams
from poseviewer.measure.verdicts.seams import (
    eased,
    held,
    period,
    ramp,
    repeated,
    seamed,
    sensor,
    slow_noise,
    smoothed,
)
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array
from poseviewer.nets.spaces.world import unit

_SENSOR = 0.003  # the most that a sensor's noise is taken to be
_PERIOD = (0.5, 1.5)  # seconds
_NOISY_CYCLE = 0.004
_LIMIT = 0.999  # share of real frames within a joint's range
_BEYOND = 12.0  # degrees that a joint may be bent further than asked, on the grid
_LIMBS = {"thigh": ("hip", "knee", "ankle", "toe"), "shin": ("knee", "ankle", "toe"),
          "upper arm": ("shoulder", "elbow", "wrist"), "forearm": ("elbow", "wrist")}  # fmt: skip
_ROWS = {"thigh": 3, "shin": 4, "upper arm": 1, "forearm": 2}  # in what bone_directions gives
_CHAINS = (("hip", "knee", "ankle", "toe"), ("shoulder", "elbow", "wrist"))
_SIDES = ("left", "right")


@dataclass(frozen=True, eq=False)
class Usual:
    """Of real motions: the mean pose (J, 3), local and in sizes; within (limbs, CELLS): the directions of a limb that
    hold 99.9 % of the frames.
    """

    pose: Array
    within: NDArray[np.bool_]

    @classmethod
    def of(cls, motions: Sequence[Array], skeleton: Skeleton) -> Usual:
        poses, counts = [], np.zeros((8, CELLS))
        for motion in motions:
            poses.append(local(motion[None], Body.of(motion[None], skeleton))[0, ::2])
            for directions in bone_directions(motion, skeleton):
                for limb, cells in enumerate(nearest_cells(directions)):
                    counts[limb] += np.bincount(cells, minlength=CELLS)
        order = np.argsort(-counts, axis=1)
        share = np.cumsum(np.take_along_axis(counts, order, axis=1), axis=1) / counts.sum(axis=1, keepdims=True)
        within = np.zeros(counts.shape, dtype=bool)
        np.put_along_axis(within, order, np.roll(share, 1, axis=1) * (np.arange(CELLS) > 0) < _LIMIT, axis=1)
        return cls(np.nanmedian(np.concatenate(poses), axis=0), within & (counts > 0))


@dataclass(frozen=True, eq=False)
class Real(seams.Real):
    """A real motion (F, J, 3) and where its failure begins."""

    usual: Usual

    def at(self, name: str) -> int:
        return self.skeleton.joints.index(name)

    @cached_property
    def bones(self) -> Array:
        """(F, J) length of the bone that leads to each joint, without the sensor's noise."""
        return smoothed(bone_lengths(self.motion, self.skeleton)[..., None])[..., 0]

    @cached_property
    def smooth(self) -> Array:
        """The motion without the sensor's noise, on its bones."""
        return on_bones(smoothed(self.motion), self.bones, self.skeleton)

    def finished(self, made: Array, draw: np.random.Generator) -> Array:
        """What was made of the smooth motion, with the sensor's noise, after what came before. Bones whose lengths do
        not tremble go on without it.
        """
        noise = sensor(self.motion, round(0.5 * self.fps), _SENSOR, draw)
        trembling = bone_lengths(made, self.skeleton) + bone_lengths(self.motion, self.skeleton) - self.bones
        return seamed(self.motion, on_bones(made + noise, trembling, self.skeleton), self.onset)


def freeze(real: Real, strength: float, draw: np.random.Generator) -> Array:
    """The body stops within four frames, wholly or to a tenth of its motion."""
    kept = 1.0 - _removed(strength, 0.9) * real.eased(4.0 / 30.0)
    return real.finished(on_bones(held(real.smooth, kept), held(real.bones, kept), real.skeleton), draw)


def fade(real: Real, strength: float, draw: np.random.Generator) -> Array:
    """The pose turns into the mean pose within a second, and travel and turning end."""
    share = _removed(strength, 0.7) * real.eased(1.0)
    smooth, skeleton = real.smooth, real.skeleton
    own, heading = _localised(smooth, skeleton)
    mixed = own * (1.0 - share)[:, None, None] + real.usual.pose * real.size * share[:, None, None]
    pose = on_bones(mixed, held(real.bones, 1.0 - share), skeleton)
    place = held(smooth[:, skeleton.root], 1.0 - share)
    lowest = smooth[..., 1].min(axis=1)
    floor = np.percentile(lowest[: real.onset], 10.0)
    place[:, 1] = lowest * (1.0 - share) + floor * share - pose[..., 1].min(axis=1)
    return real.finished(turned(pose, held(heading, 1.0 - share)) + place[:, None], draw)


def cycle(real: Real, strength: float, draw: np.random.Generator) -> tuple[Array, int] | None:
    """The last period before the onset again and again, with its travel and turning; and its frames."""
    smooth, skeleton = real.smooth, real.skeleton
    own, heading = _localised(smooth, skeleton)
    shortest, longest = (round(seconds * real.fps) for seconds in _PERIOD)
    frames = period(own.reshape(real.frames, -1) / real.size, real.onset, shortest, longest, 0.01)
    if frames is None:
        return None
    step = np.diff(smooth[:, skeleton.root], axis=0, prepend=smooth[:1, skeleton.root])
    turn = np.diff(heading, prepend=heading[:1])

    def again(values: Array) -> Array:
        return repeated(values, real.onset, frames)

    angle = heading[real.onset - 1] + np.cumsum(again(turn))
    travel = turned(again(turned(step[:, None], -heading)), angle)[:, 0]
    place = smooth[real.onset - 1, skeleton.root] + np.cumsum(travel, axis=0)
    place[:, 1] = again(smooth[:, skeleton.root, 1])
    made = smooth.copy()
    pose = on_bones(again(own), again(real.bones), skeleton)
    made[real.onset :] = turned(pose, angle) + place[:, None]
    return real.finished(made, draw), frames


def noisy_cycle(real: Real, strength: float, draw: np.random.Generator) -> tuple[Array, int] | None:
    """A limit cycle with slow noise of 4 mm on it, which leaves the bones as they are."""
    found = cycle(real, strength, draw)
    if found is None:
        return None
    noise = slow_noise(real.motion.shape, _NOISY_CYCLE, max(1, round(0.1 * real.fps)), draw)
    noise *= ramp(real.frames, real.onset, round(8.0 / 30.0 * real.fps))[:, None, None]
    made, frames = found
    noisy = on_bones(made + noise, bone_lengths(made, real.skeleton), real.skeleton)
    return seamed(real.motion, noisy, real.onset), frames


def slide(real: Real, strength: float, draw: np.random.Generator) -> Array:
    """The whole body glides along the ground at 0.6 m/s."""
    around = draw.uniform(0.0, 2.0 * np.pi)
    way = np.array([np.cos(around), 0.0, np.sin(around)])
    travelled = np.cumsum(real.eased(5.0 / 30.0)) * 0.6 * strength / real.fps
    return real.motion + travelled[:, None, None] * way


def stretch(real: Real, strength: float, draw: np.random.Generator) -> Array:
    """An arm or a leg becomes 30 % longer; hand or foot go along."""
    chain, side = _CHAINS[draw.integers(2)], _SIDES[draw.integers(2)]
    joints = [real.at(f"{side}_{part}") for part in chain]
    made, away = real.motion.copy(), np.zeros((real.frames, 3))
    for k, (upper, lower) in enumerate(pairwise(joints)):
        if k < 2:
            longer = 0.3 * strength * real.eased(8.0 / 30.0)
            away = away + (real.motion[:, lower] - real.motion[:, upper]) * longer[:, None]
        made[:, lower] += away
    return made


def noise(real: Real, strength: float, draw: np.random.Generator) -> Array:
    """White noise of each joint, growing to 4 cm root mean square within a second."""
    grown = ramp(real.frames, real.onset, round(real.fps))
    return real.motion + draw.normal(size=real.motion.shape) * (0.04 * strength / np.sqrt(3.0) * grown)[:, None, None]


def jump(real: Real, strength: float, draw: np.random.Generator) -> Array:
    """Within two frames the body moves by 30 cm, or each joint by as much, each another way."""
    return real.jumped(0.3 * strength, draw)


def joint(real: Real, strength: float, draw: np.random.Generator) -> Array | None:
    """A limb bends 40 degrees beyond the range of its joint; None where it cannot."""
    side, angle = _SIDES[draw.integers(2)], 40.0 * strength
    for limb in draw.permutation(list(_LIMBS)).tolist():
        within = GRID[real.usual.within[_ROWS[limb]]]
        away = np.degrees(np.arccos(np.clip((GRID @ within.T).max(axis=1), -1.0, 1.0)))
        beyond = GRID[(away >= angle) & (away <= angle + _BEYOND)]
        if len(beyond):
            return _bent(real, limb, side, beyond)
    return None


def taken_over(real: Real, other: Real, draw: np.random.Generator) -> Array:
    """What another body does from its onset on, by this one, from where it is and faces: as long as both go on."""
    frames = min(real.frames - real.onset, other.frames - other.onset)
    mine, theirs = (slice(body.onset - 1, body.onset + frames) for body in (real, other))
    share = eased(ramp(frames + 1, 1, max(1, round(8.0 / 30.0 * real.fps))))
    (own, heading), (their, angle) = (_localised(body.smooth, body.skeleton) for body in (real, other))
    ratio = real.size / other.size
    turn = heading[mine][0] - angle[theirs][0]
    root = other.smooth[theirs, other.skeleton.root]
    there = np.concatenate([(root - root[0])[:, None] * ratio, their[theirs] * ratio], axis=1)
    way = turned(there[:, :1], np.full(frames + 1, turn))[:, 0] + real.smooth[real.onset - 1, real.skeleton.root]
    way[:, 1] = root[:, 1] * ratio

    def mixed(a: Array, b: Array) -> Array:
        weight = share.reshape(-1, *[1] * (a.ndim - 1))
        return a * (1.0 - weight) + b * weight

    pose = turned(mixed(own[mine], there[:, 1:]), mixed(heading[mine], angle[theirs] + turn))
    cut = replace(real, motion=real.motion[: real.onset + frames])
    made = cut.smooth.copy()
    made[mine] = pose + mixed(real.smooth[mine, real.skeleton.root], way)[:, None]
    return cut.finished(on_bones(made, cut.bones, real.skeleton), draw)


KINDS: dict[str, Callable[[Real, float, np.random.Generator], Array | tuple[Array, int] | None]] = {
    "freeze": freeze,
    "fade": fade,
    "cycle": cycle,
    "noisy_cycle": noisy_cycle,
    "slide": slide,
    "stretch": stretch,
    "noise": noise,
    "jump": jump,
    "joint": joint,
}


def _bent(real: Real, limb: str, side: str, beyond: Array) -> Array:
    """The limb turned towards that direction beyond its range which is nearest to its own mean one."""
    axes, mirror = _axes(real, limb, side)
    own = bone_directions(real.motion, real.skeleton)[_SIDES.index(side)][_ROWS[limb]]
    target = beyond[(beyond @ own[real.onset :].mean(axis=0)).argmax()].astype(np.float64)
    upper, *below = (real.at(f"{side}_{part}") for part in _LIMBS[limb])
    now = unit(real.motion[:, below[0]] - real.motion[:, upper])
    then = np.einsum("fij,i->fj", axes, target * mirror)
    axis = np.cross(now, then)
    turn = np.arctan2(np.linalg.norm(axis, axis=1), (now * then).sum(axis=1)) * real.eased(8.0 / 30.0)
    made = real.motion.copy()
    for k in below:
        made[:, k] = real.motion[:, upper] + _about(unit(axis), turn, real.motion[:, k] - real.motion[:, upper])
    return seamed(real.motion, made, real.onset)


def _axes(real: Real, limb: str, side: str) -> tuple[Array, Array]:
    """(F, 3, 3) the frame that a limb's direction is told in, and the signs that it is told with."""
    at = {name: real.motion[:, j] for j, name in enumerate(real.skeleton.joints)}
    sign = 1.0 if side == "left" else -1.0
    mirror = np.array([sign, 1.0, 1.0])
    pelvis = frame(at["left_hip"] - at["right_hip"], at["chest"] - at["pelvis"])
    chest = frame(at["left_shoulder"] - at["right_shoulder"], at["neck"] - at["chest"])
    if limb == "thigh":
        return pelvis, mirror
    if limb == "shin":
        return frame(pelvis[:, 0], at[f"{side}_hip"] - at[f"{side}_knee"]), mirror
    if limb == "upper arm":
        return chest, mirror
    return frame(chest[:, 2], at[f"{side}_shoulder"] - at[f"{side}_elbow"]), np.array([1.0, 1.0, sign])


def _about(axis: Array, angle: Array, vectors: Array) -> Array:
    """Vectors (F, 3) turned about axes of length 1 (F, 3) by angles (F,)."""
    c, s = np.cos(angle)[:, None], np.sin(angle)[:, None]
    along = (axis * vectors).sum(axis=1, keepdims=True)
    return np.asarray(vectors * c + np.cross(axis, vectors) * s + axis * along * (1.0 - c))


def _removed(strength: float, half: float) -> float:
    return 1.0 if strength == 1.0 else half


def _localised(motion: Array, skeleton: Skeleton) -> tuple[Array, Array]:
    """The poses from the root in the frame of their heading, and their heading (F,) without jumps."""
    heading = np.unwrap(yaw(motion[None], skeleton)[0])
    return turned(motion - motion[:, [skeleton.root]], -heading), heading


def bone_lengths(motion: Array, skeleton: Skeleton) -> Array:
    """(F, J) length of the bone that leads to each joint."""
    return np.asarray(np.linalg.norm(motion - motion[:, _parents(skeleton)], axis=-1))


def on_bones(poses: Array, bones: Array, skeleton: Skeleton) -> Array:
    """Poses (F, J, 3) whose bones have the lengths (F, J), with their directions kept."""
    made, parents = poses.copy(), _parents(skeleton)
    for k, parent in enumerate(parents):
        if k != parent:
            made[:, k] = made[:, parent] + unit(poses[:, k] - poses[:, parent]) * bones[:, k, None]
    return made


def _parents(skeleton: Skeleton) -> list[int]:
    return [max(parent, 0) for parent in skeleton.parents or ()]
