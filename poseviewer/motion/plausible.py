"""What every clip from a file must satisfy before it is shown or learned from, and what its text must look like."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import FASTEST, SLOWEST, Clip, is_rate
from poseviewer.motion.skeleton import Skeleton
from poseviewer.text import distinct, printable

FARTHEST = 1e6  # metres; beyond that float32 cannot tell a pose from its neighbour
LARGEST_IMAGE = 100_000  # pixels a side
_MOST_TURN = 1e4  # radians in one cycle of a loop
LONGEST_SOURCE = 1000  # letters
_WORDS = ("name", "action", "subject", "split")


def plausible(clip: Clip, label: str) -> Clip:
    """The clip, its text made printable, a joint with an infinite or missing coordinate made wholly unknown (NaN).

    Raises PoseviewerError where nothing is known, something is absurdly far away, a rotation is none, or the clip says
    of itself what no clip can be.
    """
    clip = _in_letters(clip)
    where, unit = f"clip {clip.name[:80]!r}", "metres" if clip.skeleton.dims == 3 else "image heights"
    unknown = np.asarray(~np.isfinite(clip.positions).all(axis=-1))
    if unknown.all():
        raise PoseviewerError(label, where, "no joint has a known position in any frame", "export it again")
    farthest = float(np.abs(clip.positions[~unknown]).max())
    if farthest > FARTHEST:
        frame = int(np.argmax((~unknown & (np.abs(clip.positions).max(axis=-1) == farthest)).any(axis=1)))
        cure = f"mend that frame or bring its numbers nearer to {unit}"
        raise PoseviewerError(label, f"{where}, frame {frame}", f"a joint lies {farthest:.0e} {unit} away", cure)
    if clip.rotations is not None:
        length = np.linalg.norm(clip.rotations, axis=-1)
        if not (np.abs(length - 1.0) < 0.01).all():
            raise PoseviewerError(label, where, "its rotations are not unit quaternions", "divide each by its length")
    if clip.boxes is not None and _reaches(clip.boxes) > FARTHEST:
        raise PoseviewerError(label, where, f"a box lies over {FARTHEST:.0e} {unit} away", "leave boxes out")
    _check_labels(clip, label, where)
    return replace(clip, positions=np.where(unknown[..., None], np.nan, clip.positions)) if unknown.any() else clip


def stated_rate(fps: float, label: str, given: float | None) -> tuple[float, bool]:
    """The frame rate that a file states, and True; what the user gives instead where it states none that can be, and
    False. Raises PoseviewerError where nothing is given either.
    """
    if is_rate(fps):
        return float(fps), True
    if given is not None:
        return given, False
    cause = f"its frame rate is {fps:g}, which is not between {SLOWEST:g} and {FASTEST:g} a second"
    raise PoseviewerError(label, "", cause, "correct it there, or import it with --fps and its true rate")


def _check_labels(clip: Clip, label: str, where: str) -> None:
    """Raise PoseviewerError where seed, travel, turn, image, rest pose or plane are none."""
    fault = cure = ""
    if clip.seed_frames is not None and not 0 <= clip.seed_frames <= len(clip):
        fault = f"seed_frames is {clip.seed_frames} and it has {len(clip)} frames"
        cure = "give how many frames come before the generated ones"
    elif clip.travel is not None and not _reaches(np.array(clip.travel, dtype=np.float64), missing=np.inf) <= FARTHEST:
        fault, cure = f"one cycle carries it by {clip.travel}", "give x, y, z in metres or leave them out"
    elif not abs(clip.turn) <= _MOST_TURN:
        fault, cure = f"one cycle turns it by {clip.turn:g} radians", "give radians or leave them out"
    elif clip.image_size is not None and not all(1 <= side <= LARGEST_IMAGE for side in clip.image_size):
        fault = f"its image has {clip.image_size[0]} x {clip.image_size[1]} pixels"
        cure = f"give width and height, {LARGEST_IMAGE} at most, or leave them out"
    elif clip.skeleton.offsets is not None and _reaches(clip.skeleton.offsets, missing=np.inf) > FARTHEST:
        fault, cure = "a bone at rest is longer than the world or is none", "give offsets in metres or leave them out"
    elif clip.plane is not None and (
        clip.plane.height <= 0 or _reaches(np.array(clip.plane.numbers), missing=np.inf) > FARTHEST
    ):
        _, height, x, y, z = clip.plane.numbers
        fault = f"its plane stands at {x:g}, {y:g}, {z:g} and is {height:g} metres high"
        cure = "correct the plane or leave it out"
    if fault:
        raise PoseviewerError(label, where, fault, cure)


def _reaches(numbers: NDArray[np.floating], missing: float = 0.0) -> float:
    """The largest of some numbers, without their signs; `missing` stands for those that are NaN."""
    return float(np.abs(np.nan_to_num(numbers, nan=missing, posinf=np.inf, neginf=-np.inf)).max(initial=0.0))


def _in_letters(clip: Clip) -> Clip:
    """The clip with text that can be shown and written; the same object where it is so already."""
    words: dict[str, Any] = {key: printable(getattr(clip, key)) for key in _WORDS}
    words["source"] = printable(clip.source, LONGEST_SOURCE)
    skeleton = in_letters(clip.skeleton)
    if skeleton is clip.skeleton and all(getattr(clip, key) == word for key, word in words.items()):
        return clip
    return replace(clip, skeleton=skeleton, **words)


def in_letters(skeleton: Skeleton) -> Skeleton:
    """The skeleton with names that can be shown and written, its joints still told apart; itself where it is so."""
    name, joints = printable(skeleton.name), distinct(skeleton.joints)
    if name == skeleton.name and joints == skeleton.joints:
        return skeleton
    return replace(skeleton, name=name, joints=joints)
