"""What generators and estimators write: .npy, .npz and pickles, arrays of positions or features in any order.

MDM and its kin: a pickled dict in .npy with `motion` (N, J, 3, F), `text` and `lengths`. MoMask, T2M-GPT, MLD,
MotionGPT: .npy of (F, 22, 3) or (1, F, 22, 3), or features. Others: .npz or .pkl with positions, joints, joints3d,
keypoints3d, S, xyz and the like (`found.py`), joints' names and parents beside them, a mapping a person, a list.

Which axis is which is told by `axes.py`, HumanML3D's features by `humanml3d.py`, joints without names by their number
and their bones (`joint_sets`), the way up and the unit by the body (`upright`). `fps`, `lengths`, `text` and
`seed_frames` count where they are there. N clips are named by their texts. Zeros at a clip's end are padding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.clip_arrays import HUMANML3D_FPS
from poseviewer.data.numpy_files import PICKLES, TORCH, is_stored, stored
from poseviewer.data.readers.arrays import humanml3d
from poseviewer.data.readers.arrays.axes import USUAL, order_of
from poseviewer.data.readers.arrays.found import Found, found_in, holds_body, rank_of, told, turns_in
from poseviewer.data.readers.arrays.labels import ACTIONS, LENGTHS, SEEDS, TEXTS, TITLES, Labels, as_list
from poseviewer.data.readers.keypoints.image import Image, image_of
from poseviewer.data.reading import only_first
from poseviewer.data.sources import SourceFile
from poseviewer.data.upright import Stand
from poseviewer.data.upright import told as stand_of
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import ASSUMED_FPS, Clip
from poseviewer.motion.joint_sets import by_count, chosen, joint_set
from poseviewer.motion.plausible import stated_rate
from poseviewer.motion.skeleton import Skeleton

NAME = "numpy arrays and pickles"
SUFFIXES = (".npy", ".npz", *PICKLES, *TORCH)
READS = (
    "positions of generators and estimators (MDM, MoMask, T2M-GPT, MotionGPT, EDGE, siMLPe and others), in any order "
    "of axes, 3D or 2D; HumanML3D's 263 and KIT's 251 features; texts, lengths, rates beside them; nothing in them runs"
)
ASSUMES = "order of axes, joints and bones without names, up axis and unit by the body; rate; image size of 2D points"
EXPECTED = "give positions (frames, joints, 3) saved by numpy or pickle"

_MOST_CLIPS = 100_000
_RATES = {"smpl22": HUMANML3D_FPS, "kit21": 12.5, "h36m22": 25.0, "smpl18": 25.0}
"""Frames a second that HumanML3D, KIT-ML and motion prediction have, by their joints, where nothing else is said."""
_ASKED_CLIPS, _ASKED_FRAMES = 12, 40  # that tell how all in a file stand
_PIXELS = 20.0  # beyond it, numbers count pixels


def accepts(file: SourceFile) -> bool:
    """Any array, mapping or list; of torch.save's files those alone that hold motion: others are models."""
    if file.suffix not in TORCH or not is_stored(file):
        return is_stored(file)
    try:
        thing = stored(file)
    except PoseviewerError:
        return False
    if isinstance(thing, np.ndarray):
        return thing.dtype.kind in "iuf" and holds_body(thing, is_sure=False)
    is_named = not isinstance(thing, Mapping) or any(rank_of(key) is not None for key in thing)
    return is_named and bool(found_in(thing))


def read(file: SourceFile) -> Iterator[Clip]:
    thing = stored(file)
    motions = [_Motion.of(file, found) for found in found_in(thing)]
    if not motions:
        turns = turns_in(thing)
        cause = f"no array of positions is known in it ({told(thing)})"
        cause = f"its {turns} keep no bone's length, as turns of joints or other numbers do" if turns else cause
        raise PoseviewerError(file.name, "", cause, EXPECTED)
    names: dict[str, int] = {}
    bodies: dict[tuple[int, ...], _Body] = {}
    for motion in motions:
        body = bodies.get(motion.kind)
        if body is None:
            body = bodies[motion.kind] = _Body.of(file, [m for m in motions if m.kind == motion.kind])
        for clip in motion.clips(body):
            names[clip.name] = again = names.get(clip.name, 0) + 1
            yield replace(clip, name=f"{clip.name} {again}") if again > 1 else clip
    if not names:
        cause = "all its positions are zero or unknown"
        raise PoseviewerError(file.name, "", cause, "save it again with its numbers")


@dataclass(frozen=True, eq=False)
class _Motion:
    """What was found under one name in a file. positions: (N, F, J, D), or features (N, F, C) in their place; scores:
    (N, F, J) how sure each point is, or None; note: on how they stood in the file.
    """

    file: SourceFile
    labels: Labels
    positions: NDArray[Any]
    scores: NDArray[Any] | None
    note: str

    @classmethod
    def of(cls, file: SourceFile, found: Found) -> _Motion:
        where = ", ".join(found.where)
        positions, note = _laid_out(file, found)
        scores = None
        if positions.ndim == 4 and (positions.shape[-1] == 4 or _has_scores(positions)):
            positions, scores = positions[..., :-1], positions[..., -1]
        if len(positions) > _MOST_CLIPS:
            cause = f"it holds {len(positions)} clips"
            raise PoseviewerError(file.name, where, cause, f"save {_MOST_CLIPS} a file at most")
        return cls(file, Labels(found, len(positions)), positions, scores, note)

    @property
    def kind(self) -> tuple[int, ...]:
        """Alike where a pose has as many joints and coordinates, or features."""
        return self.positions.shape[2:]

    @property
    def where(self) -> tuple[str, ...]:
        return self.labels.found.where

    def each(self) -> Iterator[tuple[int, slice]]:
        """The number of each clip that is there and its frames without padding."""
        for n, values in enumerate(self.positions):
            length = self.labels.number(LENGTHS, n)
            frames = len(values) if length is None or not length >= 1 else min(len(values), int(length))
            there = np.flatnonzero((np.nan_to_num(values[:frames]) != 0).any(axis=tuple(range(1, values.ndim))))
            if len(there):
                yield n, slice(0, int(there[-1]) + 1)

    def joints(self, n: int, frames: slice) -> NDArray[Any]:
        """Positions (F, J, D) of a clip as they stand in the file."""
        values = self.positions[n, frames]
        if values.ndim == 2:
            where = ", ".join(self.where)
            return humanml3d.joints_of(humanml3d.plain(values, self.file.reading, self.file.name, where))
        return values

    def clips(self, body: _Body) -> Iterator[Clip]:
        for n, frames in self.each():
            yield self._clip(n, frames, body)

    def _clip(self, n: int, frames: slice, body: _Body) -> Clip:
        skeleton = body.skeleton
        positions = np.asarray(self.joints(n, frames)[:, : len(skeleton.joints)], dtype=np.float64)
        scores = None if self.scores is None else self.scores[n, frames, : len(skeleton.joints)]
        if scores is not None:
            positions = np.where(scores[..., None] > 0, positions, np.nan)
        rate, seed = self.labels.rate(), self.labels.number(SEEDS, n)
        fps, is_known = _RATES.get(skeleton.name, ASSUMED_FPS), False
        if rate is not None:
            fps, is_known = stated_rate(rate, self.file.name, self.file.reading.fps)
        back = humanml3d.note(self.positions[n, frames]) if self.positions.ndim == 3 else ""
        notes = (self.note, back, *body.notes, "" if is_known else "frame rate assumed")
        return Clip(
            skeleton,
            body.placed(positions),
            fps,
            self._name(n),
            fps_known=is_known,
            visible=None if scores is None else np.asarray(scores > 0),
            image_size=None if body.image is None or body.image.note else body.image.size,
            action=self.labels.text(ACTIONS, n) or (self.file.folders[-1] if self.file.folders else ""),
            seed_frames=None if seed is None or not seed >= 0 else min(int(min(seed, 1e9)), len(positions)),
            source=f"{self.file.name}: {', '.join(filter(None, notes))}",
        )

    def _name(self, n: int) -> str:
        where = " ".join(self.where)
        text = self.labels.text(TEXTS, n) or self.labels.text(TITLES, n)
        if text:
            return f"{text} ({where})" if where and self.labels.found.number is None else text
        number = str(n + 1) if len(self.positions) > 1 else ""
        return " ".join(filter(None, (self.file.stem, where, number)))


@dataclass(frozen=True)
class _Body:
    """Whose joints positions in a file are and how they stand, alike for all of as many joints. stand: of 3D ones;
    image: of 2D ones, None where they are in heights of it; notes: what was assumed.
    """

    skeleton: Skeleton
    notes: tuple[str, ...]
    stand: Stand | None = None
    image: Image | None = None

    @classmethod
    def of(cls, file: SourceFile, motions: Sequence[_Motion]) -> _Body:
        """As some clips of the motions tell, whose poses are alike."""
        each = ((motion, n, frames) for motion in motions for n, frames in motion.each())
        some = [motion.joints(n, _spread(frames)) for motion, n, frames in islice(each, _ASKED_CLIPS)]
        if not some:
            return cls(joint_set("smpl22"), ())
        positions = np.concatenate(some).astype(np.float64)
        skeleton, note = _skeleton(file, motions[0], positions)
        positions = positions[:, : len(skeleton.joints)]
        notes = (f"positions of {note}",)
        if skeleton.dims == 3:
            is_features = motions[0].positions.ndim == 3
            unit: Literal["m"] | None = "m" if is_features and skeleton.name != "kit21" else None
            stand = stand_of(positions, skeleton, file.reading, up="y" if is_features else None, unit=unit)
            return cls(skeleton, (*notes, *stand.notes), stand)
        if file.reading.unit != "px" and np.nanmax(np.abs(positions)) <= 2 and not _is_upside_down(positions, skeleton):
            return cls(skeleton, notes)
        points = np.concatenate([motion.positions.reshape(-1, 2) for motion in motions]).astype(np.float64)
        image = image_of(points, motions[0].labels.image_size())
        asked = "in pixels as given" if file.reading.unit == "px" else ""
        return cls(skeleton, (*notes, asked, image.note), image=image)

    def placed(self, positions: NDArray[np.floating]) -> NDArray[np.floating]:
        """Positions (F, J, D) of the file as a clip has them."""
        if self.stand is not None:
            return self.stand.points(positions)
        return positions if self.image is None else self.image.heights(positions)


def _laid_out(file: SourceFile, found: Found) -> tuple[NDArray[Any], str]:
    """Positions (N, F, J, D) or features (N, F, C), and in words how they stood in the file."""
    array, labels = found.array, Labels(found, 1)
    features = humanml3d.features_of(array)
    if features is not None:
        return features, f"from {features.shape[-1]} features a frame"
    scores = labels.scores()
    if scores is not None and (array.shape[-1] == 3 or np.nanmax(array) > _PIXELS):
        array = np.concatenate([array, scores[..., None]], axis=-1)
    lists = [as_list(found.beside.get(*names)) for names in (TEXTS, LENGTHS)]
    counts = [len(some) for some in lists if some is not None and found.number is None]
    names = labels.names()
    order = order_of(array, clips=max(counts, default=None), joints=None if names is None else len(names))
    if order is None:
        cause = f"it holds {array.dtype} of shape {array.shape}, and no axis of it can be coordinates"
        raise PoseviewerError(file.name, ", ".join(found.where), cause, EXPECTED)
    is_usual = order.letters in USUAL and order.shape == array.shape
    return order.apply(array), "" if is_usual else f"axes {order.words}"


def _skeleton(file: SourceFile, motion: _Motion, positions: NDArray[np.floating]) -> tuple[Skeleton, str]:
    """The joints of positions (F, J, D), and how they are known."""
    count, dims, asked = positions.shape[1], cast(Literal[2, 3], positions.shape[2]), file.reading.joints
    if asked is not None:
        skeleton = chosen(asked, dims)
        if len(skeleton.joints) > count:
            cause = f"it has {count} joints and {skeleton.name} has {len(skeleton.joints)}"
            raise PoseviewerError(file.name, ", ".join(motion.where), cause, "give another set with --joints")
        part = only_first(len(skeleton.joints), count)
        return skeleton, f"{count} joints of {skeleton.name} as given{part and f', {part}'}"
    if motion.positions.ndim == 3:
        return joint_set(humanml3d.SETS[count]), humanml3d.SETS[count]
    named = motion.labels.skeleton(count, dims)
    if named is not None:
        return named, f"{count} joints named in the file"
    known = by_count(count, dims, positions)
    if known is not None:
        return known, f"{count} joints, taken to be {known.name} by their number and bones"
    joints = tuple(f"joint_{j}" for j in range(count))
    return Skeleton(f"{count} joints", joints, None, (), tuple(range(count)), dims), f"{count} joints without names"


def _spread(frames: slice) -> slice:
    """Some frames of a stretch, all over it."""
    return slice(frames.start, frames.stop, max(1, (frames.stop - frames.start) // _ASKED_FRAMES))


def _has_scores(points: NDArray[Any]) -> bool:
    """Whether points (N, F, J, 3) are pixels and how sure they are."""
    some = points[:_ASKED_CLIPS, :_ASKED_FRAMES]
    some = some[np.isfinite(some).all(axis=-1)]
    if points.shape[-1] != 3 or not len(some):
        return False
    return bool(np.abs(some[:, :2]).max() > _PIXELS and some[:, 2].min() >= 0 and some[:, 2].max() <= 1)


def _is_upside_down(points: NDArray[np.floating], skeleton: Skeleton) -> bool:
    """Whether shoulders lie below ankles in points (F, J, 2), as they do where y points down."""
    sides = ([j for j, name in enumerate(skeleton.joints) if part in name.lower()] for part in ("shoulder", "ankle"))
    upper, lower = (np.nanmedian(points[:, rows, 1]) if rows else np.nan for rows in sides)
    return bool(upper < lower)
