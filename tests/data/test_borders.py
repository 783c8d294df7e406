"""What is exactly at a limit is read, what is one beyond it is refused in a sentence that names it."""

from __future__ import annotations

import re
import zipfile
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from poseviewer.data.archive import is_bomb, require_modest, require_short_list
from poseviewer.data.clip_arrays import clip_of
from poseviewer.data.dataset import Dataset, DatasetWriter, Gathering
from poseviewer.data.hdf5 import DatasetFile
from poseviewer.data.readers import read
from poseviewer.data.sources import SourceFile
from poseviewer.data.table import ClipTable, TableBuilder
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip, is_rate
from poseviewer.motion.plane import Plane
from poseviewer.motion.plausible import plausible
from poseviewer.motion.skeleton import Skeleton
from tests.data.damage import BODY, OFFSETS, cmu_text, motion, npy_bytes, penn_label

MB = 1 << 20


def refused(words: str = "") -> AbstractContextManager[Any]:
    """Whether words tell of a refusal; without any, nothing is refused."""
    return pytest.raises(PoseviewerError, match=re.escape(words)) if words else nullcontext()


def member(size: int, packed: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("a.bvh")
    entry.file_size, entry.compress_size = size, packed
    return entry


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([member(1, 1)] * 100_000, ""),
        ([member(1, 1)] * 100_001, "it holds more than 100000 files"),
        ([member(100 * MB, MB)], ""),
        ([member(100 * MB + 1, MB)], "a.bvh: it unpacks from little to 100 MB"),
        ([member(1 << 30, 1 << 30)] * 64, ""),
        ([*[member(1 << 30, 1 << 30)] * 64, member(1, 1)], "it unpacks from little to 65536 MB"),
    ],
)
def test_an_archive_may_list_and_unpack_so_much(tmp_path: Path, entries: list[zipfile.ZipInfo], words: str) -> None:
    path = tmp_path / "a.zip"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    with refused(words):
        require_modest(path, entries)


def test_small_files_may_unpack_from_nothing() -> None:
    assert not is_bomb(16 * MB, 0) and is_bomb(16 * MB + 1, 0)


@pytest.mark.parametrize("comment", [b"", b"c" * 65535, b"c" * 65536])
@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize(("listed", "words"), [(8 * MB, ""), (8 * MB + 1, "it holds more than 100000 files")])
def test_a_list_of_members_may_be_so_long(tmp_path: Path, comment: bytes, large: bool, listed: int, words: str) -> None:
    size = b"\xff" * 4 if large else listed.to_bytes(4, "little")
    record = b"PK\x06\x06" + b"a" * 36 + listed.to_bytes(8, "little") + b"a" * 8 + b"PK\x06\x07" + b"a" * 16
    length = len(comment[:65535]).to_bytes(2, "little")
    path = tmp_path / "a.zip"
    path.write_bytes((record if large else b"") + b"PK\x05\x06" + b"a" * 8 + size + b"aaaa" + length + comment)
    with refused(words):
        require_short_list(path)


def test_a_record_within_the_last_record_hides_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x05\x06" + b"a" * 8 + (8 * MB + 1).to_bytes(4, "little") + b"PK\x05\x06" + bytes(2))
    with refused("it holds more than 100000 files"):
        require_short_list(path)


@pytest.mark.parametrize(("first", "second"), [(b"PK\x06\x06", b"aaaa"), (b"aaaa", b"PK\x06\x07"), (b"aaaa", b"aaaa")])
def test_half_a_long_record_is_none(tmp_path: Path, first: bytes, second: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(first + b"\xff" * 52 + second + bytes(16) + b"PK\x05\x06" + bytes(18))
    require_short_list(path)


def test_an_archive_of_several_disks_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(bytes(56) + b"PK\x06\x07" + b"\x02" * 16 + b"PK\x05\x06" + bytes(18))
    with refused("a.zip: it is a damaged .zip"):
        list(read(path))


def many(names: list[str]) -> Dataset:
    return Dataset([], ClipTable({"name": np.array([name.encode() for name in names])}), (), "many", None, "", "")


@pytest.mark.parametrize(
    ("names", "name", "cure"),
    [
        ([*[""] * 99_999, "walk_1", "walk_3"], "walk_2", "did you mean walk_1?"),
        (["walk_1", "walk_10", "walk_100", "walk_1000"], "walk_0", "did you mean walk_10, walk_100, walk_1?"),
        (["ax"], "ab", "did you mean ax?"),  # half of the letters
        (["adx"], "ab", "its first clips are adx."),
        ([f"one more walk {k}" for k in range(4)], "WALK", "did you mean one more walk 0, one more walk 1, one"),
        (list("123456"), "walk", "its first clips are 1, 2, 3, 4, 5."),
    ],
)
def test_a_clip_that_is_not_there_is_told_with_a_few_names(names: list[str], name: str, cure: str) -> None:
    with refused(f"it has no clip {name!r}; {cure}") as caught:
        many(names).find(name)
    assert not re.search("6|walk 3|walk_3|walk_1000", str(caught.value))


@pytest.mark.parametrize(("beyond", "words"), [(0, ""), (1, "its clips take more than 4 GB of memory")])
def test_clips_may_take_so_much_memory(beyond: int, words: str) -> None:
    clip, gathering = replace(motion(), visible=np.ones((20, 5), bool), boxes=np.ones((20, 4))), Gathering()
    gathering._bytes = (4 << 30) - 4096 - 20 * (5 * 3 * 4 + 5 * 4 * 4 + 5 + 4 * 4) + beyond
    with refused(words):
        gathering.add(clip)


def test_a_dataset_may_have_so_many_clips() -> None:
    table = TableBuilder()
    table.rows = [{}] * 999_999
    table.add(motion(), 0, 0)
    with refused("it is beyond the 1000000 clips of a dataset"):
        table.add(motion(), 0, 0)


@pytest.mark.parametrize(
    ("claimed", "stored", "chunk", "allowed", "words"),
    [
        (1040, 0, 1, 0, ""),
        (1041, 1, 1, 0, "it claims 1041 bytes and stores 1"),
        (256 * MB, MB, 1, 0, ""),
        (256 * MB + 1, MB, 1, 0, "it claims 268435457 bytes and stores 1048576"),
        (300 * MB, 3 * MB, 1, 0, ""),
        (300 * MB + 1, 3 * MB, 1, 0, "it claims 314572801 bytes and stores 3145728"),
        (40 * MB, MB, 16 * MB, 0, ""),
        (40 * MB, MB, 16 * MB + 1, 0, "it is stored in chunks of 16 MB"),
        (40 * MB, MB, 24 * MB, 24 * MB, ""),
        (40 * MB, MB, 24 * MB + 1, 24 * MB, "it is stored in chunks of 24 MB"),
        (20 * MB, MB, 20 * MB, 24 * MB, ""),
        (20 * MB, MB, 20 * MB + 1, 24 * MB, "it is stored in chunks of 20 MB"),
    ],
)
def test_an_array_may_claim_so_much(claimed: int, stored: int, chunk: int, allowed: int, words: str) -> None:
    size = SimpleNamespace(get_storage_size=lambda: stored)
    half = SimpleNamespace(
        external=None, is_virtual=False, nbytes=claimed, id=size, chunks=(1, chunk), dtype=np.dtype("u1")
    )
    file: Any = object.__new__(DatasetFile)
    file._label, file._found = "a.h5", lambda path, kind: half
    with refused(words):
        file._array("skeletons/0/positions", allowed)


def test_an_array_of_one_piece_has_no_chunks() -> None:
    size = SimpleNamespace(get_storage_size=lambda: 40 * MB)
    whole = SimpleNamespace(external=None, is_virtual=False, nbytes=40 * MB, id=size, chunks=None, dtype=np.dtype("u1"))
    file: Any = object.__new__(DatasetFile)
    file._label, file._found = "a.h5", lambda path, kind: whole
    assert file._array("clips/length") is whole


FOUR = Skeleton.tree("four", BODY.joints[:4], BODY.parents[:4], OFFSETS[:4])  # type: ignore[index]


def two(path: Path) -> Path:
    with DatasetWriter(path) as writer:
        writer.add(motion())
        writer.add(motion(skeleton=FOUR))
    return path


@pytest.mark.parametrize(
    ("limit", "most", "words"),
    [
        ("_MAX_SKELETONS", 2, "it holds 2 skeletons"),
        ("_MAX_JOINTS", 5, "it has 5 joints in 3 dimensions"),
        ("_MAX_JOINTS_IN_ALL", 9, "they have more than 8 joints together"),
        ("MOST_CLIPS", 2, "2 clips in 0 MB are more than a dataset may have"),
        ("_MAX_CLIP_BYTES", 20 * 5 * 32, "it claims 20 frames, too many for one clip"),
    ],
)
def test_a_dataset_may_hold_so_much(tmp_path: Path, monkeypatch: Any, limit: str, most: int, words: str) -> None:
    path = two(tmp_path / "a.h5")
    for allowed, told in ((most, ""), (most - 1, words)):
        monkeypatch.setattr(f"poseviewer.data.hdf5.{limit}", allowed)
        with refused(told), Dataset.open(path) as dataset:
            assert [len(clip) for clip in dataset] == [20, 20]


def test_a_column_may_be_so_long(tmp_path: Path) -> None:
    file = DatasetFile(two(tmp_path / "a.h5"), "a.h5")
    assert file._column("clips/length", "i", (2,), 16).tolist() == [20, 20]
    with refused("/clips/length: it claims 16 bytes"):
        file._column("clips/length", "i", (2,), 15)
    with refused("/clips/length: it has shape (2,)"):
        file._column("clips/length", "i", (3,))
    with refused("/clips/length: it holds int64 of shape (2,)"):
        file._column("clips/length", "f", (2,))


POSITIONS = np.zeros((3, 5, 3))
NAMES = np.array(list("abcde"))


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"positions": np.zeros((1, 5000, 3))}, ""),
        ({"positions": np.zeros((1, 5001, 3))}, "their shape is (1, 5001, 3); give"),
        ({"positions": np.zeros((1, 1, 2))}, ""),
        ({"positions": np.zeros((1, 0, 2))}, "their shape is (1, 0, 2); give"),
        ({"positions": np.zeros((1, 1, 1))}, "their shape is (1, 1, 1); give"),
        ({"positions": np.zeros((1, 1, 4))}, "their shape is (1, 1, 4); give"),
        ({"positions": POSITIONS > 0}, "it holds bool of shape (3, 5, 3), not (F, J, D)"),
        ({"joints": NAMES[:4]}, "it holds <U1 of shape (4,), not 5 names"),
        ({"joints": np.arange(5)}, "it holds int64 of shape (5,), not 5 names"),
        ({"joints": NAMES, "offsets": OFFSETS}, ""),
        ({"joints": NAMES, "offsets": OFFSETS[:4]}, "it holds float64 of shape (4, 3), not (5, 3) metres"),
        ({"joints": NAMES, "offsets": OFFSETS > 0}, "it holds bool of shape (5, 3), not (5, 3) metres"),
        ({"joints": NAMES, "offsets": OFFSETS * np.nan}, "it holds float64 of shape (5, 3), not (5, 3) metres"),
        ({"joints": NAMES, "edges": np.zeros((20_000, 2), int)}, ""),
        ({"joints": NAMES, "edges": np.zeros((20_001, 2), int)}, "int64 of shape (20001, 2), not pairs of joints"),
        ({"joints": NAMES, "parents": np.zeros(5)}, "it holds float64 of shape (5,), not 5 integers"),
        ({"joints": NAMES, "parents": np.full(4, -1)}, "it holds int64 of shape (4,), not 5 integers"),
        ({"skeleton": "penn13"}, "their shape is (3, 5, 3) and penn13 has 13 joints"),
        ({"positions": np.zeros((1, 18, 2)), "skeleton": "humanoid"}, "(1, 18, 2) and humanoid has 18 joints"),
        ({"seed_frames": 0}, ""),
        ({"seed_frames": 3}, ""),
        ({"seed_frames": 4}, "it is 4 and the clip has 3 frames"),
        ({"seed_frames": -1}, "it is -1 and the clip has 3 frames"),
        ({"seed_frames": np.nan}, "it is not one finite number"),
        ({"seed_frames": [1, 2]}, "it is not one finite number"),
        ({"seed_frames": "3"}, "it is not one finite number"),
        ({"image_size": [1, 1]}, ""),
        ({"image_size": [1, 0]}, "it is 1 x 0; give"),
        ({"travel": [0.0, np.inf, 0.0]}, "it is not 3 numbers"),
        ({"fps": [30.0, 30.0]}, "it holds float64 of shape (2,)"),
        ({"fps": "30"}, "it holds <U2 of shape ()"),
        ({"boxes": np.zeros((3, 4)) > 0}, "it holds bool; give numbers"),
    ],
)
def test_arrays_are_of_their_kind_and_size(arrays: dict[str, Any], words: str) -> None:
    with refused(words):
        clip_of("a.npz", "a", {key: np.asarray(value) for key, value in ({"positions": POSITIONS} | arrays).items()})


@pytest.mark.parametrize("shape", [(0,), (0, 2)])
def test_bones_are_those_that_are_given_and_sides_those_of_a_tree(shape: tuple[int, ...]) -> None:
    arrays: dict[str, Any] = {"positions": POSITIONS, "joints": np.array(["hips", "left_hip", "right_hip", "a", "b"])}
    assert clip_of("a.npz", "a", arrays).skeleton.mirror == (0, 1, 2, 3, 4)
    made = clip_of("a.npz", "a", arrays | {"parents": np.array([-1, 0, 0, 0, 3]), "edges": np.zeros(shape)}).skeleton
    assert made.mirror == (0, 2, 1, 3, 4) and made.edges == ()
    made = clip_of("a.npz", "a", arrays | {"parents": np.array([-1, 0, 0, 0, 3])}).skeleton
    assert made.edges == ((0, 1), (0, 2), (0, 3), (3, 4))


def body(far: float = 1.0, **changes: Any) -> Clip:
    return Clip(BODY, np.full((3, 5, 3), far), 30.0, "a", **changes)


@pytest.mark.parametrize(
    ("clip", "words"),
    [
        (body(1e6), ""),
        (body(-1000001.0), "a joint lies 1e+06 metres away"),
        (body(boxes=np.full((3, 4), -1e6)), ""),
        (body(boxes=np.full((3, 4), -1000001.0)), "a box lies over 1e+06 metres away"),
        (body(boxes=np.full((3, 4), np.nan)), ""),
        (body(boxes=np.full((3, 4), -np.inf)), "a box lies over 1e+06 metres away"),
        (body(seed_frames=3), ""),
        (body(seed_frames=4), "seed_frames is 4 and it has 3 frames"),
        (body(seed_frames=-1), "seed_frames is -1 and it has 3 frames"),
        (body(travel=(1e6, 0, -1e6)), ""),
        (body(travel=(0, 0, -1000001.0)), "one cycle carries it by (0, 0, -1000001.0)"),
        (body(travel=(0, 0, np.nan)), "one cycle carries it by (0, 0, nan)"),
        (body(turn=-1e4), ""),
        (body(turn=-10001.0), "one cycle turns it by -10001 radians"),
        (body(image_size=(1, 100_000)), ""),
        (body(image_size=(100_001, 1)), "its image has 100001 x 1 pixels"),
        (body(image_size=(0, 1)), "its image has 0 x 1 pixels"),
        (body(plane=Plane(0.0, 1e-3, (1e6, 0.0, 0.0))), ""),
        (body(plane=Plane(0.0, 0.0, (0.0, 0.0, 0.0))), "is 0 metres high"),
        (body(plane=Plane(0.0, 1.0, (1000001.0, 0.0, 0.0))), "its plane stands at 1e+06, 0, 0"),
        (body(plane=Plane(0.0, 1.0, (np.nan, 0.0, 0.0))), "its plane stands at nan, 0, 0"),
        (replace(body(), skeleton=replace(BODY, offsets=OFFSETS * np.nan)), "a bone at rest is longer"),
    ],
)
def test_a_clip_lies_in_the_world(clip: Clip, words: str) -> None:
    with refused(words):
        assert plausible(clip, "a.npz") is clip


def test_one_fault_is_mended_alone() -> None:
    positions = np.ones((3, 5, 3))
    positions[1, 2, 0], positions[2, 0, 1] = np.nan, np.inf
    clip = plausible(replace(body(), positions=positions, action="a\nwalk"), "a.npz")
    assert np.isnan(clip.positions).all(axis=2).sum() == 2 and np.isnan(clip.positions).sum() == 6
    assert clip.action == "a walk"


@pytest.mark.parametrize(("length", "words"), [(1.0099, ""), (0.9901, ""), (1.0101, "unit"), (0.9899, "unit")])
def test_a_rotation_has_the_length_of_one(length: float, words: str) -> None:
    with refused(words):
        plausible(body(rotations=np.full((3, 5, 4), length / 2)), "a.npz")


def test_a_rate_lies_between_the_slowest_and_the_fastest() -> None:
    assert is_rate(0.1) and is_rate(1000.0) and not is_rate(0.0999) and not is_rate(1000.1) and not is_rate(np.nan)


def test_a_clip_grows_to_so_many_numbers(monkeypatch: Any) -> None:
    clip = motion(21)
    monkeypatch.setattr("poseviewer.motion.clip._MOST_NUMBERS", 2 * clip.positions.size)
    assert len(clip.resample(60.0)) == 41
    with refused("at 60.1 instead of 30 frames a second it does not fit into memory"):
        clip.resample(60.1)


def test_a_file_may_be_as_long_as_it_is_read() -> None:
    file = SourceFile("a.bvh", 3 * MB, None, lambda count: bytes(count))
    assert len(file.content(3 * MB)) == 3 * MB
    with refused("it has 3 MB, more than the 2 MB that are read"):
        file.content(3 * MB - 1)


def bvh(far: str = "0", count: int = 3, value: str = "0") -> bytes:
    joint = f"ROOT a\n{{\nOFFSET {far} 0 0\nCHANNELS {count} {'Xrotation ' * count}\n}}"
    return f"HIERARCHY\n{joint}\nMOTION\nFrames: 1\nFrame Time: 0.1\n{f'{value} ' * count}\n".encode()


def table(joints: int) -> bytes:
    names = [f"{j}_{axis}" for j in range(joints) for axis in "xy"]
    return f"{','.join(['frame', 'seconds', *names])}\n0,0{',0' * len(names)}\n".encode()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.bvh", bvh("10000000"), "a joint lies 1e+07 metres away"),  # it is read, and is no place in the world
        ("a.bvh", bvh("10000001"), "'10000001' is no usable number"),
        ("a.bvh", bvh(count=12), ""),
        ("a.bvh", bvh(count=13), "joint 'a' announces 13 channels"),
        ("a.bvh", bvh(value="-999999999"), ""),
        ("a.bvh", bvh(value="-1000000000"), "frame 1: a number is not finite or far too large"),
        ("a.csv", table(12_499), "their shape is (1, 12499, 2)"),  # 25,000 columns are counted out
        ("a.csv", table(12_500), "it has 25002 columns; 25000 are read"),
        ("a.mat", penn_label(dimensions=np.array([[100_000, 1, 12]])), ""),
        ("a.mat", penn_label(dimensions=np.array([[1, 100_001, 12]])), "the image would have 100001 pixels"),
        ("a.mat", penn_label(dimensions=np.array([[0, 480, 12]])), "it gives no image size"),
        ("a.mat", penn_label(dimensions=np.array([[270]])), "it gives no image size"),
        ("a.txt", cmu_text(2).encode(), ""),
        ("a.txt", cmu_text(1).encode(), "it has a T-pose and no motion after it"),
    ],
)
def test_readers_read_up_to_their_limits(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with refused(words):
        assert len(list(read(tmp_path / name))) == 1


@pytest.mark.parametrize(("printed", "fps"), [("0.0588", 17.0), ("0.0333", 30.0), ("0.0575", 1 / 0.0575)])
def test_a_frame_time_is_a_rounded_rate(tmp_path: Path, printed: str, fps: float) -> None:
    (tmp_path / "a.bvh").write_bytes(bvh().replace(b"Time: 0.1", f"Time: {printed}".encode()))
    assert next(read(tmp_path / "a.bvh")).fps == fps


def test_so_many_clips_lie_in_one_array(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "a.npy").write_bytes(npy_bytes(np.ones((3, 2, 18, 3))))
    monkeypatch.setattr("poseviewer.data.readers.arrays.results._MOST_CLIPS", 3)
    assert len(list(read(tmp_path / "a.npy"))) == 3
    monkeypatch.setattr("poseviewer.data.readers.arrays.results._MOST_CLIPS", 2)
    with refused("it holds 3 clips; save 2 a file at most"):
        list(read(tmp_path / "a.npy"))


def test_a_joint_at_the_corner_is_unknown(tmp_path: Path) -> None:
    x = np.full((1, 13), 2.0)
    x[0, 1] = 2.001
    y = x.copy()
    y[0, 2] += 0.002
    (tmp_path / "a.mat").write_bytes(penn_label(1, x=x, y=y, visibility=np.zeros((1, 13)), bbox=None))
    (clip,) = read(tmp_path / "a.mat")
    assert np.isnan(clip.positions[0, :, 0]).tolist() == [True, False, False, *[True] * 10]
