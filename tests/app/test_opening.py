"""Opening in the window: it shows progress, can be cancelled, and closes what it takes the place of."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app.session import Session
from poseviewer.data import readers
from poseviewer.data.dataset import Dataset


@pytest.fixture
def session(empty_session: Session) -> Session:
    return empty_session


def test_opening_many_clips_shows_progress_and_can_be_cancelled(
    session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "captures"
    folder.mkdir()
    for number in range(50):
        np.save(folder / f"{number:02}.npy", np.random.default_rng(number).normal(size=(4, 22, 3)))
    monkeypatch.setattr(readers, "_BETWEEN_REPORTS", 0.0)
    go_on = threading.Event()
    plausible = readers.plausible

    def slow(clip: object, label: str) -> object:
        if label == "03.npy":
            go_on.wait(10)
        return plausible(clip, label)  # type: ignore[arg-type]

    monkeypatch.setattr(readers, "plausible", slow)
    session.open([folder])
    (task,) = session.jobs.running
    qtbot.waitUntil(lambda: task.progress.done == 3)
    assert (task.progress.total, task.progress.text) == (50, "reads 03.npy")
    task.cancel()
    go_on.set()
    qtbot.waitUntil(lambda: not session.jobs.running)
    assert session.bench.datasets == [] and session.bench.clip is None


def test_a_file_opened_again_takes_the_place_of_the_closed_old_one(
    session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[tuple[Dataset, threading.Thread]] = []
    close = Dataset.close

    def closing(dataset: Dataset) -> None:
        closed.append((dataset, threading.current_thread()))
        close(dataset)

    monkeypatch.setattr(Dataset, "close", closing)
    copy = tmp_path / "mine.h5"
    shutil.copy(paths.demo(), copy)
    with qtbot.waitSignal(session.clip_changed, timeout=10_000):
        session.open([copy])
    (old,) = session.bench.datasets
    with qtbot.waitSignal(session.clip_changed, timeout=10_000):
        session.open([copy])
    (new,) = session.bench.datasets
    assert new is not old and session.bench.dataset is new
    qtbot.waitUntil(lambda: bool(closed) and not session.jobs.running)
    ((dataset, thread),) = closed
    assert dataset is old and thread.name == "lane files"
    with qtbot.waitSignal(session.clip_changed, timeout=10_000):
        session.select_clip(new, 3)
    assert session.bench.clip_index == 3


def test_reopening_lets_the_index_lane_read_to_its_end(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    copy = tmp_path / "mine.h5"
    shutil.copy(paths.demo(), copy)
    with qtbot.waitSignal(session.clip_changed, timeout=10_000):
        session.open([copy])
    (old,) = session.bench.datasets
    go_on, frames = threading.Event(), []

    def read_late() -> int:
        go_on.wait(10)
        return sum(len(clip) for clip in old)

    session.submit("index", "Encoding", read_late, frames.append)
    with qtbot.waitSignal(session.clip_changed, timeout=10_000):
        session.open([copy])
    go_on.set()
    qtbot.waitUntil(lambda: not session.jobs.running)
    assert frames == [old.frames]


def test_files_of_a_folder_that_cannot_be_read_are_told_of(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    folder, told = tmp_path / "captures", []
    session.problem.connect(lambda sentence, _: told.append(sentence))
    folder.mkdir()
    for name in "abc":
        np.save(folder / f"{name}.npy", np.random.default_rng(0).normal(size=(4, 22, 3)))
    session.open([folder])
    qtbot.waitUntil(lambda: len(session.bench.datasets) == 1 and not session.jobs.running)
    assert not told
    for name in "bc":
        np.save(folder / f"{name}.npy", np.zeros(4))
    (folder / "notes.md").write_text("what no reader reads is passed over without a word")
    session.open([folder])
    qtbot.waitUntil(lambda: bool(told))
    assert len(session.bench.datasets[0]) == 1
    (sentence,) = told
    assert sentence.startswith("2 files of captures were left out, the first: b.npy: no array of positions")
