"""Joint positions as arrays: .npy of (F, J, 3) or (F, J, 2), and our .npz.

.npy: metres, y up (2D: image heights, origin at the centre). 22 joints in 3D are taken for HumanML3D's (the body joints
of SMPL, 20 fps); any other count gives numbered joints without bones. (B, F, J, D) are B clips.

Our .npz holds `positions` (F, J, D) and optionally `visibility` (F, J), `rotations` (F, J, 4) w, x, y, z local, `fps`,
`action`, `seed_frames` (generated from there on), and `skeleton` (the name of a canonical one) or `joints` (J names),
`parents` (J) with -1 for the root, and `offsets` (J, 3) metres.

Files come from strangers: no pickled objects, and a header's claim is compared with the file's size before memory is
taken.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.sources import SourceFile
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import ASSUMED_FPS, Clip
from poseviewer.motion.skeleton import CANONICAL, Skeleton

NAME = "joint positions"
SUFFIXES = (".npy", ".npz")

_MAX_BYTES = 1 << 30
_MAX_JOINTS = 5000
_BOMB_BYTES, _BOMB_RATIO = 64 << 20, 300
_KEYS = (
    "positions",
    "visibility",
    "rotations",
    "fps",
    "action",
    "seed_frames",
    "skeleton",
    "joints",
    "parents",
    "offsets",
)

HUMANML3D_FPS = 20.0
HUMANML3D = Skeleton.tree(
    "humanml3d",
    (
        "pelvis", "left_hip", "right_hip", "spine1", "left_knee", "right_knee", "spine2", "left_ankle", "right_ankle",
        "spine3", "left_foot", "right_foot", "neck", "left_collar", "right_collar", "head", "left_shoulder",
        "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
    ),
    (-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19),
)  # fmt: skip


def accepts(file: SourceFile) -> bool:
    return file.head(4) == b"PK\x03\x04" if file.suffix == ".npz" else file.head(6) == b"\x93NUMPY"


def read(file: SourceFile) -> Iterator[Clip]:
    if file.suffix == ".npz":
        yield _npz(file)
        return
    array = _array(file.content(_MAX_BYTES), file.name, "")
    if array.dtype.kind not in "iuf" or array.ndim not in (3, 4):
        cause = f"it holds {array.dtype} of shape {array.shape}"
        raise PoseviewerError(file.name, "", cause, "give positions (frames, joints, 3) in metres")
    several = array.ndim == 4
    for number, positions in enumerate(array if several else array[None]):
        skeleton = _skeleton(file.name, positions.shape, {})
        yield Clip(
            skeleton=skeleton,
            positions=positions,
            fps=HUMANML3D_FPS if skeleton is HUMANML3D else ASSUMED_FPS,
            fps_known=False,
            name=f"{file.stem} {number + 1}" if several else file.stem,
            action=file.folders[-1] if file.folders else "",
            source=f"{file.name}: {_note(skeleton, {}, False)}",
        )


def _npz(file: SourceFile) -> Clip:
    values = _members(file)
    if "positions" not in values:
        raise PoseviewerError(file.name, "", "it has no array 'positions'", f"give an .npz with {', '.join(_KEYS)}")
    positions = values["positions"]
    if positions.dtype.kind not in "iuf" or positions.ndim != 3:
        raise PoseviewerError(
            file.name, "positions", f"it holds {positions.dtype} of shape {positions.shape}, not (F, J, D)"
        )
    skeleton = _skeleton(file.name, positions.shape, values)
    fps = _scalar(file.name, values, "fps")
    seed = _scalar(file.name, values, "seed_frames")
    if seed is not None and not 0 <= seed <= len(positions):
        raise PoseviewerError(file.name, "seed_frames", f"it is {seed:g} and the clip has {len(positions)} frames")
    assumed = HUMANML3D_FPS if skeleton is HUMANML3D else ASSUMED_FPS
    return Clip(
        skeleton=skeleton,
        positions=positions,
        visible=_frames(file.name, values, "visibility", "biuf"),
        rotations=_frames(file.name, values, "rotations", "f"),
        fps=assumed if fps is None else fps,
        fps_known=fps is not None,
        name=file.stem,
        action=_word(file.name, values, "action"),
        seed_frames=None if seed is None else int(seed),
        source=f"{file.name}: {_note(skeleton, values, fps is not None)}",
    )


def _members(file: SourceFile) -> dict[str, NDArray[Any]]:
    """The arrays that are known, each checked before it is unpacked."""
    values = {}
    try:
        with zipfile.ZipFile(io.BytesIO(file.content(_MAX_BYTES))) as archive:
            for key in _KEYS:
                try:
                    entry = archive.getinfo(f"{key}.npy")
                except KeyError:
                    continue
                _require_modest(file.name, key, entry)
                with archive.open(entry) as member:
                    values[key] = _array(member.read(entry.file_size + 1), file.name, key)
    except (PoseviewerError, MemoryError):
        raise
    except Exception as error:
        raise PoseviewerError(file.name, "", "it is a damaged .npz", "save it again with numpy.savez") from error
    return values


def _require_modest(label: str, key: str, entry: zipfile.ZipInfo) -> None:
    """Raises PoseviewerError where an array is larger than what is read, or a bomb."""
    unpacked = f"it unpacks to {entry.file_size >> 20} MB"
    if entry.file_size > _MAX_BYTES:
        cause = f"{unpacked}, more than the {_MAX_BYTES >> 20} MB that are read"
        raise PoseviewerError(label, key, cause, "save it in parts")
    if entry.file_size > _BOMB_BYTES and entry.file_size > entry.compress_size * _BOMB_RATIO:
        cure = "if that is right, save it with numpy.savez, which does not compress"
        raise PoseviewerError(label, key, f"{unpacked} out of nearly nothing", cure)


def _note(skeleton: Skeleton, values: dict[str, NDArray[Any]], fps_known: bool) -> str:
    """What the positions are of, and what was assumed."""
    joints = f"{len(skeleton.joints)} joints"
    if "skeleton" in values:
        joints += f" of {skeleton.name}"
    elif "joints" in values:
        joints += " named in the file"
    elif skeleton is HUMANML3D:
        joints += ", taken to be HumanML3D's by their number"
    else:
        joints += " without names"
    return f"positions of {joints}{'' if fps_known else ', frame rate assumed'}"


def _array(content: bytes, label: str, where: str) -> NDArray[Any]:
    """The array of an .npy file's bytes; nothing is allocated that the bytes do not hold."""
    from numpy.lib import format as npy

    stream = io.BytesIO(content)
    try:
        version = npy.read_magic(stream)
        header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = header(stream)
    except Exception as error:
        raise PoseviewerError(label, where, "its .npy header is damaged", "save it again with numpy.save") from error
    if dtype.hasobject or dtype.kind not in "biufU":
        raise PoseviewerError(label, where, f"it holds {dtype}", "save plain numbers, without pickled objects")
    count = int(np.prod([int(n) for n in shape], dtype=object)) if shape else 1
    needed, there = count * dtype.itemsize, len(content) - stream.tell()
    if min(shape, default=0) < 0 or needed > there:
        cause = f"its header claims {shape} of {dtype}, {needed} bytes, and it holds {there}"
        raise PoseviewerError(label, where, cause, "it is cut off or damaged, save it again")
    if not count or not dtype.itemsize:
        raise PoseviewerError(label, where, f"it is empty, of shape {shape}")
    flat = np.frombuffer(content, dtype=dtype, count=count, offset=stream.tell())
    return flat.reshape(shape, order="F" if fortran else "C")


def _frames(label: str, values: dict[str, NDArray[Any]], key: str, kinds: str) -> NDArray[Any] | None:
    array = values.get(key)
    if array is not None and array.dtype.kind not in kinds:
        raise PoseviewerError(label, key, f"it holds {array.dtype}")
    return array


def _scalar(label: str, values: dict[str, NDArray[Any]], key: str) -> float | None:
    if key not in values:
        return None
    array = values[key]
    if array.size != 1 or array.dtype.kind not in "iuf" or not np.isfinite(array.flat[0]):
        raise PoseviewerError(label, key, "it is not one finite number")
    return float(array.flat[0])


def _word(label: str, values: dict[str, NDArray[Any]], key: str) -> str:
    if key not in values:
        return ""
    if values[key].size != 1 or values[key].dtype.kind != "U":
        raise PoseviewerError(label, key, "it is not one text")
    return str(values[key].flat[0])


def _skeleton(label: str, shape: tuple[int, ...], values: dict[str, NDArray[Any]]) -> Skeleton:
    """What the file names, else HumanML3D's for 22 joints in 3D, else numbered joints without bones."""
    count, dims = shape[1:]
    if dims not in (2, 3) or not 1 <= count <= _MAX_JOINTS:
        raise PoseviewerError(label, "positions", f"their shape is {shape}", "give (frames, joints, 2 or 3)")
    name = _word(label, values, "skeleton")
    if name in CANONICAL and "joints" not in values:
        canonical = CANONICAL[name]
        if (len(canonical.joints), canonical.dims) != (count, dims):
            raise PoseviewerError(
                label, "positions", f"their shape is {shape} and {name} has {len(canonical.joints)} joints"
            )
        return canonical
    if "joints" in values:
        return _named(label, name, count, cast(Literal[2, 3], dims), values)
    if name:
        raise PoseviewerError(
            label, "skeleton", f"{name!r} is not known", f"give {', '.join(CANONICAL)} or joints and parents"
        )
    if (count, dims) == (22, 3):
        return HUMANML3D
    joints = tuple(f"joint_{j}" for j in range(count))
    return Skeleton(f"{count} joints", joints, None, (), tuple(range(count)), cast(Literal[2, 3], dims))


def _named(label: str, name: str, count: int, dims: Literal[2, 3], values: dict[str, NDArray[Any]]) -> Skeleton:
    names, parents, offsets = values["joints"], values.get("parents"), values.get("offsets")
    if names.dtype.kind != "U" or names.shape != (count,):
        raise PoseviewerError(label, "joints", f"it holds {names.dtype} of shape {names.shape}, not {count} names")
    joints = tuple(str(joint) for joint in names)
    name = name or f"{joints[0]}, {count} joints"
    if parents is None:
        return Skeleton(name, joints, None, (), tuple(range(count)), dims)
    if parents.dtype.kind not in "iu" or parents.shape != (count,):
        raise PoseviewerError(
            label, "parents", f"it holds {parents.dtype} of shape {parents.shape}, not {count} integers"
        )
    if offsets is not None and (
        offsets.dtype.kind != "f" or offsets.shape != (count, 3) or not np.isfinite(offsets).all()
    ):
        raise PoseviewerError(
            label, "offsets", f"it holds {offsets.dtype} of shape {offsets.shape}, not ({count}, 3) metres"
        )
    tree = tuple(int(parent) for parent in parents)
    if offsets is None and (joints, tree, dims) == (HUMANML3D.joints, HUMANML3D.parents, 3):
        return HUMANML3D
    return Skeleton.tree(name, joints, tree, None if offsets is None else offsets.astype(np.float64), dims)
