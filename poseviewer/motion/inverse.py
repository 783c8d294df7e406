"""From joint positions back to joint rotations, for formats that consist of them.

A joint with several bones turns as these do (Kabsch, 1976). One with a single bone turns the shortest way from where
its parent's frame has that bone at rest; what the shortest way leaves open, the turn about the bone itself, goes on
smoothly where the bone passes the opposite of its rest and the shortest way would flip.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from poseviewer.motion import kinematics, rotation
from poseviewer.motion.clip import Clip
from poseviewer.motion.dialects import parts_of
from poseviewer.motion.rotation import Array
from poseviewer.motion.skeleton import Skeleton

_STEADY = np.pi / 9.0  # radians a frame by which the turn about a bone may differ from the last one and is not smoothed
_SETTLES = 0.9  # of what is left of a smoothed turn a frame later
_STILL = 1e-4  # metres by which a joint may move in its parent's frame and still counts as fixed there
_OPEN = 1e-3  # what a bone that is unknown weighs beside one that is seen
_NO_LENGTH = 1e-4  # metres: shorter bones show no direction
_LIMBS = {
    "elbow": (1.0, 0.0, 0.0), "wrist": (1.0, 0.0, 0.0), "knee": (0.0, -1.0, 0.0), "ankle": (0.0, -1.0, 0.0),
    "toe": (0.0, 0.0, 1.0),
}  # fmt: skip
"""Where a limb points to at rest in a T pose that faces z, its left side along x."""


def jointed(clip: Clip) -> tuple[Clip, Array]:
    """A 3D clip (F, J, 3) whose joints form a tree as rigid bones that turn, and how far that moves each joint.

    Returns the clip with rotations (F, J, 4), a skeleton at rest and the positions that both make, and the distances
    (F, J) in metres from its own positions, NaN where those are unknown. The skeleton's own rest is kept where it has
    one; else bones get their median length over the clip, and limbs hang as in a T pose.
    """
    skeleton, positions = clip.skeleton, clip.positions.astype(np.float64)
    assert skeleton.parents is not None
    offsets = rest_of(skeleton, positions) if skeleton.offsets is None else np.asarray(skeleton.offsets, np.float64)
    turns = rotations_of(positions, offsets, skeleton.parents)
    root = positions[:, skeleton.root]
    made = kinematics.forward(root, turns, offsets, skeleton.parents)
    rigid = replace(skeleton, offsets=offsets.astype(np.float32))
    told = replace(clip, skeleton=rigid, positions=made.astype(np.float32), rotations=turns.astype(np.float32))
    return told, np.linalg.norm(made - positions, axis=-1)


def at_rate(clip: Clip, fps: float) -> Clip:
    """A clip at another rate, as Clip.resample has it; where it has rotations its bones are as long between its frames
    as they are in them.
    """
    told, parents = clip.resample(fps), clip.skeleton.parents
    if told.rotations is None or parents is None or told is clip:
        return told
    before, after = (in_parents(motion, parents) for motion in (clip, told))
    still = np.ptp(before, axis=0).max(axis=-1) < _STILL
    fixed = np.median(before, axis=0)
    places = {joint: fixed[joint] if still[joint] else after[:, joint] for joint in range(len(still))}
    made = kinematics.forward(after[:, clip.skeleton.root], told.rotations, np.zeros_like(before[0]), parents, places)
    return replace(told, positions=made.astype(np.float32))


def rotations_of(positions: Array, offsets: Array, parents: tuple[int, ...]) -> Array:
    """Unit quaternions (F, J, 4), each local to its parent's frame, that bring bones at rest onto positions (F, J, 3).

    offsets (J, 3): each joint's place in its parent's frame. A joint without a known bone keeps its parent's frame.
    """
    world: list[Array] = []
    local = np.empty((*positions.shape[:2], 4))
    for joint, parent in enumerate(parents):
        above = np.broadcast_to(rotation.IDENTITY, (len(positions), 4)) if parent < 0 else world[parent]
        below = [child for child, of in enumerate(parents) if of == joint and _long(offsets[child])]
        seen = positions[:, below] - positions[:, joint, None]
        if not below:
            world.append(above)
        elif len(below) > 1 and np.linalg.matrix_rank(offsets[below], tol=1e-3) > 1:
            world.append(_turned(offsets[below], seen, above))
        else:
            longest = int(np.argmax(_norms(offsets[below])))
            world.append(_swung(offsets[below[longest]], seen[:, longest], above))
        local[:, joint] = rotation.multiply(rotation.conjugate(above), world[joint])
    return rotation.continuous(rotation.normalise(local))


def rest_of(skeleton: Skeleton, positions: Array) -> Array:
    """(J, 3) metres: a rest for a skeleton that has none, of bones as long as the median over positions (F, J, 3).

    Joints with several bones keep the shape that these have in the frame that is nearest to their median, turned to
    face z; the limbs of a body point where they do in a T pose, all other bones where they do in that frame.
    """
    parents = skeleton.parents
    assert parents is not None
    bones = positions - positions[:, [max(parent, 0) for parent in parents]]
    lengths = np.nan_to_num(np.nanmedian(_norms(bones), axis=0)) if len(bones) else np.zeros(len(parents))
    one, other = _beside(parents).T
    spans = _norms(positions[:, one] - positions[:, other])
    frame = _usual(np.concatenate([_norms(bones), spans], axis=1))
    pose = _facing_z(skeleton, positions[frame])
    offsets = np.nan_to_num(pose - pose[[max(parent, 0) for parent in parents]])
    offsets *= (lengths / np.maximum(_norms(offsets), _NO_LENGTH))[:, None]
    for part, joint in parts_of(skeleton.joints).joints.items():
        side, _, limb = part.partition("_")
        alone = parents.count(parents[joint]) == 1
        if limb in _LIMBS and alone:
            offsets[joint] = np.array(_LIMBS[limb]) * lengths[joint]
            offsets[joint, 0] *= 1.0 if side == "left" else -1.0
    offsets[[parent < 0 for parent in parents]] = 0.0
    return offsets


def in_parents(clip: Clip, parents: tuple[int, ...]) -> Array:
    """(F, J, 3) each joint's place in its parent's frame, the root's in the world."""
    assert clip.rotations is not None
    turned: list[Array] = []
    places = clip.positions.astype(np.float64)
    for joint, parent in enumerate(parents):
        turns = clip.rotations[:, joint].astype(np.float64)
        turned.append(turns if parent < 0 else rotation.multiply(turned[parent], turns))
        if parent >= 0:
            away = clip.positions[:, joint].astype(np.float64) - clip.positions[:, parent]
            places[:, joint] = rotation.rotate(rotation.conjugate(turned[parent]), away)
    return places


def _norms(vectors: Array) -> Array:
    return np.asarray(np.linalg.norm(vectors, axis=-1))


def _long(offset: Array) -> bool:
    return float(np.linalg.norm(offset)) > _NO_LENGTH


def _beside(parents: tuple[int, ...]) -> NDArray[np.intp]:
    """(P, 2) joints with the same parent: how far they are from each other is the shape of what lies between."""
    joints = range(len(parents))
    pairs = [(a, b) for a in joints for b in joints[a + 1 :] if parents[a] == parents[b] >= 0]
    return np.array(pairs, dtype=np.intp).reshape(-1, 2)


def _usual(lengths: Array) -> int:
    """Of frames with lengths (F, N) the one nearest to their median, of those with the most known ones."""
    off = np.abs(lengths - np.nanmedian(lengths, axis=0)).sum(axis=1)
    unknown = ~np.isfinite(lengths)
    return int(np.argmin(np.nan_to_num(off) + 1e6 * unknown.sum(axis=1)))


def _facing_z(skeleton: Skeleton, pose: Array) -> Array:
    """A pose (J, 3) turned about the vertical, so that the line from its right to its left lies along x."""
    left, right = skeleton.pelvis
    across = pose[left] - pose[right]
    if not np.isfinite(across).all() or np.hypot(across[0], across[2]) < _NO_LENGTH:
        return pose
    return rotation.rotate(rotation.from_axis_angle([0.0, 1.0, 0.0], np.arctan2(across[2], across[0])), pose)


def _turned(rest: Array, seen: Array, above: Array) -> Array:
    """(F, 4) turns that bring bones at rest (B, 3) nearest to those seen (F, B, 3), in the parent's frames (F, 4).

    Bones that are unknown lie, as far as the others leave it open, as they last did in the parent's frame.
    """
    known = np.isfinite(seen.sum(axis=-1))
    whole = np.isfinite(seen.sum(axis=(1, 2)))
    turns = _nearest(rest, np.where(whole[:, None, None], seen, rest))
    if whole.all():
        return turns
    kept = above
    if whole.any():
        last = np.maximum.accumulate(np.where(whole, np.arange(len(whole)), int(np.argmax(whole))))
        kept = rotation.multiply(above, rotation.multiply(rotation.conjugate(above), turns)[last])
    lying = rotation.rotate(kept[:, None], rest) * _OPEN
    return np.where(whole[:, None], turns, _nearest(rest, np.where(known[..., None], seen, lying)))


def _nearest(rest: Array, seen: Array) -> Array:
    """(F, 4) turns that bring vectors (B, 3) nearest to others (F, B, 3), without reflections, by the singular value
    decomposition of their products (Kabsch, 1976).
    """
    left, _, right = np.linalg.svd(np.einsum("fbi,bj->fij", seen, rest))
    left[..., -1] *= np.sign(np.linalg.det(left @ right))[:, None]
    return rotation.from_matrix(left @ right)


def _swung(rest: Array, seen: Array, above: Array) -> Array:
    """(F, 4) turns that bring one bone at rest (3,) in its parent's frame (F, 4) along the one seen (F, 3)."""
    at_rest = rotation.rotate(above, rest)
    known = np.isfinite(seen).all(axis=1) & (_norms(seen) > _NO_LENGTH)
    to = np.where(known[:, None], seen, at_rest)
    to = to / _norms(to)[:, None]
    shortest = rotation.multiply(_shortest(at_rest / _norms(at_rest)[:, None], to), above)
    turn = _smooth(_turn_on(shortest, to))
    return rotation.multiply(rotation.from_axis_angle(to, turn), shortest)


def _shortest(start: Array, end: Array) -> Array:
    """(F, 4) the shortest turns from unit vectors (F, 3) to others; about any axis across where they are opposite."""
    turn = np.concatenate([1.0 + np.sum(start * end, axis=-1, keepdims=True), np.cross(start, end)], axis=-1)
    across = np.cross(start, np.where(np.abs(start[:, :1]) < 0.6, [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]))
    opposite = _norms(turn) < 1e-7
    return rotation.normalise(np.where(opposite[:, None], np.insert(across, 0, 0.0, axis=1), turn))


def _turn_on(turns: Array, along: Array) -> Array:
    """(F,) radians about unit vectors (F, 3) by which each of the turns (F, 4) differs from the last one carried on."""
    if len(turns) < 2:
        return np.zeros(len(turns))
    carried = rotation.multiply(_shortest(along[:-1], along[1:]), turns[:-1])
    off = rotation.multiply(turns[1:], rotation.conjugate(carried))
    angle = 2.0 * np.arctan2(np.sum(off[:, 1:] * along[1:], axis=-1), off[:, 0])
    return np.concatenate([[0.0], (angle + np.pi) % (2.0 * np.pi) - np.pi])


def _smooth(steps: Array) -> Array:
    """(F,) radians to add about a bone so that no step (F,) beyond what is steady is seen, and little else."""
    added, last = np.zeros(len(steps)), 0.0
    for frame, step in enumerate(steps.tolist()):
        last *= _SETTLES
        if abs(step) > _STEADY:
            last -= step
        last = (last + np.pi) % (2.0 * np.pi) - np.pi
        added[frame] = last
    return added
