"""Where motion lies in a file of somebody's own making: by the names that are usual, with what stands beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.numpy_files import Npz
from poseviewer.data.readers.arrays.axes import order_of, unrest
from poseviewer.data.readers.arrays.humanml3d import HEADS, features_of
from poseviewer.motion.joint_sets import bone_variation, by_count

_WORDS = re.compile(r"\d+[dD](?![a-z])|[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_MOTION = (
    "positions", "position", "pos", "motion", "motions", "joints", "joint", "keypoints", "keypoint", "kpts", "kp",
    "kps", "landmarks", "xyz", "skeletons", "skeleton", "coords", "coordinates", "markers", "s", "poses", "pose",
)  # fmt: skip
"""Words that say what is in an array, the surest first."""
_ANY = (
    "prediction", "predictions", "predicted", "pred", "preds", "reconstruction", "recon", "generated", "generation",
    "gen", "sample", "samples", "output", "outputs", "out", "result", "results", "features", "feats", "gt", "target",
    "input", "data", "sequence", "sequences", "clip", "clips", "arr", "x", "y",
)  # fmt: skip
"""Words of arrays that may hold motion among other things, and that qualify the above."""
_BESIDES = frozenset((
    *("3d", "2d", "global", "world", "cam", "camera", "w", "c", "body", "full", "all", "true", "truth", "ground"),
    *("real", "optim", "optimized", "smooth", "smoothed", "refined", "final", "other", "relative", "local", "rel"),
    *("person", "p", "a", "b", "op", "smpl", "smplx", "h", "new", "ori", "orig", "original", "raw", "rec", "of", "key"),
))  # fmt: skip
_UNSURE = _MOTION.index("s")  # from here on, names of rotations as often
_DEEPEST = 6
_OTHER = frozenset((
    *("vel", "velocity", "velocities", "acc", "accel", "rot", "rots", "rotation", "rotations", "quat", "quats"),
    *("euler", "angle", "angles", "orient", "verts", "vertices", "faces", "normals", "offsets", "mask", "hint"),
    *("mean", "std"),
))  # fmt: skip
"""Words of arrays that look like motion and are none."""
_BODY = 0.4  # of `unrest`: what moves less is one whatever its name
_STRETCHING = 0.25  # by which part of themselves bones of a body change at most; SMPL's turns read as points, 0.4


class Beside:
    """What stands beside an array and around it, by names in small letters without signs between their words."""

    def __init__(self, around: Beside | None = None, mapping: Mapping[Any, Any] | None = None) -> None:
        self._around, self._mapping = around, mapping or {}

    @cached_property
    def _keys(self) -> dict[str, Any]:
        return {plain_name(key): key for key in self._mapping}

    def get(self, *names: str) -> Any:
        """What has the first of the names that is there; None where none is."""
        key = next((self._keys[name] for name in names if name in self._keys), None)
        if key is not None:
            return self._mapping[key]
        return None if self._around is None else self._around.get(*names)


@dataclass(frozen=True)
class Found:
    """Numbers that hold motion. where: the keys down to them; number: their place in a list of clips, or None."""

    where: tuple[str, ...]
    array: NDArray[Any]
    beside: Beside
    number: int | None = None


def found_in(thing: Any) -> list[Found]:
    """The arrays that hold motion by their names, or all there is where nothing has a name."""
    return list(_found(thing, (), Beside(), None))


def _found(thing: Any, where: tuple[str, ...], beside: Beside, number: int | None) -> Iterator[Found]:
    if len(where) > _DEEPEST:
        return
    array = numbers(thing)
    if isinstance(thing, Mapping):
        yield from _found_in_mapping(thing, where, beside, number)
    elif array is not None:
        if array.ndim >= 2 and array.size:
            array = array[..., : HEADS.get(array.shape[-1])]
            yield Found(where, array, beside, number)
    elif isinstance(thing, (list, tuple, np.ndarray)):
        parts = thing.flat if isinstance(thing, np.ndarray) else thing
        each = [list(_found(part, (*where, str(k + 1)), beside, k)) for k, part in enumerate(parts)]
        yield from _together(each, where, beside, number)


def _found_in_mapping(
    thing: Mapping[Any, Any], where: tuple[str, ...], beside: Beside, number: int | None
) -> Iterator[Found]:
    """By the surest name that holds a body, and those of the same shape with it; else in what the mapping holds."""
    inside = Beside(beside, thing)
    ranked = sorted((rank, place, key) for place, key in enumerate(thing) if (rank := rank_of(key)) is not None)
    best: dict[str, list[Found]] = {}
    for rank, _, key in ranked:
        some = list(_found(thing[key], (*where, str(key)), inside, number))
        known = next(iter(best.values()), None)
        if some and (known is None or _alike(known, some)) and holds_body(some[0].array, is_sure=rank < _UNSURE):
            best[str(key)] = some
    if len(best) == 1:  # a name of its own tells nothing
        for f in next(iter(best.values())):
            yield Found((*where, *f.where[len(where) + 1 :]), f.array, f.beside, f.number)
    elif best:
        yield from (found for some in best.values() for found in some)
    else:
        keys = [key for key in thing if not _OTHER & set(_words(key)) and rank_of(key) is None]
        parts = {key: list(_found(thing[key], (*where, str(key)), inside, number)) for key in keys}
        bare = {id(f) for key in keys for f in parts[key] if isinstance(thing[key], np.ndarray)}
        some = list(_together([parts[key] for key in keys if parts[key]], where, beside, number))
        yield from (f for f in some if (id(f) not in bare and len(some) > 1) or _is_motion(f))


def _together(each: list[list[Found]], where: tuple[str, ...], beside: Beside, number: int | None) -> Iterator[Found]:
    """One motion of many single poses (J, D), one in each part; else all that was found."""
    if len(each) > 1 and all(len(some) == 1 for some in each):
        arrays = [np.squeeze(some[0].array) for some in each]
        if all(array.ndim == 2 and array.shape == arrays[0].shape and array.shape[1] <= 4 for array in arrays):
            yield Found(where, np.stack(arrays), beside, number)
            return
    yield from (found for some in each for found in some)


def holds_body(array: NDArray[Any], is_sure: bool) -> bool:
    """Whether numbers can be positions or features; where their name is not sure, whether they move like a body."""
    if features_of(array) is not None:
        return True
    order = order_of(array)
    if order is None or is_sure:
        return order is not None
    motion = np.asarray(order.apply(array)[0][..., :3], dtype=np.float64)
    known = by_count(motion.shape[1], 3, motion) if motion.shape[-1] == 3 else None
    if known is not None:
        return bone_variation(known, motion) < _STRETCHING
    return unrest(motion[None]) < _BODY


def _is_motion(found: Found) -> bool:
    """Whether numbers under a name that tells nothing move like a body."""
    if features_of(found.array) is not None:
        return True
    order = order_of(found.array)
    return order is not None and order.shape[order.joints] >= 5 and unrest(order.apply(found.array)) < _BODY


def _words(key: object) -> tuple[str, ...]:
    return _words_in(str(key))


@lru_cache(10_000)
def _words_in(name: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _WORDS.findall(name))


def rank_of(key: object) -> int | None:
    """How surely a name is one of motion, 0 the surest; None where it is of something else."""
    words = _words(key)
    known = [word for word in words if word in _MOTION or word in _ANY]
    if not known or any(w not in known and w not in _BESIDES and not w.isdigit() for w in words):
        return None
    sure = min((_MOTION.index(word) for word in known if word in _MOTION), default=len(_MOTION))
    return sure + (100 if "2d" in words else 0)


def _alike(first: list[Found], second: list[Found]) -> bool:
    """Whether two names hold as many clips of as many joints."""
    if len(first) != len(second):
        return False
    a, b = first[0].array.shape, second[0].array.shape
    return a == b if len(first) == 1 else a[1:] == b[1:]


def numbers(thing: Any) -> NDArray[Any] | None:
    """Real numbers as an array, out of nested lists too; None of anything else, and of lists of unequal length."""
    if isinstance(thing, np.ndarray) and thing.dtype.kind in "iuf":
        return thing
    if isinstance(thing, (list, tuple)) and thing and _is_number(thing):
        try:
            array = np.array(thing, dtype=np.float64)
        except (ValueError, TypeError, OverflowError):
            return None
        return array
    return None


def _is_number(thing: Any) -> bool:
    """Whether the first of the first ones is a number."""
    while isinstance(thing, (list, tuple)) and thing:
        thing = thing[0]
    return isinstance(thing, (int, float)) and not isinstance(thing, bool)


def plain_name(key: object) -> str:
    return re.sub(r"[^a-z0-9]", "", str(key).lower())


def told(thing: Any) -> str:
    """What a file holds, in a few words for a sentence."""
    if isinstance(thing, Mapping):
        keys = [f"{str(key)[:30]}{_shape(thing, key)}" for key in list(thing)[:8]]
        return f"{', '.join(keys)}{' and more' if len(thing) > 8 else ''}" if keys else "nothing"
    if isinstance(thing, np.ndarray):
        return f"{thing.dtype} of shape {thing.shape}"
    return f"{type(thing).__name__} of {len(thing)}" if isinstance(thing, (list, tuple, str)) else type(thing).__name__


def _shape(thing: Mapping[Any, Any], key: Any) -> str:
    shape = thing.shape(key) if isinstance(thing, Npz) else getattr(thing[key], "shape", ())
    return f" {shape}" if shape else ""


def turns_in(thing: Any) -> str:
    """The name of numbers that could be a motion by it, and do not move like a body; "" where there are none."""
    if not isinstance(thing, Mapping):
        return ""
    names = (key for key in thing if (rank := rank_of(key)) is not None and _UNSURE <= rank < 100)
    return next((str(key) for key in names if (array := numbers(thing[key])) is not None and array.ndim > 1), "")
