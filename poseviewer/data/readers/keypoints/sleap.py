"""SLEAP (Pereira et al., Nature Methods 2022): analysis .h5, .slp and .csv; any animal, in pixels.

- Analysis .h5: `tracks` (tracks, 2, nodes, frames), as MATLAB turns it or the other way round; `node_names`,
  `track_names`, `edge_inds`, `point_scores`; a file of 3D points has 3 in place of 2.
- .slp: records `frames`, `instances`, `points` and `pred_points`; the skeleton as JSON in `metadata`, its links of type
  2 are pairs of sides; `videos_json` may tell the image's size and the rate. Points a person set come before predicted
  ones. Before format 1.1 pixels were counted from their corner.
- .csv: track, frame_idx, instance.score, then x, y, score of each node.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.foreign_hdf5 import MAGIC, ForeignFile
from poseviewer.data.readers.keypoints.documents import plain_number
from poseviewer.data.readers.keypoints.films import Film, clips_of
from poseviewer.data.readers.keypoints.people import Frame, Person
from poseviewer.data.readers.keypoints.skeletons import MOST_JOINTS, Stated, skeleton_for
from poseviewer.data.sources import SourceFile, decoded
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Edge

NAME = "SLEAP"
SUFFIXES = (".h5", ".hdf5", ".slp", ".csv")
READS = "points of any animals in an image, a clip each, with the bones of the file"
ASSUMES = "image size and rate where the file has none"
EXPECTED = "give an analysis .h5, a .slp or a .csv as SLEAP exports them"

_SURE = 0.2  # from which confidence on SLEAP's own peaks count
_USER, _PREDICTED = 0, 1
_SYMMETRY = 2
_CENTRED_PIXELS = 1.1  # the format from which a pixel's centre is a whole number
_ANIMAL = "animal"
_ORDERS = (
    ((0, 3, 2, 1), (0, 2, 1), 2, 1, 0),  # SLEAP
    ((1, 0, 2, 3), (1, 0, 2), 2, 3, 1),  # sleap-io, sleap-anipose
    ((3, 0, 1, 2), (2, 0, 1), 1, 2, 3),  # as MATLAB has it
)
"""What brings tracks to (tracks, frames, nodes, 2), scores to (tracks, frames, nodes); where nodes, 2, tracks are."""


def accepts(file: SourceFile) -> bool:
    if file.suffix == ".csv":
        head = file.head(200).lower()
        return head.startswith((b"track,frame_idx", b"frame_idx,")) and b"instance.score" in head
    if file.head(8) != MAGIC:
        return False
    if file.suffix == ".slp":
        return True
    try:
        with ForeignFile(file) as opened:
            return opened.has("tracks", "node_names")
    except PoseviewerError:
        return False


def read(file: SourceFile) -> Iterator[Clip]:
    film = Film(file.stem, file.name, sure=_SURE, person=_ANIMAL)
    if file.suffix == ".csv":
        joints, frames = _table(file)
        make = skeleton_for(Stated(joints, name="SLEAP"), file.reading)
        yield from filter(None, clips_of(film, frames, make, file.reading))
        return
    with ForeignFile(file) as opened:
        if opened.has("tracks", "node_names"):
            stated, frames = _analysis(opened)
            films = [(film, frames)]
        else:
            stated, films = _labels(opened, film)
    count = 0
    for film, frames in films:
        for clip in filter(None, clips_of(film, frames, skeleton_for(stated, file.reading), file.reading)):
            count += 1
            yield clip
    if not count:
        raise PoseviewerError(file.name, "", "no animal is labelled in it", EXPECTED)


def _analysis(opened: ForeignFile) -> tuple[Stated, list[Frame]]:
    joints = opened.texts("node_names")
    tracks = opened.numbers("tracks").astype(np.float64)
    scores = opened.numbers("point_scores") if opened.has("point_scores") else np.zeros(0)
    names = opened.texts("track_names")
    edges = opened.numbers("edge_inds") if opened.has("edge_inds") else np.zeros((0, 2))
    count, shape = len(joints), tracks.shape
    if not 0 < count <= MOST_JOINTS or tracks.ndim != 4:
        raise opened.refuse("tracks", f"it has shape {shape} and {count} nodes")
    fitting = [
        (points, sure)
        for points, sure, nodes, axis, each in _ORDERS
        if shape[nodes] == count and shape[axis] in (2, 3) and (not names or shape[each] == len(names))
    ]
    if not fitting:
        raise opened.refuse("tracks", f"it has shape {shape} and there are {count} nodes and {len(names)} tracks")
    order, sure = fitting[0]
    points = tracks.transpose(order)
    known = scores.transpose(sure) if scores.ndim == 3 else None
    if known is not None and known.shape != points.shape[:3]:
        known = None
    edges = edges if edges.ndim == 2 and edges.shape[1] == 2 else edges.T
    bones = tuple((int(a), int(b)) for a, b in edges) if edges.ndim == 2 and edges.shape[1:] == (2,) else ()
    seen: NDArray[np.bool_] = np.any(np.isfinite(points).all(axis=-1), axis=-1)  # (tracks, frames)
    frames: dict[int, list[Person]] = {}
    labels = names if len(names) == len(points) else [str(t + 1) for t in range(len(points))]
    for t, label in enumerate(labels):
        for f in np.flatnonzero(seen[t]):
            person = Person(points[t, f], None if known is None else known[t, f], label if len(points) > 1 else "")
            frames.setdefault(int(f), []).append(person)
    return Stated(tuple(joints), bones, name="SLEAP"), [Frame(f, tuple(people)) for f, people in frames.items()]


def _labels(opened: ForeignFile, film: Film) -> tuple[Stated, list[tuple[Film, list[Frame]]]]:
    about = _json(opened.attribute("metadata", "json"))
    stated = _skeleton(about if isinstance(about, dict) else {})
    frames = opened.numbers("frames", ("video", "frame_idx", "instance_id_start", "instance_id_end"))
    instances = opened.numbers("instances", ("instance_type", "point_id_start", "point_id_end", "track"))
    points = opened.numbers("points", ("x", "y", "visible")) if opened.has("points") else np.zeros(0)
    predicted = opened.numbers("pred_points", ("x", "y", "score")) if opened.has("pred_points") else np.zeros(0)
    version = plain_number((opened.attribute("metadata", "format_id") or b"").decode("latin-1"))
    shift = 0.5 if version is not None and version < _CENTRED_PIXELS else 0.0
    tracks = [_track_name(_json(text), n) for n, text in enumerate(opened.texts("tracks_json"))]
    videos = [_json(text) for text in opened.texts("videos_json")]
    found: dict[int, list[Frame]] = {}
    for frame in frames:
        here = instances[int(frame["instance_id_start"]) : int(frame["instance_id_end"])]
        people: list[Person] = []
        by_hand: list[Person] = []
        for kind in (_USER, _PREDICTED):
            table = points if kind == _USER else predicted
            for instance in here[here["instance_type"] == kind]:
                rows = table[int(instance["point_id_start"]) : int(instance["point_id_end"])]
                if 0 < len(rows) <= MOST_JOINTS:
                    t = int(instance["track"])
                    name = tracks[t] if 0 <= t < len(tracks) else ""
                    if kind == _USER or not any(not name or person.track == name for person in by_hand):
                        people.append(_person(rows, shift, name))
            by_hand = by_hand or list(people)
        found.setdefault(int(frame["video"]), []).append(Frame(int(frame["frame_idx"]), tuple(people)))
    films = []
    for video, seen in found.items():
        about = videos[video] if 0 <= video < len(videos) else {}
        films.append((_of_video(film, about, f"{film.name} video {video + 1}" if len(found) > 1 else film.name), seen))
    return stated, films


def _person(rows: NDArray[Any], shift: float, track: str) -> Person:
    points = np.stack([rows["x"], rows["y"]], axis=-1).astype(np.float64) - shift
    if "score" in (rows.dtype.names or ()):
        return Person(points, rows["score"].astype(np.float64), track)
    return Person(points, rows["visible"].astype(np.float64), track)


def _skeleton(about: dict[str, Any]) -> Stated:
    """Nodes, links and symmetries of the first skeleton; an id of a link's type counts the types met before."""
    nodes = [str(node.get("name")) for node in about.get("nodes", []) if isinstance(node, dict)]
    skeletons = about.get("skeletons")
    if not isinstance(skeletons, list) or not skeletons or not isinstance(skeletons[0], dict):
        return Stated(tuple(nodes), name="SLEAP")
    mine = skeletons[0]
    ids = [node.get("id") for node in mine.get("nodes", []) if isinstance(node, dict)]
    order = [n for n in ids if isinstance(n, int) and 0 <= n < len(nodes)]
    if not order or len(order) < len(ids):
        order = list(range(len(nodes)))
    place: dict[Any, int] = {node: n for n, node in enumerate(order)}
    types: list[int] = []
    edges: list[Edge] = []
    pairs: list[Edge] = []
    for link in mine.get("links", []):
        if not isinstance(link, dict):
            continue
        kind = _link_type(link.get("type"), types)
        a, b = place.get(link.get("source"), -1), place.get(link.get("target"), -1)
        (pairs if kind == _SYMMETRY else edges).append((a, b))
    graph = mine.get("graph")
    name = str(graph.get("name", "SLEAP")) if isinstance(graph, dict) else "SLEAP"
    return Stated(tuple(nodes[n] for n in order), tuple(edges), tuple(pairs), name)


def _link_type(value: Any, types: list[int]) -> int:
    if not isinstance(value, dict):
        return 1
    if isinstance(value.get("py/id"), int):
        return types[value["py/id"] - 1] if 0 < value["py/id"] <= len(types) else 1
    text = json.dumps(value)
    types.append(_SYMMETRY if '"py/tuple": [2]' in text or "[2]" in text else 1)
    return types[-1]


def _json(text: bytes | str | None) -> Any:
    """A value of JSON; None where it is none."""
    try:
        return json.loads(text or "null")
    except (ValueError, RecursionError):
        return None


def _track_name(value: Any, number: int) -> str:
    """[0, "name"], or a mapping with a name."""
    name = value[-1] if isinstance(value, list) and value else value.get("name") if isinstance(value, dict) else value
    return str(name) if isinstance(name, (str, int)) and str(name) else f"track {number + 1}"


def _of_video(film: Film, about: Any, name: str) -> Film:
    about = about if isinstance(about, dict) else {}
    backend = about.get("backend", about)
    backend = backend if isinstance(backend, dict) else {}
    shape = backend.get("shape")
    size = None
    if isinstance(shape, list) and len(shape) == 4 and plain_number(shape[1]) and plain_number(shape[2]):
        size = (int(shape[2]), int(shape[1]))
    return replace(film, name=name, size=size, fps=plain_number(backend.get("fps")))


def _table(file: SourceFile) -> tuple[tuple[str, ...], list[Frame]]:
    lines = decoded(file.content()).splitlines()
    head = [word.strip() for word in lines[0].split(",")]
    joints = [word[:-2] for word in head if word.endswith(".x")]
    columns = [
        [head.index(f"{j}{end}") if f"{j}{end}" in head else -1 for end in (".x", ".y", ".score")] for j in joints
    ]
    if not joints or len(joints) > MOST_JOINTS or any(min(found[:2]) < 0 for found in columns):
        raise PoseviewerError(file.name, "line 1", "it names no node's x and y", EXPECTED)
    at, who = head.index("frame_idx"), head.index("track") if "track" in head else -1
    frames: dict[int, list[Person]] = {}
    for number, line in enumerate(lines[1:], 2):
        words = line.split(",")
        if not line.strip():
            continue
        if len(words) != len(head):
            cause = f"it has {len(words)} columns and the head names {len(head)}"
            raise PoseviewerError(file.name, f"line {number}", cause, EXPECTED)
        try:
            row = [float(word) if n != who and word.strip() else np.nan for n, word in enumerate(words)] + [np.nan]
            frame = int(row[at])
        except (ValueError, OverflowError) as error:
            raise PoseviewerError(file.name, f"line {number}", "it holds no numbers", EXPECTED) from error
        values = np.array(row)[columns]
        scores = values[:, 2] if np.isfinite(values[:, 2]).any() else None
        track = words[who].strip() if who >= 0 else ""
        frames.setdefault(frame, []).append(Person(values[:, :2], scores, track))
    return tuple(joints), [Frame(frame, tuple(people)) for frame, people in frames.items()]
