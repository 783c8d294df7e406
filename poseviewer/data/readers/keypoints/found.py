"""People wherever they stand in a JSON document: OpenPose, AlphaPose, MMPose, MediaPipe, Kinetics skeletons, panoptic,
and what people write who save keypoints by themselves.

A person is a list of points or has one under a key that says so. A point is x, y, maybe z, maybe how sure it is: as a
mapping, as a short list, or as a part of one long list. People stand in frames, which numbers or images' names tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.frames import numbered

_FLAT_2D = (
    *("pose_keypoints_2d", "pose_keypoints", "keypoints", "joints", "pose", "body_keypoints", "keypoints2d", "kpts"),
)
_FLAT_3D = ("joints19", "joints15", "joints26", "joints25", "joints17", "pose_keypoints_3d")
_WORLD = (
    *("poseWorldLandmarks", "pose_world_landmarks", "worldLandmarks", "world_landmarks", "keypoints3D"),
    *("keypoints_3d", "keypoints3d", "joints3d", "joints_3d", "joint_positions", "pred_xyz_jts"),
)
_IN_IMAGE = (
    *("poseLandmarks", "pose_landmarks", "landmarks", "landmark", "normalizedLandmarks", "keypoints_2d", "points"),
)
_SCORES = (
    "keypoint_scores",
    "keypoints_scores",
    "score",
    "scores",
    "kp_score",
    "joints_vis",
    "confidence",
    "visibility",
)
_SURE = ("visibility", "score", "confidence", "c", "v", "presence", "likelihood")
_FRAMES = (
    *("frame_id", "frame_index", "frame_idx", "frame", "frame_number", "frameNumber", "frameIndex", "frame_no"),
    *("image_id", "img_id", "image_name", "image", "image_path", "img_path", "file_name", "filename", "imgname"),
)
_FILMS = (".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v")  # whose names tell no frame
_TIMES = ("timestamp", "timestamp_ms", "timestampMs", "time", "time_ms", "t")
_TRACKS = ("track_id", "tracking_id", "trackId", "person_id", "idx", "instance_id", "body_id", "track")
_PASSED_OVER = frozenset(
    (
        *("meta", "meta_info", "metadata", "info", "licenses", "categories", "segmentation", "bbox", "box", "boxes"),
        *("skeleton_links", "connections", "edges", "links", "limbs", "part_candidates", "segmentationMasks", "config"),
        *("faceLandmarks", "face_landmarks", "hand_landmarks", "leftHandLandmarks", "rightHandLandmarks"),
        *("left_hand_landmarks", "right_hand_landmarks", "leftHandWorldLandmarks", "rightHandWorldLandmarks"),
        *("face_keypoints_2d", "hand_left_keypoints_2d", "hand_right_keypoints_2d"),
        *("calibration", "camera", "cameras"),
    )
)
_DEEPEST = 12
_FEWEST, _FEWEST_SURE = 5, 2  # points of a person, and where the key says what they are
_MOST_POINTS = 1000
_LARGEST_KEY = 1e15
_MEDIAPIPE, _AT_HIPS = 33, 0.02  # points; metres from the middle of the hips, where its points of the world are counted
_STEADY = 0.2  # of a body's size: how far it goes from one frame to the next, in the middle of a sequence


@dataclass(frozen=True, eq=False)
class Found:
    """One person as found. points: (J, 2) or (J, 3), NaN where unknown. scores: (J,) or None. key: the frame's number
    (int), its time (float) or name, None where there is none. joints: their names, or (). kind: the key it stood under.
    """

    points: NDArray[np.floating]
    scores: NDArray[np.floating] | None
    kind: str
    joints: tuple[str, ...] = ()
    track: str = ""
    key: int | float | str | None = None
    scene: int = 0  # those of one number are in one frame, where no key tells it

    @property
    def is_there(self) -> bool:
        """Whether any point is known: some programs list people who are not seen."""
        return bool(np.isfinite(self.points).any())


def people_in(document: Any) -> list[Found]:
    """All people of a document, each with the key or the scene of its frame; scenes without anybody are counted."""
    people = []
    for number, scene in enumerate(_grouped(_walk(document, "", 0))):
        people += [replace(person, scene=number) for person in scene]
    return people


def _grouped(scenes: list[list[Found]]) -> Iterator[list[Found]]:
    """Scenes; one whose people are a body's way through time comes apart into its frames."""
    for scene in scenes:
        if len(scene) >= _FEWEST and all(person.key is None for person in scene) and _is_way(scene):
            yield from ([person] for person in scene)
        else:
            yield scene


def _walk(node: Any, name: str, depth: int) -> list[list[Found]]:
    """Scenes below a node: groups of people who are in one frame as far as it is told."""
    if depth > _DEEPEST or not isinstance(node, (dict, list)) or not node:
        return []
    person = person_of(node, name)
    if person is not None:
        return [[_placed(person, node)]]
    return _in_list(node, name, depth) if isinstance(node, list) else _in_mapping(node, depth)


def _in_list(node: list[Any], name: str, depth: int) -> list[list[Found]]:
    people: list[Found] = []
    scenes: list[list[Found]] = []
    for child in node:
        is_point = isinstance(child, list) and (not child or _is_plain(child[0]))
        person = person_of(child, "" if is_point else name) if isinstance(child, (dict, list)) else None
        if person is not None:
            people.append(_placed(person, child))
            scenes.append(people[-1:])
        else:
            scenes += _walk(child, name, depth + 1) or [[]]
    if not any(scenes):
        return []
    return [people] if sum(map(len, scenes)) == len(people) else scenes


def _in_mapping(node: dict[Any, Any], depth: int) -> list[list[Found]]:
    key = _key(node)
    scenes: list[list[Found]] = []
    for name, child in node.items():
        if name in _PASSED_OVER or not isinstance(child, (dict, list)):
            continue
        below = _walk(child, str(name), depth + 1)
        if key is None and numbered(str(name)) is not None and not isinstance(node.get("version"), (int, float, str)):
            below = [[_under(person, str(name)) for person in scene] for scene in below]
        if below and any(word in str(name) for word in ("orld", "3d", "3D")):
            scenes = below  # the same bodies stand beside it in the image
            break
        scenes += below
    return scenes if key is None else [[_keyed(person, key) for person in scene] for scene in scenes]


def person_of(node: Any, name: str) -> Found | None:
    """The person that a node is, or has under one of the keys that say so."""
    if isinstance(node, list):
        return _points(node, None, name) if not (node and isinstance(node[0], list) and len(node) == 1) else None
    for key in (*_WORLD, *_FLAT_3D):
        if node.get(key) and (found := _points(node[key], None, key)) is not None and found.points.shape[1] == 3:
            return _named(found, node)
    for key in (*_FLAT_2D, *_IN_IMAGE):
        if not node.get(key):
            continue
        scores = next((node[s] for s in _SCORES if isinstance(node.get(s), (list, dict))), None)
        found = _points(node[key], scores, key)
        if found is not None:
            return _named(_with_feet(found, node), node)
    return _points(node, None, name)


def _points(value: Any, scores: Any, kind: str) -> Found | None:
    """A person out of one of the shapes that points come in; None where it is none of them."""
    value, scores = _unwrapped(value), _unwrapped(scores)
    if isinstance(value, dict):
        return _of_mapping(value, kind)
    fewest = _FEWEST_SURE if kind == "keypoints" else _FEWEST
    if not isinstance(value, list) or len(value) < fewest:
        return None
    if isinstance(value[0], dict):
        return _of_mappings(value, kind) if len(value) <= _MOST_POINTS else None
    if isinstance(value[0], (list, tuple)) and not (2 <= len(value[0]) <= 4 and _is_plain(value[0][0])):
        return None
    if not isinstance(value[0], (list, tuple)) and kind not in (*_FLAT_2D, *_FLAT_3D, *_WORLD, *_IN_IMAGE):
        return None
    table, sure = _numbers(value), _numbers(scores)
    if table is None:
        return None
    if table.ndim == 1:
        table = _unrolled(table, sure, kind)
    if table is None or table.ndim != 2 or not 2 <= table.shape[1] <= 4 or not fewest <= len(table) <= _MOST_POINTS:
        return None
    if sure is not None and sure.shape == (len(table),):
        return Found(_known(table[:, :3], sure), sure, kind)
    if table.shape[1] == 4:  # x, y, z and how sure
        points = table[:, :3] if kind in (*_WORLD, *_FLAT_3D) else table[:, :2]
        return Found(_known(points, table[:, 3]), table[:, 3], kind)
    if table.shape[1] == 3 and kind not in (*_WORLD, *_FLAT_3D):
        if _are_scores(table):
            return Found(_known(table[:, :2], table[:, 2]), table[:, 2], kind)
        if _is_flat(table, kind):
            table = table[:, :2]
    return Found(_known(table, None), None, kind)


def _unrolled(table: NDArray[np.floating], sure: NDArray[np.floating] | None, kind: str) -> NDArray[np.floating] | None:
    """x, y, c, x, y, c, ... as rows."""
    width = 4 if kind in _FLAT_3D else 3
    if sure is not None and len(sure) and len(table) % len(sure) == 0:
        width = len(table) // len(sure)
    elif len(table) % width:
        width = 2
    return table.reshape(-1, width) if 2 <= width <= 4 and len(table) % width == 0 else None


def _of_mapping(value: dict[Any, Any], kind: str) -> Found | None:
    """{"left_hip": {"x": ..}} or {"left_hip": [x, y]}; {"x": [..], "y": [..]}."""
    if isinstance(value.get("x"), list) and isinstance(value.get("y"), list):
        sure = next((value[key] for key in ("visible", *_SURE) if isinstance(value.get(key), list)), None)
        across, down = _numbers(value["x"]), _numbers(value["y"])
        if across is None or down is None or across.shape != down.shape or across.ndim != 1:
            return None
        return _points(np.stack([across, down], axis=-1).tolist(), sure, kind)
    if not _FEWEST <= len(value) <= _MOST_POINTS:
        return None
    rows = {str(name): _row(point) for name, point in value.items()}
    joints = {name: row for name, row in rows.items() if row is not None}
    if len(joints) < max(_FEWEST, 0.8 * len(rows)):
        return None
    found = _of_rows(list(joints.values()), kind)
    return found and replace(found, joints=() if all(name.isdigit() for name in joints) else tuple(joints))


def _of_mappings(value: list[Any], kind: str) -> Found | None:
    """[{"x": .., "y": .., "name": ..}, ..]"""
    rows = [_row(point) for point in value]
    kept = [row for row in rows if row is not None]
    if len(kept) < len(rows):
        return None
    names = [point.get("name", point.get("part", point.get("joint"))) for point in value]
    found = _of_rows(kept, kind)
    return found and replace(found, joints=tuple(map(str, names)) if all(isinstance(n, str) for n in names) else ())


def _of_rows(rows: list[tuple[float, float, float, float]], kind: str) -> Found | None:
    table = np.array(rows)
    deep = (kind in _WORLD or "orld" in kind or "3d" in kind.lower()) and np.isfinite(table[:, 2]).any()
    sure = table[:, 3] if np.isfinite(table[:, 3]).any() else None
    return Found(_known(table[:, : 3 if deep else 2], None), sure, kind)


def _row(point: Any) -> tuple[float, float, float, float] | None:
    """x, y, z and how sure, NaN for what is not there."""
    if isinstance(point, dict):
        place = point.get("position", point)
        place = place if isinstance(place, dict) else point
        if "x" not in place:
            place = {str(key).lower(): value for key, value in place.items()}
        sure = next((point[key] for key in _SURE if key in point and _is_plain(point[key])), np.nan)
        numbers = (place.get("x"), place.get("y"), place.get("z", np.nan), sure)
    elif isinstance(point, (list, tuple)) and 2 <= len(point) <= 4:
        numbers = (point[0], point[1], point[2] if len(point) == 4 else np.nan, point[-1] if len(point) > 2 else np.nan)
    else:
        return None
    if not (_is_plain(numbers[0]) and _is_plain(numbers[1])):
        return None
    try:
        x, y, z, c = (float(number) if _is_plain(number) else np.nan for number in numbers)
    except OverflowError:
        return None
    return x, y, z, c


def _with_feet(found: Found, node: dict[Any, Any]) -> Found:
    """The person with the feet that COCO-WholeBody has beside the body."""
    feet = _points(node["foot_kpts"], None, "keypoints") if isinstance(node.get("foot_kpts"), list) else None
    if feet is None or feet.scores is None or found.scores is None or found.points.shape[1] != feet.points.shape[1]:
        return found
    points, scores = np.concatenate([found.points, feet.points]), np.concatenate([found.scores, feet.scores])
    return replace(found, points=points, scores=scores)


def _named(found: Found, node: dict[Any, Any]) -> Found:
    names = node.get("keypoint_names", node.get("joint_names"))
    if isinstance(names, list) and len(names) == len(found.points) and all(isinstance(name, str) for name in names):
        return replace(found, joints=tuple(names))
    return found


def _placed(person: Found, node: Any) -> Found:
    """The person with the track and the frame that its node tells."""
    if not isinstance(node, dict):
        return person
    track = next((_track(node[key]) for key in _TRACKS if node.get(key) is not None), "")
    if not track and person.kind in _FLAT_3D and node.get("id") is not None:
        track = _track(node["id"])
    return replace(person, track=track, key=_key(node))


def _track(value: Any) -> str:
    """The name of a track: a number or text; "" for -1, which says that there is none."""
    while isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return ""
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return "" if text in ("-1", "") else text


def _key(node: dict[Any, Any]) -> int | float | str | None:
    """A frame's number (int), time (float) or name."""
    for key in _FRAMES:
        value = node.get(key)
        if isinstance(value, str) and value.lower().endswith(_FILMS):
            continue
        if isinstance(value, str) or (_is_plain(value) and abs(value) < _LARGEST_KEY):
            return int(value) if isinstance(value, float) and value == int(value) else value
    for key in _TIMES:
        value = node.get(key)
        if _is_plain(value) and abs(value) < _LARGEST_KEY:
            return float(value)
    return None


def _keyed(person: Found, key: int | float | str) -> Found:
    return person if person.key is not None else replace(person, key=key)


def _under(person: Found, name: str) -> Found:
    """The person in the frame that a mapping's key names, or in one of those below it."""
    if isinstance(person.key, int | float):
        return person
    return replace(person, key=name if person.key is None else f"{name}/{person.key}")


def _is_plain(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _unwrapped(value: Any) -> Any:
    """What is in {"landmark": [..]} of a protocol buffer and in {"__ndarray__": [..]}; a single list in a list."""
    for key in ("landmark", "landmarks", "__ndarray__"):
        if isinstance(value, dict) and isinstance(value.get(key), list):
            return value[key]
    while isinstance(value, list) and len(value) == 1 and isinstance(value[0], list):
        value = value[0]
    return value


def _numbers(value: Any) -> NDArray[np.floating] | None:
    if value is None:
        return None
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return None


def _are_scores(table: NDArray[np.floating]) -> bool:
    """Whether the third column (J, 3) tells how sure a point is, -1 where there is none, and not where it is."""
    third = table[:, 2]
    in_pixels = np.abs(table[:, :2]).max() > 2.0
    is_none = (third == -1) & (in_pixels | (table == -1).all(axis=1))
    return bool(
        ((third >= 0) | is_none).all()
        and (third.max() <= 1.0 or (in_pixels and third.max() <= 10.0))
    )


def _is_flat(table: NDArray[np.floating], kind: str) -> bool:
    """Whether x, y, z (J, 3) are MediaPipe's in an image: z is a guess there, and nothing is counted from the hips."""
    return kind in _IN_IMAGE and len(table) == _MEDIAPIPE and bool(np.abs(table[23:25].mean(axis=0)).max() > _AT_HIPS)


def _known(points: NDArray[np.floating], sure: NDArray[np.floating] | None) -> NDArray[np.floating]:
    """Points with NaN where there is none: unsure and at the origin, or with a confidence below 0."""
    unknown = np.asarray((points == 0).all(axis=-1))
    if sure is not None:
        unknown = ((points <= 0).all(axis=-1) & ~(sure > 0)) | (sure < 0)
    return np.where(unknown[:, None], np.nan, points)


def _is_way(people: list[Found]) -> bool:
    """Whether people who follow each other are one body moving on."""
    if len({person.points.shape for person in people}) != 1:
        return False
    points = np.stack([person.points for person in people[:200]])
    steps = np.linalg.norm(np.diff(points, axis=0), axis=-1)
    sizes = np.linalg.norm(np.nanmax(points, axis=1) - np.nanmin(points, axis=1), axis=-1)
    steps, sizes = steps[np.isfinite(steps)], sizes[np.isfinite(sizes)]
    return bool(len(steps) and len(sizes) and np.median(steps) < _STEADY * np.median(sizes))
