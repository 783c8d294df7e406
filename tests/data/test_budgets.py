"""Small files that would cost gigabytes: each is refused in one sentence, before the memory is taken."""

from __future__ import annotations

import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from poseviewer.data.archive import require_short_list
from poseviewer.data.dataset import DatasetWriter, Gathering
from poseviewer.data.table import NUMBERS, TEXTS
from poseviewer.errors import PoseviewerError
from tests.data.damage import motion, npy_bytes

MEGABYTES = 500
OPENED = """
import pathlib, sys
from poseviewer.data.readers import open_dataset
from poseviewer.errors import PoseviewerError
try:
    with open_dataset(sys.argv[1]) as dataset:
        clips = sum(1 for _ in dataset)
    told = f"{clips} clips"
except PoseviewerError as error:
    told = str(error)
status = pathlib.Path("/proc/self/status")  # the resource usage counts what the parent had, too
peak = status.read_text().partition("VmHWM:")[2].split()[0] if status.exists() else "0"
print(int(peak) // 1024, told)
"""


def written(path: Path) -> None:
    with DatasetWriter(path) as writer:
        writer.add(motion())


def wide_chunks(path: Path) -> None:
    written(path)
    with h5py.File(path, "r+") as file:
        group = file["skeletons/0"]
        positions = group["positions"][()]
        del group["positions"]
        many = group.create_dataset("positions", (400_000, 5, 3), "f4", chunks=(400_000, 5, 3), compression="gzip")
        many[:20] = positions


def much_out_of_nothing(path: Path) -> None:
    written(path)
    with h5py.File(path, "r+") as file:
        group = file["skeletons/0"]
        del group["positions"]
        frames = 10_000_000
        array = group.create_dataset("positions", (frames, 5, 3), "f4", chunks=(10_000, 5, 3), compression="gzip")
        packed = zlib.compress(bytes(10_000 * 5 * 3 * 4))
        for at in range(0, frames, 10_000):
            array.id.write_direct_chunk((at, 0, 0), packed)
        file["clips/length"][...] = frames


def one_skeleton_many_times(path: Path) -> None:
    written(path)
    with h5py.File(path, "r+") as file:
        many(file["skeletons/0"], 10_000)
        for k in range(1, 1000):
            file[f"skeletons/{k}"] = file["skeletons/0"]


def many(group: h5py.Group, joints: int) -> None:
    """Give a skeleton so many joints."""
    for key in ("joints", "mirror", "edges", "parents", "offsets", "positions", "rotations"):
        if key in group:
            del group[key]
    names = np.array([f"joint_{j}".encode() for j in range(joints)])
    group.create_dataset("joints", data=names, compression="gzip")
    group.create_dataset("mirror", data=np.arange(joints, dtype="<i4"), compression="gzip")
    group.create_dataset("edges", data=np.zeros((0, 2), dtype="<i4"))
    group.create_dataset("positions", (20, joints, 3), "<f4", chunks=(20, joints, 3), compression="gzip")[:] = 0.0


def many_joints_in_all(path: Path) -> None:
    written(path)
    with h5py.File(path, "r+") as file:
        many(file["skeletons/0"], 10_000)
        for k in range(1, 40):
            file.copy("skeletons/0", f"skeletons/{k}")


def many_edges(path: Path) -> None:
    written(path)
    with h5py.File(path, "r+") as file:
        del file["skeletons/0/edges"]
        edges = np.zeros((20_000_000, 2), dtype="i1")
        file.create_dataset("skeletons/0/edges", data=edges, chunks=(1 << 20, 2), compression="gzip")


def many_clips(path: Path) -> None:
    written(path)
    count = 5_000_000
    with h5py.File(path, "r+") as file:
        del file["clips"]
        kinds = {key: f"{np.dtype(dtype).kind}1" for key, dtype in NUMBERS.items()}
        kinds |= {"fps": "f2", **dict.fromkeys(TEXTS, "S1"), "turn": "f2", "travel": "f2"}
        for key, dtype in kinds.items():
            column = np.ones((count, 3) if key == "travel" else count, dtype)
            file.create_dataset(f"clips/{key}", data=column, chunks=True, compression="gzip", compression_opts=1)


def many_members(path: Path) -> None:
    """As long a list as that of 80,000 members has, made of a few with long comments."""
    with zipfile.ZipFile(path, "w") as archive:
        for k in range(160):
            member = zipfile.ZipInfo(f"{k}.bvh")
            member.comment = b"c" * 60_000
            archive.writestr(member, b"")


def members_of_zeros(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for k in range(20):
            archive.writestr(f"{k}.bvh", bytes(15 << 20))


def clips_of_one_number(path: Path) -> None:
    path.write_bytes(npy_bytes(np.ones((500_000, 2, 5, 3), dtype="u1")))


def joints_without_channels(path: Path) -> None:
    joint = "JOINT a\n{\nOFFSET 0 1 0\nCHANNELS 0\n"
    body = f"ROOT a\n{{\nOFFSET 0 0 0\nCHANNELS 1 Xposition\n{joint * 900}{'}' * 901}\n"
    path.write_text(f"HIERARCHY\n{body}MOTION\nFrames: 40000\nFrame Time: 0.01\n" + "0\n" * 40_000)


FILES: dict[Callable[[Path], None], tuple[str, str]] = {
    wide_chunks: (".h5", "it is stored in chunks of 22 MB"),
    much_out_of_nothing: (".h5", "it claims 600000000 bytes and stores"),
    one_skeleton_many_times: (".h5", "it is another one once more"),
    many_joints_in_all: (".h5", "more than 300000 joints together"),
    many_edges: (".h5", "it claims 40000000 bytes"),
    many_clips: (".h5", "5000000 clips in .* MB are more than a dataset may have"),
    many_members: (".zip", "it holds more than 100000 files; unpack it"),
    members_of_zeros: (".zip", "it unpacks from little to 300 MB; if that is right, unpack it"),
    clips_of_one_number: (".npy", "it holds 500000 clips; save"),
    joints_without_channels: (".bvh", "901 joints in 40000 frames do not fit into memory; cut it"),
}


@pytest.mark.parametrize("make", FILES, ids=lambda make: make.__name__)
def test_a_small_file_takes_no_memory(tmp_path, make):
    suffix, words = FILES[make]
    path = tmp_path / f"small{suffix}"
    make(path)
    assert path.stat().st_size < 16 << 20
    done = subprocess.run([sys.executable, "-c", OPENED, path], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    megabytes, _, told = done.stdout.strip().partition(" ")
    assert told.startswith("small"), told
    with pytest.raises(PoseviewerError, match=words):
        raise PoseviewerError("", "", told, "-")
    assert int(megabytes) < MEGABYTES


def test_the_list_of_a_large_archive_is_measured_too(tmp_path, monkeypatch):
    """Beyond 65,535 members, and with a comment, its size stands elsewhere."""
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 3)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.comment = b"c" * 60_000
        for k in range(5):
            archive.writestr(f"{k}", b"")
    require_short_list(path)
    content = bytearray(path.read_bytes())
    at = content.rfind(b"PK\x06\x06")
    content[at + 40 : at + 48] = (1 << 40).to_bytes(8, "little")
    path.write_bytes(content)
    with pytest.raises(PoseviewerError, match="more than 100000 files"):
        require_short_list(path)


def test_clips_in_memory_have_a_budget(monkeypatch):
    monkeypatch.setattr("poseviewer.data.dataset._MOST_BYTES", 20_000)
    gathering = Gathering()
    with pytest.raises(PoseviewerError, match="make a dataset of them, which is read in parts"):
        for k in range(10):
            gathering.add(motion(name=str(k)))


def test_a_dataset_has_so_many_clips(monkeypatch, tmp_path):
    monkeypatch.setattr("poseviewer.data.table.MOST_CLIPS", 3)
    with pytest.raises(PoseviewerError, match="beyond the 3 clips of a dataset"), DatasetWriter(tmp_path / "a.h5") as w:
        for k in range(4):
            w.add(motion(name=str(k)))
    assert not list(tmp_path.iterdir())
