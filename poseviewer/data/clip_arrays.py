"""A clip as named arrays and back: what our .npz holds, and our .csv beside its columns.

positions (F, J, D) metres, y up (2D: image heights, origin at the centre), and what else there is:

    visibility (F, J); rotations (F, J, 4) w, x, y, z local; boxes (F, 4) left, bottom, right, top
    fps, fps_known (False where it was assumed), seed_frames (generated from there on)
    name, action, subject, split: texts; image_size (2) pixels
    loop; travel (3) metres and turn, what one cycle of a loop does
    plane (5) of a 2D clip that is a 3D one seen from one side: azimuth, height, and x, y, z of its centre
    skeleton: the name of a canonical one, or beside it joints (J names), parents (J) with -1 for a root,
    offsets (J, 3) metres, and edges (E, 2) and mirror (J) where tree and names do not tell them
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import ASSUMED_FPS, Clip
from poseviewer.motion.joint_sets import joint_set
from poseviewer.motion.plane import Plane
from poseviewer.motion.plausible import stated_rate
from poseviewer.motion.skeleton import CANONICAL, Skeleton, bones_of, mirror_of

Arrays = Mapping[str, NDArray[Any]]

KEYS = (
    *("positions", "visibility", "rotations", "boxes", "fps", "fps_known", "seed_frames"),
    *("name", "action", "subject", "split", "image_size", "loop", "travel", "turn", "plane"),
    *("skeleton", "joints", "parents", "offsets", "edges", "mirror"),
)
_TEXTS = ("name", "action", "subject", "split")
_MAX_JOINTS = 5000
_MAX_EDGES = 20_000

HUMANML3D_FPS = 20.0
HUMANML3D = replace(joint_set("smpl22"), name="humanml3d")
"""SMPL's body joints, which 22 joints in 3D without names are taken for."""


def arrays_of(clip: Clip) -> dict[str, NDArray[Any]]:
    """All that a clip holds but where it was read from; what is as usual is left out."""
    arrays: dict[str, Any] = {"positions": clip.positions, "fps": np.float64(clip.fps)}
    frames = {"visibility": clip.visible, "rotations": clip.rotations, "boxes": clip.boxes}
    arrays |= {key: array for key, array in frames.items() if array is not None}
    arrays |= {key: np.str_(getattr(clip, key)) for key in _TEXTS if getattr(clip, key)}
    once: dict[str, tuple[type, Any]] = {
        "fps_known": (np.bool_, None if clip.fps_known else False),
        "seed_frames": (np.int64, clip.seed_frames),
        "image_size": (np.int64, clip.image_size),
        "loop": (np.bool_, clip.loop or None),
        "travel": (np.float64, clip.travel),
        "turn": (np.float64, clip.turn or None),
        "plane": (np.float64, None if clip.plane is None else clip.plane.numbers),
    }
    arrays |= {key: np.array(value, dtype) for key, (dtype, value) in once.items() if value is not None}
    return {key: np.asarray(value) for key, value in (arrays | _arrays_of_skeleton(clip.skeleton)).items()}


def _arrays_of_skeleton(skeleton: Skeleton) -> dict[str, Any]:
    """A canonical skeleton's name; of any other one also its joints and what hangs them together."""
    arrays: dict[str, Any] = {"skeleton": np.str_(skeleton.name)}
    canonical = CANONICAL.get(skeleton.name)
    if canonical is not None and canonical.same_as(skeleton):
        return arrays
    arrays["joints"] = np.array(skeleton.joints, dtype=np.str_)
    if skeleton.parents is not None:
        arrays["parents"] = np.array(skeleton.parents, dtype=np.int64)
    if skeleton.offsets is not None:
        arrays["offsets"] = np.asarray(skeleton.offsets, dtype=np.float64)
    if skeleton.edges != bones_of(skeleton.parents):
        arrays["edges"] = np.array(skeleton.edges, dtype=np.int64).reshape(-1, 2)
    if skeleton.mirror != _mirror(skeleton.joints, skeleton.parents):
        arrays["mirror"] = np.array(skeleton.mirror, dtype=np.int64)
    return arrays


def clip_of(label: str, name: str, arrays: Arrays, note: str = "", given: float | None = None) -> Clip:
    """The clip that arrays make, checked. name: the clip's where they name none; note: for its source, appended;
    given: the rate that the user says, which stands for one that cannot be.

    Raises PoseviewerError naming the file `label` and the array.
    """
    positions = arrays["positions"]
    if positions.dtype.kind not in "iuf" or positions.ndim != 3:
        cause = f"it holds {positions.dtype} of shape {positions.shape}, not (F, J, D)"
        raise PoseviewerError(label, "positions", cause, "give numbers (frames, joints, 2 or 3)")
    skeleton = skeleton_of(label, positions.shape, arrays)
    fps, states = _rate(label, arrays, given)
    seed = _one(label, arrays, "seed_frames", "iuf", "one finite number")
    if seed is not None and not 0 <= seed <= len(positions):
        cause = f"it is {seed:g} and the clip has {len(positions)} frames"
        raise PoseviewerError(label, "seed_frames", cause, "give how many frames come before the generated ones")
    known = states and bool(_one(label, arrays, "fps_known", "biu", "true or false", usual=True))
    travel, plane = _vector(label, arrays, "travel", 3, "iuf"), _vector(label, arrays, "plane", 5, "iuf")
    size = _vector(label, arrays, "image_size", 2, "iu")
    if size is not None and min(size) < 1:
        raise PoseviewerError(label, "image_size", f"it is {size[0]} x {size[1]}", "give width and height in pixels")
    assumed = HUMANML3D_FPS if skeleton is HUMANML3D else ASSUMED_FPS
    return Clip(
        skeleton=skeleton,
        positions=positions,
        visible=_frames(label, arrays, "visibility", "biuf"),
        rotations=_frames(label, arrays, "rotations", "f"),
        boxes=_frames(label, arrays, "boxes", "iuf"),
        image_size=None if size is None else (int(size[0]), int(size[1])),
        fps=assumed if fps is None else fps,
        fps_known=known,
        loop=bool(_one(label, arrays, "loop", "biu", "true or false")),
        travel=None if travel is None else (float(travel[0]), float(travel[1]), float(travel[2])),
        turn=float(_one(label, arrays, "turn", "iuf", "one finite number") or 0.0),
        seed_frames=None if seed is None else int(seed),
        source=f"{label}: positions of {_joints(skeleton, arrays)}{'' if known else ', frame rate assumed'}{note}",
        plane=None if plane is None else Plane.of_numbers(plane),
        **({"name": name} | {key: _text(label, arrays, key) for key in _TEXTS if key in arrays}),
    )


def _joints(skeleton: Skeleton, arrays: Arrays) -> str:
    """What the positions are of, in words."""
    joints = f"{len(skeleton.joints)} joints"
    if "joints" in arrays:
        return f"{joints} named in the file"
    if "skeleton" in arrays:
        return f"{joints} of {skeleton.name}"
    return f"{joints}, taken to be HumanML3D's by their number" if skeleton is HUMANML3D else f"{joints} without names"


def skeleton_of(label: str, shape: tuple[int, ...], arrays: Arrays) -> Skeleton:
    """What the file names, else HumanML3D's for 22 joints in 3D, else numbered joints without bones."""
    count, dims = shape[1:]
    if dims not in (2, 3) or not 1 <= count <= _MAX_JOINTS:
        raise PoseviewerError(label, "positions", f"their shape is {shape}", "give (frames, joints, 2 or 3)")
    name = _text(label, arrays, "skeleton")
    if "joints" in arrays:
        return _named(label, name, count, cast(Literal[2, 3], dims), arrays)
    if name in CANONICAL:
        canonical = CANONICAL[name]
        if (len(canonical.joints), canonical.dims) != (count, dims):
            cause = f"their shape is {shape} and {name} has {len(canonical.joints)} joints"
            raise PoseviewerError(label, "positions", cause, "name other joints")
        return canonical
    if name:
        cure = f"give {', '.join(CANONICAL)} or joints and parents"
        raise PoseviewerError(label, "skeleton", f"{name!r} is not known", cure)
    if (count, dims) == (22, 3):
        return HUMANML3D
    joints = tuple(f"joint_{j}" for j in range(count))
    return Skeleton(f"{count} joints", joints, None, (), tuple(range(count)), cast(Literal[2, 3], dims))


def _named(label: str, name: str, count: int, dims: Literal[2, 3], arrays: Arrays) -> Skeleton:
    names = arrays["joints"]
    if names.dtype.kind != "U" or names.shape != (count,):
        cause = f"it holds {names.dtype} of shape {names.shape}, not {count} names"
        raise PoseviewerError(label, "joints", cause, "give one name a joint")
    joints = tuple(str(joint) for joint in names)
    parents, offsets = _indices(label, arrays, "parents", (count,)), arrays.get("offsets")
    if offsets is not None and (
        offsets.dtype.kind not in "iuf" or offsets.shape != (count, 3) or not np.isfinite(offsets).all()
    ):
        cause = f"it holds {offsets.dtype} of shape {offsets.shape}, not ({count}, 3) metres"
        raise PoseviewerError(label, "offsets", cause, "give each joint's place in its parent's frame")
    tree = None if parents is None else tuple(int(parent) for parent in parents)
    edges, mirror = _indices(label, arrays, "edges", (-1, 2)), _indices(label, arrays, "mirror", (count,))
    made = Skeleton(
        name or f"{joints[0]}, {count} joints",
        joints,
        tree,
        bones_of(tree) if edges is None else tuple((int(a), int(b)) for a, b in edges),
        _mirror(joints, tree) if mirror is None else tuple(int(joint) for joint in mirror),
        dims,
        None if offsets is None else offsets.astype(np.float64),
    )
    return HUMANML3D if name in ("", HUMANML3D.name) and HUMANML3D.same_as(made) else made


def _mirror(joints: tuple[str, ...], parents: tuple[int, ...] | None) -> tuple[int, ...]:
    """The joints on the other side, told by the names where the joints form a tree."""
    return tuple(range(len(joints))) if parents is None else mirror_of(joints)


def _frames(label: str, arrays: Arrays, key: str, kinds: str) -> NDArray[Any] | None:
    array = arrays.get(key)
    if array is not None and array.dtype.kind not in kinds:
        raise PoseviewerError(label, key, f"it holds {array.dtype}", "give numbers")
    return array


def _indices(label: str, arrays: Arrays, key: str, shape: tuple[int, ...]) -> NDArray[np.integer] | None:
    """Whole numbers of a shape, -1 for any length up to what is read."""
    array = arrays.get(key)
    if array is None:
        return None
    fits = array.ndim == len(shape) and all(n in (-1, there) for n, there in zip(shape, array.shape, strict=True))
    if not array.size and shape[0] == -1:
        return np.empty((0, *shape[1:]), dtype=np.int64)
    if array.dtype.kind not in "iu" or not fits or len(array) > max(_MAX_EDGES, shape[0]):
        wanted = f"{shape[0]} integers" if len(shape) == 1 else "pairs of joints"
        cause = f"it holds {array.dtype} of shape {array.shape}, not {wanted}"
        raise PoseviewerError(label, key, cause, "give joints by their numbers, from 0")
    return array


def _one(label: str, arrays: Arrays, key: str, kinds: str, what: str, usual: Any = None) -> Any:
    """The one value of an array, `usual` where there is no array. what: the value in words."""
    array = arrays.get(key)
    if array is None:
        return usual
    if array.size != 1 or array.dtype.kind not in kinds or (array.dtype.kind == "f" and not np.isfinite(array).all()):
        raise PoseviewerError(label, key, f"it is not {what}", "correct it or leave it out")
    return array.item()


def _rate(label: str, arrays: Arrays, given: float | None) -> tuple[float | None, bool]:
    """Frames a second, None where the arrays do not state it, and whether they do."""
    array = arrays.get("fps")
    if array is None:
        return None, False
    if array.size != 1 or array.dtype.kind not in "iuf":
        raise PoseviewerError(label, "fps", f"it holds {array.dtype} of shape {array.shape}", "give one number")
    return stated_rate(float(array.flat[0]), label, given)


def _vector(label: str, arrays: Arrays, key: str, count: int, kinds: str) -> list[Any] | None:
    array = arrays.get(key)
    if array is None:
        return None
    if array.shape != (count,) or array.dtype.kind not in kinds or not np.isfinite(array).all():
        raise PoseviewerError(label, key, f"it is not {count} numbers", "correct it or leave it out")
    return cast("list[Any]", array.tolist())


def _text(label: str, arrays: Arrays, key: str) -> str:
    return str(_one(label, arrays, key, "Uiu", "one text", usual=""))
