from __future__ import annotations

import os
import types
import warnings
import zipfile
from importlib.metadata import EntryPoint

import numpy as np
import pytest

from poseviewer.data import readers
from poseviewer.data.dataset import Dataset, DatasetWriter
from poseviewer.data.importing import import_sources
from poseviewer.data.reading import Reading
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from tests.data.damage import BODY, motion, npz_bytes, valid


def test_every_format_is_chosen_by_suffix_and_content(tmp_path):
    for suffix in (".h5", ".bvh", ".mat", ".txt", ".npy", ".npz", ".csv"):
        path = tmp_path / f"a{suffix}"
        path.write_bytes(valid(suffix, tmp_path))
        assert len(readers.open_dataset(path)) >= 1
        assert suffix in readers.suffixes()


def test_an_unknown_suffix_is_told_what_there_is(tmp_path):
    (tmp_path / "a.docx").write_text("x")
    with pytest.raises(PoseviewerError, match=r"'.docx' cannot be read; give .* \.bvh .*poseviewer formats"):
        list(readers.read(tmp_path / "a.docx"))
    with pytest.raises(PoseviewerError, match=r"no motion in it that can be read; it may hold .* \.bvh ") as caught:
        list(readers.read(tmp_path))
    assert len(caught.value.cure) < 300
    with pytest.raises(PoseviewerError, match="no such file"):
        list(readers.read(tmp_path / "none.bvh"))


def test_a_folder_of_everything_is_one_dataset(tmp_path):
    for suffix in (".h5", ".bvh", ".mat", ".npz"):
        (tmp_path / f"a{suffix}").write_bytes(valid(suffix, tmp_path))
        (tmp_path / f"valid{suffix}").unlink(missing_ok=True)
    (tmp_path / ".hidden.bvh").write_text("not read")
    dataset = readers.open_dataset(tmp_path)
    assert len(dataset) == 5


def test_a_zip_of_motion_files_opens(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("walk/a.bvh", valid(".bvh", tmp_path))
        archive.writestr("walk/b.h5", valid(".h5", tmp_path))
    dataset = readers.open_dataset(tmp_path / "a.zip")
    assert len(dataset) == 3 and dataset.infos[0].action == "walk"


def test_opening_reports_and_gives_the_dataset(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "_BETWEEN_REPORTS", 0.0)
    for name in "abc":
        (tmp_path / f"{name}.npz").write_bytes(npz_bytes(positions=motion().positions))
    (tmp_path / "bad.bvh").write_text("no")
    (tmp_path / "notes.md").write_text("no")
    job, told = readers.opening(tmp_path), []
    with pytest.raises(StopIteration) as end:
        while True:
            told.append(next(job))
    assert [p.done for p in told] == [0, 0, 1, 1, 2, 3, 3, 4] and {p.total for p in told} == {5}
    assert told[0].text == "reads a.npz"
    dataset, plain = end.value.value, readers.open_dataset(tmp_path)
    assert len(dataset) == 3 and dataset.fingerprint() == plain.fingerprint()
    assert dataset.provenance == plain.provenance and "frame rate assumed" in dataset.provenance


def test_opening_can_be_stopped_between_clips(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "_BETWEEN_REPORTS", 0.0)
    np.save(tmp_path / "a.npy", np.ones((50, 4, 22, 3)))
    read_so_far = []
    monkeypatch.setattr(readers, "plausible", lambda clip, label: read_so_far.append(clip) or clip)
    job = readers.opening(tmp_path / "a.npy")
    for _ in range(3):
        assert next(job).text == "reads a.npy"
    job.close()
    assert len(read_so_far) == 2


def test_stopping_closes_the_archive(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.bvh", valid(".bvh", tmp_path))
        archive.writestr("__MACOSX/a.bvh", "hidden")
    job = readers.opening(tmp_path / "a.zip")
    assert next(job).total == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        job.close()


def test_a_dataset_of_ours_opens_at_once(tmp_path):
    (tmp_path / "a.h5").write_bytes(valid(".h5", tmp_path))
    with pytest.raises(StopIteration) as end:
        next(readers.opening(tmp_path / "a.h5"))
    with end.value.value as dataset:
        assert len(dataset) == 2


@pytest.mark.parametrize("name", ["walk.bvh", "walks.h5", "walks.zip", "folder"])
def test_what_may_not_be_read_is_not_called_damaged(tmp_path, monkeypatch, name):
    path = tmp_path / name
    path.mkdir() if name == "folder" else path.write_bytes(b"")
    monkeypatch.setattr(os, "access", lambda asked, mode: False)  # root may read everything
    with pytest.raises(PoseviewerError, match=f"{name}: you have no permission to read it; ask its owner"):
        readers.open_dataset(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes among its files")
def test_a_pipe_is_not_waited_for(tmp_path):
    for name in ("a.h5", "a.npz", "a.zip"):
        os.mkfifo(tmp_path / name)
        with pytest.raises(PoseviewerError, match="it is not a regular file; save"):
            readers.open_dataset(tmp_path / name)
    with pytest.raises(PoseviewerError, match="it is not a regular file"):
        Dataset.open(tmp_path / "a.h5")
    with pytest.raises(PoseviewerError, match="it is not a regular file"):
        readers.open_dataset("/dev/null")


def test_a_given_rate_resamples_known_rates_and_settles_unknown_ones(tmp_path):
    (tmp_path / "known.npz").write_bytes(npz_bytes(positions=motion(61).positions, fps=60))
    (tmp_path / "unknown.npz").write_bytes(npz_bytes(positions=motion(61).positions))
    known, unknown = (next(readers.read(tmp_path / f"{name}.npz", Reading(fps=15))) for name in ("known", "unknown"))
    assert len(known) == 16 and len(unknown) == 61
    assert known.fps == unknown.fps == 15 and unknown.fps_known


def test_a_reader_of_another_package_plugs_in(tmp_path, monkeypatch):
    def read(file):
        yield Clip(BODY, np.zeros((2, 5, 3)), 30.0, file.stem)

    plugin = types.SimpleNamespace(NAME="tiny", SUFFIXES=(".tiny",), accepts=lambda file: True, read=read)
    point = types.SimpleNamespace(load=lambda: plugin, name="tiny", value="tiny:reader")
    monkeypatch.setattr(
        "importlib.metadata.entry_points", lambda group: [point] if group == "poseviewer.readers" else []
    )
    readers.readers.cache_clear()
    try:
        (tmp_path / "a.tiny").write_text("x")
        assert readers.open_dataset(tmp_path / "a.tiny").infos[0].name == "a"
    finally:
        readers.readers.cache_clear()


@pytest.fixture
def plugged(monkeypatch):
    """A reader of another package for .h5 and .npz that have its mark in them; gives it, to be changed."""

    def read(file):
        yield Clip(BODY, np.zeros((2, 5, 3)), 30.0, f"theirs {file.stem}")

    plugin = types.SimpleNamespace(NAME="tiny", SUFFIXES=["h5", ".NPZ"], accepts=lambda file: "theirs" in file.name)
    plugin.read = read
    point = types.SimpleNamespace(load=lambda: plugin, name="tiny", value="tiny:reader")
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [point])
    readers.readers.cache_clear()
    yield plugin
    readers.readers.cache_clear()


def test_an_installed_reader_is_asked_before_ours_for_the_suffixes_that_it_names(tmp_path, plugged):
    for name in ("ours", "theirs"):
        (tmp_path / f"{name}.npz").write_bytes(npz_bytes(positions=motion().positions))
        with DatasetWriter(tmp_path / f"{name}.h5") as writer:
            writer.add(motion(name="walk"))
    names = {path.name: readers.open_dataset(path).infos[0].name for path in tmp_path.iterdir()}
    theirs = dict.fromkeys(("theirs.npz", "theirs.h5"), "theirs theirs")
    assert names == {**theirs, "ours.npz": "ours", "ours.h5": "walk"}
    assert {clip.name for clip in readers.open_dataset(tmp_path)} == {"theirs theirs", "walk", "ours"}


def test_an_hdf5_file_of_nobody_names_the_readers_that_were_asked(tmp_path, plugged):
    import h5py

    h5py.File(tmp_path / "other.h5", "w").close()
    with pytest.raises(PoseviewerError, match=r"not a dataset of poseviewer, nor what is read as .*tiny"):
        readers.open_dataset(tmp_path / "other.h5")
    plugged.accepts = lambda file: 1 / 0
    with pytest.raises(PoseviewerError, match=r"other.h5: the installed reader 'tiny' fails: ZeroDivisionError"):
        readers.open_dataset(tmp_path / "other.h5")


def test_an_installed_reader_that_fails_is_named(tmp_path, monkeypatch):
    point = EntryPoint("tiny", "no_such_package_anywhere:reader", "poseviewer.readers")
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [point])
    readers.readers.cache_clear()
    try:
        with pytest.raises(PoseviewerError, match=r"reader 'tiny'.*its package fails: ModuleNotFound"):
            readers.open_dataset(tmp_path)
    finally:
        readers.readers.cache_clear()


def test_a_file_that_its_reader_trips_over_is_left_out_of_its_folder(tmp_path, monkeypatch):
    (tmp_path / "a.bvh").write_bytes(valid(".bvh", tmp_path))
    (tmp_path / "b.npz").write_bytes(valid(".npz", tmp_path))
    monkeypatch.setattr("poseviewer.data.readers.rigs.bvh.accepts", lambda file: 1 / 0)
    with readers.open_dataset(tmp_path) as dataset:
        assert [info.name for info in dataset.infos] == ["b"]
        assert "a.bvh: it is damaged or no BVH file (ZeroDivisionError)" in str(dataset.left_out[0])


def test_of_a_folder_without_motion_the_damaged_file_is_told_and_not_the_companion(tmp_path):
    (tmp_path / "a.asf").write_text(":version 1.10\n")
    (tmp_path / "b.npy").write_bytes(b"\x93NUMPY and no more")
    with pytest.raises(PoseviewerError, match=r"b\.npy"):
        readers.open_dataset(tmp_path)


def test_cancelling_an_import_leaves_nothing(tmp_path):
    with DatasetWriter(tmp_path / "in.h5") as writer:
        for i in range(3):
            writer.add(motion(name=f"clip {i}"))
    (tmp_path / "out").mkdir()
    job = import_sources([tmp_path / "in.h5"], tmp_path / "out" / "out.h5")
    job.close()
    assert not list((tmp_path / "out").iterdir())
    assert list(import_sources([tmp_path / "in.h5"], tmp_path / "out" / "out.h5"))[-1].done == 3
    assert Dataset.open(tmp_path / "out" / "out.h5").frames == 60


def test_importing_says_what_is_wrong(tmp_path):
    (tmp_path / "a.npz").write_bytes(npz_bytes(positions=motion().positions))
    with pytest.raises(PoseviewerError, match="no such canonical skeleton"):
        import_sources([tmp_path / "a.npz"], tmp_path / "o.h5", skeleton="dragon")
    with pytest.raises(PoseviewerError, match="no joint that maps onto"):
        list(import_sources([tmp_path / "a.npz"], tmp_path / "o.h5", skeleton="humanoid"))
    with pytest.raises(PoseviewerError, match="is not there; make it first"):
        list(import_sources([tmp_path / "a.npz"], tmp_path / "none" / "o.h5"))
    assert [child.name for child in tmp_path.iterdir()] == ["a.npz"]
