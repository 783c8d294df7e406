"""From the people that were found in each frame to clips: who is who, and when.

Whoever has the name of a track is the one who had it before; others are whom they are nearest to among those of the
second before. A clip begins where its person is first seen; where they are not seen in between, nothing is known.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from poseviewer.errors import PoseviewerError
from poseviewer.text import counted

_NEAR = 0.6  # of a body's size: how far its points are from where they were a frame ago, at most
_LONGEST_GAP = 30  # frames after which somebody is no longer waited for
_REGULAR = 0.8  # of the steps between frames that are alike where their numbers are a time
_MOST_VALUES = 1 << 28
_MOST_PEOPLE = 2000  # in one frame
_GLIMPSE = 5  # frames; who is seen in fewer of a long film is left out
_LONG = 50  # frames
_BREATH = 256  # frames
_TINY = 1e-9


@dataclass(frozen=True, eq=False)
class Person:
    """points: (J, D), NaN where unknown. scores: (J,) how sure each is, or None. track: who it is, "" for untold."""

    points: NDArray[np.floating]
    scores: NDArray[np.floating] | None = None
    track: str = ""

    @cached_property
    def size(self) -> float:
        """The diagonal of what the known points fill."""
        known = self.points[np.isfinite(self.points).all(axis=-1)]
        return float(np.sqrt(((known.max(axis=0) - known.min(axis=0)) ** 2).sum())) if len(known) else 0.0


@dataclass(frozen=True, eq=False)
class Frame:
    """Who is in a frame. number: its place in the film."""

    number: int
    people: tuple[Person, ...]


@dataclass(eq=False)
class Track:
    """One person: frames (N,), rising, and themselves in each."""

    name: str
    frames: list[int] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)

    def arrays(self, joints: int) -> tuple[NDArray[np.floating], NDArray[np.floating] | None]:
        """Points (F, joints, D) and scores (F, joints) of the first joints, from the first frame to the last, NaN
        where nobody is seen.
        """
        at = np.asarray(self.frames) - self.frames[0]
        points = np.full((int(at[-1]) + 1, joints, self.people[0].points.shape[1]), np.nan)
        points[at] = [person.points[:joints] for person in self.people]
        if all(person.scores is None for person in self.people):
            return points, None
        scores = np.full(points.shape[:2], np.nan)
        unsaid = np.ones(joints)
        scores[at] = [unsaid if person.scores is None else person.scores[:joints] for person in self.people]
        return points, scores


@dataclass(frozen=True)
class Seen:
    """tracks: by when they begin. every: of the film's frames one in so many is there. note: what to say of it."""

    tracks: tuple[Track, ...]
    every: int = 1
    note: str = ""


def following(frames: Sequence[Frame], label: str) -> Generator[None, None, Seen]:
    """The tracks of all frames, in whatever order; their frames are counted from 0 in steps of `every`. It yields None
    now and then, and returns them.

    Raises PoseviewerError where there would be too many or too long ones.
    """
    frames = sorted(frames, key=lambda frame: frame.number)
    rows, every, note = _timed([frame.number for frame in frames])
    is_alone = all(len(frame.people) <= 1 for frame in frames)
    follower = _Follower(np.inf if is_alone else 0.0 if note else _NEAR)
    for row, frame in zip(rows, frames, strict=True):
        if len(frame.people) > _MOST_PEOPLE:
            cause = f"it has {len(frame.people)} people"
            raise PoseviewerError(label, f"frame {frame.number}", cause, f"keep {_MOST_PEOPLE} a frame at most")
        follower.take(row, frame.people)
        if row % _BREATH == 0:
            yield
    tracks = follower.tracks
    kept = tracks
    if len(frames) >= _LONG and any(len(track.frames) >= _GLIMPSE for track in tracks):
        kept = [track for track in tracks if len(track.frames) >= _GLIMPSE]
    if len(kept) < len(tracks):
        left_out = f"{counted(len(tracks) - len(kept), 'glimpse')} of fewer than {_GLIMPSE} frames left out"
        note = "; ".join(filter(None, (note, left_out)))
    values = sum((track.frames[-1] - track.frames[0] + 1) * track.people[0].points.size for track in kept)
    if values > _MOST_VALUES:
        cause = f"its {len(kept)} people are too many over too many frames for the memory"
        raise PoseviewerError(label, "", cause, "cut it into parts")
    return Seen(tuple(kept), every, note)


def _timed(numbers: list[int]) -> tuple[list[int], int, str]:
    """Rising numbers of frames as rows from 0, one in how many of the film's frames there is, and what to say where
    they come in no even steps.
    """
    steps = np.diff(np.array(numbers, dtype=np.float64))
    if not len(steps):
        return [0] * len(numbers), 1, ""
    sizes, counts = np.unique(steps, return_counts=True)
    step = int(sizes[np.argmax(counts)])
    span = (numbers[-1] - numbers[0]) / max(step, 1)
    if step < 1 or counts.max() < _REGULAR * len(steps) or (steps % step).any() or span > 20 * len(numbers):
        note = "its frames are picked from a film without order: one comes after the other"
        return list(range(len(numbers))), 1, note if len(numbers) > 1 else ""
    rows = [(number - numbers[0]) // step for number in numbers]
    return rows, step, ""


class _Follower:
    """Whom each person of a frame is. near: how far one who has no name may be from where they were, in body sizes."""

    def __init__(self, near: float) -> None:
        self._near = near
        self.tracks: list[Track] = []
        self._named: dict[str, Track] = {}
        self._open: list[Track] = []  # without a name, seen not long ago

    def take(self, row: int, people: tuple[Person, ...]) -> None:
        for person in people:
            if not person.track:
                continue
            track = self._named.get(person.track)
            if track is None or track.people[0].points.shape != person.points.shape:
                track = self._named[person.track] = self._new(person.track)
            if not track.frames or track.frames[-1] < row:  # the first of two of one name
                _append(track, row, person)
        nameless = [person for person in people if not person.track]
        self._open = [t for t in self._open if row - t.frames[-1] <= _LONGEST_GAP or self._near == np.inf]
        if self._near == np.inf and len(self._open) == len(nameless) == 1 and _are_alike(self._open[0], nameless[0]):
            _append(self._open[0], row, nameless[0])  # who is alone throughout: nothing is measured
            return
        gone = set()
        for t, p in list(_nearest(self._open, nameless, row, self._near)):
            _append(self._open[t], row, nameless[p])
            gone.add(p)
        for p, person in enumerate(nameless):
            if p not in gone:
                track = self._new("")
                _append(track, row, person)
                self._open.append(track)

    def _new(self, name: str) -> Track:
        self.tracks.append(Track(name))
        return self.tracks[-1]


def _are_alike(track: Track, person: Person) -> bool:
    return track.people[-1].points.shape == person.points.shape


def _append(track: Track, row: int, person: Person) -> None:
    track.frames.append(row)
    track.people.append(person)


def _nearest(tracks: list[Track], people: list[Person], row: int, near: float) -> Iterator[tuple[int, int]]:
    """Pairs of a track and whom it goes on with, the nearest first."""
    pairs = []
    for t, track in enumerate(tracks):
        last = track.people[-1]
        same = [p for p, person in enumerate(people) if person.points.shape == last.points.shape]
        if not same:
            continue
        away = np.stack([people[p].points for p in same]) - last.points
        away = np.sqrt(np.einsum("pjd,pjd->pj", away, away))
        known = np.isfinite(away)
        shared = known.sum(axis=1)
        mean = np.where(known, away, 0.0).sum(axis=1) / np.maximum(shared, 1)
        reach = near * (row - track.frames[-1]) ** 0.5
        for p, distance, number in zip(same, mean.tolist(), shared.tolist(), strict=True):
            size = max(last.size, people[p].size, _TINY)
            if (number and distance <= reach * size) or near == np.inf:
                pairs.append((distance / size, t, p))
    gone: set[int] = set()
    found: set[int] = set()
    for _, t, p in sorted(pairs):
        if t not in gone and p not in found:
            gone.add(t)
            found.add(p)
            yield t, p
