"""A calibration as tensors and a JSON document, and back, read with distrust: it comes out of strangers' files.

The document's keys: format, skeleton, fps, clips, frames, unlike, thresholds by side, about (where it comes from),
networks (ids of those that signs look through, by kind), and signs: of each its name, n_eff, band (1, 50 and 99 %), the
same by action, how often it alone alarms (frames of real motion, and those of them in which it does), its weight and
its three tails. A tail's steps and counts are tensors named after the sign and the tail, as is what the sign has
learned. Of no clip is there more than the largest values of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.calibration import Calibration
from poseviewer.analysis.networks import KINDS
from poseviewer.analysis.statistics.directions import CELLS, LIMBS
from poseviewer.analysis.statistics.sign import Sign
from poseviewer.analysis.statistics.signs import SIGNS
from poseviewer.analysis.tails import LEAST, MOST_STEPS, Scale, Tail
from poseviewer.analysis.verdict import SIDES, Threshold
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import is_rate
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.checkpoints.checkpoint import skeleton_document, skeleton_of
from poseviewer.nets.protocols import Array
from poseviewer.text import counted, printable

FORMAT = 1
TAILS = ("absolute", "relative", "seed")
_MOST_SIGNS = 256
_MOST_ACTIONS = 2048
_MOST = 1 << 40  # clips, frames
_FARTHEST = 1e9  # from 0, of any number
_HEAVIEST = 10.0
_MOST_ROWS = 4096  # of what a sign has learned
Tensors = Mapping[str, NDArray]


@dataclass(frozen=True, eq=False)
class Stored:
    """A calibration out of a file. about: where it comes from, as whoever made it tells; note: what of it is not
    understood here, in a sentence, or nothing; networks: ids of those that its signs look through, by kind.
    """

    calibration: Calibration
    about: Mapping[str, Any]
    note: str = ""
    networks: Mapping[str, str] = field(default_factory=dict)


def written(
    calibration: Calibration, about: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], dict[str, Array]]:
    """The document and the tensors of a calibration. about: where it comes from, as JSON."""
    signs: list[dict[str, Any]] = []
    tensors: dict[str, Array] = {}
    for k, (sign, scale) in enumerate(zip(calibration.signs, calibration.scales, strict=True)):
        band = calibration.bands[k]
        row: dict[str, Any] = {
            "name": sign.name,
            "n_eff": int(calibration.n_eff[k]),
            "band": _band(band),
            "by_action": {name: _band(own[k]) for name, own in calibration.by_action.items()},
            "limit": float(scale.limit) if np.isfinite(scale.limit) else None,
            "weight": scale.weight,
        }
        if calibration.alone is not None:
            row["alone"] = calibration.alone[k].tolist()
        for name in TAILS:
            tail: Tail | None = getattr(scale, name)
            row[name] = None if tail is None else {"clips": tail.clips, "knee": tail.knee, "width": tail.width}
            if tail is not None:
                tensors[f"{sign.name}/{name}/steps"] = np.asarray(tail.steps, dtype=np.float64)
                tensors[f"{sign.name}/{name}/reached"] = np.asarray(tail.reached, dtype=np.int32)
        signs.append(row)
        for name, array in sign.arrays.items():
            tensors[f"{sign.name}/{name}"] = array.astype(np.uint8) if _is_marks(array) else np.asarray(array)
    document = {
        "format": FORMAT,
        "skeleton": skeleton_document(calibration.skeleton),
        "fps": calibration.fps,
        "clips": calibration.clips,
        "frames": calibration.frames,
        "unlike": calibration.unlike,
        "thresholds": {side: dict(vars(calibration.thresholds[side])) for side in SIDES},
        "signs": signs,
        "networks": calibration.networks.ids,
        "about": dict(about or {}),
    }
    return document, tensors


def read(path: Path, document: Mapping[str, Any], tensors: Tensors) -> Stored:
    """The calibration that a document and tensors out of a file describe. Signs that are not known here are left out,
    with a note. Raises PoseviewerError where it is damaged.
    """
    return _Reader(path, document, tensors).stored()


class _Reader:
    def __init__(self, path: Path, document: Mapping[str, Any], tensors: Tensors) -> None:
        self._path, self._document, self._tensors = path, document, tensors

    def stored(self) -> Stored:
        document = self._document
        form = document.get("format")
        if type(form) is int and form > FORMAT:
            raise self._error("", f"its format {form} is newer than this program's", "update poseviewer")
        if type(form) is not int or form < 1:
            raise self._error("", "it does not say its format")
        skeleton = skeleton_of(self._path, self._object(document, "skeleton"))
        fps = self._number(document, "fps")
        if not is_rate(fps):
            raise self._error("fps", "it is no frame rate")
        rows = document.get("signs")
        if not isinstance(rows, list) or len(rows) > _MOST_SIGNS or not all(isinstance(row, dict) for row in rows):
            raise self._error("signs", "they are missing or malformed")
        names = [row.get("name") for row in rows]
        if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
            raise self._error("signs", "one has no name, or two have the same")
        kinds = {kind.name: kind for kind in SIGNS if kind.applies(skeleton)}
        for kind in SIGNS:
            if kind.name in names and kind.name not in kinds:
                raise self._error(kind.name, f"bodies of {skeleton.name!r} have no such sign")
        known = [row for row in rows if row["name"] in kinds]
        signs = tuple(self._sign(kinds[row["name"]], skeleton) for row in known)
        scales = tuple(self._scale(row, kinds[row["name"]].seldom) for row in known)
        for side in SIDES:
            if not any(sign.side == side and scale.decides for sign, scale in zip(signs, scales, strict=True)):
                raise self._error("signs", f"there is none here that tells {side}", "calibrate the model again")
        thresholds = self._object(document, "thresholds")
        calibration = Calibration(
            skeleton,
            fps,
            signs,
            scales,
            np.array([self._band(row) for row in known]),
            {side: self._threshold(self._object(thresholds, side)) for side in SIDES},
            self._number(document, "unlike"),
            self._count(document, "clips"),
            self._count(document, "frames"),
            np.array([self._count(row, "n_eff") for row in known]),
            alone=np.array([self._alone(row) for row in known]),
            by_action=self._by_action(known),
        )
        unknown = [printable(str(name), 40) for name in names if name not in kinds]
        note = ""
        if unknown:
            many = f"{counted(len(unknown), 'sign')} of its calibration ({', '.join(unknown[:3])})"
            note = f"{many} {'is' if len(unknown) == 1 else 'are'} not known to this version and left out."
        return Stored(calibration, self._object(document, "about"), note, self._networks())

    def _networks(self) -> dict[str, str]:
        told = self._object({"networks": {}, **self._document}, "networks")
        if not all(kind in KINDS and isinstance(name, str) for kind, name in told.items()):
            raise self._error("networks", "they are malformed")
        return dict(told)

    def _sign(self, kind: type[Sign], skeleton: Skeleton) -> Sign:
        plain = kind()
        lengths = {"E": len(skeleton.edges), "J": len(skeleton.joints), "D": skeleton.dims, "K": LIMBS, "cells": CELLS}
        lengths |= {"JD": lengths["J"] * lengths["D"], "one": 1}
        made = {}
        for learned in fields(kind):
            made[learned.name] = self._learned(kind.name, learned, getattr(plain, learned.name), lengths)
        return replace(plain, **made)

    def _learned(self, sign: str, field: Field[Any], before: Array, lengths: dict[str, int]) -> Array:
        """lengths: of axes by their letters; a letter without one gets that of the first array that has it."""
        name, axes = f"{sign}/{field.name}", field.metadata["axes"]
        tensor = self._tensors.get(name)
        if tensor is None or tensor.ndim != len(axes) or not all(0 < n <= _MOST_ROWS for n in tensor.shape):
            raise self._error(name, "it is missing or has the wrong shape")
        if any(lengths.setdefault(axis, n) != n for axis, n in zip(axes, tensor.shape, strict=True)):
            raise self._error(name, "its shape does not fit the skeleton")
        self._require_numbers(name, tensor)
        if axes[-1] == "cells" and not (np.isin(tensor, (0, 1)).all() and tensor.any(axis=-1).all()):
            raise self._error(name, "it marks no cells")
        if (above := field.metadata["above"]) is not None and not (tensor > above).all():
            raise self._error(name, f"not all of it is above {above:g}")
        return tensor.astype(before.dtype)

    def _scale(self, row: Mapping[str, Any], seldom: bool) -> Scale:
        limit = float("inf") if row.get("limit") is None else self._number(row, "limit")
        absolute, relative, seed = (self._tail(row, name, seldom) for name in TAILS)
        weight = self._number({"weight": 0.0, **row}, "weight")
        if not -1.0 < weight <= _HEAVIEST:
            raise self._error(f"{row['name']}/weight", "it is no weight of a sign")
        return Scale(absolute, relative, seed, limit, weight)

    def _tail(self, row: Mapping[str, Any], name: str, seldom: bool) -> Tail | None:
        if row.get(name) is None:
            return None
        told, where = self._object(row, name), f"{row['name']}/{name}"
        clips, knee, width = self._count(told, "clips"), self._number(told, "knee"), self._number(told, "width")
        steps, reached = (self._tensors.get(f"{where}/{part}") for part in ("steps", "reached"))
        if steps is None or reached is None or not 1 <= len(steps.ravel()) <= MOST_STEPS:
            raise self._error(where, "its steps are missing or too many")
        if steps.ndim != 1 or reached.shape != steps.shape or steps.dtype.kind != "f" or reached.dtype.kind != "i":
            raise self._error(where, "its steps have the wrong shape")
        self._require_numbers(where, steps)
        falling = (np.diff(reached) < 0).all() and reached[-1] >= 1 and clips >= LEAST
        falling = falling and (reached[0] <= clips if seldom else reached[0] == clips)
        if not ((np.diff(steps) > 0).all() and falling and width > 0.0 and steps[0] <= knee):
            raise self._error(where, "its steps do not rise, or its counts do not fall")
        return Tail(clips, steps.astype(np.float64), reached.astype(np.int32), knee, width)

    def _band(self, row: Mapping[str, Any]) -> list[float]:
        if row.get("band") is None:
            return [np.nan] * 3
        if not isinstance(row["band"], list) or len(row["band"]) != 3:
            raise self._error(f"{row['name']}/band", "it is malformed")
        band = [self._number(dict(enumerate(row["band"])), k) for k in range(3)]
        if band != sorted(band):
            raise self._error(f"{row['name']}/band", "it does not rise")
        return band

    def _alone(self, row: Mapping[str, Any]) -> list[int]:
        told = row.get("alone", [0, 0])
        if not isinstance(told, list) or len(told) != 2:
            raise self._error(f"{row['name']}/alone", "it is malformed")
        frames, alarming = (self._count({k: told[k]}, k) for k in range(2))
        if alarming > frames:
            raise self._error(f"{row['name']}/alone", "more frames alarm than there are")
        return [frames, alarming]

    def _by_action(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Array]:
        told = [self._object({"by_action": {}, **row}, "by_action") for row in rows]
        names = list(told[0])
        if len(names) > _MOST_ACTIONS or any(list(own) != names for own in told):
            raise self._error("by_action", "the signs have bands of different actions")
        bands = {name: [self._band({"name": name, "band": own[name]}) for own in told] for name in names}
        return {name: np.array(own) for name, own in bands.items()}

    def _threshold(self, told: Mapping[str, Any]) -> Threshold:
        high, low = self._number(told, "high"), self._number(told, "low")
        enter, leave = self._count(told, "enter"), self._count(told, "leave")
        if not (0.0 <= low <= high and enter and leave):
            raise self._error("thresholds", "they are in no order")
        return Threshold(high, low, enter, leave)

    def _require_numbers(self, name: str, tensor: NDArray) -> None:
        if not (np.isfinite(tensor).all() and (np.abs(tensor) <= _FARTHEST).all()):
            raise self._error(name, "it holds what are no numbers of a motion")

    def _object(self, told: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        value = told.get(key)
        if not isinstance(value, dict):
            raise self._error(key, "it is missing or malformed")
        return value

    def _number(self, told: Mapping[Any, Any], key: Any) -> float:
        value: Any = told.get(key)
        if type(value) not in (int, float) or not abs(value) <= _FARTHEST:
            raise self._error(str(key), "it is missing or no number")
        return float(value)

    def _count(self, told: Mapping[Any, Any], key: Any) -> int:
        value = told.get(key)
        if type(value) is not int or not 0 <= value <= _MOST:
            raise self._error(str(key), "it is missing or no count")
        return value

    def _error(self, where: str, cause: str, cure: str = "calibrate the model again") -> PoseviewerError:
        return PoseviewerError(self._path, f"calibration {printable(where, 60)}".rstrip(), cause, cure)


def _band(band: Array) -> list[float] | None:
    return [float(value) for value in band] if np.isfinite(band).all() else None


def _is_marks(array: Array) -> bool:
    """Whether an array holds zeros and ones alone, many of them."""
    return array.size >= CELLS and bool(np.isin(array, (0, 1)).all())
