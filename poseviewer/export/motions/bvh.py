"""Motion as BVH. It consists of rotations: those that a clip carries, or where it has positions alone, as generated
frames have, those that bring rigid bones nearest to them (motion/inverse.py).

The root and joints that move within their parent's frame get position channels, all others their place at rest. Names
lose their spaces. BVH has no unit: metres are written, but millimetres for a body of 12 metres and more, which readers
that tell the unit by the size, ours among them, would not take for metres.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poseviewer.aside import file_aside
from poseviewer.errors import PoseviewerError
from poseviewer.motion import kinematics, rotation
from poseviewer.motion.clip import Clip
from poseviewer.motion.inverse import jointed
from poseviewer.motion.rotation import Array
from poseviewer.motion.skeleton import Skeleton, bones_of
from poseviewer.progress import Progress

_STILL = 2e-5  # metres that a joint may leave its place at rest by before it gets position channels
_FLOAT32 = 4 * np.finfo(np.float32).eps  # of its distance from the origin: what single precision leaves undecided
_LARGE = 12.0  # metres at rest, from which on readers take the numbers for another unit
_ROWS = 500  # between two reports of progress
_TURNS = "Zrotation Xrotation Yrotation"
_MOVES = "Xposition Yposition Zposition"
_NUMBER = r"-?\d+\.\d{7}"
_OURS = re.compile(
    rf"HIERARCHY\nROOT \S*\n\{{\n  OFFSET {_NUMBER} {_NUMBER} {_NUMBER}\n  CHANNELS 6 {_MOVES} {_TURNS}\n".encode()
)


def write(clip: Clip, out: Path) -> Generator[Progress, None, str]:
    """The clip in its own skeleton's rest pose and rotations; `out` appears when it is complete.

    A joint that is unknown stands at rest in its parent's frame. Returns how far the joints are off where rotations had
    to be worked out. Raises PoseviewerError where the poses are 2D, the joints form no tree of one root, or that root
    is unknown in some frame.
    """
    parents = require_tree(clip)
    yield Progress(0, len(clip), "writes BVH")
    told = ""
    if clip.rotations is None:
        clip, off = jointed(clip)
        told = off_words(off)
    assert clip.rotations is not None
    skeleton = clip.skeleton
    turns = rotation.normalise(clip.rotations)
    offsets, places = yield from _places(clip, parents, turns)
    scale = 1.0 if kinematics.rest_extent(offsets, parents) < _LARGE else 1000.0
    ends = {joint for joint in range(len(parents)) if _is_end(skeleton, parents, joint, turns, offsets, places)}
    lines, order = _hierarchy(skeleton.joints, parents, offsets * scale, set(places), ends)
    with file_aside(out) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        file.write("\n".join([*lines, "MOTION", f"Frames: {len(clip)}", f"Frame Time: {1.0 / clip.fps:.12f}", ""]))
        for start in range(0, len(clip), _ROWS):
            rows = slice(start, start + _ROWS)
            numbers = np.concatenate(list(_columns(order, places, turns, rows, scale)), axis=1)
            form = " ".join(["%.7f"] * numbers.shape[1]) + "\n"
            file.writelines(form % tuple(row) for row in numbers.tolist())
            yield Progress(min(start + _ROWS, len(clip)), len(clip), "writes BVH")
    return told


def written_here(path: Path) -> bool:
    """Whether a BVH looks as this module writes it, and so can be exported again."""
    with path.open("rb") as file:
        return _OURS.match(file.read(4096)) is not None


def off_words(off: Array) -> str:
    """How far rigid bones put joints off, of metres (F, J)."""
    mean, most = 100.0 * np.nanmean(off), 100.0 * np.nanmax(off)
    return f"its rigid bones put joints {mean:.2g} cm off on average, {most:.2g} at most"


def losses(clip: Clip) -> list[str]:
    """What of a clip is not in its file, nothing where nothing is lost. Raises PoseviewerError as `write` does."""
    require_tree(clip)
    unknown = ~np.isfinite(clip.positions).all(axis=-1)
    spelled = [joint for joint in clip.skeleton.joints if bvh_name(joint) != joint]
    said = {
        "visibility": clip.visible is not None and not clip.visible.all(),
        "boxes": clip.boxes is not None,
        "image size": clip.image_size is not None,
        "action": bool(clip.action),
        "subject": bool(clip.subject),
        "split": bool(clip.split),
        "loop": clip.loop,
        "mark of generated frames": clip.seed_frames is not None,
        "sign that the frame rate is assumed": not clip.fps_known,
        "unknown joints (they stand at rest)": bool(unknown.any()),
        "bones whose length changes (they turn as rigid ones)": clip.rotations is None,
        "bones beside its tree": clip.skeleton.edges != bones_of(clip.skeleton.parents),
        "spaces or braces in names": bool(spelled),
    }
    return [what for what, lost in said.items() if lost]


def require_tree(clip: Clip, holder: str = "BVH") -> tuple[int, ...]:
    """The parents of a clip that BVH, or another `holder`, can hold. Raises PoseviewerError for one that it cannot."""
    what, cure = f"clip {clip.name!r}", "export .npz or .csv instead"
    parents = clip.skeleton.parents
    if clip.skeleton.dims != 3:
        raise PoseviewerError(what, "", f"its poses are 2D, and {holder} needs joint rotations in 3D", cure)
    if parents is None or parents.count(-1) != 1:
        several = "form no tree" if parents is None else f"hang on {parents.count(-1)} roots"
        raise PoseviewerError(what, "", f"its joints {several}, and {holder} takes one root", cure)
    unknown = ~np.isfinite(clip.positions[:, clip.skeleton.root]).all(axis=-1)
    if unknown.any():
        cause = f"its root {clip.skeleton.joints[clip.skeleton.root]!r} is unknown, which {holder} has no place for"
        raise PoseviewerError(what, f"frame {int(np.argmax(unknown))}", cure=cure, cause=cause)
    return parents


def _places(
    clip: Clip, parents: tuple[int, ...], turns: Array
) -> Generator[Progress, None, tuple[Array, dict[int, Array]]]:
    """(J, 3) places at rest in metres, and (F, 3) in the parent's frame of the root and of each joint that moves there.

    A place is told from where readers will put the parent, so that what is left out does not add up along a chain.
    """
    positions = clip.positions.astype(np.float64)
    known = np.asarray(np.isfinite(positions).all(axis=-1))
    still = max(_STILL, _FLOAT32 * float(np.abs(positions[known]).max()))
    rest = clip.skeleton.offsets
    offsets = np.zeros((len(parents), 3)) if rest is None else np.array(rest, dtype=np.float64)
    offsets[clip.skeleton.root] = 0.0
    places: dict[int, Array] = {}
    world: list[Array] = []
    turned: list[Array] = []
    for joint, parent in enumerate(parents):
        yield Progress(joint, len(parents), "looks for joints that move")
        if parent < 0:
            places[joint] = positions[:, joint]
            world.append(positions[:, joint])
            turned.append(turns[:, joint])
            continue
        place = rotation.rotate(rotation.conjugate(turned[parent]), positions[:, joint] - world[parent])
        if rest is None:
            offsets[joint] = np.median(place[known[:, joint]], axis=0) if known[:, joint].any() else 0.0
        place[~known[:, joint]] = offsets[joint]
        if np.abs(place - offsets[joint]).max() > still:
            if np.abs(place).max() < 1e-6:  # moved by a hair: readers take channels of zeros for left out
                place[0, 0] = 1e-6
            places[joint] = place
        world.append(world[parent] + rotation.rotate(turned[parent], places.get(joint, offsets[joint])))
        turned.append(rotation.multiply(turned[parent], turns[:, joint]))
    return offsets, places


def _is_end(
    skeleton: Skeleton, parents: tuple[int, ...], joint: int, turns: Array, offsets: Array, places: dict[int, Array]
) -> bool:
    """Whether a joint is what readers make of an End Site: the still and unturned tip of its parent."""
    parent = parents[joint]
    return (
        parent >= 0
        and skeleton.joints[joint] == f"{skeleton.joints[parent]}_End"
        and joint not in parents
        and joint not in places
        and float(np.linalg.norm(offsets[joint])) > 1e-6
        and bool((np.abs(turns[:, joint, 0]) > 1.0 - 1e-6).all())
    )


def _hierarchy(
    names: tuple[str, ...], parents: tuple[int, ...], offsets: Array, moving: set[int], ends: set[int]
) -> tuple[list[str], list[int]]:
    """The HIERARCHY section, and the joints in the order of their channels."""
    children: dict[int, list[int]] = {}
    for joint, parent in enumerate(parents):
        children.setdefault(parent, []).append(joint)
    lines, order = ["HIERARCHY"], []
    todo: list[tuple[int, int, bool]] = [(children[-1][0], 0, False)]
    while todo:
        joint, depth, closing = todo.pop()
        indent = "  " * depth
        if closing:
            lines.append(f"{indent}}}")
            continue
        kind = "End Site" if joint in ends else f"{'JOINT' if depth else 'ROOT'} {bvh_name(names[joint])}"
        x, y, z = offsets[joint]
        lines += [f"{indent}{kind}", f"{indent}{{", f"{indent}  OFFSET {x:.7f} {y:.7f} {z:.7f}"]
        todo.append((joint, depth, True))
        if joint in ends:
            continue
        order.append(joint)
        lines.append(f"{indent}  CHANNELS {f'6 {_MOVES}' if joint in moving else '3'} {_TURNS}")
        if joint not in children:
            lines += [f"{indent}  End Site", f"{indent}  {{", f"{indent}    OFFSET 0 0 0", f"{indent}  }}"]
        todo += [(child, depth + 1, False) for child in reversed(children.get(joint, []))]
    return lines, order


def bvh_name(joint: str) -> str:
    """A joint's name in BVH, which takes a space or a brace for the end of it."""
    return re.sub(r"[\s{}]+", "_", joint)


def _columns(
    order: list[int], places: dict[int, Array], turns: Array, rows: slice, scale: float
) -> Iterator[NDArray[np.floating]]:
    """The channels of some frames, joint by joint: places in the file's unit, turns in degrees."""
    for joint in order:
        if joint in places:
            yield places[joint][rows] * scale
        yield np.degrees(rotation.to_euler(turns[rows, joint], "zxy"))
