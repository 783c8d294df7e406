"""COCO datasets: `images`, `annotations` with `keypoints` x, y, v, and `categories` that name joints and bones.

v is 0 where nothing is labelled, 1 where a labelled joint is hidden, 2 where it is seen; some write 1 for all. Bones
count joints from 1. Frames of one video (a `video_id`, or names that count on) make clips; other images one each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from poseviewer.data.frames import numbered
from poseviewer.data.readers.keypoints.documents import size_in
from poseviewer.data.readers.keypoints.films import films_of
from poseviewer.data.readers.keypoints.found import Found, person_of
from poseviewer.data.readers.keypoints.skeletons import Stated, is_pair

_VIDEOS = ("video_id", "vid_id", "video", "video_name", "vid_name", "sequence", "clip_id")
_NUMBERS = ("frame_id", "frame_index", "frame_idx", "frame", "frame_number")
_TRACKS = ("track_id", "tracking_id", "instance_id", "person_id")
_SEEN = 2


@dataclass(frozen=True, eq=False)
class Scenes:
    """Images of one video, or one image. frames: number and who is in it; size: of the images."""

    name: str
    stated: Stated
    size: tuple[int, int] | None
    frames: tuple[tuple[int, tuple[Found, ...]], ...]


def is_dataset(document: Any) -> bool:
    """Whether it has annotations of images, as COCO has them."""
    if not isinstance(document, dict) or not isinstance(document.get("annotations"), list):
        return False
    return any(isinstance(document.get(key), list) for key in ("images", "categories"))


def scenes(document: dict[Any, Any]) -> Iterator[Scenes]:
    """The videos and images of a dataset with whom they show, those of a category together."""
    images = {str(image["id"]): image for image in _mappings(document.get("images")) if "id" in image}
    categories = {str(c["id"]): c for c in _mappings(document.get("categories")) if "id" in c}
    annotated: dict[tuple[str, str], list[tuple[dict[Any, Any], Found]]] = {}
    people = [(a, found) for a in _mappings(document["annotations"]) if (found := _person(a)) is not None]
    hides = any(found.scores is not None and (found.scores == _SEEN).any() for _, found in people)
    for annotation, found in people:
        image, category = str(annotation.get("image_id")), str(annotation.get("category_id"))
        annotated.setdefault((image, category), []).append((annotation, _seen(found, hides)))
    films = _films({image: images.get(image, {}) for image, _ in annotated})
    groups: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for image, category in annotated:
        film, number = films[image]
        groups.setdefault((film, category), []).append((number, image))
    for (film, category), members in groups.items():
        first = images.get(members[0][1], {})
        is_film = len({image for _, image in members}) > 1
        name = film if is_film else PurePosixPath(str(first.get("file_name", members[0][1]))).stem
        frames = tuple((number, tuple(f for _, f in annotated[image, category])) for number, image in sorted(members))
        yield Scenes(name, stated_in(categories.get(category)), size_in(first), frames)


def stated_in(category: dict[Any, Any] | None) -> Stated:
    """What a category says of joints and bones."""
    joints = (category or {}).get("keypoints")
    if not category or not isinstance(joints, list) or not all(isinstance(joint, str) for joint in joints):
        return Stated()
    bones = category.get("skeleton")
    edges = [(int(a) - 1, int(b) - 1) for a, b in filter(is_pair, bones if isinstance(bones, list) else [])]
    if any(min(edge) < 0 for edge in edges):  # counted from 0, as some do
        edges = [(a + 1, b + 1) for a, b in edges]
    return Stated(tuple(joints), tuple(edges), name=str(category.get("name", "")))


def _person(annotation: dict[Any, Any]) -> Found | None:
    if not annotation.get("keypoints"):
        return None
    found = person_of(annotation, "")
    if found is None or not np.isfinite(found.points).any():
        return None
    track = next((annotation[key] for key in _TRACKS if isinstance(annotation.get(key), (int, str))), "")
    return Found(found.points, found.scores, found.kind, found.joints, "" if str(track) == "-1" else str(track))


def _seen(found: Found, hides: bool) -> Found:
    """The person with 1 for what is seen and 0 for what is hidden. hides: whether the dataset tells these apart."""
    if found.scores is None:
        return found
    known = found.scores > 0
    scores = np.where(found.scores >= (_SEEN if hides else 0), found.scores > 0, 0.0)
    points = np.where(known[:, None], found.points, np.nan)
    return Found(points, scores.astype(np.float64), found.kind, found.joints, found.track)


def _films(images: dict[str, dict[Any, Any]]) -> dict[str, tuple[str, int]]:
    """The film that each image belongs to, and its number in it; an image alone is a film of its own."""
    found: dict[str, tuple[str, int]] = {}
    named: dict[str, str] = {}
    for image, entry in images.items():
        video = next((entry[key] for key in _VIDEOS if isinstance(entry.get(key), (int, str))), None)
        number = next((entry[key] for key in _NUMBERS if isinstance(entry.get(key), int)), None)
        name = str(entry.get("file_name", "")) or image
        if video is not None:
            counted = numbered(PurePosixPath(name).stem)
            found[image] = (str(video), number if number is not None else counted[1] if counted else len(found))
        else:
            named[image] = name
    placed = films_of(list(named.values()))
    return found | {image: placed[name] for image, name in named.items()}


def _mappings(value: Any) -> list[dict[Any, Any]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []
