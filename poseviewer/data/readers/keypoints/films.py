"""Clips out of what was found in a film: named joints, image heights, who can be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.frames import numbered
from poseviewer.data.ground import lift
from poseviewer.data.readers.keypoints.image import Image, image_of
from poseviewer.data.readers.keypoints.people import Frame, Track, following
from poseviewer.data.readers.keypoints.skeletons import Made
from poseviewer.data.reading import Reading, Unit, Up
from poseviewer.data.upright import Stand, told
from poseviewer.motion.clip import ASSUMED_FPS, SLOWEST, Clip, is_rate
from poseviewer.motion.skeleton import Skeleton

SURE = 0.3  # from which confidence on a joint counts as visible
_LIKE_A_FILM = 0.5  # of the steps between numbers of images are the same


@dataclass(frozen=True)
class Film:
    """What is known of a film. name: of its clips. source: the file. fps: None where it is not stated. size: of its
    image, (width, height). sure: from which score on a joint is visible. labels: of its clips. person: what a clip
    shows. is_crowd: whether others are read apart, so that one alone is called by its track too. up, unit: of 3D
    points, where the format states them; has_ground: whether it is at height 0, else it is under everybody's feet.
    """

    name: str
    source: str
    fps: float | None = None
    size: tuple[int, int] | None = None
    sure: float = SURE
    notes: tuple[str, ...] = ()
    labels: dict[str, Any] = field(default_factory=dict)
    person: str = "person"
    is_crowd: bool = False
    up: Up | None = None
    unit: Unit | None = None
    has_ground: bool = False


def clips_of(
    film: Film, frames: Sequence[Frame], skeleton_for: Callable[[NDArray[np.floating]], Made], reading: Reading
) -> Iterator[Clip | None]:
    """A clip for each person of a film, and None now and then before it. skeleton_for: the skeleton of all points
    (N, J, D) of one kind.
    """
    seen = yield from following(frames, film.source)
    fps, is_known, rate_note = rate(film.fps, seen.every)
    names = track_names(film, seen.tracks)
    kinds: dict[tuple[int, ...], list[Track]] = {}
    for track in seen.tracks:
        kinds.setdefault(track.people[0].points.shape, []).append(track)
    made: dict[tuple[int, ...], tuple[Skeleton, str]] = {}
    images: dict[tuple[int, ...], Image] = {}
    stands: dict[tuple[int, ...], Stand] = {}
    lifts: dict[tuple[int, ...], NDArray[np.floating]] = {}
    for kind, tracks in kinds.items():
        points = np.stack([person.points for track in tracks for person in track.people])
        made[kind] = skeleton_for(points)
        skeleton = made[kind][0]
        points = points[:, : len(skeleton.joints)]
        if skeleton.dims == 2:
            images[kind] = image_of(points, film.size)
        else:
            stands[kind] = told(points, skeleton, reading, up=film.up, unit=film.unit)
            lifts[kind] = np.zeros(3) if film.has_ground else lift(stands[kind].points(points))
    for track, name in zip(seen.tracks, names, strict=True):
        kind = track.people[0].points.shape
        skeleton, skeleton_note = made[kind]
        points, scores = track.arrays(len(skeleton.joints))
        image = images.get(kind)
        positions = stands[kind].points(points) + lifts[kind] if image is None else image.heights(points)
        note = stands[kind].note if image is None else image.note
        yield Clip(
            skeleton=skeleton,
            positions=positions.astype(np.float32),
            visible=visibility(points, scores, film.sure),
            image_size=None if image is None else image.size,
            fps=fps,
            fps_known=is_known,
            name=name,
            source=source_of(
                film.source, (*film.notes, skeleton_note, note, seen.note, rate_note), track.frames[0] * seen.every
            ),
            **film.labels,
        )


def track_names(film: Film, tracks: Sequence[Track]) -> list[str]:
    """The film's name, with the track's name or a number behind it where there are several."""
    if len(tracks) == 1 and not film.is_crowd:
        return [film.name]
    labels = [track.name or str(number + 1) for number, track in enumerate(tracks)]
    return [f"{film.name} {film.person} {label}" if label.isdigit() else f"{film.name} {label}" for label in labels]


def visibility(points: NDArray[np.floating], scores: NDArray[np.floating] | None, sure: float) -> NDArray[np.bool_]:
    """(F, J): known, and as sure as it takes where that is told."""
    known = np.asarray(np.isfinite(points).all(axis=-1))
    return known if scores is None else known & (np.nan_to_num(scores) >= sure)


def rate(stated: float | None, every: int) -> tuple[float, bool, str]:
    """Frames a second of a clip that has one in `every` of its film's, whether that is known, and what to say of it."""
    is_known = stated is not None and is_rate(stated)
    fps = stated if stated is not None and is_known else ASSUMED_FPS
    notes = ["" if is_known else "frame rate assumed", f"one in {every} frames is there" if every > 1 else ""]
    return max(fps / every, SLOWEST), is_known, ", ".join(filter(None, notes))


def source_of(source: str, notes: Sequence[str], first: int = 0) -> str:
    """The source of a clip with the remarks on it."""
    begins = f", from frame {first} on" if first else ""
    remarks = "; ".join(dict.fromkeys(filter(None, notes)))
    return f"{source}{begins}: {remarks}" if remarks else f"{source}{begins}"


def films_of(names: Sequence[str]) -> dict[str, tuple[str, int]]:
    """The film that each image is of, by its name, and its number there: those whose names count on in even steps are
    one film, others stand alone.
    """
    found: dict[str, tuple[str, int]] = {}
    series: dict[str, list[tuple[int, str]]] = {}
    for name in dict.fromkeys(names):
        path = PurePosixPath(name.replace("\\", "/"))
        counted = numbered(path.stem)
        if counted is None:
            found[name] = (str(path.with_suffix("")), 0)
        else:
            series.setdefault(str(path.with_name(counted[0])), []).append((counted[1], name))
    for pattern, members in series.items():
        steps = np.diff(np.sort([float(number) for number, _ in members]))
        counts = np.unique(steps, return_counts=True)[1]
        is_film = len(steps) > 1 and counts.max() > _LIKE_A_FILM * len(steps)
        path = PurePosixPath(pattern)
        called = path.name.partition("*")[0].strip(" ._-")
        called = called if called not in ("", "img", "image", "frame") else path.parent.name or "images"
        for number, name in members:
            alone = PurePosixPath(name.replace("\\", "/")).with_suffix("").as_posix()
            found[name] = (called, number) if is_film else (alone, 0)
    return found
