"""Keypoints as JSON: OpenPose, AlphaPose, COCO, MMPose, MediaPipe, Kinetics skeletons, CMU Panoptic, and their like.

A file holds a film, a dataset of images, or one frame; a folder of frames is one clip. Each person is a clip, by the
number of their track, else by where they were a frame before. Quirks:

- Coordinates are pixels, parts of the image's sides (MediaPipe, OpenPose's --keypoint_scale 3) or -1 to 1 (4).
- A point at 0, 0 that nobody is sure of was not found. Confidences become visibility; so does COCO's v.
- MediaPipe's world landmarks and other 3D ones are taken before those in the image that stand beside them.
- Faces and hands are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from poseviewer.data.frames import numbered, series_name
from poseviewer.data.readers.keypoints import coco
from poseviewer.data.readers.keypoints.documents import document, stated_rate, stated_size
from poseviewer.data.readers.keypoints.films import Film, clips_of, films_of
from poseviewer.data.readers.keypoints.found import Found, people_in
from poseviewer.data.readers.keypoints.people import Frame, Person
from poseviewer.data.readers.keypoints.skeletons import Stated, is_pair, skeleton_for
from poseviewer.data.reading import Reading
from poseviewer.data.sources import SourceFile
from poseviewer.errors import Companion, PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.text import counted

NAME = "keypoint JSON"
SUFFIXES = (".json",)
READS = "people in images or in 3D, a clip each by their track; a folder of frames is one clip"
ASSUMES = "which set of joints, by their number; image size and rate where the file has none"
EXPECTED = (
    "give keypoints as OpenPose, AlphaPose, COCO, MMPose, MediaPipe or CMU Panoptic write them, "
    "or save positions with numpy.savez"
)

_HEAD = 1 << 16
_MARKS = re.compile(
    rb'"(people|bodies|poses|\w*keypoint\w*|kpts|bodyparts|joints\d*\w*|joint_positions|annots|annotations|instances|'
    rb'instance_info|skeleton|\w*landmarks?|file_name)"|'
    rb'^\s*\[\s*\[\s*[\[{]|"(left|right)_?(hip|shoulder|knee)"|^\s*\{\s*"\d+"\s*:',
    re.I,
)
_HALF = 0.5  # how visible MediaPipe's own drawing takes for seen
_SURE_IN_PANOPTIC = 0.1
_SETS = {"joints19": {19: "panoptic19"}, "joints15": {15: "panoptic15"}}
"""The set that so many points under a key are."""
_IN_IMAGES = {
    15: "mpi15", 16: "mpii16", 17: "coco17", 18: "openpose18", 23: "coco23", 25: "openpose25", 26: "halpe26",
    33: "mediapipe33", 133: "coco23", 135: "openpose25", 136: "halpe26",
}  # fmt: skip
"""And under others in 2D."""
_MEDIAPIPE_POINTS = 33
_NAMES = ("keypoint_names", "joint_names", "keypoints_names", "keypoint_labels", "landmark_names")
_LINKS = ("skeleton_links", "skeleton", "connections", "edges", "bones", "limbs", "bone_list")
_MEDIAPIPE = ("landmark", "World", "world")


def accepts(file: SourceFile) -> bool:
    head = file.head(_HEAD).removeprefix(b"\xef\xbb\xbf")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.replace(b"\0", b"")[2:]
    return head.lstrip()[:1] in (b"{", b"[") and _MARKS.search(head) is not None


def read(file: SourceFile) -> Iterator[Clip]:
    yield from _read(file, document(file))


def read_frames(files: Sequence[SourceFile]) -> Iterator[Clip | None]:
    """One clip a person of files that are one frame each; files that are more are read by themselves."""
    frames: list[tuple[int, list[Found]]] = []
    damaged: list[PoseviewerError] = []
    first: Any = None
    for file in files:
        yield None
        try:
            content = document(file)
            people = [] if coco.is_dataset(content) else people_in(content)
            if coco.is_dataset(content) or len({person.scene for person in people}) > 1:
                yield from _read(file, content)
                continue
        except PoseviewerError as error:
            damaged.append(error)
            continue
        first = content if first is None else first
        number = numbered(file.stem)
        frames.append((number[1] if number else len(frames), people))
    if damaged and not any(people for _, people in frames):
        raise damaged[0]
    if frames and any(people for _, people in frames):
        lost = f"{counted(len(damaged), 'frame')} could not be read, the first: {damaged[0].what}" if damaged else ""
        source = f"{files[0].name} to {files[-1].name.rpartition('/')[2]}"
        film = replace(_film(files[0], first), name=series_name(files), source=source, notes=(lost,))
        yield from _clips(film, frames, stated_in(first), files[0].reading)


def _read(file: SourceFile, content: Any) -> Iterator[Clip]:
    count = 0
    film = _film(file, content)
    if coco.is_dataset(content):
        for scenes in coco.scenes(content):
            found = replace(film, name=scenes.name, size=scenes.size or film.size, sure=_HALF)
            for clip in filter(None, _clips(found, scenes.frames, scenes.stated, file.reading)):
                count += 1
                yield clip
    else:
        stated = stated_in(content)
        for name, frames, fps in _timed(people_in(content), file.stem):
            timed = replace(film, name=name, fps=film.fps or fps)
            for clip in filter(None, _clips(timed, frames, stated, file.reading)):
                count += 1
                yield clip
    if not count:
        raise Companion(file.name, "", "there are no keypoints of anybody in it", EXPECTED)


def _film(file: SourceFile, content: Any) -> Film:
    action = content.get("label", "") if isinstance(content, dict) else ""
    labels = {"action": action} if isinstance(action, str) and action else {}
    return Film(file.stem, file.name, stated_rate(content), stated_size(content), labels=labels)


def _timed(people: list[Found], stem: str) -> Iterator[tuple[str, list[tuple[int, list[Found]]], float | None]]:
    """Films: their name, who is in each frame by its number, and the rate that times of frames tell."""
    keys = list(dict.fromkeys(person.key for person in people if person.key is not None))
    if not keys:
        yield stem, _by_number(people, {}), None
    elif all(isinstance(key, int) for key in keys):
        yield stem, _by_number(people, {key: int(key) for key in keys}), None
    elif all(isinstance(key, (int, float)) for key in keys):
        times = sorted(float(key) for key in keys)
        steps = sorted(b - a for a, b in pairwise(times))
        step = steps[len(steps) // 2] if steps else 0.0
        fps = None if step <= 0 else 1.0 / step if step < 1.5 else 1000.0 / step
        yield stem, _by_number(people, {key: n for n, key in enumerate(sorted(keys, key=float))}), fps
    else:
        films: dict[str, list[Found]] = {}
        placed = films_of([str(key) for key in keys])
        for person in people:
            if person.key is not None:
                films.setdefault(placed[str(person.key)][0], []).append(person)
        for name, members in films.items():
            numbers = {person.key: placed[str(person.key)][1] for person in members}
            yield (stem if len(films) == 1 and len(members) > 1 else name), _by_number(members, numbers), None


def _by_number(people: list[Found], numbers: dict[Any, int]) -> list[tuple[int, list[Found]]]:
    frames: dict[int, list[Found]] = {}
    for person in people:
        frames.setdefault(numbers.get(person.key, person.scene), []).append(person)
    return sorted(frames.items())


def _clips(
    film: Film, frames: Sequence[tuple[int, Sequence[Found]]], stated: Stated, reading: Reading
) -> Iterator[Clip | None]:
    """The clips of a film, and None now and then; frames: (number, who is in it)."""
    first = next((person for _, people in frames for person in people if person.is_there), None)
    if first is None:
        return
    named = replace(stated, joints=first.joints) if first.joints and not stated.joints else stated
    if any(word in first.kind for word in _MEDIAPIPE):
        film = replace(film, sure=max(film.sure, _HALF), up="-y", unit="m")
    elif first.kind.startswith("joints1"):
        film = replace(film, sure=_SURE_IN_PANOPTIC, up="-y", unit="cm", has_ground=True)
    count, dims = first.points.shape
    usual = _SETS.get(first.kind, _IN_IMAGES if dims == 2 else {}).get(count, "")
    if count == _MEDIAPIPE_POINTS:
        usual = "mediapipe33"
    seen = [
        Frame(number, tuple(Person(f.points, f.scores, f.track) for f in people if f.is_there))
        for number, people in frames
    ]
    is_sure = count == _MEDIAPIPE_POINTS or first.kind in _SETS or first.kind.startswith("pose_keypoints")
    yield from clips_of(film, seen, skeleton_for(named, reading, usual, is_sure), reading)


def stated_in(content: Any) -> Stated:
    """Joints and bones that MMPose states of a model, or somebody at the root of a document."""
    if not isinstance(content, dict):
        return Stated()
    meta = next(
        (content[key] for key in ("meta_info", "metadata", "info") if isinstance(content.get(key), dict)), content
    )
    names = meta.get("keypoint_id2name", next((meta[k] for k in _NAMES if isinstance(meta.get(k), list)), []))
    if isinstance(names, dict):
        numbers = sorted((int(key), str(name)) for key, name in names.items() if str(key).isdecimal())
        names = [name for _, name in numbers] if [n for n, _ in numbers] == list(range(len(names))) else []
    joints = tuple(names) if isinstance(names, list) and all(isinstance(name, str) for name in names) else ()
    links: list[Any] = next((meta[key] for key in _LINKS if isinstance(meta.get(key), list)), [])
    index = {joint: j for j, joint in enumerate(joints)}
    by_name = [
        [index[j] for j in link] for link in links if isinstance(link, list) and set(map(str, link)) <= set(index)
    ]
    edges = tuple((int(a), int(b)) for a, b in filter(is_pair, by_name or links)) if joints else ()
    flips = meta.get("flip_indices")
    pairs = enumerate(flips) if isinstance(flips, list) and all(isinstance(flip, int) for flip in flips) else ()
    return Stated(joints, edges, tuple(pairs))
