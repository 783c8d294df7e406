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
