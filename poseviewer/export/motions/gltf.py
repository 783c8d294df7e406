"""Motion as glTF 2.0 in one file (.glb): joints that turn, as a skinned mesh of plain bones, for engines and browsers.

Where a clip has positions alone its rotations are worked out, as for BVH. Metres, y up, as here and in glTF.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.aside import file_aside
from poseviewer.errors import PoseviewerError
from poseviewer.export.motions import bvh
from poseviewer.motion import kinematics, rotation
from poseviewer.motion.clip import Clip
from poseviewer.motion.inverse import in_parents, jointed
from poseviewer.motion.skeleton import bones_of
from poseviewer.progress import Progress

_MADE_BY = "poseviewer export"
_STILL = 1e-5  # metres
_THICK, _SHOULDER, _STUB = 0.12, 0.2, 0.02  # of a bone's length: half its width and where it is widest; metres at ends
_FLOAT, _SHORT = 5126, 5123  # the numbers of types in glTF
_VERTICES, _INDICES = 34962, 34963
_OCTAHEDRON = np.array(
    [[0, 2, 1], [0, 3, 2], [0, 4, 3], [0, 1, 4], [5, 1, 2], [5, 2, 3], [5, 3, 4], [5, 4, 1]], dtype=np.uint16
)
_MOST_BONES = 65535 // 6  # whose corners 16 bits can number


def write(clip: Clip, out: Path) -> Generator[Progress, None, str]:
    """The clip in its own skeleton's rest pose and rotations; `out` appears when it is complete.

    Returns how far the joints are off where rotations had to be worked out. Raises PoseviewerError as BVH's does.
    """
    parents = _require_tree(clip)
    yield Progress(0, len(clip), "writes glTF")
    told = ""
    if clip.rotations is None or clip.skeleton.offsets is None:
        clip, off = jointed(clip)
        told = bvh.off_words(off)
    assert clip.rotations is not None and clip.skeleton.offsets is not None
    file = _File()
    offsets = np.array(clip.skeleton.offsets, dtype=np.float64)
    places = in_parents(clip, parents)
    root = clip.skeleton.root
    offsets[root] = places[0, root]
    nodes: list[dict[str, Any]] = [
        {"name": name, "translation": offsets[j].tolist()} for j, name in enumerate(clip.skeleton.joints)
    ]
    for joint, parent in enumerate(parents):
        if parent >= 0:
            nodes[parent].setdefault("children", []).append(joint)
    mesh = _mesh(file, offsets, parents)
    nodes.append({"name": "bones", "mesh": 0, "skin": 0})
    rest = kinematics.rest_positions(offsets, parents)
    inverse = np.tile(np.eye(4), (len(parents), 1, 1))
    inverse[:, 3, :3] = -rest  # glTF has its matrices column by column
    skin = {"joints": [*range(len(parents))], "skeleton": root, "inverseBindMatrices": file.add(inverse, "MAT4")}
    content = {
        "asset": {"version": "2.0", "generator": _MADE_BY},
        "scene": 0,
        "scenes": [{"nodes": [root, len(parents)]}],
        "nodes": nodes,
        "meshes": [mesh],
        "skins": [skin],
        "materials": [{"pbrMetallicRoughness": {"baseColorFactor": [0.31, 0.55, 0.94, 1.0], "metallicFactor": 0.0}}],
        "animations": [_animation(file, clip, places, offsets)],
    }
    with file_aside(out) as part:
        part.write_bytes(file.packed(content))
    yield Progress(len(clip), len(clip), "writes glTF")
    return told


def losses(clip: Clip) -> list[str]:
    """What of a clip is not in its file. Raises PoseviewerError as `write` does."""
    _require_tree(clip)
    return [*bvh.losses(clip), "frame rate (it holds times)"]


def written_here(path: Path) -> bool:
    """Whether a .glb says that it was exported by this program."""
    with path.open("rb") as file:
        return _MADE_BY.encode() in file.read(4096)


def _require_tree(clip: Clip) -> tuple[int, ...]:
    parents = bvh.require_tree(clip, "glTF")
    if len(parents) > _MOST_BONES:
        cause = f"it has {len(parents)} joints, and its mesh at most {_MOST_BONES}"
        raise PoseviewerError(f"clip {clip.name!r}", "", cause, "export .bvh or .npz instead")
    return parents


def _animation(file: _File, clip: Clip, places: NDArray[np.floating], offsets: NDArray[np.floating]) -> dict[str, Any]:
    """Channels of rotations (x, y, z, w) of all joints, and places of those that move in their parent's frame."""
    assert clip.rotations is not None
    times = file.add(np.arange(len(clip)) / clip.fps, "SCALAR", bounds=True)
    samplers: list[dict[str, Any]] = []
    channels: list[dict[str, Any]] = []

    def move(joint: int, path: str, output: int) -> None:
        channels.append({"sampler": len(samplers), "target": {"node": joint, "path": path}})
        samplers.append({"input": times, "output": output, "interpolation": "LINEAR"})

    turns = rotation.continuous(rotation.normalise(clip.rotations))
    for joint in range(turns.shape[1]):
        move(joint, "rotation", file.add(np.roll(turns[:, joint], -1, axis=-1), "VEC4"))
        if np.nanmax(np.abs(places[:, joint] - offsets[joint]), initial=0.0) > _STILL:
            known = np.where(np.isfinite(places[:, joint]), places[:, joint], offsets[joint])
            move(joint, "translation", file.add(known, "VEC3"))
    return {"name": clip.name, "samplers": samplers, "channels": channels}


def _mesh(file: _File, offsets: NDArray[np.floating], parents: tuple[int, ...]) -> dict[str, Any]:
    """An octahedron a bone, at rest in the world, each bound to the joint that it begins at."""
    rest = kinematics.rest_positions(offsets, parents)
    bones = [(a, b) for a, b in bones_of(parents) if np.linalg.norm(offsets[b]) > _STILL] or [(0, 0)]
    corners = np.concatenate([_bone(rest[a], rest[b] if a != b else rest[a] + [0.0, _STUB, 0.0]) for a, b in bones])
    bound = np.zeros((len(corners), 4), dtype=np.uint16)
    bound[:, 0] = np.repeat([a for a, _ in bones], 6)
    weights = np.zeros((len(corners), 4))
    weights[:, 0] = 1.0
    faces = np.concatenate([_OCTAHEDRON + np.uint16(6 * k) for k in range(len(bones))]).ravel()
    attributes = {
        "POSITION": file.add(corners, "VEC3", _VERTICES, bounds=True),
        "JOINTS_0": file.add(bound, "VEC4", _VERTICES),
        "WEIGHTS_0": file.add(weights, "VEC4", _VERTICES),
    }
    indices = file.add(faces, "SCALAR", _INDICES)
    return {"name": "bones", "primitives": [{"attributes": attributes, "indices": indices, "material": 0}]}


def _bone(start: NDArray[np.floating], end: NDArray[np.floating]) -> NDArray[np.floating]:
    """(6, 3) corners of an octahedron from one joint to another."""
    along = end - start
    length = float(np.linalg.norm(along))
    aside = np.cross(along, np.eye(3)[int(np.abs(along).argmin())])
    aside *= _THICK * length / np.linalg.norm(aside)
    across = np.cross(along, aside) / length
    middle = start + _SHOULDER * along
    return np.array([start, middle + aside, middle + across, middle - aside, middle - across, end])


class _File:
    """Arrays in one buffer, and the file that they make with a scene."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []

    def add(self, array: NDArray[Any], kind: str, target: int | None = None, bounds: bool = False) -> int:
        """The number of the accessor of an array (N, ...), floats in single precision."""
        values = array if array.dtype == np.uint16 else array.astype(np.float32)
        self.buffer.extend(bytes(-len(self.buffer) % 4))
        view = {"buffer": 0, "byteOffset": len(self.buffer), "byteLength": values.nbytes}
        self.views.append(view if target is None else {**view, "target": target})
        self.buffer.extend(values.astype(values.dtype.newbyteorder("<")).tobytes())
        accessor: dict[str, Any] = {
            "bufferView": len(self.views) - 1,
            "componentType": _SHORT if values.dtype == np.uint16 else _FLOAT,
            "count": len(values),
            "type": kind,
        }
        if bounds:
            rows = values.reshape(len(values), -1)
            accessor |= {"min": rows.min(axis=0).tolist(), "max": rows.max(axis=0).tolist()}
        self.accessors.append(accessor)
        return len(self.accessors) - 1

    def packed(self, content: dict[str, Any]) -> bytes:
        """The file's bytes: a header, the scene as JSON, the buffer."""
        self.buffer.extend(bytes(-len(self.buffer) % 4))
        parts = {"buffers": [{"byteLength": len(self.buffer)}], "bufferViews": self.views, "accessors": self.accessors}
        text = json.dumps({**content, **parts}, separators=(",", ":"), allow_nan=False).encode("utf-8")
        text += b" " * (-len(text) % 4)
        chunks = struct.pack("<I4s", len(text), b"JSON") + text
        chunks += struct.pack("<I4s", len(self.buffer), b"BIN\0") + bytes(self.buffer)
        return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks
