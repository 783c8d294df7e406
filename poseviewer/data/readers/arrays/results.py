"""What generators and estimators write: .npy, .npz and pickles, arrays of positions or features in any order.

MDM and its kin: a pickled dict in .npy with `motion` (N, J, 3, F), `text` and `lengths`. MoMask, T2M-GPT, MLD,
MotionGPT: .npy of (F, 22, 3) or (1, F, 22, 3), or features. Others: .npz or .pkl with positions, joints, joints3d,
keypoints3d, S, xyz and the like (`found.py`), joints' names and parents beside them, a mapping a person, a list.

Which axis is which is told by `axes.py`, HumanML3D's features by `humanml3d.py`, joints without names by their number
and their bones (`joint_sets`), the way up and the unit by the body (`upright`). `fps`, `lengths`, `text` and
`seed_frames` count where they are there. N clips are named by their texts. Zeros at a clip's end are padding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.clip_arrays import HUMANML3D_FPS
from poseviewer.data.numpy_files import is_stored, stored
from poseviewer.data.readers.arrays import humanml3d
from poseviewer.data.readers.arrays.axes import USUAL, order_of
from poseviewer.data.readers.arrays.found import Beside, Found, found_in, numbers, told, turns_in
from poseviewer.data.sources import SourceFile
from poseviewer.data.upright import settled
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import ASSUMED_FPS, Clip
from poseviewer.motion.joint_sets import SETS, by_count, chosen, joint_set
from poseviewer.motion.names import mirror_of, normalised_name
from poseviewer.motion.plausible import stated_rate
from poseviewer.motion.skeleton import Skeleton

NAME = "numpy arrays and pickles"
SUFFIXES = (".npy", ".npz", ".pkl", ".pickle")
EXPECTED = "give positions (frames, joints, 3) saved by numpy or pickle"

_MOST_CLIPS = 100_000
_RATES = {22: HUMANML3D_FPS, 21: 12.5}
"""Frames a second of HumanML3D and KIT-ML, by the joints of their clips, where nothing else is said."""
_LENGTHS = ("lengths", "length", "mlens", "mlength", "motionlengths", "motionlength", "seqlens", "seqlen", "numframes")
_TEXTS = ("text", "texts", "caption", "captions", "prompt", "prompts", "description", "descriptions", "sentence")
_TITLES = ("framedir", "name", "motionname", "seqname", "sequencename", "filename", "motionid")
_SIZES = ("imgshape", "imageshape", "imgsize", "imagesize", "resolution", "originalshape")
_SCORES = ("keypointscore", "keypointscores", "keypointsscore", "scores", "score", "confidence", "conf")
_RATE_NAMES = ("fps", "framerate", "mocapframerate", "motionfps", "framespersecond")
_STEPS = ("dt", "frametime", "timestep")
_SEEDS = ("seedframes", "seedlength", "prefixlength", "prefixlen", "contextlength", "contextlen", "nprefix", "nseed")
_ACTIONS = ("action", "actions", "actionname", "actionnames", "actiontext", "actiontexts")
_NAMES = ("jointnames", "jointsnames", "bodynames", "keypointnames", "markernames", "nodenames", "bonenames", "names")
_PARENTS = ("parents", "parentindices", "jointparents", "parent", "kintreetable")


def accepts(file: SourceFile) -> bool:
    return is_stored(file)


def read(file: SourceFile) -> Iterator[Clip]:
    thing = stored(file)
    motions = found_in(thing)
    if not motions:
        turns = turns_in(thing)
        cause = f"no array of positions is known in it ({told(thing)})"
        cause = f"its {turns} keep no bone's length, as turns of joints or other numbers do" if turns else cause
        raise PoseviewerError(file.name, "", cause, EXPECTED)
    names: dict[str, int] = {}
    for motion in motions:
        for clip in _Motion(file, motion).clips():
            names[clip.name] = names.get(clip.name, 0) + 1
            again = names[clip.name]
            yield replace(clip, name=f"{clip.name} {again}") if again > 1 else clip
    if not names:
        cause = "all its positions are zero or unknown"
        raise PoseviewerError(file.name, "", cause, "save it again with its numbers")


@dataclass(frozen=True)
class _Motion:
    """What was found under one name in a file."""

    file: SourceFile
    found: Found

    def clips(self) -> Iterator[Clip]:
        array, words = self._laid_out()
        if len(array) > _MOST_CLIPS:
            cause = f"it holds {len(array)} clips"
            raise PoseviewerError(self.file.name, self._where, cause, f"save {_MOST_CLIPS} a file at most")
        for n, values in enumerate(array):
            length = self._number(_LENGTHS, n, len(array))
            values = _trimmed(values if length is None or length < 1 else values[: int(length)])
            if len(values):
                yield self._clip(values, n, len(array), words)

    @property
    def _where(self) -> str:
        return ", ".join(self.found.where)

    @property
    def _beside(self) -> Beside:
        return self.found.beside

    def _laid_out(self) -> tuple[NDArray[Any], str]:
        """Positions (N, F, J, D) or features (N, F, C), and in words how they stood in the file."""
        array = self.found.array
        features = humanml3d.features_of(array)
        if features is not None:
            return features, f"from {features.shape[-1]} features a frame"
        texts, lengths = (_listed(self._beside.get(*names)) for names in (_TEXTS, _LENGTHS))
        counts = {len(some) for some in (texts, lengths) if some is not None and self.found.number is None}
        names, scores = self._joint_names(), numbers(self._beside.get(*_SCORES))
        if scores is not None and scores.shape == array.shape[:-1] and (array.shape[-1] == 3 or np.nanmax(array) > 20):
            array = np.concatenate([array, scores[..., None]], axis=-1)
        order = order_of(array, clips=max(counts, default=None), joints=None if names is None else len(names))
        if order is None:
            cause = f"it holds {array.dtype} of shape {array.shape}, and no axis of it can be coordinates"
            raise PoseviewerError(self.file.name, self._where, cause, EXPECTED)
        is_usual = order.letters in USUAL and order.shape == array.shape
        return order.apply(array), "" if is_usual else f"axes {order.words}"

    def _clip(self, values: NDArray[Any], n: int, count: int, words: str) -> Clip:
        notes = [words]
        is_features, scores = values.ndim == 2, None
        positions = values
        if is_features:
            positions = humanml3d.joints_of(humanml3d.plain(values, self.file.reading, self.file.name, self._where))
        elif values.shape[-1] == 4 or _has_scores(values):
            positions, scores = values[..., :-1], values[..., -1]
        skeleton, named = self._skeleton(positions, is_features)
        positions = positions[:, : len(skeleton.joints)]
        scores = None if scores is None else scores[:, : len(skeleton.joints)]
        if scores is not None:
            positions = np.where(scores[..., None] > 0, positions, np.nan)
        notes.append(f"positions of {named}")
        if skeleton.dims == 3:
            known: dict[str, Any] = (
                {"up": "y", "unit": "m" if len(skeleton.joints) != 21 else None} if is_features else {}
            )
            positions, settling = settled(np.asarray(positions, dtype=np.float64), skeleton, self.file.reading, **known)
            notes += settling
        else:
            pass
        fps, is_known = self._rate(len(skeleton.joints))
        seed = self._number(_SEEDS, n, count)
        return Clip(
            skeleton,
            positions,
            fps,
            self._name(n, count),
            fps_known=is_known,
            visible=None if scores is None else np.asarray(scores > 0),
            action=self._text(_ACTIONS, n, count) or (self.file.folders[-1] if self.file.folders else ""),
            seed_frames=None if seed is None or not np.isfinite(seed) else int(np.clip(seed, 0, len(positions))),
            source=f"{self.file.name}: {', '.join(filter(None, [*notes, '' if is_known else 'frame rate assumed']))}",
        )

    # what stands beside the numbers

    def _own(self, thing: Any, n: int, count: int) -> Any:
        """What stands for one of the clips: itself, or its part of a list of as many."""
        listed = _listed(thing)
        if listed is None:
            return thing
        number = self.found.number
        if number is not None and count == 1 and len(listed) > 1:
            return listed[number] if number < len(listed) else None
        return listed[n] if len(listed) == count else None

    def _number(self, names: Sequence[str], n: int, count: int) -> float | None:
        value = self._own(self._beside.get(*names), n, count)
        if isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "iuf":
            value = value.item()
        is_number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
        return float(value) if is_number else None

    def _text(self, names: Sequence[str], n: int, count: int) -> str:
        value = self._own(self._beside.get(*names), n, count)
        if isinstance(value, (list, tuple)):
            return "; ".join(str(part) for part in value if isinstance(part, str))
        return str(value) if isinstance(value, str) else ""

    def _name(self, n: int, count: int) -> str:
        where = " ".join(self.found.where)
        text = self._text(_TEXTS, n, count) or self._text(_TITLES, n, count)
        if text:
            return f"{text} ({where})" if where and not where.isdigit() else text
        number = str(n + 1) if count > 1 else ""
        return " ".join(filter(None, (self.file.stem, where, number)))

    def _rate(self, joints: int) -> tuple[float, bool]:
        rate, step = (self._number(names, 0, 1) for names in (_RATE_NAMES, _STEPS))
        if rate is None and step:
            rate = 1.0 / step
        if rate is None:
            return _RATES.get(joints, ASSUMED_FPS), False
        return stated_rate(rate, self.file.name, self.file.reading.fps)

    def _image_size(self) -> tuple[int, int] | None:
        """Width and height of the image that points lie in: of OpenCV's shapes the second number is the width."""
        shape = _listed(self._beside.get(*_SIZES))
        if shape is None or len(shape) < 2 or not all(isinstance(side, (int, np.integer)) for side in shape):
            return None
        is_size = self._beside.get("resolution", "imgsize", "imagesize") is not None
        return (int(shape[0]), int(shape[1])) if is_size else (int(shape[1]), int(shape[0]))

    def _joint_names(self) -> list[str] | None:
        listed = _listed(self._beside.get(*_NAMES, "joints"))
        if listed is None or not 1 < len(listed) < 5000 or not all(isinstance(name, (str, bytes)) for name in listed):
            return None
        names = [str(name, "latin-1") if isinstance(name, bytes) else str(name) for name in listed]
        return names if len(set(names)) == len(names) else None

    def _skeleton(self, positions: NDArray[Any], is_features: bool) -> tuple[Skeleton, str]:
        """The joints of positions (F, J, D), and how they are known."""
        if is_features:
            return joint_set(humanml3d.SETS[positions.shape[1]]), humanml3d.SETS[positions.shape[1]]
        count, dims = positions.shape[1], cast(Literal[2, 3], positions.shape[2])
        names, asked = self._joint_names(), self.file.reading.joints
        if asked is not None:
            skeleton = chosen(asked, dims)
            if len(skeleton.joints) > count:
                cause = f"it has {count} joints and {skeleton.name} has {len(skeleton.joints)}"
                raise PoseviewerError(self.file.name, self._where, cause, "give another set with --joints")
            return skeleton, f"{count} joints of {skeleton.name} as given"
        if names is not None and len(names) == count:
            return _named(names, self._beside.get(*_PARENTS), dims), f"{count} joints named in the file"
        known = by_count(count, dims, positions)
        if known is not None:
            return known, f"{count} joints, taken to be {known.name} by their number"
        joints = tuple(f"joint_{j}" for j in range(count))
        return Skeleton(f"{count} joints", joints, None, (), tuple(range(count)), dims), f"{count} joints without names"


def _named(names: list[str], parents: Any, dims: Literal[2, 3]) -> Skeleton:
    """A skeleton of names, and of parents where they are some (of a table (2, J) its first row)."""
    joints, count = tuple(names), len(names)
    table = np.asarray(parents) if isinstance(parents, (list, tuple, np.ndarray)) else np.empty(0)
    table = table[0] if table.shape == (2, count) else table
    if table.shape == (count,) and table.dtype.kind in "iuf":
        tree = tuple(int(parent) if 0 <= parent < count else -1 for parent in table)
        if all(parent < joint for joint, parent in enumerate(tree)):
            return Skeleton.tree(f"{names[0]}, {count} joints", joints, tree, dims=dims)
    place = {normalised_name(name): j for j, name in enumerate(names)}
    for known in SETS.values():
        theirs = [place.get(normalised_name(joint)) for joint in known.joints]
        if None not in theirs:
            edges = tuple((cast(int, theirs[a]), cast(int, theirs[b])) for a, b in known.edges)
            return Skeleton(
                known.name, joints, known.parents if known.joints == joints else None, edges, mirror_of(joints), dims
            )
    return Skeleton(f"{names[0]}, {count} joints", joints, None, (), mirror_of(joints), dims)


def _listed(thing: Any) -> list[Any] | None:
    """The parts of a list or of an array along its first axis; None of what has none."""
    if isinstance(thing, np.ndarray) and thing.ndim:
        return list(thing)
    return list(thing) if isinstance(thing, (list, tuple)) else None


def _trimmed(values: NDArray[Any]) -> NDArray[Any]:
    """Frames without those at the end in which all is zero, or nothing known: they are padding."""
    there = np.flatnonzero((np.nan_to_num(values) != 0).any(axis=tuple(range(1, values.ndim))))
    return values[: there[-1] + 1] if len(there) else values[:0]


def _has_scores(points: NDArray[Any]) -> bool:
    """Whether points (F, J, 3) are pixels and how sure they are."""
    flat, last = np.abs(points[..., :2]), points[..., -1]
    return bool(points.shape[-1] == 3 and np.nanmax(flat) > 20 and np.nanmin(last) >= 0 and np.nanmax(last) <= 1)
