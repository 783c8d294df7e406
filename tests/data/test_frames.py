"""Files that are frames of one clip: which belong together, in which order, and what else lies between them."""

from __future__ import annotations

import types
import zipfile

import numpy as np
import pytest

from poseviewer.data import readers
from poseviewer.data.frames import gathered, numbered, series_name
from poseviewer.data.sources import SourceFile
from poseviewer.motion.clip import Clip
from tests.data.damage import BODY, motion, npz_bytes


def at(name: str) -> SourceFile:
    return SourceFile(name, 0, None, lambda count: b"")


@pytest.mark.parametrize(
    ("stem", "found"),
    [
        ("video_000000000012_keypoints", ("video_*_keypoints", 12)),
        ("000031", ("*", 31)),
        ("cam1_frame_07_2d", ("cam1_frame_*_2d", 7)),
        ("walk", None),
        ("h36m", None),
    ],
)
def test_a_frame_is_told_by_the_last_number_of_its_name(stem, found):
    assert numbered(stem) == found


def test_frames_come_together_by_number_after_the_other_files_of_their_folder():
    names = ["a/f_1.json", "a/f_10.json", "a/f_2.json", "a/g.json", "a/f_4.bvh", "b/f_3.json"]
    groups = [[f.name for f in group] for group in gathered(map(at, names), lambda file: file.suffix == ".json")]
    assert groups == [["a/g.json"], ["a/f_4.bvh"], ["a/f_1.json", "a/f_2.json", "a/f_10.json"], ["b/f_3.json"]]


def test_a_series_is_called_by_its_names_or_its_folder():
    assert series_name([at("x/dance_000_keypoints.json")]) == "dance"
    assert series_name([at("x/000.json")]) == series_name([at("x/frame_000.json")]) == "x"
    assert series_name([at("160906_band1/hdPose3d_stage1_coco19/body3DScene_00000168.json")]) == "160906_band1"


@pytest.fixture
def frame_reader(monkeypatch):
    """A reader of frames that hold one number each."""

    def read(file):
        yield Clip(BODY, np.full((1, 5, 3), float(file.content())), 30.0, file.stem)

    def read_frames(files):
        numbers = []
        for file in files:
            yield None
            numbers.append(float(file.content()))
        positions = np.tile(np.array(numbers)[:, None, None], (1, 5, 3))
        yield Clip(BODY, positions, 30.0, series_name(files))

    plugin = types.SimpleNamespace(
        NAME="frames", SUFFIXES=(".frame",), accepts=lambda file: True, read=read, read_frames=read_frames
    )
    point = types.SimpleNamespace(name="frames", value="frames", load=lambda: plugin)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [point])
    readers.readers.cache_clear()
    yield
    readers.readers.cache_clear()


def test_a_folder_of_frames_is_one_clip_among_others(tmp_path, frame_reader, monkeypatch):
    monkeypatch.setattr(readers, "_BETWEEN_REPORTS", 0.0)
    for number in range(12):
        (tmp_path / f"walk_{number}.frame").write_text(str(number))
    (tmp_path / "run_1.npz").write_bytes(npz_bytes(positions=motion().positions))
    (tmp_path / "run_2.npz").write_bytes(npz_bytes(positions=motion().positions))
    job, told = readers.opening(tmp_path), []
    with pytest.raises(StopIteration) as end:
        while True:
            told.append(next(job))
    dataset = end.value.value
    assert [(info.name, info.frames) for info in dataset.infos] == [("run_1", 20), ("run_2", 20), ("walk", 12)]
    assert dataset.clip(2).positions[:, 0, 0].tolist() == list(range(12))
    assert [progress.done for progress in told] == sorted(progress.done for progress in told)
    assert {progress.total for progress in told} == {14} and told[-1].done == 14
    assert readers.open_dataset(tmp_path / "walk_3.frame").infos[0].frames == 1
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(12):
            archive.writestr(f"walk/{number}.frame", str(number))
    assert [info.frames for info in readers.open_dataset(tmp_path / "a.zip").infos] == [12]
