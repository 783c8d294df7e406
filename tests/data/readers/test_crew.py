"""Files read by processes come back as if they were read where they are."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from poseviewer.data.readers import crew, open_dataset, opening
from poseviewer.data.reading import Reading
from poseviewer.errors import PoseviewerError
from tests.walking import walk


@pytest.fixture
def folder(tmp_path):
    for number in range(6):
        np.save(tmp_path / f"{number}.npy", np.tile(walk(20 + number)[:, :11], (1, 2, 1)))
    (tmp_path / "3b.npy").write_bytes(b"\x93NUMPY and no more")
    (tmp_path / "4.txt").write_text("notes")
    for number in range(3):
        points = [float(10 * j + number) for j in range(75)]
        (tmp_path / f"film_{number}.json").write_text(json.dumps({"people": [{"pose_keypoints_2d": points}]}))
    return tmp_path


@pytest.fixture
def two(monkeypatch):
    monkeypatch.setattr(crew, "_MANY", 2)
    monkeypatch.setattr(crew, "_MUCH", 0)
    monkeypatch.setattr(crew, "_cores", lambda: 2)


def test_clips_errors_and_their_order_are_the_same(folder, request):
    here = open_dataset(folder, Reading(fps=25.0))
    request.getfixturevalue("two")
    there = open_dataset(folder, Reading(fps=25.0))
    assert there.fingerprint() == here.fingerprint() and there.provenance == here.provenance
    assert [error.sentence() for error in there.left_out] == [error.sentence() for error in here.left_out]
    assert len(there.left_out) == 1 and [info.frames for info in there.infos] == [20, 21, 22, 23, 24, 25, 3]
    assert not there.clip(0).positions.flags.writeable


def test_a_process_that_dies_costs_its_files_and_no_more(folder, two, monkeypatch):
    monkeypatch.setattr(crew, "_SERVE", "import os; os._exit(3)")
    for series in folder.glob("*.json"):
        series.unlink()
    with pytest.raises(PoseviewerError, match="what reads it ended"):
        open_dataset(folder)


def test_a_process_that_dies_once_is_started_again(folder, two, monkeypatch):
    start, started = crew._started, []

    def first_dies():
        started.append(None)
        dies = [sys.executable, "-c", "pass"]
        pipe = subprocess.PIPE
        return subprocess.Popen(dies, stdin=pipe, stdout=pipe) if len(started) == 1 else start()

    monkeypatch.setattr(crew, "_started", first_dies)
    left_out = [error.cause for error in open_dataset(folder).left_out]
    assert len(left_out) == 2 and sum("what reads it ended" in cause for cause in left_out) == 1


def test_whoever_stops_leaves_no_process(folder, two, monkeypatch):
    started = []
    start = crew._started
    monkeypatch.setattr(crew, "_started", lambda: started.append(start()) or started[-1])
    reading = opening(folder)
    next(reading)
    reading.close()
    assert started and all(process.poll() is not None for process in started)


def test_large_files_do_not_wait_together(folder, two, monkeypatch):
    monkeypatch.setattr(crew, "_AHEAD", 1)
    assert len(open_dataset(folder)) == 7
