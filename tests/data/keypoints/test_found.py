"""Whatever a document holds: people are found in it or nobody is, and following them loses nobody."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from poseviewer.data.readers.keypoints.found import people_in
from poseviewer.data.readers.keypoints.people import Frame, Person, following
from poseviewer.progress import finished

KEYS = st.sampled_from(
    [
        "people",
        "keypoints",
        "pose_keypoints_2d",
        "landmarks",
        "x",
        "y",
        "joints19",
        "frame",
        "1",
        "score",
        "track_id",
        "hip",
    ]
)
NUMBERS = st.floats() | st.integers() | st.booleans() | st.none() | st.text(max_size=3)
FLAT = st.lists(st.floats(allow_nan=True), min_size=15, max_size=60)
DOCUMENTS = st.recursive(
    NUMBERS | FLAT,
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(KEYS | st.text(max_size=3), inner, max_size=6),
    max_leaves=40,
)


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS)
def test_any_document_gives_people_with_points(document):
    with np.errstate(all="ignore"):
        for person in people_in(document):
            assert person.points.ndim == 2 and person.points.shape[1] in (2, 3)
            assert person.scores is None or person.scores.shape == person.points.shape[:1]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.tuples(st.integers(0, 300), st.integers(-1, 3)), max_size=4), min_size=1, max_size=30))
def test_everybody_who_is_seen_is_followed_once(frames):
    body = np.array([[0, 0], [5, 10], [0, 20], [10, 30], [3, 40]], dtype=float)
    seen = []
    for n, people in enumerate(frames):
        named: dict[int, Person] = {}
        nameless = [Person(body + x) for x, track in people if track < 0]
        for x, track in people:
            if track >= 0:
                named.setdefault(track, Person(body + x, None, str(track)))
        seen.append(Frame(n, (*nameless, *named.values())))
    found = finished(following(seen, "a.json"))
    assert sum(len(track.frames) for track in found.tracks) == sum(len(frame.people) for frame in seen)
    for track in found.tracks:
        assert track.frames == sorted(set(track.frames)) and {p.track for p in track.people} == {track.name}


def test_bodies_in_the_world_are_not_told_once_more_by_the_image_beside_them():
    def landmarks(depth):
        return [[{"x": 0.1 * j + k, "y": 0.2 * j, "z": depth * j} for j in range(33)] for k in range(2)]

    frames = [{"pose_landmarks": landmarks(0.0), "pose_world_landmarks": landmarks(0.1)} for _ in range(3)]
    people = people_in({"frames": frames})
    assert len(people) == 6 and all(person.points.shape == (33, 3) for person in people)


def test_a_confidence_below_zero_is_a_point_that_nobody_found():
    points, sure = [[10.0 * j, 20.0] for j in range(17)], [-1.0 if j == 3 else 0.9 for j in range(17)]
    (person,) = people_in({"keypoints": points, "keypoint_scores": sure})
    assert np.flatnonzero(np.isnan(person.points[:, 0])).tolist() == [3]


def test_of_two_of_one_name_in_a_frame_the_first_is_followed():
    body = np.array([[0, 0], [5, 10], [0, 20], [10, 30], [3, 40]], dtype=float)
    frames = [Frame(n, (Person(body, None, "ada"), Person(body + 9, None, "ada"))) for n in range(3)]
    (track,) = finished(following(frames, "a.json")).tracks
    assert track.frames == [0, 1, 2] and all(person.points[0, 0] == 0 for person in track.people)


def test_whoever_comes_long_after_somebody_was_seen_is_another():
    body = np.array([[0, 0], [5, 10], [0, 20], [10, 30], [3, 40]], dtype=float)
    frames = [Frame(n, (Person(body + 300), *([Person(body)] if n < 10 or n >= 60 else []))) for n in range(70)]
    found = finished(following(frames, "a.json"))
    assert [(track.frames[0], len(track.frames)) for track in found.tracks] == [(0, 70), (0, 10), (60, 10)]
