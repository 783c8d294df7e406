from __future__ import annotations

import zipfile

import numpy as np
import pytest

from poseviewer.data.dataset import Dataset
from poseviewer.data.importing import import_sources
from poseviewer.data.readers import open_dataset, read
from poseviewer.data.readers.rigs import cmu
from poseviewer.data.reading import Reading
from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import HUMANOID
from tests.conftest import WHOLE
from tests.data.damage import cmu_text


def lengths(clip):
    positions = clip.positions.astype(np.float64)
    parents = np.array(clip.skeleton.parents)
    return np.linalg.norm(positions[:, 1:] - positions[:, parents[1:]], axis=-1)


def test_the_first_line_is_dropped_and_the_root_is_x_y_z(tmp_path):
    numbers = np.zeros((3, 117))
    numbers[1:, :3] = [1, 10, 3]
    (tmp_path / "walking_1.txt").write_text("\n".join(",".join(map(str, row)) for row in numbers))
    clip = next(read(tmp_path / "walking_1.txt"))
    assert len(clip) == 2 and clip.fps == 120 and clip.name == "walking_1" and clip.action == "walking"
    assert np.allclose(clip.positions[0, 0], np.array([1, 10, 3]) * 0.0564444, atol=1e-5)
    hip = clip.positions[0, cmu.SKELETON.joints.index("LeftUpLeg")] - clip.positions[0, 0]
    assert np.allclose(hip, np.array([1.65674, -1.80282, 0.62477]) * 0.0564444, atol=1e-5)


def test_the_right_side_of_its_skeleton_is_the_left_one_mirrored():
    """To 2 cm: the bones are those of a person."""
    joints, offsets = cmu.SKELETON.joints, cmu.SKELETON.offsets
    for k, joint in enumerate(joints):
        if joint[0] == "L" and joint != "LowerBack":
            other = joints.index(joint.replace("L", "R", 1) if joint[1] != "e" else joint.replace("Left", "Right"))
            np.testing.assert_allclose(offsets[other], offsets[k] * [-1.0, 1.0, 1.0], atol=0.02, err_msg=joint)


def test_a_positive_map_turns_against_the_right_hand(tmp_path):
    numbers = np.zeros((2, 117))
    numbers[1, 3:6] = [0, np.pi / 2, 0]
    (tmp_path / "a.txt").write_text("\n".join(",".join(map(str, row)) for row in numbers))
    clip = next(read(tmp_path / "a.txt"))
    hip = clip.positions[0, cmu.SKELETON.joints.index("LeftUpLeg")]
    assert np.allclose(hip, np.array([-0.62477, -1.80282, 1.65674]) * 0.0564444, atol=1e-5)


def test_bones_are_constant_and_quaternions_continuous(tmp_path):
    (tmp_path / "a.txt").write_text(cmu_text(30))
    clip = next(read(tmp_path / "a.txt"))
    mean = lengths(clip).mean(axis=0)
    assert (np.abs(lengths(clip) - mean) <= 1e-5 * mean + 1e-9).all()
    assert (np.sum(clip.rotations[1:] * clip.rotations[:-1], axis=-1) >= 0).all()


def test_split_and_action_come_from_folders_and_names_stay_unique(tmp_path):
    with zipfile.ZipFile(tmp_path / "cmu.zip", "w") as archive:
        for split in ("train", "test"):
            archive.writestr(f"cmu/{split}/walking_extra/walking_13.txt", cmu_text())
            archive.writestr(f"cmu/{split}/walking/walking_1.txt", cmu_text())
        archive.writestr("cmu/README.txt", "notes, and more notes")
    dataset = open_dataset(tmp_path / "cmu.zip")
    assert {(info.name, info.action, info.split) for info in dataset.infos} == {
        ("walking_extra_13_train", "walking_extra", "train"),
        ("walking_extra_13_test", "walking_extra", "test"),
        ("walking_1_train", "walking", "train"),
        ("walking_1_test", "walking", "test"),
    }


def test_importing_resamples_and_maps(tmp_path):
    (tmp_path / "a.txt").write_text(cmu_text(122))
    list(import_sources([tmp_path / "a.txt"], tmp_path / "out.h5", Reading(fps=30.0), skeleton="humanoid"))
    clip = Dataset.open(tmp_path / "out.h5").clip(0)
    assert clip.fps == 30 and len(clip) == 31 and clip.skeleton.same_as(HUMANOID)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (cmu_text(1), "no motion after it"),
        (cmu_text(3) + "1,2,3\n", "line 4.*not 117"),
        (cmu_text(3).rstrip("\n") + "x\n", "not a number"),
        (cmu_text(2) + ",".join(["nan"] * 117), "line 3.*not finite"),
        ("hello", "not that of a .*CMU"),
    ],
)
def test_other_texts_are_refused(tmp_path, text, cause):
    (tmp_path / "a.txt").write_text(text)
    with pytest.raises(PoseviewerError, match=cause):
        list(read(tmp_path / "a.txt"))


def test_the_archive_at_hand(archive):
    path = archive("cmu_mocap_expmap.zip", 12)
    with zipfile.ZipFile(path) as files:
        texts = {name: files.read(name) for name in files.namelist() if name.endswith(".txt")}
    texts = {name: text for name, text in texts.items() if text.count(b",") > 1000}
    dataset = open_dataset(path)
    assert len(dataset) == len(texts) >= 5 and dataset.frames == sum(text.count(b"\n") - 1 for text in texts.values())
    assert [info.split for info in dataset.infos].count("test") == sum("/test/" in name for name in texts) >= 1
    assert not WHOLE or (len(dataset), dataset.frames) == (89, 62893)
    for clip in dataset:
        mean = lengths(clip).mean(axis=0)
        assert (np.abs(lengths(clip) - mean) <= 1e-5 * mean + 1e-9).all(), clip.name
