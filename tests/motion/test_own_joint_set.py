"""A user's own set of joints: every way of writing it, and what is said of one that is damaged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from poseviewer.errors import PoseviewerError
from poseviewer.motion.joint_sets import chosen

NAMES = ["root", "left_hip", "right_hip", "left_paw", "right_paw"]
PARENTS = [-1, 0, 0, 1, 2]


def read(tmp_path: Path, content: object, dims=None):
    path = tmp_path / "dog.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return chosen(str(path), dims)


@pytest.mark.parametrize("content", [
    {"joints": NAMES, "parents": PARENTS},
    {"joint_names": NAMES, "parents": [None, "root", "root", "left_hip", "right_hip"]},
    [{"name": name, "parent": -1 if p < 0 else NAMES[p]} for name, p in zip(NAMES, PARENTS, strict=True)],
])  # fmt: skip
def test_joints_and_parents_make_a_tree(tmp_path, content):
    skeleton = read(tmp_path, content)
    assert (skeleton.name, skeleton.joints, skeleton.dims) == ("dog", tuple(NAMES), 3)
    assert skeleton.parents == tuple(PARENTS) and skeleton.edges == ((0, 1), (0, 2), (1, 3), (2, 4))
    assert skeleton.mirror == (0, 2, 1, 4, 3)


def test_edges_may_be_given_in_the_place_of_parents(tmp_path):
    skeleton = read(tmp_path, {"joints": NAMES, "edges": [["root", "left_hip"], [0, 2], [3, 4]]}, 2)
    assert skeleton.parents is None and skeleton.edges == ((0, 1), (0, 2), (3, 4)) and skeleton.dims == 2


def test_a_category_of_coco_counts_from_one(tmp_path):
    skeleton = read(tmp_path, {"categories": [{"name": "dog", "keypoints": NAMES, "skeleton": [[1, 2], [2, 4]]}]})
    assert skeleton.joints == tuple(NAMES) and skeleton.edges == ((0, 1), (1, 3))


def test_a_parent_may_come_after_its_joint(tmp_path):
    skeleton = read(tmp_path, {"joints": ["tip", "root"], "parents": [1, -1]})
    assert skeleton.parents is None and skeleton.edges == ((1, 0),)


def test_pairs_and_offsets_are_taken(tmp_path):
    own = {"joints": ["a", "b", "c"], "parents": [-1, 0, 0], "mirror": [["b", "c"]]}
    skeleton = read(tmp_path, own | {"offsets": [[0, 0, 0], [1, 0, 0], [-1, 0, 0]], "name": "star"})
    assert skeleton.mirror == (0, 2, 1) and skeleton.name == "star" and skeleton.offsets[2].tolist() == [-1, 0, 0]


@pytest.mark.parametrize("content, said", [
    (b"not json", "no JSON"),
    (b"[" * 100_000, "no JSON"),
    (b"\xff\xfe\x00", "no JSON"),
    ({"parents": PARENTS}, "names no joints"),
    ([1, 2], "names no joints"),
    ({"joints": [], "parents": []}, "0 names"),
    ({"joints": ["a"] * 6000, "parents": [-1]}, "6000 names"),
    ({"joints": ["a", "a"], "parents": [-1, 0]}, "'a' twice"),
    ({"joints": [1, 2], "parents": [-1, 0]}, "no list of names"),
    ({"joints": NAMES}, "neither parents nor edges"),
    ({"joints": NAMES, "parents": [-1, 0]}, "5 joints and 2 parents"),
    ({"joints": NAMES, "parents": [-1, 0, 0, 9, 2]}, "parent 3.*'9' is none"),
    ({"joints": NAMES, "parents": [-1, 0, 0, "tail", 2]}, "'tail' is none"),
    ({"joints": ["a", "b"], "parents": [1, 0]}, "'a' is above itself"),
    ({"joints": NAMES, "edges": [[0, 1, 2]]}, "edge 0.*no pair"),
    ({"joints": NAMES, "edges": [[0, True]]}, "'True' is none"),
    ({"joints": NAMES, "parents": PARENTS, "mirror": [[1, 2], [2, 3]]}, "two partners"),
    ({"joints": NAMES, "parents": PARENTS, "mirror": [[1, 2], [3, 2]]}, "two partners"),
    ({"joints": ["a"], "parents": [-1], "offsets": [["x", 0, 0]]}, "not 1 times x, y, z"),
    ({"joints": ["a"], "parents": [-1], "offsets": [[0, 0, 1e300]]}, "not 1 times x, y, z"),
])  # fmt: skip
def test_what_is_wrong_is_said_with_what_would_mend_it(tmp_path, content, said):
    with pytest.raises(PoseviewerError, match=f"(?s)dog.json.*{said}.*;.*"):
        read(tmp_path, content)


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path):
    with pytest.raises(PoseviewerError, match="cannot be read"):
        chosen(str(tmp_path / "none.json"))
