"""Names in files of strangers: none loses an import, none reaches a terminal or a window as it stands."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile

import h5py
import numpy as np
import pytest

from poseviewer.data.dataset import Dataset, DatasetWriter
from poseviewer.data.readers import open_dataset
from poseviewer.errors import PoseviewerError
from poseviewer.export.motions.bvh import write as write_bvh
from poseviewer.progress import Job
from tests.data.damage import BODY, motion, npz_bytes

EVIL = "\x1b[31mred\udce9\x07\n\u202eend"
SHOWN = "red\N{REPLACEMENT CHARACTER} end"


def done(job: Job) -> None:
    for _ in job:
        pass


def bvh(tmp_path, replaced: tuple[str, str] = ("", "")) -> bytes:
    done(write_bvh(motion(), tmp_path / "plain.bvh"))
    return (tmp_path / "plain.bvh").read_bytes().replace(*(part.encode() for part in replaced))


def test_one_name_that_is_no_utf_8_loses_nothing(tmp_path):
    folder = tmp_path / "captures"
    (folder / "caf\udce9").mkdir(parents=True)
    (folder / "caf\udce9" / "na\udcefve.bvh").write_bytes(bvh(tmp_path))
    (folder / "plain.bvh").write_bytes(bvh(tmp_path))
    (folder / "broken\udcff.bvh").write_bytes(b"HIERARCHY ROOT")
    words = [sys.executable, "-m", "poseviewer", "import", str(folder), "-o", str(tmp_path / "all\udce9.h5")]
    ended = subprocess.run(words, capture_output=True, timeout=120, env={**os.environ, "PYTHONUTF8": "1"})
    assert ended.returncode == 0, ended.stderr
    with Dataset.open(tmp_path / "all\udce9.h5") as dataset:
        told = [(info.name, info.action) for info in dataset.infos]
        assert sorted(told) == [("na\ufffdve", "caf\ufffd"), ("plain", "")]
        assert dataset.name == "all\ufffd" and all(clip.source.encode() for clip in dataset)
    with pytest.raises(PoseviewerError) as refused:
        open_dataset(folder / "broken\udcff.bvh")
    assert str(refused.value).encode() and "broken" in str(refused.value)


def test_names_inside_an_archive(tmp_path):
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("\x1b[2J/[red]x\x07.bvh", bvh(tmp_path))
    (info,) = open_dataset(path).infos
    assert info.name == "[red]x" and "\x1b" not in info.action


def test_joints_that_become_equal_stay_apart(tmp_path):
    """Latin-1 of a BVH brings control characters of eight bits into its names."""
    (tmp_path / "a.bvh").write_bytes(
        bvh(tmp_path, ("JOINT Spine", "JOINT Head\x07")).replace(b"JOINT Head\n", b"JOINT Head\x85\n")
    )
    (clip,) = open_dataset(tmp_path / "a.bvh")
    joints = clip.skeleton.joints
    assert len(set(joints)) == len(joints) and all(joint.isprintable() for joint in joints), joints
    assert sum(joint.startswith("Head") for joint in joints) >= 2
    with DatasetWriter(tmp_path / "a.h5") as writer:
        writer.add(clip)
    with Dataset.open(tmp_path / "a.h5") as dataset:
        assert dataset.skeletons[0].joints == joints


def test_labels_of_an_npz(tmp_path):
    arrays = {"positions": motion().positions, "fps": 30.0, "joints": np.array([*BODY.joints[:4], EVIL])}
    (tmp_path / "a.npz").write_bytes(npz_bytes(**arrays, action=EVIL, name=EVIL, subject=EVIL, split="x" * 100_000))
    (clip,) = open_dataset(tmp_path / "a.npz")
    assert (clip.name, clip.action, clip.subject, clip.skeleton.joints[4]) == (SHOWN,) * 4
    assert len(clip.split) == 200


def test_labels_of_a_dataset_of_another_program(tmp_path):
    path = tmp_path / "a.h5"
    with DatasetWriter(path) as writer:
        writer.add(motion(name="one" + "-" * 20, action="walk" + "-" * 20))
        writer.add(motion(30, 1, name="two"))
    with h5py.File(path, "r+") as file:
        for key, text in (("name", b"\x1b[31mred\xe9\x07"), ("action", b"a\0b\x1b")):
            column = file[f"clips/{key}"][()]
            column[0] = text
            file[f"clips/{key}"][...] = column
        joints = file["skeletons/0/joints"][()]
        joints[0], joints[1] = b"Hi\xff\x01", b"Hi\xfe"
        file["skeletons/0/joints"][...] = joints
        file.attrs["licence"] = np.bytes_(b"one\n\x1b[31mtwo")
    with Dataset.open(path) as dataset:
        first = dataset.infos[0]
        assert (first.name, first.action) == ("red\N{REPLACEMENT CHARACTER}", "ab") and dataset.find(first.name) == 0
        assert dataset.infos[1].name == "two" and dataset.clip(0).name == first.name
        assert dataset.licence == "one\ntwo"
        assert len(set(dataset.skeletons[0].joints)) == 5 and all(j.isprintable() for j in dataset.skeletons[0].joints)


def test_a_program_of_ones_own_may_write_any_name(tmp_path):
    with DatasetWriter(tmp_path / "a.h5", licence=EVIL) as writer:
        writer.add(motion(name=EVIL, action=EVIL))
    with Dataset.open(tmp_path / "a.h5") as dataset:
        assert dataset.infos[0].name.isprintable() and dataset.licence.encode()
