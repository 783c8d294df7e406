"""Tables of points as people write them around MediaPipe, FreeMoCap, anipose, Kinect and others: .csv with a header.

A row a frame, a column a coordinate ("nose_x", "LEFT_HIP.y", "x12", "lm_3_visibility", "SpineBaseX"); or a row a joint
and frame ("frame", "landmark", "x", "y", "z"). Columns of frames, times and persons tell rows apart where there are
some. Of MediaPipe's points with numbers the first 33 are the body, a face or hands come after them.

MediaPipe's z in an image is a guess and left out; points counted from the hips are its points of the world, in metres,
y down. Others are in 3D where all have z. Empty cells and points at 0 are unknown.
"""

from __future__ import annotations

import csv
import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.readers.arrays.csv import delimiter_of, lines_of
from poseviewer.data.readers.keypoints.films import SURE, Film, clips_of
from poseviewer.data.readers.keypoints.people import Frame, Person
from poseviewer.data.readers.keypoints.skeletons import MOST_JOINTS, Stated, skeleton_for
from poseviewer.data.sources import SourceFile, decoded, is_number
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip

NAME = "table of points"
SUFFIXES = (".csv",)
READS = "a row a frame or a row a joint, of MediaPipe, FreeMoCap, anipose, Kinect and others; a clip a person"
ASSUMES = "joints by their number, image or world by the numbers; image size, rate; up axis and unit of 3D by the body"
EXPECTED = "give a header with NAME_x, NAME_y and in 3D NAME_z of every joint, or with frame, joint, x, y and z"

_MAX_TEXT, _MAX_COLUMNS, _MOST_NUMBERS = 256 << 20, 25_000, 20_000_000
_FEWEST = 5  # joints in a row
_SURENESS = ("visibility", "vis", "v", "score", "confidence", "conf", "likelihood", "c", "presence")
_AXIS = "|".join(("x", "y", "z", *_SURENESS))
_PATTERNS = (  # "nose_x", "SpineBaseX", "x12", "x_nose"
    re.compile(rf"(?P<joint>.*[^ _.:-])[ _.:-]+(?P<axis>{_AXIS})", re.I),
    re.compile(r"(?P<joint>.*[a-z0-9])(?P<axis>[XYZ])"),
    re.compile(rf"(?P<axis>{_AXIS})[ _.:-]*(?P<joint>\d+)", re.I),
    re.compile(rf"(?P<axis>{_AXIS})[ _.:-]+(?P<joint>\D.*)", re.I),
)
_FRAMES = ("frame", "framenumber", "frameidx", "frameindex", "frameid", "frameno", "framenum", "fnum")
_TIMES = ("timestamp", "timestampms", "timestamps", "time", "timems", "times", "seconds", "sec", "ms", "t")
_PERSONS = ("person", "personid", "trackid", "track", "individual", "individuals", "bodyid", "poseid", "poseindex")
_JOINTS = (  # names come before numbers
    *("landmarkname", "jointname", "keypointname", "keypoint", "landmark", "joint", "bodypart", "marker", "part"),
    *("name", "node", "point", "landmarkid", "jointid", "keypointid", "landmarkindex", "landmarkidx", "jointindex"),
)
_MEDIAPIPE, _HIPS, _AT_HIPS = 33, slice(23, 25), 0.02  # metres from the origin, of points of the world
_PARTS = 2.0  # beyond it a coordinate is no part of an image's side
_HALF = 0.5  # how visible MediaPipe's own drawing takes for seen
_IN_IMAGES = {17: "coco17", 25: "openpose25"}
_LARGEST_KEY, _LARGEST_TIME, _LONGEST_NAME = 1e15, 1e19, 100
_TICKS, _FASTEST, _SLOWEST = (1.0, 1e3, 1e6, 1e7, 1e9), 500.0, 4.0  # a second, of clocks; frames a second
_FEW, _STEADY = 4, 0.2  # people in a frame without doubt; of a body's size, how far it goes from row to row
_UNKNOWN = frozenset(("", "nan", "none", "null", "na", "n/a", "-"))


@dataclass(frozen=True)
class _Head:
    """places: the columns of x, y, z and how sure, -1 for none, of each joint in a row; joints: their names, () where a
    row is one joint. joint, frame, time, person: columns that tell rows apart, -1 for none.
    """

    places: NDArray[np.intp]
    joints: tuple[str, ...]
    joint: int
    frame: int
    time: int
    person: int


@dataclass(eq=False)
class _Points:
    """table: somebody's (J, 4) x, y, z and how sure in each frame, NaN for what is not there; joints: their names;
    keys: which frame each is in, its number, or its time where is_timed; who: their names, "" for none; times: of the
    frames, NaN where it is not said.
    """

    joints: tuple[str, ...]
    table: NDArray[np.floating]
    keys: list[float]
    who: list[str]
    times: list[float]
    is_timed: bool


def accepts(file: SourceFile) -> bool:
    lines = decoded(file.head(1 << 19)).lstrip("\ufeff").splitlines()
    return bool(lines) and _head([cell.strip(' "') for cell in lines[0].split(delimiter_of(lines[0]))]) is not None


def read(file: SourceFile) -> Iterator[Clip]:
    points = _points(file)
    count, is_numbered = len(points.joints), _are_counted(points.joints)
    may_be_mediapipe = count == _MEDIAPIPE or (is_numbered and count > _MEDIAPIPE)
    table = points.table[:, :_MEDIAPIPE] if may_be_mediapipe else points.table
    is_scored = bool(np.isfinite(table[..., 3]).any())
    is_world = may_be_mediapipe and _from_hips(table)
    reach = float(np.abs(np.nan_to_num(table[..., :2])).max())
    is_image = may_be_mediapipe and not is_world and (is_scored or reach <= _PARTS)
    is_deep = bool(np.isfinite(table[..., 2]).any()) and not is_image
    places = table[..., : 3 if is_deep else 2]
    places = np.where((places == 0).all(axis=-1, keepdims=True), np.nan, places)
    numbers = {key: n for n, key in enumerate(sorted(set(points.keys)))} if points.is_timed else {}
    seen: dict[int, list[Person]] = {}
    for n, key in enumerate(points.keys):
        people = seen.setdefault(numbers.get(key, int(key)), [])
        if np.isfinite(places[n]).all(axis=-1).any():
            people.append(Person(places[n], table[n, :, 3] if is_scored else None, points.who[n]))
    if not any(seen.values()):
        raise PoseviewerError(file.name, "", "no point of it is known", "export it again")
    sure = _HALF if may_be_mediapipe else SURE
    axes: dict[str, Any] = {"up": "-y", "unit": "m"} if is_world else {}
    film = Film(file.stem, file.name, _rate(points), sure=sure, **axes)
    usual = "mediapipe33" if may_be_mediapipe else "" if is_deep else _IN_IMAGES.get(count, "")
    make = skeleton_for(
        Stated(() if is_numbered else points.joints), file.reading, usual if is_numbered else "", is_sure=False
    )
    frames = [Frame(number, tuple(people)) for number, people in seen.items()]
    yield from filter(None, clips_of(film, frames, make, file.reading))


def _head(names: Sequence[str]) -> _Head | None:
    """What columns hold, None where they are no table of points."""
    if not 3 <= len(names) <= _MAX_COLUMNS:
        return None
    plain = [re.sub(r"[^a-z0-9]", "", name.lower()) for name in names]

    def first(known: Sequence[str]) -> int:
        return next((plain.index(name) for name in known if name in plain), -1)

    told = first(_JOINTS), first(_FRAMES), first(_TIMES), first(_PERSONS)
    if told[0] >= 0 and "x" in plain and "y" in plain:
        return _Head(np.array([[first((axis,)) for axis in "xyz"] + [first(_SURENESS)]]), (), *told)
    for pattern in _PATTERNS:
        found: dict[str, list[int]] = {}
        for column, name in enumerate(names):
            if match := pattern.fullmatch(name[:_LONGEST_NAME]):
                axis = "xyz".find(match["axis"].lower())
                found.setdefault(match["joint"].strip(" _.:-"), [-1] * 4)[axis] = column
        whole = {name: places for name, places in found.items() if min(places[:2]) >= 0}
        if _FEWEST <= len(whole) <= MOST_JOINTS:
            return _Head(np.array(list(whole.values())), _bare(tuple(whole)), *told)
    return None


def _bare(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names; the numbers alone where each is a number behind the same word, as "landmark_0" is."""
    parts = [re.fullmatch(r"(\D*)(\d+)", name) for name in names]
    same = len({part[1] if part else None for part in parts}) == 1
    return tuple(part[2] for part in parts if part) if same and all(parts) else names


def _are_counted(joints: Sequence[str]) -> bool:
    """Whether joints are numbers that count up from 0 or 1."""
    numbers = [int(joint) if joint.isdecimal() and len(joint) < 9 else -1 for joint in joints]
    return numbers[0] in (0, 1) and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _from_hips(table: NDArray[np.floating]) -> bool:
    """Whether the hips of MediaPipe's points (N, 33, 4) lie in the origin."""
    middle = np.abs(table[:, _HIPS, :3].mean(axis=1))
    middle = middle[np.isfinite(middle).all(axis=1)]
    return bool(len(middle)) and float(np.median(middle, axis=0).max()) <= _AT_HIPS


def _rate(points: _Points) -> float | None:
    """Frames a second as times tell: in seconds, or in parts of them as fine as fit."""
    times = np.array(sorted(set(points.times)))
    steps = np.diff(times[np.isfinite(times)])
    step = float(np.median(steps)) if len(steps) else 0.0
    if step <= 0.0:
        return None
    fitting = (ticks / step for ticks in _TICKS if _SLOWEST <= ticks / step <= _FASTEST)
    return next(fitting, 1.0 / step if step < 1.5 else 1000.0 / step)


def _points(file: SourceFile) -> _Points:
    """Raises PoseviewerError naming the line and column of what is no number."""
    text = decoded(file.content(_MAX_TEXT)).lstrip("\ufeff")
    delimiter = delimiter_of(text.partition("\n")[0])
    rows = csv.reader(lines_of(text), delimiter=delimiter)
    try:
        names = [cell.strip() for cell in next(rows)]
        head = _head(names)
        if head is None:
            raise PoseviewerError(file.name, "line 1", "it names no points", EXPECTED)
        read = _Rows(file.name, names, head, "." if delimiter == "," else ",")
        for row in rows:
            if any(cell.strip() for cell in row):
                read.take(row, rows.line_num)
    except csv.Error as error:
        cause = f"it is damaged ({error})"
        raise PoseviewerError(file.name, f"line {rows.line_num}", cause, "export it again") from error
    return read.points()


class _Rows:
    """Rows of a table one after the other. mark: the decimal one."""

    def __init__(self, label: str, names: Sequence[str], head: _Head, mark: str) -> None:
        self._label, self._names, self._head, self._mark = label, names, head, mark
        self._columns = head.places.ravel().tolist()
        self._values = array("d")
        self._joints: list[str] = []  # of rows that are one joint each
        self._keys: list[float] = []
        self._who: list[str] = []
        self._times: list[float] = []
        self._met: set[str] = set()  # joints of the frame that is being read, where nothing says which it is

    def take(self, row: Sequence[str], line: int) -> None:
        if len(row) != len(self._names):
            cause = f"it has {len(row)} cells and the header has {len(self._names)}"
            raise PoseviewerError(self._label, f"line {line}", cause, "complete that line or cut it off")
        head = self._head
        self._values.extend(self._number(row, column, line) for column in self._columns)
        if len(self._values) > _MOST_NUMBERS:
            cause = f"it holds more than the {_MOST_NUMBERS:,} numbers that are read"
            raise PoseviewerError(self._label, f"line {line}", cause, "cut it into parts")
        who = row[head.person].strip() if head.person >= 0 else ""
        joint = row[head.joint].strip() if not head.joints else ""
        time = self._told(row, head.time, _LARGEST_TIME)
        key = self._told(row, head.frame, _LARGEST_KEY) if head.frame >= 0 else time
        if not np.isfinite(key):
            begins = head.joints or joint in self._met
            key = self._keys[-1] + bool(begins) if self._keys else 0.0
            self._met = {joint} if begins else self._met | {joint}
        self._joints.append(joint)
        self._keys.append(key)
        self._who.append(who)
        self._times.append(time)

    def points(self) -> _Points:
        if not self._values:
            raise PoseviewerError(self._label, "", "it has a header and no rows", "export it again")
        table = np.frombuffer(self._values).reshape(len(self._keys), -1, 4)
        is_timed = self._head.frame < 0 <= self._head.time or any(key % 1 for key in self._keys)
        if self._head.joints:
            return _one_at_once(_Points(self._head.joints, table, self._keys, self._who, self._times, is_timed))
        joints = _in_order(dict.fromkeys(self._joints))
        if len(joints) > MOST_JOINTS:
            raise PoseviewerError(self._label, "", f"it has {len(joints)} joints", f"{MOST_JOINTS} are read")
        place = {joint: j for j, joint in enumerate(joints)}
        met: Counter[tuple[float, str, str]] = Counter()
        people: dict[tuple[float, str, int], int] = {}
        rows = []
        for key, who, joint in zip(self._keys, self._who, self._joints, strict=True):
            rows.append(people.setdefault((key, who, met[key, who, joint]), len(people)))
            met[key, who, joint] += 1
        if len(people) * len(joints) * 4 > _MOST_NUMBERS:
            raise PoseviewerError(self._label, "", "it does not fit into memory", "cut it into parts")
        whole = np.full((len(people), len(joints), 4), np.nan)
        whole[rows, [place[joint] for joint in self._joints]] = table[:, 0]
        times = dict(zip(rows, self._times, strict=True))
        keys, names = [key for key, _, _ in people], [who for _, who, _ in people]
        when = [times[n] for n in range(len(people))]
        return _one_at_once(_Points(_bare(joints), whole, keys, names, when, is_timed))

    def _number(self, row: Sequence[str], column: int, line: int) -> float:
        cell = row[column].strip().replace(self._mark, ".") if column >= 0 else ""
        try:
            return float("nan" if cell.lower() in _UNKNOWN else cell)
        except ValueError:
            where = f"line {line}, column {self._names[column][:80]!r}"
            raise PoseviewerError(self._label, where, f"{cell[:40]!r} is no number", "correct that cell") from None

    def _told(self, row: Sequence[str], column: int, largest: float) -> float:
        """A number of a frame or a time; NaN where it is none, or none that can be."""
        cell = row[column].strip().replace(self._mark, ".") if column >= 0 else ""
        number = float(cell) if is_number(cell) else np.nan
        return number if abs(number) < largest else np.nan


def _one_at_once(points: _Points) -> _Points:
    """A row a frame, at no known times, where many in a frame are one body that moves on, under a clock that stands."""
    keys = list(zip(points.keys, points.who, strict=True))
    if np.median(list(Counter(keys).values())) <= _FEW:
        return points
    places = points.table[..., :2]
    steps = np.abs(np.diff(places, axis=0))[[a == b for a, b in pairwise(keys)]]
    sizes = np.fmax.reduce(places, axis=1) - np.fmin.reduce(places, axis=1)
    steps, sizes = steps[np.isfinite(steps)], sizes[np.isfinite(sizes)]
    if not (len(steps) and len(sizes) and np.median(steps) < _STEADY * np.median(sizes)):
        return points
    return replace(points, keys=[float(n) for n in range(len(keys))], times=[np.nan] * len(keys))


def _in_order(joints: Iterable[str]) -> tuple[str, ...]:
    """Joints as they came, or by their numbers where they are some."""
    found = tuple(joints)
    return tuple(sorted(found, key=int)) if all(joint.isdecimal() and len(joint) < 9 for joint in found) else found
