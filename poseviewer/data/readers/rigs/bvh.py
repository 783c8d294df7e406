"""BVH (Biovision hierarchy), read; export/bvh.py writes it.

Any order and number of channels a joint, tokens laid out over lines in any way, joints without End Site, names
with spaces, any case, tabs, CRLF, a byte-order mark, decimal commas. Quirks, and what is done about them:

- Neither unit nor up axis. Both are told from the body (data/upright.py), and the clip's source says what was taken.
- A position channel replaces the same component of the joint's OFFSET. Some programs write differences instead: where a
  joint below the root has an offset and its position channels are all zero, they are left out.
- Frame times are rounded as they were printed: 0.0333 is 30 frames a second. Without one, 30 is assumed.
- Fewer frames than announced are read as far as they go; an unfinished last frame and text after them are left out.
- An End Site becomes the joint "<parent>_End"; one of no length says nothing and is left out.
- Several roots are refused: a clip is one body.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from poseviewer.data.sources import SourceFile, decoded, is_number
from poseviewer.data.upright import told
from poseviewer.errors import PoseviewerError
from poseviewer.motion import kinematics, rotation
from poseviewer.motion.clip import ASSUMED_FPS, Clip, is_rate
from poseviewer.motion.plausible import stated_rate
from poseviewer.motion.rotation import Array
from poseviewer.motion.skeleton import Skeleton
from poseviewer.text import numbered

NAME = "BVH"
SUFFIXES = (".bvh",)
READS = "joints with rotations, their tree and lengths, rate"
ASSUMES = "up axis and unit, by the body; 30 fps where no frame time stands"

_MAX_TEXT = 400 << 20
_MAX_JOINTS = 5000
_MAX_POSED = 20_000_000  # joints times frames: 60 joints for an hour and a half at 60 Hz
_RATES = (24, 25, 30, 48, 50, 60, 72, 75, 90, 100, 120, 144, 150, 180, 200, 240, 250, 300, 360, 480, 500, 1000)
_MOTION = re.compile(r"^\s*MOTION\b", re.I | re.M)
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$")


@dataclass
class _Joint:
    name: str
    parent: int
    end: bool = False
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    channels: list[str] = field(default_factory=list)  # "xposition" ... "zrotation"
    column: int = 0  # of its first channel


def accepts(file: SourceFile) -> bool:
    return "HIERARCHY" in decoded(file.head(4096)).upper()


def read(file: SourceFile) -> Iterator[Clip]:
    """One clip with local rotations, metres, y up."""
    text = decoded(file.content(_MAX_TEXT)).replace("\r\n", "\n").replace("\r", "\n")
    motion = _MOTION.search(text)
    joints = _Hierarchy(file.name, text[: motion.start()] if motion else text).joints()
    if motion is None:
        raise PoseviewerError(file.name, "", "it has a skeleton and no MOTION section", "export it with its animation")
    announced, frame_time, body = _motion_head(file.name, text[motion.end() :])
    columns = sum(len(joint.channels) for joint in joints)
    numbers, remark = _numbers(file.name, body, announced, columns)
    if len(numbers) * len(joints) > _MAX_POSED:
        cause = f"{len(joints)} joints in {len(numbers)} frames do not fit into memory"
        raise PoseviewerError(file.name, "", cause, "cut it into parts")
    joints = _without_empty_ends(joints)
    fps, fps_known = _frame_rate(file, frame_time)
    offsets = np.array([joint.offset for joint in joints])
    parents = tuple(joint.parent for joint in joints)
    rotations = rotation.continuous(_rotations(joints, numbers))
    places = _places(joints, numbers)
    root = places.get(0, np.tile(offsets[0], (len(rotations), 1)))
    positions = kinematics.forward(root, rotations, offsets, parents, places)
    taken: dict[str, int] = {}
    names = tuple(numbered(joint.name or "joint", taken, "_") for joint in joints)
    skeleton = Skeleton.tree(f"{names[0]}, {len(names)} joints", names, parents, offsets)
    stand = told(positions, skeleton, file.reading)
    yield Clip(
        skeleton=stand.skeleton(skeleton),
        positions=stand.points(positions).astype(np.float32),
        rotations=stand.rotations(rotations, skeleton).astype(np.float32),
        fps=fps,
        fps_known=fps_known,
        name=file.stem,
        action=file.folders[-1] if file.folders else "",
        source=f"{file.name}: BVH, {stand.note}{remark}",
    )


class _Hierarchy:
    """Walks the tokens of the HIERARCHY section."""

    def __init__(self, label: str, text: str) -> None:
        self._label = label
        self._tokens = iter(re.findall(r"[{}]|[^\s{}]+", text))

    def joints(self) -> list[_Joint]:
        next((word for word in self._tokens if word.upper() == "HIERARCHY"), None)
        joints: list[_Joint] = []
        open_joints: list[int] = []
        column = 0
        for word in map(str.upper, self._tokens):
            if word == "}":
                if not open_joints:
                    raise self._refuse("a closing brace has no opening one")
                open_joints.pop()
            elif word in ("ROOT", "JOINT", "END"):
                if not open_joints and joints:
                    raise PoseviewerError(self._label, "", "it has several roots", "export one character a file")
                if not open_joints and word != "ROOT":
                    raise self._refuse(f"{word} stands before ROOT")
                parent = open_joints[-1] if open_joints else -1
                name = self._name()
                joints.append(_Joint(f"{joints[parent].name}_End" if word == "END" else name, parent, word == "END"))
                open_joints.append(len(joints) - 1)
                if len(joints) > _MAX_JOINTS:
                    raise self._refuse(f"it has more than {_MAX_JOINTS} joints")
            elif word == "OFFSET" and open_joints:
                joints[open_joints[-1]].offset = (self._number(), self._number(), self._number())
            elif word == "CHANNELS" and open_joints:
                joint = joints[open_joints[-1]]
                joint.channels, joint.column = self._channels(joint), column
                column += len(joint.channels)
            else:
                raise self._refuse(f"{word[:40]!r} is not expected there")
        if open_joints:
            raise self._refuse(f"joint {joints[open_joints[-1]].name!r} is not closed")
        if not joints:
            raise self._refuse("it has no ROOT")
        return joints

    def _next(self) -> str:
        word = next(self._tokens, None)
        if word is None:
            raise self._refuse("the skeleton breaks off")
        return word

    def _name(self) -> str:
        words = []
        while (word := self._next()) != "{":
            if word == "}":
                raise self._refuse("a joint has no opening brace")
            words.append(word)
        return " ".join(words)

    def _number(self) -> float:
        word = self._next().replace(",", ".")
        if not _NUMBER.match(word) or abs(float(word)) > 1e7:
            raise self._refuse(f"{word[:40]!r} is no usable number")
        return float(word)

    def _channels(self, joint: _Joint) -> list[str]:
        count = self._next()
        if not count.isdigit() or int(count) > 12:
            raise self._refuse(f"joint {joint.name!r} announces {count[:20]} channels")
        channels = [self._next().lower() for _ in range(int(count))]
        for channel in channels:
            if not re.fullmatch(r"[xyz](position|rotation|scale)", channel):
                raise self._refuse(f"joint {joint.name!r} has the unknown channel {channel[:40]!r}")
        return channels

    def _refuse(self, cause: str) -> PoseviewerError:
        return PoseviewerError(self._label, "HIERARCHY", cause, "export it again")


def _motion_head(label: str, text: str) -> tuple[int, str, str]:
    """Announced frames (-1 without a number), the frame time as it is printed, and the text of the frames."""
    frames = re.search(r"Frames\s*:?[ \t]*(\S*)", text[:1000], re.I)
    time = re.search(r"Frame[ \t]+Time\s*:?[ \t]*(\S*)", text[:1000], re.I)
    start = max((match.end() for match in (frames, time) if match), default=0)
    announced = int(frames[1]) if frames and re.fullmatch(r"\d{1,15}", frames[1]) else -1
    return announced, time[1].replace(",", ".") if time else "", text[start:]


def _numbers(label: str, body: str, announced: int, columns: int) -> tuple[Array, str]:
    """(F, columns) numbers of the frames that are there, and a remark where they are fewer or more than announced."""
    if not columns:
        raise PoseviewerError(label, "HIERARCHY", "no joint has a channel", "export it with its animation")
    if "," in body and "." not in body:
        body = body.replace(",", ".")
    values = _all_numbers(body)
    if values is None or len(values) % columns:
        values = _numbers_by_line(label, body, columns)
    there = len(values) // columns
    if not there:
        raise PoseviewerError(label, "MOTION", "it has no frames", "export it with its animation")
    frames = min(announced, there) if announced > 0 else there
    numbers = values[: frames * columns].reshape(frames, columns)
    bad = ~(np.abs(numbers) < 1e9).all(axis=1)
    if bad.any():
        where = f"frame {int(np.argmax(bad)) + 1}"
        raise PoseviewerError(label, where, "a number is not finite or far too large", "mend or remove that frame")
    if frames < there:
        return numbers, f", the announced {frames} of {there} frames"
    return numbers, f", {frames} of the announced {announced} frames" if announced > frames else ""


def _all_numbers(body: str) -> Array | None:
    """Every number of a text that holds nothing else, else None."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        try:
            return np.fromstring(body.strip(), dtype=np.float64, sep=" ") if body.strip() else np.empty(0)
        except (DeprecationWarning, ValueError):
            return None


def _numbers_by_line(label: str, body: str, columns: int) -> Array:
    """The frames of a text with one frame a line, up to whatever follows them; a gap between frames is refused."""
    rows: list[Array] = []
    lines = [line for line in body.splitlines() if line.strip()]
    for i, line in enumerate(lines):
        row = _all_numbers(line)
        if row is None or len(row) != columns:
            later = next((_all_numbers(other) for other in lines[i + 1 :][:50] if other), None)
            if later is not None and len(later) == columns:
                found = "something that is not a number" if row is None else f"{len(row)} numbers, not {columns}"
                raise PoseviewerError(label, f"frame {i + 1}", f"it holds {found}", "export it again")
            break
        rows.append(row)
    return np.concatenate(rows) if rows else np.empty(0)


def _without_empty_ends(joints: list[_Joint]) -> list[_Joint]:
    kept = [j for j, joint in enumerate(joints) if not joint.end or np.linalg.norm(joint.offset) > 1e-9]
    place = {old: new for new, old in enumerate(kept)}
    for old in kept:
        joints[old].parent = place.get(joints[old].parent, -1)
    return [joints[old] for old in kept]


def _frame_rate(file: SourceFile, printed: str) -> tuple[float, bool]:
    """Frames a second and whether the file says so. Raises PoseviewerError where it says what no rate can be."""
    if not printed:
        return ASSUMED_FPS, False
    seconds = float(printed) if is_number(printed) else math.nan
    fps = 1.0 / seconds if seconds else math.inf
    if not is_rate(fps):
        return stated_rate(fps, file.name, file.reading.fps)
    decimals = len(printed.partition(".")[2]) if "e" not in printed.lower() else 9
    for rate in (*_RATES, round(1.0 / seconds)):
        if rate and abs(round(1.0 / rate, decimals) - seconds) < 1e-9 and abs(rate * seconds - 1.0) < 0.01:
            return float(rate), True
    return fps, True


def _rotations(joints: list[_Joint], numbers: Array) -> Array:
    """(F, J, 4) local quaternions; joints with the same order of axes are turned together."""
    turned = np.tile(rotation.IDENTITY, (len(numbers), len(joints), 1))
    by_order: dict[str, list[tuple[int, list[int]]]] = {}
    for j, joint in enumerate(joints):
        used = [i for i, channel in enumerate(joint.channels) if channel.endswith("rotation")]
        if used:
            order = "".join(joint.channels[i][0] for i in used)
            by_order.setdefault(order, []).append((j, [joint.column + i for i in used]))
    for order, members in by_order.items():
        angles = np.radians(numbers[:, [columns for _, columns in members]])
        turned[:, [j for j, _ in members]] = rotation.from_euler(angles, order)
    return turned


def _places(joints: list[_Joint], numbers: Array) -> dict[int, Array]:
    """Joints with position channels: where they are in their parent's frame (F, 3), file units."""
    places = {}
    for j, joint in enumerate(joints):
        used = [i for i, channel in enumerate(joint.channels) if channel.endswith("position")]
        if not used:
            continue
        moves = numbers[:, [joint.column + i for i in used]]
        if joint.parent >= 0 and not moves.any():
            continue
        place = np.tile(np.array(joint.offset), (len(numbers), 1))
        place[:, ["xyz".index(joint.channels[i][0]) for i in used]] = moves
        places[j] = place
    return places
