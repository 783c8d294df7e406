from __future__ import annotations

import zipfile

import numpy as np
import pytest

from poseviewer.data import numpy_files
from poseviewer.data.readers import open_dataset, read
from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import HUMANOID, PENN13
from tests.data.damage import BODY, OFFSETS, motion, npy_bytes, npz_bytes

RANDOM = np.random.default_rng(0)


def clips_of(tmp_path, content, name):
    (tmp_path / name).write_bytes(content)
    return list(read(tmp_path / name))


def refusal(tmp_path, content, name="a.npz"):
    with pytest.raises(PoseviewerError) as caught:
        clips_of(tmp_path, content, name)
    return str(caught.value)


def test_our_npz_round_trip(tmp_path):
    clip = motion(12)
    content = npz_bytes(
        positions=clip.positions, rotations=clip.rotations, visibility=np.ones((12, 5)), fps=60, action="walk",
        seed_frames=4, joints=np.array(BODY.joints), parents=np.array(BODY.parents), offsets=OFFSETS,
    )  # fmt: skip
    (back,) = clips_of(tmp_path, content, "a.npz")
    assert back.skeleton.same_as(BODY)
    assert np.array_equal(back.positions, clip.positions) and np.array_equal(back.rotations, clip.rotations)
    assert back.visible.all() and (back.fps, back.fps_known, back.action, back.seed_frames) == (60, True, "walk", 4)


def test_a_canonical_skeleton_by_name(tmp_path):
    (clip,) = clips_of(tmp_path, npz_bytes(positions=RANDOM.normal(size=(3, 13, 2)), skeleton="penn13"), "a.npz")
    assert clip.skeleton is PENN13 and not clip.fps_known
    (clip,) = clips_of(tmp_path, npz_bytes(positions=RANDOM.normal(size=(3, 18, 3)), skeleton="humanoid"), "b.npz")
    assert clip.skeleton is HUMANOID


GOOD = RANDOM.normal(size=(3, 5, 3))


@pytest.mark.parametrize(
    ("arrays", "cause"),
    [
        ({"positions": GOOD[0]}, "not (F, J, D)"),
        ({"positions": GOOD * np.nan}, "no joint has a known position"),
        ({"positions": GOOD * 1e30}, "metres away; mend"),
        ({"positions": GOOD[..., :2] * 1e30}, "image heights away; mend"),
        ({"positions": GOOD, "fps": 0.0}, "frame rate"),
        ({"positions": GOOD, "fps": np.nan}, "frame rate is nan"),
        ({"positions": GOOD, "seed_frames": 9}, "seed_frames"),
        ({"positions": GOOD, "skeleton": "humanoid"}, "18 joints"),
        ({"positions": GOOD, "skeleton": "dragon"}, "'dragon' is not known"),
        ({"positions": GOOD, "rotations": np.ones((3, 5, 4))}, "unit quaternions"),
        ({"positions": GOOD, "rotations": np.ones((2, 5, 4))}, "shape"),
        ({"positions": GOOD, "joints": np.array(list("abcde")), "parents": np.array([-1, 4, 0, 0, 0])}, "parent"),
        ({"positions": GOOD, "joints": np.array(list("aacde"))}, "share a name"),
        ({"positions": np.array([{"a": 1}], dtype=object)}, "header|holds object"),
        ({"positions": GOOD, "boxes": np.ones((3, 5))}, "not (3, 4)"),
        ({"positions": GOOD, "loop": 0.5}, "loop: it is not true or false"),
        ({"positions": GOOD, "fps": 30.0, "fps_known": "yes"}, "fps_known: it is not true or false"),
        ({"positions": GOOD, "travel": np.ones(2)}, "travel: it is not 3 numbers"),
        ({"positions": GOOD, "turn": np.ones(2)}, "turn: it is not one finite number"),
        ({"positions": GOOD, "image_size": np.array([64, 0])}, "image_size: it is 64 x 0"),
        ({"positions": GOOD, "image_size": np.array([64.0, 48.0])}, "image_size: it is not 2 numbers"),
        ({"positions": GOOD, "split": np.array(["a", "b"])}, "split: it is not one text"),
        ({"positions": GOOD, "plane": np.array([0, 1e300, 0, 0, 0])}, "its plane stands at"),
        ({"positions": GOOD, "plane": np.array([0, -1.0, 0, 0, 0])}, "its plane stands at"),
        ({"positions": GOOD, "joints": np.array(list("abcde")), "edges": np.array([[0, 9]])}, "an edge names a joint"),
        ({"positions": GOOD, "joints": np.array(list("abcde")), "edges": np.ones((3, 3), int)}, "not pairs of joints"),
        ({"positions": GOOD, "joints": np.array(list("abcde")), "mirror": np.zeros(5, int)}, "not a permutation"),
    ],
)
def test_bad_arrays_are_refused_in_a_sentence(tmp_path, arrays, cause):
    named = {} if "skeleton" in arrays else {"joints": np.array(list("abcde"))}
    message = refusal(tmp_path, npz_bytes(**(named | arrays)))
    assert any(part in message for part in cause.split("|")), message


def test_pickles_are_not_opened(tmp_path):
    marker = tmp_path / "opened"

    class Trap:
        def __reduce__(self):
            return (open, (str(marker), "w"))

    array = np.empty(1, dtype=object)
    array[0] = Trap()
    refusal(tmp_path, npy_bytes(array), "a.npy")
    assert not marker.exists()


def test_a_huge_claim_takes_no_memory(tmp_path):
    content = npy_bytes(np.zeros((2, 22, 3)))
    header = content[10:128].replace(b"(2, 22, 3)", b"(99999999999999, 22, 3)").rstrip(b" \n").ljust(117) + b"\n"
    assert "claims" in refusal(tmp_path, content[:10] + header + content[128:], "a.npy")


def test_a_bomb_is_not_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("positions.npy", npy_bytes(np.zeros((100, 5, 3))) + bytes(100 << 20))
    with pytest.raises(PoseviewerError, match=r"unpacks from nearly nothing to 100 MB; .*numpy.savez"):
        open_dataset(tmp_path / "bomb.npz")


def test_too_large_an_array_is_told_how_much_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(numpy_files, "_MAX_BYTES", 2 << 20)
    content = npz_bytes(positions=np.zeros((40_000, 5, 3)))
    assert "unpack to 4 MB, more than the 2 MB that are read; save it in parts" in refusal(tmp_path, content)


def test_the_frame_that_flies_off_is_named(tmp_path):
    flown = np.array(GOOD)
    flown[0, 1], flown[2, 3, 1] = np.nan, -1e30
    assert "frame 2: a joint lies 1e+30 metres away" in refusal(tmp_path, npz_bytes(positions=flown))


@pytest.mark.parametrize(
    ("arrays", "note"),
    [
        (
            {"positions": GOOD, "skeleton": "", "joints": np.array(list("abcde"))},
            "positions of 5 joints named in the file, frame rate assumed",
        ),
        (
            {"positions": GOOD, "fps": 60.0, "joints": np.array(list("abcde"))},
            "positions of 5 joints named in the file",
        ),
        (
            {"positions": RANDOM.normal(size=(3, 18, 3)), "fps": 60.0, "skeleton": "humanoid"},
            "positions of 18 joints of humanoid",
        ),
    ],
)
def test_the_source_says_what_was_assumed(tmp_path, arrays, note):
    (clip,) = clips_of(tmp_path, npz_bytes(**arrays), "a.npz")
    assert clip.source == f"a.npz: {note}"


def test_joints_without_a_skeleton_name_name_it(tmp_path):
    arrays = {"positions": GOOD, "joints": np.array(BODY.joints), "parents": np.array(BODY.parents)}
    (clip,) = clips_of(tmp_path, npz_bytes(**arrays), "a.npz")
    assert clip.skeleton.name == "Hips, 5 joints"
