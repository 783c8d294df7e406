"""MVNX, the XML of Xsens MVN: where the segments of a body start and how they are turned in the world.

Metres; x forward, y left, z up, brought to z forward, x left, y up. Quaternions are w, x, y, z, from a segment's frame
to the world's; a segment's joint is where it starts ("RightUpperLeg" is the hip). The tree stands in <joints>; a
segment that nothing ties to the body (a prop) is left out, and so are fingers, sensors and angles, which have elements
of their own. Where no segment continues the head, a hand or a toe, the point of the segment at its tip ends it.
Frames of another type than "normal" are poses of calibration. A recording of the upper body alone holds its pelvis at
the origin: a body that hangs below the ground is lifted onto it. Each <subject> is a clip.
"""

from __future__ import annotations

import io
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.etree.ElementTree import Element, ParseError, iterparse

import numpy as np

from poseviewer.data.ground import lift
from poseviewer.data.sources import SourceFile
from poseviewer.data.upright import told
from poseviewer.errors import PoseviewerError
from poseviewer.motion import rotation
from poseviewer.motion.clip import ASSUMED_FPS, Clip
from poseviewer.motion.plausible import stated_rate
from poseviewer.motion.rotation import Array
from poseviewer.motion.skeleton import Skeleton
from poseviewer.text import numbered

NAME = "Xsens MVNX"
SUFFIXES = (".mvnx",)
READS = "segments of a body with rotations, a clip a subject"
ASSUMES = "nothing: metres, z up by its format"
EXPECTED = "export it from MVN as MVNX"

_MAX_TEXT = 1 << 30
_MAX_SEGMENTS = 500
_MAX_NUMBERS = 60_000_000
_MEASURED = 500  # frames that bone lengths are taken from
_HANGS = 0.5  # metres below the ground that no foot gets to
_TIPS = ("topofhead", "topofhand", "toe")  # how the points are named that end a chain
_PERMUTED = [1, 2, 0]  # z up -> y up, forward stays forward
_SIDE = {"UpperArm": "Shoulder", "ForeArm": "UpperArm", "Hand": "ForeArm",
         "LowerLeg": "UpperLeg", "Foot": "LowerLeg", "Toe": "Foot"}  # fmt: skip
_USUAL = {
    **{"L5": "Pelvis", "L3": "L5", "T12": "L3", "T8": "T12", "Neck": "T8", "Head": "Neck"},
    **{f"{side}{below}": f"{side}{above}" for side in ("Right", "Left") for below, above in _SIDE.items()},
    **{"RightShoulder": "T8", "LeftShoulder": "T8", "RightUpperLeg": "Pelvis", "LeftUpperLeg": "Pelvis"},
}
"""What each segment of MVN hangs on, where the file has no <joints>."""


@dataclass
class _Subject:
    """What stands in a <subject>; numbers of all frames one after the other."""

    label: str
    rate: str
    segments: list[str] = field(default_factory=list)
    tips: dict[int, list[float]] = field(default_factory=dict)
    above: dict[int, int] = field(default_factory=dict)
    position: array[float] = field(default_factory=lambda: array("d"))
    orientation: array[float] = field(default_factory=lambda: array("d"))
    frames: int = 0


def accepts(file: SourceFile) -> bool:
    head = file.head(1 << 16)
    return b"<mvnx" in head or b"<subject" in head


def read(file: SourceFile) -> Iterator[Clip]:
    content = file.content(_MAX_TEXT)
    if b"<!ENTITY" in content[: 1 << 20]:
        raise PoseviewerError(file.name, "", "it declares entities, which no MVNX does", "export it again")
    subjects: list[_Subject] = []
    broken = ""
    try:
        for subject in _subjects(file.name, io.BytesIO(content)):
            subjects.append(subject)
    except ParseError as error:
        broken = f"its XML breaks off ({error})"
    subjects = [subject for subject in subjects if subject.frames]
    if not subjects:
        cause = broken or "it has no frames of type normal"
        raise PoseviewerError(file.name, "", cause, "export it again, with its segments' positions and orientations")
    for subject in subjects:
        name = file.stem if len(subjects) == 1 else f"{file.stem} {subject.label}".strip()
        yield _clip(file, subject, name, f", {subject.frames} frames before its XML breaks off" if broken else "")


def _subjects(label: str, stream: IO[bytes]) -> Iterator[_Subject]:
    """Every subject as soon as it begins, filled while reading goes on: what breaks off keeps its frames."""
    subject: _Subject | None = None
    for event, element in iterparse(stream, events=("start", "end")):
        tag = element.tag.rpartition("}")[2]
        if event == "start" and tag == "subject":
            subject = _Subject(element.get("label", ""), element.get("frameRate", ""))
            yield subject
        elif event == "start" or subject is None:
            continue
        elif tag == "segments" and not subject.segments:
            _take_segments(label, subject, element)
        elif tag == "joints" and not subject.above:
            _take_joints(subject, element)
        elif tag == "frame":
            if element.get("type", "normal") == "normal":
                _take_frame(label, subject, element)
            element.clear()


def _children(element: Element, tag: str) -> list[Element]:
    return [child for child in element.iter() if child.tag.rpartition("}")[2] == tag]


def _text(element: Element, tag: str) -> str:
    return next((child.text or "" for child in element if child.tag.rpartition("}")[2] == tag), "")


def _take_segments(label: str, subject: _Subject, element: Element) -> None:
    for segment in _children(element, "segment"):
        for point in _children(segment, "point"):
            name = point.get("label", "").lower()
            numbers = _floats(_text(point, "pos_b"))
            if name[:1] == "p" and name.endswith(_TIPS) and len(numbers) == 3:
                subject.tips[len(subject.segments)] = numbers
        subject.segments.append(segment.get("label", ""))
    if len(subject.segments) > _MAX_SEGMENTS:
        raise PoseviewerError(label, "", f"it has {len(subject.segments)} segments", f"{_MAX_SEGMENTS} are read")


def _take_joints(subject: _Subject, element: Element) -> None:
    """Which segment each one hangs on, by the connectors "Pelvis/jRightHip" and "RightUpperLeg/jRightHip"."""
    ends = ("connector1", "connector2")
    _tie(subject, [tuple(_text(joint, end).partition("/")[0] for end in ends) for joint in _children(element, "joint")])


def _tie(subject: _Subject, pairs: Iterable[tuple[str, ...]]) -> None:
    index = {segment: s for s, segment in enumerate(subject.segments)}
    for above, below in pairs:
        if above in index and below in index and index[above] < index[below]:
            subject.above.setdefault(index[below], index[above])


def _take_frame(label: str, subject: _Subject, element: Element) -> None:
    """Raises PoseviewerError where a frame has not as many numbers as the segments need."""
    for tag, width, numbers in (("position", 3, subject.position), ("orientation", 4, subject.orientation)):
        values = _floats(_text(element, tag))
        if len(values) != width * len(subject.segments) or not values:
            cause = f"its {tag} has {len(values)} numbers for {len(subject.segments)} segments"
            cure = "export it again, with its segments' positions and orientations"
            raise PoseviewerError(label, f"frame {subject.frames + 1}", cause, cure)
        numbers.extend(values)
    subject.frames += 1
    if len(subject.orientation) > _MAX_NUMBERS:
        raise PoseviewerError(label, "", "it does not fit into memory", "export it in parts")


def _floats(text: str) -> list[float]:
    """The numbers of a text, none where something else is among them."""
    try:
        return [float(word) for word in text.split()]
    except ValueError:
        return []


def _clip(file: SourceFile, subject: _Subject, name: str, remark: str) -> Clip:
    count = len(subject.segments)
    if not subject.above:
        _tie(subject, [(above, below) for below, above in _USUAL.items()])
    position: Array = np.frombuffer(subject.position).reshape(-1, count, 3)[..., _PERMUTED]
    turned: Array = np.frombuffer(subject.orientation).reshape(-1, count, 4)[..., [0, 2, 3, 1]]
    position, turned = position[: subject.frames], turned[: subject.frames]
    fine = np.abs(position).max(axis=(1, 2)) < 1e6
    fine &= (np.abs(np.linalg.norm(turned, axis=-1) - 1.0) < 0.05).all(axis=1)
    if not fine.all():
        cause = "its positions are no metres, or its orientations no unit quaternions"
        raise PoseviewerError(file.name, f"frame {int(np.argmin(fine)) + 1}", cause, "mend or remove that frame")
    first = min(set(range(count)) - set(subject.above))
    kept = [s for s in range(count) if s in subject.above or s == first]
    place = {s: k for k, s in enumerate(kept)}
    parents = [place.get(subject.above.get(s, -1), -1) for s in kept]
    names = [subject.segments[s] for s in kept]
    position, turned = position[:, kept], rotation.normalise(turned[:, kept])
    ends = [k for k, s in enumerate(kept) if k not in parents and s in subject.tips]
    tips = np.array([subject.tips[kept[k]] for k in ends]).reshape(-1, 3)[:, _PERMUTED]
    local = [turned[:, k] if p < 0 else rotation.multiply(rotation.conjugate(turned[:, p]), turned[:, k])
             for k, p in enumerate(parents)]  # fmt: skip
    offsets = _offsets(position, turned, parents)
    position = np.concatenate([position, position[:, ends] + rotation.rotate(turned[:, ends], tips)], axis=1)
    rotations = np.stack([*local, *[np.tile(rotation.IDENTITY, (len(turned), 1)) for _ in ends]], axis=1)
    names += [f"{names[k]}_End" for k in ends]
    parents += ends
    taken: dict[str, int] = {}
    joints = tuple(numbered(joint or "segment", taken, "_") for joint in names)
    skeleton = Skeleton.tree(f"xsens, {len(joints)} joints", joints, tuple(parents), np.concatenate([offsets, tips]))
    stand = told(position, skeleton, file.reading, up="y", unit="m")
    position = stand.points(position)
    up = lift(position)
    if up[1] > _HANGS:
        position = position + up
        remark += f", lifted by {up[1]:.2f} m onto the ground"
    if count > len(kept):
        remark += f", {count - len(kept)} segments that hang on nothing left out"
    fps, fps_known = ASSUMED_FPS, False
    if subject.rate:
        stated = _floats(subject.rate)
        fps, fps_known = stated_rate(stated[0] if stated else np.nan, file.name, file.reading.fps)
    assumed = "" if fps_known else ", frame rate assumed"
    return Clip(
        skeleton=stand.skeleton(skeleton),
        positions=position.astype(np.float32),
        rotations=stand.rotations(rotation.continuous(rotations), skeleton).astype(np.float32),
        fps=fps,
        fps_known=fps_known,
        name=name,
        subject=subject.label,
        action=file.folders[-1] if file.folders else "",
        source=f"{file.name}: Xsens MVNX, metres, z up{''.join(f', {note}' for note in stand.notes)}{assumed}{remark}",
    )


def _offsets(position: Array, turned: Array, parents: list[int]) -> Array:
    """(K, 3) where each segment starts in the frame of the one that it hangs on: the median over the motion."""
    step = max(1, len(position) // _MEASURED)
    position, turned = position[::step], turned[::step]
    offsets = np.zeros((len(parents), 3))
    for k, parent in enumerate(parents):
        if parent >= 0:
            apart = position[:, k] - position[:, parent]
            offsets[k] = np.median(rotation.rotate(rotation.conjugate(turned[:, parent]), apart), axis=0)
    return offsets
